"""Retention: what is too old is shown before, erased by the daily run, kept by a hold, and stays erased."""

from __future__ import annotations

from typing import Any

import pytest

from shared import ids
from tests.desk import SUPPORT, DeskUnderTest, mail
from tests.path.steps import poll, run_out

DAY = 86_400


def rules_path(desk: DeskUnderTest) -> str:
    """Return where the mailbox's rules are."""
    return f"/api/admin/mailboxes/{desk.mailboxes[SUPPORT]}/retention"


def keep(desk: DeskUnderTest, **days: int) -> None:
    """Let the administrator decide how long the mailbox's content is kept."""
    administrator = desk.browser("administrator")
    version = administrator.get(rules_path(desk)).json["version"]
    answer = administrator.send("PATCH", rules_path(desk), days, if_match=f'"{version}"')
    assert answer.status_code == 200, answer.data


def a_day(desk: DeskUnderTest) -> None:
    """Let the daily tick strike, and everything follow."""
    desk.clock.advance(13 * 3_600)  # type: ignore[attr-defined]
    assert desk.tick("erase").status_code == 204
    run_out(desk)


def pass_days(desk: DeskUnderTest, days: float) -> None:
    """Let time pass for the desk and for Gmail."""
    desk.clock.advance(days * DAY)  # type: ignore[attr-defined]
    desk.sandbox.advance_clock(days * DAY)


def solved(desk: DeskUnderTest, subject: str) -> dict[str, Any]:
    """Let a mail come in, with a note, and its ticket be solved; return the ticket."""
    desk.deliver(mail(subject, "What nobody should read for ever."))
    poll(desk)  # the watch may have ended
    [ticket] = [row for row in desk.tickets() if row["subject"] == subject]
    supervisor = desk.browser("supervisor")
    path = f"/api/tickets/{ticket['id']}"
    assert supervisor.send("POST", f"{path}/notes", {"text": "Between us."}).status_code == 201
    version = supervisor.get(path).json["ticket"]["version"]
    answer = supervisor.send("PATCH", path, {"state": "solved"}, if_match=f'"{version}"')
    assert answer.status_code == 200, answer.data
    desk.settle()
    return ticket


def test_nothing_is_erased_where_nobody_decided(desk: DeskUnderTest) -> None:
    """Off is the default, and is kept until the mailbox is disconnected."""
    desk.connect()
    solved(desk, "Old")
    pass_days(desk, 4_000)
    before = desk.documents("tickets")
    a_day(desk)
    assert desk.documents("tickets") == before


def test_an_old_ticket_keeps_its_code_and_times_and_nothing_else(desk: DeskUnderTest) -> None:
    """Subject, people, notes, cached text go; code, state, times and counts stay, read only."""
    desk.connect()
    ticket = solved(desk, "Old")
    desk.deliver(mail("Young and open"))
    keep(desk, tickets=30)
    pass_days(desk, 31)
    a_day(desk)

    before = ticket
    [row] = [one for one in desk.tickets() if one["id"] == ticket["id"]]
    assert (row["subject"], row["customer"], row["customer_id"]) == (None, None, None)
    assert (row["code"], row["state"]) == (before["code"], "solved")
    assert row["first_message_at"] == before["first_message_at"]
    assert row["erased_at"] is not None
    [message] = [m for m in desk.documents("messages").values() if m["ticket_id"] == ticket["id"]]
    assert (message["state"], message["sealed"], message["people"]) == ("erased", None, [])
    [note] = desk.documents("notes").values()
    assert note["sealed"] is None
    assert [t["subject"] for t in desk.tickets()].count("Young and open") == 1

    supervisor = desk.browser("supervisor")
    opened = supervisor.get(f"/api/content/tickets/{ticket['id']}")
    assert opened.status_code == 200
    assert opened.json["messages"] == []
    changed = supervisor.send(
        "PATCH", f"/api/tickets/{ticket['id']}", {"state": "open"}, if_match=f'"{row["version"]}"'
    )
    assert changed.json["code"] == "ticket.erased"
    [applied] = [e for e in desk.audit() if e["action"] == "retention.applied"]
    counts = {change["field"]: change["after"] for change in applied["changes"]}
    assert counts == {"messages": 1, "notes": 1, "tickets": 1}


def test_an_erased_message_comes_back_by_no_way(desk: DeskUnderTest) -> None:
    """Neither a resync nor a reconciliation fetches it, though Gmail still has it."""
    desk.connect()
    ticket = solved(desk, "Old")
    keep(desk, tickets=30)
    pass_days(desk, 31)
    a_day(desk)
    mailbox_id = desk.mailboxes[SUPPORT]
    gmail_id = desk.sandbox.messages(SUPPORT)[0]["id"]
    desk.queue.publish("message-received", {"mailbox_id": mailbox_id, "gmail_id": gmail_id})
    path = f"/api/admin/mailboxes/{mailbox_id}/reconciliation"
    desk.browser("administrator").send("POST", path, {"whole": True})
    run_out(desk)

    document = desk.documents("messages")[ids.message_id(mailbox_id, gmail_id)]
    assert document["state"] == "erased"
    path = f"/api/admin/mailboxes/{mailbox_id}/statements"
    [row] = desk.browser("administrator").get(path).json["items"]
    assert (row["gmail"], row["accounted"], row["missing"]) == (1, 1, 0)
    [again] = desk.tickets()
    assert (again["id"], again["subject"]) == (ticket["id"], None)


def test_who_writes_again_gets_a_ticket_that_follows(desk: DeskUnderTest) -> None:
    """Nothing goes on in what was erased."""
    desk.connect()
    desk.deliver(mail("Old", message_id="<old@x.example.net>"))
    [ticket] = desk.tickets()
    supervisor = desk.browser("supervisor")
    version = supervisor.get(f"/api/tickets/{ticket['id']}").json["ticket"]["version"]
    supervisor.send(
        "PATCH", f"/api/tickets/{ticket['id']}", {"state": "solved"}, if_match=f'"{version}"'
    )
    keep(desk, tickets=5)  # less than a ticket may be reopened in
    pass_days(desk, 6)
    a_day(desk)
    desk.deliver(
        mail("Re: Old", in_reply_to="<old@x.example.net>", references="<old@x.example.net>")
    )
    follower = next(row for row in desk.tickets() if row["id"] != ticket["id"])
    assert (follower["subject"], follower["follow_up_of"]) == ("Re: Old", ticket["id"])


@pytest.mark.parametrize("kind", ["ticket", "customer", "mailbox"])
def test_a_hold_wins(desk: DeskUnderTest, kind: str) -> None:
    """What is held stays as it is; when the hold is lifted the next run erases it."""
    mailbox_id = desk.connect()
    ticket = solved(desk, "Evidence")
    target = {"ticket": ticket["id"], "customer": ticket["customer_id"], "mailbox": mailbox_id}
    body = {"kind": kind, "target": target[kind], "reason": "A dispute"}
    hold = desk.browser("administrator").send("POST", "/api/admin/legal_holds", body).json["id"]
    keep(desk, tickets=30, notes=30)
    pass_days(desk, 31)
    asked = desk.browser("administrator").get(f"{rules_path(desk)}/preview?tickets=30&notes=30")
    assert {one["count"] for one in asked.json["items"]} == {0}
    a_day(desk)
    assert desk.tickets()[0]["subject"] == "Evidence"
    assert [note["deleted_at"] for note in desk.documents("notes").values()] == [None]

    desk.browser("administrator").send("DELETE", f"/api/admin/legal_holds/{hold}")
    pass_days(desk, 31)  # setting and lifting it was not touching it, but the version moved on
    a_day(desk)
    assert desk.tickets()[0]["subject"] is None


def test_what_would_be_erased_is_shown_before(desk: DeskUnderTest) -> None:
    """Counts and dates, by kind; nothing is written by asking."""
    desk.connect()
    solved(desk, "First")
    pass_days(desk, 10)
    solved(desk, "Second")
    pass_days(desk, 31)
    administrator = desk.browser("administrator")
    desk.counts.reset()

    items = administrator.get(f"{rules_path(desk)}/preview?tickets=30&notes=40").json["items"]

    assert desk.counts.writes == 0
    by_kind = {one["kind"]: one for one in items}
    assert (by_kind["tickets"]["count"], by_kind["notes"]["count"]) == (2, 1)
    assert by_kind["tickets"]["oldest"] < by_kind["tickets"]["newest"]
    refused = administrator.get(f"{rules_path(desk)}/preview?tickets=0")
    assert refused.json["code"] == "request.invalid_member"


def test_notes_and_customers_have_their_own_time(desk: DeskUnderTest) -> None:
    """A note's text goes while its ticket stays; a customer goes when no ticket says anything of them."""
    desk.connect()
    ticket = solved(desk, "Old")
    keep(desk, notes=10)
    pass_days(desk, 11)
    a_day(desk)
    assert [n["sealed"] for n in desk.documents("notes").values()] == [None]
    assert desk.tickets()[0]["subject"] == "Old"

    keep(desk, customers=10)
    a_day(desk)
    assert desk.documents("customers")[ticket["customer_id"]]["sealed"] is not None
    keep(desk, tickets=10, customers=10)
    a_day(desk)
    assert desk.documents("customers")[ticket["customer_id"]]["sealed"] is None


def test_the_last_run_is_shown_with_what_it_erased(desk: DeskUnderTest) -> None:
    """Beside the rules, and after a reload too."""
    desk.connect()
    solved(desk, "Old")
    keep(desk, tickets=30)
    pass_days(desk, 31)
    a_day(desk)
    view = desk.browser("administrator").get(rules_path(desk)).json
    assert view["days"] == {"tickets": 30, "notes": None, "comments": None, "customers": None}
    assert view["last"]["erased"] == {"messages": 1, "notes": 1, "tickets": 1}
    assert view["last"]["finished_at"] is not None


def test_a_stale_change_of_the_rules_is_refused(desk: DeskUnderTest) -> None:
    """Two administrators at once: the second one is told."""
    desk.connect()
    keep(desk, tickets=30)
    answer = desk.browser("administrator").send(
        "PATCH", rules_path(desk), {"tickets": 60}, if_match='"0"'
    )
    assert (answer.status_code, answer.json["code"]) == (409, "retention.changed_meanwhile")
