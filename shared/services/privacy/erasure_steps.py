"""How an erasure is asked for and goes from one step to the next; what a step does is its kind's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from shared import codec
from shared.app import App
from shared.domain.erasures import (
    COLLECTION,
    Erasure,
    ErasureKind,
    ErasureState,
    erasure_id,
)
from shared.domain.events import ERASURE_REQUESTED
from shared.services import outbox
from shared.services.outbox import Outbox
from shared.services.privacy import erasure_holds
from shared.store.contract import Document, Filter, Query, Reader, Transaction

_PAGE: Final = 100


def load(reader: Reader, id: str) -> Erasure | None:
    """Return an erasure, None where there is none."""
    found = reader.get(COLLECTION, id)
    return None if found is None else codec.from_document(Erasure, found.data)


def begin(tx: Transaction, box: Outbox, wanted: Erasure, known: Erasure | None) -> Erasure:
    """Begin an erasure in a transaction that has read what is `known` of an earlier one.

    One that is under way goes on, and one that waits for a legal hold does when that is lifted. One that is
    over begins again, which changes nothing where nothing came back: after a restore something may have.
    """
    if known is not None and known.state is not ErasureState.DONE:
        return known
    begun = replace(wanted, step=0 if known is None else known.step + 1)
    tx.put(COLLECTION, _id(begun), codec.to_document(begun))
    announce(box, begun)
    return begun


def resume_held(app: App) -> None:
    """Let those go on that a legal hold stopped; where it still stands, their next step waits again."""
    held: Query | None = Query(
        COLLECTION, (Filter("state", "==", ErasureState.HELD.value),), limit=_PAGE
    )
    while held is not None:
        page = app.store.query(held)
        for document in page.documents:
            _resume(app, document.id)
        held = None if page.next is None else replace(held, cursor=page.next)


def repeat_all(
    app: App, backup_at: datetime, cursor: str | None
) -> tuple[list[Erasure], str | None]:
    """Let a page of those go on that were under way in a backup; return them, and the next page.

    The event of the step that was due may have been on the bus, which no backup holds. What erases a customer
    begins again: mail of theirs that the backup does not know is on its way back.
    """
    under_way = [ErasureState.RUNNING.value, ErasureState.HELD.value]
    query = Query(COLLECTION, (Filter("state", "in", under_way),), limit=_PAGE, cursor=cursor)
    page = app.store.query(query)

    def work(tx: Transaction, box: Outbox) -> list[Erasure]:
        begun = []
        for document in tx.get_all([(COLLECTION, d.id) for d in page.documents]):
            assert document is not None
            known = codec.from_document(Erasure, document.data)
            if known.restored_at is not None and known.restored_at > backup_at:
                begun.append(known)  # by this restore
                continue
            again = replace(known, step=known.step + 1, restored_at=app.clock.now())
            if known.kind is ErasureKind.CUSTOMER:
                again = replace(again.at(""), item=None, again=False)
            tx.put(COLLECTION, document.id, codec.to_document(again))
            begun.append(again)
            if again.active:
                announce(box, again)
        return begun

    return outbox.commit(app, work) if page.documents else [], page.next


def _resume(app: App, id: str) -> None:
    def work(tx: Transaction, box: Outbox) -> None:
        known = load(tx, id)
        if known is None or known.state is not ErasureState.HELD:
            return
        again = replace(known, state=ErasureState.RUNNING, step=known.step + 1)
        tx.put(COLLECTION, id, codec.to_document(again))
        announce(box, again)

    outbox.commit(app, work)


def is_due(tx: Transaction, erasure: Erasure) -> bool:
    """Say whether the step that was begun is still the one to do: nobody did it meanwhile.

    Raises OnHold where something of it was put on hold meanwhile.
    """
    if not _is_due(tx, erasure):
        return False
    erasure_holds.require_none(tx, erasure)
    return True


def _is_due(reader: Reader, erasure: Erasure) -> bool:
    now = load(reader, _id(erasure))
    return now is not None and now.active and now.step == erasure.step


def wait(app: App, erasure: Erasure) -> None:
    """Let an erasure wait until the hold that it met is lifted."""

    def work(tx: Transaction, box: Outbox) -> None:
        if _is_due(tx, erasure):
            follow(tx, box, erasure, erasure.held())

    outbox.commit(app, work)


def follow(tx: Transaction, box: Outbox, before: Erasure, after: Erasure) -> None:
    """Write what a step made of an erasure, and the event of the next step where there is one."""
    following = replace(after, step=before.step + 1)
    tx.put(COLLECTION, _id(following), codec.to_document(following))
    if following.active:
        announce(box, following)


def go_on(app: App, before: Erasure, after: Erasure) -> None:
    """Commit a step whose work was done outside of the store, or may be done twice."""

    def work(tx: Transaction, box: Outbox) -> None:
        if is_due(tx, before):
            follow(tx, box, before, after)

    outbox.commit(app, work)


def delete(
    app: App,
    erasure: Erasure,
    query: Query,
    following: Erasure,
    first: Callable[[Document], None] | None = None,
) -> None:
    """Delete a page of what a query finds; the next page is what is left, and then comes `following`.

    `first` does what must be done before a document may go, such as deleting its file; idempotent.
    """
    page = app.store.query(query)
    for document in page.documents:
        if first is not None:
            first(document)

    def work(tx: Transaction, box: Outbox) -> None:
        if not is_due(tx, erasure):
            return
        for document in page.documents:
            tx.delete(document.collection, document.id)
        after = erasure if page.next is not None else following
        follow(tx, box, erasure, after.counting(**{query.collection: len(page.documents)}))

    outbox.commit(app, work)


def announce(box: Outbox, erasure: Erasure) -> None:
    """Put the event of the step that is due into the outbox."""
    box.add(
        _event_id(erasure),
        ERASURE_REQUESTED,
        {"kind": erasure.kind.value, "id": erasure.target_id, "step": erasure.step},
    )


def taken(app: App, erasure: Erasure) -> None:
    """Take the event of a step out of the outbox: from here on the bus repeats it until it is done."""
    app.store.transact(lambda tx: tx.delete(outbox.COLLECTION, _event_id(erasure)))


def wanted(
    app: App, kind: ErasureKind, target_id: str, requested_by: str, phase: str = ""
) -> Erasure:
    """Return an erasure that begins now."""
    return Erasure(kind, target_id, app.clock.now(), requested_by, ErasureState.RUNNING, 0, phase)


def _id(erasure: Erasure) -> str:
    return erasure_id(erasure.kind, erasure.target_id)


def _event_id(erasure: Erasure) -> str:
    return f"{_id(erasure)}.{erasure.step}"
