"""How long an agent waits for a page of tickets, a ticket, a search and the feed, and what each reads.

On the embedded seams, in memory: it compares versions of the desk, not the desk with a cloud.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from shared import log
from tests.desk import DeskUnderTest, desk_in, mail
from tests.path.crowd import NORA, counting, crowd_of, write
from tests.stopped_clock import StoppedClock

TICKETS = 5_000
RUNS = 20


def agents() -> dict[str, object]:
    """Return for each step its reads and the median of its milliseconds, among many tickets."""
    with tempfile.TemporaryDirectory() as home, open("/dev/null", "w", encoding="utf-8") as void:  # noqa: PTH123
        log.write_to(void)
        with desk_in(Path(home) / "home") as desk:
            desk.connect()
            desk.deliver(mail("Printer", sender=NORA))
            crowd = crowd_of(desk, TICKETS)
            try:
                return {"tickets": TICKETS} | _measure(desk)
            finally:
                write(desk, dict.fromkeys(crowd))


def _measure(desk: DeskUnderTest) -> dict[str, object]:
    browser = desk.browser("agent")
    [id] = [id for id, t in desk.documents("tickets").items() if t["message_count"]]
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(60)  # nothing is new to the feed
    cursor = browser.get("/api/tickets/feed").json["next"]
    steps = {
        "page_of_50": "/api/tickets/?limit=50",
        "views_with_counts": "/api/tickets/views?counts=true",
        "open_a_ticket": f"/api/content/tickets/{id}",
        "search": "/api/content/search?q=customers",
        "feed": f"/api/tickets/feed?cursor={cursor}",
    }
    result: dict[str, object] = {}
    for name, path in steps.items():
        browser.get(path)  # warm
        times = []
        for _ in range(RUNS):
            began = time.perf_counter()
            answer = browser.get(path)
            times.append(1_000 * (time.perf_counter() - began))
            assert answer.status_code == 200, answer.data
        (reads, *_), _ = counting(desk, lambda path=path: browser.get(path))  # type: ignore[misc]
        result[name] = {"reads": reads, "milliseconds": round(statistics.median(times), 1)}
    return result
