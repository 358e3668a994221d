"""A list that the desk does not give is asked for again in time, and not by those who may not read it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import OpenDesk
from tests.browser.person import person
from tests.desk import DeskUnderTest, mail


def test_a_list_that_cannot_be_given_is_asked_for_in_time(
    open_desk: OpenDesk, shared_desk: DeskUnderTest
) -> None:
    """A desk in trouble is not asked as fast as it can refuse; the list comes by itself later."""
    shared_desk.deliver(mail("Comes late"))
    who = person(open_desk(), "mouse")
    who.shown.sign_in("agent")
    who.shown.expect_refusal("/api/tickets/", 500)
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=500, json={"code": "internal"})

    who.page.route("**/api/tickets/?*", refuse)
    who.shown.page.goto(f"{who.shown.url}/desk/#/tickets")
    who.warned("error-internal")
    who.page.wait_for_timeout(2_000)
    assert len(asked) <= 2
    who.page.unroute("**/api/tickets/?*")
    expect(who.page.get_by_role("link", name="Comes late")).to_be_visible()


@pytest.mark.parametrize("place", ["", "#/tickets", "#/customers", "#/nowhere"])
def test_an_auditor_begins_with_what_they_may_read(open_desk: OpenDesk, place: str) -> None:
    """No list of tickets is asked for that would be refused, and recorded as refused."""
    who = person(open_desk(), "mouse")
    who.shown.sign_in("auditor")
    who.page.goto(f"{who.shown.url}/desk/{place}")
    expect(who.page.get_by_role("heading", name=who.words("admin-reports")).first).to_be_visible()
    who.shown.page.wait_for_load_state("networkidle")
