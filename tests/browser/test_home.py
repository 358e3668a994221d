"""Pages that need no script, in a real browser: by links and forms alone, and nothing that axe finds."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.visitor import Visitor
from tests.path.running import Running

PAGES = [
    "/",
    "/privacy",
    "/privacy/how",
    "/help",
    "/satisfaction/none",
    "/data",
    "/api/docs",
    "/local/",
]


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "ar-EG"])
def test_everybody_can_read_the_pages(
    chromium: Browser,
    running: Running,
    locale: str,
    scheme: Literal["light", "dark"],
    width: int,
) -> None:
    """In both languages, light and dark, narrow and wide: axe finds nothing and nothing is cut off."""
    context = chromium.new_context(
        locale=locale, color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    visitor = Visitor(context, running)
    found = {}
    for path in PAGES:
        visitor.page.goto(visitor.url + path)
        wide = visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path
        violations = Axe().run(visitor.page).response["violations"]
        found[path] = [(v["id"], v["nodes"][0]["html"]) for v in violations]
    context.close()

    assert {path: ids for path, ids in found.items() if ids} == {}
    assert visitor.requested == {visitor.url}


def test_the_way_through_the_pages_works_without_scripts(
    chromium: Browser, running: Running
) -> None:
    """Home, the policy, the other language, help and home again, by links alone."""
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    visitor = Visitor(context, running)
    page = visitor.page
    page.goto(visitor.url)

    page.get_by_role("main").get_by_role("link", name="privacy policy").click()
    expect(page.get_by_role("heading", name="Privacy policy", level=1)).to_be_visible()
    page.get_by_role("link", name="العربية").click()
    expect(page.get_by_role("heading", name="سياسة الخصوصية", level=1)).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="المساعدة").click()
    expect(page.get_by_role("heading", name="المساعدة في بيانات Google", level=1)).to_be_visible()
    page.get_by_role("link", name="العودة إلى الصفحة الرئيسية").click()
    expect(page.get_by_role("link", name="فتح المكتب")).to_have_attribute("href", "/desk/")

    assert visitor.complaints == []
    context.close()


def test_a_newcomer_writes_without_scripts(chromium: Browser, running: Running) -> None:
    """The form that the browser sends by itself is taken, and the mail stands in the customer's mailbox."""
    context = chromium.new_context(java_script_enabled=False, locale="ar-EG")
    visitor = Visitor(context, running)
    page = visitor.page
    page.goto(f"{visitor.url}/local/")

    page.get_by_label("من", exact=True).fill("sara@customers.example.net")
    page.get_by_label("الموضوع").fill("سؤال")
    page.get_by_label("النص").fill("متى يصل طلبي؟")
    page.get_by_role("button", name="إرسال الرسالة").click()

    expect(page.get_by_role("status")).to_contain_text("في طريقها")
    expect(page.get_by_role("article")).to_contain_text("متى يصل طلبي؟")
    assert visitor.complaints == []
    assert visitor.requested == {visitor.url}
    context.close()


def test_staff_find_the_desk_from_home(context: BrowserContext, running: Running) -> None:
    """The button leads to the sign-in of the desk; an administrator proves a code from their mail."""
    visitor = Visitor(context, running)
    visitor.page.goto(visitor.url)

    visitor.page.get_by_role("link", name="Open the desk").click()
    expect(visitor.page.get_by_label("E-mail")).to_be_visible()
    visitor.sign_in("administrator")

    assert visitor.complaints == []
    assert visitor.requested == {visitor.url}
