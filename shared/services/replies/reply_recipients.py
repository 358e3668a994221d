"""To whom an answer goes by itself, and who of a conversation is new in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared import codec
from shared.app import App
from shared.domain import messages
from shared.domain.messages import Direction, Message
from shared.domain.places import place
from shared.domain.tickets import Ticket, family
from shared.errors import Invalid
from shared.mail.addresses import strict_address
from shared.services.tickets.ticket_rows import open_sealed
from shared.store.contract import Filter, Order, Query

MAX_RECIPIENTS: Final = 100
MAX_NAME: Final = 200
_LOOKED_BACK: Final = 50  # messages

Who = dict[str, str]  # {"name", "address"}


@dataclass(frozen=True, slots=True)
class Parent:
    """The message that is answered, opened; `known` are the addresses that belong to the conversation."""

    message_id: str
    message: Message
    fields: Mapping[str, Any]
    known: frozenset[str]


@dataclass(frozen=True, slots=True)
class Recipients:
    """Whom an answer goes to, and whom of them somebody has to confirm."""

    to: tuple[Who, ...]
    cc: tuple[Who, ...]
    new: tuple[str, ...]


def parent_of(app: App, ticket_id: str, ticket: Ticket, message_id: str | None) -> Parent | None:
    """Return the message that an answer is to: the one that is named, else the newest from outside.

    None where a ticket has no message, or none that is left to read. Raises
    Invalid("reply.parent_unknown") for a message that is not this ticket's.
    """
    page = app.store.query(
        Query(
            messages.COLLECTION,
            (Filter("ticket_id", "in", family(ticket_id, ticket)),),
            (Order("received_at", descending=True),),
            limit=_LOOKED_BACK,
        )
    )
    newest = [
        (d.id, codec.from_document(Message, d.data))
        for d in page.documents
        if d.data["state"] == "stored"
    ]
    opened = {
        id: open_sealed(app, m.mailbox_id, place(messages.COLLECTION, id), m.sealed)
        for id, m in newest
    }
    known = _known((m, opened[id]) for id, m in reversed(newest))
    if message_id is not None:
        chosen = [(id, m) for id, m in newest if id == message_id]
        if not chosen:
            raise Invalid("reply.parent_unknown")
    else:
        inbound = [(id, m) for id, m in newest if m.direction is Direction.IN and not m.muted]
        chosen = inbound[:1] or newest[:1]
    return Parent(*chosen[0], opened[chosen[0][0]], known) if chosen else None


def of_answer(parent: Parent | None, own: Iterable[str], *, everybody: bool) -> Recipients:
    """Return the recipients of an answer: who wrote or wants the answers, and with `everybody` the others.

    Who came into the conversation by writing to it, or was brought by somebody who did, is not among the
    others: adding them is for a person to decide. `own` are the mailbox's addresses.
    """
    if parent is None:
        return Recipients((), (), ())
    skipped = {address.lower() for address in own}
    fields = parent.fields
    first = fields.get("to", ())
    if parent.message.direction is Direction.IN:
        first = _without(fields.get("reply_to", ()), skipped) or [fields.get("from")]
        if "customer" in fields:  # one of our people passed their mail on
            first = [fields["customer"]]
    to = _without(first, skipped)
    new = [who["address"] for who in to if who["address"].lower() not in parent.known]
    if not everybody:
        return Recipients(tuple(to), (), tuple(new))
    others = _without((*fields.get("to", ()), *fields.get("cc", ())), skipped, to)
    cc = [who for who in others if who["address"].lower() in parent.known]
    return Recipients(tuple(to), tuple(cc), tuple(new))


def checked(people: Sequence[Mapping[str, str]]) -> list[Who]:
    """Return recipients with their addresses in the one form that is sent to, each once.

    Raises Invalid("reply.recipient_invalid") with the number of the first that is none.
    """
    found: dict[str, Who] = {}
    for number, who in enumerate(people):
        address = strict_address(who["address"].strip())
        if not address or not address.isascii() or len(who["name"]) > MAX_NAME:
            raise Invalid("reply.recipient_invalid", number=number)
        found.setdefault(address.lower(), {"name": who["name"].strip(), "address": address})
    if len(found) > MAX_RECIPIENTS:
        raise Invalid("reply.too_many_recipients", most=MAX_RECIPIENTS)
    return list(found.values())


def _known(conversation: Iterable[tuple[Message, Mapping[str, Any]]]) -> frozenset[str]:
    """Return who belongs to a conversation, the oldest message first.

    Whom the first message names, whom the mailbox wrote to, and whom one of these brought.
    """
    known: set[str] = set()
    for message, fields in conversation:
        sender = (fields.get("from") or {}).get("address", "").lower()
        if known and message.direction is Direction.IN and sender not in known:
            continue
        people = (*fields.get("to", ()), *fields.get("cc", ()), *fields.get("reply_to", ()))
        people += (fields["customer"],) if "customer" in fields else ()
        known.add(sender)
        known.update(who["address"].lower() for who in people)
    return frozenset(known)


def _without(
    people: Iterable[Mapping[str, str] | None], skipped: set[str], named: Sequence[Who] = ()
) -> list[Who]:
    """Return people with a usable address, each once, without those already named."""
    found: dict[str, Who] = {}
    others = skipped | {who["address"].lower() for who in named}
    for who in people:
        address = strict_address(who["address"]) if who else ""
        if who and address and address.isascii() and address.lower() not in others:
            name = " ".join(who["name"].split())[:MAX_NAME]
            found.setdefault(address.lower(), {"name": name, "address": address})
    return list(found.values())[:MAX_RECIPIENTS]
