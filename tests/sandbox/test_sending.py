"""messages.send: what Gmail accepts, what it changes on the way, and who receives it."""

import base64
import contextlib
import json
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
import urllib3
from googleapiclient.errors import HttpError

from local.gmail_sandbox import Sandbox

from .conftest import SALES, SUPPORT, Desk, Start, mail
from .google_client import READONLY, TOPIC, Browser

CUSTOMER = "ada@example.net"


def reply(
    sender: str = SUPPORT,
    to: str = CUSTOMER,
    subject: str = "Re: Question",
    parent: str = "<first@customer.example.net>",
    **headers: str,
) -> bytes:
    """Return an answer to `mail()` as the desk writes it."""
    lines = [
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {subject}",
        "Message-ID: <ours@desk.example.com>",
        "Date: Mon, 05 Jan 2026 08:00:00 +0000",
        *([f"In-Reply-To: {parent}", f"References: {parent}"] if parent else []),
        *[f"{name.replace('_', '-')}: {value}" for name, value in headers.items()],
    ]
    return ("\r\n".join(lines) + "\r\n\r\nWith pleasure.\r\n").encode()


def send(gmail: Any, raw: bytes, thread_id: str | None = None) -> dict[str, Any]:
    """Send through JSON, as the client library does."""
    body = {"raw": base64.urlsafe_b64encode(raw).decode()}
    if thread_id is not None:
        body["threadId"] = thread_id
    sent: dict[str, Any] = gmail.messages().send(userId="me", body=body).execute(num_retries=0)
    return sent


def error_of(gmail: Any, raw: bytes, thread_id: str | None = None) -> tuple[int, str, str]:
    """Return status, reason and message of a send that is refused."""
    with pytest.raises(HttpError) as refused:
        send(gmail, raw, thread_id)
    error = json.loads(refused.value.content)["error"]
    return int(refused.value.resp.status), error["errors"][0]["reason"], error["message"]


def headers_of(gmail: Any, gmail_id: str, *names: str) -> dict[str, str]:
    """Return headers of a message as format=metadata shows them, by lower-case name."""
    message = gmail.messages().get(
        userId="me", id=gmail_id, format="metadata", metadataHeaders=list(names)
    )
    return {h["name"].lower(): h["value"] for h in message.execute()["payload"]["headers"]}


def test_a_sent_message_is_in_sent_and_in_the_history(sandbox: Sandbox, gmail: Any) -> None:
    """The answer names it; it is SENT, found by in:sent, and one history record adds it."""
    start = gmail.getProfile(userId="me").execute()["historyId"]

    sent = send(gmail, reply())

    listed = gmail.messages().list(userId="me", q="in:sent").execute()["messages"]
    (record,) = gmail.history().list(userId="me", startHistoryId=start).execute()["history"]
    assert sent["labelIds"] == ["SENT"]
    assert sent["threadId"] == sent["id"]
    assert [entry["id"] for entry in listed] == [sent["id"]]
    assert record["messagesAdded"][0]["message"]["labelIds"] == ["SENT"]
    assert record["messages"][0]["id"] == sent["id"]
    assert sandbox.quota(SUPPORT)["used"] == 100 + 1 + 5 + 2


def test_the_message_id_is_gmails_own(sandbox: Sandbox, gmail: Any) -> None:
    """Ours is gone without a trace; Gmail's is read back and found by rfc822msgid."""
    sent = send(gmail, reply(X_CMO_Send_Id="send-1"))

    headers = headers_of(gmail, sent["id"], "Message-ID", "X-CMO-Send-Id", "From")
    own = headers["message-id"]

    def found(message_id: str) -> int:
        query = f"rfc822msgid:{message_id}"
        listed = gmail.messages().list(userId="me", q=query).execute()
        return len(listed.get("messages", []))

    assert set(headers) == {"message-id", "x-cmo-send-id", "from"}
    assert own.endswith("@mail.gmail.com>")
    assert (found(own), found("<ours@desk.example.com>")) == (1, 0)
    assert headers["x-cmo-send-id"] == "send-1"
    assert b"ours@desk.example.com" not in sandbox.sends()[0]["raw"]
    assert b"Message-ID: <ours@desk.example.com>" in sandbox.sends()[0]["submitted"]


@pytest.mark.parametrize(
    ("message_id", "kept", "told"),
    [("keep", True, False), ("rewrite_and_tell", False, True), ("rewrite", False, False)],
)
def test_what_becomes_of_our_message_id_can_be_chosen(
    sandbox: Sandbox, gmail: Any, message_id: str, kept: bool, told: bool
) -> None:
    """Reports differ, so every way can be tried; what was sent without one always gets one."""
    sandbox.set_sending(message_id=message_id)

    sent = send(gmail, reply())
    bare = send(gmail, reply().replace(b"Message-ID: <ours@desk.example.com>\r\n", b""))

    headers = headers_of(gmail, sent["id"])
    assert (headers["message-id"] == "<ours@desk.example.com>") is kept
    assert (headers.get("x-google-original-message-id") == "<ours@desk.example.com>") is told
    assert headers_of(gmail, bare["id"])["message-id"].endswith("@mail.gmail.com>")


def test_x_headers_can_be_lost(sandbox: Sandbox, gmail: Any) -> None:
    """Whether Gmail keeps them is not documented: without them nothing else changes."""
    sandbox.set_sending(x_headers=False)

    sent = send(gmail, reply(X_CMO_Send_Id="send-1", X_Other="1"))

    headers = headers_of(gmail, sent["id"])
    assert not [name for name in headers if name.startswith("x-")]
    assert headers["in-reply-to"] == "<first@customer.example.net>"


@pytest.mark.parametrize(
    ("sender", "seen"),
    [
        ("Support <SUPPORT@example.com>", "Support <SUPPORT@example.com>"),
        ("Help <help@example.com>", "Help <help@example.com>"),
        ("Native <native@example.org>", "Native <native@example.org>"),
        ("Early <pending@example.com>", "Support <support@example.com>"),
        ("Boss <ceo@example.com>", "Support <support@example.com>"),
        ("a@example.com, help@example.com", "Support <support@example.com>"),
        ("undisclosed", "Support <support@example.com>"),
    ],
)
def test_a_from_that_is_no_verified_alias_is_replaced_in_silence(
    sandbox: Sandbox, gmail: Any, sender: str, seen: str
) -> None:
    """Only the primary address, accepted aliases and those without a status stay."""
    sandbox.add_send_as(SUPPORT, "help@example.com", "Help")
    sandbox.add_send_as(SUPPORT, "native@example.org", verification_status=None)
    sandbox.add_send_as(SUPPORT, "pending@example.com", verification_status="pending")

    sent = send(gmail, reply(sender))

    assert headers_of(gmail, sent["id"], "From") == {"from": seen}


def test_send_as_addresses_are_listed_with_their_status(sandbox: Sandbox, gmail: Any) -> None:
    """The primary one first; a blank status is left out; another's alias is not there."""
    sandbox.add_send_as(SUPPORT, "Help@example.com", "Help")
    sandbox.add_send_as(SUPPORT, "native@example.org", verification_status=None)
    sandbox.add_send_as(SALES, "offers@example.com")
    send_as = gmail.settings().sendAs()

    listed = send_as.list(userId="me").execute()["sendAs"]
    one = send_as.get(userId="me", sendAsEmail="help@example.com").execute()

    assert [entry["sendAsEmail"] for entry in listed] == [
        SUPPORT,
        "help@example.com",
        "native@example.org",
    ]
    assert listed[0]["isPrimary"] is True
    assert one == listed[1]
    assert (one["displayName"], one["verificationStatus"]) == ("Help", "accepted")
    assert "verificationStatus" not in listed[2]
    with pytest.raises(HttpError) as refused:
        send_as.get(userId="me", sendAsEmail="offers@example.com").execute()
    assert refused.value.resp.status == 404


def test_a_reply_joins_the_thread_that_it_names(sandbox: Sandbox, gmail: Any) -> None:
    """threadId, threading headers and the same base subject together."""
    parent = sandbox.deliver(SUPPORT, mail())

    sent = send(gmail, reply(subject="AW: Re: question"), parent["threadId"])

    thread = gmail.threads().get(
        userId="me", id=parent["threadId"], format="metadata", metadataHeaders=["Subject"]
    )
    messages = thread.execute()["messages"]
    assert sent["threadId"] == parent["threadId"]
    assert [message["id"] for message in messages] == [parent["id"], sent["id"]]
    assert [m["payload"]["headers"][0]["name"] for m in messages] == ["Subject", "Subject"]


@pytest.mark.parametrize(
    ("raw", "names_thread"),
    [
        (reply(parent=""), True),
        (reply(subject="Re: Another matter"), True),
        (reply(parent="<elsewhere@example.net>"), True),
        (reply(parent="", References="<first@customer.example.net>"), True),
        (reply(), False),
    ],
    ids=["no headers", "other subject", "unknown parent", "no In-Reply-To", "no threadId"],
)
def test_a_reply_that_lacks_one_of_the_three_begins_a_thread(
    sandbox: Sandbox, gmail: Any, raw: bytes, names_thread: bool
) -> None:
    """Gmail says nothing: the answer's threadId is another one."""
    parent = sandbox.deliver(SUPPORT, mail())

    sent = send(gmail, raw, parent["threadId"] if names_thread else None)

    assert sent["threadId"] == sent["id"] != parent["threadId"]


def test_a_thread_that_is_not_there_refuses_the_send(sandbox: Sandbox, gmail: Any) -> None:
    """404 for an unknown threadId, 400 for what is none; nothing is sent."""
    assert error_of(gmail, reply(), "18c0ffee18c0ffee")[:2] == (404, "notFound")
    assert error_of(gmail, reply(), "no id")[2] == "Invalid thread_id value"
    assert sandbox.sends() == []


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"Subject: nobody\r\n\r\nhi\r\n", "Recipient address required"),
        (b"To:\r\nCc: \r\n\r\nhi\r\n", "Recipient address required"),
        (b"To: Ada\r\n\r\nhi\r\n", "Invalid To header"),
        (b"To: ada@example.net\r\nBcc: not an address\r\n\r\nhi\r\n", "Invalid Bcc header"),
        (b"To: \xff@example.net\r\n\r\nhi\r\n", "Invalid To header"),
        (
            b"To: " + b", ".join(b"a%d@example.net" % n for n in range(501)) + b"\r\n\r\nhi\r\n",
            "Too many recipients",
        ),
    ],
)
def test_recipients_are_checked(sandbox: Sandbox, gmail: Any, raw: bytes, message: str) -> None:
    """A message for nobody, or for what is no address, is 400 and is not sent."""
    assert error_of(gmail, raw) == (400, "invalidArgument", message)
    assert (sandbox.sends(), sandbox.messages(SUPPORT)) == ([], [])


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "RFC822 payload"),
        ({"raw": ""}, "RFC822 payload"),
        ({"raw": "a+b/"}, "message.raw"),
        ({"raw": "a"}, "message.raw"),
        ({"raw": 7}, "message.raw"),
        ({"raw": "aGk=", "threadID": "19ff"}, 'Unknown name "threadID"'),
    ],
)
def test_a_malformed_call_is_refused(gmail: Any, body: dict[str, Any], text: str) -> None:
    """No message, no base64url, an unknown member: 400 that says which."""
    with pytest.raises(HttpError) as refused:
        gmail.messages().send(userId="me", body=body).execute()

    assert refused.value.resp.status == 400
    assert text in json.loads(refused.value.content)["error"]["message"]


def test_sending_needs_the_scope(sandbox: Sandbox, gmail: Any) -> None:
    """Reading alone does not allow it, and the refusal costs nothing."""
    sandbox.set_scopes(SUPPORT, [READONLY])

    assert error_of(gmail, reply())[:2] == (403, "insufficientPermissions")
    assert sandbox.sends() == []


def test_a_recipient_who_lives_here_receives_it_in_the_thread(
    sandbox: Sandbox, browser: Browser, gmail: Any
) -> None:
    """With a receiver's trace and Gmail's Message-ID, without Bcc, under its own id."""
    question = mail().replace(b"To: support@example.com", b"To: sales@example.com")
    first = sandbox.deliver(SALES, question, labels=("SENT",))
    sales = browser.gmail(browser.connect(SALES)["access_token"])

    sent = send(gmail, reply(to=SALES, Bcc="hidden@example.net"))

    received = sandbox.messages(SALES)[0]
    raw = base64.urlsafe_b64decode(
        sales.messages().get(userId="me", id=received["id"], format="raw").execute()["raw"]
    )
    message = message_from_bytes(raw)
    own = headers_of(gmail, sent["id"], "Message-ID", "Bcc")
    assert received["id"] != sent["id"]
    assert received["threadId"] == first["threadId"]
    assert received["labelIds"] == ["INBOX", "UNREAD"]
    assert (message["Delivered-To"], message["Return-Path"]) == (SALES, f"<{SUPPORT}>")
    assert "dmarc=pass header.from=example.com" in message["Authentication-Results"]
    assert message["Message-ID"] == own["message-id"]
    assert own["bcc"] == "hidden@example.net"
    assert b"hidden@example.net" not in raw
    assert raw.endswith(b"\r\n\r\nWith pleasure.\r\n")
    assert sandbox.sends(SUPPORT)[0]["recipients"] == [SALES, "hidden@example.net"]


def test_delivery_can_be_turned_off(sandbox: Sandbox, gmail: Any) -> None:
    """The message is sent all the same."""
    sandbox.set_sending(deliver=False)

    send(gmail, reply(to=SALES))

    assert sandbox.messages(SALES) == []
    assert len(sandbox.sends()) == 1


def test_mail_to_oneself_is_sent_and_received_in_one(sandbox: Sandbox, gmail: Any) -> None:
    """Gmail keeps one message with both labels."""
    sent = send(gmail, reply(to=f"{CUSTOMER}, Support <{SUPPORT}>"))

    assert sent["labelIds"] == ["SENT", "INBOX", "UNREAD"]
    assert len(sandbox.messages(SUPPORT)) == 1


@pytest.mark.parametrize(
    ("kind", "answered"), [("close", None), ("reset", None), ("status", 503), ("html", 503)]
)
@pytest.mark.parametrize(("when", "count"), [("before", 0), ("after", 1)])
def test_a_failed_send_took_effect_or_not(
    sandbox: Sandbox, browser: Browser, kind: str, answered: int | None, when: str, count: int
) -> None:
    """The fault decides on which side of the effect it strikes; one POST is one message at most."""
    token = browser.connect(SUPPORT)["access_token"]
    sandbox.plant("messages.send", kind, when=when)  # type: ignore[arg-type]
    sandbox.reset_calls()

    status = None
    with contextlib.suppress(urllib3.exceptions.ProtocolError):
        status = browser.http.request(
            "POST",
            browser.url + "/gmail/v1/users/me/messages/send",
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            body=json.dumps({"raw": base64.urlsafe_b64encode(reply()).decode()}),
        ).status

    assert status == answered
    assert sandbox.calls() == {"messages.send": 1}
    assert len(sandbox.sends()) == count


def test_a_sent_message_is_pushed_like_any_change(sandbox: Sandbox, gmail: Any, desk: Desk) -> None:
    """The desk hears of its own send, up to the history id that the send left."""
    gmail.watch(userId="me", body={"topicName": TOPIC}).execute()

    send(gmail, reply())
    sandbox.settle(5)

    newest = gmail.getProfile(userId="me").execute()["historyId"]
    assert str(desk.notifications()[-1]["historyId"]) == newest
    assert len(desk.received) == 2


def test_what_was_sent_and_the_aliases_survive_a_restart(start: Start, tmp_path: Path) -> None:
    """They are in the file, as the mail is."""
    sandbox = start(path=tmp_path / "gmail.sqlite")
    sandbox.add_send_as(SUPPORT, "help@example.com")
    with contextlib.closing(Browser(sandbox.url)) as browser:
        send(browser.gmail(browser.connect(SUPPORT)["access_token"]), reply())
    before = sandbox.sends()
    sandbox.stop()

    again = start(path=tmp_path / "gmail.sqlite")
    with contextlib.closing(Browser(again.url)) as browser:
        gmail = browser.gmail(browser.connect(SUPPORT)["access_token"])
        aliases = gmail.settings().sendAs().list(userId="me").execute()["sendAs"]
        second = send(gmail, reply("Help <help@example.com>"))
        message_ids = {
            headers_of(gmail, gmail_id, "Message-ID")["message-id"]
            for gmail_id in (before[0]["id"], second["id"])
        }

    assert len(before) == 1
    assert again.sends()[:1] == before
    assert [entry["sendAsEmail"] for entry in aliases] == [SUPPORT, "help@example.com"]
    assert len(message_ids) == 2


def test_sends_and_knobs_are_verbs(sandbox: Sandbox, gmail: Any) -> None:
    """What was sent is listed by mailbox with its way and bytes; unknown knobs are refused."""
    send(gmail, reply())

    (sent,) = sandbox.sends(SUPPORT)

    assert sandbox.sends(SALES) == []
    assert (sent["mailbox"], sent["via"], sent["submitted"]) == (SUPPORT, "json", reply())
    with pytest.raises(ValueError, match="unknown knobs: colour"):
        sandbox.set_sending(colour="red")
    with pytest.raises(ValueError, match="message_id is one of"):
        sandbox.set_sending(message_id="lose")
    with pytest.raises(ValueError, match="another address"):
        sandbox.add_send_as(SUPPORT, SUPPORT)
