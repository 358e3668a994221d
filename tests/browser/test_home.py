"""The home page in a real browser: sign in, see the tickets, sign out."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, expect

from tests.browser.visitor import Visitor
from tests.path.running import Running


def test_an_agent_signs_in_and_sees_the_tickets(context: BrowserContext, running: Running) -> None:
    """The sample mail stands there as tickets, Arabic subjects in their own direction."""
    visitor = Visitor(context, running)

    visitor.sign_in("agent")

    expect(visitor.page.get_by_role("row")).to_have_count(5)
    arabic = visitor.page.get_by_text("طلب عرض سعر لعشرين كرسي")
    assert arabic.evaluate("element => getComputedStyle(element).direction") == "rtl"
    visitor.page.get_by_role("button", name="Sign out").click()
    expect(visitor.page.get_by_role("button", name="Sign in")).to_be_visible()
    assert visitor.complaints == []
    assert visitor.requested == {visitor.url}


def test_an_administrator_proves_a_code_from_their_mail(
    context: BrowserContext, running: Running
) -> None:
    """An administrative role needs a second factor: the code that the desk has mailed."""
    visitor = Visitor(context, running)

    visitor.sign_in("administrator")

    assert visitor.complaints == []


def test_a_wrong_password_is_told_and_nothing_else(
    context: BrowserContext, running: Running
) -> None:
    """Somebody who mistypes learns that address and password do not match."""
    visitor = Visitor(context, running)
    visitor.page.goto(visitor.url)

    visitor.page.get_by_label("E-mail").fill("agent@example.com")
    visitor.page.get_by_label("Password").fill("not the password")
    visitor.page.get_by_role("button", name="Sign in").click()

    expect(visitor.page.get_by_role("alert")).to_have_text("Address and password do not match.")


def test_who_comes_from_another_site_is_still_signed_in(
    context: BrowserContext, running: Running
) -> None:
    """On the way back from Google the strict cookie stays behind; the page fetches itself once more."""
    visitor = Visitor(context, running)
    visitor.sign_in("agent")
    elsewhere = f"http://localhost:{running.port + 1}/elsewhere"
    link = f'<!doctype html><a href="{visitor.url}/?connected=mb_1">back</a>'
    visitor.page.route(elsewhere, lambda route: route.fulfill(body=link, content_type="text/html"))
    visitor.page.goto(elsewhere)

    visitor.page.get_by_text("back").click()

    expect(visitor.page.get_by_role("status")).to_contain_text("The mailbox is connected")
    expect(visitor.page.get_by_role("button", name="Sign out")).to_be_visible()
