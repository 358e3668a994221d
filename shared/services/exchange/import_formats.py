"""Tickets of other helpdesks, and of our own export, as one shape: what docs/import.md says is accepted.

One JSON object a line. Each reader takes what that helpdesk's API gives for one conversation and returns a
`Conversation`, or raises `BadLine` with a stable code. Whatever it does not know it passes over; a state that
it does not know is no guess of ours but a bad line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from shared.domain.jobs import Format
from shared.domain.tickets import Priority, TicketState

MAX_NOTES: Final = 200  # of one conversation
MAX_SUBJECT: Final = 500  # characters
_MAX_NAME: Final = 200

_S = TicketState
_FREESCOUT_STATES: Final = {
    "active": _S.OPEN,
    "pending": _S.PENDING,
    "closed": _S.CLOSED,
    "spam": _S.SPAM,
}
_ZAMMAD_STATES: Final = {
    "new": _S.NEW,
    "open": _S.OPEN,
    "pending reminder": _S.PENDING,
    "pending close": _S.PENDING,
    "closed": _S.CLOSED,
}
_ZAMMAD_PRIORITIES: Final = {
    "1 low": Priority.LOW,
    "2 normal": Priority.NORMAL,
    "3 high": Priority.HIGH,
}


class BadLine(ValueError):
    """A line that cannot be imported; `code` says why and quotes nothing."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody wrote in a conversation; `files` are the names and sizes of what was attached."""

    id: str
    author: str
    written_at: datetime
    text: str
    html: bool = False
    files: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A ticket of elsewhere. `ticket_id` is its id where it was exported from a desk like this one."""

    id: str
    subject: str
    state: TicketState
    customer_name: str
    customer_address: str
    created_at: datetime
    changed_at: datetime
    entries: tuple[Entry, ...]
    priority: Priority = Priority.NORMAL
    tags: tuple[str, ...] = ()
    ticket_id: str | None = None


@dataclass(frozen=True, slots=True)
class LooseNote:
    """A note of our own export, whose ticket stands in another line, or is here already."""

    ticket_id: str
    entry: Entry
    author_id: str | None


Row = Conversation | LooseNote | None  # None: a line that says nothing to import


def read(format: Format, value: object) -> Row:
    """Return what one line says. Raises BadLine."""
    if not isinstance(value, Mapping):
        raise BadLine("import.not_an_object")
    return _READERS[format](value)


# Our own export


def _own(value: Mapping[str, Any]) -> Row:
    collection = _text(value, "collection")
    if collection == "tickets":
        content = _object(value, "content")
        customer = _object(content, "customer", optional=True)
        return Conversation(
            id=_id(value),
            ticket_id=_id(value),
            subject=_text(content, "subject", optional=True),
            state=_state(TicketState, _text(value, "state")),
            customer_name=_text(customer, "name", optional=True),
            customer_address=_text(customer, "address", optional=True),
            created_at=_time(value, "first_message_at"),
            changed_at=_time(value, "last_message_at"),
            entries=(),
            priority=_state(Priority, _text(value, "priority", optional=True) or "normal"),
            tags=_tags(value.get("tags")),
        )
    if collection == "notes":
        return _own_note(value)
    return None  # mail is in Gmail; what else is exported is not a ticket's


def _own_note(value: Mapping[str, Any]) -> Row:
    if value.get("deleted_at") is not None or value.get("content") is None:
        return None
    content = _object(value, "content")
    written = "written_at" if value.get("written_at") else "created_at"
    entry = Entry(
        id=_id(value),
        author=_text(content, "author", optional=True),
        written_at=_time(value, written),
        text=_text(content, "text"),
    )
    author_id = value.get("author_id")
    return LooseNote(
        _text(value, "ticket_id"), entry, author_id if isinstance(author_id, str) else None
    )


# FreeScout: GET /api/conversations?embed=threads,tags


def _freescout(value: Mapping[str, Any]) -> Row:
    if value.get("state") in ("draft", "deleted"):
        return None
    embedded = _object(value, "_embedded", optional=True)
    customer = _object(value, "customer", optional=True)
    created = _time(value, "createdAt")
    entries = tuple(_freescout_entries(_list(embedded, "threads")))
    return Conversation(
        id=_id(value),
        subject=_text(value, "subject", optional=True),
        state=_mapped(_FREESCOUT_STATES, _text(value, "status")),
        customer_name=_full_name(customer),
        customer_address=_text(customer, "email", optional=True),
        created_at=created,
        changed_at=max((entry.written_at for entry in entries), default=created),
        entries=entries,
        tags=_tags(
            [
                tag.get("name") if isinstance(tag, Mapping) else tag
                for tag in _list(embedded, "tags")
            ]
        ),
    )


def _freescout_entries(threads: list[Any]) -> Iterator[Entry]:
    for thread in threads:
        if not isinstance(thread, Mapping):
            raise BadLine("import.entry_malformed")
        if thread.get("state") in ("draft", "hidden") or thread.get("type") == "lineitem":
            continue  # not sent, or only that something was changed
        author = _object(thread, "createdBy", optional=True)
        embedded = _object(thread, "_embedded", optional=True)
        files = (
            (_text(one, "fileName", optional=True), _size(one.get("size")))
            for one in _list(embedded, "attachments")
            if isinstance(one, Mapping)
        )
        yield Entry(
            id=_id(thread),
            author=_full_name(author) or _text(author, "email", optional=True),
            written_at=_time(thread, "createdAt"),
            text=_text(thread, "body", optional=True),
            html=True,
            files=tuple(files),
        )


# Zammad: GET /api/v1/tickets?expand=true, each with GET /api/v1/ticket_articles/by_ticket/{id} as `articles`


def _zammad(value: Mapping[str, Any]) -> Row:
    state = _text(value, "state")
    if state in ("merged", "removed"):
        return None
    entries = tuple(_zammad_entries(_list(value, "articles")))
    created = _time(value, "created_at")
    return Conversation(
        id=_id(value),
        subject=_text(value, "title", optional=True),
        state=_mapped(_ZAMMAD_STATES, state),
        customer_name="",
        customer_address=_text(value, "customer", optional=True),
        created_at=created,
        changed_at=max((entry.written_at for entry in entries), default=created),
        entries=entries,
        priority=_mapped(_ZAMMAD_PRIORITIES, _text(value, "priority", optional=True) or "2 normal"),
        tags=_tags(value.get("tags")),
    )


def _zammad_entries(articles: list[Any]) -> Iterator[Entry]:
    for article in articles:
        if not isinstance(article, Mapping):
            raise BadLine("import.entry_malformed")
        files = (
            (_text(one, "filename", optional=True), _size(one.get("size")))
            for one in _list(article, "attachments")
            if isinstance(one, Mapping)
        )
        yield Entry(
            id=_id(article),
            author=_text(article, "from", optional=True)
            or _text(article, "created_by", optional=True),
            written_at=_time(article, "created_at"),
            text=_text(article, "body", optional=True),
            html=article.get("content_type") != "text/plain",
            files=tuple(files),
        )


_READERS: Final[Mapping[Format, Callable[[Mapping[str, Any]], Row]]] = {
    Format.OWN: _own,
    Format.FREESCOUT: _freescout,
    Format.ZAMMAD: _zammad,
}


def _id(value: Mapping[str, Any]) -> str:
    id = value.get("id")
    if isinstance(id, bool) or not isinstance(id, int | str) or not 1 <= len(str(id)) <= 100:
        raise BadLine("import.id_missing")
    return str(id)


def _text(value: Mapping[str, Any], name: str, *, optional: bool = False) -> str:
    text = value.get(name)
    if text is None and optional:
        return ""
    if not isinstance(text, str):
        raise BadLine(f"import.{name}_malformed")
    return text


def _object(value: Mapping[str, Any], name: str, *, optional: bool = False) -> Mapping[str, Any]:
    inner = value.get(name)
    if not inner and optional:
        return {}
    if not isinstance(inner, Mapping):
        raise BadLine(f"import.{name.strip('_')}_malformed")
    return inner


def _list(value: Mapping[str, Any], name: str) -> list[Any]:
    items = value.get(name) or []
    if not isinstance(items, list):
        raise BadLine(f"import.{name}_malformed")
    if len(items) > MAX_NOTES:
        raise BadLine("import.too_many_entries")
    return items


def _time(value: Mapping[str, Any], name: str) -> datetime:
    try:
        found = datetime.fromisoformat(_text(value, name).strip())
    except ValueError:
        raise BadLine("import.time_malformed") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _state(kind: Any, text: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        raise BadLine("import.state_unknown") from None


def _mapped(known: Mapping[str, Any], text: str) -> Any:
    if text.lower() not in known:
        raise BadLine("import.state_unknown")
    return known[text.lower()]


def _tags(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else []
    return tuple(item for item in items if isinstance(item, str))


def _full_name(person: Mapping[str, Any]) -> str:
    names = (_text(person, name, optional=True) for name in ("firstName", "lastName"))
    return " ".join(name for name in names if name)[:_MAX_NAME]


def _size(value: object) -> int:
    """Return a size, which Zammad writes as text."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
