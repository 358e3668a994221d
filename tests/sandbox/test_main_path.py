"""From consent to the bytes of a mail: what the desk does all day."""

import base64

from local.gmail_sandbox import Sandbox

from .conftest import SUPPORT, TOPIC, Desk, mail
from .google_client import Browser


def test_a_delivered_mail_is_pushed_listed_and_read_bit_for_bit(
    sandbox: Sandbox, browser: Browser, desk: Desk
) -> None:
    """The whole path: consent, watch, delivery, signed push, history, raw bytes."""
    gmail = browser.gmail(browser.connect(SUPPORT)["access_token"])
    watch = gmail.watch(userId="me", body={"topicName": TOPIC}).execute()
    raw = mail() + b"\xff\x00 not text"

    delivered = sandbox.deliver(SUPPORT, raw)
    sandbox.settle(5)

    history = gmail.history().list(userId="me", startHistoryId=watch["historyId"]).execute()
    added = history["history"][0]["messagesAdded"][0]["message"]
    assert added == {
        "id": delivered["id"],
        "threadId": delivered["id"],
        "labelIds": ["INBOX", "UNREAD"],
    }
    assert history["history"][0]["id"] == delivered["historyId"] == history["historyId"]
    message = gmail.messages().get(userId="me", id=added["id"], format="raw").execute()
    assert base64.urlsafe_b64decode(message["raw"]) == raw
    assert desk.notifications() == [
        {"emailAddress": SUPPORT, "historyId": int(watch["historyId"])},
        {"emailAddress": SUPPORT, "historyId": int(delivered["historyId"])},
    ]
    assert sandbox.calls()["messages.get"] == 1


def test_three_hundred_mails_are_delivered_and_read(sandbox: Sandbox, browser: Browser) -> None:
    """A minute's quota of a mailbox is exactly 300 messages.get."""
    gmail = browser.gmail(browser.connect(SUPPORT)["access_token"])
    ids = [
        sandbox.deliver(SUPPORT, mail(message_id=f"<{n}@example.net>"))["id"] for n in range(300)
    ]

    sizes = [gmail.messages().get(userId="me", id=id_, format="raw").execute() for id_ in ids]

    assert [message["id"] for message in sizes] == ids
    assert len(set(ids)) == 300
    assert sandbox.quota(SUPPORT)["used"] == 6000
