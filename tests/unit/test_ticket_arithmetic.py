"""What messages, merges and departures make of a ticket is the same whichever way it came about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import arrivals, merges, presence, tags
from shared.domain.arrivals import Arrival
from shared.domain.messages import Direction, ThreadReason
from shared.domain.presence import Presence
from shared.domain.tickets import Ticket, TicketState

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

# What people set, and what only ever goes on, is left out.
COUNTED = (
    *("gmail_threads", "first_message_id", "first_message_at", "first_is_inbound"),
    *("last_message_at", "message_count", "customer_id", "customer_message_at"),
    *("customer_message_id", "participants", "inbound_times", "first_reply_at", "last_reply_at"),
)


def made(number: int, minutes: int, **more: Any) -> Arrival:
    """Return an arrival of this many minutes ago."""
    inbound = more.get("direction", Direction.IN) is Direction.IN
    fields = {
        "message_id": f"m_{number:02d}",
        "received_at": NOW - timedelta(minutes=minutes),
        "direction": Direction.IN,
        "muted": False,
        "gmail_thread_id": "1",
        "link": ThreadReason.GMAIL_THREAD,
        "people": (f"p{number % 3}",),
        "customer_id": f"c{number % 3}" if inbound else None,
    }
    return Arrival(**fields | more)  # type: ignore[arg-type]


ARRIVALS = st.lists(
    st.builds(
        dict,
        minutes=st.integers(0, 50),
        direction=st.sampled_from(Direction),
        muted=st.booleans(),
        gmail_thread_id=st.sampled_from(["1", "2", "3"]),
        by_desk=st.booleans(),
    ),
    min_size=2,
    max_size=12,
).map(lambda drawn: [made(number, **fields) for number, fields in enumerate(drawn)])


def ticket_of(some: list[Arrival]) -> Ticket:
    """Return the ticket that these make, in their order."""
    first, *others = some
    ticket = arrivals.opened("mb_1", "code", first, NOW).ticket
    for arrival in others:
        ticket = arrivals.joined(ticket, arrival, arrival.link, NOW).ticket
    return ticket


def counted(ticket: Ticket) -> dict[str, Any]:
    """Return what messages alone decide."""
    return {name: getattr(ticket, name) for name in COUNTED}


@given(ARRIVALS, st.data())
def test_what_leaves_was_never_there(some: list[Arrival], data: st.DataObject) -> None:
    """A ticket that is worked out from what stays is the one that this would have made by itself."""
    stays = data.draw(st.integers(1, len(some)))
    ticket = replace(ticket_of(some), state=TicketState.PENDING, tags=("a",))

    left = arrivals.rebuilt(ticket, some[:stays], [])

    in_order = sorted(some[:stays], key=lambda one: (one.received_at, one.message_id))
    assert counted(left) == counted(ticket_of(in_order))
    assert (left.state, left.tags) == (TicketState.PENDING, ("a",))
    assert left.conversation > ticket.conversation


@given(ARRIVALS, ARRIVALS)
def test_a_merge_counts_what_both_had(some: list[Arrival], others: list[Arrival]) -> None:
    """Counts are sums, times the outermost, people and threads unions; names stay the target's own."""
    others = [replace(one, message_id=f"n{one.message_id}") for one in others]
    target, source = ticket_of(some), ticket_of(others)
    both = ticket_of([*some, *others])

    left = merges.target_of(target, "t_1", source, "t_2")
    again = arrivals.rebuilt(left, some, others)

    for name in ("message_count", "last_message_at", "participants", "gmail_threads"):
        assert getattr(left, name) == getattr(both, name) == getattr(again, name)
    for name in ("inbound_times", "first_reply_at", "last_reply_at", "conversation"):
        assert getattr(left, name) == getattr(both, name)
    assert left.first_message_id == again.first_message_id == target.first_message_id
    assert left.merged_from == ("t_2",)


@pytest.mark.parametrize(
    ("target", "source", "state"),
    [
        ("solved", "new", "open"),
        ("closed", "open", "open"),
        ("pending", "open", "open"),
        ("on_hold", "open", "on_hold"),
        ("solved", "pending", "solved"),
        ("new", "open", "new"),
        ("solved", "spam", "solved"),
    ],
)
def test_who_waits_for_an_answer_is_not_buried(target: str, source: str, state: str) -> None:
    """A merge opens what nobody works on, where somebody waits in the other."""
    one, other = (
        replace(ticket_of([made(number, number)]), state=TicketState(given))
        for number, given in enumerate((target, source))
    )

    assert merges.target_of(one, "t_1", other, "t_2").state is TicketState(state)


@given(st.text(max_size=50))
def test_a_tag_is_a_tag_already(text: str) -> None:
    """Whatever is accepted is in its one spelling: reading it again changes nothing."""
    try:
        tag = tags.tag(text)
    except ValueError:
        return
    assert tags.tag(tag) == tag
    assert 1 <= len(tag) <= tags.MAX_TAG
    assert "," not in tag


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), max_size=30))
def test_a_beat_is_written_every_ten_seconds_and_when_typing_changes(
    beats: list[tuple[int, bool]],
) -> None:
    """Others know within ten seconds who is there, and at once who types; nothing more is written."""
    kept: Presence | None = None
    now = NOW
    for seconds, typing in beats:
        now += timedelta(seconds=seconds)
        beat = Presence("t", "mb", "u", typing, now, now, now)
        written = presence.beaten(kept, beat)
        if written is None:
            assert kept is not None
            assert kept.typing is typing
            assert now - kept.seen_at < presence.BEAT
        elif kept is not None:
            assert now - kept.seen_at >= presence.BEAT or kept.typing is not typing
            assert written.since == kept.since
        kept = written or kept
