"""The queue in a real browser: few requests and nodes however long it is, undone by a key, offline."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.visitor import Visitor
from tests.path.running import Running

ALL = 5_000
PAGE = 50
MAX_ROWS = 200
MAX_NODES = 4_000


def test_five_thousand_tickets_scroll_in_few_nodes(
    running: Running, context: BrowserContext
) -> None:
    """Fifty come by one request; what is far from what is seen is not there, and its room is."""
    visitor = Visitor(context, running)
    visitor.sign_in("agent")
    page = visitor.page
    page.locator(".ticket-row__subject").first.wait_for()
    listed = visitor.ask("/api/tickets/?limit=1")
    assert isinstance(listed, dict)
    one = listed["items"][0]
    asked: list[int] = []

    def answer(route: Route) -> None:
        start = int(parse_qs(urlsplit(route.request.url).query).get("cursor", ["0"])[0])
        asked.append(start)
        items = [
            {**one, "id": f"t_{n:05}", "subject": f"Number {n}"} for n in range(start, start + PAGE)
        ]
        following = str(start + PAGE) if start + PAGE < ALL else None
        route.fulfill(json={"items": items, "next": following})

    page.route(lambda url: "/api/tickets/?" in url, answer)
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.get_by_role("link", name="Number 0", exact=False).first.wait_for()
    assert asked == [0]
    page.wait_for_function(
        """() => { scrollTo(0, document.body.scrollHeight);
        return document.querySelector('#row-t_04999') !== null; }""",
        timeout=60_000,
    )

    assert sorted(asked) == list(range(0, ALL, PAGE))
    assert page.locator(".ticket-row").count() <= MAX_ROWS
    assert page.evaluate("document.querySelectorAll('*').length") <= MAX_NODES
    assert page.evaluate("document.body.scrollHeight") > ALL * 50
    assert visitor.complaints == []


def test_a_key_solves_and_what_was_done_is_undone(
    running: Running, context: BrowserContext
) -> None:
    """The row leaves at once; undoing brings it back to its place."""
    visitor = Visitor(context, running)
    visitor.sign_in("agent")
    page = visitor.page
    page.locator(".ticket-row__subject").first.wait_for()
    before = page.locator(".ticket-row__code").all_inner_texts()
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator(".ticket-row__code")).to_have_count(len(before) - 1)
    page.get_by_role("button", name="Undo").click()

    expect(page.locator(".ticket-row__code")).to_have_text(before)
    assert visitor.complaints == []


def test_offline_says_so_and_goes_on(running: Running, context: BrowserContext) -> None:
    """What was known stays; when the desk answers again, the line goes."""
    visitor = Visitor(context, running)
    visitor.sign_in("agent")
    page = visitor.page
    page.locator(".ticket-row__subject").first.wait_for()
    rows = page.locator(".ticket-row").count()
    context.set_offline(True)
    line = page.get_by_text("The desk does not answer.")
    line.wait_for(timeout=15_000)
    assert page.locator(".ticket-row").count() == rows
    context.set_offline(False)

    expect(line).to_have_count(0, timeout=15_000)
