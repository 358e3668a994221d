"""The server-rendered pages, the health of mailboxes, and what a bug shows to whom."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import timedelta
from email.header import Header
from pathlib import Path

import pytest

from tests.conftest import log_file
from tests.desk import BILLING, SALES, SUPPORT, DeskUnderTest, mail
from tests.stopped_clock import StoppedClock


def source_hashes(html: str, tag: str) -> list[str]:
    """Return the CSP sources of a page's inline elements, computed from the page itself."""
    texts = re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", html, re.DOTALL)
    digests = [hashlib.sha256(text.encode()).digest() for text in texts]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


# Home


@pytest.mark.parametrize("role", [None, "agent", "auditor"])
def test_the_policy_fits_the_page(desk: DeskUnderTest, role: str | None) -> None:
    """Each inline style and script is allowed by its own hash, and nothing else is."""
    answer = desk.browser(role).get("/")

    policy = answer.headers["Content-Security-Policy"]
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        [allowed] = re.findall(rf"{directive} ([^;]+)", policy)
        assert source_hashes(answer.text, tag) == [allowed]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\son\w+=|style=|javascript:", answer.text)


def test_somebody_unknown_sees_the_sign_in(desk: DeskUnderTest) -> None:
    """Without a session there is a form and no ticket."""
    desk.connect()
    desk.deliver(mail())

    page = desk.browser().get("/").text

    assert 'id="sign-in"' in page
    assert "printer" not in page


def test_a_member_sees_their_tickets_and_nobody_elses(desk: DeskUnderTest) -> None:
    """The list of the home page is the list of the API."""
    desk.connect(SUPPORT)
    desk.connect(BILLING)
    desk.deliver(mail("For support"))
    desk.deliver(mail("For billing", to=BILLING), to=BILLING)

    agent, supervisor = (desk.browser(role).get("/").text for role in ("agent", "supervisor"))

    assert "For support" in agent
    assert "For billing" not in agent
    assert "For billing" in supervisor
    assert "Nora Lind" in agent


def test_a_role_without_tickets_is_told_so(desk: DeskUnderTest) -> None:
    """An auditor reads the log and no mail."""
    assert "reads no tickets" in desk.browser("auditor").get("/").text


HOSTILE = [
    "<script>alert(1)</script>",
    "</span></td></table><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "</script><script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnp.exe",
    "مرحبا <b>بكم</b>",
]


@pytest.mark.parametrize("subject", HOSTILE)
def test_a_hostile_subject_is_only_text(desk: DeskUnderTest, subject: str) -> None:
    """Whatever a mail calls itself or its sender, the page shows it escaped, in its own direction."""
    desk.connect()
    name = Header(subject, "utf-8").encode()
    desk.deliver(mail(subject, sender=f"{name} <nora@customers.example.net>"))

    answer = desk.browser("agent").get("/")

    row = answer.text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert answer.status_code == 200
    assert set(re.findall(r"<(\w+)", row)) == {"tr", "td", "bdi", "span", "time"}
    assert not re.search(r"<[^>]*\son\w+\s*=", row)
    assert "{{ 7 * 7 }}" in row or "7 * 7" not in subject
    assert row.count('dir="auto"') == 2


@pytest.mark.parametrize(
    "raw",
    [b"Subject: \xff\xfe\x80\r\n", b"Subject: =?utf-8?q?=ED=A0=80?=\r\n", b"Subject: a\x00b\r\n"],
)
def test_a_subject_that_is_no_text_breaks_no_page(desk: DeskUnderTest, raw: bytes) -> None:
    """Bytes of no charset, a lone surrogate or NUL are shown somehow, on every page."""
    desk.connect()
    desk.deliver(raw + b"From: nora@customers.example.net\r\nTo: support@example.com\r\n\r\nx\r\n")
    agent = desk.browser("agent")
    [ticket] = desk.tickets()

    assert agent.get("/").status_code == 200
    assert agent.get(f"/api/tickets/{ticket['id']}").status_code == 200


def test_older_tickets_are_one_link_away(desk: DeskUnderTest) -> None:
    """Beyond 50 tickets the page links to the next ones."""
    desk.connect()
    for number in range(51):
        desk.sandbox.deliver(SUPPORT, mail(f"Number {number}"))
    desk.settle()
    agent = desk.browser("agent")

    first = agent.get("/").text
    [link] = re.findall(r'href="(/\?cursor=[^"]+)"', first)
    second = agent.get(link.replace("&amp;", "&")).text

    assert first.count('class="code"') == 50
    assert second.count('class="code"') == 1
    assert "?cursor=" not in second


# The health of mailboxes


def health(desk: DeskUnderTest, mailbox_id: str) -> list[str]:
    """Return a mailbox's problems as an administrator sees them."""
    row = desk.browser("administrator").get(f"/api/admin/mailboxes/{mailbox_id}").json
    problems: list[str] = row["health"]["problems"]
    return problems


def test_a_working_mailbox_has_no_problems(desk: DeskUnderTest) -> None:
    """It shows its address, state, watch and cursor."""
    mailbox_id = desk.connect()

    row = desk.browser("administrator").get(f"/api/admin/mailboxes/{mailbox_id}").json

    assert (row["address"], row["state"]) == (SUPPORT, "active")
    assert row["health"]["problems"] == []
    assert row["health"]["cursor_at"] == "2026-01-05T09:00:00.000Z"


def test_a_watch_that_ends_is_announced_two_days_before(desk: DeskUnderTest) -> None:
    """First that it ends soon, then that it has ended; a renewal mends both."""
    mailbox_id = desk.connect()
    assert isinstance(desk.clock, StoppedClock)
    expires = desk.documents("mailboxes")[mailbox_id]["watch_expires_at"]
    left = expires - desk.clock.now()

    desk.clock.advance((left - timedelta(hours=48)).total_seconds())
    assert health(desk, mailbox_id) == []
    desk.clock.advance(1)
    assert health(desk, mailbox_id) == ["mailbox.watch_expires_soon"]
    desk.clock.advance(48 * 3600)
    assert health(desk, mailbox_id) == ["mailbox.watch_expired"]


def test_a_lost_grant_is_a_problem(desk: DeskUnderTest) -> None:
    """Who administers learns that the owner must connect again, and why."""
    mailbox_id = desk.connect()
    desk.sandbox.revoke_grant(SUPPORT)
    desk.settle()
    desk.tick("poll_mailboxes")

    row = desk.browser("administrator").get(f"/api/admin/mailboxes/{mailbox_id}").json

    assert row["state"] == "needs_reauth"
    assert row["health"]["problems"] == ["mailbox.needs_reauth"]
    assert row["health"]["last_error"]


def test_mailboxes_are_listed_in_pages(desk: DeskUnderTest) -> None:
    """Following `next` shows each mailbox once."""
    for address in (SUPPORT, SALES, BILLING):
        desk.connect(address)
    administrator = desk.browser("administrator")

    first = administrator.get("/api/admin/mailboxes?limit=2").json
    second = administrator.get(f"/api/admin/mailboxes?limit=2&cursor={first['next']}").json

    rows = [*first["items"], *second["items"]]
    assert {row["address"] for row in rows} == {SUPPORT, SALES, BILLING}
    assert len(rows) == 3
    assert second["next"] is None


# A bug


def test_a_bug_is_answered_without_detail(desk: DeskUnderTest, tmp_path: Path) -> None:
    """500 with an id and nothing else; the log has where it happened, and not what it said."""
    agent = desk.browser("agent")
    secret = "nora@customers.example.net said <hello>"

    def broken(*_: object) -> None:
        raise KeyError(secret)

    desk.desk.app("tickets").store.query = broken  # type: ignore[method-assign]
    desk.connect()

    answer = agent.get("/api/tickets/")

    assert answer.status_code == 500
    request_id = answer.json["request_id"]
    assert answer.json == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "code": "internal",
        "params": {},
        "request_id": request_id,
    }
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    lines = log_file(tmp_path).read_text("utf-8").splitlines()
    [line] = [line for line in lines if request_id in line and "request.failed" in line]
    assert "KeyError" in line
    assert "test_pages.py" in line
    assert "nora" not in line
    assert "hello" not in line
