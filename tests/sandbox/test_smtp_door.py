"""The SMTP door: any mail program can write to a sandbox mailbox, and to nobody else."""

import base64
import contextlib
import smtplib
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from local.gmail_sandbox import Sandbox

from .conftest import SALES, SUPPORT, Start, mail
from .google_client import Browser


@pytest.fixture
def open_door(start: Start) -> Sandbox:
    """Start a sandbox with its door open."""
    return start(smtp_port=-1)


@pytest.fixture
def client(open_door: Sandbox) -> Iterator[smtplib.SMTP]:
    """Connect as a mail program does."""
    with smtplib.SMTP("127.0.0.1", open_door.smtp_port or 0, timeout=10) as opened:
        yield opened


def raw_of(sandbox: Sandbox, mailbox: str) -> list[bytes]:
    """Return the bytes of every message of a mailbox, newest first, as the API gives them."""
    with contextlib.closing(Browser(sandbox.url)) as browser:
        gmail: Any = browser.gmail(browser.connect(mailbox)["access_token"])
        ids = [message["id"] for message in sandbox.messages(mailbox)]
        answers = [gmail.messages().get(userId="me", id=i, format="raw").execute() for i in ids]
    return [base64.urlsafe_b64decode(answer["raw"]) for answer in answers]


def test_a_mail_program_reaches_every_sandbox_recipient(
    open_door: Sandbox, client: smtplib.SMTP
) -> None:
    """Each recipient gets the bytes as sent, under the trace headers of the receiving server."""
    raw = mail(text="Dots:\r\n.\r\n..two")

    refused = client.sendmail("ada@example.net", [SUPPORT.upper(), SALES], raw)

    assert refused == {}
    for mailbox in (SUPPORT, SALES):
        (stored,) = raw_of(open_door, mailbox)
        assert stored.endswith(raw)
        trace = stored[: -len(raw)].decode().splitlines()
        assert trace[:2] == [f"Delivered-To: {mailbox}", "Return-Path: <ada@example.net>"]
        assert trace[3].startswith("Authentication-Results: mx.google.com; spf=none")


def test_the_door_never_relays(open_door: Sandbox, client: smtplib.SMTP) -> None:
    """An address that is no sandbox mailbox is refused at RCPT; the others still get the mail."""
    refused = client.sendmail("ada@example.net", [SUPPORT, "stranger@example.org"], mail())

    assert refused["stranger@example.org"][0] == 550
    assert len(open_door.messages(SUPPORT)) == 1


def test_a_line_far_beyond_the_standard_is_accepted(
    open_door: Sandbox, client: smtplib.SMTP
) -> None:
    """Gmail takes long lines, so does the door: 2 MB in one line arrive whole."""
    raw = mail(text="x" * 2_000_000)

    client.sendmail("ada@example.net", [SUPPORT], raw)

    assert raw_of(open_door, SUPPORT)[0].endswith(raw)


@pytest.mark.parametrize("verb", ["GET", "POST", "OPTIONS", "connect"])
def test_what_speaks_http_is_cut_off_unheard(open_door: Sandbox, verb: str) -> None:
    """A web page cannot post a mail into the door: the connection ends at the HTTP verb."""
    smuggled = f"EHLO x\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<{SUPPORT}>\r\nDATA\r\nHi\r\n.\r\n"
    request = f"{verb} / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n{smuggled}"

    with socket.create_connection(("127.0.0.1", open_door.smtp_port or 0), timeout=10) as web_page:
        web_page.sendall(request.encode())
        heard = b""
        with contextlib.suppress(ConnectionError):
            while received := web_page.recv(4096):
                heard += received

    assert b"250" not in heard
    assert open_door.messages(SUPPORT) == []


def test_a_message_above_gmails_size_is_refused(open_door: Sandbox, client: smtplib.SMTP) -> None:
    """The size that EHLO announces is Gmail's 50 MB and holds for SIZE= too."""
    client.ehlo()

    code, _ = client.docmd("MAIL", "FROM:<ada@example.net> SIZE=60000000")

    assert client.esmtp_features["size"] == "52428800"
    assert code == 552
    assert open_door.messages(SUPPORT) == []
