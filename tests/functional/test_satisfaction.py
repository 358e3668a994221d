"""Customers say how they were helped, by a signed link that a GET never uses up."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from shared.domain import satisfaction
from tests.desk import URL, DeskBrowser, DeskUnderTest, mail
from tests.rating import asks, link_in, say, solve
from tests.replying import asked, draft, passes, queue, received

DAY = 86_400


def shown(browser: DeskBrowser, ticket: dict[str, Any]) -> TestResponse:
    """Return what an agent sees of the answer."""
    return browser.get(f"/api/tickets/{ticket['id']}/rating")


def rated(desk: DeskUnderTest) -> list[dict[str, Any]]:
    """Return the audit entries of answers."""
    desk.settle()
    return [entry for entry in desk.audit() if entry["action"] == "ticket.rated"]


@pytest.fixture
def ticket(desk: DeskUnderTest) -> dict[str, Any]:
    """Let a customer ask in a mailbox that wants to know how its customers were helped."""
    ticket = asked(desk)
    asks(desk)
    return ticket


# The link


def test_a_reply_that_solves_brings_the_link(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """The mail that solves asks, as text and as HTML; one that does not solve asks nothing."""
    agent = desk.browser("agent")
    queue(agent, draft(agent, ticket, html="<p>We look</p>"), ticket["conversation"])
    passes(desk)
    assert link_in(desk) == ""

    path = solve(desk, ticket, html="<p>It is <b>done</b></p>")

    page = desk.browser().get(path)
    assert page.status_code == 200
    assert ticket["code"] in page.text
    html = received(desk)[-1].get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert f'href="{URL}{path}"' in html
    assert "<b>done</b>" in html


def test_a_mailbox_that_does_not_ask_sends_no_link(desk: DeskUnderTest) -> None:
    """Without the setting a reply that solves is as any other."""
    assert solve(desk, asked(desk)) == ""


def test_the_page_shows_nothing_of_the_ticket(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """Who holds the link learns the code, no subject, no name, no address, and no agent."""
    path = solve(desk, ticket)
    say(desk, path, "bad", "The ink is blue")

    page = desk.browser().get(path)

    for secret in ("printer", "Nora", "nora", "customers.example.net", "agent", "blue", "solved"):
        assert secret not in page.text
    assert "script" not in page.text.replace("script-src", "")
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("accepted", "language", "direction"),
    [
        ("ar-EG,ar;q=0.9,en;q=0.5", "ar", "rtl"),
        ("en;q=0.5,ar;q=0.9", "ar", "rtl"),
        ("de,en;q=0.7", "en", "ltr"),
        ("ar;q=0", "en", "ltr"),
        ("ar;q=much", "en", "ltr"),
        ("", "en", "ltr"),
    ],
)
def test_the_page_speaks_the_browsers_language(
    desk: DeskUnderTest,
    ticket: dict[str, Any],
    accepted: str,
    language: str,
    direction: str,
) -> None:
    """English or Arabic, right to left, as the browser asks."""
    page = desk.browser().get(solve(desk, ticket), accept_language=accepted)

    assert f'<html lang="{language}" dir="{direction}">' in page.text


def test_a_look_changes_nothing(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """Programs that open every link of a mail neither answer nor use it up."""
    path = solve(desk, ticket)
    desk.counts.reset()

    for _ in range(3):
        assert desk.browser().get(path).status_code == 200
        assert desk.browser().send("HEAD", path).status_code == 200

    assert desk.counts.writes == 0
    assert shown(desk.browser("agent"), ticket).json["code"] == "rating.not_found"
    assert rated(desk) == []


@pytest.mark.parametrize("change", ["ticket", "end", "mac", "short", "other customer"])
def test_a_link_that_we_did_not_make_is_none(
    desk: DeskUnderTest, ticket: dict[str, Any], change: str
) -> None:
    """Another ticket, a later end, another MAC: 404 for all, and nothing is kept."""
    path = solve(desk, ticket)
    ticket_id, ends, mac = path.removeprefix("/satisfaction/").split(".")
    if change == "other customer":
        app = desk.app()
        app.store.transact(
            lambda tx: tx.update("tickets", ticket_id, {"customer_id": "c_" + "0" * 26})
        )
    forged = {
        "ticket": ("t_" + "0" * 26, ends, mac),
        "end": (ticket_id, str(int(ends) + 1), mac),
        "mac": (ticket_id, ends, "0" * 26),
        "short": (ticket_id, ends, mac[:-1]),
        "other customer": (ticket_id, ends, mac),
    }[change]

    for answer in (
        desk.browser().get(f"/satisfaction/{'.'.join(forged)}"),
        say(desk, f"/satisfaction/{'.'.join(forged)}"),
    ):
        assert answer.status_code == 404
        assert "not valid" in answer.text
        assert ticket["code"] not in answer.text
    assert rated(desk) == []


# Answers


def test_a_customer_answers(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """The rating stands on the ticket, the comment is sealed, and one event without content tells it."""
    path = solve(desk, ticket)

    answer = say(desk, path, "bad", "Too late,\r\nsadly.")

    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert "Not good" in desk.browser().get(path).text
    [row] = desk.tickets()
    assert (row["rating"], row["state"]) == ("bad", "solved")
    view = shown(desk.browser("agent"), ticket).json
    assert (view["rating"], view["comment"]) == ("bad", "Too late,\nsadly.")
    [entry] = rated(desk)
    assert entry["actor"]["type"] == "anonymous"
    assert entry["target"]["id"] == ticket["id"]
    assert {"field": "rating", "before": None, "after": "bad"} in entry["changes"]
    assert "sadly" not in str([desk.documents("ratings"), desk.audit(), desk.documents("changes")])


def test_the_same_answer_twice_is_one(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """A form that is sent again changes nothing and is no second event."""
    path = solve(desk, ticket)

    say(desk, path, "good", "Thanks")
    say(desk, path, "good", "Thanks")
    say(desk, path, "good")

    assert len(rated(desk)) == 1
    assert shown(desk.browser("agent"), ticket).json["comment"] == "Thanks"


def test_an_answer_can_be_changed_for_seven_days(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Until then the last one counts, and each is in the log; after that the page says that it is over."""
    path = solve(desk, ticket)
    say(desk, path, "bad", "No")
    passes(desk, 6 * DAY)
    assert say(desk, path, "good", "Yes, after all").status_code == 303
    passes(desk, DAY)

    late = say(desk, path, "bad")

    assert late.status_code == 409
    assert "no longer" in late.text
    assert "<form" not in desk.browser().get(path).text
    view = shown(desk.browser("agent"), ticket).json
    assert (view["rating"], view["comment"]) == ("good", "Yes, after all")
    changes = [entry["changes"][0] for entry in rated(desk)]
    assert [(c["before"], c["after"]) for c in changes] == [(None, "bad"), ("bad", "good")]


def test_a_link_ends_after_thirty_days(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """Who waited too long is thanked, and nothing is kept."""
    path = solve(desk, ticket)
    passes(desk, satisfaction.LINK_LIVES.total_seconds())

    assert "<form" not in desk.browser().get(path).text
    assert say(desk, path).status_code == 409
    assert rated(desk) == []


def test_a_ticket_that_is_solved_again_asks_again(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """The newer link begins anew and ends the older one."""
    first = solve(desk, ticket)
    say(desk, first, "bad", "Not yet")
    passes(desk, DAY)
    second = solve(desk, ticket)
    assert second != first

    assert say(desk, second, "good").status_code == 303

    assert say(desk, first, "bad").status_code == 409
    view = shown(desk.browser("agent"), ticket).json
    assert (view["rating"], view["comment"]) == ("good", "")


def test_a_comment_has_an_end(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """2,000 characters of any script fit, one more is told on the page, control characters go."""
    path = solve(desk, ticket)

    refused = say(desk, path, "good", "ش" * 2_001)

    assert refused.status_code == 400
    assert "too long" in refused.text
    assert "<form" in refused.text
    assert say(desk, path, "good", "😀" * 2_000).status_code == 303
    assert say(desk, path, "good", "a\x00\x1bb").status_code == 303
    assert shown(desk.browser("agent"), ticket).json["comment"] == "ab"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"rating=best", "request.not_one_of"),
        (b"comment=hello", "request.missing_member"),
        (b"rating=good&rating=bad", "request.malformed_form"),
        (b"rating=good&more=1", "request.unknown_member"),
        (b"rating=good&comment=%ff", "request.malformed_form"),
        ("rating=good&comment=ä".encode(), "request.malformed_form"),
        (b"", "request.missing_member"),
        (b"rating=good&comment=" + b"a" * 70_000, "request.too_large"),
    ],
)
def test_what_no_form_of_ours_sends_is_refused(
    desk: DeskUnderTest, ticket: dict[str, Any], body: bytes, code: str
) -> None:
    """Nothing is kept of it."""
    path = solve(desk, ticket)

    answer = desk.browser().send(
        "POST", path, body, content_type="application/x-www-form-urlencoded"
    )

    assert answer.json["code"] == code
    assert rated(desk) == []


def test_only_our_own_page_answers(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """Another site's form, and one that is sent as something else, change nothing; an old browser may."""
    path = solve(desk, ticket)

    foreign = say(desk, path, sec_fetch_site="cross-site", origin="https://elsewhere.example.net")
    plain = say(desk, path, content_type="text/plain")
    old = say(desk, path, "bad", sec_fetch_site=None)

    assert (foreign.status_code, foreign.json["code"]) == (403, "request.cross_origin")
    assert (plain.status_code, plain.json["code"]) == (400, "request.form_expected")
    assert old.status_code == 303
    assert len(rated(desk)) == 1


def test_answers_are_throttled(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """Of one link at most twenty in a quarter of an hour; the page says to come back."""
    path = solve(desk, ticket)
    for number in range(20):
        assert say(desk, path, comment=f"Number {number}").status_code == 303

    refused = say(desk, path, "bad")

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "quarter of an hour" in refused.text
    passes(desk, 901)
    assert say(desk, path, "bad").status_code == 303


def test_an_answer_of_a_merged_ticket_is_the_others(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """The link goes on working after a merge, for the ticket that is left."""
    path = solve(desk, ticket)
    desk.deliver(mail("Another", sender="Nora Lind <nora@customers.example.net>"))
    supervisor = desk.browser("supervisor")
    rows = {row["subject"]: row for row in desk.tickets()}
    other, mine = rows["Another"], rows["The printer is on fire"]
    merged = supervisor.send(
        "POST",
        f"/api/tickets/{other['id']}/merge",
        {"source_id": mine["id"], "source_version": mine["version"]},
        if_match=f'"{other["version"]}"',
    )
    assert merged.status_code == 200, merged.data

    assert say(desk, path, "good").status_code == 303

    assert other["code"] in desk.browser().get(path).text
    assert shown(supervisor, other).json["rating"] == "good"
