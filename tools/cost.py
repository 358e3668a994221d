"""What a deployment costs a month, and which limit it meets first: `python -m tools.cost`.

    python -m tools.cost [--tickets 1000] [--agents 5] [--edge none]
    python -m tools.cost --scale

Two kinds of numbers go in. What the desk does is counted: `TICKET`, `LOOKING` and `IDLE_DAY` are held
equal to what tests/path/test_cost_of_a_ticket.py counts of the real chain. What Google asks for it is
`PRICES`, list prices of a region of the first tier in USD, without tax; each names its page. How long a
function runs is not counted but assumed, and said so: it depends on the region, not on us.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_MANIFEST: Final = Path(__file__).parent.parent / "functions" / "manifest.json"

DAYS: Final = 30
HOURS_AT_THE_PAGE: Final = 160  # of an agent, a month


@dataclass(frozen=True, slots=True)
class Work:
    """Operations as they are billed. Databases apart: only (default) has a free quota."""

    reads: int  # documents of (default); a missing one and an empty query are one each
    writes: int  # of (default), deletes among them
    named_reads: int  # of `keyring` and `audit`
    named_writes: int
    events: int  # published, each a message of Pub/Sub
    requests: int  # to functions: calls of the page, and deliveries
    gmail_units: int

    def times(self, factor: float) -> Amounts:
        """Return the same so many times."""
        return Amounts({name: getattr(self, name) * factor for name in self.__dataclass_fields__})


class Amounts(dict[str, float]):
    """Amounts of Work by the names of its members, which can be added."""

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts({name: self[name] + other[name] for name in self})


# A ticket of four mails: asked, answered, asked again, answered and solved; by one agent who opens it twice.
TICKET: Final = Work(182, 68, 80, 17, 20, 61, 328)
# An agent's page that stays open and idle, an hour.
LOOKING: Final = Work(4140, 0, 0, 0, 0, 1200, 0)
# A day on which nobody writes, with one mailbox.
IDLE_DAY: Final = Work(6570, 36, 2420, 180, 104, 1789, 515)

# Assumed, not counted: warm, in the region of the database. DESIGN gives the functions 1 vCPU.
SECONDS_A_REQUEST: Final = 0.15
GIB_A_REQUEST: Final = 0.6
KIB_STORED_A_TICKET: Final = (
    40.0  # four messages, their replies, entries of the audit log and their index entries
)


@dataclass(frozen=True, slots=True)
class Price:
    """USD for `per` of something, what of it is free in a month, and the page that says so."""

    usd: float
    per: float
    free: float
    page: str

    def of(self, amount: float, *, free: bool) -> float:
        """Return USD for an amount in a month."""
        return max(0.0, amount - (self.free if free else 0.0)) / self.per * self.usd


_RUN: Final = "https://cloud.google.com/run/pricing"
_FIRESTORE: Final = "https://cloud.google.com/firestore/pricing"
READ: Final = "2026-11"  # when these pages were last compared with the figures here
PRICES: Final = {
    "requests": Price(0.40, 1e6, 2e6, _RUN),
    "vcpu_seconds": Price(0.000024, 1, 180_000, _RUN),
    "gib_seconds": Price(0.0000025, 1, 360_000, _RUN),
    "reads": Price(0.03, 1e5, 50_000 * DAYS, _FIRESTORE),
    "writes": Price(0.09, 1e5, 20_000 * DAYS, _FIRESTORE),
    "named_reads": Price(0.03, 1e5, 0, _FIRESTORE),
    "named_writes": Price(0.09, 1e5, 0, _FIRESTORE),
    "stored_gib": Price(0.15, 1, 1, _FIRESTORE),
    "backup_gib": Price(0.03, 1, 0, _FIRESTORE),
    "event_tib": Price(40.0, 1, 10 / 1024, "https://cloud.google.com/pubsub/pricing"),
    "secrets": Price(0.06, 1, 6, "https://cloud.google.com/secret-manager/pricing"),
    "jobs": Price(0.10, 1, 3, "https://cloud.google.com/scheduler/pricing"),
    "log_gib": Price(0.50, 1, 50, "https://cloud.google.com/stackdriver/pricing"),
    "image_gib": Price(0.10, 1, 0.5, "https://cloud.google.com/artifact-registry/pricing"),
    "edge": Price(18.25 + 7.0, 1, 0, "https://cloud.google.com/vpc/network-pricing#lb"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill: USD without what is free, and with it."""

    item: str
    amount: float
    plain: float
    with_free: float


def bill(
    tickets: int, agents: int, *, functions: int, secrets: int, jobs: int, edge: bool
) -> list[Line]:
    """Return a month's bill of a deployment with one mailbox, a line a price."""
    used = TICKET.times(tickets) + LOOKING.times(agents * HOURS_AT_THE_PAGE) + IDLE_DAY.times(DAYS)
    stored = tickets * 12 * KIB_STORED_A_TICKET / 1024**2  # of a year
    seconds = used["requests"] * SECONDS_A_REQUEST
    amounts = {
        "requests": used["requests"],
        "vcpu_seconds": seconds,
        "gib_seconds": seconds * GIB_A_REQUEST,
        "reads": used["reads"],
        "writes": used["writes"],
        "named_reads": used["named_reads"],
        "named_writes": used["named_writes"],
        "stored_gib": stored,
        "backup_gib": stored * 7,
        "event_tib": max(used["events"], 0)
        * 1_000
        / 1024**4,  # a message is billed as 1,000 bytes at least
        "secrets": secrets,
        "jobs": jobs,
        "log_gib": used["requests"] * 400 / 1024**3,
        "image_gib": functions * 0.2,
        "edge": 1.0 if edge else 0.0,
    }
    return [
        Line(name, amount, price.of(amount, free=False), price.of(amount, free=True))
        for name, price in PRICES.items()
        for amount in (amounts[name],)
    ]


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that ends: how much of it a load of mails a month uses, and what is done then."""

    name: str
    most: float
    used: Callable[[float, float], float]  # (tickets a month, tickets a second at the busiest)
    then: str


_BUSIEST: Final = 10  # times the average: working hours, Monday morning
_MONTH_SECONDS: Final = DAYS * 86_400
_MAILS: Final = 4
LIMITS: Final = (
    Limit(
        "Gmail units a minute, one mailbox",
        6_000,
        lambda _, second: second * 60 * TICKET.gmail_units,
        "the mailbox falls behind and catches up by itself; spread the load over more addresses",
    ),
    Limit(
        "Gmail units a day, the project",
        80_000_000,
        lambda month, _: month / DAYS * TICKET.gmail_units,
        "a second project, with its own desk, for some of the mailboxes",
    ),
    Limit(
        "writes a second to one ascending index, one mailbox (tickets by last mail)",
        500,
        lambda _, second: second * _MAILS,
        "more mailboxes: every such index begins with the mailbox",
    ),
    Limit(
        "writes a second to the audit log's index, 16 shards",
        500 * 16,
        lambda _, second: second * TICKET.named_writes,
        "more shards: their number is a constant of the entry",
    ),
    Limit(
        "requests at once, all functions (10 instances of 20)",
        200,
        lambda _, second: second * TICKET.requests * SECONDS_A_REQUEST,
        "max_instances in functions/manifest.json",
    ),
)
SCALE: Final = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)


def scale() -> list[str]:
    """Return the scale table in Markdown: how much of each limit is used, by tickets a month."""
    head = "| limit | most | " + " | ".join(f"{n:,}" for n in SCALE) + " |"
    rows = [head, "|---|---|" + "---|" * len(SCALE)]
    for limit in LIMITS:
        shares = []
        for month in SCALE:
            share = limit.used(month, month / _MONTH_SECONDS * _BUSIEST) / limit.most
            shares.append(f"**{share:,.1f} ×**" if share > 1 else f"{share:.1%}")
        rows.append(f"| {limit.name} | {limit.most:,.0f} | {' | '.join(shares)} |")
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a month's bill, or the scale table; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.cost", description=__doc__)
    parser.add_argument("--tickets", type=int, default=1_000, help="new tickets a month")
    parser.add_argument("--agents", type=int, default=5, help="people at the page, 160 hours each")
    parser.add_argument("--edge", choices=("load_balancer", "none"), default="load_balancer")
    parser.add_argument("--scale", action="store_true", help="print which limit is met when")
    chosen = parser.parse_args(arguments)
    if chosen.scale:
        print("\n".join(scale()))
        return 0
    functions = json.loads(_MANIFEST.read_text("utf-8"))["functions"]
    lines = bill(
        chosen.tickets,
        chosen.agents,
        functions=len(functions),
        secrets=len({secret for row in functions.values() for secret in row["secrets"]}),
        jobs=sum("schedule" in row for row in functions.values()),
        edge=chosen.edge != "none",
    )
    print("| item | amount | USD without free tiers | with |\n|---|---|---|---|")
    for line in lines:
        print(f"| {line.item} | {line.amount:,.2f} | {line.plain:.2f} | {line.with_free:.2f} |")
    plain, with_free = (sum(getattr(x, name) for x in lines) for name in ("plain", "with_free"))
    print(f"| **a month** | | **{plain:.2f}** | **{with_free:.2f}** |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
