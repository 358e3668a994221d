"""Which tickets somebody wants to see: a filter, and a view, which is a filter with a name.

A filter is mailboxes × states × at most one of assignee, tag and team, because that is what an index
finds; its other conditions are tried on what was read (DESIGN §7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final

from shared.domain.tickets import Priority, Ticket, TicketState

COLLECTION: Final = "views"
MAX_VIEWS: Final = 100  # of one person, and of one mailbox
MAX_NAME: Final = 60
MAX_MAILBOXES: Final = 30
ME: Final = "me"
NOBODY: Final = "none"
UNSOLVED: Final = (
    TicketState.NEW,
    TicketState.OPEN,
    TicketState.PENDING,
    TicketState.ON_HOLD,
)


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets. What is empty or None asks for nothing; `me` is whoever reads.

    `mailbox_ids`: none are all that the reader may see. `assignee` and `follower` are `me` or a user's id,
    an assignee also `none`. `breached`: a promised time has passed. `awaiting_reply`: the customer wrote
    last. `merged` shows those too that were merged into another one.
    """

    EXAMPLE: ClassVar[Mapping[str, object]] = {
        "states": ["new", "open"],
        "assignee": "me",
        "tag": None,
        "team_id": None,
        "customer_id": None,
        "follower": None,
    }

    mailbox_ids: tuple[str, ...] = ()
    states: tuple[TicketState, ...] = ()
    assignee: str | None = None
    tag: str | None = None
    team_id: str | None = None
    priority: Priority | None = None
    snoozed: bool | None = None
    awaiting_reply: bool | None = None
    customer_id: str | None = None
    follower: str | None = None
    breached: bool | None = None
    merged: bool = False

    def __post_init__(self) -> None:
        """Refuse what no index finds, naming the member."""
        if len([one for one in (self.assignee, self.tag, self.team_id) if one is not None]) > 1:
            raise ValueError("at_most_one_of_assignee_tag_team_id")
        if len(self.mailbox_ids) > MAX_MAILBOXES:
            raise ValueError("mailbox_ids")

    def of(self, user_id: str) -> TicketFilter:
        """Return the filter as this person reads it."""
        return replace(
            self,
            assignee=user_id if self.assignee == ME else self.assignee,
            follower=user_id if self.follower == ME else self.follower,
        )

    @property
    def selects(self) -> bool:
        """Whether assignee, tag or team is asked for."""
        return (self.assignee, self.tag, self.team_id) != (None, None, None)


@dataclass(frozen=True, slots=True)
class View:
    """The document of a view, its owner's alone or shared with the members of a mailbox.

    `sealed` is {"name"}, under the owner's key or that of the mailbox.
    """

    owner_id: str
    mailbox_id: str | None
    filters: TicketFilter
    position: int
    sealed: str | None
    version: int = 1
    changed_by: str | None = None
    last_audit_id: str | None = None


# What everybody has, in this order; the page knows their names in every language.
BUILT_IN: Final[Mapping[str, TicketFilter]] = {
    "mine": TicketFilter(states=UNSOLVED, assignee=ME),
    "unassigned": TicketFilter(states=UNSOLVED, assignee=NOBODY),
    "all_open": TicketFilter(states=UNSOLVED),
    "pending": TicketFilter(states=(TicketState.PENDING,)),
    "snoozed": TicketFilter(snoozed=True),
    "breached": TicketFilter(states=UNSOLVED, breached=True),
    "solved": TicketFilter(states=(TicketState.SOLVED,)),
}


def matches(filters: TicketFilter, ticket: Ticket, now: datetime) -> bool:
    """Say whether a ticket fulfils every condition but that on its mailbox; `me` was replaced before."""
    f = filters
    return (
        (not f.states or ticket.state in f.states)
        and (f.merged or ticket.merged_into is None)
        and _is_assigned(ticket, f.assignee)
        and (f.tag is None or f.tag in ticket.tags)
        and f.team_id in (None, ticket.team_id)
        and f.priority in (None, ticket.priority)
        and f.customer_id in (None, ticket.customer_id)
        and (f.follower is None or f.follower in ticket.followers)
        and f.snoozed in (None, is_snoozed(ticket, now))
        and f.breached in (None, bool(ticket.breached))
        and f.awaiting_reply in (None, is_awaiting_reply(ticket))
    )


def is_snoozed(ticket: Ticket, now: datetime) -> bool:
    """Say whether a ticket sleeps until a later time."""
    return ticket.snoozed_until is not None and ticket.snoozed_until > now


def is_awaiting_reply(ticket: Ticket) -> bool:
    """Say whether the last to write was the customer, and no machine of theirs."""
    if not ticket.inbound_times:
        return False
    return ticket.last_reply_at is None or ticket.inbound_times[-1] > ticket.last_reply_at


def _is_assigned(ticket: Ticket, assignee: str | None) -> bool:
    if assignee == NOBODY:
        return ticket.assignee_id is None
    return assignee in (None, ticket.assignee_id)
