"""What somebody has typed or copied outlives a mishap: a refusal, a slow desk, a closed window."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Dialog, Route, expect

from tests.browser.conftest import OpenDesk
from tests.browser.person import Person, person
from tests.desk import DeskUnderTest, mail

LANGUAGES: Final = pytest.mark.parametrize("language", ["en", "ar"])
# Office programs put a picture of what was copied beside its words.
_PASTE: Final = """
(words) => {
  const data = new DataTransfer();
  if (words) data.setData("text/plain", words);
  data.items.add(new File(["drawn"], "image.png", {type: "image/png"}));
  const area = document.querySelector(".composer textarea");
  const pasted = new ClipboardEvent("paste", {bubbles: true, cancelable: true, clipboardData: data});
  return area.dispatchEvent(pasted);
}
"""


def _at_ticket(open_desk: OpenDesk, desk: DeskUnderTest, subject: str, language: str) -> Person:
    desk.deliver(mail(subject))
    [ticket] = [one["id"] for one in desk.tickets() if one["subject"] == subject]
    who = person(open_desk(language), "mouse")
    who.shown.sign_in("agent")
    who.shown.go(f"#/tickets/{ticket}")
    return who


def _asked_before_closing(who: Person) -> bool:
    """Close the window as a person does; return whether it asked, and then stays open."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    who.page.on("dialog", stay)
    who.page.close(run_before_unload=True)
    while not asked and not who.page.is_closed():
        who.shown.context.cookies()  # lets what happened in the browser be heard
    who.page.remove_listener("dialog", stay)
    return asked == ["beforeunload"]


@LANGUAGES
def test_words_copied_from_an_office_program_are_pasted_as_words(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str
) -> None:
    """The picture that comes beside them is no attachment; a picture alone is one."""
    who = _at_ticket(open_desk, shared_desk, f"Pasted {language}", language)
    who.press("reply-begin")
    expect(who.field("reply-text")).to_be_focused()
    files = who.page.get_by_role("list", name=who.words("mail-files")).get_by_role("listitem")

    assert who.page.evaluate(_PASTE, "Chair\t20") is True  # left to the browser
    expect(files).to_have_count(0)
    assert who.page.evaluate(_PASTE, "") is False
    expect(files).to_have_count(1)


@LANGUAGES
def test_a_window_asks_before_it_closes_over_what_is_nowhere_else(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str
) -> None:
    """A file on its way and a note that is written are nowhere else; a draft that is saved is."""
    who = _at_ticket(open_desk, shared_desk, f"Closed {language}", language)
    held: list[Route] = []

    def wait(route: Route) -> None:
        held.append(route)

    who.page.route("**/uploads", wait)
    who.press("reply-begin")
    who.write("reply-text", "The invoice is attached.")
    who.page.locator(".composer input[type=file]").set_input_files(
        {"name": "invoice.txt", "mimeType": "text/plain", "buffer": b"77"}
    )
    expect(who.page.get_by_role("progressbar")).to_be_visible()
    who.told("draft-saved")
    assert _asked_before_closing(who)
    held.pop().continue_()
    expect(who.page.get_by_role("progressbar")).to_have_count(0)
    who.told("draft-saved")

    who.press("reply-fold")
    who.press("note-begin")
    who.write("note-text", "They called twice.")
    assert _asked_before_closing(who)
    who.press("note-add")
    expect(who.page.locator(".mail--note")).to_contain_text("They called twice.")
    assert not _asked_before_closing(who)


@LANGUAGES
def test_changes_that_follow_each_other_are_all_made(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str
) -> None:
    """Who goes on while the desk is slow is not told that they were in their own way."""
    who = _at_ticket(open_desk, shared_desk, f"Quick {language}", language)
    held: list[Route] = []
    slow = True

    def wait(route: Route) -> None:
        if slow and route.request.method == "PATCH":
            held.append(route)
        else:
            route.continue_()

    who.page.route("**/api/tickets/t_*", wait)
    with who.page.expect_request(lambda request: request.method == "PATCH"):
        who.choose("side-state", "pending")
    who.choose("side-priority", "urgent")
    who.write("tag-add", "leasing")
    who.press("tag-add-do")
    who.page.wait_for_timeout(600)
    slow = False
    for route in held:
        route.continue_()
    expect(who.page.get_by_role("button", name=who.words.like("tag-remove"))).to_be_visible()
    expect(who.field("side-state")).to_have_value("pending")
    expect(who.field("side-priority")).to_have_value("urgent")
    [now] = [one for one in shared_desk.tickets() if one["subject"] == f"Quick {language}"]
    assert (now["state"], now["priority"], now["tags"]) == ("pending", "urgent", ["leasing"])


@LANGUAGES
def test_a_tag_that_was_refused_is_still_in_its_field(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str
) -> None:
    """It is added by pressing once more."""
    who = _at_ticket(open_desk, shared_desk, f"Tagged {language}", language)
    who.shown.expect_refusal("/api/tickets/...", 500)
    who.page.route(
        "**/api/tickets/t_*", lambda route: route.fulfill(status=500, body="{}"), times=1
    )
    who.write("tag-add", "leasing")
    who.press("tag-add-do")
    who.told("error-internal")
    expect(who.field("tag-add")).to_have_value("leasing")
    who.press("tag-add-do")
    expect(who.page.get_by_role("button", name=who.words.like("tag-remove"))).to_be_visible()
    expect(who.field("tag-add")).to_have_value("")


@LANGUAGES
def test_a_new_ticket_that_was_closed_is_gone_on_with(open_desk: OpenDesk, language: str) -> None:
    """Escape while one writes, or a reload, loses nothing; what was opened does not stand there again."""
    who = person(open_desk(language), "mouse")
    who.shown.sign_in("agent")
    who.shown.go("#/tickets")
    who.press("ticket-open")
    dialog = who.page.get_by_role("dialog")
    who.write("ticket-customer-address", "new@customers.example.net", dialog)
    who.write("ticket-subject", f"They called {language}", dialog)
    who.write("ticket-text-mail", "As we said on the telephone.", dialog)
    who.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    who.press("ticket-open")
    expect(who.field("ticket-text-mail", dialog)).to_have_value("As we said on the telephone.")
    who.page.reload()
    who.press("ticket-open")
    expect(who.field("ticket-subject", dialog)).to_have_value(f"They called {language}")
    who.press("ticket-open-mail", dialog)
    expect(who.field("reply-text")).to_have_value("As we said on the telephone.")

    who.shown.go("#/tickets")
    who.press("ticket-open")
    expect(who.field("ticket-subject", dialog)).to_have_value("")
