"""What is held on one person, as files that they can read: a page of one file at a time, others blackened.

Of a customer: what is known of them, their tickets, messages and mail, notes on them, and who had to do
with it. Of somebody who works here: their account and what is theirs alone. Third persons' addresses and
names do not leave: staff stand for their mailbox, everybody else is blackened.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any, Final

from shared import clock, codec, ids
from shared.app import App
from shared.domain import (
    api_tokens,
    mailboxes,
    messages,
    notifications,
    saved_replies,
    spreadsheet,
    views,
)
from shared.domain import tickets as ticket_documents
from shared.domain.customers import COLLECTION as CUSTOMERS
from shared.domain.customers import NOTES, Customer
from shared.domain.messages import Message
from shared.domain.people import FACTORS, SESSIONS, USERS
from shared.domain.places import place
from shared.domain.tickets import Ticket
from shared.errors import NotFound
from shared.gmail.contract import Gone
from shared.mail import mbox
from shared.mail.parse import parse
from shared.services.customers import customers
from shared.services.mailboxes import mailbox_access
from shared.services.privacy import access_ledger
from shared.services.privacy.erased_content import REDACTED
from shared.services.privacy.other_people import (
    Subject,
    names_of_others,
    redacted,
    without_others,
)
from shared.services.tickets.ticket_rows import open_sealed
from shared.store.contract import Document, Filter, Page, Query

_ROWS: Final = 100
_MAILS: Final = 10
_MARK: Final = b"\xef\xbb\xbf"  # which begins a table once
_SECRET: Final = frozenset(
    {"sealed", "password", "hashes", "address_token", "link_id", "challenge_id", "last_audit_id"}
)


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of a file: its bytes, how many rows that are, what could not be had, where it goes on."""

    content: bytes
    rows: int
    next: str | None
    missing: tuple[str, ...] = ()


Source = Callable[[App, Subject, str | None], Lines]


def subject(app: App, id: str) -> Subject:
    """Return who this is. Raises NotFound("customer.not_found")."""
    if ids.is_id(ids.USER, id):
        return Subject((id,), frozenset(), (), frozenset())
    current, customer = customers.current(app.store, id)
    known = customers.opened(app, current, customer)
    opened = {one: _mailbox_address(app, one) for one in customer.mailbox_ids}
    return Subject(
        (current, *customer.merged),
        frozenset(address.lower() for address in known.addresses),
        customer.mailbox_ids,
        frozenset(address for address in opened.values() if address),
    )


def sources(subject_id: str) -> Mapping[str, Source]:
    """Return the files that there are of somebody, by name, in the order in which they are made."""
    return _OF_USERS if ids.is_id(ids.USER, subject_id) else _OF_CUSTOMERS


def _profile(app: App, of: Subject, _: str | None) -> Lines:
    rows = []
    for id in of.ids:
        found = app.store.get(CUSTOMERS, id)
        if found is not None:
            customer = codec.from_document(Customer, found.data)
            known = codec.to_json(customers.opened(app, id, customer))
            since = clock.to_text(customer.created_at)
            rows.append({"id": id, "known_since": since, **known})
    return _json_lines(rows, None)


def _tickets(app: App, of: Subject, cursor: str | None) -> Lines:
    page = _ticket_page(app, of, cursor)
    return _json_lines([_ticket(app, of, d) for d in page.documents], page.next)


def _tickets_csv(app: App, of: Subject, cursor: str | None) -> Lines:
    page = _ticket_page(app, of, cursor)
    columns = ("code", "state", "subject", "first_message_at", "last_message_at")
    rows = [_ticket(app, of, document) for document in page.documents]
    table = [[str(row[column]) for column in columns] for row in rows]
    head = [list(columns)] if cursor is None else []
    text = spreadsheet.csv([*head, *table])
    return Lines(text if cursor is None else text.lstrip(_MARK), len(rows), page.next)


def _ticket_page(app: App, of: Subject, cursor: str | None) -> Page:
    own = (Filter("customer_id", "in", list(of.ids)),)
    return app.store.query(Query(ticket_documents.COLLECTION, own, limit=_ROWS, cursor=cursor))


def _ticket(app: App, of: Subject, document: Document) -> dict[str, Any]:
    ticket = codec.from_document(Ticket, document.data)
    context = place(ticket_documents.COLLECTION, document.id)
    summary = open_sealed(app, ticket.mailbox_id, context, ticket.sealed)
    return {
        "code": ticket.code,
        "state": ticket.state.value,
        "subject": redacted(summary.get("subject") or "", of),
        "first_message_at": clock.to_text(ticket.first_message_at),
        "last_message_at": clock.to_text(ticket.last_message_at),
        "rating": ticket.rating.value if ticket.rating else None,
    }


def _messages(app: App, of: Subject, cursor: str | None) -> Lines:
    page = _message_page(app, of, cursor, _ROWS)
    rows = []
    for document in page.documents:
        message, fields = _opened(app, document)
        if message is not None:
            row = {
                "id": document.id,
                "received_at": clock.to_text(message.received_at),
                "direction": message.direction.value,
                "subject": fields.get("subject", ""),
                "from": [fields.get("from")],
                "to": fields.get("to", []),
                "cc": fields.get("cc", []),
                "attachments": fields.get("names", []),
            }
            rows.append(without_others(row, of, names_of_others(fields, of)))
    return _json_lines(rows, page.next)


def _mail(app: App, of: Subject, cursor: str | None) -> Lines:
    """Return mail as mbox, out of Gmail: headers and text, with nobody else in them."""
    page = _message_page(app, of, cursor, _MAILS)
    entries, missing = [], []
    for document in page.documents:
        message, fields = _opened(app, document)
        if message is None:
            continue
        mailbox_access.known(app, message.mailbox_id)  # heeds Gmail's brake, which all share
        try:
            with app.mailboxes.gate.fetching(message.mailbox_id):
                raw = app.mailboxes(message.mailbox_id).message(message.gmail_id).raw
        except Gone:
            missing.append(document.id)
            continue
        text = _letter(raw, message, fields, of)
        entries.append(mbox.entry(text, message.received_at, {"X-CMO-Message": document.id}))
    return Lines(b"".join(entries), len(entries), page.next, tuple(missing))


def _letter(raw: bytes, message: Message, fields: Mapping[str, Any], of: Subject) -> bytes:
    mail = parse(raw)
    names = names_of_others(fields, of)
    letter = EmailMessage()
    for header, people in (
        ("From", [fields.get("from")]),
        ("To", fields.get("to", [])),
        ("Cc", fields.get("cc", [])),
    ):
        seen = [_header(one, of) for one in people if one and one["address"]]
        if seen:
            letter[header] = ", ".join(seen)
    letter["Subject"] = " ".join(redacted(mail.subject, of, names).split())
    letter["Date"] = format_datetime(message.received_at)
    letter.set_content(redacted(mail.text, of, names))
    return letter.as_bytes()


def _header(one: Mapping[str, str], of: Subject) -> str:
    person = without_others(dict(one), of, ())
    if person["address"] == REDACTED:
        return "redacted@invalid"  # RFC 2606: nobody's
    return formataddr((person["name"], person["address"]))


def _message_page(app: App, of: Subject, cursor: str | None, limit: int) -> Page:
    """Return a page of what they sent; what was sent to them stands in their tickets' mail."""
    own = (Filter("customer_id", "in", list(of.ids)),)
    state = json.loads(cursor) if cursor else {"ticket": None, "message": None}
    page = app.store.query(Query(ticket_documents.COLLECTION, own, limit=1, cursor=state["ticket"]))
    if not page.documents:
        return Page(())
    of_ticket = (Filter("ticket_id", "==", page.documents[0].id),)
    found = app.store.query(
        Query(messages.COLLECTION, of_ticket, limit=limit, cursor=state["message"])
    )
    following: dict[str, str | None] | None
    if found.next is not None:
        following = {"ticket": state["ticket"], "message": found.next}
    else:
        following = {"ticket": page.next, "message": None} if page.next else None
    return Page(found.documents, None if following is None else json.dumps(following))


def _opened(app: App, document: Document) -> tuple[Message | None, Mapping[str, Any]]:
    if document.data["state"] != "stored":
        return None, {}
    message = codec.from_document(Message, document.data)
    context = place(messages.COLLECTION, document.id)
    return message, open_sealed(app, message.mailbox_id, context, message.sealed)


def _notes(app: App, of: Subject, cursor: str | None) -> Lines:
    about = (Filter("customer_id", "in", list(of.ids)),)
    page = app.store.query(Query(NOTES, about, limit=_ROWS, cursor=cursor))
    rows = []
    for document in page.documents:
        owner = str(document.data["customer_id"])
        opened = _sealed(app, owner, document)
        at = document.data["created_at"]
        rows.append({"written_at": codec.to_json(at), "text": redacted(opened.get("text", ""), of)})
    return _json_lines(rows, page.next)


def _accesses(app: App, of: Subject, cursor: str | None) -> Lines:
    page = access_ledger.read(app, (*of.ids, *of.mailbox_ids)[:30], None, _ROWS, cursor)
    return _json_lines([codec.to_json(row) for row in page.items], page.next)


def _account(app: App, of: Subject, _: str | None) -> Lines:
    found = app.store.get(USERS, of.ids[0])
    rows = [] if found is None else [_own(app, of.ids[0], found)]
    return _json_lines(rows, None)


def _own_documents(collection: str, field: str) -> Source:
    def read(app: App, of: Subject, cursor: str | None) -> Lines:
        own = (Filter(field, "==", of.ids[0]),)
        page = app.store.query(Query(collection, own, limit=_ROWS, cursor=cursor))
        return _json_lines([_own(app, of.ids[0], d) for d in page.documents], page.next)

    return read


def _own(app: App, owner: str, document: Document) -> dict[str, Any]:
    """Return a document of somebody's own, without what proves who they are."""
    plain = {
        name: codec.to_json(value)
        for name, value in document.data.items()
        if name not in _SECRET and not name.endswith("_token")
    }
    opened = _sealed(app, owner, document)
    secret = {"secret", "credential_id", "public_key", "verifier", "nonce"}
    return plain | {name: value for name, value in opened.items() if name not in secret}


def _sealed(app: App, owner: str, document: Document) -> Mapping[str, Any]:
    sealed = document.data.get("sealed")
    if not isinstance(sealed, str):
        return {}
    try:
        opened: Mapping[str, Any] = app.envelope.open(
            owner, place(document.collection, document.id), sealed
        )
    except NotFound:
        return {}
    return opened


_OF_CUSTOMERS: Final[Mapping[str, Source]] = {
    "data/profile.jsonl": _profile,
    "data/tickets.jsonl": _tickets,
    "csv/tickets.csv": _tickets_csv,
    "data/messages.jsonl": _messages,
    "messages/mail.mbox": _mail,
    "data/notes.jsonl": _notes,
    "data/accesses.jsonl": _accesses,
}
_OF_USERS: Final[Mapping[str, Source]] = {
    "data/account.jsonl": _account,
    "data/sessions.jsonl": _own_documents(SESSIONS, "user_id"),
    "data/factors.jsonl": _own_documents(FACTORS, "user_id"),
    "data/api_tokens.jsonl": _own_documents(api_tokens.COLLECTION, "user_id"),
    "data/notifications.jsonl": _own_documents(notifications.COLLECTION, "user_id"),
    "data/saved_replies.jsonl": _own_documents(saved_replies.COLLECTION, "user_id"),
    "data/views.jsonl": _own_documents(views.COLLECTION, "owner_id"),
    "data/accesses.jsonl": _accesses,
}


def _json_lines(rows: Sequence[Mapping[str, Any]], next: str | None) -> Lines:
    text = "".join(json.dumps(row, ensure_ascii=True, default=str) + "\n" for row in rows)
    return Lines(text.encode(), len(rows), next)


def _mailbox_address(app: App, mailbox_id: str) -> str:
    found = app.store.get(mailboxes.COLLECTION, mailbox_id)
    if found is None:
        return ""
    return str(_sealed(app, mailbox_id, found).get("address", "")).lower()
