"""Setting a new desk up by the deployer's link, and getting back into one."""

from __future__ import annotations

import re
from typing import Any

import pyotp
import pytest
from werkzeug.test import TestResponse

from local import system_mail
from shared.domain.people import FACTORS, USERS
from shared.errors import Unavailable
from shared.services.organisation import organisation
from shared.smtp.client import SmtpClient
from shared.smtp.contract import SmtpServer
from tests.desk import DeskBrowser, DeskUnderTest
from tests.functional.test_people import PASSWORD, choose, invite, sign_in, token_of
from tests.stopped_clock import StoppedClock
from tools import operate

FIRST = "first@example.org"
SERVER = {
    "host": "smtp.example.com",
    "port": 465,
    "security": "tls",
    "sender": "desk@example.com",
    "username": "desk",
    "password": "what the server asks for",
}


def issue(
    desk: DeskUnderTest, capsys: pytest.CaptureFixture[str], address: str = FIRST, *more: str
) -> str:
    """Run the deployer's command; return the token of the link that it prints."""
    arguments = ["set-up-link", address, "--name", "First Person", "--operator", "me", *more]
    assert operate.main(arguments, desk.app()) == 0
    printed = re.search(r"/desk/#/set_up/(\S+)$", capsys.readouterr().out.strip())
    assert printed is not None
    return printed[1]


def enter(desk: DeskUnderTest, token: str, **changes: Any) -> TestResponse:
    """Enter a mail server by a set-up link."""
    body = {"token": token, "server": SERVER | changes}
    return desk.browser().send("POST", "/api/admin/set_up/smtp", body)


def prove(desk: DeskUnderTest, browser: DeskBrowser, address: str) -> TestResponse:
    """Ask for the code by e-mail and prove it."""
    assert browser.send("POST", "/api/session/email_otp").status_code == 202
    code = system_mail.code(desk.desk.home, address)
    return browser.send("POST", "/api/session/email_otp/verify", {"code": code})


def test_the_first_administrator_sets_the_desk_up(
    desk: DeskUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """The mail server entered and tried, a password, the code by e-mail confirmed, recovery codes shown."""
    token = issue(desk, capsys)
    browser = desk.browser()
    shown = browser.send("POST", "/api/account/links", {"kind": "set_up", "token": token})

    entered = enter(desk, token)
    chosen = choose(desk, token, kind="set_up")
    half = browser.send("POST", "/api/session/", {"email": FIRST, "password": PASSWORD})
    whole = prove(desk, browser, FIRST)
    codes = browser.send("POST", "/api/account/factors/recovery_codes")

    assert shown.json["email"] == FIRST
    assert (entered.status_code, chosen.status_code) == (204, 204)
    assert half.json["needs"] == ["email_otp"]
    assert (whole.status_code, whole.json["needs"]) == (200, [])
    assert whole.json["user"]["role"] == "administrator"
    assert len(codes.json["codes"]) == 10
    smtp = browser.get("/api/admin/organisation/smtp").json["server"]
    assert smtp == {n: v for n, v in SERVER.items() if n != "password"} | {"version": 1}
    desk.settle()
    entries = [e for e in desk.audit() if e["action"].startswith(("set_up.", "smtp.", "user."))]
    assert sorted((e["action"], e["actor"]["type"]) for e in entries) == [
        ("set_up.completed", "user"),
        ("set_up.link_issued", "operator"),
        ("smtp.changed", "user"),
        ("user.created", "operator"),
    ]
    assert FIRST not in repr(desk.audit())


def test_a_stolen_link_is_worth_nothing_after_use(
    desk: DeskUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither a password nor a mail server, nor even whose it was."""
    token = issue(desk, capsys)
    assert choose(desk, token, kind="set_up").status_code == 204

    stolen = [
        choose(desk, token, "the password of a thief", kind="set_up"),
        enter(desk, token, host="smtp.thief.example.net"),
        desk.browser().send("POST", "/api/account/links", {"kind": "set_up", "token": token}),
    ]

    assert [(a.status_code, a.json["code"]) for a in stolen] == [(404, "link.not_found")] * 3
    assert organisation.show_smtp(desk.app()) is None
    assert sign_in(desk, FIRST, PASSWORD).status_code == 200


def test_a_set_up_link_ends_after_an_hour(
    desk: DeskUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """A link that was left lying about opens nothing; another is made by the same command."""
    token = issue(desk, capsys)
    assert isinstance(desk.clock, StoppedClock)

    desk.clock.advance(3600)

    assert choose(desk, token, kind="set_up").status_code == 404
    assert enter(desk, token).status_code == 404
    assert choose(desk, issue(desk, capsys), kind="set_up").status_code == 204


def test_another_link_makes_the_one_before_worthless(
    desk: DeskUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """The deployer can make another at any time; both are in the audit log with who made them."""
    first, second = issue(desk, capsys), issue(desk, capsys)

    assert choose(desk, first, kind="set_up").status_code == 404
    assert enter(desk, second).status_code == 204
    assert len([u for u in desk.documents(USERS).values() if u["password"] is None]) == 1
    desk.settle()
    issued = [e for e in desk.audit() if e["action"] == "set_up.link_issued"]
    assert [e["actor"]["pseudonym"] for e in issued] == ["me", "me"]


def test_a_server_that_refuses_leaves_the_link_and_the_server_before(
    desk: DeskUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake is corrected by the same link, and port 25 is refused with its reason."""
    token = issue(desk, capsys)
    assert enter(desk, token).status_code == 204

    class Refusing:
        def sender(self) -> str:
            return "desk@example.com"

        def send(self, *_: object) -> None:
            raise Unavailable("smtp.unavailable")

    vars(desk.desk.app("admin"))["smtp_by"] = lambda _: Refusing()
    down = enter(desk, token, host="smtp.other.example.com")
    port_25 = enter(desk, token, port=25)

    assert (down.status_code, down.json["code"]) == (503, "smtp.unavailable")
    assert (port_25.status_code, port_25.json["code"]) == (400, "smtp.port_25_refused")
    server = organisation.smtp_server(desk.app())
    assert server == SmtpServer(**SERVER)  # type: ignore[arg-type]


def test_a_broken_mail_server_locks_no_administrator_out(
    desk: DeskUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """Codes do not arrive any more; the deployer's link lets another server be entered, and they do."""
    address = "administrator@example.com"
    session = desk.desk.app("session")
    works = session.smtp

    class Broken:
        def sender(self) -> str:
            return "desk@example.com"

        def send(self, *_: object) -> None:
            raise Unavailable("smtp.unavailable")

    vars(session)["smtp"] = Broken()
    browser = desk.browser()
    email, password = desk.people["administrator"]
    browser.send("POST", "/api/session/", {"email": email, "password": password})
    assert browser.send("POST", "/api/session/email_otp").status_code == 503

    token = issue(desk, capsys, address)
    assert enter(desk, token).status_code == 204
    vars(session)["smtp"] = works  # the server that was just entered
    assert choose(desk, token, kind="set_up").status_code == 204

    again = desk.browser()
    again.send("POST", "/api/session/", {"email": email, "password": PASSWORD})
    assert prove(desk, again, address).status_code == 200


def test_without_a_mail_server_no_password_is_chosen(
    desk: DeskUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """No code could be mailed, so set-up says what is missing and the link stays good."""
    token = issue(desk, capsys)
    app = desk.desk.app("account")
    works = app.smtp
    vars(app)["smtp"] = SmtpClient(lambda: organisation.smtp_server(app))

    refused = choose(desk, token, kind="set_up")

    assert (refused.status_code, refused.json["code"]) == (409, "smtp.not_configured")
    vars(app)["smtp"] = works
    assert choose(desk, token, kind="set_up").status_code == 204


def test_lost_factors_are_forgotten_only_where_the_deployer_says_so(
    desk: DeskUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """A link by itself passes over no factor; with --forget-factors its use removes them, recorded."""
    address = "administrator@example.com"
    admin = desk.browser("administrator")
    secret = admin.send("POST", "/api/account/factors/totp").json["secret"]
    shown = {"code": pyotp.TOTP(secret).at(desk.clock.now())}
    assert admin.send("POST", "/api/account/factors/totp/confirm", shown).status_code == 204

    assert choose(desk, issue(desk, capsys, address), kind="set_up").status_code == 204
    assert sign_in(desk, address, PASSWORD).json["needs"] == ["totp"]
    token = issue(desk, capsys, address, "--forget-factors")
    assert desk.documents(FACTORS) != {}
    assert choose(desk, token, kind="set_up").status_code == 204

    assert desk.documents(FACTORS) == {}
    assert sign_in(desk, address, PASSWORD).json["needs"] == ["email_otp"]
    desk.settle()
    issued = [e["reason"] for e in desk.audit() if e["action"] == "set_up.link_issued"]
    assert sorted(map(str, issued)) == ["None", "forget_factors"]


@pytest.mark.parametrize("who", ["agent@example.com", "auditor@example.com"])
def test_a_set_up_link_is_for_administrators(
    desk: DeskUnderTest, capsys: pytest.CaptureFixture[str], who: str
) -> None:
    """An address that is somebody else's is refused with the reason, and they stay what they are."""
    status = operate.main(
        ["set-up-link", who, "--name", "Somebody", "--operator", "me"], desk.app()
    )

    assert status == 1
    assert "user.not_an_administrator" in capsys.readouterr().err


def test_a_set_up_link_replaces_an_invitation(
    desk: DeskUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """An administrator who was invited and whose mail never came is let in by the deployer."""
    invite(desk.browser("administrator"), role="administrator")
    invitation = token_of(desk, "linda@example.org")

    token = issue(desk, capsys, "linda@example.org")

    assert choose(desk, invitation).status_code == 404
    assert choose(desk, token, kind="set_up").status_code == 204


# Another server, by an administrator


def put(browser: DeskBrowser, version: int, **changes: Any) -> TestResponse:
    """Change the mail server against the version that was seen."""
    path = "/api/admin/organisation/smtp"
    return browser.send("PATCH", path, SERVER | changes, if_match=f'"{version}"')


def test_an_administrator_names_another_server(desk: DeskUnderTest) -> None:
    """It is tried by a mail to oneself, its password is shown to nobody, and versions are compared."""
    admin = desk.browser("administrator")
    assert admin.get("/api/admin/organisation/smtp").json == {"server": None}

    first, stale = put(admin, 0), put(admin, 0, host="smtp.other.example.com")
    second = put(admin, 1, host="smtp.other.example.com")

    assert (first.status_code, first.json["server"]["version"]) == (200, 1)
    assert (stale.status_code, stale.json["code"]) == (409, "smtp.changed_meanwhile")
    assert second.json["server"]["host"] == "smtp.other.example.com"
    assert "password" not in first.json["server"]
    settings = desk.documents("settings")
    assert SERVER["password"] not in repr(settings)
    assert "smtp.other.example.com" not in repr(settings)


def test_naming_another_server_needs_a_fresh_proof(desk: DeskUnderTest) -> None:
    """Who holds the mail server reads the codes: a session that was left open changes nothing."""
    admin = desk.browser("administrator")
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(601)

    answer = put(admin, 0)

    assert (answer.status_code, answer.json["code"]) == (403, "step_up.required")
