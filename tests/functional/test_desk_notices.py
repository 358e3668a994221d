"""What is told of no ticket, by mail: requests about data, break-glass, the log's weekly checkpoint."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from local import seed, system_mail
from shared.audit import signed_note, tree
from shared.audit.checkpoint import Checkpoint
from shared.keys.contract import AUDIT_SIGNING_KEY
from shared.services import statements
from tests.desk import SUPPORT, DeskUnderTest, mail
from tests.functional.test_audit_log import LOG, seal
from tests.functional.test_notifications import choose
from tests.functional.test_people import custom_role, give
from tests.stopped_clock import StoppedClock
from tools import verify_audit

ADMINISTRATOR: Final = "administrator@example.com"
AUDITOR: Final = "auditor@example.com"
DAY: Final = timedelta(days=1)


def until(desk: DeskUnderTest, moment: datetime) -> None:
    """Let time pass until then, and what is due happen."""
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance((moment - desk.clock.now()).total_seconds())
    desk.settle()


def struck(desk: DeskUnderTest, moment: datetime) -> None:
    """Let the hour strike for the sealer at this time."""
    until(desk, moment)
    desk.tick("seal_audit")
    seal(desk)


def text(message: EmailMessage) -> str:
    """Return what a mail says, in plain text."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def waiting(desk: DeskUnderTest, address: str) -> list[str]:
    """Return what the desk's own notices to an address say, the oldest first."""
    found = reversed(list(system_mail.newest_first(desk.desk.home, address)))
    return [text(message) for message in found if "waits for you" in str(message["Subject"])]


def checkpoints(desk: DeskUnderTest, address: str) -> list[EmailMessage]:
    """Return the mails with a checkpoint to an address, the oldest first."""
    found = reversed(list(system_mail.newest_first(desk.desk.home, address)))
    return [message for message in found if "audit log" in str(message["Subject"])]


def ask(desk: DeskUnderTest) -> str:
    """Let the agent's customer want something corrected, written down by an administrator; until when."""
    desk.connect(SUPPORT)
    desk.deliver(mail())
    [customer] = desk.documents("customers")
    new = {"customer_id": customer, "kind": "correction", "text": "My name is Lindh"}
    answer = desk.browser("administrator").send("POST", "/api/admin/privacy/requests", new)
    assert answer.status_code == 201, answer.data
    desk.settle()
    return str(answer.json["due_at"])


def test_a_request_and_its_last_days_are_mailed(desk: DeskUnderTest) -> None:
    """To who manages privacy, in whatever role: where it stands, and not a word of it."""
    admin = desk.browser("administrator")
    give(desk, admin, custom_role(admin, "privacy:manage", "customer:read"))
    due = datetime.fromisoformat(ask(desk))

    [told] = waiting(desk, "agent@example.com")
    assert "Somebody asked for their data to be corrected or erased." in told
    assert "/desk/#/admin/privacy\n" in told
    assert waiting(desk, ADMINISTRATOR) == []  # nobody is told of their own deed
    for days in (6, 1):
        until(desk, due - days * DAY)
        desk.push("erase", {})
        desk.settle()

    soon = "owed soon, or is late"
    assert [soon in said for said in waiting(desk, ADMINISTRATOR)] == [True, True]
    assert waiting(desk, "supervisor@example.com") == []
    whole = "".join(m.as_string() for m in system_mail.newest_first(desk.desk.home, ADMINISTRATOR))
    assert not any(word in whole for word in ("Lindh", "Nora", "nora@"))


def test_who_wants_no_mail_is_told_on_the_page(desk: DeskUnderTest) -> None:
    """What is owed to everybody concerned cannot be switched off there."""
    choose(desk.browser("administrator"), mail="off")
    due = datetime.fromisoformat(ask(desk))
    until(desk, due - 6 * DAY)
    desk.push("erase", {})
    desk.settle()

    assert waiting(desk, ADMINISTRATOR) == []
    told = desk.browser("administrator").get("/api/tickets/notifications").json["items"]
    assert [one["kind"] for one in told] == ["data_request_due"]


def test_a_mailboxs_people_are_mailed_of_break_glass(desk: DeskUnderTest) -> None:
    """That somebody can read it, and where to see who; the reason stands on the page alone."""
    desk.connect(SUPPORT, "agent")
    admin = desk.browser("administrator")
    asked = admin.send(
        "PATCH", "/api/admin/organisation/break_glass", {"consent": False}, if_match='"0"'
    )
    assert asked.status_code == 200, asked.data
    where = f"/api/admin/mailboxes/{desk.mailboxes[SUPPORT]}/break_glass"
    answer = admin.send("POST", where, {"reason": "A customer says that a reply never came."})
    assert answer.json["state"] == "open"
    desk.settle()
    until(desk, desk.clock.now() + timedelta(minutes=6))

    said = "\n".join(waiting(desk, "agent@example.com"))
    assert "can read your mailbox for a time" in said
    assert "/desk/#/mailboxes\n" in said
    assert "never came" not in said


def test_what_stands_in_two_places_leads_to_the_start(desk: DeskUnderTest) -> None:
    """A request about data and break-glass, told in one mail: no one place shows both."""
    desk.connect(SUPPORT, "administrator")
    desk.deliver(mail())
    [customer] = desk.documents("customers")
    seed._create(desk.desk, "administrator", "second@example.com", "a password")
    desk.people["second"] = ("second@example.com", "a password")
    second = desk.browser("second")
    new = {"customer_id": customer, "kind": "correction", "text": "My name is Lindh"}
    assert second.send("POST", "/api/admin/privacy/requests", new).status_code == 201
    where = f"/api/admin/mailboxes/{desk.mailboxes[SUPPORT]}/break_glass"
    asked = second.send("POST", where, {"reason": "A customer says that a reply never came."})
    assert asked.status_code == 201, asked.data
    desk.settle()

    [told] = waiting(desk, ADMINISTRATOR)
    assert "Somebody asked for their data" in told
    assert "asks to read it, and waits for consent" in told
    assert "/desk/#/\n" in told


def test_the_weeks_checkpoint_proves_later_what_the_log_was(
    desk: DeskUnderTest, tmp_path: Path
) -> None:
    """Once a week to who may read the log: an export goes on from it, or it was another log."""
    monday = desk.clock.now().replace(hour=6, minute=0) + 7 * DAY
    struck(desk, monday - timedelta(hours=2))
    assert checkpoints(desk, AUDITOR) == []
    for hours in (0, 1, 2, 24):
        struck(desk, monday + timedelta(hours=hours))

    [message] = checkpoints(desk, AUDITOR)
    assert len(checkpoints(desk, ADMINISTRATOR)) == 1
    assert checkpoints(desk, "agent@example.com") == []
    [attached] = message.iter_attachments()
    name, note = attached.get_filename(), attached.get_content()
    assert isinstance(note, bytes)
    assert name is not None
    assert f"--since {name}\n" in text(message)
    kept = tmp_path / name
    kept.write_bytes(note)
    auditor = desk.browser("auditor")
    log = tmp_path / "log.zip"
    log.write_bytes(auditor.get(f"{LOG}/export").data)
    assert verify_audit.main([str(log), "--gap", "30", "--since", str(kept)]) == 0
    other = tmp_path / "other.txt"
    other.write_text(signed_elsewhere(desk, int(note.split(b"\n")[1])))
    assert verify_audit.main([str(log), "--gap", "30", "--since", str(other)]) == 1
    rows = auditor.get("/api/tickets/notifications").json
    assert [(row["kind"], row["unread"]) for row in rows["items"]] == [("log_checkpoint", True)]
    assert rows["unread"] == 1


def signed_elsewhere(desk: DeskUnderTest, size: int) -> str:
    """Return a checkpoint under the log's own key, of a tree that is not the log's."""
    app = desk.app()
    name = statements.key_name(app, "audit")
    key = desk.desk.keys.primary(AUDIT_SIGNING_KEY)
    text = Checkpoint(name, size, tree.leaf_hash(b"another entry")).text
    return str(signed_note.sign(text, signed_note.Signer(name, key.value)))


def test_while_nothing_is_sealed_no_mail_goes_and_none_is_recorded(desk: DeskUnderTest) -> None:
    """Whoever reads the audit log must not find a mail there that nobody got."""
    until(desk, desk.clock.now().replace(hour=6, minute=0) + 7 * DAY)
    desk.tick("seal_audit")
    desk.settle()

    assert checkpoints(desk, AUDITOR) == []
    mailed = [entry for entry in desk.audit() if entry["action"] == "notification.mailed"]
    assert {entry["outcome"] for entry in mailed} == {"failure"}
    assert {entry["reason"] for entry in mailed} == {"audit.nothing_sealed"}


def test_the_next_week_brings_another_and_who_does_not_want_it_none(desk: DeskUnderTest) -> None:
    """Chosen in one's account."""
    monday = desk.clock.now().replace(hour=7, minute=0) + 7 * DAY
    choose(desk.browser("administrator"), log_checkpoint="none")
    struck(desk, monday - DAY)  # there is something to be signed
    for week in range(2):
        struck(desk, monday + 7 * week * DAY)

    assert len(checkpoints(desk, AUDITOR)) == 2
    assert checkpoints(desk, ADMINISTRATOR) == []
