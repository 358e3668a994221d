"""What becomes due by itself: snoozes end, promised times pass, each recorded once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from shared import codec
from shared.clock import to_text
from shared.domain.tickets import Ticket
from tests.desk import SUPPORT, DeskUnderTest, mail

ALWAYS = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
PROMISES = {"normal": {"first_reply_minutes": 30, "solve_minutes": 60}}


@pytest.fixture
def desk(desk: DeskUnderTest) -> DeskUnderTest:
    """Connect a mailbox that promises a reply in half an hour and a solution in one."""
    path = f"/api/admin/mailboxes/{desk.connect()}/settings"
    body = {"hours": ALWAYS, "targets": PROMISES}
    answer = desk.browser("administrator").send("PATCH", path, body, if_match='"0"')
    assert answer.status_code == 200
    desk.settle()
    desk.clock.advance(31)  # type: ignore[attr-defined] # settings are remembered for 30 s
    return desk


def pass_time(desk: DeskUnderTest, minutes: float) -> None:
    """Let time pass, the scheduler strike, and everything follow."""
    desk.clock.advance(minutes * 60)  # type: ignore[attr-defined]
    assert desk.tick("apply_deadlines").status_code == 204
    desk.settle()


def the_ticket(desk: DeskUnderTest) -> Mapping[str, Any]:
    """Return the only ticket."""
    [ticket] = desk.documents("tickets").values()
    return ticket


def recorded(desk: DeskUnderTest, action: str) -> list[dict[str, Any]]:
    """Return the audit entries of an action."""
    return [entry for entry in desk.audit() if entry["action"] == action]


def change(desk: DeskUnderTest, **members: Any) -> None:
    """Let an agent change the only ticket."""
    [ticket] = desk.tickets()
    path, version = f"/api/tickets/{ticket['id']}", f'"{ticket["version"]}"'
    answer = desk.browser("agent").send("PATCH", path, members, if_match=version)
    assert answer.status_code == 200, answer.data


def snooze(desk: DeskUnderTest, minutes: float, state: str) -> None:
    """Put the only ticket away for a while."""
    if state != the_ticket(desk)["state"]:
        change(desk, state=state)
    change(desk, snoozed_until=to_text(desk.clock.now() + timedelta(minutes=minutes)))


def test_a_promised_time_that_passes_is_recorded_once(desk: DeskUnderTest) -> None:
    """The ticket says so, the log and the timeline have one event, however often the clock strikes."""
    desk.deliver(mail())
    pass_time(desk, 29)
    assert the_ticket(desk)["breached"] == []

    pass_time(desk, 1)
    pass_time(desk, 1)

    ticket = the_ticket(desk)
    assert ticket["breached"] == ["first_reply"]
    assert ticket["deadline_at"] == ticket["solve_due_at"]
    [entry] = recorded(desk, "ticket.sla_breached")
    assert entry["changes"] == [{"field": "breached", "before": "", "after": "first_reply"}]
    assert entry["actor"]["type"] == "function"
    [row] = [r for r in desk.documents("changes").values() if r["action"] == "ticket.sla_breached"]
    assert row["user_id"] is None


def test_what_is_solved_in_time_is_never_overdue(desk: DeskUnderTest) -> None:
    """A person who answers and solves is not told of a time that they kept."""
    desk.deliver(mail())
    change(desk, state="solved")

    pass_time(desk, 120)

    assert recorded(desk, "ticket.sla_breached") == []
    assert the_ticket(desk)["deadline_at"] is None


def test_two_promises_missed_at_once_are_one_event(desk: DeskUnderTest) -> None:
    """After a long silence of the scheduler everything that passed is recorded together."""
    desk.deliver(mail())

    pass_time(desk, 240)

    assert the_ticket(desk)["breached"] == ["first_reply", "solve"]
    assert len(recorded(desk, "ticket.sla_breached")) == 1


@pytest.mark.parametrize(
    ("state", "then"), [("pending", "open"), ("on_hold", "open"), ("new", "new"), ("open", "open")]
)
def test_a_snooze_ends_by_itself(desk: DeskUnderTest, state: str, then: str) -> None:
    """The ticket comes back as work, and the log says why."""
    desk.deliver(mail())
    snooze(desk, 10, state)
    pass_time(desk, 9)
    assert the_ticket(desk)["snoozed_until"] is not None

    pass_time(desk, 1)

    assert (the_ticket(desk)["state"], the_ticket(desk)["snoozed_until"]) == (then, None)
    assert len(recorded(desk, "ticket.snooze_ended")) == 1


def test_a_snooze_and_a_promise_that_end_together_are_two_events(desk: DeskUnderTest) -> None:
    """Each is told for itself, in one stroke of the clock."""
    desk.deliver(mail())
    snooze(desk, 10, "open")

    pass_time(desk, 40)

    assert len(recorded(desk, "ticket.snooze_ended")) == 1
    assert len(recorded(desk, "ticket.sla_breached")) == 1


def test_a_ticket_that_waits_for_its_customer_is_not_overdue(desk: DeskUnderTest) -> None:
    """Two hours of waiting do not count: the solution is due so much later."""
    desk.deliver(mail())
    before = the_ticket(desk)["solve_due_at"]
    change(desk, state="pending")
    pass_time(desk, 120)
    assert the_ticket(desk)["breached"] == ["first_reply"]

    change(desk, state="open")
    pass_time(desk, 1)

    ticket = the_ticket(desk)
    assert ticket["breached"] == ["first_reply"]
    assert timedelta(minutes=120) <= ticket["solve_due_at"] - before < timedelta(minutes=121)


def test_many_that_are_due_are_worked_off_in_pages(desk: DeskUnderTest) -> None:
    """More than a page becomes due in one minute: the oldest go first, the rest a minute later."""
    desk.deliver(mail())
    [(_, data)] = desk.documents("tickets").items()
    due = codec.to_document(codec.from_document(Ticket, data))

    def many(tx: Any) -> None:
        for number in range(120):
            later = due["deadline_at"] + timedelta(seconds=number)
            tx.put("tickets", f"t_{number:026d}", due | {"deadline_at": later, "message_count": 0})

    desk.app().store.transact(many)
    desk.clock.advance(60 * 60)  # type: ignore[attr-defined]

    def waiting() -> int:
        now = desk.clock.now()
        found = desk.documents("tickets").values()
        return sum(1 for ticket in found if ticket["deadline_at"] and ticket["deadline_at"] <= now)

    assert waiting() == 121
    desk.tick("apply_deadlines")
    assert waiting() == 21
    desk.tick("apply_deadlines")
    assert waiting() == 0
    for number in range(120):
        desk.app().store.transact(lambda tx, n=number: tx.delete("tickets", f"t_{n:026d}"))
    desk.settle()


def test_a_minute_in_which_nothing_is_due_costs_little(desk: DeskUnderTest) -> None:
    """The clock strikes half a million times a year: a read for each kind of deadline, and no write."""
    desk.deliver(mail())
    desk.tick("apply_deadlines")

    desk.counts.reset()
    desk.tick("apply_deadlines")

    assert desk.counts.reads <= 6
    assert desk.counts.writes == 0


def test_new_terms_that_promise_later_move_the_deadline_without_an_event(
    desk: DeskUnderTest,
) -> None:
    """A deadline that the settings have moved is worked out anew, silently, and is not asked for again."""
    desk.deliver(mail(), to=SUPPORT)
    [(mailbox_id, _)] = desk.documents("mailbox_settings").items()
    desk.app().store.transact(lambda tx: tx.put("mailbox_settings", mailbox_id, {"version": 2}))
    [(id, data)] = desk.documents("tickets").items()
    early = dict(data) | {"deadline_at": desk.clock.now(), "first_reply_due_at": None}
    early |= {"solve_due_at": None}
    desk.app().store.transact(lambda tx: tx.put("tickets", id, early))

    pass_time(desk, 2)

    assert the_ticket(desk)["deadline_at"] is None
    assert recorded(desk, "ticket.sla_breached") == []
