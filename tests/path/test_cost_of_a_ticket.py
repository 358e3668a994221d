"""What a ticket, an open page and a day of silence cost in operations: counted of the whole chain.

tools/cost.py reckons with these numbers. Whoever changes what is read or written changes them there, and
docs/cost.md with them.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import pytest

from local import manifest
from local.schedule import due
from tests.conftest import log_file
from tests.counting import Counts
from tests.desk import DeskBrowser, DeskUnderTest, desk_in, mail
from tests.replying import NORA, asked, draft, passes, queue
from tests.stopped_clock import StoppedClock
from tools import cost
from tools.cost import Work

# Gmail's units a call; reference pages in docs/cost.md.
_UNITS: Final = {
    "history.list": 2,
    "messages.list": 5,
    "getProfile": 1,
    "messages.get": 20,
    "threads.get": 40,
    "messages.send": 100,
    "watch": 100,
    "settings.sendAs.list": 1,
}
_DOCUMENT: Final = Path(__file__).parent.parent.parent / "docs" / "cost.md"
_FEED_SECONDS: Final = 5
_PRESENCE_SECONDS: Final = 10
_MINUTES_A_DAY: Final = 24 * 60


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskUnderTest]:
    """Give a desk that has had a ticket before: its caches are warm."""
    with desk_in(tmp_path_factory.mktemp("cost") / "home") as desk:
        asked(desk)
        yield desk


def test_a_day_of_silence(desk: DeskUnderTest, tmp_path: Path) -> None:
    """Every schedule strikes as the manifest says, for one mailbox, and there is nothing to do."""
    rows = list(manifest.load().values())

    def day() -> None:
        for _ in range(_MINUTES_A_DAY):
            _advance(desk, 60)
            for topic in due(rows, desk.clock.now()):
                desk.queue.publish(topic, {})
            desk.settle()

    day()  # what of the day before is cleaned away on this one

    assert _as_stated(_counted(desk, log_file(tmp_path), day), cost.IDLE_DAY)


def test_an_open_page(desk: DeskUnderTest, tmp_path: Path) -> None:
    """An agent's page asks for news, colleagues, notifications and counts as web/app/ says how often."""
    agent = desk.browser("agent")
    asked_each_hour = {
        "/api/tickets/feed?limit=100": 3600 // _FEED_SECONDS,
        "/api/tickets/presence": 3600 // _PRESENCE_SECONDS,
        "/api/tickets/notifications?limit=30": 60,
        "/api/tickets/views?counts=true": 60,
    }
    cursor = agent.get("/api/tickets/feed?limit=100").json["next"]
    total = cost.Amounts(dict.fromkeys(asdict(cost.LOOKING), 0.0))
    for path, times in asked_each_hour.items():
        at = f"{path}&cursor={cursor}" if "feed" in path else path

        def once(at: str = at) -> None:
            assert agent.get(at).status_code == 200

        once()
        total += _counted(desk, log_file(tmp_path), once).times(times)

    assert total == cost.LOOKING.times(1)


def test_a_ticket(desk: DeskUnderTest, tmp_path: Path) -> None:
    """Four mails: asked, answered, asked again, answered and solved, by an agent who opens it twice."""
    agent = desk.browser("agent")
    agent.get("/api/tickets/?limit=50")
    once = _life(desk, agent, 1)
    once()

    assert _as_stated(_counted(desk, log_file(tmp_path), _life(desk, agent, 2)), cost.TICKET)


def test_the_tables_of_cost_are_what_the_program_prints() -> None:
    """Every table of docs/cost.md stands under the command that prints it."""
    text = _DOCUMENT.read_text("utf-8")
    blocks = re.findall(r"<!-- python -m tools\.cost ?(.*?) -->\n((?:\|.*\n)+)", text)

    assert len(blocks) >= 3
    for arguments, table in blocks:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            cost.main(arguments.split())
        assert printed.getvalue() == table, arguments


def _life(desk: DeskUnderTest, agent: DeskBrowser, number: int) -> Callable[[], None]:
    def live() -> None:
        subject = f"Order {number}"
        desk.deliver(mail(subject, sender=NORA, message_id=f"<{number}.1@x.example.net>"))
        sent = _answered(desk, agent, subject)
        _advance(desk, 60)
        desk.deliver(
            mail(f"Re: {subject}", sender=NORA, message_id=f"<{number}.2@x.example.net>"),
            thread_id=sent["gmail_thread_id"],
        )
        _answered(desk, agent, subject, then_state="solved")
        _advance(desk, 120)
        desk.queue.publish("tick-deadlines", {})
        desk.settle()

    return live


def _answered(desk: DeskUnderTest, agent: DeskBrowser, subject: str, **how: Any) -> Any:
    """Look at the list, open the ticket, write a reply that is kept once meanwhile, and send it."""
    rows = agent.get("/api/tickets/?limit=50").json["items"]
    [ticket] = [row for row in rows if row["subject"] == subject]
    assert agent.get(f"/api/content/tickets/{ticket['id']}").status_code == 200
    path = f"/api/tickets/{ticket['id']}"
    agent.send("POST", f"{path}/presence", {"typing": True})
    reply = draft(agent, ticket)
    kept = agent.send(
        "PATCH", f"{path}/replies/{reply['id']}", {"text": "On its way."}, if_match='"1"'
    )
    assert kept.status_code == 200, kept.data
    newest = agent.get(path).json["ticket"]
    queue(agent, kept.json, newest["conversation"], **how)
    passes(desk)
    stored = desk.documents("messages").values()
    mine = [m for m in stored if (m["ticket_id"], m["direction"]) == (ticket["id"], "out")]
    return max(mine, key=lambda one: one["received_at"])


def _counted(desk: DeskUnderTest, lines: Path, work: Callable[[], object]) -> Work:
    """Do something, and count what all functions did by it."""
    counts = {name: Counts() for name in desk.desk.stores}
    for name, store in desk.desk.stores.items():
        store.counts = counts[name]  # type: ignore[attr-defined]
    desk.counts.reset()
    desk.sandbox.reset_calls()
    before = lines.stat().st_size
    work()
    served = lines.read_text("utf-8")[before:].count('"message":"request.served"')
    calls = desk.sandbox.calls()
    named = [counts[name] for name in ("keyring", "audit")]
    return Work(
        reads=counts["(default)"].reads,
        writes=counts["(default)"].writes,
        named_reads=sum(one.reads for one in named),
        named_writes=sum(one.writes for one in named),
        events=desk.counts.published,
        requests=served,
        gmail_units=sum(_UNITS[name] * times for name, times in calls.items() if name in _UNITS),
    )


def _as_stated(found: Work, stated: Work) -> bool:
    """Say whether just so much was done; what is remembered for a random while is read less often."""
    for name in ("reads", "named_reads"):
        assert 0.7 * getattr(stated, name) <= getattr(found, name) <= getattr(stated, name), name
    return replace(found, reads=stated.reads, named_reads=stated.named_reads) == stated


def _advance(desk: DeskUnderTest, seconds: float) -> None:
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(seconds)
    desk.sandbox.advance_clock(seconds)
