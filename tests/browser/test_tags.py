"""The administration's page of tags, as a supervisor goes through it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.person import person
from tests.desk import SUPPORT, DeskUnderTest, mail


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_tag_is_renamed_put_together_and_removed(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """Two spellings become one on every ticket; then it goes."""
    desk = shared_desk
    if SUPPORT not in desk.mailboxes:
        desk.connect(SUPPORT, "agent", "supervisor")
    agent = desk.browser("agent")
    names = (f"druck {language} {hand_name}", f"print {language} {hand_name}")
    for name in names:
        desk.deliver(mail(f"About {name}"))
        [ticket] = [one for one in desk.tickets() if one["subject"] == f"About {name}"]
        change = {"add_tags": [name]}
        version = f'"{ticket["version"]}"'
        answer = agent.send("PATCH", f"/api/tickets/{ticket['id']}", change, if_match=version)
        assert answer.status_code == 200, answer.data
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("supervisor")
    who.shown.go("#/admin/tags")

    row = who.page.get_by_role("listitem").filter(has_text=names[0])
    who.hand.press(row.get_by_role("button", name=who.words.like("tags-rename-named")))
    dialog = who.page.get_by_role("dialog")
    who.field("tags-name", dialog).clear()
    who.write("tags-name", names[1].upper(), dialog)
    expect(dialog.get_by_text(who.words.like("tags-joins"))).to_be_visible()
    who.press("tags-join", dialog)
    who.told("tags-done")
    expect(row).to_have_count(0)
    found = [
        one["tags"] for one in desk.tickets() if one["subject"] in {f"About {n}" for n in names}
    ]
    assert found == [[names[1]], [names[1]]]

    row = who.page.get_by_role("listitem").filter(has_text=names[1])
    who.hand.press(row.get_by_role("button", name=who.words.like("tags-remove-named")))
    who.press("tags-remove", dialog)
    expect(row).to_have_count(0)
    assert all(names[1] not in one["tags"] for one in desk.tickets())
