"""Connecting a mailbox by Google's own question, as it goes well and wrong; pausing, reconnecting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.person import Person, person
from tests.desk import SUPPORT, DeskUnderTest, mail

# Another site than the sandbox, as Google is: what is strict does not come back with the browser.
HOST = "localhost"
MAILBOXES = "#/mailboxes"


@contextmanager
def asked_by_google(who: Person, key: str, import_days: str | None = None) -> Iterator[None]:
    """Set out by this button and the disclosure; inside, stand before Google's question."""
    who.press(key)
    dialog = who.page.get_by_role("dialog")
    expect(dialog.get_by_text(who.words("disclosure-read"))).to_be_visible()
    expect(dialog.get_by_role("link", name=who.words("disclosure-policy"))).to_be_visible()
    if import_days is not None:
        who.choose("import-depth", import_days, dialog)
    who.press("disclosure-go")
    who.page.wait_for_url(f"{who.shown.desk.sandbox.url}/**")
    yield
    who.page.wait_for_url(f"{who.shown.url}/desk/**")


def choose(who: Person, address: str, *unticked: str, decision: str = "Allow") -> None:
    """Answer Google's question; `unticked` are scopes that are left out."""
    page, hand = who.page, who.hand
    account = page.get_by_role("radio", name=address)
    if not account.is_checked():
        hand.tick(account)
    if decision == "Allow":
        hand.press(page.get_by_role("button", name="Select all"))
        for scope in unticked:
            hand.tick(page.get_by_role("checkbox", name=scope))
    hand.press(page.get_by_role("button", name=decision))


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_what_goes_wrong_at_google_is_told_and_nothing_is_connected(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """A refusal, a missing mark, a policy: each is said in words where one comes back; then it goes well."""
    address = f"new.{language}.{hand_name}@example.com"
    shared_desk.sandbox.add_account(address, "New", hd="example.com")
    shown = open_desk(language)
    shown.elsewhere.add(shared_desk.sandbox.url)
    who = person(shown, hand_name)
    shown.sign_in("administrator")
    shown.go(MAILBOXES)

    with asked_by_google(who, "mailbox-connect"):
        choose(who, address, decision="Cancel")
    who.warned("error-oauth-denied")
    with asked_by_google(who, "mailbox-connect"):
        choose(who, address, "Send email on your behalf")
    who.warned("error-oauth-scope_missing")
    shared_desk.sandbox.set_consent_error(address, "admin_policy_enforced")
    with asked_by_google(who, "mailbox-connect"):
        choose(who, address)
    who.warned("error-oauth-blocked_by_policy")
    expect(who.page.get_by_role("heading", name=address)).to_have_count(0)

    # A year of its mail comes along.
    shared_desk.sandbox.set_consent_error(address, None)
    shared_desk.sandbox.deliver(address, mail("Of last week", to=address))
    with asked_by_google(who, "mailbox-connect", import_days="365"):
        choose(who, address)
    who.told("mailbox-connected")
    shared_desk.settle()
    mailboxes = [one["mailbox_id"] for one in shared_desk.documents("tickets").values()]
    [connected] = re.findall(r"mailbox/(mb_\w+)", who.page.locator("main").inner_html())[:1]
    assert mailboxes.count(connected) == 1
    # A page that is opened again does not tell it again.
    who.page.reload()
    box = who.page.get_by_role("region", name=address)
    expect(box.get_by_text(who.words("mailbox-well"))).to_be_visible()
    expect(who.page.get_by_text(who.words("mailbox-connected"))).to_have_count(0)


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_mailbox_is_paused_and_connected_again(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """Pausing and going on keep the place on the page; what lost its grant is connected by one way out."""
    other = f"other.{language}.{hand_name}@example.com"
    shared_desk.sandbox.add_account(other, "Other", hd="example.com")
    shown = open_desk(language)
    shown.elsewhere.add(shared_desk.sandbox.url)
    who = person(shown, hand_name)
    shown.sign_in("administrator")
    shown.go(MAILBOXES)
    box = who.page.get_by_role("region", name=SUPPORT)

    who.press("mailbox-pause", box)
    who.told("mailbox-paused-now")
    expect(box.get_by_text(who.words("mailbox-state-paused"))).to_be_visible()
    who.is_at(who.button("mailbox-resume", box))
    who.press("mailbox-resume", box)
    who.told("mailbox-goes-on")
    who.is_at(who.button("mailbox-pause", box))

    # The owner takes the grant away; the desk notices when it next reads.
    shared_desk.sandbox.revoke_grant(SUPPORT)
    shown.advance(3_700)
    shared_desk.tick("poll_mailboxes")
    shared_desk.settle()
    shown.sign_in("administrator")
    shown.go(MAILBOXES)
    expect(box.get_by_text(who.words("mailbox-state-needs_reauth"))).to_be_visible()
    with asked_by_google(who, "mailbox-reconnect"):
        choose(who, other)
    who.warned("error-oauth-other_account")
    with asked_by_google(who, "mailbox-reconnect"):
        choose(who, SUPPORT)
    who.told("mailbox-connected-again")
    expect(box.get_by_text(who.words("mailbox-well"))).to_be_visible()
