"""Recording what happened, and writing it into the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared import codec, ids, log
from shared.app import App
from shared.audit import entry as entries
from shared.audit import removals
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.domain.events import AUDIT_RECORDED
from shared.errors import Unavailable
from shared.permissions import Actor
from shared.services import outbox
from shared.services.outbox import Outbox
from shared.store.contract import SERVER_TIME, AlreadyExists, Data, Transaction


def person(actor: Actor) -> Who:
    """Return how the log names somebody signed in."""
    return Who("user", actor.pseudonym, actor.role_name, actor.session_id)


def function(app: App) -> Who:
    """Return how the log names this function, acting by itself."""
    return Who("function", app.function)


ANONYMOUS = Who("anonymous", "anonymous")


def record(app: App, box: Outbox, happened: Happened) -> str:
    """Put an event into the transaction that makes it true; returns its id."""
    id, event = _event(app, happened)
    box.add(id, AUDIT_RECORDED, event)
    return id


def record_alone(app: App, happened: Happened) -> None:
    """Record what changed nothing: a refusal or a failure. Raises Unavailable where it cannot be kept."""
    _, event = _event(app, happened)
    app.bus.publish(AUDIT_RECORDED, event)


def record_refusal(app: App, actor: Actor, permission: str, place: str) -> None:
    """Record that somebody asked for what they may not do; a bus that fails does not open the door."""
    happened = Happened(
        Action.PERMISSION_REFUSED,
        person(actor),
        Target("route", place),
        outcome="failure",
        reason=permission,
    )
    try:
        record_alone(app, happened)
    except Unavailable:
        log.event("ERROR", "audit.refusal_not_recorded", function=app.function)


def write(app: App, id: str, entry: Mapping[str, Any]) -> None:
    """Create the entry in the audit database, once, and take its row out of the outbox.

    What took something away enters the removal ledger in the same transaction.

    A second delivery finds an entry with the same hash. One with another hash is an attempt to rewrite
    the log: it is refused, reported, and kept as a dead letter.
    """
    text = entries.canonical(entry)
    if len(text) > entries.MAX_BYTES:
        log.event("CRITICAL", "audit.entry_too_long", entry=id)
        raise Unavailable("audit.entry_too_long")
    leaf = entries.leaf_hash(text)
    data: Data = {
        "text": text.decode(),
        "leaf": leaf,
        "shard": leaf[0],
        "ingested_at": SERVER_TIME,
        **entries.searched(entry),
    }
    removal = removals.of_entry(entry)

    def work(tx: Transaction) -> None:
        tx.create(entries.COLLECTION, id, data)
        if removal is not None:
            tx.create(removals.COLLECTION, id, codec.to_document(removal))

    try:
        app.audit.transact(work)
    except AlreadyExists:
        kept = app.audit.get(entries.COLLECTION, id)
        if kept is None or kept.data["leaf"] != leaf:
            log.event("CRITICAL", "audit.entry_differs", entry=id)
            raise Unavailable("audit.entry_differs") from None
    app.store.transact(lambda tx: tx.delete(outbox.COLLECTION, id))


def _event(app: App, happened: Happened) -> tuple[str, dict[str, Any]]:
    id = ids.random_id(ids.EVENT)
    entry = entries.build(
        happened,
        id=id,
        time=app.clock.now(),
        function=app.function,
        trace=log.trace.get(),
    )
    return id, {"id": id, "entry": entry}
