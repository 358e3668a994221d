"""The clock of what is promised to customers: first reply, next reply, solution.

Everything is worked out anew from a ticket's fields whenever it changes, so that the order in which mail
comes in does not show. Promised times count business time of the mailbox:

- The first reply is due after the first message from outside, unless the desk wrote first.
- The next reply is due after the earliest message from outside that came after the last reply.
- The solution is due after that first message too; while the ticket waits for somebody else (pending, on
  hold) or is solved, closed or spam, that clock stands still.

Muted mail starts no clock, and so does mail from before the mailbox was connected: nothing was promised
to those who wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from shared.domain.business_hours import Schedule, read_week
from shared.domain.mailbox_settings import MailboxSettings, Targets
from shared.domain.tickets import MAX_INBOUND_TIMES, Target, Ticket, TicketState

_WAITING: Final = frozenset({TicketState.PENDING, TicketState.ON_HOLD})
_SOLVED: Final = frozenset({TicketState.SOLVED, TicketState.CLOSED})
_STANDING: Final = _WAITING | _SOLVED | {TicketState.SPAM}


@dataclass(frozen=True, slots=True)
class ServiceTerms:
    """What a mailbox promises, since when, and in which hours; `schedule` is that of its settings."""

    settings: MailboxSettings
    connected_at: datetime
    schedule: Schedule


def schedule_of(settings: MailboxSettings) -> Schedule:
    """Return a mailbox's business hours. Raises ValueError naming the member that makes no sense."""
    try:
        holidays = tuple(date.fromisoformat(day) for day in settings.holidays)
    except ValueError:
        raise ValueError("holidays") from None
    return Schedule(settings.time_zone, read_week(settings.hours), holidays)


def wound(ticket: Ticket, terms: ServiceTerms, now: datetime) -> Ticket:
    """Return the ticket with what is due, what is overdue, and when to look at it again.

    `breached` keeps what was recorded and is still so; a time that passes is added by `struck` only,
    which apply_deadlines asks for, so that it is recorded once.
    """
    ticket = _stopped_or_started(ticket, terms.schedule)
    ticket = _due(ticket, terms)
    breached = tuple(target for target in Target if _is_breached(ticket, target, now))
    ticket = replace(ticket, breached=breached)
    return replace(ticket, deadline_at=min(_deadlines(ticket), default=None))


def struck(ticket: Ticket, now: datetime) -> tuple[Target, ...]:
    """Return what was promised until now, is not done, and is not recorded as breached."""
    return tuple(target for target, due in _running(ticket) if due <= now)


def _stopped_or_started(ticket: Ticket, schedule: Schedule) -> Ticket:
    """Note since when the clock of solving stands, or how long it stood; when solved, and reopened."""
    solved_at = ticket.solved_at
    if ticket.state not in _SOLVED:
        if solved_at is not None and ticket.state is not TicketState.SPAM:
            ticket = replace(ticket, reopened_at=ticket.state_changed_at)
        solved_at = None
    elif solved_at is None:
        solved_at = ticket.state_changed_at
    stands = ticket.state in _STANDING
    if stands and ticket.paused_at is None:
        return replace(ticket, solved_at=solved_at, paused_at=ticket.state_changed_at)
    if not stands and ticket.paused_at is not None:
        stood = schedule.between(ticket.paused_at, ticket.state_changed_at)
        seconds = ticket.paused_seconds + stood // timedelta(seconds=1)
        return replace(ticket, solved_at=solved_at, paused_at=None, paused_seconds=seconds)
    return replace(ticket, solved_at=solved_at)


def _due(ticket: Ticket, terms: ServiceTerms) -> Ticket:
    promised = terms.settings.targets.get(ticket.priority.value, Targets())
    begun = _begun(ticket)
    if begun is None or begun < terms.connected_at or _is_over(ticket):
        begun = None
    waiting_since = _unanswered_since(ticket, terms.connected_at)
    wrote_first = (
        begun is not None and ticket.first_reply_at is not None and ticket.first_reply_at < begun
    )

    def after(start: datetime | None, minutes: int | None, stood: int = 0) -> datetime | None:
        if start is None or minutes is None:
            return None
        return terms.schedule.after(start, timedelta(minutes=minutes, seconds=stood))

    return replace(
        ticket,
        first_reply_due_at=None if wrote_first else after(begun, promised.first_reply_minutes),
        next_reply_due_at=after(waiting_since, promised.next_reply_minutes),
        solve_due_at=None
        if ticket.state in _WAITING
        else after(begun, promised.solve_minutes, ticket.paused_seconds),
    )


def _begun(ticket: Ticket) -> datetime | None:
    """Return when the first message that wants an answer came; None where there is none.

    A ticket knows its latest ones only. Where there are more, the customer's first stands for them.
    """
    if not ticket.inbound_times:
        return None
    if len(ticket.inbound_times) < MAX_INBOUND_TIMES or ticket.customer_message_at is None:
        return min(ticket.inbound_times)
    return ticket.customer_message_at


def _unanswered_since(ticket: Ticket, connected_at: datetime) -> datetime | None:
    """Return when the earliest message came that nobody answered; the first reply is another promise."""
    if ticket.last_reply_at is None or _is_over(ticket) or ticket.state in _SOLVED:
        return None
    since = max(ticket.last_reply_at, connected_at)
    return min((at for at in ticket.inbound_times if at > since), default=None)


def _is_over(ticket: Ticket) -> bool:
    """Say whether nothing is promised on this ticket any more."""
    return ticket.state is TicketState.SPAM or ticket.merged_into is not None


def _is_breached(ticket: Ticket, target: Target, now: datetime) -> bool:
    """Say whether a promise was not kept: what was done is compared, what is open must be recorded."""
    due = _due_at(ticket, target)
    done = _done_at(ticket, target)
    if due is not None and done is not None:
        return done > due
    if target not in ticket.breached or _is_over(ticket):
        return False
    if due is None:  # it waits for somebody else; that the time had passed before stays true
        return target is Target.SOLVE and ticket.state in _WAITING
    return due <= now


def _due_at(ticket: Ticket, target: Target) -> datetime | None:
    return {
        Target.FIRST_REPLY: ticket.first_reply_due_at,
        Target.NEXT_REPLY: ticket.next_reply_due_at,
        Target.SOLVE: ticket.solve_due_at,
    }[target]


def _done_at(ticket: Ticket, target: Target) -> datetime | None:
    """Return when a promise was kept; the next reply's is open for as long as it is due at all.

    A ticket that was pending before it was solved counts as solved when its clock stopped.
    """
    if target is Target.FIRST_REPLY:
        return ticket.first_reply_at
    if target is Target.SOLVE and ticket.state in _SOLVED:
        return ticket.paused_at
    return None


def _running(ticket: Ticket) -> Iterator[tuple[Target, datetime]]:
    """Yield what is due and neither done nor recorded as breached."""
    for target in Target:
        due = _due_at(ticket, target)
        if due is None or target in ticket.breached or _done_at(ticket, target) is not None:
            continue
        if target is Target.FIRST_REPLY and ticket.state in _SOLVED:
            continue  # nobody waits for an answer to what was solved without one
        yield target, due


def _deadlines(ticket: Ticket) -> Iterator[datetime]:
    if ticket.snoozed_until is not None:
        yield ticket.snoozed_until
    for _, due in _running(ticket):
        yield due
