"""What the receipt of an erasure says, in figures and times that a court can hold us to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from shared import clock
from shared.app import App
from shared.domain.erasures import Erasure, ErasureKind
from shared.services.statements import Json

BACKUPS_FORGET_AFTER: Final = timedelta(days=30)  # at most: infra/firestore.tf keeps them for 28
VERSIONS_KEPT: Final = timedelta(days=7)  # how far back the database itself can be read

_STAYS: Final[Mapping[ErasureKind, str]] = {
    ErasureKind.CUSTOMER: "the mail itself, in the organisation's Gmail mailboxes; tickets as codes, "
    "states and times; what happened to which id, in the audit log",
    ErasureKind.PERSON: "what they wrote for the organisation, without their name; what happened under "
    "which pseudonym, in the audit log, without the way from the pseudonym to them",
}


def body(app: App, erasure: Erasure) -> Mapping[str, Json]:
    """Return what was erased, what stays where, and when the last copy is forgotten."""
    now = app.clock.now()
    return {
        "what": erasure.kind.value,
        "id": erasure.target_id,
        "requested_at": clock.to_text(erasure.requested_at),
        "erased_at": clock.to_text(now),
        "erased": dict(erasure.counts),
        "key_destroyed": True,
        "earlier_versions_forgotten_by": clock.to_text(now + VERSIONS_KEPT),
        "backups_forgotten_by": clock.to_text(now + BACKUPS_FORGET_AFTER),
        "stays": _STAYS[erasure.kind],
    }
