"""Reading what a mail says: from the cache or from Gmail, never without a trace, never able to act."""

from __future__ import annotations

import base64
import json
import re
from email.message import EmailMessage
from typing import Any

import pytest

from tests.desk import SUPPORT, DeskUnderTest, mail
from tests.stopped_clock import StoppedClock

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HOSTILE = """<html><head><meta http-equiv="refresh" content="0;url=https://evil.example.net">
<base href="https://evil.example.net/"><style>@import url(https://evil.example.net/x.css)</style></head>
<body onload="alert(1)">Hello <b>there</b><script>alert(document.cookie)</script>
<img src="cid:logo"><img src="cid:unknown"><img src="https://evil.example.net/pixel.gif">
<img src=x onerror=alert(1)><svg onload=alert(1)></svg><iframe src="https://evil.example.net"></iframe>
<a href="javascript:alert(1)">one</a><a href="https://customers.example.net/">two</a>
<a href="data:text/html,<script>alert(1)</script>">three</a>
<form action="https://evil.example.net"><input name=password></form>
<div style="background:url(https://evil.example.net/x)">four</div>
<link rel=stylesheet href=https://evil.example.net/x.css><object data=x></object>
<math><mtext></body></html>"""


def rich_mail() -> bytes:
    """Return a mail with hostile HTML, an inline image, and attachments of three kinds."""
    message = EmailMessage()
    message["From"] = "Nora Lind <nora@customers.example.net>"
    message["To"] = SUPPORT
    message["Subject"] = "Rich"
    message.set_content("Hello there")
    message.add_alternative(HOSTILE, subtype="html")
    html = message.get_payload()[1]
    html.add_related(PNG, "image", "png", cid="<logo>", filename="logo.png")
    message.add_attachment(b"<script>alert(1)</script>", "text", "html", filename="page.html")
    message.add_attachment(SVG, "image", "svg+xml", filename="drawing.svg")
    message.add_attachment(b"no image", "image", "png", filename='فاتورة "1"; ..\\x.png')
    return message.as_bytes()


def message_of(desk: DeskUnderTest) -> dict[str, Any]:
    """Return the one message of the one ticket, as its page shows it."""
    [ticket] = desk.tickets()
    view = desk.browser("supervisor").get(f"/api/tickets/{ticket['id']}").json
    [message] = view["messages"]
    return dict(message)


@pytest.fixture
def message(desk: DeskUnderTest) -> dict[str, Any]:
    """Let a plain mail arrive and give its message."""
    desk.connect()
    desk.deliver(mail())
    return message_of(desk)


@pytest.fixture
def rich(desk: DeskUnderTest) -> dict[str, Any]:
    """Let the rich mail arrive and give its message."""
    desk.connect()
    desk.deliver(rich_mail())
    return message_of(desk)


def fetched(desk: DeskUnderTest) -> int:
    """Return how often Gmail was asked for a message."""
    return desk.sandbox.calls().get("messages.get", 0)


def reads(desk: DeskUnderTest) -> list[dict[str, Any]]:
    """Return the audit entries of content that was read."""
    desk.settle()
    return [entry for entry in desk.audit() if entry["action"] == "content.read"]


# The body


def test_a_body_comes_from_the_cache_while_it_lasts(
    desk: DeskUnderTest, message: dict[str, Any]
) -> None:
    """For 24 hours Gmail is not asked again; then it is, once, and the answer is the same."""
    assert isinstance(desk.clock, StoppedClock)
    before = fetched(desk)

    first = desk.browser("agent").get(message["body_url"])
    desk.clock.advance(24 * 3600 - 1)
    second = desk.browser("agent").get(message["body_url"])
    assert fetched(desk) == before
    desk.clock.advance(1)
    third = desk.browser("agent").get(message["body_url"])
    fourth = desk.browser("agent").get(message["body_url"])

    assert fetched(desk) == before + 1
    assert first.json == second.json == third.json == fourth.json
    assert first.json["text"].strip() == "Please send somebody."
    assert first.json["has_html"] is False


def test_a_message_deleted_in_gmail_is_gone(desk: DeskUnderTest, message: dict[str, Any]) -> None:
    """After the cache expired there is nothing left to show, and the answer says that it is Gmail's."""
    [gmail_id] = [m["id"] for m in desk.sandbox.messages(SUPPORT)]
    desk.sandbox.act(SUPPORT, "delete", gmail_id)
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(24 * 3600)

    answer = desk.browser("agent").get(message["body_url"])

    assert (answer.status_code, answer.json["code"]) == (404, "content.gone_from_gmail")


@pytest.mark.parametrize(
    ("fault", "options", "status", "code"),
    [
        ("too_many_requests", {}, 429, "gmail.throttled"),
        ("status", {"status": 503}, 503, "gmail.unavailable"),
        ("html", {"status": 502}, 503, "gmail.unavailable"),
        ("forbidden", {"reason": "rateLimitExceeded"}, 429, "gmail.throttled"),
    ],
)
def test_gmails_troubles_are_told_apart(
    desk: DeskUnderTest,
    message: dict[str, Any],
    fault: str,
    options: dict[str, Any],
    status: int,
    code: str,
) -> None:
    """Too many requests is 429 and an outage 503, each with when to try again."""
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(24 * 3600)
    desk.sandbox.plant("messages.get", fault, times=None, **options)

    answer = desk.browser("agent").get(message["body_url"])

    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_mailbox_without_its_grant_says_so(desk: DeskUnderTest, message: dict[str, Any]) -> None:
    """What Google does not give any more is 409, so that an administrator knows what to do."""
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(24 * 3600)
    desk.sandbox.revoke_grant(SUPPORT)

    answer = desk.browser("agent").get(message["body_url"])

    assert (answer.status_code, answer.json["code"]) == (409, "mailbox.needs_reauth")


# The trace


def test_reading_leaves_one_event_in_ten_minutes(desk: DeskUnderTest, rich: dict[str, Any]) -> None:
    """However much of a ticket one looks at, the log has one event, and after ten minutes another."""
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(599)  # whatever the clock says, ten minutes begin with the first look
    agent = desk.browser("agent")

    agent.get(rich["body_url"])
    desk.clock.advance(300)
    agent.get(f"{rich['body_url']}/frame", sec_fetch_dest="iframe")
    agent.get(rich["attachments"][0]["url"])
    desk.clock.advance(299)
    agent.get(rich["body_url"])
    assert len(reads(desk)) == 1
    desk.clock.advance(1)
    agent.get(rich["body_url"])

    assert len(reads(desk)) == 2
    assert {entry["target"]["type"] for entry in reads(desk)} == {"ticket"}


def test_each_person_session_and_ticket_has_its_own_event(desk: DeskUnderTest) -> None:
    """Another person, another browser of the same person, and another ticket are other events."""
    desk.connect()
    desk.deliver(mail("One"))
    desk.deliver(mail("Two", sender="Omar <omar@elsewhere.example.org>"))
    one, two = desk.documents("messages")
    agent = desk.browser("agent")

    for browser in (agent, desk.browser("agent"), desk.browser("viewer")):
        browser.get(f"/api/content/messages/{one}")
    agent.get(f"/api/content/messages/{two}")

    assert len(reads(desk)) == 4


def test_no_content_without_its_trace(desk: DeskUnderTest, message: dict[str, Any]) -> None:
    """Where the event cannot be committed, nothing is shown."""
    agent = desk.browser("agent")
    store = desk.desk.stores["(default)"]
    desk.desk.app("content").store._inner = _ReadOnly(store)  # type: ignore[attr-defined]

    answer = agent.get(message["body_url"])

    assert answer.status_code == 503
    assert b"send somebody" not in answer.data


class _ReadOnly:
    """A store whose commits fail, as Firestore's do in an outage."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.get, self.get_all, self.query = inner.get, inner.get_all, inner.query

    def transact(self, _work: object) -> None:
        from shared.errors import Unavailable

        raise Unavailable("store.unavailable")


# The frame


def test_the_frame_carries_exactly_its_policy(desk: DeskUnderTest, rich: dict[str, Any]) -> None:
    """Nothing runs and nothing loads but our own images; only our own page may frame it."""
    answer = desk.browser("agent").get(f"{rich['body_url']}/frame", sec_fetch_dest="iframe")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'; "
        "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    )
    assert len(answer.headers.getlist("Content-Security-Policy")) == 1
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("destination", [None, "document", "empty", "object", "embed", "frame"])
def test_the_frame_is_refused_outside_of_a_frame(
    desk: DeskUnderTest, rich: dict[str, Any], destination: str | None
) -> None:
    """Opened as a page of its own, mail would be a page of ours."""
    answer = desk.browser("agent").get(f"{rich['body_url']}/frame", sec_fetch_dest=destination)

    assert (answer.status_code, answer.json["code"]) == (403, "content.frame_only")
    assert reads(desk) == []


def test_hostile_html_is_inert(desk: DeskUnderTest, rich: dict[str, Any]) -> None:
    """No script, handler, form, frame, style sheet or foreign address is left; the text is."""
    html = desk.browser("agent").get(f"{rich['body_url']}/frame", sec_fetch_dest="iframe").text
    body = html.partition("<body")[2]

    assert "<b>there</b>" in body
    assert 'href="https://customers.example.net/"' in body
    lower = body.lower()
    for trace in (
        "evil.example.net",
        "<script",
        "onerror",
        "onload",
        "javascript:",
        "<iframe",
        "<form",
        "<input",
        "<svg",
        "<object",
        "<link",
        "<meta",
        "<base",
        "@import",
        "url(",
        "data:text",
        "alert(",
    ):
        assert trace not in lower, trace
    assert re.findall(r'rel="([^"]*)"', body) == ["noopener noreferrer nofollow"] * body.count(
        "<a "
    )


def test_an_inline_image_is_shown_through_us(desk: DeskUnderTest, rich: dict[str, Any]) -> None:
    """cid: becomes our own address, which gives the image; an unknown one becomes nothing."""
    agent = desk.browser("agent")
    html = agent.get(f"{rich['body_url']}/frame", sec_fetch_dest="iframe").text

    sources = re.findall(r'<img[^>]*src="([^"]*)"', html)
    [source] = sources
    image = agent.get(source)

    assert source.startswith("/api/content/attachments/")
    assert (image.status_code, image.headers["Content-Type"], image.data) == (200, "image/png", PNG)
    assert "cid:" not in html


def test_a_plain_mail_is_framed_as_escaped_text(desk: DeskUnderTest) -> None:
    """Text that looks like HTML stays text, and each paragraph finds its own direction."""
    desk.connect()
    desk.deliver(mail(text="<script>alert(1)</script>\n\nمرحبا"))

    html = (
        desk.browser("agent")
        .get(f"{message_of(desk)['body_url']}/frame", sec_fetch_dest="iframe")
        .text
    )

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert '<div dir="auto">مرحبا' in html


# Attachments


def test_an_attachment_can_only_be_saved(desk: DeskUnderTest, rich: dict[str, Any]) -> None:
    """HTML, SVG and what only claims to be an image are downloads of no type, whatever they say."""
    files = {row["name"]: row["url"] for row in rich["attachments"]}
    agent = desk.browser("agent")

    for name, url in files.items():
        if name == "logo.png":
            continue
        answer = agent.get(url)

        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert agent.get(files["page.html"]).data.strip() == b"<script>alert(1)</script>"


def test_a_name_cannot_leave_its_header(desk: DeskUnderTest, rich: dict[str, Any]) -> None:
    """Quotes, separators and Arabic letters travel percent-encoded (RFC 8187)."""
    [url] = [row["url"] for row in rich["attachments"] if "فاتورة" in row["name"]]

    disposition = desk.browser("agent").get(url).headers["Content-Disposition"]

    assert re.fullmatch(r"attachment; filename\*=UTF-8''[A-Za-z0-9%._~-]+", disposition)


def test_a_real_image_may_be_shown(desk: DeskUnderTest, rich: dict[str, Any]) -> None:
    """A raster image by its own first bytes is given inline with its type."""
    [url] = [row["url"] for row in rich["attachments"] if row["name"] == "logo.png"]

    answer = desk.browser("agent").get(url)

    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("inline;")


@pytest.mark.parametrize("part", ["99", "0", "1.1.1.1", "x", "1"])
def test_a_part_that_is_no_attachment(desk: DeskUnderTest, rich: dict[str, Any], part: str) -> None:
    """Only what the ticket lists as an attachment can be fetched."""
    known = {row["part"] for row in rich["attachments"]}
    assert part not in known

    answer = desk.browser("agent").get(f"/api/content/attachments/{rich['id']}/{part}")

    assert (answer.status_code, answer.json["code"]) == (404, "attachment.not_found")


def test_nothing_readable_is_kept_of_a_mail(desk: DeskUnderTest, rich: dict[str, Any]) -> None:
    """After everything was read, the store holds no subject, address, text, name or token in the clear."""
    agent = desk.browser("agent")
    agent.get(rich["body_url"])
    for row in rich["attachments"]:
        agent.get(row["url"])
    desk.settle()

    everything = json.dumps(
        [list(file.dump()) for file in desk.files.values()], default=str, ensure_ascii=False
    )

    for canary in (
        "Rich",
        "nora@customers",
        "Nora Lind",
        "Hello there",
        "drawing.svg",
        "فاتورة",
        SUPPORT,
        agent.cookies.partition("=")[2],
        desk.people["agent"][1],
    ):
        assert canary not in everything, canary
