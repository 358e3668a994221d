"""A webhook at the page: its receiver proves itself, takes a test, and is then not there any more."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.person import person
from tests.functional.receivers import echo
from tests.stranger import stranger


@pytest.mark.parametrize(("language", "hand_name"), [("en", "mouse"), ("ar", "keyboard")])
def test_a_receiver_is_verified_and_tried(
    open_desk: OpenDesk, language: str, hand_name: str
) -> None:
    """What the receiver does is told in words: verified, taken, and out of reach."""
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("administrator")
    who.shown.go("#/admin/webhooks")
    name = f"Stock {language}"
    with stranger() as receiver:
        receiver.answers["/hook"] = echo
        who.press("webhook-create")
        dialog = who.page.get_by_role("dialog", name=who.words("webhook-create"))
        who.write("person-name", name, dialog)
        who.write("webhook-url", f"{receiver.url}/hook", dialog)
        who.press("action-save", dialog)
        secret = who.page.get_by_role("dialog", name=who.words("webhook-secret"))
        who.press("webhook-kept", secret)
        box = who.page.get_by_role("region", name=name)

        who.press("webhook-verify", box)
        who.told("webhook-verified")
        expect(box.get_by_text(who.words("webhook-state-active"))).to_be_visible()
        who.press("webhook-test", box)
        said = who.page.get_by_role("status").filter(has_text="200")
        expect(said.get_by_text(who.words.like("webhook-test-well")).last).to_be_visible()

    # Another secret, and what was told is told again.
    who.press("webhook-secret-new", box)
    dialog = who.page.get_by_role("dialog", name=who.words("webhook-secret-new"))
    who.hand.tick(dialog.get_by_role("radio", name=who.words("webhook-secret-at-once")))
    who.press("webhook-secret-new", dialog)
    secret = who.page.get_by_role("dialog", name=who.words("webhook-secret"))
    expect(secret.get_by_text("whsec_")).to_be_visible()
    who.press("webhook-kept", secret)

    who.press("webhook-test", box)
    why = who.page.get_by_text(who.words("webhook-answer-connection"))
    expect(why.last).to_be_visible()
