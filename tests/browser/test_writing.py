"""What goes into a reply and onto a ticket: files by every way, people, a saved text, tags."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.person import person
from tests.desk import DeskUnderTest, mail

_HAND_OVER: Final = """
([way, name]) => {
  const data = new DataTransfer();
  data.items.add(new File(["drawn"], name, {type: "text/plain"}));
  const area = document.querySelector(".composer textarea");
  const given = {bubbles: true, cancelable: true};
  if (way === "paste") area.dispatchEvent(new ClipboardEvent("paste", {...given, clipboardData: data}));
  else area.dispatchEvent(new DragEvent("drop", {...given, dataTransfer: data}));
}
"""


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_reply_with_files_to_all(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, tmp_path: Path, language: str, hand_name: str
) -> None:
    """Files chosen, dropped and pasted go along; one is taken off; the draft is then to everybody."""
    desk = shared_desk
    subject = f"Files {language} {hand_name}"
    colleague = "Omar <omar@customers.example.net>"
    desk.deliver(mail(subject, cc=colleague))
    [ticket] = [one["id"] for one in desk.tickets() if one["subject"] == subject]
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("agent")
    who.shown.go(f"#/tickets/{ticket}")
    (tmp_path / "chosen.txt").write_text("chosen")

    who.press("reply-begin")
    who.write("reply-text", "All in the files.")
    who.page.locator(".composer input[type=file]").set_input_files(tmp_path / "chosen.txt")
    who.page.evaluate(_HAND_OVER, ["drop", "dropped.txt"])
    who.page.evaluate(_HAND_OVER, ["paste", "pasted.txt"])
    files = who.page.get_by_role("list", name=who.words("mail-files")).get_by_role("listitem")
    expect(files).to_have_count(3)
    expect(who.page.get_by_role("progressbar")).to_have_count(0)
    who.hand.press(files.filter(has_text="dropped.txt").get_by_role("button"))
    expect(files).to_have_count(2)
    who.told("draft-saved")

    # Begun for one, the draft becomes an answer to all.
    who.press("reply-fold")
    who.is_at(who.button("reply-go-on"))
    who.press("reply-begin-all")
    expect(who.field("mail-cc")).to_have_value(colleague)
    expect(who.field("reply-text")).to_have_value("All in the files.")
    expect(files).to_have_count(2)
    who.press("reply-send")
    who.told("reply-queued")
    who.shown.advance(20)
    desk.settle()
    sent = desk.sandbox.sends("support@example.com")[-1]
    assert "omar@customers.example.net" in sent["recipients"]
    assert b"chosen.txt" in sent["raw"]
    assert b"pasted.txt" in sent["raw"]
    assert b"dropped.txt" not in sent["raw"]


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_saved_text_and_tags(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """A saved reply is made, found and filled in; tags are offered as they are known, added and removed."""
    desk = shared_desk
    subject = f"Texts {language} {hand_name}"
    for name in (subject, f"Before: {language} {hand_name}"):
        desk.deliver(mail(name))
    tickets = {one["subject"]: one for one in desk.tickets()}
    before = tickets[f"Before: {language} {hand_name}"]
    change = {"add_tags": ["printer"]}
    version = f'"{before["version"]}"'
    path = f"/api/tickets/{before['id']}"
    answer = desk.browser("agent").send("PATCH", path, change, if_match=version)
    assert answer.status_code == 200, answer.data
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("agent")

    who.shown.go("#/admin/saved_replies")
    who.press("saved-reply-create")
    name = f"Soon {language} {hand_name}"
    dialog = who.page.get_by_role("dialog")
    who.write("person-name", name, dialog)
    who.write("saved-reply-text", "About {{ticket.code}}: soon.", dialog)
    who.press("action-save", dialog)
    expect(who.page.get_by_role("rowheader", name=name)).to_be_visible()

    who.shown.go("#/tickets")
    who.hand.press(who.page.get_by_role("link", name=subject))
    expect(who.button("reply-begin")).to_be_visible()
    expect(who.button("reply-begin-all")).to_have_count(0)  # nobody else got the mail
    who.press("reply-begin")
    listed: list[Route] = []

    def wait(route: Route) -> None:
        listed.append(route)

    who.page.route("**/api/tickets/saved_replies?*", wait)
    who.press("saved-insert")
    picker = who.page.get_by_role("dialog", name=who.words("saved-title"))
    who.is_at(who.field("saved-find", picker))
    who.page.keyboard.insert_text(name)
    who.page.keyboard.press("Enter")
    listed.pop().continue_()  # it comes late: Enter was meant all the same
    code = tickets[subject]["code"]
    expect(who.field("reply-text")).to_have_value(f"About {code}: soon.")
    who.is_at(who.field("reply-text"))

    tag = who.field("tag-add")
    expect(who.page.locator("#known-tags option[value=printer]")).to_have_count(1)
    who.hand.write(tag, "printer")
    who.press("tag-add-do")
    remove = who.page.get_by_role("button", name=who.words.like("tag-remove"))
    expect(remove).to_be_visible()
    who.hand.press(remove)
    expect(remove).to_have_count(0)
    expect(who.page.locator("body")).not_to_be_focused()


@pytest.mark.parametrize(("language", "hand_name"), [("en", "mouse")])
def test_what_one_wrote_is_not_shown_to_the_next_at_the_same_window(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """A note that was not added is there again for its author, and for nobody who signs in after them."""
    desk = shared_desk
    desk.deliver(mail("Left standing"))
    [ticket] = [one["id"] for one in desk.tickets() if one["subject"] == "Left standing"]
    place = f"#/tickets/{ticket}"
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("agent")
    who.shown.go(place)
    who.press("note-begin")
    who.write("note-text", "Between us only.")
    who.shown.go(place)
    who.press("note-begin")
    expect(who.field("note-text")).to_have_value("Between us only.")

    who.sign_out()
    who.shown.sign_in("supervisor")
    who.shown.go(place)
    who.press("note-begin")
    expect(who.field("note-text")).to_have_value("")
    who.write("note-text", "Another's words.")

    # Without a sign-out between: the session was ended elsewhere.
    who.shown.sign_in("agent")
    who.shown.go(place)
    who.press("note-begin")
    expect(who.field("note-text")).to_have_value("")
