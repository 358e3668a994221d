"""A resync that was interrupted for so long that Gmail does not know its page any more."""

from __future__ import annotations

from tests.desk import SUPPORT, DeskUnderTest, mail


def test_a_page_that_gmail_has_forgotten_begins_the_listing_again(desk: DeskUnderTest) -> None:
    """The resync does not stand still at a page that nobody knows: all that was missed comes in, once."""
    mailbox_id = desk.connect()
    desk.settle()
    desk.sandbox.set_push(drop=100)
    for number in range(3):
        desk.sandbox.deliver(SUPPORT, mail(f"Mail {number}", message_id=f"<n{number}@example.net>"))
    head = desk.documents("sync")[mailbox_id]["cursor"]
    interrupted = {"resync_anchor": head, "resync_page": "a page of last month"}
    desk.app().store.transact(lambda tx: tx.update("sync", mailbox_id, interrupted))

    desk.tick("poll_mailboxes")
    desk.settle()

    sync = desk.documents("sync")[mailbox_id]
    assert (sync["resync_anchor"], sync["resync_page"], sync["last_error"]) == (None, None, None)
    assert len(desk.documents("messages")) == 3


def test_a_listing_that_gmail_refuses_waits(desk: DeskUnderTest) -> None:
    """Where not the page is at fault, Gmail is asked twice and then left alone for a while."""
    mailbox_id = desk.connect()
    desk.settle()
    desk.sandbox.set_push(drop=100)
    interrupted = {"resync_anchor": "1".zfill(20), "resync_page": "a page of last month"}
    desk.app().store.transact(lambda tx: tx.update("sync", mailbox_id, interrupted))
    desk.sandbox.plant("messages.list", "status", times=10, status=400)
    desk.sandbox.reset_calls()

    desk.tick("poll_mailboxes")
    desk.settle()

    sync = desk.documents("sync")[mailbox_id]
    assert desk.sandbox.calls(SUPPORT)["messages.list"] == 2
    assert sync["last_error"] == "http_400"
    assert sync["retry_at"] > desk.clock.now()
