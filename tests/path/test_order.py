"""What a desk holds at the end does not depend on the order in which mail came in, nor on repetition."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.canonical import Dump, assert_equal
from tests.desk import BILLING, SALES, SUPPORT, DeskUnderTest, desk_in
from tests.path.conversations import Arrived, Conversations
from tests.rewinding import Moment, dump, moment, take_back

SHUFFLES = 25


@dataclass(frozen=True, slots=True)
class Scene:
    """A desk whose Gmail holds the conversations, and what it holds when they came in order."""

    desk: DeskUnderTest
    before: Moment
    arrived: Sequence[Arrived]
    in_order: Dump

    def take_in(self, arrived: Sequence[Arrived]) -> Dump:
        """Let these come in, in this order, from the beginning."""
        take_back(self.desk, self.before)
        for message in arrived:
            assert self.desk.push("create_ticket", message.event).status_code == 204
        self.desk.settle()
        self.desk.check()
        return only(dump(self.desk))


def only(whole: Dump) -> Dump:
    """Return what does not hang on when: how much of the log is sealed does."""
    return {part: held for part, held in whole.items() if part != "sealed"}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Give one desk for all orders: Gmail is only read."""
    home: Path = tmp_path_factory.mktemp("order")
    with desk_in(home / "home") as desk:
        for address in (SUPPORT, SALES, BILLING):
            desk.connect(address)
        desk.settle()
        desk.sandbox.set_push(drop=1_000)  # nobody is told: each run says itself what came
        arrived = Conversations(desk).fill()
        scene = Scene(desk, moment(desk), arrived, {})
        yield Scene(desk, scene.before, arrived, scene.take_in(arrived))


def test_every_message_stands_in_one_ticket(scene: Scene) -> None:
    """In order, all messages are there once, and those that belong together stand together."""
    tickets = scene.in_order["tickets"]

    assert len(scene.in_order["messages"]) == len(scene.arrived)
    counts = {
        t["summary"]["subject"].removeprefix("Re: "): t["message_count"] for t in tickets.values()
    }
    assert counts["Printer"] == 4
    assert counts["Late"] == 2
    assert counts["Three times"] == 4
    assert counts["Invoice"] == 4
    assert counts["Your order"] == 3
    assert counts["Tie"] == 2
    assert scene.in_order["outbox"] == []
    for name, ticket in tickets.items():
        recorded = scene.in_order["audit"]["tickets"][name]
        assert recorded["opened"] == 1
        assert recorded["messages"] == ticket["messages"]


def test_the_first_message_names_subject_and_customer(scene: Scene) -> None:
    """A reply that overtook its original gives neither the subject nor the customer."""
    late = scene.in_order["tickets"][f"ticket of {SUPPORT} <o1@x.example.net>"]

    assert late["summary"]["subject"] == "Late"
    assert late["customer"] == "nora@customers.example.net"
    copies = [m for n, m in sorted(scene.in_order["messages"].items()) if "<c1@" in n]
    assert [c["duplicate_of"] is not None for c in copies] == [False, True, True]


def test_in_reverse_order(scene: Scene) -> None:
    """The newest comes first, the oldest last."""
    assert_equal(scene.take_in(scene.arrived[::-1]), scene.in_order)


@pytest.mark.parametrize("seed", range(SHUFFLES))
def test_in_any_order(scene: Scene, seed: int) -> None:
    """Shuffled."""
    shuffled = random.Random(seed).sample(scene.arrived, len(scene.arrived))

    assert_equal(scene.take_in(shuffled), scene.in_order)


def test_each_event_twice(scene: Scene) -> None:
    """A second delivery does nothing, wherever in the order it comes."""
    twice = random.Random(7).sample([*scene.arrived, *scene.arrived], 2 * len(scene.arrived))

    assert_equal(scene.take_in(twice), scene.in_order)


def test_many_at_once(scene: Scene) -> None:
    """Eight deliveries at a time, each event twice, on the same mailboxes."""
    take_back(scene.desk, scene.before)
    twice = random.Random(8).sample([*scene.arrived, *scene.arrived], 2 * len(scene.arrived))

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda m: scene.desk.push("create_ticket", m.event), twice))
    scene.desk.settle()

    assert {answer.status_code for answer in answers} == {204}
    assert_equal(only(dump(scene.desk)), scene.in_order)
