"""The one way in which tickets are changed, by people and by functions that act for them.

Whoever changes a ticket says what it becomes; here it is checked against the right and the version, and
written together with what must go with it: the audit event, the row of the ticket's timeline, the next
deadline, the server's time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any, Final

from shared import clock, codec
from shared.app import App
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.domain.tickets import CODES, COLLECTION, Ticket
from shared.errors import Conflict, NotFound
from shared.permissions import Actor, Permission, require_in
from shared.services import audit_log, outbox
from shared.services.finding import search_tokens
from shared.services.outbox import Outbox
from shared.services.tickets import service_terms
from shared.store.contract import SERVER_TIME, Data, Reader, Transaction

CHANGES: Final = "changes"

# What a timeline and the audit log tell of a ticket: ids, states, labels and times, no content.
_TOLD: Final = (
    *("state", "priority", "assignee_id", "team_id", "tags", "followers", "snoozed_until"),
    *("links", "follow_up_of", "merged_into", "merged_from", "rating", "breached", "held"),
)

Told = tuple[Mapping[str, str | int | None], ...]
Make = Callable[[Ticket], Ticket]
Also = Callable[[Transaction, Outbox, Ticket, Ticket], None]


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes a ticket: a person with their id, or a function (`user_id` None)."""

    who: Who
    user_id: str | None = None
    reason: str | None = None  # such as the rule that a function followed


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """The document of one change in a ticket's timeline; its id is the audit event's."""

    ticket_id: str
    mailbox_id: str
    at: datetime
    user_id: str | None
    action: str
    reason: str | None
    changes: Told


def person(actor: Actor) -> Author:
    """Return a signed-in person as the author of a change."""
    return Author(audit_log.person(actor), actor.user_id)


def function(app: App, reason: str | None = None) -> Author:
    """Return this function as the author of a change that no person asked for."""
    return Author(audit_log.function(app), reason=reason)


def change(
    app: App,
    actor: Actor,
    ticket_id: str,
    version: int | None,
    make: Make,
    *,
    permission: Permission = Permission.TICKET_WRITE,
    action: Action | None = None,
    also: Also | None = None,
) -> Ticket:
    """Let a person change one ticket; returns it as it is then.

    `make` takes the ticket and returns what it becomes; it may be called several times and reads nothing.
    `also(tx, box, before, after)` writes more in the same transaction. Where nothing differs, nothing is
    written and nothing recorded. Raises NotFound, Forbidden, and Conflict("ticket.changed_meanwhile")
    where `version` is given and not the current one; its params say what is current and who made it so
    ("": new mail); Conflict("ticket.merged") where it was merged into the ticket that the params name.
    """

    def work(tx: Transaction, box: Outbox) -> Ticket:
        before = load(tx, actor, ticket_id, permission)
        require_version(before, version)
        require_whole(before)
        after = make(before)
        if after == before:
            return before
        written = write(app, tx, box, ticket_id, before, after, person(actor), action)
        if also is not None:
            also(tx, box, before, written)
        return written

    return outbox.commit(app, work)


def load(reader: Reader, actor: Actor, ticket_id: str, permission: Permission) -> Ticket:
    """Return a ticket in whose mailbox the actor may do this. Raises NotFound, Forbidden."""
    found = reader.get(COLLECTION, ticket_id)
    if found is None:
        raise NotFound("ticket.not_found")
    ticket = codec.from_document(Ticket, found.data)
    require_in(actor, permission, ticket.mailbox_id, "ticket.not_found")
    return ticket


def require_version(ticket: Ticket, version: int | None) -> None:
    """Raise Conflict("ticket.changed_meanwhile") unless this is the current version; None is any."""
    if version is not None and ticket.version != version:
        raise Conflict(
            "ticket.changed_meanwhile",
            version=ticket.version,
            state=ticket.state.value,
            changed_by=ticket.changed_by or "",
        )


def require_whole(ticket: Ticket) -> None:
    """Raise Conflict for a ticket that is only read any more.

    ("ticket.merged"): it goes on in another. ("ticket.erased"): its content was erased.
    ("ticket.content_destroyed"): its mailbox was disconnected.
    """
    if ticket.destroyed_at is not None:
        raise Conflict("ticket.content_destroyed")
    if ticket.erased_at is not None:
        raise Conflict("ticket.erased")
    if ticket.merged_into is not None:
        raise Conflict("ticket.merged", merged_into=ticket.merged_into)


def write(
    app: App,
    tx: Transaction,
    box: Outbox,
    ticket_id: str,
    before: Ticket,
    after: Ticket,
    author: Author,
    action: Action | None = None,
    more: Told = (),
) -> Ticket:
    """Write a changed ticket with its audit event and its row in the timeline; returns what was written.

    For transactions of `outbox.commit` that do more than change one ticket. `action` None:
    ticket.state_changed where the state differs, else ticket.changed. `more` is told beside the plain
    fields that differ.
    """
    if after.state is not before.state:
        after = replace(after, state_changed_at=app.clock.now())
    if action is None:
        moved = after.state is not before.state
        action = Action.TICKET_STATE_CHANGED if moved else Action.TICKET_CHANGED
    if after.sealed != before.sealed:
        after = search_tokens.indexed(app, ticket_id, after)
    after = service_terms.wound(app, after, app.clock.now())
    told = (*differences(before, after), *more)
    audit_id = audit_log.record(
        app,
        box,
        Happened(
            action,
            author.who,
            Target("ticket", ticket_id, after.mailbox_id),
            reason=author.reason,
            changes=told,
        ),
    )
    after = replace(
        after,
        version=before.version + 1,
        changed_by=author.user_id,
        last_audit_id=audit_id,
    )
    tx.put(COLLECTION, ticket_id, document(after))
    _tell(tx, audit_id, ticket_id, after, author, action, told)
    return after


def create(
    app: App,
    tx: Transaction,
    box: Outbox,
    ticket_id: str,
    ticket: Ticket,
    author: Author,
    action: Action,
    told: Told = (),
) -> Ticket:
    """Write a ticket that somebody makes, with its code, audit event and first row of the timeline.

    For transactions of `outbox.commit`, which fail with AlreadyExists where the id or the code is taken.
    """
    happened = Happened(
        action,
        author.who,
        Target("ticket", ticket_id, ticket.mailbox_id),
        reason=author.reason,
        changes=told,
    )
    audit_id = audit_log.record(app, box, happened)
    ticket = service_terms.wound(app, ticket, app.clock.now())
    ticket = replace(ticket, changed_by=author.user_id, last_audit_id=audit_id)
    tx.create(COLLECTION, ticket_id, document(ticket))
    tx.create(CODES, ticket.code, {"ticket_id": ticket_id})
    _tell(tx, audit_id, ticket_id, ticket, author, action, told)
    return ticket


def _tell(
    tx: Transaction,
    audit_id: str,
    ticket_id: str,
    ticket: Ticket,
    author: Author,
    action: Action,
    told: Told,
) -> None:
    row: Data = {
        "ticket_id": ticket_id,
        "mailbox_id": ticket.mailbox_id,
        "at": SERVER_TIME,
        "user_id": author.user_id,
        "action": action.value,
        "reason": author.reason,
        "changes": [dict(item) for item in told],
    }
    tx.create(CHANGES, audit_id, row)


def document(ticket: Ticket) -> dict[str, Any]:
    """Return a ticket as it is stored: `changed_at` is the store's time, by which the feed finds it."""
    stored: dict[str, Any] = codec.to_document(ticket)
    return stored | {"changed_at": SERVER_TIME}


def differences(before: Ticket, after: Ticket) -> Told:
    """Return which of the fields that are told differ, and how."""
    return tuple(
        {
            "field": name,
            "before": _plain(getattr(before, name)),
            "after": _plain(getattr(after, name)),
        }
        for name in _TOLD
        if getattr(before, name) != getattr(after, name)
    )


def _plain(value: Any) -> str | int | None:
    if isinstance(value, datetime):
        return clock.to_text(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return ",".join(str(_plain(item)) for item in value)
    return None if value is None else str(value)
