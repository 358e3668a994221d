"""The rules of a mailbox on their page: tried out before they are let loose."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.person import person
from tests.desk import SUPPORT, DeskUnderTest, mail


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_rule_is_tried_out_and_changes_nothing(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """It names the tickets that it would change and how; they stay as they are until it is enabled."""
    desk = shared_desk
    word = f"invoice-{language}-{hand_name}"
    desk.deliver(mail(f"Your {word}"))
    rule = {
        "name": f"Bills {language} {hand_name}",
        "when": ["ticket_created"],
        "conditions": [{"field": "subject", "operator": "contains", "values": [word]}],
        "actions": {"priority": "high"},
        "enabled": False,
    }
    path = f"/api/admin/mailboxes/{desk.mailboxes[SUPPORT]}/rules"
    made = desk.browser("supervisor").send("POST", path, rule)
    assert made.status_code == 201, made.data
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("supervisor")
    who.shown.go(f"#/admin/rules/{desk.mailboxes[SUPPORT]}")

    box = who.page.get_by_role("listitem").filter(has_text=str(rule["name"]))
    who.press("rule-try", box)
    trial = who.page.get_by_role("dialog")
    expect(trial.get_by_role("row").filter(has_text=word)).to_have_count(1)
    expect(trial.get_by_role("row").filter(has_text=word)).to_contain_text(
        who.words("priority-high")
    )
    [ticket] = [one for one in desk.tickets() if word in one["subject"]]
    assert ticket["priority"] == "normal"
    who.press("action-close", trial)
    who.is_at(who.button("rule-try", box))
