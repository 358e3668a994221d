"""From nothing to the first ticket: the operator's link, the server, a password, the first mailbox."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from local import system_mail
from tests.browser.desk_page import WIDE, desk_behind_door, window
from tests.browser.hands import WAYS
from tests.browser.person import person
from tests.desk import SUPPORT, DeskUnderTest, mail
from tools import operate

OWNER = "owner@example.com"
PASSWORD = "a sentence that only she would write"


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_from_the_operators_link_to_the_first_ticket(
    chromium: Browser,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    language: str,
    hand_name: str,
) -> None:
    """The deployer makes a link; its holder goes on by what the page offers, until mail is a ticket."""
    with desk_behind_door(tmp_path / "home", host="localhost", seeded=False) as desk:
        desk.sandbox.add_account(SUPPORT, "Support", hd="example.com")
        link = _link(desk, capsys, language)
        with window(chromium, desk, language, "light", WIDE) as shown:
            shown.elsewhere.add(desk.sandbox.url)
            who = person(shown, hand_name)
            page, words = who.page, who.words
            page.goto(link)

            # The server of the desk's own mail; what is wrong is said, and what was typed stays.
            expect(page.get_by_role("heading", name=words("link-set_up"))).to_be_visible()
            who.write("smtp-host", "smtp.example.com")
            who.write("smtp-sender", "desk@example.com")
            who.write("smtp-username", "desk")
            who.write("sign-in-password", "the server's password")
            who.press("sending-test")

            # A password; the second writing of it differs at first.
            expect(page.get_by_text(OWNER)).to_be_visible()
            who.is_at(who.field("link-password"))
            who.write("link-password", PASSWORD)
            who.write("link-again", "something else")
            who.press("link-submit")
            expect(page.get_by_text(words("link-differ"))).to_be_visible()
            who.is_at(who.field("link-again"))
            page.keyboard.press("ControlOrMeta+A")
            page.keyboard.insert_text(PASSWORD)
            who.press("link-submit")
            who.told("link-done")

            # Signing in with it, and with the code that the server now carries.
            who.press("sign-in-submit")
            who.write("sign-in-email", OWNER)
            who.write("sign-in-password", PASSWORD)
            who.press("sign-in-submit")
            who.told("factor-email_otp")
            who.write("factor-code", system_mail.code(desk.desk.home, OWNER))
            who.press("factor-submit")

            # Nothing is there yet, and the page says what comes next.
            expect(page.get_by_text(words("start-mailbox"))).to_be_visible()
            who.hand.press(page.get_by_role("link", name=words("start-mailbox-do")))
            expect(page.get_by_text(words("mailboxes-empty"))).to_be_visible()
            who.press("mailbox-connect")
            expect(page.get_by_role("dialog").get_by_text(words("disclosure-read"))).to_be_visible()
            who.press("disclosure-go")
            page.wait_for_url(f"{desk.sandbox.url}/**")
            who.hand.tick(page.get_by_role("radio", name=SUPPORT))
            who.hand.press(page.get_by_role("button", name="Select all"))
            who.hand.press(page.get_by_role("button", name="Allow"))
            who.told("mailbox-connected")
            expect(page.get_by_role("heading", name=SUPPORT)).to_be_visible()

            # Nobody works in it yet: whoever set it up puts themselves into it, and sees its mail.
            who.hand.press(page.get_by_role("link", name=words("mailbox-connected-who")))
            who.is_at(who.field("settings-member-add"))
            who.press("settings-member-add-do")
            expect(page.get_by_role("listitem").filter(has_text=OWNER)).to_be_visible()
            who.hand.press(page.get_by_role("link", name=words("desk-title"), exact=True))
            expect(page.get_by_text(words("queue-empty"))).to_be_visible()
            desk.deliver(mail("The very first"))
            expect(page.get_by_role("link", name="The very first")).to_be_visible()


def _link(desk: DeskUnderTest, capsys: pytest.CaptureFixture[str], language: str) -> str:
    """Let the operator make the set-up link; return it."""
    command = ["set-up-link", OWNER, "--name", "Olga", "--operator", "deployer"]
    assert operate.main([*command, "--language", language], desk.app()) == 0
    return capsys.readouterr().out.split()[-1]
