"""Every way in: codes by mail, an authenticator app, a passkey, recovery codes, a link; and what is wrong."""

from __future__ import annotations

import re
from typing import Final

import pytest
from playwright.sync_api import Route, expect

from local import system_mail
from shared.auth import totp
from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.person import Person, person
from tests.browser.test_passkeys_in_chromium import with_authenticator
from tests.desk import DeskUnderTest

# Passkeys know names only.
HOST = "localhost"
PROVE: Final = "/api/session/{}/verify"
_TRIES: Final = 5
_CLOCK: Final = """
([language, moment]) =>
  new Intl.DateTimeFormat(language, {hour: "numeric", minute: "2-digit"}).format(new Date(moment))
"""


def give_password(who: Person, address: str, password: str) -> None:
    """Give address and password at the sign-in page."""
    who.write("sign-in-email", address)
    who.write("sign-in-password", password)
    who.press("sign-in-submit")


def code(who: Person, text: str) -> None:
    """Write a code in the place of what stands there, and go on with it."""
    field = who.field("factor-code")
    expect(field).to_be_visible()
    who.hand.write(field, "")
    who.page.keyboard.press("ControlOrMeta+A")
    who.page.keyboard.insert_text(text)
    who.press("factor-submit")


def is_in(who: Person) -> None:
    """See that one is signed in."""
    expect(who.button("sign-out")).to_be_visible()


def remove_factors(who: Person) -> None:
    """Take every factor away again at the account's page."""
    who.shown.go("#/account")
    remove = who.page.get_by_role("button", name=who.words("factors-remove"), exact=True)
    rows = who.page.get_by_role("listitem").filter(has=remove)
    expect(rows.first).to_be_visible()
    while left := rows.count():
        who.press("factors-remove")
        who.press("factors-remove", who.page.get_by_role("dialog"))
        expect(rows).to_have_count(left - 1)
        who.told("factors-removed")


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_code_by_mail_and_what_can_be_wrong_with_it(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """A wrong password, a wrong code, one that is too old, another one, too many: each says what to do."""
    desk = shared_desk
    who = person(open_desk(language), hand_name)
    who.shown.speaks("administrator")
    address, password = desk.people["administrator"]
    who.shown.go("")
    who.is_at(who.field("sign-in-email"))

    who.shown.expect_refusal("/api/session/", 401)
    give_password(who, address, "not this one")
    who.warned("error-session-wrong_credentials")
    who.shown.advance(60)
    who.is_at(who.field("sign-in-password"))
    who.page.keyboard.insert_text(password)
    who.press("sign-in-submit")
    who.told("factor-email_otp")
    who.is_at(who.field("factor-code"))
    right = desk.code("administrator")
    who.shown.expect_refusal(PROVE.format("email_otp"), 400)
    code(who, "00000000" if right != "00000000" else "00000001")
    who.warned("error-factor-wrong_code")
    who.is_at(who.field("factor-code"))

    # Too old: another one is sent, and is good.
    who.shown.advance(601)
    code(who, right)
    who.warned("error-factor-challenge_over")
    who.press("factor-email_otp-resend")
    who.told("factor-email_otp-again")
    code(who, desk.code("administrator"))
    is_in(who)
    who.sign_out()


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_an_app_and_recovery_codes_from_enrolment_to_sign_in(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """Enrolled at the account's page, asked for after the password; where it is lost, a recovery code."""
    desk = shared_desk
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("supervisor")
    who.shown.go("#/account")

    who.press("totp-add")
    dialog = who.page.get_by_role("dialog", name=who.words("totp-add"))
    expect(dialog.get_by_role("img")).to_be_visible()
    secret = re.sub(r"\s", "", dialog.locator("code").inner_text())

    def app() -> str:
        return totp.code_at(secret, int(desk.clock.now().timestamp()) // totp.STEP_SECONDS)

    who.write("totp-code", app(), dialog)
    who.press("totp-confirm", dialog)
    who.told("totp-added")
    who.press("recovery-make")
    codes = who.page.get_by_role("dialog", name=who.words("factor-name-recovery"))
    first = codes.get_by_role("listitem").first.inner_text()
    who.press("webhook-kept", codes)
    who.sign_out()

    # With the app, whose code is good once.
    who.shown.advance(60)
    who.shown.expect_refusal(PROVE.format("totp"), 400)
    give_password(who, *desk.people["supervisor"])
    who.told("factor-totp")
    code(who, "000000")
    who.warned("error-factor-wrong_code")
    code(who, app())
    is_in(who)
    who.sign_out()

    # Without it.
    who.shown.advance(60)
    give_password(who, *desk.people["supervisor"])
    who.press("factor-use-recovery")
    who.is_at(who.field("factor-code"))
    code(who, first)
    is_in(who)
    remove_factors(who)


def shortly_before(who: Person, seconds: int) -> int:
    """Let time pass until a minute before the next window of so many seconds; return when that begins."""
    now = int(who.shown.desk.clock.now().timestamp())
    begins = (now // seconds + 1) * seconds
    who.shown.advance(begins - now - 60 + (seconds if begins - now < 60 else 0))
    return begins + (seconds if begins - now < 60 else 0)


def refused_until(who: Person, moment: int) -> None:
    """See that there were too many attempts, and when one may try again."""
    said = who.warned("error-sign_in-too_many_attempts")
    expect(said).to_contain_text(
        who.page.evaluate(_CLOCK, [who.words.language, moment * 1000]), use_inner_text=True
    )
    who.shown.advance(moment - who.shown.desk.clock.now().timestamp())


def answered(who: Person, path: str, text: str) -> None:
    """Give another code, and wait for the answer to it."""
    with who.page.expect_response(f"**{path}"):
        code(who, text)


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_too_many_wrong_tries_say_until_when(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """Passwords, codes of an app, a code by mail: after five nothing is taken until the time that is told."""
    desk = shared_desk
    who = person(open_desk(language), hand_name)
    who.shown.advance(3_600)  # what was tried before is forgotten
    who.shown.speaks("viewer")
    address, password = desk.people["viewer"]
    begins = shortly_before(who, 300)
    who.shown.go("")
    who.shown.expect_refusal("/api/session/", 401)
    who.shown.expect_refusal("/api/session/", 429)
    who.write("sign-in-email", address)
    who.write("sign-in-password", "not this one")
    for _ in range(_TRIES):
        who.press("sign-in-submit")
        who.is_at(who.field("sign-in-password"))
        who.warned("error-session-wrong_credentials")
    who.page.keyboard.insert_text(password)
    who.press("sign-in-submit")
    refused_until(who, begins)
    who.press("sign-in-submit")
    is_in(who)
    who.sign_out()

    supervisor = who.shown.speaks("supervisor")
    secret = supervisor.send("POST", "/api/account/factors/totp").json["secret"]

    def app() -> str:
        return totp.code_at(secret, int(desk.clock.now().timestamp()) // totp.STEP_SECONDS)

    confirmed = supervisor.send("POST", "/api/account/factors/totp/confirm", {"code": app()})
    assert confirmed.status_code in {200, 204}, confirmed.data
    who.shown.expect_refusal(PROVE.format("totp"), 400)
    who.shown.expect_refusal(PROVE.format("totp"), 429)
    begins = shortly_before(who, 600)
    give_password(who, *desk.people["supervisor"])
    wrong = "000000" if app() != "000000" else "000001"
    for _ in range(_TRIES):
        answered(who, PROVE.format("totp"), wrong)
        who.warned("error-factor-wrong_code")
    answered(who, PROVE.format("totp"), app())
    refused_until(who, begins)
    answered(who, PROVE.format("totp"), app())
    is_in(who)
    remove_factors(who)
    who.sign_out()

    # A code by mail is over after five tries, also for the right one; another is sent at once.
    who.shown.speaks("administrator")
    who.shown.expect_refusal(PROVE.format("email_otp"), 400)
    give_password(who, *desk.people["administrator"])
    who.told("factor-email_otp")
    right = desk.code("administrator")
    for _ in range(_TRIES):
        answered(who, PROVE.format("email_otp"), "00000000" if right != "00000000" else "1" * 8)
        who.warned("error-factor-wrong_code")
    answered(who, PROVE.format("email_otp"), right)
    who.warned("error-factor-challenge_over")
    who.press("factor-email_otp-resend")
    who.told("factor-email_otp-again")
    code(who, desk.code("administrator"))
    is_in(who)


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_passkey_from_enrolment_to_sign_in(
    open_desk: OpenDesk, language: str, hand_name: str
) -> None:
    """Made at the account's page; afterwards it alone signs in."""
    who = person(open_desk(language), hand_name)
    with_authenticator(who.page)
    who.shown.sign_in("viewer")
    who.shown.go("#/account")
    who.press("passkey-add")
    dialog = who.page.get_by_role("dialog", name=who.words("passkey-add"))
    who.write("passkey-name", "This laptop", dialog)
    who.press("passkey-make", dialog)
    who.told("passkey-added")
    expect(who.page.get_by_text("This laptop")).to_be_visible()
    who.sign_out()

    who.press("sign-in-passkey")
    is_in(who)
    remove_factors(who)


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_forgotten_password(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """A link comes by mail; the password that is chosen by it signs in, and the link is used up."""
    desk = shared_desk
    role = {"keyboard": "auditor", "mouse": "viewer"}[hand_name]  # each may ask but so often
    who = person(open_desk(language), hand_name)
    who.shown.speaks(role)
    address, _ = desk.people[role]
    password = f"remembered by somebody, {language} {hand_name}"
    who.shown.go("")
    who.press("sign-in-forgotten")
    who.is_at(who.field("sign-in-email"))
    who.write("sign-in-email", address)
    who.press("reset-submit")
    who.told("reset-done")
    desk.settle()
    text = system_mail.as_text(next(system_mail.newest_first(desk.desk.home, address)))
    [link] = re.findall(r"http\S+password_reset\S+", text)
    who.page.goto("about:blank")
    asked: list[Route] = []

    def wait(route: Route) -> None:
        asked.append(route)

    who.page.route("**/api/account/links", wait)
    with who.page.expect_request("**/api/account/links"):
        who.page.goto(link)
    # Nothing can be written before it stands whose link it is: that drawing would lose what was written.
    expect(who.page.get_by_text(who.words("loading"))).to_be_visible()
    expect(who.field("link-password")).to_have_count(0)
    asked.pop().continue_()
    who.page.unroute("**/api/account/links")
    who.is_at(who.field("link-password"))
    who.write("link-password", password)
    who.write("link-again", password)
    who.press("link-submit")
    who.told("link-done")
    desk.people[role] = (address, password)
    who.page.goto("about:blank")
    who.shown.expect_refusal("/api/account/links", 404)
    who.page.goto(link)
    who.warned("error-link-not_found")
