"""Keeping the access ledger: a row each time that somebody of the staff has to do with a person's data.

Rows are derived from what the audit log records, so that none can be forgotten; each costs a read or two
and a write. See docs/decisions/0061-access-ledger.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared import clock, codec, ids
from shared.app import App
from shared.domain import tickets
from shared.domain.accesses import COLLECTION, KEPT, KINDS, Access, AccessKind
from shared.domain.people import USERS, User
from shared.domain.places import place
from shared.domain.recorded import Recorded
from shared.errors import NotFound
from shared.services.privacy import privacy_settings
from shared.store.contract import AlreadyExists, Filter, Order, Query

_LIMIT: Final = 100


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One access as the person reads it: when, what, and who it was, by role or by name."""

    id: str
    at: datetime
    kind: AccessKind
    by: str  # a name where the organisation shows them, else ""
    role: str
    ticket: str | None  # the code of the ticket


@dataclass(frozen=True, slots=True)
class AccessPage:
    """A page of accesses, the newest first."""

    items: tuple[AccessRow, ...]
    next: str | None


def react_to(app: App, event: Recorded) -> None:
    """Keep a row of an event that touched somebody's data. Done already is no change. Raises Unavailable."""
    kind = KINDS.get(event.action)
    if kind is None or event.actor_type != "user" or event.outcome != "success":
        return
    subject_id, ticket = _subject(app, event)
    if subject_id is None:
        return
    at = clock.from_text(event.time)
    what = {"actor": event.actor, "role": event.role or "", "ticket": ticket}
    try:
        sealed = app.envelope.seal(subject_id, place(COLLECTION, event.id), what)
    except NotFound:  # they were erased meanwhile
        return
    row = codec.to_document(Access(subject_id, kind, at, sealed, at + KEPT))
    try:
        app.store.transact(lambda tx: tx.create(COLLECTION, event.id, row))
    except AlreadyExists:
        return


def read(
    app: App, subject_ids: Sequence[str], since: datetime | None, limit: int, cursor: str | None
) -> AccessPage:
    """Return who had to do with what is held on these, which are one person and their mailboxes."""
    of_them = Filter("subject_id", "in", list(subject_ids))
    newest = (Order("at", descending=True),)
    page = app.store.query(Query(COLLECTION, (of_them,), newest, min(limit, _LIMIT), cursor))
    found = [(d.id, codec.from_document(Access, d.data)) for d in page.documents]
    opened = [
        (id, one, _opened(app, id, one)) for id, one in found if since is None or one.at >= since
    ]
    names = _names(app, {what["actor"] for _, _, what in opened}) if opened else {}
    rows = tuple(
        AccessRow(id, one.at, one.kind, names.get(what["actor"], ""), what["role"], what["ticket"])
        for id, one, what in opened
    )
    return AccessPage(rows, page.next)


def _subject(app: App, event: Recorded) -> tuple[str | None, str | None]:
    """Return whose data an event was about, and the code of the ticket where it was in one."""
    target = event.target_id or ""
    if event.target_type == "ticket":
        return _of_ticket(app, target)
    if event.target_type == "customer":
        return target, None
    if event.target_type == "user":
        return _of_user(app, event), None
    return event.mailbox_id, None


def _of_ticket(app: App, ticket_id: str) -> tuple[str | None, str | None]:
    found = app.store.get(tickets.COLLECTION, ticket_id)
    if found is None or found.data["customer_id"] is None:
        return None, None
    return str(found.data["customer_id"]), str(found.data["code"])


def _of_user(app: App, event: Recorded) -> str | None:
    """Return who works here under the target's pseudonym; what people do to themselves is no access."""
    if event.target_id == event.actor:
        return None
    if event.target_id is not None and ids.is_id(ids.USER, event.target_id):
        return event.target_id
    query = Query(USERS, (Filter("pseudonym", "==", event.target_id),), limit=1)
    return next((document.id for document in app.store.query(query).documents), None)


def _opened(app: App, id: str, access: Access) -> dict[str, str]:
    try:
        opened: dict[str, str] = app.envelope.open(
            access.subject_id, place(COLLECTION, id), access.sealed
        )
    except NotFound:
        return {"actor": "", "role": "", "ticket": ""}
    return opened


def _names(app: App, pseudonyms: set[str]) -> dict[str, str]:
    """Return the names of staff by pseudonym, none where the organisation shows roles only."""
    if not privacy_settings.load(app.store).show_staff_names:
        return {}
    found: dict[str, str] = {}
    for pseudonym in sorted(pseudonyms):
        query = Query(USERS, (Filter("pseudonym", "==", pseudonym),), limit=1)
        for document in app.store.query(query).documents:
            user = codec.from_document(User, document.data)
            opened = app.envelope.open(document.id, place(USERS, document.id), user.sealed)
            found[pseudonym] = str(opened["name"])
    return found
