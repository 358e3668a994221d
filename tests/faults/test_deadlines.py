"""The fault table of deadlines: whichever call fails, each is recorded once and none is lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from shared import codec
from shared.domain.mailbox_settings import MailboxSettings, Targets
from shared.domain.tickets import Ticket
from tests.desk import DeskUnderTest, desk_in, mail
from tests.faults.rig import Rig, check_every_fault

ALWAYS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("00:00-24:00",))


def deadlines(desk: DeskUnderTest) -> Rig:
    """Let one ticket's promised time and another one's snooze be over when the clock strikes."""
    mailbox_id = desk.connect()
    settings = MailboxSettings(hours=ALWAYS, targets={"normal": Targets(30)}, version=1)
    store = desk.app().store
    store.transact(lambda tx: tx.put("mailbox_settings", mailbox_id, codec.to_document(settings)))
    desk.clock.advance(31)  # type: ignore[attr-defined]
    desk.deliver(mail("Late", message_id="<1@x.example.net>"))
    desk.deliver(mail("Asleep", message_id="<2@x.example.net>"))
    asleep = max(desk.documents("tickets"))
    data = desk.documents("tickets")[asleep]
    until = desk.clock.now() + timedelta(minutes=5)
    ticket = codec.to_document(codec.from_document(Ticket, data))
    ticket |= {"state": "pending", "snoozed_until": until, "deadline_at": until}
    store.transact(lambda tx: tx.put("tickets", asleep, ticket))
    desk.clock.advance(3_600)  # type: ignore[attr-defined]
    desk.sandbox.set_push(drop=100_000)
    return Rig(desk, "apply_deadlines", lambda: desk.queue.publish("tick-deadlines", {}))


def test_every_fault_of_deadlines_ends_as_none_does(tmp_path: Path) -> None:
    """A snooze that ends and a time that passes are told once, whatever dies in between."""
    with desk_in(tmp_path / "home") as desk:
        rig = deadlines(desk)
        expected, calls = rig.undisturbed()

        runs = check_every_fault(rig, expected, calls)

        told = [entry["action"] for entry in desk.audit()]
        assert told.count("ticket.sla_breached") == 2
        assert told.count("ticket.snooze_ended") == 1
        assert runs == 4 * len(calls) > 0
