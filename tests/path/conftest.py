"""What the tests of the path share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.desk import DeskUnderTest, desk_in, mail
from tests.path.crowd import BOB, MANY, NORA, crowd_of, write


@pytest.fixture(scope="module", params=[100, MANY], ids=["100_tickets", "20000_tickets"])
def crowded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DeskUnderTest]:
    """Give a warm desk with many tickets, among them one conversation of Nora's; nobody pushes."""
    with desk_in(tmp_path_factory.mktemp("crowd") / "home") as desk:
        desk.connect()
        desk.deliver(mail("Printer", sender=NORA, message_id="<1@x.example.net>"))
        desk.deliver(mail("Ink", sender=BOB, message_id="<2@x.example.net>"))
        desk.tick("poll_mailboxes")
        desk.settle()
        desk.sandbox.set_push(drop=100_000)
        crowd = crowd_of(desk, request.param)
        yield desk
        write(desk, dict.fromkeys(crowd))
