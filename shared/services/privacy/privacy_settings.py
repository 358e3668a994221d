"""What the organisation decides about privacy: whether people see the names of staff, or their roles only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.errors import Conflict
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.organisation.organisation import COLLECTION
from shared.services.outbox import Outbox
from shared.store.contract import Reader, Transaction

ID: Final = "privacy"


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """The document of these settings.

    `show_staff_names`: whoever asks who had to do with their data sees names, not only roles.
    """

    show_staff_names: bool = False
    version: int = 0
    last_audit_id: str | None = None


def load(reader: Reader) -> PrivacySettings:
    """Return the settings; the defaults where nobody chose any. One read."""
    found = reader.get(COLLECTION, ID)
    return PrivacySettings() if found is None else codec.from_document(PrivacySettings, found.data)


def change(app: App, actor: Actor, *, show_staff_names: bool, version: int) -> PrivacySettings:
    """Change them. Raises Conflict("privacy_settings.changed_meanwhile")."""

    def work(tx: Transaction, box: Outbox) -> PrivacySettings:
        now = load(tx)
        if now.version != version:
            raise Conflict("privacy_settings.changed_meanwhile", version=now.version)
        if now.show_staff_names == show_staff_names:
            return now
        told = ({"field": "show_staff_names", "before": None, "after": str(show_staff_names)},)
        happened = Happened(
            Action.PRIVACY_SETTINGS_CHANGED,
            audit_log.person(actor),
            Target("organisation", ID),
            changes=told,
        )
        changed = replace(
            now,
            show_staff_names=show_staff_names,
            version=now.version + 1,
            last_audit_id=audit_log.record(app, box, happened),
        )
        tx.put(COLLECTION, ID, codec.to_document(changed))
        return changed

    return outbox.commit(app, work)
