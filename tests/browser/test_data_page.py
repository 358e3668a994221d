"""A customer at the page of their own data, in a real browser without scripts."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from local import system_mail
from shared.services.organisation import public_pages
from tests.desk import DeskUnderTest, mail

NORA = "nora@customers.example.net"


@pytest.mark.parametrize(("locale", "language"), [("en-GB", "en"), ("ar-EG", "ar")])
def test_a_customer_sees_takes_along_and_asks(
    chromium: Browser, page: Page, desk: DeskUnderTest, locale: str, language: str
) -> None:
    """Address, code, what is held, the file, a correction and an erasure; then the visit is ended."""
    words = public_pages.texts("data.json")[language]
    desk.connect()
    desk.deliver(mail("My order", sender=f"Nora Lind <{NORA}>"))
    context = chromium.new_context(java_script_enabled=False, locale=locale)
    visit = context.new_page()
    visit.goto(f"http://{urlsplit(page.url).netloc}/data")

    visit.get_by_label(words["address"]).fill(NORA)
    visit.get_by_role("button", name=words["ask"]).click()
    expect(visit.get_by_role("status")).to_contain_text(words["sent"])
    desk.settle()
    visit.get_by_label(words["code"]).fill(system_mail.code(desk.desk.home, NORA))
    visit.get_by_role("button", name=words["open"]).click()

    expect(visit.get_by_role("heading", name=words["held"])).to_be_visible()
    expect(visit.get_by_text("Nora Lind")).to_be_visible()
    expect(visit.get_by_text("My order")).to_be_visible()
    visit.get_by_role("button", name=words["download_begin"]).click()
    expect(visit.get_by_role("status")).to_contain_text(words["download_made"])
    desk.settle()
    file = visit.get_by_role("link", name=words["download_file"])  # the page comes again by itself
    expect(file).to_be_visible(timeout=15_000)
    with visit.expect_download() as downloading:
        file.click()
    assert downloading.value.suggested_filename == "my-data.zip"

    looked_at = chromium.new_page()  # where scripts run, for what looks at it
    looked_at.set_content(visit.content())
    assert Axe().run(looked_at).response["violations"] == []
    looked_at.close()

    visit.get_by_label(words["correct_text"]).fill("My name is Lindh")
    visit.get_by_role("button", name=words["correct_send"]).click()
    expect(visit.get_by_text("My name is Lindh")).to_be_visible()
    visit.get_by_label(words["erase_confirm"]).check()
    visit.get_by_role("button", name=words["erase_send"]).click()
    expect(visit.get_by_text(words["pending"])).to_have_count(2)
    visit.get_by_role("button", name=words["leave"]).click()
    expect(visit.get_by_label(words["address"])).to_be_visible()
    assert NORA not in visit.content()
    context.close()
