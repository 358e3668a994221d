"""People's rights over their data: one's own at the account, a customer's by who manages privacy."""

from __future__ import annotations

import zipfile
from typing import Any, Final

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.looking import broken_rules
from tests.browser.person import Person, person
from tests.desk import SUPPORT, DeskUnderTest, mail
from tests.path.steps import run_out

# An account can be erased but once.
_ONCE: Final = {
    ("en", "keyboard"): "auditor",
    ("ar", "mouse"): "viewer",
    ("en", "mouse"): "supervisor",
    ("ar", "keyboard"): "agent",
}


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_ones_own_data_is_put_together_and_taken_away(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """How far it is stands there after a reload too; the zip says what is held; who changed it is told."""
    _connected(shared_desk)
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("agent")
    who.shown.go("#/account")
    who.press("data-export")
    who.told("export-begun")
    who.page.reload()
    expect(who.page.get_by_text(who.words.like("job-progress")).first).to_be_visible()
    run_out(shared_desk)
    names = _downloaded(who)
    assert "README.txt" in names
    expect(who.page.get_by_role("heading", name=who.words("data-accesses"))).to_be_visible()


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_somebody_erases_their_account(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """A wrong address erases nothing; the right one ends everything at once, and they cannot come back."""
    role = _ONCE[language, hand_name]
    email, _ = shared_desk.people[role]
    who = person(open_desk(language), hand_name)
    who.shown.sign_in(role)
    who.shown.go("#/account")
    who.press("data-erase")
    dialog = who.page.get_by_role("dialog", name=who.words("data-erase"))
    who.shown.expect_refusal("/api/account/data/erase", 400)
    who.write("data-erase-confirm", "somebody@example.com", dialog)
    who.press("data-erase-go", dialog)
    who.warned("error-erasure-not_confirmed")
    who.field("data-erase-confirm", dialog).clear()
    who.write("data-erase-confirm", email, dialog)
    who.press("data-erase-go", dialog)
    expect(who.page.get_by_role("heading", name=who.words("sign-in-title"))).to_be_visible()
    run_out(shared_desk)
    assert not [one for one in shared_desk.documents("erasures").values() if one["state"] != "done"]


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_request_is_written_down_and_done(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """By letter: whose it is, the days that are left; a correction is done, an erasure has its receipt."""
    address = f"{language}.{hand_name}@customers.example.net"
    customer = _customer(shared_desk, address)
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("administrator")
    who.shown.go("#/admin/privacy")
    for kind in ("correction", "erasure"):
        who.press("privacy-create")
        dialog = who.page.get_by_role("dialog", name=who.words("privacy-create"))
        who.write("customers-search", address, dialog)
        who.hand.tick(dialog.get_by_role("radio").first)
        who.choose("privacy-kind", kind, dialog)
        who.write("privacy-text", "As I wrote to you.", dialog)
        assert broken_rules(who.shown) == []
        who.press("action-save", dialog)
        expect(dialog).to_be_hidden()
        heading = who.page.get_by_role(
            "heading", name=who.words(f"privacy-kind-{kind}"), exact=True
        )
        expect(heading).to_be_visible()
    expect(who.page.get_by_text(who.words.like("privacy-days")).first).to_be_visible()
    expect(who.page.get_by_text(address).first).to_be_visible()
    assert broken_rules(who.shown) == []

    who.press("privacy-do-correction")
    dialog = who.page.get_by_role("dialog")
    who.write("privacy-answer", "Corrected as you asked.", dialog)
    who.press("privacy-do-correction", dialog)
    expect(dialog).to_be_hidden()

    who.press("privacy-do-erasure")
    who.press("privacy-do-erasure", dialog)
    expect(dialog).to_be_hidden()
    expect(who.page.get_by_text(who.words("privacy-empty-pending"))).to_be_visible()
    run_out(shared_desk)
    who.shown.expect_refusal("/api/tickets/customers/...", 404)
    who.shown.go(f"#/customers/{customer}")
    with who.page.expect_download() as downloading:
        who.hand.press(who.page.get_by_role("link", name=who.words("erasure-receipt")))
    assert "erasure" in downloading.value.path().read_text("utf-8")


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_customers_data_from_their_page(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """Put together, downloaded; then erased: not before it was said that it is the right person."""
    customer = _customer(shared_desk, f"page.{language}.{hand_name}@customers.example.net")
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("administrator")
    who.shown.go(f"#/customers/{customer}")
    assert broken_rules(who.shown) == []
    who.press("rights-export")
    who.told("export-begun")
    run_out(shared_desk)
    assert "README.txt" in _downloaded(who)

    who.shown.expect_refusal("/api/tickets/customers/...", 404)
    who.press("rights-erase")
    dialog = who.page.get_by_role("dialog", name=who.words("rights-erase"))
    expect(who.button("rights-erase", dialog)).to_be_disabled()
    assert broken_rules(who.shown) == []
    who.hand.tick(dialog.get_by_label(who.words("rights-erase-sure")))
    who.press("rights-erase", dialog)
    who.told("erasure-begun")
    run_out(shared_desk)
    expect(who.page.get_by_text(who.words.like("erasure-done"))).to_be_visible(timeout=15_000)
    expect(who.page.get_by_role("heading", name=who.words("customer-erased"))).to_be_visible()
    expect(who.page.get_by_role("link", name=who.words("erasure-receipt"))).to_be_visible()


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_persons_page_is_for_everybody(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """Axe finds nothing on it, nor in the question before an account is erased; then its receipt is there."""
    who = person(open_desk(language), hand_name)
    user = next(
        id for id, one in shared_desk.documents("users").items() if one["role"] == "administrator"
    )
    who.shown.sign_in("administrator")
    who.shown.go(f"#/admin/people/{user}")
    assert broken_rules(who.shown) == []
    who.press("person-erase")
    dialog = who.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert broken_rules(who.shown) == []
    who.press("action-cancel", dialog)

    gone = invited(shared_desk, f"gone.{language}.{hand_name}@example.com")
    who.shown.go(f"#/admin/people/{gone}")
    who.press("person-erase")
    who.press("person-erase", dialog)
    who.told("erasure-begun")
    who.page.reload()
    run_out(shared_desk)
    expect(who.page.get_by_role("heading", name=who.words("person-erased"))).to_be_visible()
    expect(who.page.get_by_role("link", name=who.words("erasure-receipt"))).to_be_visible()
    who.shown.go("#/admin/privacy")
    expect(who.page.get_by_text(who.words("privacy-erased-person")).first).to_be_visible()
    assert broken_rules(who.shown) == []


def invited(desk: DeskUnderTest, address: str) -> str:
    """Invite somebody; return their id."""
    new = {"email": address, "name": "Gone Soon", "role": "viewer", "language": "en"}
    answer = desk.browser("administrator").send("POST", "/api/admin/people", new)
    assert answer.status_code == 201, answer.data
    return str(answer.json["person"]["id"])


def _downloaded(who: Person) -> list[str]:
    link = who.page.get_by_role("link", name=who.words("data-download")).first
    expect(link).to_be_visible(timeout=15_000)
    with who.page.expect_download() as downloading:
        who.hand.press(link)
    with zipfile.ZipFile(downloading.value.path()) as file:
        return file.namelist()


def _customer(desk: DeskUnderTest, address: str) -> str:
    """Return a customer who wrote from this address."""
    _connected(desk)
    before: Any = set(desk.documents("customers"))
    desk.deliver(mail(f"From {address}", sender=f"Nora <{address}>"))
    [id] = set(desk.documents("customers")) - before
    return str(id)


def _connected(desk: DeskUnderTest) -> None:
    if SUPPORT not in desk.mailboxes:
        desk.connect(SUPPORT, "agent", "supervisor", "administrator")
