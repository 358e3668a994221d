"""Following a ticket: its followers hear of what happens to it."""

from __future__ import annotations

from dataclasses import replace

from shared.app import App
from shared.domain.tickets import MAX_FOLLOWERS, Ticket
from shared.errors import Conflict
from shared.permissions import Actor, Permission
from shared.services.tickets import ticket_changes


def follow(app: App, actor: Actor, ticket_id: str) -> None:
    """Add the actor to a ticket's followers; a second time changes nothing.

    Raises NotFound, Forbidden, Conflict("ticket.merged"), Conflict("ticket.too_many_followers").
    """

    def make(ticket: Ticket) -> Ticket:
        followers = tuple(sorted({*ticket.followers, actor.user_id}))
        if len(followers) > MAX_FOLLOWERS:
            raise Conflict("ticket.too_many_followers", most=MAX_FOLLOWERS)
        return replace(ticket, followers=followers)

    ticket_changes.change(app, actor, ticket_id, None, make, permission=Permission.TICKET_READ)


def unfollow(app: App, actor: Actor, ticket_id: str) -> None:
    """Take the actor from a ticket's followers, if they are one. Raises NotFound, Forbidden."""

    def make(ticket: Ticket) -> Ticket:
        left = tuple(user_id for user_id in ticket.followers if user_id != actor.user_id)
        return replace(ticket, followers=left)

    ticket_changes.change(app, actor, ticket_id, None, make, permission=Permission.TICKET_READ)
