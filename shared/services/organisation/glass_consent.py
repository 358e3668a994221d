"""Whether break-glass takes another person's consent: the organisation decides, and it does until then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.errors import Conflict
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.accounts import step_up
from shared.services.organisation.organisation import COLLECTION
from shared.services.outbox import Outbox
from shared.store.contract import Reader, Transaction

_ID: Final = "break_glass"


@dataclass(frozen=True, slots=True)
class GlassConsent:
    """Whether somebody else must consent before a mailbox is read by break-glass."""

    consent: bool = True
    version: int = 0
    last_audit_id: str | None = None


def needed(reader: Reader) -> bool:
    """Say whether consent is needed now. One read."""
    return show(reader).consent


def show(reader: Reader) -> GlassConsent:
    """Return what the organisation decided; consent is needed where it decided nothing."""
    found = reader.get(COLLECTION, _ID)
    return GlassConsent() if found is None else codec.from_document(GlassConsent, found.data)


def decide(app: App, actor: Actor, consent: bool, version: int) -> GlassConsent:
    """Decide anew. Raises Forbidden("step_up.required"), Conflict("break_glass.changed_meanwhile")."""
    step_up.require(app, actor)

    def work(tx: Transaction, box: Outbox) -> GlassConsent:
        before = show(tx)
        if before.version != version:
            raise Conflict("break_glass.changed_meanwhile", version=before.version)
        if before.consent is consent:
            return before
        happened = Happened(
            Action.BREAK_GLASS_CHANGED,
            audit_log.person(actor),
            Target("organisation", _ID),
            reason="consent_needed" if consent else "no_consent_needed",
        )
        audit_id = audit_log.record(app, box, happened)
        after = GlassConsent(consent, before.version + 1, audit_id)
        tx.put(COLLECTION, _ID, codec.to_document(after))
        return after

    return outbox.commit(app, work)
