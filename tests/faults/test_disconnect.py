"""Disconnecting: whichever call of a seam fails, in whichever way, everything is destroyed at the end.

One thing cannot be the same. The refresh token is in memory only once the key is gone; where the instance
dies with it, what became of the grant is not known, and is not claimed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from shared.domain.disconnects import COLLECTION
from shared.services import outbox
from tests.canonical import Dump, assert_equal
from tests.desk import SALES, SUPPORT, DeskUnderTest, desk_in, mail
from tests.faults.faulty import Crash, How, Rule, When
from tests.faults.rig import Rig
from tests.rewinding import dump

WHENS: Final[tuple[When, ...]] = ("before", "after")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskUnderTest]:
    """Give a desk with a mailbox of two tickets and a note, beside another mailbox."""
    with desk_in(tmp_path / "home") as desk:
        desk.connect()
        desk.connect(SALES, "supervisor")
        desk.deliver(mail("One"))
        desk.deliver(mail("Two", sender="Omar <omar@customers.example.net>"))
        desk.deliver(mail("Three", sender="Omar <omar@customers.example.net>", to=SALES), SALES)
        [ticket, *_] = desk.tickets("agent")
        path = f"/api/tickets/{ticket['id']}/notes"
        assert desk.browser("agent").send("POST", path, {"text": "Look."}).status_code == 201
        desk.settle()
        yield desk


def rig(desk: DeskUnderTest, function: str) -> Rig:
    """Return a rig that begins where an administrator confirms the disconnect."""
    administrator = desk.browser("administrator")
    own = desk.mailboxes[SUPPORT]

    def begin() -> None:
        """Ask, and ask again where the order did not get into the store; what did goes on by itself."""
        while own not in desk.documents(COLLECTION):
            with contextlib.suppress(Crash):
                administrator.twin().send("POST", "/api/oauth/disconnect", {"mailbox_id": own})

    return Rig(desk, function, begin)


def outcome(made: Rig, rule: Rule) -> Dump:
    """Return what is compared: all but how Google's grant ended, which is checked beside it.

    An order or a step whose event was lost with its instance is published by a later sweep.
    """
    desk = made.desk
    made.run(rule)
    while desk.documents(outbox.COLLECTION):
        desk.clock.advance(200)  # type: ignore[attr-defined]
        desk.queue.publish("tick-deadlines", {})
        made.until_quiet()
    found = dump(desk)
    row = desk.documents(COLLECTION)[desk.mailboxes[SUPPORT]]
    assert row["grant"] in ("unknown", "unreached")
    assert row["receipt"]
    others = [entry for entry in found["audit"]["others"] if entry[0] != "mailbox.disconnected"]
    ended = [e for e in found["audit"]["others"] if e[0] == "mailbox.disconnected"]
    assert len(ended) == 1
    assert ended[0][2] == row["grant"]
    copies = sorted(path.name for path in (desk.desk.home / "key_copies").iterdir())
    return found | {"audit": {**found["audit"], "others": others}, "copies": copies}


@pytest.mark.parametrize(
    ("function", "how"),
    [
        ("oauth", "crash"),
        pytest.param("oauth", "error", marks=pytest.mark.slow),
        pytest.param("erase", "crash", marks=pytest.mark.slow),
        pytest.param("erase", "error", marks=pytest.mark.slow),
    ],
)
def test_a_disconnect_ends_the_same_whatever_fails(
    desk: DeskUnderTest, function: str, how: How
) -> None:
    """Key, copy, tokens, content: nothing is left, nothing is counted twice, the rest is untouched."""
    desk.sandbox.plant("oauth.revoke", "status", status=503, times=None)  # Gmail is not taken back
    made = rig(desk, function)
    undisturbed = Rule(function)
    expected, calls = outcome(made, undisturbed), undisturbed.calls
    own = desk.mailboxes[SUPPORT]
    assert own not in expected["copies"]
    assert expected["disconnects"][f"what was {own}"][0]["messages"] == 2
    assert desk.documents(COLLECTION)[own]["grant"] == "unreached"

    runs = 0
    for at, name in enumerate(calls, 1):
        for when in WHENS:
            rule = Rule(function, at, when, how)
            found = outcome(made, rule)
            assert rule.struck == name, f"call {at} was {name}, now {rule.struck}"
            try:
                assert_equal(found, expected)
            except AssertionError as error:
                raise AssertionError(f"{how} {when} call {at}, {name}:\n{error}") from error
            runs += 1
    assert runs > 20
