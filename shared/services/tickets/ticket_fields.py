"""What people set on a ticket: state, priority, who works on it, tags, snooze, the organisation's fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from shared import codec, ids
from shared.app import App
from shared.auth import roles
from shared.codec import LEFT_OUT, LeftOut
from shared.domain import tags
from shared.domain.people import USERS, User
from shared.domain.places import place
from shared.domain.tickets import COLLECTION, MAX_TAGS, Priority, Ticket, TicketState
from shared.errors import Conflict, Invalid, NotFound
from shared.permissions import Actor, Permission
from shared.services import outbox
from shared.services.accounts import teams
from shared.services.outbox import Outbox
from shared.services.tickets import custom_fields, ticket_changes
from shared.services.tickets.ticket_changes import Told
from shared.services.tickets.ticket_rows import open_sealed
from shared.store.contract import Reader, Transaction

T = TypeVar("T")

MAX_SNOOZE: Final = timedelta(days=366)

_DONE: Final = frozenset({TicketState.SOLVED, TicketState.CLOSED, TicketState.SPAM})


@dataclass(frozen=True, slots=True)
class Change:
    """What to change of a ticket; what is left out stays, and null takes away.

    `tags` replaces all of them, `add_tags` and `remove_tags` some. `fields` holds values by the id of a
    custom field; those not named stay. `snoozed_until` null wakes the ticket.
    """

    state: TicketState | None = None
    priority: Priority | None = None
    assignee_id: str | LeftOut | None = LEFT_OUT
    team_id: str | LeftOut | None = LEFT_OUT
    tags: tuple[str, ...] | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    snoozed_until: datetime | LeftOut | None = LEFT_OUT
    fields: Mapping[str, object] | None = None


def change(app: App, actor: Actor, ticket_id: str, wanted: Change, version: int | None) -> Ticket:
    """Let a person change a ticket; returns it as it is then.

    Raises NotFound, Forbidden, Conflict("ticket.changed_meanwhile"), Conflict("ticket.merged"),
    Conflict("ticket.is_done") for a snooze of what nobody works on, and what `checked` raises. What it is
    already is no change and no event, whatever the version: it was applied before (RFC 9110 §13.1.1).
    """
    seen = ticket_changes.load(app.store, actor, ticket_id, Permission.TICKET_WRITE)
    right = checked(app, seen.mailbox_id, wanted)

    def work(tx: Transaction, box: Outbox) -> Ticket:
        before = ticket_changes.load(tx, actor, ticket_id, Permission.TICKET_WRITE)
        ticket_changes.require_whole(before)
        after = apply(app, ticket_id, before, right)
        if after == before:
            return before
        ticket_changes.require_version(before, version)
        filled_in = _filled_in(app, ticket_id, before, after)
        author = ticket_changes.person(actor)
        return ticket_changes.write(app, tx, box, ticket_id, before, after, author, more=filled_in)

    return outbox.commit(app, work)


def checked(app: App, mailbox_id: str, wanted: Change) -> Change:
    """Return a change as it is applied to tickets of this mailbox: tags and values in their form.

    Raises Invalid("ticket.assignee_invalid") for who may not work in the mailbox, NotFound("team.not_found"),
    Invalid("ticket.tag_invalid"), Invalid("ticket.snooze_invalid") for a time that is past or over a year
    away, NotFound("custom_field.not_found"), Invalid("custom_field.value_invalid").
    """
    if isinstance(wanted.assignee_id, str):
        require_worker(app.store, wanted.assignee_id, mailbox_id)
    if isinstance(wanted.team_id, str) and not teams.load(app.store, wanted.team_id).active:
        raise NotFound("team.not_found")
    if isinstance(wanted.snoozed_until, datetime):
        now = app.clock.now()
        if not now < wanted.snoozed_until <= now + MAX_SNOOZE:
            raise Invalid("ticket.snooze_invalid", max_days=MAX_SNOOZE.days)
    return replace(
        wanted,
        tags=None if wanted.tags is None else _tags(wanted.tags),
        add_tags=_tags(wanted.add_tags),
        remove_tags=_tags(wanted.remove_tags),
        fields=None if wanted.fields is None else custom_fields.checked(app, wanted.fields),
    )


def apply(app: App, ticket_id: str, ticket: Ticket, right: Change) -> Ticket:
    """Return a ticket with a change that was checked.

    Giving a new ticket to somebody opens it; a ticket that is done is not snoozed.
    Raises Conflict("ticket.is_done"), Invalid("ticket.too_many_tags").
    """
    state = right.state or ticket.state
    if right.state is None and state is TicketState.NEW and isinstance(right.assignee_id, str):
        state = TicketState.OPEN
    snoozed = _new(right.snoozed_until, ticket.snoozed_until)
    if state in _DONE:
        if isinstance(right.snoozed_until, datetime):
            raise Conflict("ticket.is_done", state=state.value)
        snoozed = None
    return replace(
        ticket,
        state=state,
        priority=right.priority or ticket.priority,
        assignee_id=_new(right.assignee_id, ticket.assignee_id),
        team_id=_new(right.team_id, ticket.team_id),
        tags=_tagged(ticket, right),
        snoozed_until=snoozed,
        sealed=_sealed(app, ticket_id, ticket, right.fields or {}),
    )


def values(app: App, ticket_id: str, ticket: Ticket) -> dict[str, object]:
    """Return a ticket's values by the id of the custom field."""
    return dict(_summary(app, ticket_id, ticket).get("fields", {}))


def require_worker(reader: Reader, user_id: str, mailbox_id: str) -> None:
    """Raise Invalid("ticket.assignee_invalid") unless this person may change tickets of this mailbox."""
    found = reader.get(USERS, user_id) if ids.is_id(ids.USER, user_id) else None
    if found is not None:
        user = codec.from_document(User, found.data)
        role = roles.find(reader, user.role)
        member = mailbox_id in user.mailbox_ids
        if role is not None and not user.disabled:
            held = role.everywhere | (role.in_mailboxes if member else frozenset())
            if Permission.TICKET_WRITE in held:
                return
    raise Invalid("ticket.assignee_invalid")


def _tags(texts: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tags.tags(texts)
    except ValueError:
        raise Invalid("ticket.tag_invalid", max_characters=tags.MAX_TAG) from None


def _tagged(ticket: Ticket, right: Change) -> tuple[str, ...]:
    kept = ticket.tags if right.tags is None else right.tags
    found = tuple(sorted({*kept, *right.add_tags} - set(right.remove_tags)))
    if len(found) > MAX_TAGS:
        raise Invalid("ticket.too_many_tags", most=MAX_TAGS)
    return found


def _new(wanted: T | LeftOut, current: T) -> T:
    return current if isinstance(wanted, LeftOut) else wanted


def _summary(app: App, ticket_id: str, ticket: Ticket) -> Mapping[str, Any]:
    return open_sealed(app, ticket.mailbox_id, place(COLLECTION, ticket_id), ticket.sealed)


def _sealed(
    app: App, ticket_id: str, ticket: Ticket, filled_in: Mapping[str, object]
) -> str | None:
    """Return the sealed member with these values; the very same text where they are there already."""
    if not filled_in:
        return ticket.sealed
    before = values(app, ticket_id, ticket)
    after = {id: value for id, value in {**before, **filled_in}.items() if value is not None}
    if after == before:
        return ticket.sealed
    summary = dict(_summary(app, ticket_id, ticket)) | {"fields": after}
    return app.envelope.seal(ticket.mailbox_id, place(COLLECTION, ticket_id), summary)


def _filled_in(app: App, ticket_id: str, before: Ticket, after: Ticket) -> Told:
    """Return which custom fields got another value: their ids, never what was filled in."""
    if after.sealed == before.sealed:
        return ()
    old, new = values(app, ticket_id, before), values(app, ticket_id, after)
    differ = sorted(id for id in {*old, *new} if old.get(id) != new.get(id))
    return tuple({"field": "custom_field", "before": None, "after": id} for id in differ)
