"""The fault table of the acknowledgement: whichever call of `react` fails, one answer leaves."""

from __future__ import annotations

from pathlib import Path

from tests.desk import SUPPORT, DeskUnderTest, desk_in, mail
from tests.faults.rig import Rig, check_every_fault
from tests.replying import passes


def first_mail(desk: DeskUnderTest) -> Rig:
    """Let somebody write for the first time to a mailbox that acknowledges."""
    path = f"/api/admin/mailboxes/{desk.connect()}/settings"
    answer = desk.browser("administrator").send(
        "PATCH", path, {"acknowledge": True}, if_match='"0"'
    )
    assert answer.status_code == 200
    passes(desk, 31)
    desk.sandbox.set_push(drop=100_000)
    gmail_id = desk.sandbox.deliver(SUPPORT, mail(message_id="<1@x.example.net>"))["id"]
    event = {"mailbox_id": desk.mailboxes[SUPPORT], "gmail_id": gmail_id}
    return Rig(desk, "react", lambda: desk.queue.publish("message-received", event))


def test_every_fault_of_the_acknowledgement_ends_as_none_does(tmp_path: Path) -> None:
    """The customer gets one answer, whatever dies in between."""
    with desk_in(tmp_path / "home") as desk:
        rig = first_mail(desk)
        expected, calls = rig.undisturbed()

        runs = check_every_fault(rig, expected, calls)

        [reply] = desk.documents("replies").values()
        assert reply["state"] == "sent"
        assert runs == 4 * len(calls) > 0
