"""Remote images: fetched by the desk after a click, for who may read the mail, and nothing but images."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from werkzeug.test import TestResponse

from shared import ids
from shared.domain.people import USERS
from shared.services.reading.remote_images import MAX_BYTES, MAX_IMAGES
from tests.desk import SUPPORT, DeskBrowser, DeskUnderTest
from tests.stopped_clock import StoppedClock
from tests.stranger import Stranger, stranger

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def server() -> Iterator[Stranger]:
    """Run a stranger's server with a picture."""
    with stranger() as running:
        running.answer("/a.png", body=PNG, Content_Type="text/html", Set_Cookie="t=1")
        yield running


def _mail(markup: str) -> bytes:
    message = EmailMessage()
    message["From"] = "Nora Lind <nora@customers.example.net>"
    message["To"] = SUPPORT
    message["Subject"] = "Pictures"
    message.set_content("Pictures")
    message.add_alternative(f"<html><body>{markup}</body></html>", subtype="html")
    return message.as_bytes()


def _delivered(desk: DeskUnderTest, markup: str, to: str = SUPPORT) -> str:
    """Let a mail arrive and return its message's path."""
    desk.connect(to)
    before = set(desk.documents("messages"))
    desk.deliver(_mail(markup), to=to)
    [id] = set(desk.documents("messages")) - before
    return f"/api/content/messages/{id}"


def _frame(browser: DeskBrowser, path: str, query: str = "?images=1") -> str:
    answer = browser.get(f"{path}/frame{query}", sec_fetch_dest="iframe")
    assert answer.status_code == 200, answer.data
    return answer.text


def _sources(browser: DeskBrowser, path: str, query: str = "?images=1") -> list[str]:
    found = re.findall(r'<img[^>]*\bsrc="([^"]*)"', _frame(browser, path, query))
    return [html.unescape(source) for source in found]


def _shown(desk: DeskUnderTest, server: Stranger, path: str = "/a.png") -> TestResponse:
    agent = desk.browser("agent")
    [source] = _sources(agent, _delivered(desk, f'<img src="{server.url}{path}">'))
    return agent.get(source, sec_fetch_dest="image")


def test_nothing_is_fetched_before_the_click(desk: DeskUnderTest, server: Stranger) -> None:
    """Opening a mail tells the sender nothing; that it has such images is said, for the page's button."""
    path = _delivered(desk, f'<p>Hello</p><img src="{server.url}/a.png">')
    agent = desk.browser("agent")

    view = agent.get(path).json
    sources = _sources(agent, path, "")

    assert view["remote_images"] is True
    assert sources == []
    assert server.asked == []


def test_a_mail_without_remote_images_offers_none(desk: DeskUnderTest) -> None:
    """An image that came along, or none, is no reason for the button."""
    path = _delivered(desk, '<img src="cid:logo"><a href="https://example.net/">a link</a>')

    assert desk.browser("agent").get(path).json["remote_images"] is False


def test_after_the_click_the_desk_fetches_the_image(desk: DeskUnderTest, server: Stranger) -> None:
    """The image comes from our address, as what its bytes are, with nothing of the stranger's answer."""
    answer = _shown(desk, server, "/a.png?who=agent&x=1")

    assert (answer.status_code, answer.data) == (200, PNG)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, max-age=86400, immutable"
    assert answer.headers["Content-Security-Policy"].endswith("; sandbox")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    [asked] = server.asked
    assert asked.path == "/a.png?who=agent&x=1"
    assert not {"cookie", "referer", "authorization"} & set(asked.headers)


def test_the_frame_with_images_keeps_its_policy(desk: DeskUnderTest, server: Stranger) -> None:
    """No address of a stranger is in the frame as an image's; our policy would not let it load."""
    path = _delivered(
        desk,
        f'<img src="{server.url}/a.png" srcset="{server.url}/b.png 2x">'
        f'<div style="background:url({server.url}/c.png)" background="{server.url}/d.png">x</div>',
    )
    answer = desk.browser("agent").get(f"{path}/frame?images=1", sec_fetch_dest="iframe")

    assert "img-src 'self' data:;" in answer.headers["Content-Security-Policy"]
    assert server.url not in answer.text
    assert answer.text.count("/api/content/images/") == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<html>a page</html>", "image.not_raster"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "image.not_raster"),
        (b"", "image.not_raster"),
        (PNG + b"x" * MAX_BYTES, "web.too_large"),
    ],
    ids=["page", "svg", "nothing", "huge"],
)
def test_what_is_no_image_is_refused(
    desk: DeskUnderTest, server: Stranger, body: bytes, code: str
) -> None:
    """Only raster images of a bearable size, by their first bytes; the stranger's type counts nothing."""
    server.answer("/a.png", body=body, Content_Type="image/png")

    answer = _shown(desk, server)

    assert (answer.status_code, answer.json["code"]) == (400, code)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_stranger_that_fails_is_told_apart(desk: DeskUnderTest, server: Stranger) -> None:
    """A missing image is 404, a silent server 503, a private address a refusal."""
    agent = desk.browser("agent")
    server.answer("/gone.png", 410)
    server.answers["/odd.png"] = lambda asked: (asked.write(b"odd\r\n\r\n"), (0, {}, b""))[1]
    markup = "".join(
        f'<img src="{url}">'
        for url in (f"{server.url}/gone.png", f"{server.url}/odd.png", "http://169.254.169.254/x")
    )

    answers = [agent.get(source) for source in _sources(agent, _delivered(desk, markup))]

    assert [(a.status_code, a.json["code"]) for a in answers] == [
        (404, "image.not_found"),
        (503, "web.unavailable"),
        (400, "network.private_address"),
    ]


@pytest.mark.parametrize("member", ["url", "expires", "key", "signature"])
def test_a_changed_address_is_refused(desk: DeskUnderTest, server: Stranger, member: str) -> None:
    """The desk fetches what stands in the mail and nothing else: it is nobody's proxy."""
    agent = desk.browser("agent")
    [source] = _sources(agent, _delivered(desk, f'<img src="{server.url}/a.png">'))
    values = {
        "url": f"{server.url}/other",
        "expires": "9999999999",
        "key": "2",
        "signature": "A" * 22,
    }
    forged = re.sub(rf"([?&]{member}=)[^&]*", rf"\g<1>{values[member]}", source)

    answer = agent.get(forged)

    assert forged != source
    assert (answer.status_code, answer.json["code"]) == (400, "image.link_invalid")
    assert server.asked == []


def test_an_address_is_for_one_session_one_message_and_an_hour(
    desk: DeskUnderTest, server: Stranger
) -> None:
    """Passed on, moved to another message, or kept, it is worth nothing."""
    agent, markup = desk.browser("agent"), f'<img src="{server.url}/a.png">'
    path, other = _delivered(desk, markup), _delivered(desk, f"{markup} again")
    [source] = _sources(agent, path)

    passed_on = desk.browser("agent").get(source)
    moved = agent.get(source.replace(path.rpartition("/")[2], other.rpartition("/")[2]))
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(timedelta(minutes=59).total_seconds())
    in_time = agent.get(source)
    desk.clock.advance(timedelta(minutes=1).total_seconds())
    late = agent.get(source)

    assert passed_on.json["code"] == moved.json["code"] == "image.link_invalid"
    assert in_time.status_code == 200
    assert (late.status_code, late.json["code"]) == (400, "image.link_expired")


def test_who_may_not_read_the_mail_any_more_sees_no_image(
    desk: DeskUnderTest, server: Stranger
) -> None:
    """Rights are asked at each image, not when its address was written."""
    agent = desk.browser("agent")
    [source] = _sources(agent, _delivered(desk, f'<img src="{server.url}/a.png">'))
    id = ids.derived_id(ids.USER, "demo", desk.people["agent"][0])
    desk.app().store.transact(lambda tx: tx.update(USERS, id, {"mailbox_ids": []}))

    answer = agent.get(source)

    assert (answer.status_code, answer.json["code"]) == (404, "message.not_found")
    assert server.asked == []


def test_a_mail_of_a_thousand_images_shows_the_first(desk: DeskUnderTest, server: Stranger) -> None:
    """One click does not make the desk ask a thousand servers; the same image counts once."""
    markup = "".join(f'<img src="{server.url}/{n}.png">' for n in range(1_000))
    path = _delivered(desk, f'<img src="{server.url}/0.png">{markup}')

    sources = _sources(desk.browser("agent"), path)

    assert len(sources) == MAX_IMAGES + 1
    assert len(set(sources)) == MAX_IMAGES


@pytest.mark.parametrize("images", ["2", "yes", ""])
def test_only_a_click_asks_for_images(desk: DeskUnderTest, server: Stranger, images: str) -> None:
    """Another value is an error, not a guess."""
    path = _delivered(desk, f'<img src="{server.url}/a.png">')

    answer = desk.browser("agent").get(f"{path}/frame?images={images}", sec_fetch_dest="iframe")

    assert (answer.status_code, answer.json["code"]) == (400, "request.not_one_of")


def test_an_image_leaves_the_trace_that_reading_leaves(
    desk: DeskUnderTest, server: Stranger
) -> None:
    """Looking at images is reading: it is in the log once, with no address of a stranger anywhere."""
    _shown(desk, server)
    desk.settle()

    assert len([e for e in desk.audit() if e["action"] == "content.read"]) == 1
    everything = json.dumps([list(file.dump()) for file in desk.files.values()], default=str)
    assert server.url not in everything


# Images that came along, and attachments


def _with_files(desk: DeskUnderTest) -> dict[str, Any]:
    message = EmailMessage()
    message["From"] = "Nora Lind <nora@customers.example.net>"
    message["To"] = SUPPORT
    message["Subject"] = "Files"
    message.set_content("See these")
    message.add_attachment(PNG, "image", "png", filename="shot.png")
    message.add_attachment(b"a,b\r\n1,2\r\n", "text", "csv", filename="rows.csv")
    desk.connect()
    desk.deliver(message.as_bytes())
    [ticket] = desk.tickets()
    view = desk.browser("agent").get(f"/api/tickets/{ticket['id']}").json
    return {row["name"]: row["url"] for row in view["messages"][0]["attachments"]}


def test_a_browser_that_has_an_image_asks_gmail_no_more(desk: DeskUnderTest) -> None:
    """An image is kept privately and asked about each time: rights count, Gmail is not read again."""
    url = _with_files(desk)["shot.png"]
    agent = desk.browser("agent")

    first = agent.get(url)
    fetched = desk.sandbox.calls().get("messages.get", 0)
    again = agent.get(url, if_none_match=first.headers["ETag"])
    refused = desk.browser("auditor").get(url, if_none_match=first.headers["ETag"])

    assert first.headers["Cache-Control"] == "private, no-cache"
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert desk.sandbox.calls().get("messages.get", 0) == fetched
    assert refused.status_code == 403


def test_a_mail_of_many_pictures_is_read_from_gmail_once(desk: DeskUnderTest) -> None:
    """Half a minute later it is read again: nothing of a mail stays."""
    urls = _with_files(desk)
    agent = desk.browser("agent")
    desk.sandbox.reset_calls()

    for url in urls.values():
        assert agent.get(url).status_code == 200
    at_once = desk.sandbox.calls()["messages.get"]
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(30)
    agent.get(urls["shot.png"])

    assert (at_once, desk.sandbox.calls()["messages.get"]) == (1, 2)


def test_a_file_that_is_saved_is_kept_by_nobody(desk: DeskUnderTest) -> None:
    """What is no image is stored by no cache, and no parts of it are offered."""
    url = _with_files(desk)["rows.csv"]

    answer = desk.browser("agent").get(url, range="bytes=0-1")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Accept-Ranges"] == "none"
    assert "ETag" not in answer.headers
    assert answer.data.startswith(b"a,b")


def test_the_size_of_a_file_can_be_asked(desk: DeskUnderTest) -> None:
    """HEAD tells what GET would give, without the bytes."""
    url = _with_files(desk)["shot.png"]

    answer = desk.browser("agent").send("HEAD", url, sec_fetch_site=None)

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Length"] == str(len(PNG))
