"""What belongs together: a mail moved and split off, tickets merged and taken apart, customers too."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.person import Person, person
from tests.desk import DeskUnderTest, mail


def find(who: Person, code: str) -> None:
    """Find a ticket by its code in the dialog that asks for one, and choose it."""
    dialog = who.page.get_by_role("dialog")
    who.write("finder-label", code, dialog)
    who.hand.tick(dialog.get_by_role("radio").and_(dialog.locator("[name=ticket]")).first)


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_mail_is_split_off_and_moved_back_and_tickets_are_merged(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """A mail becomes a ticket of its own; the two are made one again, and taken apart."""
    desk = shared_desk
    subject = f"Two things {language} {hand_name}"
    desk.deliver(mail(subject, "The first thing."))
    [ticket] = [one for one in desk.tickets() if one["subject"] == subject]
    messages = desk.documents("messages").values()
    [first] = [one for one in messages if one["ticket_id"] == ticket["id"]]
    desk.sandbox.advance_clock(60)
    desk.deliver(mail(f"Re: {subject}", "Another thing."), thread_id=first["gmail_thread_id"])
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("supervisor")
    who.shown.go(f"#/tickets/{ticket['id']}")

    second = who.page.get_by_role("article").filter(has_text="Another thing.")
    who.press("mail-correct", second)
    dialog = who.page.get_by_role("dialog", name=who.words("mail-correct"))
    who.hand.tick(dialog.get_by_role("radio", name=who.words("correction-new")))
    who.press("correction-split", dialog)
    who.told("correction-done")
    expect(second).to_have_count(0)
    others = [one for one in desk.tickets() if subject in one["subject"]]
    [split] = [one for one in others if one["id"] != ticket["id"]]

    # The other way round: what was split off is moved into the first again, mail and ticket.
    who.press("merge-title")
    find(who, split["code"])
    who.hand.press(who.page.get_by_role("button", name=who.words.like("merge-do")))
    who.told("merge-done")
    expect(second).to_be_visible()
    apart = who.page.get_by_role("button", name=who.words.like("unmerge-do"))
    who.hand.press(apart)
    who.told("unmerge-done")
    expect(second).to_have_count(0)


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_mail_is_moved_to_another_ticket_and_the_two_are_linked(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """A mail goes to the ticket that it is about; each names the other until the link is taken away."""
    desk = shared_desk
    wrong, right = (f"{what} {language} {hand_name}" for what in ("Invoice", "Delivery"))
    for subject in (wrong, right):
        desk.deliver(mail(subject, f"About the {subject}."))
    codes = {one["subject"]: one for one in desk.tickets()}
    messages = desk.documents("messages").values()
    [first] = [one for one in messages if one["ticket_id"] == codes[wrong]["id"]]
    desk.sandbox.advance_clock(60)
    desk.deliver(mail(f"Re: {wrong}", "Where is it?"), thread_id=first["gmail_thread_id"])
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("agent")
    who.shown.go(f"#/tickets/{codes[wrong]['id']}")

    lost = who.page.get_by_role("article").filter(has_text="Where is it?")
    who.press("mail-correct", lost)
    dialog = who.page.get_by_role("dialog", name=who.words("mail-correct"))
    expect(who.button("correction-move", dialog)).to_be_disabled()
    find(who, codes[right]["code"])
    who.press("correction-move", dialog)
    told = who.told("correction-done")
    expect(told).to_contain_text(codes[right]["code"])
    expect(lost).to_have_count(0)
    who.press("action-open", told)
    expect(who.page.get_by_role("heading", name=right, exact=True)).to_be_visible()
    expect(lost).to_be_visible()
    expect(lost).to_contain_text(who.words("reason-corrected"))

    who.press("link-title")
    dialog = who.page.get_by_role("dialog", name=who.words("link-title"))
    expect(who.button("link-do", dialog)).to_be_disabled()
    find(who, codes[wrong]["code"])
    who.press("link-do", dialog)
    expect(dialog).to_have_count(0)
    related = who.page.get_by_role("region", name=who.words("side-links"))
    there = related.get_by_role("link", name=wrong)
    who.hand.press(there)
    expect(who.page.get_by_role("heading", name=wrong, exact=True)).to_be_visible()
    back = related.get_by_role("link", name=right)
    expect(back).to_be_visible()
    away = related.get_by_role("button", name=who.words.like("link-remove"))
    who.hand.press(away)
    expect(away).to_have_count(0)
    expect(related.get_by_role("heading", name=who.words("related-linked"))).to_have_count(0)
    stored = desk.documents("tickets")
    assert [stored[codes[subject]["id"]]["links"] for subject in (wrong, right)] == [[], []]


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_customer_is_written_down_merged_and_taken_apart(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """What is known of a customer is saved; two who are one are made one, and that is undone."""
    desk = shared_desk
    one, other = (f"{name}.{language}.{hand_name}@example.org" for name in ("lena", "lena.home"))
    for address in (one, other):
        desk.deliver(mail(f"From {address}", sender=f"Lena <{address}>"))
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("agent")
    who.shown.go("#/customers")
    who.write("customers-search", one)
    row = who.page.get_by_role("listitem").filter(has_text=one)
    expect(row).to_have_count(1)
    who.hand.press(row.get_by_role("link"))

    who.write("customer-organisation", "Lind & Sons")
    who.press("action-save")
    who.told("saved")
    who.write("customer-note-new", "Calls before noon.")
    who.press("customer-note-keep")
    who.sees("Calls before noon.")

    who.press("customer-merge")
    dialog = who.page.get_by_role("dialog", name=who.words("customer-merge"))
    who.is_at(who.field("customers-search", dialog))
    who.page.keyboard.insert_text(other)
    who.page.keyboard.press("Enter")
    who.press("customer-merge-into", dialog)
    who.told("customer-merge-done")
    expect(who.field("customer-addresses")).to_have_value(f"{other}\n{one}")
    who.press("customer-unmerge")
    who.told("customer-unmerged")
    expect(who.field("customer-addresses")).to_have_value(other)
