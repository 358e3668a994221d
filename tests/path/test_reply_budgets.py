"""What a reply costs: sending it, and its coming back. The same at 100 tickets and at 20,000."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import SUPPORT, DeskUnderTest
from tests.path.crowd import counting
from tests.replying import opened, replied


@pytest.fixture(scope="module")
def warm(crowded: DeskUnderTest) -> DeskUnderTest:
    """Give a desk whose replies leave at once, and which has sent one before."""
    path = f"/api/admin/mailboxes/{crowded.mailboxes[SUPPORT]}/settings"
    administrator = crowded.browser("administrator")
    answer = administrator.send("PATCH", path, {"undo_seconds": 0}, if_match='"0"')
    assert answer.status_code == 200, answer.data
    crowded.sandbox.advance_clock(60)  # so that no reply is as old as what it answers
    first = _queued(crowded)
    crowded.push("send_reply", _due(crowded, first))
    crowded.push("create_ticket", _returned(crowded, first))
    return crowded


def test_a_reply_is_sent(warm: DeskUnderTest) -> None:
    """At most 3 reads and 5 writes; one send, one read back, and one event: that it was sent."""
    reply = _queued(warm)

    counted = counting(warm, lambda: warm.push("send_reply", _due(warm, reply)))

    assert counted == ((3, 4, 1), {"messages.send": 1, "messages.get": 1})
    assert warm.documents("replies")[reply]["state"] == "sent"


def test_a_reply_comes_back(warm: DeskUnderTest) -> None:
    """It finds its reply by its mark at one read, and is recorded like any mail that joins."""
    reply = _queued(warm)
    warm.push("send_reply", _due(warm, reply))

    counted = counting(warm, lambda: warm.push("create_ticket", _returned(warm, reply)))

    assert counted == ((4, 4, 1), {"messages.get": 1})


def test_a_reply_comes_back_before_its_sender_has_written_it_down(warm: DeskUnderTest) -> None:
    """One write more: the reply is known to be sent."""
    reply = _queued(warm)
    warm.sandbox.plant("messages.send", "close", when="after")
    warm.push("send_reply", _due(warm, reply))
    event = {"mailbox_id": warm.mailboxes[SUPPORT], "gmail_id": warm.sandbox.sends()[-1]["id"]}

    counted = counting(warm, lambda: warm.push("create_ticket", event))

    assert counted == ((4, 5, 1), {"messages.get": 1})
    assert warm.documents("replies")[reply]["state"] == "sent"


def _queued(desk: DeskUnderTest) -> str:
    """Queue a reply, and return its id."""
    desk.settle()
    real = (id for id, t in desk.documents("tickets").items() if t["message_count"])
    ticket = opened(desk, {"id": next(real)})["ticket"]
    id: str = replied(desk, ticket)["id"]
    return id


def _due(desk: DeskUnderTest, reply_id: str) -> dict[str, Any]:
    fence = desk.documents("replies")[reply_id]["fence"]
    return {"mailbox_id": desk.mailboxes[SUPPORT], "reply_id": reply_id, "fence": fence}


def _returned(desk: DeskUnderTest, reply_id: str) -> dict[str, str]:
    gmail_id = desk.documents("replies")[reply_id]["gmail_id"]
    return {"mailbox_id": desk.mailboxes[SUPPORT], "gmail_id": gmail_id}
