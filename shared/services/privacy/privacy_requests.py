"""Requests for correction and erasure: asked by the person, or written down for them, and settled in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal

from shared import codec, ids
from shared.app import App
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.domain import privacy_requests, tickets, writing
from shared.domain.customers import Details
from shared.domain.erasures import COLLECTION as ERASURES
from shared.domain.erasures import Erasure, ErasureKind, erasure_id
from shared.domain.places import place
from shared.domain.privacy_requests import (
    COLLECTION,
    MAX_TEXT,
    PrivacyRequest,
    RequestKind,
    RequestState,
)
from shared.errors import Conflict, Invalid, NotFound
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.accounts import step_up
from shared.services.customers import customers
from shared.services.outbox import Outbox
from shared.services.privacy import erasing, erasure_steps
from shared.services.retention import legal_holds
from shared.store.contract import AlreadyExists, Filter, Order, Query, Reader, Transaction

_OF_ONE: Final = 20
_TICKETS: Final = 300
_REMINDED: Final = 100  # in a night

Decision = Literal["done", "refused"]


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request as it is shown. `runs_out`: an answer is owed within a week, or is late already."""

    EXAMPLE: ClassVar[dict[str, object]] = {
        "name": "Nora Lind",
        "address": "nora@customers.example.net",
        "text": "My name is spelt Lindh",
        "runs_out": False,
    }

    id: str
    kind: RequestKind
    subject_id: str
    name: str | None  # where one is known; none of who was erased
    address: str | None
    state: RequestState
    asked_at: datetime
    due_at: datetime
    runs_out: bool
    text: str | None  # None of who was erased
    answer: str | None
    settled_at: datetime | None
    receipt: str | None  # of an erasure that is done
    version: int


@dataclass(frozen=True, slots=True)
class RequestPage:
    """A page of requests: those that wait first by when they are due."""

    items: tuple[RequestRow, ...]
    next: str | None


def ask(app: App, who: Who, id: str, subject_id: str, kind: RequestKind, text: str) -> RequestRow:
    """Keep a request of a customer; asked again under the same id, return the one that is there.

    Raises NotFound("customer.not_found"), Invalid("privacy_request.text_invalid"), and
    Conflict("privacy_request.pending") where one of the kind waits already.
    """
    kept = _text(text, needed=kind is RequestKind.CORRECTION)
    current, customer = customers.current(app.store, subject_id)
    if customer.sealed is None:
        raise NotFound("customer.not_found")
    now = app.clock.now()
    sealed = app.envelope.seal(current, place(COLLECTION, id), {"text": kept})
    due_at = privacy_requests.due(now)
    request = PrivacyRequest(
        kind=kind,
        subject_id=current,
        asked_at=now,
        due_at=due_at,
        remind_at=privacy_requests.reminder(due_at, now),
        sealed=sealed,
        asked_by=who.pseudonym if who.type == "user" else None,
    )

    def work(tx: Transaction, box: Outbox) -> PrivacyRequest:
        waiting = [one for _, one in _of(tx, [current]) if one.state is RequestState.PENDING]
        if any(one.kind is kind for one in waiting):
            raise Conflict("privacy_request.pending")
        told = ({"field": "kind", "before": None, "after": kind.value},)
        happened = Happened(Action.DATA_REQUESTED, who, Target("customer", current), changes=told)
        written = replace(request, last_audit_id=audit_log.record(app, box, happened))
        tx.create(COLLECTION, id, codec.to_document(written))
        return written

    try:
        return _row(app, id, outbox.commit(app, work))
    except AlreadyExists:
        return read(app, id)


def list_requests(app: App, state: RequestState, limit: int, cursor: str | None) -> RequestPage:
    """Return the requests in a state; the one first that is due first."""
    of_state = (Filter("state", "==", state.value),)
    order = (Order("due_at"),)
    page = app.store.query(Query(COLLECTION, of_state, order, limit, cursor))
    found = [(d.id, codec.from_document(PrivacyRequest, d.data)) for d in page.documents]
    app.envelope.load([request.subject_id for _, request in found])
    return RequestPage(tuple(_row(app, *one) for one in found), page.next)


def of_subject(app: App, subject_ids: Sequence[str]) -> tuple[RequestRow, ...]:
    """Return what one person asked for."""
    return tuple(_row(app, *one) for one in _of(app.store, subject_ids))


def read(app: App, id: str) -> RequestRow:
    """Return one request. Raises NotFound("privacy_request.not_found")."""
    return _row(app, id, _load(app.store, id))


def settle(
    app: App, actor: Actor, id: str, decision: Decision, answer: str, version: int
) -> RequestRow:
    """Settle a request: refuse it, with the reason; or do it, which begins an erasure.

    Raises NotFound, Conflict("privacy_request.changed_meanwhile"), Conflict("privacy_request.settled"),
    Invalid("privacy_request.text_invalid") without a reason, Forbidden("step_up.required") for an erasure,
    and Conflict("erasure.on_hold").
    """
    kept = _text(answer, needed=decision == "refused")
    known = _load(app.store, id)
    erasure: Erasure | None = None
    if decision == "done" and known.kind is RequestKind.ERASURE:
        step_up.require(app, actor)
        current, _ = customers.current(app.store, known.subject_id)
        require_no_hold(app, current)
        erasure = erasure_steps.wanted(app, ErasureKind.CUSTOMER, current, actor.pseudonym)

    def work(tx: Transaction, box: Outbox) -> PrivacyRequest:
        before = _load(tx, id)
        began = None if erasure is None else erasure_steps.load(tx, _erasure_id(erasure))
        if before.version != version:
            raise Conflict("privacy_request.changed_meanwhile", version=before.version)
        if before.state is not RequestState.PENDING:
            raise Conflict("privacy_request.settled", state=before.state.value)
        told = ({"field": "state", "before": before.state.value, "after": decision},)
        target = Target("customer", before.subject_id)
        who = audit_log.person(actor)
        happened = Happened(Action.DATA_REQUEST_SETTLED, who, target, changes=told)
        settled = replace(
            before,
            state=RequestState(decision),
            answer=app.envelope.seal(
                before.subject_id, place(COLLECTION, id, "answer"), {"text": kept}
            ),
            remind_at=None,
            settled_at=app.clock.now(),
            settled_by=actor.pseudonym,
            version=before.version + 1,
            last_audit_id=audit_log.record(app, box, happened),
        )
        tx.put(COLLECTION, id, codec.to_document(settled))
        if erasure is not None:
            erasure_steps.begin(tx, box, erasure, began)
        return settled

    return _row(app, id, outbox.commit(app, work))


def erase_customer(app: App, actor: Actor, customer_id: str) -> Erasure:
    """Erase a customer at once, as an administrator decides.

    Raises Forbidden("step_up.required"), NotFound("customer.not_found"), Conflict("erasure.on_hold").
    """
    step_up.require(app, actor)
    current, _ = customers.current(app.store, customer_id)
    require_no_hold(app, current)
    return erasing.request(app, ErasureKind.CUSTOMER, current, actor.pseudonym)


def require_no_hold(app: App, customer_id: str) -> None:
    """Raise Conflict("erasure.on_hold") where a customer, a ticket of theirs or a mailbox is held."""
    id, customer = customers.current(app.store, customer_id)
    own = (Filter("customer_id", "in", [id, *customer.merged]),)
    query = Query(tickets.COLLECTION, own, limit=_TICKETS)
    held = customer.held or legal_holds.held(
        app.store, customer_ids=(id, *customer.merged), mailbox_ids=customer.mailbox_ids
    )
    while not held:
        page = app.store.query(query)
        held = any(document.data.get("held") for document in page.documents)
        if page.next is None:
            break
        query = replace(query, cursor=page.next)
    if held:
        raise Conflict("erasure.on_hold")


def remind(app: App) -> None:
    """Record of requests that wait that their month runs out: a week before, a day before, and at its end.

    Each once: the next time is written with the event that tells of this one.
    """
    now = app.clock.now()
    due = Query(COLLECTION, (Filter("remind_at", "<=", now),), limit=_REMINDED)
    for document in app.store.query(due).documents:

        def work(tx: Transaction, box: Outbox, id: str = document.id) -> None:
            known = _load(tx, id)
            if known.remind_at is None or known.remind_at > now:
                return
            days = (known.due_at - now) // timedelta(days=1)
            told = ({"field": "days", "before": None, "after": days},)
            target, who = Target("customer", known.subject_id), audit_log.function(app)
            happened = Happened(Action.DATA_REQUEST_DUE, who, target, changes=told)
            following = privacy_requests.reminder(known.due_at, now)
            audit_id = audit_log.record(app, box, happened)
            tx.update(COLLECTION, id, {"remind_at": following, "last_audit_id": audit_id})

        outbox.commit(app, work)


def _erasure_id(erasure: Erasure) -> str:
    return erasure_id(erasure.kind, erasure.target_id)


def _of(reader: Reader, subject_ids: Sequence[str]) -> list[tuple[str, PrivacyRequest]]:
    query = Query(COLLECTION, (Filter("subject_id", "in", list(subject_ids)),), limit=_OF_ONE)
    found = [
        (d.id, codec.from_document(PrivacyRequest, d.data)) for d in reader.query(query).documents
    ]
    return sorted(found, key=lambda one: one[1].asked_at, reverse=True)


def _load(reader: Reader, id: str) -> PrivacyRequest:
    found = reader.get(COLLECTION, id) if ids.is_id(ids.PRIVACY_REQUEST, id) else None
    if found is None:
        raise NotFound("privacy_request.not_found")
    return codec.from_document(PrivacyRequest, found.data)


def _row(app: App, id: str, request: PrivacyRequest) -> RequestRow:
    receipt = None
    if request.kind is RequestKind.ERASURE and request.state is RequestState.DONE:
        found = app.store.get(ERASURES, erasure_id(ErasureKind.CUSTOMER, request.subject_id))
        receipt = None if found is None else codec.from_document(Erasure, found.data).receipt
    known = _whose(app, request.subject_id)
    return RequestRow(
        id=id,
        kind=request.kind,
        subject_id=request.subject_id,
        name=known.name or None,
        address=next(iter(known.addresses), None),
        state=request.state,
        asked_at=request.asked_at,
        due_at=request.due_at,
        runs_out=privacy_requests.runs_out(request, app.clock.now()),
        text=_opened(app, request.subject_id, place(COLLECTION, id), request.sealed),
        answer=_opened(app, request.subject_id, place(COLLECTION, id, "answer"), request.answer),
        settled_at=request.settled_at,
        receipt=receipt,
        version=request.version,
    )


def _whose(app: App, subject_id: str) -> Details:
    try:
        return customers.opened(app, *customers.current(app.store, subject_id))
    except NotFound:  # retention took even their number
        return Details()


def _opened(app: App, owner: str, context: str, sealed: str | None) -> str | None:
    if sealed is None:
        return None
    try:
        opened: Any = app.envelope.open(owner, context, sealed)
    except NotFound:  # they were erased
        return None
    return str(opened["text"])


def _text(given: str, *, needed: bool) -> str:
    try:
        kept = writing.text(given, MAX_TEXT * 4) if given.strip() else ""
    except ValueError as error:
        raise Invalid("privacy_request.text_invalid", max_characters=MAX_TEXT) from error
    if len(kept) > MAX_TEXT or (needed and not kept.strip()):
        raise Invalid("privacy_request.text_invalid", max_characters=MAX_TEXT)
    return kept
