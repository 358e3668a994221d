"""The page at which customers answer, in a real browser without scripts."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk import URL, DeskUnderTest
from tests.rating import link_of_first_ticket, mail_from_a_customer


@pytest.mark.parametrize(
    ("locale", "question", "good", "send", "thanks", "direction"),
    [
        ("en-GB", "How was the help that you got?", "Good", "Send", "Thank you", "ltr"),
        ("ar-EG", "كيف كانت المساعدة التي حصلت عليها؟", "جيدة", "إرسال", "شكرًا لك", "rtl"),
    ],
)
def test_a_customer_answers_without_scripts_or_sign_in(
    chromium: Browser,
    page: Page,
    desk: DeskUnderTest,
    locale: str,
    question: str,
    good: str,
    send: str,
    thanks: str,
    direction: str,
) -> None:
    """Opened from a mail: the form that the browser sends by itself is taken, and the answer shown."""
    mail_from_a_customer(desk)
    address = link_of_first_ticket(desk)
    here = urlsplit(page.url)
    context = chromium.new_context(java_script_enabled=False, locale=locale)
    visit = context.new_page()
    visit.goto(address.replace(URL, f"http://{here.netloc}"))

    expect(visit.get_by_role("group", name=question)).to_be_visible()
    assert visit.locator("html").get_attribute("dir") == direction
    visit.get_by_role("radio", name=good, exact=True).check()
    visit.get_by_role("textbox").fill("Very kind <b>people</b>")
    visit.get_by_role("button", name=send).click()

    expect(visit.get_by_role("status")).to_contain_text(thanks)
    expect(visit.get_by_role("status")).to_contain_text(good)
    assert "kind" not in visit.content()
    context.close()
    assert [ticket["rating"] for ticket in desk.documents("tickets").values()] == ["good"]
