"""The fault table of views and of opening a ticket: struck anywhere and asked again, it is done once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from werkzeug.test import TestResponse

from tests.desk import DeskUnderTest, desk_in, mail
from tests.faults.faulty import Crash
from tests.faults.rig import Rig, check_every_fault

Request = Callable[[], TestResponse]
Case = Callable[[DeskUnderTest], tuple[str, Request]]

_PATIENCE: Final = 5  # times that a page sends a request again


def saving_a_view(desk: DeskUnderTest) -> tuple[str, Request]:
    """Save a view under a key that makes it safe to ask again."""
    agent = desk.browser("agent")
    body = {"name": "Printers", "filters": {"tag": "printer"}}
    return "tickets", lambda: agent.send("POST", "/api/tickets/views", body, idempotency_key="k1")


def opening_a_ticket(desk: DeskUnderTest) -> tuple[str, Request]:
    """Open a ticket whose mail is in the cache: what is written is that it was read."""
    agent = desk.browser("agent")
    [id] = desk.documents("tickets")
    return "content", lambda: agent.get(f"/api/content/tickets/{id}")


@pytest.mark.parametrize("case", [saving_a_view, opening_a_ticket], ids=lambda case: case.__name__)
def test_every_fault_ends_as_none_does(case: Case, tmp_path: Path) -> None:
    """Each call of each seam struck in each way; the page asks again, and it was done once."""
    with desk_in(tmp_path / "home") as desk:
        desk.connect()
        desk.deliver(mail())
        rig = _rig(desk, case)
        expected, calls = rig.undisturbed()

        runs = check_every_fault(rig, expected, calls)

        assert runs == 4 * len(calls)
        assert runs > 0


def _rig(desk: DeskUnderTest, case: Case) -> Rig:
    function, ask = case(desk)
    rig = Rig(desk, function, lambda: None)

    def begin() -> None:
        for _ in range(_PATIENCE):
            try:
                answer = ask()
            except Crash:
                rig._start_anew()
                continue
            if answer.status_code < 500:
                assert answer.status_code in (200, 201), answer.data
                return
        raise AssertionError("never answered")

    rig.begin = begin
    return rig
