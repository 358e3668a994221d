"""Searching the audit log: by time, and by whom, what, to what, in which mailbox.

One of the conditions is asked of an index, the most telling one; the others are tried on what was read ahead.
Each search is itself recorded before its answer is given: by what was asked for, never for whom.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Final, Literal, cast

from shared import codec, ids
from shared.app import App
from shared.audit import entry as entries
from shared.audit import tree
from shared.audit.checkpoint import proof_file
from shared.audit.entry import Happened
from shared.audit.events import Action
from shared.domain.people import USERS, User
from shared.errors import NotFound
from shared.permissions import Actor, Permission, allows
from shared.services import audit_log
from shared.services.accounts import people
from shared.services.audit import sealed_log, witnessing
from shared.services.audit.sealed_log import Head
from shared.store.contract import Document, Filter, Order, Query

_AHEAD: Final = 5  # pages that are read to fill one
_AT_ONCE: Final = 30  # disjunctions of one query


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What is looked for: entries that fulfil all of it. `since` is in it, `until` is not."""

    since: datetime | None = None
    until: datetime | None = None
    action: Action | None = None
    actor: str | None = None  # a pseudonym
    target: str | None = None
    mailbox: str | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """The names of the conditions that are set."""
        return tuple(name for name in self.__slots__ if getattr(self, name) is not None)


@dataclass(frozen=True, slots=True)
class LogQuery:
    """What is looked for in the audit log, and which page of it."""

    since: datetime | None = None
    until: datetime | None = None
    action: Action | None = None
    actor: str | None = None
    target: str | None = None
    mailbox: str | None = None
    limit: int = 50
    cursor: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= 100:
            raise ValueError("limit")

    def filter(self) -> LogFilter:
        """Return the conditions alone."""
        return LogFilter(self.since, self.until, self.action, self.actor, self.target, self.mailbox)


@dataclass(frozen=True, slots=True)
class LogExportQuery:
    """What is exported of the audit log: all of it, or (`selected`) what fulfils the conditions."""

    selected: Literal["true"] | None = None
    since: datetime | None = None
    until: datetime | None = None
    action: Action | None = None
    actor: str | None = None
    target: str | None = None
    mailbox: str | None = None

    def filter(self) -> LogFilter:
        """Return the conditions alone."""
        return LogFilter(self.since, self.until, self.action, self.actor, self.target, self.mailbox)


@dataclass(frozen=True, slots=True)
class LogRow:
    """An entry. `name` is the actor's, for who may read users, while there is such a person."""

    EXAMPLE: ClassVar[dict[str, object]] = {"action": "session.created", "reason": None}

    id: str
    time: datetime
    action: str
    outcome: str
    reason: str | None
    actor_type: str
    actor: str
    role: str | None
    name: str | None
    target_type: str | None
    target: str | None
    mailbox: str | None
    changes: tuple[Mapping[str, str | int | None], ...]
    function: str
    sealed: bool


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of entries, the newest first."""

    items: tuple[LogRow, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An entry as it is sealed: its text, and once it is in the tree its place and its proof."""

    EXAMPLE: ClassVar[dict[str, object]] = {"index": 41, "size": 120, "cosigned": True}

    row: LogRow
    text: str
    index: int | None
    size: int | None  # of the checkpoint that the proof is for
    cosigned: bool
    proof: str | None  # a tlog-proof file


def search(app: App, actor: Actor, wanted: LogFilter, limit: int, cursor: str | None) -> LogPage:
    """Return a page of what was found. Raises Unavailable where the search cannot be recorded."""
    _record(app, actor, Action.LOG_READ, wanted.asked)
    found: list[Document] = []
    following = cursor
    for _ in range(_AHEAD):
        query = query_of(wanted, limit=limit - len(found), cursor=following)
        page = app.audit.query(query)
        found += [document for document in page.documents if _fits(document, wanted)]
        following = page.next
        if following is None or len(found) == limit:
            break
    return LogPage(rows(app, actor, found, sealed_log.read_head(app.audit)), following)


def read(app: App, actor: Actor, entry_id: str) -> LogEntry:
    """Return an entry with its proof. Raises NotFound("audit.no_such_entry")."""
    _record(app, actor, Action.LOG_READ, ("id",))
    found = app.audit.get(entries.COLLECTION, entry_id) if ids.is_id(ids.EVENT, entry_id) else None
    if found is None:
        raise NotFound("audit.no_such_entry")
    head = sealed_log.read_head(app.audit)
    (row,) = rows(app, actor, [found], head)
    text = str(found.data["text"])
    index = indexes(app, [entry_id]).get(entry_id) if row.sealed else None
    if index is None or index >= head.size:
        return LogEntry(row, text, None, None, cosigned=False, proof=None)
    note, cosigned = newest_checkpoint(app, head)
    proof = tree.inclusion_proof(index, head.size, sealed_log.hash_reader(app.audit))
    return LogEntry(row, text, index, head.size, cosigned, proof_file(index, proof, note))


def query_of(wanted: LogFilter, *, limit: int, cursor: str | None = None) -> Query:
    """Return the query of the most telling condition, and of the time."""
    filters: list[Filter] = []
    for field in ("target", "actor", "mailbox", "action"):
        value = getattr(wanted, field)
        if value is not None:
            filters.append(Filter(field, "==", str(value)))
            break
    if wanted.since is not None:
        filters.append(Filter("time", ">=", wanted.since))
    if wanted.until is not None:
        filters.append(Filter("time", "<", wanted.until))
    order = (Order("time", descending=True),)
    return Query(entries.COLLECTION, tuple(filters), order, limit=limit, cursor=cursor)


def everything(app: App, wanted: LogFilter) -> Iterator[Document]:
    """Yield all that fulfils the filter, the newest first."""
    query = query_of(wanted, limit=100)
    while True:
        page = app.audit.query(query)
        yield from (document for document in page.documents if _fits(document, wanted))
        if page.next is None:
            return
        query = replace(query, cursor=page.next)


def is_sealed(document: Document, head: Head) -> bool:
    """Say whether an entry is in the tree of this head: they are sealed in the order of taking in."""
    taken_in = cast("datetime", document.data["ingested_at"])
    return head.at is not None and (taken_in, document.id) <= (head.at, head.last_id)


def indexes(app: App, entry_ids: list[str]) -> dict[str, int]:
    """Return the places of sealed entries in the tree. One read for each bundle that holds one."""
    found: dict[str, int] = {}
    wanted = set(entry_ids)
    for at in range(0, len(entry_ids), _AT_ONCE):
        some = [Filter("ids", "array_contains_any", entry_ids[at : at + _AT_ONCE])]
        query = Query(sealed_log.BUNDLES, tuple(some), limit=_AT_ONCE)
        for bundle in app.audit.query(query).documents:
            first = cast("int", bundle.data["number"]) * tree.WIDTH
            of_bundle = cast("list[str]", bundle.data["ids"])
            found |= {id: first + place for place, id in enumerate(of_bundle) if id in wanted}
    return found


def newest_checkpoint(app: App, head: Head) -> tuple[str, bool]:
    """Return the signed checkpoint of the head, and whether the witness's cosignature is on it."""
    cosigned = witnessing.read_cosigned(app.witness, head.size)
    if cosigned is not None:
        return cosigned, True
    note = sealed_log.read_checkpoint(app.audit, head.size)
    if note is None:
        raise NotFound("audit.nothing_sealed")
    return note, False


def rows(app: App, actor: Actor, found: Iterable[Document], head: Head) -> tuple[LogRow, ...]:
    """Return entries as they are shown to this person."""
    read = [(document, json.loads(str(document.data["text"]))) for document in found]
    names = _names(app, actor, {entry["actor"]["pseudonym"] for _, entry in read})
    return tuple(
        _row(document, entry, names, sealed=is_sealed(document, head)) for document, entry in read
    )


def _row(
    document: Document, entry: Mapping[str, Any], names: Mapping[str, str], *, sealed: bool
) -> LogRow:
    who, target = entry["actor"], entry["target"] or {}
    return LogRow(
        id=document.id,
        time=cast("datetime", document.data["time"]),
        action=entry["action"],
        outcome=entry["outcome"],
        reason=entry["reason"],
        actor_type=who["type"],
        actor=who["pseudonym"],
        role=who["role"],
        name=names.get(who["pseudonym"]),
        target_type=target.get("type"),
        target=target.get("id"),
        mailbox=target.get("mailbox"),
        changes=tuple(entry["changes"]),
        function=entry["source"]["function"],
        sealed=sealed,
    )


def _names(app: App, actor: Actor, pseudonyms: set[str]) -> dict[str, str]:
    """Return the names behind pseudonyms, for who may read users; an erased person's is gone for good."""
    if not allows(actor, Permission.USER_READ):
        return {}
    wanted = sorted(one for one in pseudonyms if one.startswith("act_"))
    names: dict[str, str] = {}
    for at in range(0, len(wanted), _AT_ONCE):
        query = Query(
            USERS, (Filter("pseudonym", "in", wanted[at : at + _AT_ONCE]),), limit=_AT_ONCE
        )
        for document in app.store.query(query).documents:
            user = codec.from_document(User, document.data)
            name = people.row(app, document.id, user).name
            if name is not None:
                names[user.pseudonym] = name
    return names


def _fits(document: Document, wanted: LogFilter) -> bool:
    return all(
        getattr(wanted, field) is None or document.data[field] == str(getattr(wanted, field))
        for field in ("action", "actor", "target", "mailbox")
    )


def _record(app: App, actor: Actor, action: Action, by: tuple[str, ...]) -> None:
    changes = ({"field": "by", "before": None, "after": ",".join(by) or "nothing"},)
    audit_log.record_alone(app, Happened(action, audit_log.person(actor), changes=changes))
