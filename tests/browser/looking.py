"""What a page must be for everybody: axe finds nothing, nothing is scrolled sideways, the focus is seen."""

from __future__ import annotations

from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.desk_page import NARROW, DeskPage, looks_right

_TABS: Final = 12
_AXE_QUIET_MS: Final = 100


def settled(shown: DeskPage) -> None:
    """Wait until the page is there, not only its frame."""
    expect(shown.page.locator("h1")).to_be_visible()
    expect(shown.page.locator(".skeleton")).to_have_count(0)


def broken_rules(shown: DeskPage, within: str | None = None) -> list[str]:
    """Return what axe finds, on the page or within a selector, and whether one must scroll sideways."""
    wrong = []
    # In the frame of a mail axe tries inline styles, which its policy refuses: that is not the page's doing.
    shown.listening = within is not None
    if not shown.page.evaluate("'axe' in window"):
        shown.page.evaluate(Axe().axe_script)
    found = shown.page.evaluate(_RUN, within)
    if not shown.listening:
        shown.page.wait_for_timeout(_AXE_QUIET_MS)
    shown.listening = True
    for violation in found:
        targets = [node["target"] for node in violation["nodes"]][:3]
        wrong.append(f"{violation['id']} at {targets}")
    if within and shown.page.locator(within).evaluate(_TOO_WIDE):
        wrong.append("it is to be scrolled sideways")
    if shown.page.evaluate("innerWidth") <= NARROW:
        wrong += [f"scrolled sideways: {what}" for what in shown.page.evaluate(_SIDEWAYS)]
    try:
        looks_right(shown)
    except AssertionError as error:
        wrong.append(f"sideways or direction: {error}")
    return wrong


def unseen_focus(shown: DeskPage) -> list[str]:
    """Go on by Tab some times; return where one does not see that one is there."""
    wrong = []
    for _ in range(_TABS):
        shown.page.keyboard.press("Tab")
        unseen = shown.page.evaluate(_FOCUS)
        if unseen:
            wrong.append(f"focus is not seen at {unseen}")
    return wrong


_RUN: Final = """
async (within) => {
  const found = await axe.run(within ?? document, {preload: false, resultTypes: ["violations"]});
  return found.violations.map(({id, nodes}) => ({id, nodes: nodes.map(({target}) => ({target}))}));
}
"""
_TOO_WIDE: Final = "box => box.localName === 'dialog' && box.scrollWidth > box.clientWidth"
# Preformatted text keeps its lines, as they are what somebody signed; a mail is in a frame of its own.
_SIDEWAYS: Final = """
() => {
  const scrolls = (box) => ["auto", "scroll"].includes(getComputedStyle(box).overflowX);
  const wide = (box) => box.scrollWidth > box.clientWidth && box.getClientRects().length > 0;
  const meant = "pre, input, textarea, select";
  return [...document.body.querySelectorAll("*")]
    .filter((box) => wide(box) && scrolls(box) && !box.matches(meant))
    .map((box) => box.outerHTML.slice(0, 120));
}
"""
_FOCUS: Final = """
() => {
  // The parts of a date and of a time have a mark of the browser's own.
  const at = document.activeElement;
  if (!at || at === document.body || at.tagName === "IFRAME" || /^(date|time)/.test(at.type)) return null;
  const ringed = (style) =>
    (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  // A link that covers its row draws the ring with what it covers it with.
  const seen = ringed(getComputedStyle(at)) || ringed(getComputedStyle(at, "::after"));
  return seen ? null : at.outerHTML.slice(0, 120);
}
"""
