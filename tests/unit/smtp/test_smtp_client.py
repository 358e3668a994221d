"""The organisation's SMTP server: verified TLS, no private address, no mail in clear."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from shared import network
from shared.errors import Conflict, Invalid, ProductError, Unavailable
from shared.smtp.client import SmtpClient
from shared.smtp.contract import SmtpServer
from tests.unit.smtp.mail_server import mail_server

SECURITIES = ["tls", "starttls"]


def _server(port: int, security: str, **changes: Any) -> SmtpServer:
    server = SmtpServer("localhost", port, security, "desk@example.com")  # type: ignore[arg-type]
    return replace(server, **changes)


def _mail() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Hello"
    message.set_content("A text")
    return message


@pytest.mark.parametrize("security", SECURITIES)
def test_a_mail_is_handed_over_inside_tls(security: str, tmp_path: Path) -> None:
    """The server gets the mail with sender and recipient, after name and password."""
    with mail_server(tmp_path, implicit_tls=security == "tls") as (server, trust):
        configured = _server(server.port, security, username="desk", password="right")
        client = SmtpClient(lambda: configured, private_allowed=True, trust=trust)

        client.send(_mail(), "agent@example.com")

    [envelope] = server.received
    assert (envelope.mail_from, envelope.rcpt_tos) == ("desk@example.com", ["agent@example.com"])
    assert server.logins == [(b"desk", b"right")]


@pytest.mark.parametrize("security", SECURITIES)
def test_a_certificate_of_another_name_is_refused(security: str, tmp_path: Path) -> None:
    """A server that cannot prove its name gets neither password nor mail."""
    with mail_server(tmp_path, implicit_tls=security == "tls", host="other.example.com") as (
        server,
        trust,
    ):
        configured = _server(server.port, security, username="desk", password="right")
        client = SmtpClient(lambda: configured, private_allowed=True, trust=trust)

        with pytest.raises(Unavailable, match=r"smtp\.unavailable"):
            client.send(_mail(), "agent@example.com")

    assert server.logins == []
    assert server.received == []


def test_an_unknown_authority_is_refused(tmp_path: Path) -> None:
    """Without special trust, only the system's authorities are believed."""
    with mail_server(tmp_path, implicit_tls=True) as (server, _):
        configured = _server(server.port, "tls")

        with pytest.raises(Unavailable):
            SmtpClient(lambda: configured, private_allowed=True).check()

    assert server.received == []


def test_a_private_address_is_refused_unless_the_deployment_allows_it(tmp_path: Path) -> None:
    """An administrator cannot make the desk speak to machines inside its network."""
    with mail_server(tmp_path, implicit_tls=True) as (server, trust):
        configured = _server(server.port, "tls")

        with pytest.raises(Invalid, match=r"network\.private_address"):
            SmtpClient(lambda: configured, trust=trust).send(_mail(), "agent@example.com")

    assert server.received == []


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        ("550 no such user nora@example.net", Invalid, "smtp.refused"),
        ("451 later", Unavailable, "smtp.unavailable"),
    ],
)
def test_a_refusal_says_whether_to_try_again_and_not_what_the_server_said(
    answer: str, kind: type[ProductError], code: str, tmp_path: Path
) -> None:
    """5xx is for ever, 4xx is for now; the server's words may hold an address and stay out."""
    with mail_server(tmp_path, implicit_tls=True) as (server, trust):
        server.answer = answer
        configured = _server(server.port, "tls")
        client = SmtpClient(lambda: configured, private_allowed=True, trust=trust)

        with pytest.raises(kind) as caught:
            client.send(_mail(), "agent@example.com")

    assert caught.value.code == code
    assert "nora" not in str(caught.value)


def test_wrong_credentials_are_named(tmp_path: Path) -> None:
    """The administrator learns that name or password is wrong, before anything is stored."""
    with mail_server(tmp_path, implicit_tls=True) as (server, trust):
        configured = _server(server.port, "tls", username="desk", password="wrong")
        client = SmtpClient(lambda: configured, private_allowed=True, trust=trust)

        with pytest.raises(Invalid, match=r"smtp\.credentials_refused"):
            client.check()


def test_no_server_yet() -> None:
    """Until a server is named, the desk says so."""
    with pytest.raises(Conflict, match=r"smtp\.not_configured"):
        SmtpClient(lambda: None).send(_mail(), "agent@example.com")


@pytest.mark.parametrize(
    ("host", "port", "security", "sender", "code"),
    [
        ("mx.example.com", 25, "starttls", "desk@example.com", "smtp.port_25_refused"),
        ("mx.example.com", 465, "starttls", "desk@example.com", "smtp.port_and_security_differ"),
        ("mx.example.com", 22, "tls", "desk@example.com", "smtp.port_and_security_differ"),
        ("mx example.com", 465, "tls", "desk@example.com", "smtp.host_invalid"),
        ("mx.example.com", 465, "tls", "desk", "smtp.sender_invalid"),
        ("mx.example.com", 465, "tls", "desk@example.com\r\nBcc: a@b", "smtp.sender_invalid"),
    ],
)
def test_what_cannot_be_safe_is_refused_with_the_reason(
    host: str, port: int, security: Any, sender: str, code: str
) -> None:
    """Port 25, a port that does not speak that security, and malformed names are refused at once."""
    with pytest.raises(Invalid) as caught:
        SmtpServer(host, port, security, sender)

    assert caught.value.code == code


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
        "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001:0:a00:1::f5ff:fffe", "nonsense",
        "fe80::1%eth0",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    """Loopback, private, link-local, shared, reserved, multicast, and public forms that hide them."""
    assert not network.is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_that_are_public(address: str) -> None:
    """An ordinary address may be connected to."""
    assert network.is_public(address)


def test_one_private_answer_spoils_a_name() -> None:
    """A name with a public and a private address is an attack, not a configuration."""
    with pytest.raises(Invalid, match=r"network\.private_address"):
        network.public_address("mx.example.com", 465, lambda *_: ["8.8.8.8", "10.0.0.1"])
