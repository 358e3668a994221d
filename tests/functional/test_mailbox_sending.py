"""Mailboxes that send by an SMTP server: named by an administrator, tried first, sealed with the mailbox."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from werkzeug.test import TestResponse

from shared.errors import Invalid, NotFound
from shared.services.mailboxes import mailbox_access, mailbox_sending
from shared.smtp.contract import SmtpServer
from tests.desk import SUPPORT, DeskUnderTest

SERVER = SmtpServer("smtp.example.com", 465, "tls", SUPPORT, "support", "a secret word")


@pytest.fixture
def path(desk: DeskUnderTest) -> str:
    """Connect a mailbox and give the path of its sending."""
    return f"/api/admin/mailboxes/{desk.connect()}/smtp"


def name(desk: DeskUnderTest, path: str, version: int = 0, **changes: Any) -> TestResponse:
    """Name a server as an administrator."""
    body = asdict(SERVER) | changes
    return desk.browser("administrator").send("PATCH", path, body, if_match=f'"{version}"')


def test_a_mailbox_sends_by_the_server_that_was_named(desk: DeskUnderTest, path: str) -> None:
    """Replies find it with its password; nobody is shown it, and it stands nowhere in clear."""
    administrator = desk.browser("administrator")
    assert administrator.get(path).json == {"server": None, "version": 0}

    answer = name(desk, path)

    shown = {"host": "smtp.example.com", "port": 465, "security": "tls", "sender": SUPPORT}
    assert answer.json == {"server": shown | {"username": "support"}, "version": 1}
    assert administrator.get(path).json == answer.json
    assert mailbox_sending.server_of(desk.app(), desk.mailboxes[SUPPORT]) == SERVER
    stored = repr(desk.documents("mailbox_settings"))
    assert "secret" not in stored
    assert "smtp.example.com" not in stored


def test_forgetting_the_server_lets_gmail_send_again(desk: DeskUnderTest, path: str) -> None:
    """The password goes with it; a second time is no change."""
    name(desk, path)
    administrator = desk.browser("administrator")

    first = administrator.send("DELETE", path, if_match='"1"')
    second = administrator.send("DELETE", path, if_match='"2"')

    assert first.json == second.json == {"server": None, "version": 2}
    assert mailbox_sending.server_of(desk.app(), desk.mailboxes[SUPPORT]) is None


def test_both_changes_are_in_the_audit_log(desk: DeskUnderTest, path: str) -> None:
    """Who let a mailbox send by what, without the server's name."""
    name(desk, path)
    desk.browser("administrator").send("DELETE", path, if_match='"1"')
    desk.settle()

    entries = [e for e in desk.audit() if e["action"] == "mailbox.sending_changed"]

    assert sorted(e["reason"] for e in entries) == ["gmail", "smtp"]
    assert "example.com" not in repr(entries)


def test_a_server_that_does_not_let_us_in_is_not_stored(desk: DeskUnderTest, path: str) -> None:
    """The administrator learns at once that the password is wrong."""

    class Closed:
        def check(self) -> None:
            raise Invalid("smtp.credentials_refused")

    vars(desk.desk.app("admin"))["smtp_by"] = lambda _: Closed()

    answer = name(desk, path)

    assert (answer.status_code, answer.json["code"]) == (400, "smtp.credentials_refused")
    assert desk.documents("mailbox_settings") == {}


def test_texts_of_the_mailbox_stay_beside_its_server(desk: DeskUnderTest, path: str) -> None:
    """Both stand in one sealed member, and neither change loses the other."""
    settings = path.replace("/smtp", "/settings")
    administrator = desk.browser("administrator")
    administrator.send("PATCH", settings, {"signature": "Support"}, if_match='"0"')

    named = name(desk, path, 1)
    administrator.send("PATCH", settings, {"signature": "Help"}, if_match='"2"')

    assert named.json["version"] == 2
    assert administrator.get(path).json["server"]["host"] == "smtp.example.com"
    assert administrator.get(settings).json["signature"] == "Help"
    assert mailbox_sending.server_of(desk.app(), desk.mailboxes[SUPPORT]) == SERVER


def test_a_change_against_an_older_state_is_refused(desk: DeskUnderTest, path: str) -> None:
    """Two administrators at once: the second is told, before any server is asked."""
    name(desk, path)

    answer = name(desk, path, 0, host="other.example.com")

    assert (answer.status_code, answer.json["code"]) == (409, "mailbox_settings.changed_meanwhile")
    assert answer.json["params"]["version"] == 1
    assert mailbox_sending.server_of(desk.app(), desk.mailboxes[SUPPORT]) == SERVER


def test_a_session_left_open_cannot_redirect_mail(desk: DeskUnderTest, path: str) -> None:
    """Naming and forgetting a server both ask for a factor that was proved a short while ago."""
    administrator = desk.browser("administrator")
    desk.clock.advance(601)  # type: ignore[attr-defined]

    for method, body in (("PATCH", asdict(SERVER)), ("DELETE", None)):
        answer = administrator.send(method, path, body, if_match='"0"')
        assert (answer.status_code, answer.json["code"]) == (403, "step_up.required")


def test_an_unknown_mailbox_has_no_server(desk: DeskUnderTest) -> None:
    """Asking for it is refused, also by the service that sends."""
    missing = "mb_" + "0" * 26

    answer = name(desk, f"/api/admin/mailboxes/{missing}/smtp")

    assert (answer.status_code, answer.json["code"]) == (404, "mailbox.not_found")
    with pytest.raises(NotFound):
        mailbox_access.known(desk.app(), missing)
