"""Reports: counted and measured by mailbox, agent, tag and day, of the mailboxes that one may see."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from shared import ids
from shared.store.contract import Transaction
from tests.desk import BILLING, SALES, SUPPORT, DeskBrowser, DeskUnderTest, mail
from tests.rating import asks, say, solve
from tests.replying import asked, draft, passes, queue
from tests.stopped_clock import StoppedClock

HOUR = 3_600
DAY = 24 * HOUR


def days(desk: DeskUnderTest, back: int = 0, ahead: int = 0) -> str:
    """Return the query of a period around today."""
    today = desk.clock.now().date()
    since, until = today - timedelta(days=back), today + timedelta(days=ahead)
    return f"since={since}&until={until}"


def ask(browser: DeskBrowser, kind: str, query: str) -> TestResponse:
    """Ask for a report."""
    return browser.get(f"/api/tickets/reports/{kind}?{query}")


def report(browser: DeskBrowser, kind: str, query: str) -> dict[str, Any]:
    """Return a report, with its rows by their keys."""
    answer = ask(browser, kind, query)
    assert answer.status_code == 200, answer.data
    body: dict[str, Any] = answer.json
    return body | {"rows": {row["key"]: row for row in body["rows"]}}


def table(browser: DeskBrowser, kind: str, query: str) -> list[dict[str, str]]:
    """Return the lines of a report's file."""
    answer = ask(browser, f"{kind}.csv", query)
    assert answer.status_code == 200, answer.data
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def patch(desk: DeskUnderTest, ticket_id: str, role: str = "supervisor", **change: Any) -> None:
    """Change a ticket as it is now."""
    browser = desk.browser(role)
    version = browser.get(f"/api/tickets/{ticket_id}").json["ticket"]["version"]
    answer = browser.send("PATCH", f"/api/tickets/{ticket_id}", change, if_match=f'"{version}"')
    assert answer.status_code == 200, answer.data


def user_id(desk: DeskUnderTest, role: str) -> str:
    """Return the id of a demo person."""
    return ids.derived_id(ids.USER, "demo", desk.people[role][0])


def arrives(desk: DeskUnderTest, raw: bytes, to: str = SUPPORT) -> str:
    """Let a mail arrive now, for the desk and for Gmail; return its ticket's id."""
    at = round(1000 * desk.clock.now().timestamp())
    before = {row["id"] for row in desk.tickets()}
    desk.deliver(raw, to=to, internal_date=at)
    [new] = {row["id"] for row in desk.tickets()} - before
    return new


@pytest.fixture
def supervisor(desk: DeskUnderTest) -> DeskBrowser:
    """Begin at nine on a Monday, and sign in as somebody who may read reports."""
    assert isinstance(desk.clock, StoppedClock)
    now = desk.clock.now()
    monday = (now + timedelta(days=-now.weekday() % 7)).replace(hour=9, minute=0, second=0)
    desk.clock.advance((monday - now).total_seconds() + (DAY * 7 if monday < now else 0))
    desk.connect(SUPPORT)
    return desk.browser("supervisor")


# Volumes


def test_what_came_and_went_is_counted(desk: DeskUnderTest, supervisor: DeskBrowser) -> None:
    """Created, solved, reopened, unsolved and mails: in all, by agent, by tag and by day."""
    ink = arrives(desk, mail("Ink", message_id="<1@x.example.net>"))
    paper = arrives(desk, mail("Paper"))
    arrives(desk, mail("Toner"))
    agent = user_id(desk, "agent")
    patch(desk, ink, assignee_id=agent, tags=["ink", "urgent stuff"])
    patch(desk, paper, state="solved", assignee_id=agent)
    patch(desk, ink, state="solved")
    passes(desk, DAY)
    patch(desk, ink, state="open")
    supervisor = desk.browser("supervisor")

    whole = report(supervisor, "volumes", f"{days(desk, back=1)}&by=day")
    first, second = sorted(whole["rows"])

    total = whole["total"]
    assert (total["created"], total["reopened"], total["unsolved"]) == (3, 1, 2)
    assert (total["solved"], total["mails_in"], total["mails_out"]) == (1, 3, 0)
    assert whole["rows"][first]["created"] == 3
    assert whole["rows"][first]["solved"] == 1
    assert whole["rows"][first]["unsolved"] is None
    assert whole["rows"][second]["reopened"] == 1
    assert (whole["rows"][first]["mails_in"], whole["rows"][second]["mails_in"]) == (3, 0)
    by_agent = report(supervisor, "volumes", f"{days(desk, back=1)}&by=agent")["rows"]
    assert {key: (row["created"], row["unsolved"]) for key, row in by_agent.items()} == {
        agent: (2, 1),
        "": (1, 1),
    }
    assert by_agent[agent]["mails_in"] is None
    by_tag = report(supervisor, "volumes", f"{days(desk, back=1)}&by=tag")["rows"]
    assert {key: row["created"] for key, row in by_tag.items()} == {
        "": 2,
        "ink": 1,
        "urgent stuff": 1,
    }


def test_spam_and_merged_tickets_are_not_counted_as_work(
    desk: DeskUnderTest, supervisor: DeskBrowser
) -> None:
    """Spam was no request, and a merged ticket is part of another."""
    spam, kept = arrives(desk, mail("Spam")), arrives(desk, mail("Kept"))
    arrives(desk, mail("Given"))
    patch(desk, spam, state="spam")
    rows = {row["subject"]: row for row in desk.tickets()}
    body = {"source_id": rows["Given"]["id"], "source_version": rows["Given"]["version"]}
    merged = supervisor.send(
        "POST", f"/api/tickets/{kept}/merge", body, if_match=f'"{rows["Kept"]["version"]}"'
    )
    assert merged.status_code == 200, merged.data

    total = report(supervisor, "volumes", days(desk))["total"]

    assert (total["created"], total["solved"], total["unsolved"]) == (1, 0, 1)


def test_a_day_is_one_of_the_asked_time_zone(desk: DeskUnderTest, supervisor: DeskBrowser) -> None:
    """What arrives at nine in the evening in UTC is tomorrow's in Auckland."""
    passes(desk, 12 * HOUR)
    arrives(desk, mail())
    supervisor = desk.browser("supervisor")
    today = desk.clock.now().date()
    period = f"since={today}&until={today + timedelta(days=1)}"

    utc = report(supervisor, "volumes", period)["rows"]
    there = report(supervisor, "volumes", f"{period}&time_zone=Pacific/Auckland")["rows"]

    assert [row["created"] for _, row in sorted(utc.items())] == [1, 0]
    assert [row["created"] for _, row in sorted(there.items())] == [0, 1]


# Times


def test_times_are_measured_in_all_and_in_business_time(
    desk: DeskUnderTest, supervisor: DeskBrowser
) -> None:
    """A reply after a night: the night counts on the calendar, not in the hours of the mailbox."""
    ticket = asked(desk)
    passes(desk, DAY)
    agent, supervisor = desk.browser("agent"), desk.browser("supervisor")
    queue(agent, draft(agent, ticket), ticket["conversation"], then_state="solved")
    passes(desk)

    times = report(supervisor, "times", f"{days(desk, back=1)}&by=mailbox")
    reply = times["total"]["first_reply"]

    assert reply["count"] == 1
    assert DAY <= reply["median"] <= DAY + 60
    assert reply["median"] == reply["p90"]
    assert 8 * HOUR <= reply["business_median"] <= 8 * HOUR + 60
    assert times["total"]["solution"]["count"] == 1
    assert times["total"]["solution"]["median"] >= DAY
    assert list(times["rows"]) == [desk.mailboxes[SUPPORT]]


@pytest.mark.usefixtures("supervisor")
def test_median_and_ninth_tenth_of_many(desk: DeskUnderTest) -> None:
    """Of solutions after 1 to 5 hours the median is 3 hours, and nine of ten took at most 4.6."""
    tickets = [arrives(desk, mail(f"Number {number}")) for number in range(5)]
    for ticket_id in tickets:
        passes(desk, HOUR)
        patch(desk, ticket_id, state="solved")

    solution = report(desk.browser("supervisor"), "times", days(desk))["total"]["solution"]

    assert solution["count"] == 5
    assert solution["median"] == pytest.approx(3 * HOUR, abs=5)
    assert solution["p90"] == pytest.approx(4.6 * HOUR, abs=5)
    assert solution["business_median"] == pytest.approx(3 * HOUR, abs=5)


def test_a_report_of_nothing(desk: DeskUnderTest, supervisor: DeskBrowser) -> None:
    """No ticket, no answer: zeros and nothing, and a row a day."""
    period = days(desk, back=2)

    times = report(supervisor, "times", period)
    said = report(supervisor, "satisfaction", period)

    nothing = {
        "count": 0,
        "median": None,
        "p90": None,
        "business_median": None,
        "business_p90": None,
    }
    assert times["total"] == {"key": "", "first_reply": nothing, "solution": nothing}
    assert len(times["rows"]) == 3
    assert said["total"] == {"key": "", "good": 0, "bad": 0, "score": None}
    assert said["about"]["tickets_read"] == 0


# Satisfaction


def test_what_customers_say_is_counted(desk: DeskUnderTest, supervisor: DeskBrowser) -> None:
    """Good and bad answers by who was responsible then, and the share of good ones."""
    ticket = asked(desk)
    asks(desk)
    link = solve(desk, ticket)
    say(desk, link, "good")
    patch(desk, ticket["id"], assignee_id=user_id(desk, "supervisor"))

    said = report(supervisor, "satisfaction", f"{days(desk)}&by=agent")

    assert said["rows"] == {
        user_id(desk, "agent"): {"key": user_id(desk, "agent"), "good": 1, "bad": 0, "score": 100.0}
    }
    say(desk, link, "bad")
    assert report(supervisor, "satisfaction", days(desk))["total"] == {
        "key": "",
        "good": 0,
        "bad": 1,
        "score": 0.0,
    }


# Who sees what


def test_only_mailboxes_that_one_may_see(desk: DeskUnderTest, supervisor: DeskBrowser) -> None:
    """A supervisor's reports are of their mailboxes; administrator's and auditor's of all."""
    desk.connect(SALES, "agent")
    arrives(desk, mail("Ours"))
    desk.deliver(mail("Theirs", to=SALES), to=SALES)
    period = days(desk, ahead=1) + "&by=mailbox"
    sales, support = desk.mailboxes[SALES], desk.mailboxes[SUPPORT]

    own = report(supervisor, "volumes", period)

    assert {key: row["created"] for key, row in own["rows"].items()} == {support: 1}
    assert (own["total"]["mails_in"], own["about"]["tickets_read"]) == (1, 2)
    hidden = ask(supervisor, "volumes", f"{period}&mailbox_id={sales}")
    assert (hidden.status_code, hidden.json["code"]) == (404, "mailbox.not_found")
    for role in ("administrator", "auditor"):
        everything = report(desk.browser(role), "volumes", period)
        assert set(everything["rows"]) == {sales, support}
        one = report(desk.browser(role), "volumes", f"{period}&mailbox_id={sales}")
        assert {key: row["mails_in"] for key, row in one["rows"].items()} == {sales: 1}
    for role in ("agent", "viewer"):
        assert ask(desk.browser(role), "volumes", period).status_code == 403


# What is asked


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("since=2026-01-02&until=2026-01-01", "report.period_invalid"),
        ("since=2026-01-01&until=2027-01-02", "report.period_invalid"),
        ("since=20260101&until=2026-01-02", "report.period_invalid"),
        ("since=2026-02-30&until=2026-03-01", "report.period_invalid"),
        ("since=0001-01-01&until=0001-01-02", "report.period_invalid"),
        ("since=9999-12-31&until=9999-12-31", "report.period_invalid"),
        ("since=2026-01-01&until=2026-01-02&time_zone=Mars/Base", "report.time_zone_unknown"),
        ("since=2026-01-01&until=2026-01-02&by=name", "request.not_one_of"),
        ("since=2026-01-01", "request.missing_member"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    supervisor: DeskBrowser, query: str, code: str
) -> None:
    """Nothing is read for it."""
    answer = ask(supervisor, "volumes", query)

    assert (answer.status_code, answer.json["code"]) == (400, code)


def test_too_much_is_refused_before_it_is_read(
    desk: DeskUnderTest, supervisor: DeskBrowser
) -> None:
    """A report over more tickets than it reads says so and how to ask for less; it never counts a part."""
    ticket_id = arrives(desk, mail())
    [document] = desk.documents("tickets").values()
    copies = {ids.derived_id(ids.TICKET, "crowd", str(n)): document for n in range(5_000)}
    _write(desk, copies)
    desk.counts.reset()

    refused = ask(supervisor, "times", days(desk))

    assert (refused.status_code, refused.json["code"]) == (400, "report.too_many_tickets")
    params = {"most": 5_000, "narrow": ["mailbox_id", "since", "until"]}
    assert refused.json["params"] == params
    assert desk.counts.reads <= 2 + 6  # the session, and one for each 1,000 that are counted
    _write(desk, dict.fromkeys(list(copies)[:1]))
    whole = report(supervisor, "times", days(desk))
    assert whole["about"]["tickets_read"] == 5_000
    _write(desk, dict.fromkeys(copies))
    assert ticket_id in desk.documents("tickets")


def _write(desk: DeskUnderTest, tickets: dict[str, Any]) -> None:
    """Put tickets, or delete those that are None."""

    def work(tx: Transaction) -> None:
        for id, data in tickets.items():
            tx.delete("tickets", id) if data is None else tx.put("tickets", id, data)

    desk.files["(default)"].transact(work)


# Files


def test_a_report_is_a_file_for_spreadsheets(desk: DeskUnderTest, supervisor: DeskBrowser) -> None:
    """The same rows, names beside ids, a name of its own; whoever may not read gets none."""
    ticket_id = arrives(desk, mail())
    patch(desk, ticket_id, assignee_id=user_id(desk, "agent"))

    answer = ask(supervisor, "volumes.csv", f"{days(desk)}&by=agent")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    today = desk.clock.now().date()
    named = f'attachment; filename="volumes-{today}-{today}.csv"'
    assert answer.headers["Content-Disposition"] == named
    assert answer.data.startswith(b'\xef\xbb\xbf"agent","name","created",')
    [row] = table(supervisor, "volumes", f"{days(desk)}&by=agent")
    assert (row["agent"], row["name"], row["created"]) == (
        user_id(desk, "agent"),
        "Demo Agent",
        "1",
    )
    [row] = table(supervisor, "times", f"{days(desk)}&by=mailbox")
    assert (row["name"], row["first_reply_count"], row["solution_median"]) == (SUPPORT, "0", "")
    assert [row["day"] for row in table(supervisor, "satisfaction", days(desk))] == [str(today)]
    assert ask(supervisor, "other.csv", days(desk)).status_code == 404
    assert ask(desk.browser("viewer"), "times.csv", days(desk)).status_code == 403


def test_a_tag_is_no_formula(desk: DeskUnderTest, supervisor: DeskBrowser) -> None:
    """What people call their tags is text to every spreadsheet."""
    ticket_id = arrives(desk, mail())
    patch(desk, ticket_id, tags=["=1+1"])

    [row] = table(supervisor, "volumes", f"{days(desk)}&by=tag")

    assert row["tag"] == "'=1+1"


def test_an_empty_mailbox_is_named_after_a_disconnect_too(
    desk: DeskUnderTest, supervisor: DeskBrowser
) -> None:
    """A mailbox whose key is destroyed has a row without a name."""
    desk.connect(BILLING)
    desk.app().envelope.destroy(desk.mailboxes[BILLING])
    desk.clock.advance(301)  # type: ignore[attr-defined]

    rows = table(supervisor, "times", f"{days(desk)}&by=mailbox")

    assert {row["name"] for row in rows} == {SUPPORT, ""}
