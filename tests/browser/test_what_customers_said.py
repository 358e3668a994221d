"""A customer says how they were helped: asked by mail, read in the ticket, counted in reports."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from playwright.sync_api import Browser, expect

from shared.services.organisation import public_pages
from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.person import person
from tests.desk import SUPPORT, DeskUnderTest, mail

_UNDO_SECONDS = 20
_KNOWN_SECONDS = 31
COMMENT = "It took <b>three</b> days."


def _link(desk: DeskUnderTest) -> str:
    """Return the link in the newest mail that left."""
    raw = desk.sandbox.sends(SUPPORT)[-1]["raw"]
    text = message_from_bytes(raw, EmailMessage, policy=default).get_body(("plain",))
    assert text is not None
    [found] = re.findall(r"http\S+/satisfaction/\S+", text.get_content())
    return str(found)


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_what_a_customer_said_is_seen_in_the_ticket_and_in_reports(
    chromium: Browser,
    open_desk: OpenDesk,
    shared_desk: DeskUnderTest,
    language: str,
    hand_name: str,
) -> None:
    """Set on the mailbox's page, asked for by the mail that solves; what is said appears by itself."""
    desk = shared_desk
    subject = f"Said {language} {hand_name}"
    desk.deliver(mail(subject))
    [ticket] = [one["id"] for one in desk.tickets() if one["subject"] == subject]
    admin = person(open_desk(language), hand_name)
    admin.shown.sign_in("administrator")
    admin.shown.go(f"#/admin/mailbox/{desk.mailboxes[SUPPORT]}")
    box = admin.page.get_by_role("region", name=admin.words("settings-by-itself"))
    asks = admin.field("settings-satisfaction", box)
    expect(asks).to_be_visible()
    if not asks.is_checked():
        admin.hand.tick(asks)
        admin.press("action-save", box)
        admin.told("saved")
        admin.shown.advance(_KNOWN_SECONDS)

    who = person(open_desk(language), hand_name)
    who.shown.sign_in("agent")
    who.shown.go(f"#/tickets/{ticket}")
    who.press("reply-begin")
    who.write("reply-text", "It is repaired.")
    who.press("reply-send-solve")
    who.told("reply-queued")
    who.shown.advance(_UNDO_SECONDS)
    desk.settle()

    texts = public_pages.texts("satisfaction.json")[language]
    locale = {"en": "en-GB", "ar": "ar-EG"}[language]
    context = chromium.new_context(java_script_enabled=False, locale=locale)
    visit = context.new_page()
    visit.goto(_link(desk))
    visit.get_by_role("radio", name=texts["bad"], exact=True).check()
    visit.get_by_role("textbox").fill(COMMENT)
    visit.get_by_role("button", name=texts["send"], exact=True).click()
    expect(visit.get_by_role("status")).to_contain_text(texts["thanks"])
    context.close()
    desk.settle()

    customer = who.page.get_by_role("region", name=who.words("side-customer"))
    expect(customer.get_by_text(who.words("rating-bad"))).to_be_visible()
    expect(customer.get_by_text(COMMENT)).to_be_visible()
    expect(who.page.get_by_text(who.words("deed-ticket-rated"))).to_be_visible()

    ratings = [one["rating"] for one in desk.documents("tickets").values() if one["rating"]]
    chief = person(open_desk(language), hand_name)
    chief.shown.sign_in("supervisor")
    chief.shown.go("#/admin/reports")
    report = chief.page.get_by_role("region", name=chief.words("report-satisfaction"))
    total = report.get_by_role("row", name=re.compile(f"^{chief.words('report-total')}"))
    number = chief.page.evaluate(
        "([language, count]) => new Intl.NumberFormat(language).format(count)",
        [language, ratings.count("bad")],
    )
    columns = report.get_by_role("columnheader").all_inner_texts()
    bad = total.get_by_role("cell").nth(columns.index(chief.words("rule-rating-bad")) - 1)
    expect(bad).to_have_text(number)
