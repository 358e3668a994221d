"""A customer sees what is held on them by a code to their address: no account, no script."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from local import system_mail
from tests.desk import SUPPORT, URL, DeskBrowser, DeskUnderTest, mail

NORA = "nora@customers.example.net"
MINUTE = 60


@pytest.fixture
def ticket(desk: DeskUnderTest) -> dict[str, Any]:
    """Let a customer write, whose ticket an agent then reads."""
    desk.connect()
    desk.deliver(mail("My order", sender=f"Nora Lind <{NORA}>"))
    [ticket] = desk.tickets()
    assert desk.browser("agent").get(f"/api/content/tickets/{ticket['id']}").status_code == 200
    desk.settle()
    return ticket


def send(browser: DeskBrowser, path: str, **fields: str) -> TestResponse:
    """Send a form of the page."""
    form = {"content_type": "application/x-www-form-urlencoded", "origin": URL}
    return browser.send("POST", f"/data/{path}", urlencode(fields).encode(), **form)


def press(browser: DeskBrowser, path: str) -> TestResponse:
    """Press a button of the page that sends nothing else."""
    return browser.send("POST", f"/data/{path}", origin=URL)


def asks(desk: DeskUnderTest, address: str = NORA) -> DeskBrowser:
    """Return a browser in which somebody entered an address."""
    browser = desk.browser()
    answer = send(browser, "code", email=address)
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].endswith("/data")
    desk.settle()
    return browser


def code(desk: DeskUnderTest, address: str = NORA) -> str:
    """Return the code of the newest mail to an address."""
    return system_mail.code(desk.desk.home, address)


def visits(desk: DeskUnderTest) -> DeskBrowser:
    """Return a browser in which a customer proved their address."""
    browser = asks(desk)
    assert send(browser, "open", code=code(desk)).status_code == 303
    desk.settle()
    return browser


def actions(desk: DeskUnderTest) -> list[tuple[str, str, str | None]]:
    """Return what the log has of data: the action, its outcome and the reason."""
    desk.settle()
    return [
        (entry["action"], entry["outcome"], entry["reason"])
        for entry in desk.audit()
        if entry["action"].startswith("data.")
    ]


def test_what_is_held_is_shown(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """Name, addresses, tickets, and who of the staff had to do with it, by role."""
    page = visits(desk).get("/data")

    assert page.status_code == 200
    for held in ("Nora Lind", NORA, "My order", ticket["code"], "agent", "read"):
        assert held in page.text
    assert "Demo Agent" not in page.text
    assert "<script" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert actions(desk) == [("data.code_sent", "success", None), ("data.opened", "success", None)]


@pytest.mark.usefixtures("ticket")
def test_nobody_learns_whether_an_address_is_known(desk: DeskUnderTest) -> None:
    """The answer for a stranger's address is that for a customer's, and no mail leaves."""
    known, unknown = desk.browser(), desk.browser()

    answers = [
        send(known, "code", email=NORA),
        send(unknown, "code", email="stranger@elsewhere.example.net"),
    ]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert known.get("/data").text == unknown.get("/data").text
    desk.settle()
    assert not any("stranger" in to for to in _recipients(desk))
    assert ("data.code_sent", "failure", "customer.not_found") in actions(desk)
    assert send(unknown, "open", code="00000000").status_code == 400


@pytest.mark.usefixtures("ticket")
def test_a_code_is_good_once_in_the_browser_that_asked(desk: DeskUnderTest) -> None:
    """Another browser, a second use, and a wrong code open nothing."""
    browser = asks(desk)
    found = code(desk)

    assert send(desk.browser(), "open", code=found).status_code == 400
    assert send(browser, "open", code="00000000").status_code == 400
    twin = browser.twin()
    assert send(browser, "open", code=f" {found[:4]} {found[4:]} ").status_code == 303
    assert send(twin, "open", code=found).status_code == 400
    assert NORA not in twin.get("/data").text
    assert NORA in browser.get("/data").text


@pytest.mark.usefixtures("ticket")
def test_five_wrong_codes_end_it(desk: DeskUnderTest) -> None:
    """The right one is then worth nothing."""
    browser = asks(desk)
    for _ in range(5):
        assert send(browser, "open", code="00000000").status_code == 400
    assert send(browser, "open", code=code(desk)).status_code == 400
    assert ("data.refused", "failure", "data.wrong_code") in actions(desk)


@pytest.mark.usefixtures("ticket")
def test_a_code_and_a_visit_end_by_themselves(desk: DeskUnderTest) -> None:
    """Ten minutes for the code, fifteen for the visit."""
    late = asks(desk)
    found = code(desk)
    desk.clock.advance(10 * MINUTE + 1)
    assert send(late, "open", code=found).status_code == 400

    browser = visits(desk)
    desk.clock.advance(15 * MINUTE + 1)
    page = browser.get("/data")
    assert NORA not in page.text
    assert "Your visit is over" in page.text
    for path in ("exports", "leave"):
        assert NORA not in press(browser, path).text
    assert send(browser, "erasure", sure="yes").status_code == 404
    assert not desk.documents("privacy_requests")


@pytest.mark.usefixtures("ticket")
def test_codes_are_throttled(desk: DeskUnderTest) -> None:
    """Nobody's inbox is filled: three an hour."""
    for _ in range(3):
        asks(desk)
    refused = send(desk.browser(), "code", email=NORA)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_an_address_that_is_none_is_told_at_once(desk: DeskUnderTest) -> None:
    """Nothing is kept of it."""
    answer = send(desk.browser(), "code", email="nora")
    assert answer.status_code == 400
    assert "not a complete e-mail address" in answer.text
    assert not desk.documents("challenges")


@pytest.mark.usefixtures("ticket")
def test_everything_as_a_file(desk: DeskUnderTest) -> None:
    """It is made by itself, then downloads; nobody else's browser gets it."""
    browser = visits(desk)
    assert press(browser, "exports").status_code == 303
    assert 'http-equiv="refresh"' in browser.get("/data").text
    desk.settle()
    page = browser.get("/data").text
    path = page.partition('href="/data/exports/')[2].partition('"')[0]

    file = browser.get(f"/data/exports/{path}")

    with zipfile.ZipFile(io.BytesIO(file.data)) as whole:
        assert "README.txt" in whole.namelist()
        assert NORA.encode() in whole.read("data/profile.jsonl")
    assert desk.browser().get(f"/data/exports/{path}").status_code == 404
    assert ("data.exported", "success", None) in actions(desk)


@pytest.mark.usefixtures("ticket")
def test_a_correction_and_an_erasure_are_asked_for(desk: DeskUnderTest) -> None:
    """Both wait with their day; the answer is read here; after the erasure nothing is left to see."""
    browser = visits(desk)
    assert send(browser, "correction", text=" ").status_code == 400
    assert send(browser, "correction", text="My name is Lindh").status_code == 303
    assert send(browser, "correction", text="Again").status_code == 409
    assert send(browser, "erasure").status_code == 400
    assert send(browser, "erasure", sure="yes").status_code == 303
    page = browser.get("/data").text
    assert "My name is Lindh" in page
    assert page.count("We answer by") == 2

    administrator = desk.browser("administrator")
    waiting = administrator.get("/api/admin/privacy/requests").json["items"]
    for one in sorted(waiting, key=lambda one: one["kind"]):
        body = {"decision": "done", "answer": "Corrected." if one["kind"] == "correction" else ""}
        path, version = f"/api/admin/privacy/requests/{one['id']}", f'"{one["version"]}"'
        done = administrator.send("PATCH", path, body, if_match=version)
        assert done.status_code == 200, done.data
        if one["kind"] == "correction":
            assert "Corrected." in browser.get("/data").text
    desk.settle()
    assert "Your visit is over" in browser.get("/data").text


@pytest.mark.usefixtures("ticket")
def test_leaving_ends_the_visit(desk: DeskUnderTest) -> None:
    """Whoever sits down next at a shared computer sees nothing."""
    browser = visits(desk)
    kept = browser.twin()
    assert press(browser, "leave").status_code == 303
    assert NORA not in kept.get("/data").text


@pytest.mark.usefixtures("ticket")
def test_another_site_cannot_ask_for_somebody(desk: DeskUnderTest) -> None:
    """A form of another site is refused before anything is done."""
    browser = visits(desk)
    body = urlencode({"sure": "yes"}).encode()
    form = {"content_type": "application/x-www-form-urlencoded"}
    cross: dict[str, str | None] = {
        "sec_fetch_site": "cross-site",
        "origin": "https://evil.example",
    }
    assert browser.send("POST", "/data/erasure", body, **(form | cross)).status_code == 403
    assert not desk.documents("privacy_requests")


@pytest.mark.usefixtures("ticket")
def test_a_visit_is_no_session_of_staff(desk: DeskUnderTest) -> None:
    """The cookie opens the page and nothing else."""
    browser = visits(desk)
    assert browser.get("/api/tickets/").status_code == 401
    assert browser.get("/api/admin/privacy/requests").status_code == 401


@pytest.mark.usefixtures("ticket")
def test_a_mailbox_of_the_desk_gets_no_code(desk: DeskUnderTest) -> None:
    """Whoever reads that mailbox's tickets could read the code."""
    desk.deliver(mail("Forwarded", sender=f"Support <{SUPPORT}>"))
    before = len(_recipients(desk))
    asks(desk, SUPPORT)
    assert len(_recipients(desk)) == before


def _recipients(desk: DeskUnderTest) -> list[str]:
    folder = desk.desk.home / system_mail.FOLDER
    return [path.read_text("utf-8", "replace") for path in folder.rglob("*.eml")]
