"""Saved views: filters with a name, one's own or shared with the members of a mailbox.

A view is what somebody asked for, never what they may see: whoever reads it gets what it finds in their
own mailboxes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from shared import codec, ids
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain.places import place
from shared.domain.views import BUILT_IN, COLLECTION, MAX_NAME, MAX_VIEWS, TicketFilter, View
from shared.errors import Conflict, Invalid, NotFound
from shared.permissions import Actor, Permission, allows, require_in, visible_mailboxes
from shared.services import audit_log, outbox
from shared.services.finding import split_queries, ticket_lists
from shared.services.outbox import Outbox
from shared.services.tickets.ticket_rows import open_sealed
from shared.store.contract import AlreadyExists, Filter, Query, Reader, Transaction

_SHARED_SHOWN: Final = 300


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A view. `name` is None for a built-in one, whose id is its name, and where its mailbox is gone.

    `count` stops at 999 with `more`; None was not asked for, or only reading the tickets would tell.
    """

    id: str
    built_in: bool
    name: str | None
    mailbox_id: str | None
    filters: TicketFilter
    position: int
    changeable: bool
    version: int
    count: int | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class ViewList:
    """All views of a person: built in, then saved ones by their position."""

    items: tuple[ViewRow, ...]


@dataclass(frozen=True, slots=True)
class ViewChange:
    """What to change of a view; what is None stays. Filters are replaced as a whole."""

    EXAMPLE: ClassVar[Mapping[str, object]] = {"name": "Printers"}

    name: str | None = None
    filters: TicketFilter | None = None
    position: int | None = None


def list_views(app: App, actor: Actor, *, counts: bool = False) -> ViewList:
    """Return every view that the actor has; with `counts`, how many tickets each finds for them."""
    rows = [
        ViewRow(name, True, None, None, filters, number, changeable=False, version=0)
        for number, (name, filters) in enumerate(BUILT_IN.items())
    ]
    own = (Filter("owner_id", "==", actor.user_id), Filter("mailbox_id", "==", None))
    found = list(app.store.query(Query(COLLECTION, own, limit=MAX_VIEWS)).documents)
    mailboxes = sorted(visible_mailboxes(actor, Permission.TICKET_READ) or ())
    for query in split_queries.split(
        Query(COLLECTION, limit=_SHARED_SHOWN), "mailbox_id", mailboxes
    ):
        found += app.store.query(query).documents
    saved = [_row(app, actor, d.id, codec.from_document(View, d.data)) for d in found]
    rows += sorted(saved, key=lambda row: (row.position, row.id))
    return ViewList(tuple(_counted(app, actor, row) for row in rows) if counts else tuple(rows))


def filters_of(app: App, actor: Actor, view_id: str) -> TicketFilter:
    """Return what a view asks for. Raises NotFound("view.not_found") for one that one does not have."""
    built_in = BUILT_IN.get(view_id)
    return built_in or _load(app.store, actor, view_id).filters


def create(
    app: App,
    actor: Actor,
    id: str,
    name: str,
    filters: TicketFilter,
    *,
    mailbox_id: str | None = None,
    position: int = 0,
) -> ViewRow:
    """Save a view for oneself, or with `mailbox_id` for everybody in that mailbox.

    Raises Forbidden and NotFound("mailbox.not_found") for mailboxes that one may not share in, or that
    the filter names and one may not see; Invalid("view.name_invalid"), Conflict("view.too_many").
    """
    if mailbox_id is not None:
        require_in(actor, Permission.SAVED_REPLY_SHARE, mailbox_id, "mailbox.not_found")
    _check(actor, filters)
    view = View(actor.user_id, mailbox_id, filters, position, None, changed_by=actor.user_id)
    view = replace(view, sealed=_seal(app, id, view, _checked_name(name)))
    owned = Filter("owner_id", "==", actor.user_id)
    shelf = (Filter("mailbox_id", "==", mailbox_id), *(() if mailbox_id else (owned,)))

    def work(tx: Transaction, box: Outbox) -> View:
        if len(tx.query(Query(COLLECTION, shelf, limit=MAX_VIEWS)).documents) == MAX_VIEWS:
            raise Conflict("view.too_many", most=MAX_VIEWS)
        made = replace(view, last_audit_id=_record(app, box, actor, Action.VIEW_CREATED, id, view))
        tx.create(COLLECTION, id, codec.to_document(made))
        return made

    try:
        return _row(app, actor, id, outbox.commit(app, work))
    except AlreadyExists:  # the same request came twice
        return _row(app, actor, id, _load(app.store, actor, id))


def change(app: App, actor: Actor, view_id: str, wanted: ViewChange, version: int) -> ViewRow:
    """Change a view: one's own, or a shared one where one may share.

    Raises NotFound, Forbidden, Invalid("view.name_invalid"), Conflict("view.changed_meanwhile").
    """
    if wanted.filters is not None:
        _check(actor, wanted.filters)
    name = None if wanted.name is None else _checked_name(wanted.name)

    def work(tx: Transaction, box: Outbox) -> View:
        before = _load_to_change(tx, actor, view_id, version)
        after = replace(
            before,
            filters=before.filters if wanted.filters is None else wanted.filters,
            position=before.position if wanted.position is None else wanted.position,
        )
        if name is not None and name != _name(app, view_id, before):
            after = replace(after, sealed=_seal(app, view_id, before, name))
        if after == before:
            return before
        audit_id = _record(app, box, actor, Action.VIEW_CHANGED, view_id, after)
        after = replace(
            after, version=version + 1, changed_by=actor.user_id, last_audit_id=audit_id
        )
        tx.put(COLLECTION, view_id, codec.to_document(after))
        return after

    return _row(app, actor, view_id, outbox.commit(app, work))


def delete(app: App, actor: Actor, view_id: str, version: int) -> None:
    """Delete a view. Raises what `change` raises."""

    def work(tx: Transaction, box: Outbox) -> None:
        view = _load_to_change(tx, actor, view_id, version)
        _record(app, box, actor, Action.VIEW_DELETED, view_id, view)
        tx.delete(COLLECTION, view_id)

    outbox.commit(app, work)


def _load(reader: Reader, actor: Actor, view_id: str) -> View:
    found = reader.get(COLLECTION, view_id) if ids.is_id(ids.VIEW, view_id) else None
    if found is None:
        raise NotFound("view.not_found")
    view = codec.from_document(View, found.data)
    if view.mailbox_id is not None:
        require_in(actor, Permission.TICKET_READ, view.mailbox_id, "view.not_found")
    elif view.owner_id != actor.user_id:
        raise NotFound("view.not_found")
    return view


def _load_to_change(reader: Reader, actor: Actor, view_id: str, version: int) -> View:
    view = _load(reader, actor, view_id)
    if view.mailbox_id is not None:
        require_in(actor, Permission.SAVED_REPLY_SHARE, view.mailbox_id, "view.not_found")
    if view.version != version:
        raise Conflict(
            "view.changed_meanwhile", version=view.version, changed_by=view.changed_by or ""
        )
    return view


def _check(actor: Actor, filters: TicketFilter) -> None:
    """Refuse mailboxes that one may not see: a view must not ask what one could not ask oneself."""
    for mailbox_id in filters.mailbox_ids:
        require_in(actor, Permission.TICKET_READ, mailbox_id, "mailbox.not_found")


def _checked_name(text: str) -> str:
    name = text.strip()
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        raise Invalid("view.name_invalid", max_characters=MAX_NAME)
    return name


def _seal(app: App, id: str, view: View, name: str) -> str:
    """Seal a name under the key of whom it belongs to: people write a customer's name into it."""
    return app.envelope.seal(
        view.mailbox_id or view.owner_id, place(COLLECTION, id), {"name": name}
    )


def _name(app: App, id: str, view: View) -> str | None:
    owner = view.mailbox_id or view.owner_id
    name: str | None = open_sealed(app, owner, place(COLLECTION, id), view.sealed).get("name")
    return name


def _row(app: App, actor: Actor, id: str, view: View) -> ViewRow:
    return ViewRow(
        id=id,
        built_in=False,
        name=_name(app, id, view),
        mailbox_id=view.mailbox_id,
        filters=view.filters,
        position=view.position,
        changeable=view.mailbox_id is None
        or allows(actor, Permission.SAVED_REPLY_SHARE, view.mailbox_id),
        version=view.version,
    )


def _counted(app: App, actor: Actor, row: ViewRow) -> ViewRow:
    count = ticket_lists.count_seen(app, actor, row.filters)
    if count is None:
        return row
    most = ticket_lists.COUNTED - 1
    return replace(row, count=min(count, most), more=count > most)


def _record(app: App, box: Outbox, actor: Actor, action: Action, id: str, view: View) -> str:
    target = Target("view", id, view.mailbox_id)
    return audit_log.record(app, box, Happened(action, audit_log.person(actor), target))
