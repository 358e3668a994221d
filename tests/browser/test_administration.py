"""What administrators do: people invited, given roles and shut out; teams, rules, webhooks, servers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from local import system_mail
from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.person import person
from tests.desk import DeskUnderTest, mail


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_person_from_invitation_to_the_door(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """Invited, they choose a password and see their mailbox; promoted; shut out; let in again."""
    desk = shared_desk
    address = f"new.{language}.{hand_name}@example.com"
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("administrator")
    who.shown.go("#/admin/people")
    who.press("person-invite")
    dialog = who.page.get_by_role("dialog", name=who.words("person-invite"))
    who.write("person-email", address, dialog)
    who.write("person-name", f"Newly {language} {hand_name}", dialog)
    who.choose("person-language", language, dialog)
    who.hand.tick(dialog.get_by_role("checkbox", name="support@example.com"))
    who.press("person-invite-send", dialog)
    who.told("person-invited")
    who.hand.press(who.page.get_by_role("link", name=f"Newly {language} {hand_name}"))

    # Their own way in, in a window of their own.
    desk.settle()
    text = system_mail.as_text(next(system_mail.newest_first(desk.desk.home, address)))
    [link] = re.findall(r"http\S+invitation\S+", text)
    guest = person(open_desk(language), hand_name)
    guest.page.goto(link)
    expect(guest.page.get_by_role("heading", name=who.words("link-invitation"))).to_be_visible()
    guest.write("link-password", "a sentence of the newcomer")
    guest.write("link-again", "a sentence of the newcomer")
    guest.press("link-submit")
    guest.told("link-done")
    guest.is_at(guest.button("sign-in-submit"))
    guest.press("sign-in-submit")
    guest.write("sign-in-email", address)
    guest.write("sign-in-password", "a sentence of the newcomer")
    guest.press("sign-in-submit")
    expect(guest.button("sign-out")).to_be_visible()

    # Another role, then out: the guest's page asks to sign in, and does not let them.
    who.page.reload()
    who.choose("person-role", "viewer")
    who.press("person-role-save")
    who.told("saved")
    with guest.shown.session_ends():
        who.press("person-disable")
        who.press("person-disable", who.page.get_by_role("dialog"))
        expect(who.page.get_by_text(who.words("person-state-disabled"))).to_be_visible()
        expect(guest.page.get_by_role("dialog", name=who.words("sign-in-again"))).to_be_visible()
    who.press("person-enable")
    expect(who.page.get_by_text(who.words("person-state-active"))).to_be_visible()


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_teams_servers_and_webhooks(open_desk: OpenDesk, language: str, hand_name: str) -> None:
    """A team, the desk's own mail, and a webhook whose address does not answer."""
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("administrator")

    who.shown.go("#/admin/teams")
    team = f"Night {language} {hand_name}"
    who.press("team-create")
    dialog = who.page.get_by_role("dialog")
    who.write("team-name", team, dialog)
    who.hand.tick(dialog.get_by_role("checkbox", name="Demo Agent"))
    who.press("action-save", dialog)
    expect(who.page.get_by_role("heading", name=team)).to_be_visible()

    def server(within: str) -> None:
        where = who.page.locator(within)
        for key, text in (
            ("smtp-host", "smtp.example.com"),
            ("smtp-sender", "desk@example.com"),
            ("smtp-username", "desk"),
            ("sign-in-password", "secret"),
        ):
            field = who.field(key, where)
            if not field.input_value():
                who.hand.write(field, text)
        who.press("sending-test", where)

    who.shown.go("#/admin/smtp")
    server("main")
    who.told("smtp-tested")

    who.shown.go("#/admin/webhooks")
    who.press("webhook-create")
    dialog = who.page.get_by_role("dialog", name=who.words("webhook-create"))
    name = f"Ledger {language} {hand_name}"
    who.write("person-name", name, dialog)
    who.write("webhook-url", "https://127.0.0.1:9/hook", dialog)
    who.press("action-save", dialog)
    secret = who.page.get_by_role("dialog", name=who.words("webhook-secret"))
    expect(secret.locator("code")).to_be_visible()
    who.press("webhook-kept", secret)
    box = who.page.get_by_role("region", name=name)
    expect(box.get_by_text(who.words("webhook-state-unverified"))).to_be_visible()
    who.shown.expect_refusal("/api/admin/webhooks/.../verify", 400)
    who.press("webhook-verify", box)
    expect(
        who.page.get_by_role("status").filter(has_text=who.words("error-webhook-not_verified"))
    ).to_be_visible()
    who.press("action-delete", box)
    who.press("webhook-delete", who.page.get_by_role("dialog"))
    expect(box).to_have_count(0)


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_many_at_once_and_what_the_numbers_say(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """Marked tickets are changed at once and given back by undoing; reports open and name their numbers."""
    desk = shared_desk
    mark = f"Many {language} {hand_name}"
    for n in range(3):
        desk.deliver(mail(f"{mark} {n}"))
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("supervisor")
    who.shown.go("#/tickets")
    for n in range(3):
        row = who.page.get_by_role("listitem").filter(has_text=f"{mark} {n}")
        who.hand.tick(row.get_by_role("checkbox"))
    who.press("bulk-more")
    dialog = who.page.get_by_role("dialog")
    who.choose("side-priority", "high", dialog)
    who.choose("side-state", "pending", dialog)
    who.press("bulk-apply", dialog)
    who.told("bulk-done")

    def states() -> set[tuple[str, str]]:
        many = [one for one in desk.tickets() if one["subject"].startswith(mark)]
        return {(one["state"], one["priority"]) for one in many}

    assert states() == {("pending", "high")}
    who.press("action-undo")
    expect(who.page.get_by_role("listitem").filter(has_text=mark)).to_have_count(3)
    who.told("bulk-done")
    assert states() == {("new", "normal")}

    who.shown.go("#/admin/reports")
    expect(
        who.page.get_by_role("table").or_(who.page.locator("svg[role=img]")).first
    ).to_be_visible()
    expect(who.page.get_by_role("alert")).to_have_count(0)
