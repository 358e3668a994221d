"""The administration's proofs, retention and legal holds, as an administrator goes through them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.person import person
from tests.desk import SUPPORT, DeskUnderTest, mail
from tests.path.steps import run_out


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_comparison_is_begun_watched_and_its_statement_read(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """It says that it is under way, also after a reload, then how many of how many; the note downloads."""
    mailbox_id = _connected(shared_desk)
    shown = open_desk(language)
    who = person(shown, hand_name)
    shown.sign_in("administrator")
    shown.go(f"#/admin/proofs/{mailbox_id}")

    who.press("proof-whole")
    who.told("proof-under-way")
    shown.page.reload()
    who.told("proof-under-way")
    run_out(shared_desk)

    result = shown.page.get_by_role("row").nth(1)
    expect(result.get_by_text(shown.words.like("proof-of"))).to_be_visible(timeout=15_000)
    with shown.page.expect_download() as downloading:
        who.hand.press(result.get_by_role("link", name=who.words("proof-download")))
    text = downloading.value.path().read_text("utf-8")
    assert text.splitlines()[1] == "reconciliation"
    assert mailbox_id in text


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_rules_are_shown_before_they_are_saved(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """Counts first; only then is anything decided, and it stands there after a reload."""
    mailbox_id = _connected(shared_desk)
    shown = open_desk(language)
    who = person(shown, hand_name)
    shown.sign_in("administrator")
    shown.go(f"#/admin/retention/{mailbox_id}")
    days = "400" if hand_name == "mouse" else "500"

    who.hand.write(shown.page.get_by_label(who.words("retention-tickets"), exact=True), days)
    who.press("retention-look")
    dialog = shown.page.get_by_role("dialog")
    expect(dialog.get_by_text(who.words("retention-what"))).to_be_visible()
    who.press("action-save", dialog)
    expect(dialog).to_be_hidden()
    shown.page.reload()
    field = shown.page.get_by_label(who.words("retention-tickets"), exact=True)
    expect(field).to_have_value(days)
    who.hand.write(field, "")
    field.fill("")
    who.press("retention-look")
    who.press("action-save", dialog)
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_ticket_is_held_by_its_code_seen_and_let_go(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """Who works on the ticket sees the hold; who set it may lift it."""
    _connected(shared_desk)
    shared_desk.deliver(mail(f"Evidence {language} {hand_name}"))
    [ticket] = [
        row for row in shared_desk.tickets() if row["subject"] == f"Evidence {language} {hand_name}"
    ]
    shown = open_desk(language)
    who = person(shown, hand_name)
    shown.sign_in("administrator")
    shown.go(f"#/tickets/{ticket['id']}")

    who.hand.press(shown.page.get_by_role("link", name=who.words("hold-set")))
    dialog = shown.page.get_by_role("dialog")
    expect(who.field("hold-name-ticket", dialog)).to_have_value(ticket["code"])
    who.write("hold-reason", "Case 12 C 345/26", dialog)
    who.press("hold-set", dialog)
    expect(dialog).to_be_hidden()
    who.sees("Case 12 C 345/26")
    shown.go(f"#/tickets/{ticket['id']}")
    who.sees(who.words("ticket-held"))
    shown.go("#/admin/holds")
    who.press("hold-lift")
    who.press("hold-lift", dialog)
    expect(dialog).to_be_hidden()
    who.sees(who.words("holds-empty"))


def _connected(desk: DeskUnderTest) -> str:
    """Return the support mailbox, connected, with a mail in it."""
    if SUPPORT not in desk.mailboxes:
        desk.connect(SUPPORT, "agent", "supervisor", "viewer", "administrator")
        desk.deliver(mail("The first"))
    return desk.mailboxes[SUPPORT]
