"""Reconciliation: whatever loses a mail on the way, the statement names it, and the next one says N of N."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from shared import ids
from tests.desk import SUPPORT, DeskUnderTest, desk_in, mail
from tests.losing import lose
from tests.path.steps import run_out

HOUR: Final = 3_600


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskUnderTest]:
    """Give a desk with a mailbox whose first mail has come in."""
    with desk_in(tmp_path / "home") as desk:
        desk.connect()
        desk.deliver(mail("The first"))
        yield desk


def pass_hours(desk: DeskUnderTest, hours: float = 1) -> None:
    """Let time pass for the desk and for Gmail."""
    desk.clock.advance(hours * HOUR)  # type: ignore[attr-defined]
    desk.sandbox.advance_clock(hours * HOUR)


def reconcile(desk: DeskUnderTest, hours: float = 1) -> dict[str, Any]:
    """Let an hour pass and the scheduler strike; return the body of the newest statement."""
    pass_hours(desk, hours)
    assert desk.tick("reconcile").status_code == 204
    run_out(desk)
    return newest(desk)


def statements(desk: DeskUnderTest) -> list[dict[str, Any]]:
    """Return the rows of the mailbox's statements, as the administrator's page lists them."""
    path = f"/api/admin/mailboxes/{desk.mailboxes[SUPPORT]}/statements"
    items: list[dict[str, Any]] = desk.browser("administrator").get(path).json["items"]
    return items


def newest(desk: DeskUnderTest) -> dict[str, Any]:
    """Return what the newest statement says, as who downloads it reads it."""
    answer = desk.browser("administrator").get(statements(desk)[0]["url"])
    assert answer.status_code == 200
    body: dict[str, Any] = json.loads(answer.text.splitlines()[2])
    return body


def test_a_quiet_day_is_n_of_n(desk: DeskUnderTest) -> None:
    """All that Gmail has is accounted for, by what became of it."""
    desk.deliver(
        mail(
            "Bounced", sender="Mailer <mailer-daemon@x.example.net>", auto_submitted="auto-replied"
        )
    )
    said = reconcile(desk)

    assert said["messages_in_gmail"] == said["accounted_for"]["in_all"] == 2
    assert said["accounted_for"]["in_a_ticket"] == 1
    assert said["accounted_for"]["muted"] == 1
    assert said["not_accounted_for"]["in_all"] == 0
    [row] = statements(desk)
    assert (row["gmail"], row["accounted"], row["missing"]) == (2, 2, 0)


def test_lost_push_and_lost_history_are_found_and_mended(desk: DeskUnderTest) -> None:
    """The push never comes and the cursor jumps over the record: the statement names the mail."""
    desk.sandbox.set_push(drop=100)
    lost = desk.sandbox.deliver(SUPPORT, mail("Lost"))
    _jump(desk, lost["historyId"])

    said = reconcile(desk)
    assert said["not_accounted_for"]["named"] == [{"gmail_id": lost["id"], "why": "asked_for"}]
    assert len(desk.tickets()) == 2

    again = reconcile(desk)
    assert again["messages_in_gmail"] == again["accounted_for"]["in_all"] == 2
    assert again["repaired_since_the_last_statement"] == [lost["id"]]
    assert {row["subject"] for row in desk.tickets()} == {"The first", "Lost"}


def _jump(desk: DeskUnderTest, history_id: str) -> None:
    cursor = f"{int(history_id):020d}"
    desk.app().store.transact(
        lambda tx: tx.update("sync", desk.mailboxes[SUPPORT], {"cursor": cursor})
    )


def test_what_was_taken_for_deleted_and_is_there_comes_in(desk: DeskUnderTest) -> None:
    """Gmail said 404 once, and lists the message all the same."""
    gmail_id = desk.deliver(mail("Shy"))
    lose(desk, gmail_id, buried=True)

    said = reconcile(desk)
    assert said["not_accounted_for"]["named"] == [{"gmail_id": gmail_id, "why": "asked_for"}]
    assert reconcile(desk)["repaired_since_the_last_statement"] == [gmail_id]
    assert {row["subject"] for row in desk.tickets()} == {"The first", "Shy"}


def test_what_is_gone_from_gmail_meanwhile_is_said_to_be(desk: DeskUnderTest) -> None:
    """Named as missing, then deleted by its owner before it could be fetched."""
    gmail_id = desk.deliver(mail("Short-lived"))
    lose(desk, gmail_id)
    desk.sandbox.plant("messages.get", "status", status=503, times=2)
    pass_hours(desk)
    assert desk.tick("reconcile").status_code == 204
    desk.settle()
    desk.sandbox.act(SUPPORT, "delete", gmail_id)
    run_out(desk)
    assert statements(desk)[0]["missing"] == 1

    said = reconcile(desk)
    assert said["not_accounted_for"]["in_all"] == 0
    assert said["gone_from_gmail_since_the_last_statement"] == 1


def test_what_somebody_deleted_in_gmail_is_counted_and_stays(desk: DeskUnderTest) -> None:
    """The other way round: the ticket is not touched."""
    gmail_id = desk.deliver(mail("Tidied away"))
    desk.sandbox.act(SUPPORT, "delete", gmail_id)

    said = reconcile(desk)
    assert said["stored_and_no_longer_in_gmail"] == 1
    assert said["messages_in_gmail"] == 1
    assert len(desk.tickets()) == 2


def test_an_erased_message_is_accounted_for_and_never_fetched_again(desk: DeskUnderTest) -> None:
    """Gmail still has it: it is counted as erased and stays so."""
    gmail_id = desk.deliver(mail("Forget me"))
    document_id = ids.message_id(desk.mailboxes[SUPPORT], gmail_id)
    desk.app().store.transact(lambda tx: tx.update("messages", document_id, {"state": "erased"}))

    said = reconcile(desk)
    assert said["accounted_for"]["erased"] == 1
    assert said["not_accounted_for"]["in_all"] == 0
    assert desk.documents("messages")[document_id]["state"] == "erased"


def test_spam_trash_and_drafts_are_no_mail(desk: DeskUnderTest) -> None:
    """What Gmail hides is not counted; rescued from spam it is."""
    spam = desk.sandbox.deliver(SUPPORT, mail("Prize"), labels=["SPAM"])
    desk.sandbox.deliver(SUPPORT, mail("Thrown away"), labels=["TRASH"])
    desk.sandbox.act(SUPPORT, "save_draft", raw=mail("Half a thought"))
    desk.settle()
    assert reconcile(desk)["messages_in_gmail"] == 1

    desk.sandbox.act(SUPPORT, "spam_to_inbox", spam["id"])
    desk.settle()
    said = reconcile(desk, 25)  # Gmail lists it under its old date: only the overlap shows it
    assert said["messages_in_gmail"] == said["accounted_for"]["in_all"] == 2


def test_an_hour_without_news_costs_three_reads_and_writes_nothing(desk: DeskUnderTest) -> None:
    """The desk's epoch, the active mailboxes, one document, one messages.list; no statement."""
    reconcile(desk)
    pass_hours(desk, 0.5)  # its access token is still good
    desk.counts.reset()
    desk.sandbox.reset_calls()

    desk.tick("reconcile")

    assert (desk.counts.reads, desk.counts.writes, desk.counts.published) == (3, 0, 0)
    assert desk.sandbox.calls(SUPPORT) == {"messages.list": 1}
    assert len(statements(desk)) == 1


def test_a_day_without_news_ends_with_a_statement(desk: DeskUnderTest) -> None:
    """That all is well is said once a day."""
    reconcile(desk)
    reconcile(desk, 25)
    assert len(statements(desk)) == 2


def test_an_administrator_has_it_done_now(desk: DeskUnderTest) -> None:
    """All mail of the mailbox, recorded with who asked; the mailbox shows how far it is, then the result."""
    mailbox_id = desk.mailboxes[SUPPORT]
    pass_hours(desk)
    administrator = desk.browser("administrator")

    path = f"/api/admin/mailboxes/{mailbox_id}/reconciliation"
    answer = administrator.send("POST", path, {"whole": True})
    assert answer.status_code == 202
    assert answer.json["proof"] == {
        "at": None,
        "until": None,
        "gmail": 0,
        "missing": 0,
        "compared": 0,
    }
    assert administrator.send("POST", path, {}).status_code == 202  # goes on, and is no second run
    run_out(desk)

    proof = administrator.get(f"/api/admin/mailboxes/{mailbox_id}").json["proof"]
    assert (proof["gmail"], proof["missing"], proof["compared"]) == (1, 0, None)
    actions = {entry["action"] for entry in desk.audit() if "reconcile" in entry["action"]}
    assert actions == {"mailbox.reconcile_asked", "mailbox.reconciled"}


def test_the_statement_is_named_in_the_audit_log(desk: DeskUnderTest) -> None:
    """So that the sealed log proves which statements were made."""
    reconcile(desk)
    [row] = statements(desk)
    [entry] = [entry for entry in desk.audit() if entry["action"] == "mailbox.reconciled"]
    changes = {change["field"]: change["after"] for change in entry["changes"]}
    assert changes["statement_sha256"] == row["sha256"]
    assert entry["outcome"] == "success"


def test_a_gap_is_an_alert_and_a_problem_of_the_mailbox(
    desk: DeskUnderTest, logged: io.StringIO
) -> None:
    """Somebody is told while it is being mended, and nothing is left of it when it is."""
    lose(desk, desk.deliver(mail("Lost")))
    reconcile(desk)
    assert '"message":"reconcile.gap"' in logged.getvalue()
    path = f"/api/admin/mailboxes/{desk.mailboxes[SUPPORT]}"
    administrator = desk.browser("administrator")
    assert "mailbox.reconcile_gap" in administrator.get(path).json["health"]["problems"]

    told = administrator.get("/api/tickets/notifications").json["items"]
    assert [(one["kind"], one["mailbox_id"]) for one in told] == [
        ("mail_missing", desk.mailboxes[SUPPORT])
    ]
    assert desk.browser("agent").get("/api/tickets/notifications").json["items"] == []
    reconcile(desk)
    administrator = desk.browser("administrator")
    assert "mailbox.reconcile_gap" not in administrator.get(path).json["health"]["problems"]


def test_a_mailbox_that_is_paused_is_left_alone(desk: DeskUnderTest) -> None:
    """Nothing can be read of it; asked for by hand, it says so."""
    mailbox_id = desk.mailboxes[SUPPORT]
    administrator = desk.browser("administrator")
    version = administrator.get(f"/api/admin/mailboxes/{mailbox_id}").json["version"]
    administrator.send(
        "PATCH", f"/api/admin/mailboxes/{mailbox_id}", {"state": "paused"}, if_match=f'"{version}"'
    )
    pass_hours(desk)
    desk.tick("reconcile")
    run_out(desk)
    assert statements(desk) == []
    path = f"/api/admin/mailboxes/{mailbox_id}/reconciliation"
    answer = desk.browser("administrator").send("POST", path, {})
    assert (answer.status_code, answer.json["code"]) == (409, "mailbox.not_working")


def test_gmail_that_takes_no_more_is_asked_later(desk: DeskUnderTest) -> None:
    """The run goes on where it was, and ends with its statement."""
    desk.sandbox.plant("messages.list", "too_many_requests", times=2)
    said = reconcile(desk)
    assert said["messages_in_gmail"] == said["accounted_for"]["in_all"] == 1
