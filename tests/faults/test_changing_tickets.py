"""The fault table of what people do to tickets: struck anywhere and asked again, it is done once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from werkzeug.test import TestResponse

from tests.desk import SUPPORT, DeskUnderTest, desk_in, mail
from tests.faults.faulty import Crash
from tests.faults.rig import Rig, check_every_fault

Request = Callable[[], TestResponse]
Case = Callable[[DeskUnderTest, list[Any]], Request]

_PATIENCE: Final = 5  # times that a page sends a request again


def changing(desk: DeskUnderTest, tickets: list[Any]) -> Request:
    """Change state, tags and priority at once."""
    ticket, *_ = tickets
    wanted = {"state": "pending", "priority": "high", "add_tags": ["printer"]}
    return _request(desk, "PATCH", ticket, "", wanted)


def changing_many(desk: DeskUnderTest, tickets: list[Any]) -> Request:
    """Change two tickets in one request."""
    picked = [{"id": ticket["id"], "version": ticket["version"]} for ticket in tickets]
    body = {"tickets": picked, "change": {"add_tags": ["printer"]}}
    agent = desk.browser("supervisor")
    return lambda: agent.send("POST", "/api/tickets/bulk", body)


def merging(desk: DeskUnderTest, tickets: list[Any]) -> Request:
    """Merge the second ticket into the first."""
    target, source = tickets
    body = {"source_id": source["id"], "source_version": source["version"]}
    return _request(desk, "POST", target, "/merge", body)


def splitting(desk: DeskUnderTest, tickets: list[Any]) -> Request:
    """Make a ticket of the newest message of the first."""
    ticket, _ = tickets
    return _request(desk, "POST", ticket, "/split", {"message_ids": [_newest(desk, ticket)]})


def correcting(desk: DeskUnderTest, tickets: list[Any]) -> Request:
    """Put the newest message of the first ticket into the second."""
    ticket, other = tickets
    path = f"/messages/{_newest(desk, ticket)}"
    return _request(desk, "PATCH", ticket, path, {"ticket_id": other["id"]})


def linking(desk: DeskUnderTest, tickets: list[Any]) -> Request:
    """Let two tickets name each other."""
    ticket, other = tickets
    return _request(desk, "POST", ticket, "/links", {"ticket_id": other["id"]})


CASES: Final[tuple[Case, ...]] = (
    changing,
    changing_many,
    merging,
    splitting,
    correcting,
    linking,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_every_fault_ends_as_none_does(case: Case, tmp_path: Path) -> None:
    """Each call of each seam struck in each way; the page asks again, and it was done once."""
    with desk_in(tmp_path / "home") as desk:
        rig = _rig(desk, case)
        expected, calls = rig.undisturbed()

        runs = check_every_fault(rig, expected, calls)

        assert runs == 4 * len(calls)
        assert runs > 0


def _rig(desk: DeskUnderTest, case: Case) -> Rig:
    """Let three mails arrive, of which two are one ticket, and prepare what a person asks for."""
    desk.connect()
    desk.deliver(mail("One", message_id="<1@x.example.net>"))
    thread = desk.sandbox.messages(SUPPORT)[0]["threadId"]
    desk.sandbox.advance_clock(60)
    desk.deliver(
        mail("Re: One", message_id="<2@x.example.net>", references="<1@x.example.net>"),
        thread_id=thread,
    )
    desk.sandbox.advance_clock(60)
    desk.deliver(mail("Two", message_id="<3@x.example.net>"))
    two, one = desk.tickets()
    ask = case(desk, [one, two])
    rig = Rig(desk, "tickets", lambda: None)

    def begin() -> None:
        for _ in range(_PATIENCE):
            try:
                answer = ask()
            except Crash:
                rig._start_anew()
                continue
            if answer.status_code < 500 and "ask_again" not in answer.text:
                assert answer.status_code in (200, 201), answer.data
                assert '"refused"' not in answer.text
                return
        raise AssertionError("never answered")

    rig.begin = begin
    return rig


def _request(
    desk: DeskUnderTest, method: str, ticket: Any, path: str, body: dict[str, Any]
) -> Request:
    supervisor = desk.browser("supervisor")
    url, version = f"/api/tickets/{ticket['id']}{path}", f'"{ticket["version"]}"'
    return lambda: supervisor.send(method, url, body, if_match=version)


def _newest(desk: DeskUnderTest, ticket: Any) -> str:
    view = desk.browser("supervisor").get(f"/api/tickets/{ticket['id']}").json
    return str(view["messages"][-1]["id"])
