"""Disconnecting a mailbox at the page, and reading one by break-glass, by each language and hand."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from local import seed
from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.person import person
from tests.desk import BILLING, DeskUnderTest, mail

HOST = "localhost"
MAILBOXES = "#/mailboxes"
REASON = "A customer says that a reply never came."


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_mailbox_is_disconnected_for_good(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """What goes is told before; what became of it also after a reload; its tickets say what happened."""
    address = f"leaving.{language}.{hand_name}@example.com"
    mailbox_id = shared_desk.connect(address, "administrator", "agent")
    shared_desk.deliver(mail(f"Soon gone {language}", to=address), address)
    [ticket] = [t for t in shared_desk.tickets("agent") if t["mailbox_id"] == mailbox_id]
    shown = open_desk(language)
    who = person(shown, hand_name)
    shown.sign_in("administrator")
    shown.go(MAILBOXES)
    box = who.page.get_by_role("region", name=address)

    who.press("disconnect-begin", box)
    dialog = who.page.get_by_role("dialog")
    expect(dialog.get_by_text(who.words("disconnect-holds-messages"))).to_be_visible()
    expect(dialog.get_by_role("link", name=who.words("disconnect-export"))).to_be_visible()
    go = dialog.get_by_role("button", name=who.words("disconnect-go"), exact=True)
    expect(go).to_be_disabled()
    who.hand.tick(dialog.get_by_label(who.words("disconnect-sure")))
    who.hand.press(go)
    who.told("disconnect-begun")
    gone = who.page.get_by_role("region", name=mailbox_id)
    expect(gone.get_by_text(who.words.like("disconnect-progress"))).to_be_visible()

    shared_desk.settle()
    expect(gone.get_by_text(who.words("disconnect-done"))).to_be_visible()
    who.page.reload()
    expect(gone.get_by_text(who.words("disconnect-grant-revoked"))).to_be_visible()
    receipt = gone.get_by_role("link", name=who.words("disconnect-receipt"))
    with who.page.expect_download() as download:
        who.hand.press(receipt)
    assert download.value.suggested_filename == f"receipt-{mailbox_id}.txt"

    shown.go(f"#/tickets/{ticket['id']}")
    expect(who.page.get_by_text(who.words("ticket-destroyed"))).to_be_visible()
    expect(who.page.get_by_role("heading", name=who.words("subject-destroyed"))).to_be_visible()
    expect(who.page.get_by_role("button", name=who.words("reply-begin"))).to_have_count(0)


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_mailbox_is_read_by_break_glass(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """Asked for with a reason, consented to by somebody else, seen by a member, and ended by them."""
    address = f"{language}.{hand_name}.{BILLING}"
    mailbox_id = shared_desk.connect(address, "agent")
    subject = f"An invoice in {language} by {hand_name}"
    shared_desk.deliver(mail(subject, to=address), address)
    if "second" not in shared_desk.people:
        seed._create(shared_desk.desk, "administrator", "second@example.com", "a password")
        shared_desk.people["second"] = ("second@example.com", "a password")
    shown = open_desk(language)
    who = person(shown, hand_name)
    shown.sign_in("administrator")
    shown.go(MAILBOXES)
    box = who.page.get_by_role("region", name=address)

    expect(who.page.get_by_label(who.words("glass-setting"))).to_be_checked()
    who.press("glass-ask", box)
    dialog = who.page.get_by_role("dialog")
    who.write("glass-reason", REASON, dialog)
    who.choose("glass-minutes", "60", dialog)
    who.press("glass-send", dialog)
    who.told("glass-asked-now")
    expect(box.get_by_text(who.words.like("glass-state-asked"))).to_be_visible()

    other = open_desk(language)
    second = person(other, hand_name)
    other.sign_in("second")
    other.go(MAILBOXES)
    theirs = second.page.get_by_role("region", name=address)
    expect(theirs.get_by_text(REASON)).to_be_visible()
    second.press("glass-consent", theirs)
    expect(theirs.get_by_text(second.words.like("glass-state-open"))).to_be_visible()

    shown.go("")
    shown.go(MAILBOXES)
    expect(box.get_by_text(who.words.like("glass-state-open"))).to_be_visible()
    expect(who.page.get_by_text(who.words("glass-banner"))).to_be_visible()
    [ticket] = [
        id for id, t in shared_desk.documents("tickets").items() if t["mailbox_id"] == mailbox_id
    ]
    shown.go(f"#/tickets/{ticket}")
    expect(who.page.get_by_role("heading", name=subject)).to_be_visible()
    expect(who.page.get_by_text("Please send somebody.")).to_be_visible()

    shared_desk.settle()
    member = open_desk(language)
    agent = person(member, hand_name)
    member.sign_in("agent")
    member.go(MAILBOXES)
    ours = agent.page.get_by_role("region", name=address)
    expect(ours.get_by_text(REASON)).to_be_visible()
    agent.press("glass-end", ours)
    expect(ours.get_by_text(agent.words("glass-state-ended"))).to_be_visible()
    assert shared_desk.browser("administrator").get(f"/api/tickets/{ticket}").status_code == 404
