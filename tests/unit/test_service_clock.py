"""What is due on a ticket: promised times in business hours, pauses, and what was not kept."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import arrivals
from shared.domain.arrivals import Arrival
from shared.domain.mailbox_settings import MailboxSettings, Targets
from shared.domain.messages import Direction, ThreadReason
from shared.domain.service_clock import ServiceTerms, schedule_of, struck, wound
from shared.domain.tickets import Priority, Target, Ticket, TicketState

MONDAY = datetime(
    2026, 3, 30, 7, 0, tzinfo=UTC
)  # 09:00 in Berlin, an hour earlier than the week before
PROMISED = Targets(first_reply_minutes=60, next_reply_minutes=120, solve_minutes=480)
SETTINGS = MailboxSettings(
    time_zone="Europe/Berlin", targets={"normal": PROMISED, "urgent": Targets(15)}
)
TERMS = ServiceTerms(SETTINGS, MONDAY - timedelta(days=30), schedule_of(SETTINGS))


def at(minutes: int) -> datetime:
    """Return so many minutes after nine o'clock on that Monday."""
    return MONDAY + timedelta(minutes=minutes)


def mail(minutes: int, direction: Direction = Direction.IN, *, muted: bool = False) -> Arrival:
    """Return a message of that moment."""
    return Arrival(
        message_id=f"m_{minutes}_{direction}",
        received_at=at(minutes),
        direction=direction,
        muted=muted,
        gmail_thread_id="g",
        link=ThreadReason.GMAIL_THREAD,
        people=(),
        customer_id="c",
    )


def ticket_of(*came: Arrival, now: datetime | None = None, terms: ServiceTerms = TERMS) -> Ticket:
    """Return the ticket of these messages, in the order in which they came in."""
    clock = now or max(arrival.received_at for arrival in came)
    ticket = arrivals.opened("mb", "code", came[0], clock).ticket
    ticket = wound(ticket, terms, clock)
    for arrival in came[1:]:
        ticket = arrivals.joined(ticket, arrival, ThreadReason.GMAIL_THREAD, clock).ticket
        ticket = wound(ticket, terms, clock)
    return ticket


def moved(ticket: Ticket, state: TicketState, minutes: int) -> Ticket:
    """Return the ticket after somebody changed its state."""
    changed = replace(ticket, state=state, state_changed_at=at(minutes))
    return wound(changed, TERMS, at(minutes))


def passed(ticket: Ticket, minutes: int) -> Ticket:
    """Return the ticket after apply_deadlines looked at it."""
    hit = struck(ticket, at(minutes))
    return wound(replace(ticket, breached=(*ticket.breached, *hit)), TERMS, at(minutes))


def test_a_first_message_starts_both_clocks() -> None:
    """The first reply and the solution are due in business time after the message."""
    ticket = ticket_of(mail(0))

    assert ticket.first_reply_due_at == at(60)
    assert ticket.solve_due_at == at(480)
    assert ticket.next_reply_due_at is None
    assert ticket.deadline_at == at(60)


def test_the_night_does_not_count() -> None:
    """Half an hour before closing, an hour's promise ends half an hour after opening."""
    assert ticket_of(mail(450)).first_reply_due_at == at(24 * 60 + 30)


def test_after_a_reply_the_earliest_unanswered_message_counts() -> None:
    """The next reply is due after the first message that nobody answered, whatever follows it."""
    ticket = ticket_of(mail(0), mail(10, Direction.OUT), mail(30), mail(50))

    assert ticket.next_reply_due_at == at(150)
    assert ticket.deadline_at == at(150)
    assert ticket_of(mail(0), mail(10, Direction.OUT)).next_reply_due_at is None


def test_a_reply_that_came_too_late_is_a_breach_and_one_in_time_is_none() -> None:
    """The first reply is compared with what was promised, also where nobody looked in between."""
    assert ticket_of(mail(0), mail(61, Direction.OUT)).breached == (Target.FIRST_REPLY,)
    assert ticket_of(mail(0), mail(60, Direction.OUT)).breached == ()


def test_time_that_passes_is_recorded_once() -> None:
    """What was struck is breached and no deadline any more; the next one is the solution's."""
    ticket = ticket_of(mail(0))
    assert struck(ticket, at(59)) == ()

    late = passed(ticket, 60)

    assert late.breached == (Target.FIRST_REPLY,)
    assert struck(late, at(60)) == ()
    assert late.deadline_at == at(480)


def test_a_breach_of_the_next_reply_ends_with_the_reply() -> None:
    """Answered, the ticket is no longer overdue, and the next message is promised anew."""
    ticket = passed(ticket_of(mail(0), mail(10, Direction.OUT), mail(30)), 150)
    assert ticket.breached == (Target.NEXT_REPLY,)

    joined = arrivals.joined(ticket, mail(160, Direction.OUT), ThreadReason.GMAIL_THREAD, at(160))
    answered = wound(joined.ticket, TERMS, at(160))
    joined = arrivals.joined(answered, mail(170), ThreadReason.GMAIL_THREAD, at(170))
    again = wound(joined.ticket, TERMS, at(170))

    assert answered.breached == ()
    assert again.next_reply_due_at == at(290)
    assert again.deadline_at == at(290)


@pytest.mark.parametrize("state", [TicketState.PENDING, TicketState.ON_HOLD])
def test_waiting_for_somebody_else_stops_the_clock_of_solving(state: TicketState) -> None:
    """Two hours of waiting make the solution due two hours later; nothing is due meanwhile."""
    waiting = moved(ticket_of(mail(0), mail(10, Direction.OUT)), state, 60)
    assert waiting.solve_due_at is None
    assert waiting.deadline_at is None

    back = moved(waiting, TicketState.OPEN, 180)

    assert back.paused_seconds == 120 * 60
    assert back.solve_due_at == at(24 * 60 + 120)


def test_waiting_over_night_stops_the_clock_for_the_open_hours_only() -> None:
    """From 16:00 to 10:00 two business hours pass."""
    waiting = moved(ticket_of(mail(0), mail(10, Direction.OUT)), TicketState.PENDING, 420)

    assert moved(waiting, TicketState.OPEN, 25 * 60).paused_seconds == 120 * 60


def test_solved_in_time_counts_from_when_the_clock_stopped() -> None:
    """What was pending in time and solved much later was solved in time; the other way round it was not."""
    pending = moved(ticket_of(mail(0), mail(10, Direction.OUT)), TicketState.PENDING, 60)
    solved = moved(pending, TicketState.SOLVED, 5_000)
    late = moved(ticket_of(mail(0), mail(10, Direction.OUT)), TicketState.SOLVED, 5_000)

    assert (solved.breached, solved.solved_at) == ((), at(5_000))
    assert late.breached == (Target.SOLVE,)
    assert late.deadline_at is None


def test_a_breach_of_solving_stays_while_the_ticket_waits() -> None:
    """Setting it to pending afterwards makes nothing good."""
    late = passed(ticket_of(mail(0), mail(10, Direction.OUT)), 480)

    assert moved(late, TicketState.PENDING, 490).breached == (Target.SOLVE,)
    assert moved(late, TicketState.SPAM, 490).breached == ()


def test_another_priority_promises_other_times() -> None:
    """A ticket that becomes urgent is due at once where its time has passed."""
    ticket = ticket_of(mail(0))

    urgent = wound(replace(ticket, priority=Priority.URGENT), TERMS, at(30))

    assert urgent.first_reply_due_at == at(15)
    assert struck(urgent, at(30)) == (Target.FIRST_REPLY,)
    assert wound(replace(ticket, priority=Priority.LOW), TERMS, at(30)).deadline_at is None


def test_nothing_is_promised_to_machines_to_old_mail_and_to_whom_we_wrote_first() -> None:
    """Muted mail, mail from before the connection, and our own first message start no clock."""
    old = replace(TERMS, connected_at=at(1))

    assert ticket_of(mail(0, muted=True)).deadline_at is None
    assert ticket_of(mail(0), terms=old).deadline_at is None
    assert ticket_of(mail(20), mail(0, Direction.OUT)).first_reply_due_at is None
    assert ticket_of(mail(20), mail(0, Direction.OUT)).next_reply_due_at == at(140)


def test_the_end_of_a_snooze_is_a_deadline() -> None:
    """Whichever comes first is looked at first."""
    ticket = ticket_of(mail(0))

    assert wound(replace(ticket, snoozed_until=at(30)), TERMS, at(1)).deadline_at == at(30)
    assert wound(replace(ticket, snoozed_until=at(90)), TERMS, at(1)).deadline_at == at(60)


messages_of_a_ticket = st.lists(
    st.tuples(st.integers(0, 3_000), st.sampled_from(Direction), st.booleans()),
    min_size=1,
    max_size=4,
    unique_by=lambda item: item[0],
)


@settings(max_examples=60, deadline=None)
@given(messages_of_a_ticket)
def test_the_order_in_which_mail_comes_in_does_not_show(
    drawn: list[tuple[int, Direction, bool]],
) -> None:
    """Whatever comes in first, the same is due and the same was missed."""
    came = [mail(minutes, direction, muted=muted) for minutes, direction, muted in drawn]
    now = at(4_000)

    def told(ticket: Ticket) -> tuple[object, ...]:
        return (
            ticket.first_reply_due_at,
            ticket.next_reply_due_at,
            ticket.solve_due_at,
            ticket.breached,
            ticket.deadline_at,
        )

    found = {told(ticket_of(*order, now=now)) for order in itertools.permutations(came)}

    assert len(found) == 1
