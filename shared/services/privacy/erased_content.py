"""What is left of documents that name somebody who was erased, or quote them. Pure but for the sealing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from shared.app import App
from shared.domain import messages, notes, replies, satisfaction, tickets
from shared.domain.messages import Message, StoredAttachment
from shared.domain.notes import Note
from shared.domain.places import place
from shared.domain.replies import Reply, ReplyState
from shared.domain.satisfaction import Answer
from shared.domain.tickets import Ticket
from shared.errors import NotFound
from shared.services.finding import search_tokens

REDACTED: Final = "█████"
_NOBODY: Final = {"name": "", "address": ""}
_LEAST_NAME: Final = 4  # characters: a shorter one would blacken words
_IN_FLIGHT: Final = frozenset({ReplyState.SENDING, ReplyState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Known:
    """By what somebody is recognised: addresses in lower case, name, tokens of the addresses in a mailbox."""

    addresses: frozenset[str]
    name: str
    tokens: frozenset[str] = frozenset()

    def wrote(self, message: Message) -> bool:
        """Say whether they are the sender."""
        return message.sender_token in self.tokens


def message(of: Message) -> Message:
    """Return what is left of a message: that there was one, when, and where in Gmail it is."""
    nameless = [
        StoredAttachment(a.part, a.media_type, a.size, inline=a.inline) for a in of.attachments
    ]
    return replace(
        of,
        state=messages.ERASED,
        sealed=None,
        sender_token="",
        people=(),
        customer_id=None,
        attachments=tuple(nameless),
    )


def message_of_others(app: App, id: str, of: Message, known: Known) -> Message:
    """Return a message of other people in which somebody was named, without them."""
    people = tuple(one for one in of.people if one not in known.tokens)
    fields = _opened(app, of.mailbox_id, place(messages.COLLECTION, id), of.sealed)
    sealed = of.sealed
    if fields:
        sealed = _sealed(app, of.mailbox_id, place(messages.COLLECTION, id), without(fields, known))
    return replace(of, people=people, sealed=sealed)


def ticket(app: App, id: str, of: Ticket) -> Ticket:
    """Return what is left of somebody's own ticket: its code, state, times and who worked on it."""
    nothing = {"subject": "", "customer": None}
    return replace(
        of,
        sealed=_sealed(app, of.mailbox_id, place(tickets.COLLECTION, id), nothing),
        erased=True,
        search_tokens=(),
        participants=(),
        customer_id=None,
        customer_message_at=None,
        customer_message_id=None,
    )


def ticket_of_others(app: App, id: str, of: Ticket, known: Known) -> Ticket:
    """Return a ticket of other people in which somebody took part, without them."""
    participants = tuple(one for one in of.participants if one not in known.tokens)
    summary = _opened(app, of.mailbox_id, place(tickets.COLLECTION, id), of.sealed)
    if summary == (left := without(summary, known)):
        return replace(of, participants=participants)
    sealed = _sealed(app, of.mailbox_id, place(tickets.COLLECTION, id), left)
    return search_tokens.indexed(app, id, replace(of, participants=participants, sealed=sealed))


def reply(of: Reply) -> Reply:
    """Return what is left of a reply: one that was not sent never will be."""
    over = of.state in (ReplyState.SENT, ReplyState.CANCELLED)
    return replace(
        of,
        state=of.state if over else ReplyState.CANCELLED,
        sealed=None,
        done=True,
        fence=of.fence + (0 if over else 1),
        waits_for_mailbox=False,
        upload_ids=(),
    )


def is_in_flight(of: Reply) -> bool:
    """Say whether a reply is being handed over just now: it is waited for."""
    return of.state in _IN_FLIGHT


def reply_of_others(app: App, id: str, of: Reply, known: Known) -> Reply:
    """Return a reply in a ticket of other people without somebody's address and name."""
    return replace(
        of, sealed=_rewritten(app, of.mailbox_id, replies.COLLECTION, id, of.sealed, known)
    )


def note(app: App, of: Note) -> Note:
    """Return what is left of a note on somebody's ticket: that there was one."""
    return replace(of, sealed=None, mentions=(), deleted_at=of.deleted_at or app.clock.now())


def note_of_others(app: App, id: str, of: Note, known: Known) -> Note:
    """Return a note on a ticket of other people without somebody's address and name."""
    return replace(
        of, sealed=_rewritten(app, of.mailbox_id, notes.COLLECTION, id, of.sealed, known)
    )


def answer(app: App, id: str, of: Answer) -> Answer:
    """Return what is left of an answer of how they were helped: good or bad, without a comment."""
    context = place(satisfaction.COLLECTION, id)
    return replace(of, sealed=_sealed(app, of.mailbox_id, context, {"comment": ""}) or "")


def without(value: Any, known: Known) -> Any:
    """Return a value of JSON types in which nobody of these addresses, and no such name, is left."""
    if isinstance(value, str):
        return redacted(value, known)
    if isinstance(value, Mapping):
        if str(value.get("address", "")).lower() in known.addresses:
            return dict(_NOBODY)
        return {name: without(inner, known) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [without(inner, known) for inner in value]
    return value


def redacted(text: str, known: Known) -> str:
    """Return a text with somebody's addresses and name blackened, whatever their case."""
    names = [*known.addresses, *([known.name] if len(known.name) >= _LEAST_NAME else [])]
    for name in sorted(names, key=len, reverse=True):
        text = _blackened(text, name)
    return text


def _blackened(text: str, name: str) -> str:
    low, wanted = text.lower(), name.lower()
    if not wanted or len(low) != len(
        text
    ):  # a letter whose small form is longer: rare, and exact then
        return text.replace(name, REDACTED)
    pieces, at = [], 0
    while (found := low.find(wanted, at)) >= 0:
        pieces += [text[at:found], REDACTED]
        at = found + len(wanted)
    return "".join([*pieces, text[at:]])


def _rewritten(
    app: App, mailbox_id: str, collection: str, id: str, sealed: str | None, known: Known
) -> str | None:
    fields = _opened(app, mailbox_id, place(collection, id), sealed)
    left = without(fields, known)
    if left == fields:
        return sealed
    return _sealed(app, mailbox_id, place(collection, id), left)


def _opened(app: App, mailbox_id: str, context: str, sealed: str | None) -> Mapping[str, Any]:
    if sealed is None:
        return {}
    try:
        opened: Mapping[str, Any] = app.envelope.open(mailbox_id, context, sealed)
    except NotFound:  # the mailbox's key was destroyed, and all with it
        return {}
    return opened


def _sealed(app: App, mailbox_id: str, context: str, value: Any) -> str | None:
    try:
        return app.envelope.seal(mailbox_id, context, value)
    except NotFound:
        return None
