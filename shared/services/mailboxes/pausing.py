"""Pausing a mailbox: no mail comes in, nothing is destroyed, and later it goes on where it stopped."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

from shared import codec, log
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain.events import GMAIL_PUSH
from shared.domain.mailboxes import COLLECTION, SYNC, Mailbox, MailboxState, Sync
from shared.errors import Conflict, NotFound, Unavailable
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.mailboxes import mailbox_access
from shared.services.outbox import Outbox
from shared.services.replies import outgoing
from shared.store.contract import Transaction

Wanted = Literal["active", "paused"]

_ACTIONS: Final = {
    MailboxState.ACTIVE: Action.MAILBOX_RESUMED,
    MailboxState.PAUSED: Action.MAILBOX_PAUSED,
}


def change_state(app: App, actor: Actor, mailbox_id: str, wanted: Wanted, version: int) -> None:
    """Pause an active mailbox, or let a paused one go on; what it is already is no change and no event.

    The cursor stays, so that what came meanwhile is read from there. Raises NotFound; Conflict
    ("mailbox.changed_meanwhile") where `version` is not the current one, and ("mailbox.not_working")
    where the mailbox is neither active nor paused: then connecting it is what helps.
    """
    state = MailboxState(wanted)

    def work(tx: Transaction, box: Outbox) -> bool:
        found, sync = tx.get_all([(COLLECTION, mailbox_id), (SYNC, mailbox_id)])
        if found is None or sync is None:
            raise NotFound("mailbox.not_found")
        mailbox = codec.from_document(Mailbox, found.data)
        if mailbox.version != version:
            raise Conflict(
                "mailbox.changed_meanwhile", version=mailbox.version, state=mailbox.state.value
            )
        if mailbox.state not in _ACTIONS:
            raise Conflict("mailbox.not_working", state=mailbox.state.value)
        if mailbox.state is state:
            return False
        audit_id = audit_log.record(
            app,
            box,
            Happened(
                _ACTIONS[state],
                audit_log.person(actor),
                Target("mailbox", mailbox_id, mailbox_id),
            ),
        )
        mailbox = replace(mailbox, state=state, version=mailbox.version + 1, last_audit_id=audit_id)
        tx.put(COLLECTION, mailbox_id, codec.to_document(mailbox))
        # A run that is at work finds another fence, and writes nothing more.
        fence = codec.from_document(Sync, sync.data).fence + 1
        active = state is MailboxState.ACTIVE
        tx.update(SYNC, mailbox_id, {"active": active, "fence": fence, "lease_until": None})
        return True

    changed = outbox.commit(app, work)
    mailbox_access.forget(app, mailbox_id)
    if changed and state is MailboxState.ACTIVE:
        go_on(app, mailbox_id)


def go_on(app: App, mailbox_id: str) -> None:
    """Ask for what was parked, let replies go, and have the history listed.

    What Gmail pushed meanwhile was passed over.
    """
    mailbox_access.release_parked(app, mailbox_id)
    outgoing.release(app, mailbox_id)
    try:
        app.bus.publish(GMAIL_PUSH, {"mailbox_id": mailbox_id})
    except Unavailable as error:  # poll_mailboxes looks within ten minutes
        log.event("WARNING", "mailbox.left_to_poll", mailbox=mailbox_id, code=error.code)
