"""The public pages, the health of mailboxes, and what a bug shows to whom."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import timedelta
from pathlib import Path

import pytest

from shared.services.organisation import public_pages
from tests.conftest import log_file
from tests.desk import BILLING, SALES, SUPPORT, DeskUnderTest, mail
from tests.stopped_clock import StoppedClock


def source_hashes(html: str, tag: str) -> list[str]:
    """Return the CSP sources of a page's inline elements, computed from the page itself."""
    texts = re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", html, re.DOTALL)
    digests = [hashlib.sha256(text.encode()).digest() for text in texts]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


# Public pages

PAGES = ["/", "/privacy", "/privacy/how", "/help", "/api/docs", "/satisfaction/none", "/data"]
ARTICLES = ["/privacy", "/privacy/how", "/help"]


@pytest.mark.parametrize("role", [None, "agent"])
@pytest.mark.parametrize("path", PAGES)
def test_the_policy_fits_the_page(desk: DeskUnderTest, path: str, role: str | None) -> None:
    """The inline style is allowed by its own hash, and nothing else is: no page has a script."""
    answer = desk.browser(role).get(path)

    policy = answer.headers["Content-Security-Policy"]
    [allowed] = re.findall(r"style-src ([^;]+)", policy)
    assert source_hashes(answer.text, "style") == [allowed]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script|\son\w+=|style=|javascript:|<img|<link", answer.text)


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/satisfaction/none"])
def test_a_page_opens_whatever_others_add_to_its_address(desk: DeskUnderTest, path: str) -> None:
    """Networks and mail gateways add parameters to links: a person sees the page all the same."""
    answer = desk.browser().get(f"{path}?lang=ar&utm_source=added&fbclid=twice")

    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert "fbclid" not in answer.text


def test_home_is_the_same_for_everybody(desk: DeskUnderTest) -> None:
    """It says whose desk this is and where to go; who is signed in sees no more than anybody."""
    desk.connect()
    desk.deliver(mail())

    page = desk.browser("agent").get("/").text

    assert page == desk.browser().get("/").text
    assert "<h1><bdi>Example Desk</bdi></h1>" in page
    assert "privacy@example.com" in page
    for link in ("/desk/", "/privacy?lang=en", "/help?lang=en", "?lang=ar"):
        assert f'href="{link}"' in page
    assert "printer" not in page


@pytest.mark.parametrize(
    ("accepted", "lang", "language"),
    [
        ("", "", "en"),
        ("ar-EG, en;q=0.8", "", "ar"),
        ("de, fr", "", "en"),
        ("ar", "?lang=en", "en"),
        ("en", "?lang=ar", "ar"),
    ],
)
@pytest.mark.parametrize("path", ["/", *ARTICLES])
def test_a_page_speaks_as_asked(
    desk: DeskUnderTest, path: str, accepted: str, lang: str, language: str
) -> None:
    """What the address says wins over what the browser likes; the other language is one link away."""
    answer = desk.browser().get(path + lang, accept_language=accepted)

    direction, other = ("rtl", "en") if language == "ar" else ("ltr", "ar")
    assert f'<html lang="{language}" dir="{direction}">' in answer.text
    assert f'hreflang="{other}" href="?lang={other}"' in answer.text
    assert answer.headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize("path", ["/?lang=fr", "/privacy?lang=", "/help?lang=en&lang=ar"])
def test_a_language_that_is_none_is_refused(desk: DeskUnderTest, path: str) -> None:
    """Only the two languages are known, and each once."""
    assert desk.browser().get(path).status_code == 400


@pytest.mark.parametrize("path", ARTICLES)
def test_sections_can_be_linked_to_in_both_languages(desk: DeskUnderTest, path: str) -> None:
    """Each section of a long page has an id, the same in English and Arabic."""
    english, arabic = (
        re.findall(r"<h2(?: id=\"(\w+)\")?>", desk.browser().get(f"{path}?lang={lang}").text)
        for lang in ("en", "ar")
    )

    assert english == arabic
    assert all(english)
    assert len(set(english)) == len(english) > 3


@pytest.mark.parametrize("name", ["data.json", "public.json", "satisfaction.json"])
def test_the_words_of_public_pages_are_in_both_languages(name: str) -> None:
    """Both languages have the same words, in the same order, and none is empty."""
    english, arabic = (public_pages.texts(name)[lang] for lang in ("en", "ar"))

    assert list(english) == list(arabic)
    assert all(english.values())
    assert all(arabic.values())


@pytest.mark.parametrize(
    "raw",
    [b"Subject: \xff\xfe\x80\r\n", b"Subject: =?utf-8?q?=ED=A0=80?=\r\n", b"Subject: a\x00b\r\n"],
)
def test_a_subject_that_is_no_text_breaks_no_list(desk: DeskUnderTest, raw: bytes) -> None:
    """Bytes of no charset, a lone surrogate or NUL are answered somehow, in the list and alone."""
    desk.connect()
    desk.deliver(raw + b"From: nora@customers.example.net\r\nTo: support@example.com\r\n\r\nx\r\n")
    agent = desk.browser("agent")
    [ticket] = desk.tickets()

    assert agent.get("/api/tickets/").status_code == 200
    assert agent.get(f"/api/tickets/{ticket['id']}").status_code == 200


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
    assert row["health"]["received_at"] is None
    desk.deliver(mail())
    row = desk.browser("administrator").get(f"/api/admin/mailboxes/{mailbox_id}").json
    assert row["health"]["received_at"] == "2026-01-05T09:00:00.000Z"


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
