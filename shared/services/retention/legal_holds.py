"""Setting and lifting legal holds, and asking whether something is held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Final

from shared import codec, ids
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import customers, mailboxes, tickets
from shared.domain.customers import Customer
from shared.domain.legal_holds import COLLECTION, MAX_REASON, HoldKind, LegalHold
from shared.domain.places import place
from shared.domain.tickets import Ticket
from shared.errors import Conflict, Invalid, NotFound
from shared.permissions import Actor, Permission, require
from shared.services import audit_log, outbox
from shared.services.outbox import Outbox
from shared.services.tickets import ticket_changes
from shared.store.contract import Order, Query, Reader, Transaction

_ID_OF: Final = {
    HoldKind.TICKET: ids.TICKET,
    HoldKind.CUSTOMER: ids.CUSTOMER,
    HoldKind.MAILBOX: ids.MAILBOX,
}
_NOT_FOUND: Final = {
    HoldKind.TICKET: "ticket.not_found",
    HoldKind.CUSTOMER: "customer.not_found",
    HoldKind.MAILBOX: "mailbox.not_found",
}


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold as those see it who manage privacy. `code` is the ticket's."""

    EXAMPLE: ClassVar[dict[str, object]] = {"kind": "ticket", "reason": "Case 12 C 345/26"}

    id: str
    kind: HoldKind
    target_id: str
    mailbox_id: str | None
    code: str | None
    reason: str
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class HoldPage:
    """A page of holds, the newest first."""

    items: tuple[HoldRow, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class _Held:
    """What a hold is set on, as it was read."""

    id: str
    owner: str  # whose key seals the reason
    mailbox_id: str | None = None
    ticket: Ticket | None = None
    customer: Customer | None = None


def held(
    reader: Reader,
    *,
    ticket_ids: Iterable[str] = (),
    customer_ids: Iterable[str] = (),
    mailbox_ids: Iterable[str] = (),
) -> bool:
    """Say whether any of these is on legal hold; one read each. Whoever erases asks in its transaction."""
    wanted = [hold_id(HoldKind.TICKET, id) for id in ticket_ids]
    wanted += [hold_id(HoldKind.CUSTOMER, id) for id in customer_ids]
    wanted += [hold_id(HoldKind.MAILBOX, id) for id in mailbox_ids]
    found = reader.get_all([(COLLECTION, id) for id in wanted]) if wanted else []
    return any(document is not None for document in found)


def hold_id(kind: HoldKind, target_id: str) -> str:
    """Return the id of the one hold that there can be of something."""
    return ids.derived_id(ids.LEGAL_HOLD, "legal_hold", kind.value, target_id)


def set_hold(app: App, actor: Actor, kind: HoldKind, target: str, reason: str) -> HoldRow:
    """Put a ticket (by id or code), a customer or a mailbox on hold; one that is held already stays as it is.

    Raises NotFound, and Invalid("request.invalid_member") for a reason that is none or too long.
    """
    require(actor, Permission.PRIVACY_MANAGE)
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON or "\0" in reason:
        raise Invalid("request.invalid_member", member="reason")
    target_id = _resolved(app, kind, target)
    id = hold_id(kind, target_id)

    def work(tx: Transaction, box: Outbox) -> LegalHold:
        known = tx.get(COLLECTION, id)
        if known is not None:
            return codec.from_document(LegalHold, known.data)
        what = _read(tx, kind, target_id)
        hold = LegalHold(
            kind=kind,
            target_id=target_id,
            mailbox_id=what.mailbox_id,
            code=what.ticket.code if what.ticket else None,
            set_by=actor.user_id,
            set_at=app.clock.now(),
            sealed=app.envelope.seal(what.owner, place(COLLECTION, id), {"reason": reason}),
        )
        audit_id = _mark(app, tx, box, actor, kind, what, held=True)
        hold = replace(hold, last_audit_id=audit_id)
        tx.create(COLLECTION, id, codec.to_document(hold))
        return hold

    return _row(app, id, outbox.commit(app, work))


def lift(app: App, actor: Actor, id: str) -> None:
    """End a hold; what is too old by then is erased by the next day's retention. Raises NotFound."""
    require(actor, Permission.PRIVACY_MANAGE)

    def work(tx: Transaction, box: Outbox) -> None:
        hold = _load(tx, id)
        what = _read(tx, hold.kind, hold.target_id)
        _mark(app, tx, box, actor, hold.kind, what, held=False)
        tx.delete(COLLECTION, id)

    outbox.commit(app, work)


def list_holds(app: App, actor: Actor, limit: int, cursor: str | None) -> HoldPage:
    """Return what is on hold, the newest first."""
    require(actor, Permission.PRIVACY_MANAGE)
    newest = (Order("set_at", descending=True),)
    page = app.store.query(Query(COLLECTION, (), newest, limit, cursor))
    found = [(d.id, codec.from_document(LegalHold, d.data)) for d in page.documents]
    return HoldPage(tuple(_row(app, *one) for one in found), page.next)


def read(app: App, actor: Actor, id: str) -> HoldRow:
    """Return one hold: who set it, when, and why. Raises NotFound("legal_hold.not_found")."""
    require(actor, Permission.PRIVACY_MANAGE)
    return _row(app, id, _load(app.store, id))


def _load(reader: Reader, id: str) -> LegalHold:
    found = reader.get(COLLECTION, id) if ids.is_id(ids.LEGAL_HOLD, id) else None
    if found is None:
        raise NotFound("legal_hold.not_found")
    return codec.from_document(LegalHold, found.data)


def _resolved(app: App, kind: HoldKind, target: str) -> str:
    """Return the id of what is named; a ticket may be named by its code."""
    if ids.is_id(_ID_OF[kind], target):
        return target
    code = ids.read_code(target) if kind is HoldKind.TICKET else None
    found = None if code is None else app.store.get(tickets.CODES, code)
    if found is None:
        raise NotFound(_NOT_FOUND[kind])
    return str(found.data["ticket_id"])


def _read(tx: Transaction, kind: HoldKind, target_id: str) -> _Held:
    """Read what is held. Raises NotFound, Conflict("ticket.merged"), Conflict("legal_hold.nothing_left")."""
    collection = {
        HoldKind.TICKET: tickets.COLLECTION,
        HoldKind.CUSTOMER: customers.COLLECTION,
        HoldKind.MAILBOX: mailboxes.COLLECTION,
    }[kind]
    found = tx.get(collection, target_id)
    if found is None:
        raise NotFound(_NOT_FOUND[kind])
    if kind is HoldKind.TICKET:
        ticket = codec.from_document(Ticket, found.data)
        ticket_changes.require_whole(ticket)
        return _Held(target_id, ticket.mailbox_id, ticket.mailbox_id, ticket=ticket)
    if kind is HoldKind.CUSTOMER:
        customer = codec.from_document(Customer, found.data)
        if customer.sealed is None:
            raise Conflict("legal_hold.nothing_left")
        return _Held(target_id, target_id, customer=customer)
    if found.data["state"] == mailboxes.MailboxState.DISCONNECTED:
        raise Conflict("legal_hold.nothing_left")
    return _Held(target_id, target_id, target_id)


def _mark(
    app: App, tx: Transaction, box: Outbox, actor: Actor, kind: HoldKind, what: _Held, *, held: bool
) -> str:
    """Let what is held say so, and record it; returns the audit event's id."""
    action = Action.LEGAL_HOLD_SET if held else Action.LEGAL_HOLD_LIFTED
    if what.ticket is not None:
        by = ticket_changes.person(actor)
        after = replace(what.ticket, held=held)
        after = ticket_changes.write(app, tx, box, what.id, what.ticket, after, by, action)
        return str(after.last_audit_id)
    target = Target(kind.value, what.id, what.mailbox_id)
    audit_id = audit_log.record(app, box, Happened(action, audit_log.person(actor), target))
    if what.customer is not None:
        changes: dict[str, Any] = {"held": held, "last_audit_id": audit_id}
        tx.update(customers.COLLECTION, what.id, changes)
    return audit_id


def _row(app: App, id: str, hold: LegalHold) -> HoldRow:
    owner = hold.mailbox_id or hold.target_id
    try:
        reason = app.envelope.open(owner, place(COLLECTION, id), hold.sealed)["reason"]
    except NotFound:  # the mailbox was disconnected, which a hold does not outlive
        reason = ""
    return HoldRow(
        id=id,
        kind=hold.kind,
        target_id=hold.target_id,
        mailbox_id=hold.mailbox_id,
        code=hold.code,
        reason=str(reason),
        set_by=hold.set_by,
        set_at=hold.set_at,
    )
