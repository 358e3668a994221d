"""Doing the step of a disconnect that an event names, once: clearing, the receipt, and all once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.domain import customers
from shared.domain.disconnects import PARTS, Disconnect
from shared.domain.events import ErasureRequested
from shared.services import audit_log, outbox
from shared.services.disconnecting import clearing, destroying, disconnect_steps, receipts
from shared.services.outbox import Outbox
from shared.store.contract import Transaction


def step(app: App, event: ErasureRequested) -> None:
    """Do the step that is due, once. Raises Unavailable, and the bus asks again."""
    mailbox_id = event.id
    known = disconnect_steps.load(app.store, mailbox_id)
    if known is None or known.swept_at is not None or event.step != known.step:
        return
    disconnect_steps.taken(app, mailbox_id, event.step)
    if known.key_destroyed_at is None:  # whoever was asked to do it died
        who = codec.decode(Who, dict(known.who))
        destroying.destroy(app, mailbox_id, who, known.requested_by)
        return
    if known.erased_owners:
        _destroy_keys(app, mailbox_id, known)
        return
    if known.part == len(PARTS):
        _finish(app, mailbox_id, known)
        return
    part, cleared = _first_with_something(app, mailbox_id, known)
    collection = PARTS[part]
    counted = known.destroyed.get(collection, 0) + cleared.count
    after = replace(
        known,
        destroyed=known.destroyed if known.again else {**known.destroyed, collection: counted},
        cursor=cleared.cursor,
        part=part if cleared.more else part + 1,
        erased_owners=cleared.owners,
    )
    _commit(app, mailbox_id, known, after, cleared.write)


def _first_with_something(
    app: App, mailbox_id: str, known: Disconnect
) -> tuple[int, clearing.Cleared]:
    """Return what this step clears: parts of which nothing is left cost no step of their own."""
    part, cursor = known.part, known.cursor
    while True:
        cleared = clearing.clear(app, PARTS[part], mailbox_id, cursor)
        if cleared.count or cleared.more or part == len(PARTS) - 1:
            return part, cleared
        part, cursor = part + 1, None


def _commit(
    app: App,
    mailbox_id: str,
    known: Disconnect,
    after: Disconnect,
    write: Callable[[Transaction], None] = lambda _: None,
) -> None:
    def work(tx: Transaction, box: Outbox) -> None:
        now = disconnect_steps.load(tx, mailbox_id)
        if now is None or now.step != known.step:
            return
        write(tx)
        disconnect_steps.follow(tx, box, mailbox_id, known, after)

    outbox.commit(app, work)


def _destroy_keys(app: App, mailbox_id: str, known: Disconnect) -> None:
    """Destroy the keys of customers whose documents are gone; who came back meanwhile keeps theirs."""
    wanted = [(customers.COLLECTION, id) for id in known.erased_owners]
    found = app.store.get_all(wanted)
    for (_, id), document in zip(wanted, found, strict=True):
        if document is None:
            app.envelope.destroy(id)
    _commit(app, mailbox_id, known, replace(known, erased_owners=()))


def _finish(app: App, mailbox_id: str, known: Disconnect) -> None:
    """Issue the receipt and go over everything once more, later; after that, end."""
    now = app.clock.now()
    if known.again:
        app.envelope.destroy(mailbox_id)
        _commit(app, mailbox_id, known, replace(known, swept_at=now))
        return
    done = replace(known, finished_at=now, part=0, again=True)
    receipt = receipts.issue(app, mailbox_id, done)

    def work(tx: Transaction, box: Outbox) -> None:
        found = disconnect_steps.load(tx, mailbox_id)
        if found is None or found.step != known.step:
            return
        happened = Happened(
            Action.MAILBOX_CONTENT_DESTROYED,
            audit_log.function(app),
            Target("mailbox", mailbox_id, mailbox_id),
            changes=({"field": "receipt", "before": None, "after": receipt.sha256},),
        )
        audit_id = audit_log.record(app, box, happened)
        after = replace(done, receipt=receipt.text, last_audit_id=audit_id)
        disconnect_steps.follow(tx, box, mailbox_id, known, after)

    outbox.commit(app, work)
