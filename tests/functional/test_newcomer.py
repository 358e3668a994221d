"""The local desk's page for a newcomer: mail as a customer, and what the desk answers."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from werkzeug.test import Client, TestResponse

from local import newcomer, seed
from local.doors import FrontDoor
from local.newcomer import NewcomerPage
from local.sandbox_client import SandboxClient
from tests.desk import SUPPORT, URL, DeskUnderTest
from tests.replying import passes, replied

SARA = "sara@customers.example.net"


class Newcomer:
    """Somebody at the page, by the forms that it has."""

    def __init__(self, desk: DeskUnderTest) -> None:
        sandbox = SandboxClient(desk.sandbox.url, "control")
        page = NewcomerPage(sandbox, "Example Desk", list(seed.MAILBOXES), seed.CUSTOMERS)
        self.client = Client(FrontDoor(desk.desk.functions, URL, newcomer=page))

    def get(self, path: str = "/local/", **headers: str) -> TestResponse:
        """Open the page."""
        return self.client.get(path, base_url=URL, headers=headers)

    def post(self, form: dict[str, object], **headers: str) -> TestResponse:
        """Send a form as the browser does, from our own page unless a header says otherwise."""
        sent = {"Origin": URL} | headers
        return self.client.post("/local/?lang=en", base_url=URL, data=form, headers=sent)

    def write(self, text: str = "It does not print.", **form: object) -> TestResponse:
        """Write a mail."""
        return self.post({"from": SARA, "to": SUPPORT, "subject": "Printer", "text": text} | form)


@pytest.fixture
def visitor(desk: DeskUnderTest) -> Iterator[Newcomer]:
    """Give the page of a desk that has its mailbox connected."""
    desk.connect()
    return Newcomer(desk)


def test_a_mail_becomes_a_ticket_and_its_reply_arrives(
    desk: DeskUnderTest, visitor: Newcomer
) -> None:
    """A newcomer writes with a file, an agent answers, the newcomer reads it and answers again."""
    file = (io.BytesIO(b"%PDF-1.7"), "fault.pdf")

    sent = visitor.write(file=file)

    assert (sent.status_code, sent.headers["Location"][:8]) == (303, "/local/?")
    assert "on its way" in visitor.get(sent.headers["Location"]).text
    desk.settle()
    [ticket] = desk.tickets()
    assert (ticket["subject"], ticket["customer"]["address"]) == ("Printer", SARA)
    replied(desk, ticket, text="Is it <b>plugged in</b>?")
    passes(desk)
    mailbox = visitor.get(f"/local/?customer={SARA}&lang=en").text
    assert "Is it &lt;b&gt;plugged in&lt;/b&gt;?" in mailbox
    assert "fault.pdf" in mailbox
    [answers] = re.findall(r'name="answers" value="([^"]+)"', mailbox)

    assert visitor.post({"from": SARA, "answers": answers, "text": "It is."}).status_code == 303

    desk.settle()
    [ticket] = desk.tickets()
    assert ticket["message_count"] == 3


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"from": "nobody"}, "no address from which a customer can write"),
        ({"from": SUPPORT}, "no address from which a customer can write"),
        ({"from": "a@example.net\r\nBcc: b@example.net"}, "no address from which"),
        ({"to": "stranger@example.org"}, "no such mailbox"),
        ({"text": " "}, "Write something first"),
        ({"answers": "0123456789abcdef"}, "not there any more"),
    ],
)
def test_what_cannot_be_sent_is_explained_and_kept(
    desk: DeskUnderTest, visitor: Newcomer, form: dict[str, str], said: str
) -> None:
    """What was typed stays in the form, and nothing is sent."""
    answer = visitor.write(**form)

    assert answer.status_code == 400
    assert said in answer.text
    assert 'value="Printer"' in answer.text
    desk.settle()
    assert desk.tickets() == []


@pytest.mark.parametrize(
    "origin", ["https://evil.example.org", "null", "http://localhost:8080", f"{URL}1"]
)
def test_pages_of_other_sites_are_refused(visitor: Newcomer, origin: str) -> None:
    """Neither a mail nor a mailbox for another origin, and no mail where none is named."""
    assert visitor.write().status_code == 303
    assert visitor.post({"from": SARA}, Origin=origin).status_code == 403
    assert visitor.get(Origin=origin).status_code == 403
    assert visitor.client.post("/local/", base_url=URL).status_code == 403


def test_another_host_is_refused(visitor: Newcomer) -> None:
    """A name that was bent to this machine opens nothing."""
    answer = visitor.client.get("/local/", base_url="http://desk.example.org:8080")

    assert answer.status_code == 421


def test_the_page_tells_no_secret_and_runs_nothing(visitor: Newcomer) -> None:
    """No script, no control token, nothing kept by the browser."""
    answer = visitor.get()

    assert "<script" not in answer.text
    assert "token" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert visitor.get("/local").headers["Location"] == "/local/"
    assert visitor.client.put("/local/", base_url=URL).status_code == 405


def test_nothing_but_the_local_desk_has_the_page(desk: DeskUnderTest) -> None:
    """Where nobody gave the front door a page for newcomers, /local/ is no path."""
    assert desk.browser().get("/local/").status_code == 404
    assert "/local" not in desk.browser().get("/").text


def test_the_words_are_in_both_languages(visitor: Newcomer) -> None:
    """Both have the same keys, in the same order."""
    english, arabic = newcomer.texts()["en"], newcomer.texts()["ar"]

    assert list(english) == list(arabic)
    assert 'dir="rtl"' in visitor.get(**{"Accept-Language": "ar"}).text
