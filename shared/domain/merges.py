"""What two tickets become when one is merged into the other.

Messages, notes and replies stay where they are and are shown with the ticket that is left; what it holds
of them are sums, minima, maxima and unions, as if they had come in there.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from shared.domain.tickets import (
    MAX_FOLLOWERS,
    MAX_INBOUND_TIMES,
    MAX_LINKS,
    MAX_PARTICIPANTS,
    MAX_TAGS,
    MAX_THREADS,
    Ticket,
    TicketState,
)

_ASLEEP = frozenset({TicketState.PENDING, TicketState.SOLVED, TicketState.CLOSED})
_ACTIVE = frozenset({TicketState.NEW, TicketState.OPEN})


def target_of(target: Ticket, target_id: str, source: Ticket, source_id: str) -> Ticket:
    """Return the ticket that is left. Subject, assignee, team and priority are its own.

    Where somebody waits for an answer in the source and nobody works on the target, it is open again.
    """
    waits = source.state in _ACTIVE and target.state in _ASLEEP
    links = [id for id in (*target.links, *source.links) if id not in (target_id, source_id)]
    followers = _united(target.followers, source.followers, MAX_FOLLOWERS)
    times = sorted((*target.inbound_times, *source.inbound_times))[-MAX_INBOUND_TIMES:]
    named = target if target.customer_message_id is not None else source
    return replace(
        target,
        state=TicketState.OPEN if waits else target.state,
        gmail_threads=_united(target.gmail_threads, source.gmail_threads, MAX_THREADS),
        participants=_united(target.participants, source.participants, MAX_PARTICIPANTS),
        last_message_at=max(target.last_message_at, source.last_message_at),
        message_count=target.message_count + source.message_count,
        customer_id=named.customer_id or target.customer_id,
        customer_message_at=named.customer_message_at,
        customer_message_id=named.customer_message_id,
        tags=_united(target.tags, source.tags, MAX_TAGS),
        followers=followers,
        links=tuple(dict.fromkeys(links))[:MAX_LINKS],
        merged_from=tuple(dict.fromkeys((*target.merged_from, source_id, *source.merged_from))),
        conversation=target.conversation + source.conversation,
        inbound_times=tuple(times),
        first_reply_at=min(_known(target.first_reply_at, source.first_reply_at), default=None),
        last_reply_at=max(_known(target.last_reply_at, source.last_reply_at), default=None),
        snoozed_until=None if waits else target.snoozed_until,
    )


def source_of(source: Ticket, target_id: str) -> Ticket:
    """Return the ticket that was merged: closed, and a pointer to the one that is left."""
    return replace(source, state=TicketState.CLOSED, merged_into=target_id, snoozed_until=None)


def _united(first: tuple[str, ...], more: tuple[str, ...], most: int) -> tuple[str, ...]:
    """Return both sets, sorted; where there is not room for all, what stood in the first stays."""
    kept = dict.fromkeys((*first, *more))
    return tuple(sorted(list(kept)[:most]))


def _known(*times: datetime | None) -> list[datetime]:
    return [at for at in times if at is not None]
