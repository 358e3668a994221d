"""Working through tickets by keys alone, on a keyboard of the language."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk_page import NARROW
from tests.browser.person import Person, person
from tests.browser.words import LANGUAGES
from tests.desk import DeskUnderTest, mail

MINUTE: Final = 60
# What the keys write on an Arabic keyboard.
_ARABIC: Final = dict(zip("jkoeirnsu", "تنخثهقىسع", strict=True))
_PRESS: Final = """
([key, code]) => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", {key, code, bubbles: true, cancelable: true}))
"""


def _press(who: Person, key: str) -> None:
    """Press the key that has this letter in Latin, on the keyboard of their language."""
    if who.words.language == "ar":
        who.page.evaluate(_PRESS, [_ARABIC[key], f"Key{key.upper()}"])
    else:
        who.page.keyboard.press(key)


def _begins(
    open_desk: OpenDesk, desk: DeskUnderTest, language: str, what: str
) -> tuple[Person, list[str]]:
    """Let three mails come; return an agent at the queue, and the subjects as listed."""
    subjects = [f"{what} {language} {number}" for number in (3, 2, 1)]
    for subject in reversed(subjects):
        desk.clock.advance(MINUTE)  # type: ignore[attr-defined]
        desk.sandbox.advance_clock(MINUTE)
        desk.deliver(mail(subject))
    who = person(open_desk(language), "keyboard")
    who.shown.sign_in("agent")
    who.shown.go("#/tickets")
    expect(who.page.locator(".ticket-row__subject").nth(2)).to_contain_text(subjects[2])
    return who, subjects


def _shows(who: Person, subject: str) -> None:
    expect(who.page.get_by_role("heading", level=1)).to_have_text(subject)
    # Its properties stand there when it has come: keys do something to it now.
    expect(who.field("side-priority")).to_be_enabled()


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_one_ticket_to_the_next(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str
) -> None:
    """J and k go through the list, past a ticket that was solved; u goes back to it."""
    who, (first, second, third) = _begins(open_desk, shared_desk, language, "Next")

    _press(who, "j")
    _press(who, "o")
    _shows(who, first)
    _press(who, "j")
    _shows(who, second)
    _press(who, "k")
    _shows(who, first)
    _press(who, "j")
    _shows(who, second)
    _press(who, "e")
    who.told("bulk-done")
    expect(who.field("side-state")).to_have_value("solved")
    codes = {one["subject"]: one["code"] for one in shared_desk.tickets()}
    expect(who.page).to_have_title(f"{codes[second]} · {who.words('desk-title')}")
    _press(who, "j")
    _shows(who, third)
    _press(who, "u")

    expect(who.page).to_have_title(who.words("desk-title"))
    expect(who.page.locator(".ticket-row__subject").nth(1)).to_contain_text(third)
    expect(who.page.locator(".ticket-row__subject").nth(1)).to_be_focused()
    states = {one["subject"]: one["state"] for one in shared_desk.tickets()}
    assert (states[first], states[second], states[third]) == ("new", "solved", "new")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_key_did_to_a_ticket_is_undone(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str
) -> None:
    """One key assigns in list and ticket; solved by a key, it is open again by one press."""
    who, (first, second, _) = _begins(open_desk, shared_desk, language, "Undo")

    _press(who, "j")
    _press(who, "i")
    who.told("bulk-done")
    _press(who, "o")
    _shows(who, first)
    expect(who.field("side-assignee")).not_to_have_value("")
    _press(who, "j")
    _shows(who, second)
    _press(who, "i")
    expect(who.field("side-assignee")).not_to_have_value("")
    _press(who, "e")
    expect(who.field("side-state")).to_have_value("solved")
    who.press("action-undo")

    expect(who.field("side-state")).to_have_value("open")  # assigning had opened it
    expect(who.field("side-assignee")).not_to_have_value("")


@pytest.mark.parametrize("language", LANGUAGES)
def test_out_of_what_is_written(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str
) -> None:
    """Escape puts a reply and a note away, keeps both, and gives the keys back."""
    who, (first, _, _) = _begins(open_desk, shared_desk, language, "Out")
    _press(who, "j")
    _press(who, "o")
    _shows(who, first)

    _press(who, "r")
    who.is_at(who.field("reply-text"))
    who.page.keyboard.insert_text("Half a thought")
    who.page.keyboard.press("Escape")
    who.is_at(who.button("reply-go-on"))
    _press(who, "n")
    note = who.field("note-text")
    who.is_at(note)
    who.page.keyboard.insert_text("Half a note")
    who.page.keyboard.press("Escape")
    expect(note).to_have_count(0)
    _press(who, "s")
    dialog = who.page.get_by_role("dialog", name=who.words("snooze-title"))
    expect(dialog).to_be_visible()
    who.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    _press(who, "r")

    expect(who.field("reply-text")).to_have_value("Half a thought")
    who.is_at(who.field("reply-text"))
    who.page.keyboard.press("Escape")
    who.is_at(who.button("reply-go-on"))
    _press(who, "n")
    expect(note).to_have_value("Half a note")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_is_thrown_away_only_when_that_is_meant(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str
) -> None:
    """Words are asked about before they go; nothing is asked where nothing was written."""
    who, (first, _, _) = _begins(open_desk, shared_desk, language, "Away")
    _press(who, "j")
    _press(who, "o")
    _shows(who, first)
    text = who.field("reply-text")
    dialog = who.page.get_by_role("dialog", name=who.words("reply-discard-title"))

    _press(who, "r")
    who.write("reply-text", "An hour of work")
    who.press("reply-discard")
    who.press("action-cancel", dialog)
    expect(text).to_have_value("An hour of work")
    who.press("reply-discard")
    who.press("reply-discard", dialog)
    expect(text).to_have_count(0)
    who.is_at(who.button("reply-begin"))
    _press(who, "r")
    expect(text).to_have_value("")
    who.press("reply-discard")

    expect(text).to_have_count(0)
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_ticket_begins_where_it_is_unread(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str
) -> None:
    """What is folded is above; Escape leaves a field first, and then the ticket."""
    root = f"<long.{language}@customers.example.net>"
    subject = f"Long {language}"
    shared_desk.deliver(mail(subject, message_id=root))
    for number in range(12):
        shared_desk.clock.advance(MINUTE)  # type: ignore[attr-defined]
        shared_desk.sandbox.advance_clock(MINUTE)
        shared_desk.deliver(mail(f"Re: {subject}", f"Words {number}", in_reply_to=root))
    who = person(open_desk(language, width=NARROW), "keyboard")
    who.shown.sign_in("agent")
    who.shown.go("#/tickets")
    _press(who, "j")
    _press(who, "o")
    _shows(who, subject)

    expect(who.page.get_by_text("Words 10")).to_be_in_viewport()
    expect(who.page.locator("article").first).not_to_be_in_viewport()
    who.press("side-label")
    who.is_at(who.field("side-state"))
    expect(who.field("side-state")).to_be_in_viewport()
    who.page.keyboard.press("Escape")
    who.page.keyboard.press("#")
    who.is_at(who.field("tag-add"))
    who.page.keyboard.press("Escape")
    expect(who.page.get_by_role("heading", level=1)).to_have_text(subject)
    who.page.keyboard.press("Escape")
    expect(who.page.locator(".ticket-row__subject").first).to_be_focused()


@pytest.mark.parametrize("language", LANGUAGES)
def test_through_what_was_found(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str
) -> None:
    """What a search found is gone through as a list is, and u goes back to the search."""
    who, subjects = _begins(open_desk, shared_desk, language, "Found")
    who.page.keyboard.press("/")
    who.is_at(who.page.get_by_role("searchbox"))
    who.page.keyboard.insert_text(f"Found {language}")
    who.page.keyboard.press("Enter")
    rows = who.page.locator(".ticket-row__subject")
    expect(rows).to_have_count(3)
    found = [text.splitlines()[-1] for text in rows.all_inner_texts()]
    assert sorted(found) == sorted(subjects)

    _press(who, "j")
    expect(rows.first).to_be_focused()
    _press(who, "o")
    _shows(who, found[0])
    _press(who, "j")
    _shows(who, found[1])
    _press(who, "k")
    _shows(who, found[0])
    _press(who, "u")

    expect(who.page.get_by_role("heading", level=1)).to_have_text(who.words("search-title"))
    expect(rows).to_have_count(3)
