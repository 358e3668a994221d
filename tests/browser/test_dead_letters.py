"""The administration's page of deliveries that were given up, as an administrator goes through it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from shared import ids
from shared.bus.courier import Courier
from shared.bus.delivery import Retry
from shared.domain.events import MESSAGE_RECEIVED
from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.person import person
from tests.desk import DeskUnderTest


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_what_was_given_up_is_seen_and_made_again(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """How many, of which function, since when; after trying again nothing is left."""
    desk = shared_desk
    desk.settle()
    unknown = ids.random_id(ids.MAILBOX)
    for number in range(2):
        desk.queue.publish(MESSAGE_RECEIVED, {"mailbox_id": unknown, "gmail_id": str(number)})
    once = Retry(0.01, 1.0, attempts=1)
    Courier(desk.queue, lambda *_: 500, desk.desk.signer, desk.clock, once).deliver_due()
    who = person(open_desk(language), hand_name)
    who.shown.sign_in("administrator")
    who.shown.go("#/admin/dead_letters")

    expect(who.page.get_by_role("heading", name="create_ticket")).to_be_visible()
    who.sees("message-received")
    who.press("dead-replay")
    who.press("dead-replay", who.page.get_by_role("dialog"))
    who.told("dead-replayed")
    who.sees(who.words("dead-none"))
    desk.settle()
    assert not desk.queue.dead_letters()
