"""The fault table of webhooks: whichever call fails, the receiver has every event, under one id.

An attempt that nobody could record is made again under its id, so the receiver may see one twice and never
none; what the desk holds at the end says delivered, and nothing stays owed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.domain.webhooks import COLLECTION, DELIVERIES
from tests.desk import DeskUnderTest, desk_in, mail
from tests.faults.faulty import WAYS, Rule
from tests.faults.rig import Rig
from tests.functional.test_webhooks import echo, verified
from tests.stranger import Asked, Stranger, stranger


def _taking(_: Stranger) -> None:
    """Take everything at once."""


def _down_at_first(receiver: Stranger) -> None:
    """Refuse the first call, take the next."""

    def answer(_: Asked) -> tuple[int, dict[str, str], bytes]:
        return (503 if len(receiver.asked) == 1 else 200), {}, b""

    receiver.answers["/hook"] = answer


@pytest.mark.parametrize("function", ["react", "deliver_webhook"])
@pytest.mark.parametrize("receiver_is", [_taking, _down_at_first])
def test_every_fault_delivers(
    function: str, receiver_is: Callable[[Stranger], None], tmp_path: Path
) -> None:
    """Each call of each seam struck in each way, with a receiver that is there and one that was down."""
    with stranger() as receiver, desk_in(tmp_path / "home") as desk:
        receiver.answers["/hook"] = echo
        rig = Rig(desk, function, _arriving(desk, receiver, receiver_is))
        rule = Rule(function)
        _undisturbed(rig, rule, receiver)

        for at in range(1, len(rule.calls) + 1):
            for when, how in WAYS:
                receiver.asked.clear()
                rig.run(Rule(function, at, when, how))
                _sweep_again(rig)
                _assert_told(desk, receiver, f"{how} {when} call {at}, {rule.calls[at - 1]}")


def _arriving(
    desk: DeskUnderTest, receiver: Stranger, receiver_is: Callable[[Stranger], None]
) -> Callable[[], None]:
    desk.connect()
    verified(desk.browser("administrator"), receiver)
    desk.settle()
    desk.sandbox.set_push(drop=100_000)
    arrived = desk.sandbox.deliver("support@example.com", mail(message_id="<1@x.example.net>"))
    event = {"mailbox_id": desk.mailboxes["support@example.com"], "gmail_id": arrived["id"]}
    receiver_is(receiver)
    return lambda: desk.queue.publish("message-received", event)


def _sweep_again(rig: Rig) -> None:
    """Let three minutes pass: a retry that was recorded, not published, is due after one, swept after two."""
    rig.desk.clock.advance(180)
    rig.desk.queue.publish("tick-deadlines", {})
    rig.until_quiet()


def _undisturbed(rig: Rig, rule: Rule, receiver: Stranger) -> None:
    receiver.asked.clear()
    rig.run(rule)
    _assert_told(rig.desk, receiver, "no fault")
    assert rule.calls


def _assert_told(desk: DeskUnderTest, receiver: Stranger, fault: str) -> None:
    assert len({asked.headers["webhook-id"] for asked in receiver.asked}) == 1, fault
    deliveries = list(desk.documents(DELIVERIES).values())
    assert [row["outcome"] for row in deliveries] == ["delivered"], fault
    assert [row["state"] for row in desk.documents(COLLECTION).values()] == ["active"], fault
    assert desk.documents("outbox") == {}, fault
