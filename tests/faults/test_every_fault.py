"""The fault table: whichever call of a seam fails, in whichever way, the end is the same.

For each use case every call of every seam is struck once, before and after it took effect, by an error
and by the death of the instance; then events are delivered and redelivered until nothing is owed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from tests.desk import SALES, SUPPORT, DeskUnderTest, desk_in, mail
from tests.faults.rig import Rig, check_every_fault

NORA: Final = "Nora Lind <nora@customers.example.net>"

Case = Callable[[DeskUnderTest], Rig]


def push(desk: DeskUnderTest) -> Rig:
    """Three mails have come, of which one is spam and one a draft; Gmail says so."""
    _untold(desk)
    desk.sandbox.deliver(SUPPORT, mail("One", message_id="<1@x.example.net>"))
    desk.sandbox.deliver(SUPPORT, mail("Spam", message_id="<2@x.example.net>"), labels=["SPAM"])
    desk.sandbox.act(SUPPORT, "save_draft", raw=mail("Draft", message_id="<3@x.example.com>"))
    last = desk.sandbox.deliver(SUPPORT, mail("Two", message_id="<4@x.example.net>"))
    return Rig(desk, "gmail_push", lambda: _says(desk, last["historyId"]))


def push_with_an_empty_page(desk: DeskUnderTest) -> Rig:
    """Begin as above, but the first page of history is empty and names a next one."""
    rig = push(desk)

    def begin() -> None:
        desk.sandbox.clear_faults()
        desk.sandbox.plant("history.list", "empty_page")
        rig_begin()

    rig_begin, rig.begin = rig.begin, begin
    return rig


def push_after_history_was_forgotten(desk: DeskUnderTest) -> Rig:
    """Begin with a cursor that is older than what Gmail remembers."""
    _untold(desk)
    desk.sandbox.deliver(SUPPORT, mail("One", message_id="<1@x.example.net>"))
    desk.sandbox.deliver(SUPPORT, mail("Two", message_id="<2@x.example.net>"))
    floor = desk.sandbox.raise_history_floor(SUPPORT)
    return Rig(desk, "gmail_push", lambda: _says(desk, floor))


def push_of_a_revoked_mailbox(desk: DeskUnderTest) -> Rig:
    """Let the owner remove the grant before the push comes."""
    _untold(desk)
    last = desk.sandbox.deliver(SUPPORT, mail("One", message_id="<1@x.example.net>"))
    desk.sandbox.revoke_grant(SUPPORT)
    return Rig(desk, "gmail_push", lambda: _says(desk, last["historyId"]))


def new_ticket(desk: DeskUnderTest) -> Rig:
    """Somebody unknown writes for the first time."""
    _untold(desk)
    arrived = desk.sandbox.deliver(SUPPORT, mail("One", message_id="<1@x.example.net>"))
    return Rig(desk, "create_ticket", lambda: _received(desk, arrived["id"]))


def joining(desk: DeskUnderTest) -> Rig:
    """Let somebody new answer, in a Gmail thread of its own."""
    desk.connect()
    desk.deliver(mail("One", sender=NORA, message_id="<1@x.example.net>"))
    desk.sandbox.set_push(drop=1_000)
    answer = mail(
        "Other words",
        sender="Bob Moss <bob@customers.example.net>",
        message_id="<2@x.example.net>",
        in_reply_to="<1@x.example.net>",
        references="<1@x.example.net>",
    )
    arrived = desk.sandbox.deliver(SUPPORT, answer)
    return Rig(desk, "create_ticket", lambda: _received(desk, arrived["id"]))


def original_after_its_answer(desk: DeskUnderTest) -> Rig:
    """Let a ticket's first message come second and displace the answer."""
    desk.connect()
    early = round(1000 * desk.clock.now().timestamp())
    answer = mail("Re: One", message_id="<2@x.example.net>", references="<1@x.example.net>")
    desk.deliver(answer, internal_date=early + 60_000)
    desk.sandbox.set_push(drop=1_000)
    original = mail("One", sender=NORA, message_id="<1@x.example.net>")
    arrived = desk.sandbox.deliver(SUPPORT, original, internal_date=early)
    return Rig(desk, "create_ticket", lambda: _received(desk, arrived["id"]))


def message_that_is_gone(desk: DeskUnderTest) -> Rig:
    """Gmail deleted the message before it is fetched."""
    _untold(desk)
    arrived = desk.sandbox.deliver(SUPPORT, mail("One", message_id="<1@x.example.net>"))
    desk.sandbox.act(SUPPORT, "delete", arrived["id"])
    return Rig(desk, "create_ticket", lambda: _received(desk, arrived["id"]))


def message_of_a_revoked_mailbox(desk: DeskUnderTest) -> Rig:
    """Ask for a message that cannot be fetched until somebody connects the mailbox again."""
    _untold(desk)
    arrived = desk.sandbox.deliver(SUPPORT, mail("One", message_id="<1@x.example.net>"))
    desk.sandbox.revoke_grant(SUPPORT)
    return Rig(desk, "create_ticket", lambda: _received(desk, arrived["id"]))


def audit(desk: DeskUnderTest) -> Rig:
    """Bring what a new ticket records into the audit log."""
    rig = new_ticket(desk)
    return Rig(desk, "write_audit", rig.begin)


def poll(desk: DeskUnderTest) -> Rig:
    """One of two mailboxes has news that nobody pushed."""
    desk.connect(SALES)
    _untold(desk)
    desk.sandbox.deliver(SUPPORT, mail("One", message_id="<1@x.example.net>"))
    return Rig(desk, "poll_mailboxes", lambda: _strikes(desk, "tick-poll", 0, 10))


def poll_of_a_quiet_mailbox(desk: DeskUnderTest) -> Rig:
    """Pass a day without mail: the cursor moves to a head that has stood for ten minutes."""
    _untold(desk)
    arrived = desk.sandbox.deliver(SUPPORT, mail("Read already"), labels=["SPAM"])
    desk.sandbox.act(SUPPORT, "mark_unread", arrived["id"])
    desk.tick("poll_mailboxes")
    desk.settle()
    desk.sandbox.act(SUPPORT, "star", arrived["id"])
    desk.clock.advance(90_000)  # type: ignore[attr-defined]
    return Rig(desk, "poll_mailboxes", lambda: _strikes(desk, "tick-poll", 0, 30, 60))


def renewal(desk: DeskUnderTest) -> Rig:
    """Two watches are renewed, of which another client of the project holds one."""
    desk.connect(SALES)
    _untold(desk)
    desk.sandbox.advance_clock(86_400)
    desk.clock.advance(86_400)  # type: ignore[attr-defined]

    def begin() -> None:
        desk.sandbox.second_watch_client(SALES)
        _strikes(desk, "tick-watches", 0, 24 * 60)

    return Rig(desk, "renew_watches", begin)


CASES: Final[tuple[Case, ...]] = (
    push,
    push_with_an_empty_page,
    push_after_history_was_forgotten,
    push_of_a_revoked_mailbox,
    new_ticket,
    joining,
    original_after_its_answer,
    message_that_is_gone,
    message_of_a_revoked_mailbox,
    audit,
    poll,
    poll_of_a_quiet_mailbox,
    renewal,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_scenario_03_every_fault_ends_as_none_does(case: Case, tmp_path: Path) -> None:
    """Each call of each seam struck in each way, and the desk holds the same at the end."""
    with desk_in(tmp_path / "home") as desk:
        rig = case(desk)
        expected, calls = rig.undisturbed()

        runs = check_every_fault(rig, expected, calls)

        assert runs == 4 * len(calls)
        assert runs > 0


def _untold(desk: DeskUnderTest) -> None:
    """Connect a mailbox, and let Gmail lose every notification from now on."""
    desk.connect()
    desk.settle()
    desk.sandbox.set_push(drop=100_000)


def _says(desk: DeskUnderTest, history_id: str) -> None:
    desk.queue.publish("gmail-push", {"emailAddress": SUPPORT, "historyId": int(history_id)})


def _strikes(desk: DeskUnderTest, tick: str, *minutes: float) -> None:
    """Let the scheduler strike now and again, as it does for ever."""
    for later in minutes:
        desk.queue.publish(tick, {}, desk.clock.now() + timedelta(minutes=later))


def _received(desk: DeskUnderTest, gmail_id: Any) -> None:
    event = {"mailbox_id": desk.mailboxes[SUPPORT], "gmail_id": gmail_id}
    desk.queue.publish("message-received", event)
