"""The administration's page of tags, as a supervisor goes through it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.looking import broken_rules
from tests.browser.person import person
from tests.desk import SUPPORT, DeskUnderTest, mail
from tests.path.steps import run_out


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
    who.told("tags-begun")
    who.page.reload()  # it goes on by itself
    begun = who.page.get_by_text(who.words.like("tags-renamed")).first
    expect(begun).to_contain_text(names[0])
    run_out(desk)
    expect(row.get_by_role("button")).to_have_count(0)
    assert broken_rules(who.shown) == []
    found = [
        one["tags"] for one in desk.tickets() if one["subject"] in {f"About {n}" for n in names}
    ]
    assert found == [[names[1]], [names[1]]]

    row = who.page.get_by_role("listitem").filter(has_text=names[1])
    who.hand.press(row.get_by_role("button", name=who.words.like("tags-remove-named")))
    who.press("tags-remove", dialog)
    who.told("tags-begun")
    run_out(desk)
    expect(row.get_by_role("button")).to_have_count(0)
    assert all(names[1] not in one["tags"] for one in desk.tickets())
