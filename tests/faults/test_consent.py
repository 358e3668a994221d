"""The fault table of the OAuth callback: a person whose consent fails sets out again until it succeeds."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from shared.app import App
from tests.canonical import assert_equal
from tests.desk import SUPPORT, URL, DeskBrowser, DeskUnderTest, desk_in, mail
from tests.faults.faulty import WAYS, Crash, Rule, faulty
from tests.faults.rig import Rig, only

_TRIES: Final = 3


class Consents(Rig):
    """A rig whose events are consents of one person at one browser."""

    intent = "add"

    def connect(self) -> None:
        """Set out to Google and come back, again and again, until the mailbox is connected."""
        browser = self.desk.browser("administrator")
        for _ in range(_TRIES):
            if self._comes_back(browser):
                # What could not be asked for at once is found by the next poll.
                self.desk.queue.publish("tick-poll", {})
                return
        raise AssertionError("the mailbox is not connected")

    def _comes_back(self, browser: DeskBrowser) -> bool:
        body = {"intent": self.intent}
        if self.intent == "reconnect":
            body["mailbox_id"] = self.desk.mailboxes[SUPPORT]
        armed, self._armed = self._armed, False
        url = browser.send("POST", "/api/oauth/start", body).json["url"]
        back = self.desk.sandbox.approve(url, SUPPORT)
        self._armed = armed
        self._start_anew()
        try:
            path = back.removeprefix(URL)
            answer = browser.send("GET", path, sec_fetch_site="cross-site")
        except Crash:
            self._start_anew()
            return False
        return "connected=" in answer.headers.get("Location", "")

    _armed = True

    def _disturbed(self, app: App) -> App:
        return faulty(app, self._rule) if self._armed and app.function == "oauth" else app


def first_connection(desk: DeskUnderTest) -> Consents:
    """Connect a mailbox for the first time."""
    desk.sandbox.add_account(SUPPORT, "Support", hd="example.com")
    desk.sandbox.set_push(drop=100_000)
    rig = Consents(desk, "oauth", lambda: None)
    rig.begin = rig.connect
    return rig


def reconnection(desk: DeskUnderTest) -> Consents:
    """Connect a mailbox again whose grant was revoked; mail has come meanwhile, one is parked."""
    desk.connect()
    desk.settle()
    parked = desk.sandbox.deliver(SUPPORT, mail("Parked", message_id="<1@x.example.net>"))
    desk.sandbox.revoke_grant(SUPPORT)
    event = {"mailbox_id": desk.mailboxes[SUPPORT], "gmail_id": parked["id"]}
    desk.push("create_ticket", event)
    desk.settle()
    desk.sandbox.set_push(drop=100_000)
    desk.sandbox.deliver(SUPPORT, mail("Unseen", message_id="<2@x.example.net>"))
    rig = Consents(desk, "oauth", lambda: None)
    rig.intent = "reconnect"
    rig.begin = rig.connect
    return rig


@pytest.mark.parametrize("case", [first_connection, reconnection], ids=lambda case: case.__name__)
def test_every_fault_ends_connected(case: type[Consents], tmp_path: Path) -> None:
    """Each call of the callback struck in each way: one mailbox, active, watched, its cursor kept."""
    parts = ("mailboxes", "tickets", "messages", "customers", "codes", "outbox", "parked")
    with desk_in(tmp_path / "home") as desk:
        rig = case(desk)
        expected, calls = rig.undisturbed()
        assert expected["mailboxes"][SUPPORT]["state"] == "active"
        assert len(expected["messages"]) == (2 if case is reconnection else 0)

        for at, name in enumerate(calls, 1):
            for when, how in WAYS:
                found = rig.run(rule := Rule("oauth", at, when, how))

                assert rule.struck == name
                assert_equal(only(found, *parts), only(expected, *parts))
                assert ("mailbox.connected", "success", "None") in found["audit"]["others"]
