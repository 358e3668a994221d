"""Routes of `tickets`: lists of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.domain.tickets import Priority, TicketState
from shared.domain.views import TicketFilter
from shared.entry import Routes
from shared.errors import Invalid
from shared.permissions import Permission
from shared.request import Request
from shared.services.finding import saved_views, ticket_lists
from shared.services.finding.ticket_lists import TicketPage

routes = Routes("functions.tickets")

YesNo = Literal["true", "false"]


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which tickets to list; `mailbox_id` and `state` may name several, with commas between.

    `view` is the id of a view, and then stands alone.
    """

    view: str | None = None
    mailbox_id: str | None = None
    state: str | None = None
    assignee: str | None = None
    tag: str | None = None
    team_id: str | None = None
    priority: Priority | None = None
    snoozed: YesNo | None = None
    awaiting_reply: YesNo | None = None
    customer_id: str | None = None
    follower: str | None = None
    breached: YesNo | None = None
    merged: YesNo | None = None
    limit: int = 50
    cursor: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= 100:
            raise ValueError("limit")

    def filters(self) -> TicketFilter:
        """Return the filter that these are. Raises Invalid for what none can be."""
        try:
            return TicketFilter(
                mailbox_ids=_several(self.mailbox_id),
                states=tuple(_state(name) for name in _several(self.state)),
                assignee=self.assignee,
                tag=self.tag,
                team_id=self.team_id,
                priority=self.priority,
                snoozed=_answer(self.snoozed),
                awaiting_reply=_answer(self.awaiting_reply),
                customer_id=self.customer_id,
                follower=self.follower,
                breached=_answer(self.breached),
                merged=_answer(self.merged) or False,
            )
        except ValueError as error:
            raise Invalid("request.invalid_member", member=str(error)) from error


@routes.get("/", allow=Permission.TICKET_READ, query=ListQuery)
def list_tickets(request: Request, query: ListQuery) -> TicketPage:
    """List tickets, the newest mail first."""
    filters = query.filters()
    lists = ticket_lists.list_tickets
    if query.view is not None:
        if filters != TicketFilter():
            raise Invalid("tickets.view_stands_alone")
        filters = saved_views.filters_of(request.app, request.actor, query.view)
        lists = ticket_lists.list_seen
    return lists(request.app, request.actor, filters, limit=query.limit, cursor=query.cursor)


def _several(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.split(","))) if text else ()


def _state(name: str) -> TicketState:
    try:
        return TicketState(name)
    except ValueError:
        allowed = [state.value for state in TicketState]
        raise Invalid("request.not_one_of", member="state", allowed=allowed) from None


def _answer(text: YesNo | None) -> bool | None:
    return None if text is None else text == "true"
