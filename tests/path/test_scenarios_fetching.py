"""Acceptance scenarios of fetching messages: gone, refused, throttled, hidden, own and poisonous ones."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.app import AccessToken
from shared.gmail.contract import RawMessage
from tests.desk import SUPPORT, DeskUnderTest, mail
from tests.path.steps import Answers, all_are_in, count_in, numbered, poll, run_out, untold


def test_scenario_06_gone_before_it_is_fetched(desk: DeskUnderTest) -> None:
    """A message that was deleted meanwhile is noted, and nothing waits for it."""
    desk.connect()
    untold(desk)
    gone = desk.sandbox.deliver(SUPPORT, numbered(0))["id"]
    desk.sandbox.deliver(SUPPORT, numbered(1))
    desk.sandbox.act(SUPPORT, "delete", gone)

    poll(desk)

    states = {m["gmail_id"]: m["state"] for m in desk.documents("messages").values()}
    assert sorted(states.values()) == ["gone", "stored"]
    assert states[gone] == "gone"


def test_scenario_06_gone_after_another_delivery_recorded_it(desk: DeskUnderTest) -> None:
    """Of two deliveries the slower finds the message deleted, and leaves what the faster recorded."""
    mailbox_id = desk.connect()
    untold(desk)
    event = {
        "mailbox_id": mailbox_id,
        "gmail_id": desk.sandbox.deliver(SUPPORT, numbered(0))["id"],
    }
    _Overtaken(desk, event)

    answer = desk.push("create_ticket", event)

    assert answer.status_code == 204
    assert desk.sandbox.calls()["messages.get"] == 2
    all_are_in(desk, 1)


@pytest.mark.parametrize("nth", [1, 2, 5])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("too_many_requests", {"retry_after": 90}),
        ("quota", {}),
        ("forbidden", {"reason": "userRateLimitExceeded"}),
        ("status", {"status": 503}),
        ("html", {"status": 502}),
        ("reset", {}),
        ("truncate", {}),
        ("unauthorized", {}),
    ],
)
def test_scenario_07_the_kth_get_fails(
    desk: DeskUnderTest, kind: str, options: dict[str, Any], nth: int
) -> None:
    """Whatever Gmail answers instead of a message, the message comes in later; none is nacked."""
    desk.connect()
    desk.settle()
    untold(desk)
    for number in range(5):
        desk.sandbox.deliver(SUPPORT, numbered(number))
    desk.sandbox.plant("messages.get", kind, nth=nth, times=2, **options)
    answers = Answers(desk)

    poll(desk)

    all_are_in(desk, 5)
    assert set(answers.statuses) == {204}


def test_scenario_08_spam_moved_to_the_inbox(desk: DeskUnderTest) -> None:
    """Spam is no ticket; what a person rescues becomes one, even while history leaves labels out."""
    desk.connect()
    desk.sandbox.set_history(stub_labels="never")
    spam = [desk.deliver(numbered(n), labels=["SPAM"]) for n in range(2)]
    assert desk.documents("messages") == {}

    desk.sandbox.act(SUPPORT, "spam_to_inbox", spam[0])
    run_out(desk)

    [message] = desk.documents("messages").values()
    assert message["gmail_id"] == spam[0]


def test_scenario_09_drafts_own_mail_and_mail_to_oneself(desk: DeskUnderTest) -> None:
    """Drafts never show; an answer from Gmail's page joins; mail to oneself is mail."""
    desk.connect()
    first = desk.deliver(mail("Printer", message_id="<1@x.example.net>"))
    draft = desk.sandbox.act(SUPPORT, "save_draft", raw=mail("D", message_id="<d@x.example.com>"))
    desk.sandbox.act(SUPPORT, "save_draft", raw=mail("E"), draft_id=draft["draftId"])
    desk.sandbox.advance_clock(60)
    answer = desk.sandbox.act(SUPPORT, "ui_reply", first, text="We look at it.")
    own = mail("Note", sender=SUPPORT, to=SUPPORT, message_id="<s@x.example.com>")
    note = desk.sandbox.act(SUPPORT, "ui_send", raw=own)
    lonely = mail("Hello", sender=SUPPORT, to="eve@x.example.org", message_id="<o@x.example.com>")
    alone = desk.sandbox.act(SUPPORT, "ui_send", raw=lonely)
    run_out(desk)

    stored = {m["gmail_id"]: m for m in desk.documents("messages").values()}
    tickets = desk.documents("tickets")
    assert set(stored) == {first, answer["id"], note["id"], alone["id"]}
    assert stored[answer["id"]]["ticket_id"] == stored[first]["ticket_id"]
    assert stored[answer["id"]]["direction"] == "out"
    assert stored[note["id"]]["direction"] == "in"
    assert stored[note["id"]]["ticket_id"] in tickets
    assert stored[alone["id"]]["ticket_id"] not in tickets
    assert len(tickets) == 2


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 1_000,
        b"Subject: =?utf-8?b?//79?=\nFrom: =?x?q?=ED=A0=80?= <a@x.example.net>\n\n\xed\xa0\x80",
        b"Subject: " + "ÿ漢".encode() * 60_000 + b"\n\n" + b"x" * 100,
        ("From: a@x.example.net\n\n" + "漢" * 130_000).encode(),
        b"From: a@x.example.net\n\n" + b"\x01" * 100_000,
        ("To: " + ", ".join(f'"{"n" * 900}" <u{i}@x.example.net>' for i in range(250))).encode(),
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Disposition: attachment;"
        b" filename=" + b"f" * 900 + b"\n\nx\n" * 300,
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n" * 50_000,
        b"Message-ID: <" + b"i" * 40_000 + b"@x>\nReferences: " + b"<r@x> " * 5_000 + b"\n\n",
    ],
    ids=[
        *("empty", "zeros", "surrogates", "long_subject", "long_chinese", "control_characters"),
        *("many_names", "many_files", "many_parts", "long_ids"),
    ],
)
def test_scenario_15_a_poison_message_is_a_ticket_too(desk: DeskUnderTest, raw: bytes) -> None:
    """No mail is too strange to be recorded, at once."""
    desk.connect()
    answers = Answers(desk)

    desk.deliver(raw)

    all_are_in(desk, 1)
    assert set(answers.statuses) == {204}


def test_scenario_15_thirty_megabytes(desk: DeskUnderTest) -> None:
    """A mail of 30 MB is fetched and recorded; what was capped is said."""
    desk.connect()
    line = b"QUJD" * 19 + b"\n"
    raw = (
        b"From: a@x.example.net\nContent-Type: application/octet-stream\n"
        b"Content-Transfer-Encoding: base64\n\n" + line * (30 * 1024 * 1024 // len(line))
    )

    desk.deliver(raw)

    [message] = desk.documents("messages").values()
    assert message["size"] == len(raw)
    assert "message_too_large" in message["problems"]


def test_fifty_workers_on_five_mailboxes(desk: DeskUnderTest) -> None:
    """No mailbox is asked for more than four messages at once; a throttled one slows only itself."""
    addresses = [f"box{n}@example.com" for n in range(5)]
    for address in addresses:
        desk.connect(address)
    untold(desk)
    arrived = [
        (address, desk.sandbox.deliver(address, numbered(number))["id"])
        for number in range(30)
        for address in addresses
    ]
    throttled, others = addresses[0], addresses[1:]
    desk.sandbox.plant("messages.get", "quota", mailbox=throttled, nth=5, times=3)
    desk.sandbox.plant("messages.get", "slow", times=None, seconds=0.02)
    desk.sandbox.reset_calls()

    with ThreadPoolExecutor(50) as pool:
        refused = sum(pool.map(lambda arrival: _deliver(desk, *arrival), arrived))
    at_once = count_in(desk, throttled)
    run_out(desk)

    assert at_once < 30
    assert [count_in(desk, address) for address in addresses] == [30] * 5
    assert max(desk.sandbox.quota(a)["peak_concurrent"] for a in addresses) <= 4
    # Nothing of theirs was asked for twice, but for what our own store refused to write.
    fetched = sum(desk.sandbox.calls(address)["messages.get"] for address in others)
    assert 0 <= fetched - 30 * len(others) <= refused


def _deliver(desk: DeskUnderTest, address: str, gmail_id: str) -> int:
    """Deliver one event until it is acknowledged; return how often it was not.

    Fifty writers are many for the one lock of a store in memory, where the machine is busy.
    """
    event = {"mailbox_id": desk.mailboxes[address], "gmail_id": gmail_id}
    refused = 0
    while desk.push("create_ticket", event).status_code == 503:
        refused += 1
    return refused


class _Overtaken:
    """Lets another delivery of an event be faster, and the message be deleted, before the first get."""

    def __init__(self, desk: DeskUnderTest, event: Mapping[str, str]) -> None:
        self._desk = desk
        self._event = event
        self._app = desk.desk.app("create_ticket")
        self._gmail = self._app.gmail
        vars(self._app)["gmail"] = self._begin

    def message(self, gmail_id: str) -> RawMessage:
        vars(self._app)["gmail"] = self._gmail
        self._desk.push("create_ticket", self._event)
        self._desk.sandbox.act(SUPPORT, "delete", gmail_id)
        return self._inner.message(gmail_id)

    def _begin(self, token: AccessToken) -> _Overtaken:
        self._inner = self._gmail(token)
        return self
