"""Asking for an erasure: at a person's wish, by an administrator, or because a restore must repeat it."""

from __future__ import annotations

from shared.app import App
from shared.domain.erasures import Erasure, ErasureKind, erasure_id
from shared.services import outbox
from shared.services.outbox import Outbox
from shared.services.privacy import erasure_steps
from shared.store.contract import Transaction


def request(app: App, kind: ErasureKind, target_id: str, requested_by: str) -> Erasure:
    """Begin an erasure; one that is under way goes on, one that is over begins again. Idempotent.

    `requested_by` is a pseudonym or the name of a function. It checks no rights: who calls it has. Raises
    Unavailable.
    """
    wanted = erasure_steps.wanted(app, kind, target_id, requested_by)

    def work(tx: Transaction, box: Outbox) -> Erasure:
        known = erasure_steps.load(tx, erasure_id(kind, target_id))
        return erasure_steps.begin(tx, box, wanted, known)

    return outbox.commit(app, work)
