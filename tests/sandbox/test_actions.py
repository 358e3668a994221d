"""What people do in Gmail itself, and the history that it leaves behind."""

from typing import Any

import pytest
from googleapiclient.errors import HttpError

from local.gmail_sandbox import Sandbox

from .conftest import SALES, SUPPORT, mail

KINDS = ("messagesAdded", "messagesDeleted", "labelsAdded", "labelsRemoved")


@pytest.fixture
def changes(gmail: Any) -> Any:
    """Return a function that lists (kind, id, labels changed) since the test began."""
    start = gmail.getProfile(userId="me").execute()["historyId"]

    def since() -> list[tuple[str, str, list[str]]]:
        answer = gmail.history().list(userId="me", startHistoryId=start).execute()
        return [
            (kind, entry["message"]["id"], entry.get("labelIds", []))
            for record in answer.get("history", [])
            for kind in KINDS
            for entry in record.get(kind, [])
        ]

    return since


@pytest.mark.parametrize(
    ("action", "labels", "history"),
    [
        ("archive", ["UNREAD"], [("labelsRemoved", ["INBOX"])]),
        ("spam", ["UNREAD", "SPAM"], [("labelsRemoved", ["INBOX"]), ("labelsAdded", ["SPAM"])]),
        ("trash", ["UNREAD", "TRASH"], [("labelsRemoved", ["INBOX"]), ("labelsAdded", ["TRASH"])]),
        ("mark_read", ["INBOX"], [("labelsRemoved", ["UNREAD"])]),
        ("star", ["INBOX", "UNREAD", "STARRED"], [("labelsAdded", ["STARRED"])]),
        ("mark_unread", ["INBOX", "UNREAD"], []),
    ],
)
def test_a_label_action_changes_labels_and_history(
    sandbox: Sandbox,
    changes: Any,
    action: str,
    labels: list[str],
    history: list[tuple[str, list[str]]],
) -> None:
    """Each action leaves its records; one that changes nothing leaves none."""
    id_ = sandbox.deliver(SUPPORT, mail())["id"]

    answer = sandbox.act(SUPPORT, action, id_)

    assert answer["labelIds"] == labels
    assert changes() == [
        ("messagesAdded", id_, []),
        *[(kind, id_, changed) for kind, changed in history],
    ]


def test_a_message_moves_forward_in_history_when_it_changes(sandbox: Sandbox, gmail: Any) -> None:
    """The message's own historyId is that of its last change."""
    delivered = sandbox.deliver(SUPPORT, mail())
    changed = sandbox.act(SUPPORT, "star", delivered["id"])

    message = gmail.messages().get(userId="me", id=delivered["id"], format="minimal").execute()

    assert message["historyId"] == changed["historyId"]
    assert int(changed["historyId"]) > int(delivered["historyId"])


def test_every_draft_save_is_a_new_message(sandbox: Sandbox, gmail: Any, changes: Any) -> None:
    """An edit deletes the old message and adds another under the same draft and thread."""
    first = sandbox.act(SUPPORT, "save_draft", raw=mail("Draft"))
    second = sandbox.act(SUPPORT, "save_draft", raw=mail("Draft 2"), draft_id=first["draftId"])

    assert second["draftId"] == first["draftId"]
    assert second["threadId"] == first["threadId"]
    assert changes() == [
        ("messagesAdded", first["id"], []),
        ("messagesDeleted", first["id"], []),
        ("messagesAdded", second["id"], []),
    ]
    sandbox.act(SUPPORT, "delete_draft", draft_id=first["draftId"])
    assert changes()[-1] == ("messagesDeleted", second["id"], [])
    assert gmail.messages().list(userId="me").execute()["resultSizeEstimate"] == 0


def test_a_sent_draft_is_a_sent_message_of_its_thread(sandbox: Sandbox) -> None:
    """The draft goes, and a message with a new id and the label SENT comes."""
    draft = sandbox.act(SUPPORT, "save_draft", raw=mail("Draft"))

    sent = sandbox.act(SUPPORT, "send_draft", draft_id=draft["draftId"])

    assert sent["id"] != draft["id"]
    assert sent["threadId"] == draft["threadId"]
    assert "SENT" in sent["labelIds"]
    assert "DRAFT" not in sent["labelIds"]


def test_a_reply_from_gmails_own_page_joins_the_thread(sandbox: Sandbox, gmail: Any) -> None:
    """It is SENT, answers the sender, and carries the references of what it answers."""
    parent = sandbox.deliver(SUPPORT, mail("Order 7"))

    reply = sandbox.act(SUPPORT, "ui_reply", parent["id"], text="On its way.")

    message = gmail.messages().get(userId="me", id=reply["id"]).execute()
    headers = {entry["name"]: entry["value"] for entry in message["payload"]["headers"]}
    assert message["labelIds"] == ["SENT"]
    assert message["threadId"] == parent["threadId"]
    assert headers["To"] == "ada@example.net"
    assert headers["Subject"] == "Re: Order 7"
    assert headers["In-Reply-To"] == "<first@customer.example.net>"
    assert message["snippet"] == "On its way."


def test_mail_to_oneself_is_one_message_sent_and_received(sandbox: Sandbox) -> None:
    """Gmail keeps one message with SENT and INBOX."""
    sent = sandbox.act(SUPPORT, "ui_send", raw=mail("To myself"))

    assert sent["labelIds"] == ["SENT", "INBOX", "UNREAD"]
    assert len(sandbox.messages(SUPPORT)) == 1


def test_mail_between_sandbox_mailboxes_is_delivered(sandbox: Sandbox) -> None:
    """A recipient who lives here receives it, with an id of its own."""
    sent = sandbox.act(SALES, "ui_send", raw=mail("To support"))

    (received,) = sandbox.messages(SUPPORT)
    assert received["labelIds"] == ["INBOX", "UNREAD"]
    assert received["id"] != sent["id"]
    assert sent["labelIds"] == ["SENT"]


def test_deleting_is_for_good(sandbox: Sandbox, gmail: Any, changes: Any) -> None:
    """A deleted message is 404, and history says so."""
    id_ = sandbox.deliver(SUPPORT, mail())["id"]

    sandbox.act(SUPPORT, "delete", id_)

    assert changes()[-1] == ("messagesDeleted", id_, [])
    with pytest.raises(HttpError):
        gmail.messages().get(userId="me", id=id_).execute()


@pytest.mark.parametrize(
    ("mailbox", "action", "options", "error"),
    [
        ("nobody@example.com", "archive", {"gmail_id": "1"}, KeyError),
        (SUPPORT, "archive", {"gmail_id": "1900000000000000"}, KeyError),
        (SUPPORT, "delete_draft", {"draft_id": "r1"}, KeyError),
        (SUPPORT, "dance", {"gmail_id": "1"}, ValueError),
        (SUPPORT, "archive", {}, TypeError),
    ],
)
def test_what_cannot_be_done_says_so(
    sandbox: Sandbox, mailbox: str, action: str, options: dict[str, str], error: type[Exception]
) -> None:
    """Unknown mailboxes, messages, drafts and actions are errors, not silence."""
    with pytest.raises(error):
        sandbox.act(mailbox, action, **options)


def test_hostile_mail_can_be_answered(sandbox: Sandbox) -> None:
    """Raw bytes and line breaks in headers do not end up in the reply's headers."""
    raw = (
        b"From: \xff <ada@example.net>, broken@\xfe\r\nSubject: =?utf-8?q?a=0d=0aBcc: x?= \xff\r\n"
        b"Message-ID: <\xff@example.net>\r\n\r\nhi"
    )
    parent = sandbox.deliver(SUPPORT, raw)

    reply = sandbox.act(SUPPORT, "ui_reply", parent["id"])

    assert reply["threadId"] == parent["threadId"]
    assert reply["labelIds"] == ["SENT"]
