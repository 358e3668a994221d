"""Opening a ticket by hand: somebody called, or an agent writes first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from shared import codec, ids
from shared.app import App
from shared.audit.events import Action
from shared.domain import arrivals, writing
from shared.domain.places import place
from shared.domain.tickets import COLLECTION, Ticket
from shared.errors import Invalid
from shared.permissions import Actor, Permission, require_in
from shared.services import outbox
from shared.services.customers import customer_matching
from shared.services.finding import search_tokens
from shared.services.outbox import Outbox
from shared.services.tickets import notes, ticket_changes, ticket_codes
from shared.store.contract import AlreadyExists, Transaction

MAX_SUBJECT: Final = 500
MAX_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class TicketCustomer:
    """For whom a ticket is opened."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket to be opened; `note` is what agents should know, and the customer does not see it."""

    mailbox_id: str
    subject: str
    customer: TicketCustomer
    note: str | None = None


def open_by_hand(app: App, actor: Actor, ticket_id: str, new: NewTicket) -> Ticket:
    """Open a ticket; asked again with the same id, return it as it is.

    The customer is whoever has the address; somebody new is met when they write first. Raises
    NotFound("mailbox.not_found"), Forbidden, Invalid("ticket.subject_invalid"),
    Invalid("ticket.customer_invalid"), Invalid("note.text_invalid").
    """
    require_in(actor, Permission.TICKET_WRITE, new.mailbox_id, "mailbox.not_found")
    if new.note is not None:
        require_in(actor, Permission.NOTE_WRITE, new.mailbox_id, "mailbox.not_found")
    subject, customer = _checked(new)
    token = customer_matching.token_of(app, customer.address)
    sealed = app.envelope.seal(
        new.mailbox_id,
        place(COLLECTION, ticket_id),
        {"subject": subject, "customer": codec.to_json(customer)},
    )
    person = app.envelope.token(new.mailbox_id, "address", customer.address)

    def work(tx: Transaction, box: Outbox) -> Ticket:
        met = customer_matching.meet(tx, token, new.mailbox_id)
        code = ticket_codes.free(tx, ticket_id)
        if met is not None:
            met.write(tx)
        customer_id = met.customer_id if met else None
        now = app.clock.now()
        ticket = arrivals.by_hand(new.mailbox_id, code, person, customer_id, now)
        ticket = search_tokens.indexed(app, ticket_id, replace(ticket, sealed=sealed))
        author = ticket_changes.person(actor)
        made = ticket_changes.create(app, tx, box, ticket_id, ticket, author, Action.TICKET_OPENED)
        if new.note is not None:
            note_id = ids.derived_id(ids.NOTE, "opened", ticket_id)
            notes.add(app, tx, box, note_id, ticket_id, made, new.note, author)
        return made

    try:
        return outbox.commit(app, work)
    except AlreadyExists:
        return ticket_changes.load(app.store, actor, ticket_id, Permission.TICKET_WRITE)


def _checked(new: NewTicket) -> tuple[str, TicketCustomer]:
    from shared.mail.addresses import strict_address  # noqa: PLC0415 - few requests need it

    try:
        subject = writing.line(new.subject, MAX_SUBJECT)
    except ValueError:
        raise Invalid("ticket.subject_invalid", max_characters=MAX_SUBJECT) from None
    address = strict_address(new.customer.address.strip()).lower()
    try:
        name = writing.line(new.customer.name, MAX_NAME) if new.customer.name.strip() else ""
    except ValueError:
        raise Invalid("ticket.customer_invalid", member="name") from None
    if not address:
        raise Invalid("ticket.customer_invalid", member="address")
    return subject, TicketCustomer(address, name)
