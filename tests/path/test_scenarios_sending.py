"""Acceptance scenarios of sending: own mail coming back, every answer of Gmail's, ids that it replaces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.app import AccessToken
from shared.gmail.contract import Gmail, Sent
from tests.desk import SUPPORT, DeskUnderTest, desk_in, mail
from tests.path.steps import poll, untold
from tests.replying import (
    NORA,
    NORAS,
    act,
    asked,
    draft,
    opened,
    passes,
    queue,
    read,
    received,
    replied,
)

LOOKED_FOR_SECONDS = 120


@pytest.fixture
def ticket(desk: DeskUnderTest) -> dict[str, Any]:
    """Let a customer, who has a mailbox of this sandbox, ask; give the ticket."""
    return asked(desk)


def audited(desk: DeskUnderTest) -> list[str]:
    """Return what the audit log tells of replies."""
    return [e["action"] for e in desk.audit() if e["action"].startswith("reply.")]


# Scenario 9: own mail comes back


def test_scenario_09_a_reply_to_the_mailbox_itself_is_ours(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """It is in the inbox too, and no customer's: one message of the ticket, sent by its author."""
    reply = replied(desk, ticket, to=[{"address": SUPPORT}])
    passes(desk)

    [_, message] = opened(desk, ticket)["messages"]
    assert (message["direction"], message["reply_id"]) == ("out", reply["id"])
    assert message["author_id"] == reply["author_id"]


def test_scenario_09_our_mark_in_a_strangers_mail_means_nothing(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Whoever got a reply knows its mark; in mail from outside it proves nothing and opens no state."""
    agent = desk.browser("agent")
    reply = draft(agent, ticket)
    queue(agent, reply, 1, send_at="2026-01-06T09:00:00Z")
    forged = mail("Hi", sender=NORA, message_id="<f@x.example.net>", X_CMO_Send_Id=_mark(reply))
    desk.deliver(forged)

    [message] = [m for m in desk.documents("messages").values() if m["ticket_id"] != ticket["id"]]
    assert (message["direction"], message["reply_id"]) == ("in", None)
    assert read(desk, reply)["state"] == "queued"


def test_scenario_09_it_comes_back_before_the_sender_has_written_it_down(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """The message proves that the reply was sent; the sender finds it so, and it is told once."""
    states: list[str] = []

    def comes_back(sent: Sent) -> None:
        desk.push("create_ticket", {"mailbox_id": ticket["mailbox_id"], "gmail_id": sent.gmail_id})
        states.append(desk.documents("replies")[reply["id"]]["state"])

    untold(desk)
    reply = replied(desk, ticket)
    _AfterSending(desk, comes_back)
    passes(desk)

    assert states == ["sent"]
    assert read(desk, reply)["state"] == "sent"
    assert sorted(audited(desk)) == ["reply.drafted", "reply.queued", "reply.sent"]
    assert _of_reply(desk, reply) == 1
    assert _owed(desk) == 0


def test_scenario_09_it_comes_back_after_a_person_was_asked(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Gmail took it, did not say so, and shows it late: it is sent after all, nobody has to decide."""
    untold(desk)
    desk.sandbox.plant("messages.send", "close", when="after")
    desk.sandbox.set_sending(x_headers=True)
    reply = replied(desk, ticket)
    _hide_from_lookup(desk)
    passes(desk)
    passes(desk, LOOKED_FOR_SECONDS)
    asked_for = read(desk, reply)
    desk.sandbox.clear_faults()
    poll(desk)

    assert (asked_for["state"], asked_for["failure"]) == ("needs_review", "not_found")
    assert read(desk, reply)["state"] == "sent"
    assert _of_reply(desk, reply) == len(received(desk)) == 1
    assert audited(desk)[-2:] == ["reply.needs_review", "reply.sent"]
    assert _owed(desk) == 0


def test_scenario_09_what_staff_send_from_gmail_is_there_too(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """An answer written in Gmail is an outgoing message of the ticket, of no reply."""
    [question] = desk.sandbox.messages(SUPPORT)
    desk.sandbox.advance_clock(1)
    desk.sandbox.act(SUPPORT, "ui_reply", question["id"], text="I am on it.")
    desk.settle()

    [_, message] = opened(desk, ticket)["messages"]
    assert (message["direction"], message["reply_id"], message["author_id"]) == ("out", None, None)


# Scenario 10: every answer of Gmail's


@pytest.mark.parametrize("kind", ["close", "reset", "truncate", "html", "status"])
def test_scenario_10_gmail_took_it_and_did_not_say_so(
    desk: DeskUnderTest, ticket: dict[str, Any], kind: str
) -> None:
    """Two minutes later it is found by its mark: sent, once, and nobody is asked."""
    untold(desk)
    desk.sandbox.plant("messages.send", kind, when="after")
    reply = replied(desk, ticket)
    passes(desk)
    doubtful = read(desk, reply)["state"]
    passes(desk, LOOKED_FOR_SECONDS)

    assert doubtful == "unknown"
    assert read(desk, reply)["state"] == "sent"
    assert len(received(desk)) == 1


@pytest.mark.parametrize("kind", ["close", "reset", "html", "status"])
def test_scenario_10_gmail_took_nothing_and_did_not_say_so(
    desk: DeskUnderTest, ticket: dict[str, Any], kind: str
) -> None:
    """It is never sent again by itself: a person is asked, with all that the reply says."""
    desk.sandbox.plant("messages.send", kind)
    reply = replied(desk, ticket)
    passes(desk)
    passes(desk, LOOKED_FOR_SECONDS)
    passes(desk, 7 * 86_400)
    desk.tick("apply_deadlines")

    asked_for = read(desk, reply)
    assert (asked_for["state"], asked_for["failure"]) == ("needs_review", "not_found")
    assert asked_for["text"] == "Somebody is on the way."
    assert received(desk) == []
    assert _owed(desk) == 0


def test_scenario_10_a_hanging_gmail_after_the_commit(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """The send ends after its deadline; what it did is found out later."""
    untold(desk)
    _impatient(desk)
    desk.sandbox.plant("messages.send", "hang", when="after", seconds=5)
    reply = replied(desk, ticket)
    passes(desk)
    passes(desk, LOOKED_FOR_SECONDS)

    assert read(desk, reply)["state"] == "sent"
    assert len(received(desk)) == 1


def test_scenario_10_a_person_decides_that_it_was_not_sent(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Sent once more, under another mark, so that both attempts can be told apart."""
    desk.sandbox.plant("messages.send", "close")
    reply = replied(desk, ticket)
    passes(desk)
    passes(desk, LOOKED_FOR_SECONDS)
    agent = desk.browser("agent")

    again = act(agent, reply, "settle", {"decision": "send_again", "conversation": 2})
    passes(desk)

    assert again.status_code == 200
    [sent] = received(desk)
    assert sent["X-CMO-Send-Id"] == _mark(reply, 2)
    assert read(desk, reply)["state"] == "sent"


def test_scenario_10_a_person_decides_that_it_was_sent(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Then it is done with, and its content goes; who decided is in the audit log."""
    desk.sandbox.plant("messages.send", "close")
    reply = replied(desk, ticket)
    passes(desk)
    passes(desk, LOOKED_FOR_SECONDS)
    agent = desk.browser("agent")

    settled = act(agent, reply, "settle", {"decision": "sent"})
    once_more = act(agent, reply, "settle", {"decision": "send_again", "conversation": 2})
    passes(desk)

    assert (settled.json["state"], settled.json["text"]) == ("sent", None)
    assert once_more.status_code == 409
    assert received(desk) == []
    assert audited(desk)[-1] == "reply.settled"


def test_scenario_10_what_cannot_be_looked_for_is_looked_for_later(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Gmail does not answer the search either: the reply stays unknown until it does."""
    untold(desk)
    desk.sandbox.plant("messages.send", "close", when="after")
    reply = replied(desk, ticket)
    passes(desk)
    desk.sandbox.plant("threads.get", "status", status=503, times=2)
    passes(desk, LOOKED_FOR_SECONDS)
    still = read(desk, reply)["state"]
    passes(desk, 60)
    passes(desk, 60)

    assert still == "unknown"
    assert read(desk, reply)["state"] == "sent"
    assert len(received(desk)) == 1


def test_scenario_10_throttled_it_goes_at_the_time_that_gmail_named(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Nothing was sent, so it is sent then, and not before."""
    desk.sandbox.plant("messages.send", "too_many_requests", retry_after=7200)
    reply = replied(desk, ticket)
    passes(desk)
    waits = read(desk, reply)
    passes(desk, 7100)
    before = received(desk)
    passes(desk, 200)

    assert (waits["state"], waits["failure"]) == ("queued", "rate_limited")
    assert waits["not_before"] >= "2026-01-05T11:00:00Z"
    assert before == []
    assert len(received(desk)) == 1


def test_scenario_10_refused_it_has_failed_and_says_why(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Nothing was sent, nothing is tried again by itself; a person sends it when it can go."""
    desk.sandbox.plant("messages.send", "error", status=400, reason="invalidArgument")
    reply = replied(desk, ticket)
    passes(desk)
    failed = read(desk, reply)
    passes(desk, 7200)
    before = received(desk)

    again = act(desk.browser("agent"), reply, "retry", {"conversation": 2})
    passes(desk)

    assert (failed["state"], failed["failure"]) == ("failed", "refused_http_400")
    assert before == []
    assert again.status_code == 200
    assert len(received(desk)) == 1


def test_scenario_10_a_thread_that_is_gone_is_no_reason_to_fail(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Somebody deleted it in Gmail: the mail begins another thread and joins its ticket."""
    [question] = desk.sandbox.messages(SUPPORT)
    desk.sandbox.act(SUPPORT, "delete", question["id"])
    replied(desk, ticket)
    passes(desk)
    passes(desk, 60)

    assert len(received(desk)) == 1
    assert [m["direction"] for m in opened(desk, ticket)["messages"]] == ["in", "out"]


def test_scenario_10_without_a_grant_replies_wait_for_it(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """They stay queued and say for what; connected again they go, and those for later keep their time."""
    agent = desk.browser("agent")
    later = draft(agent, ticket, text="Later.")
    queue(agent, later, 1, send_at="2026-01-06T09:00:00Z")
    now = draft(agent, ticket, text="Now.")
    queue(agent, now, 2)
    desk.sandbox.revoke_grant(SUPPORT)
    passes(desk, 3600)
    waits = read(desk, now)
    nothing = received(desk)
    desk.browser("administrator").connect(
        desk.sandbox, SUPPORT, "reconnect", mailbox_id=ticket["mailbox_id"]
    )
    desk.settle()
    first = [_words(m) for m in received(desk)]

    assert (waits["state"], waits["failure"]) == ("queued", "mailbox_needs_reauth")
    assert waits["waits_for_mailbox"] is True
    assert nothing == []
    assert first == ["Now."]
    assert read(desk, later)["not_before"] == "2026-01-06T09:00:00.000Z"


def test_scenario_10_a_paused_mailbox_sends_nothing(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """What was queued waits, and goes when somebody lets the mailbox go on."""
    reply = replied(desk, ticket)
    _set(desk, ticket["mailbox_id"], "paused")
    passes(desk, 3 * 3600)
    waits = read(desk, reply)
    nothing = received(desk)
    _set(desk, ticket["mailbox_id"], "active")
    passes(desk, 31)

    assert (waits["state"], waits["failure"]) == ("queued", "mailbox_paused")
    assert nothing == []
    assert len(received(desk)) == 1


def test_scenario_10_a_bounce_shows_at_the_reply(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """The mail came back: its message says so, and the ticket is not opened again by it."""
    agent = desk.browser("agent")
    queue(agent, draft(agent, ticket), 1, then_state="solved")
    passes(desk)
    [ours] = received(desk)
    passes(desk, 60)
    desk.deliver(_bounce(str(ours["Message-ID"])))

    view = opened(desk, ticket)
    assert [m["undelivered"] for m in view["messages"]] == [False, True, False]
    assert view["messages"][2]["kind"] == "bounce"
    assert view["ticket"]["state"] == "solved"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_scenario_10_events_twice_and_out_of_order(tmp_path: Path, seed: int) -> None:
    """A bus that repeats and reorders everything still brings each of ten replies once."""
    with desk_in(tmp_path / "home", chaos_seed=seed, sandbox_options={"chaos": False}) as desk:
        ticket = asked(desk)
        agent = desk.browser("agent")
        sent = [draft(agent, ticket, text=f"Number {n}") for n in range(10)]
        for number, reply in enumerate(sent):
            queue(agent, reply, 1 + number)
            passes(desk)

        words = [_words(message) for message in received(desk)]
        assert sorted(words) == sorted(f"Number {n}" for n in range(10))
        assert {read(desk, reply)["state"] for reply in sent} == {"sent"}
        assert _owed(desk) == 0


# Scenario 11: ids that Gmail replaces


@pytest.mark.parametrize("message_id", ["rewrite", "rewrite_and_tell", "keep"])
def test_scenario_11_the_customers_answer_matches_whatever_became_of_our_id(
    desk: DeskUnderTest, ticket: dict[str, Any], message_id: str
) -> None:
    """Her client names the id that arrived; also in a Gmail thread of its own it is the same ticket."""
    desk.sandbox.set_sending(message_id=message_id)
    reply = replied(desk, ticket)
    passes(desk)
    [ours] = received(desk)
    passes(desk, 60)
    named = str(ours["Message-ID"]).encode()  # by hand: EmailMessage breaks long ids
    desk.deliver(
        b"From: " + NORA.encode() + b"\r\nTo: support@example.com\r\nSubject: Something else\r\n"
        b"Message-ID: <a@x.example.net>\r\nIn-Reply-To: "
        + named
        + b"\r\nReferences: "
        + named
        + b"\r\n\r\nNobody has come.\r\n"
    )

    messages = opened(desk, ticket)["messages"]
    assert [m["direction"] for m in messages] == ["in", "out", "in"]
    assert messages[2]["thread_reason"] in ("references", "reply_token")
    assert desk.documents("replies")[reply["id"]]["message_id"] == ours["Message-ID"]


def test_scenario_11_without_our_mark_an_unclear_outcome_is_reviewed(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Gmail drops the mark and the id: what cannot be found is never sent again by itself."""
    untold(desk)
    desk.sandbox.set_sending(x_headers=False)
    desk.sandbox.plant("messages.send", "close", when="after")
    reply = replied(desk, ticket)
    passes(desk)
    passes(desk, LOOKED_FOR_SECONDS)

    assert read(desk, reply)["state"] == "needs_review"
    assert len(received(desk)) == 1


def _mark(reply: Mapping[str, Any], attempt: int = 1) -> str:
    return f"{reply['id'][2:].lower()}-{attempt}"


def _of_reply(desk: DeskUnderTest, reply: Mapping[str, Any]) -> int:
    return sum(m.get("reply_id") == reply["id"] for m in desk.documents("messages").values())


def _owed(desk: DeskUnderTest) -> int:
    return sum(row["topic"] == "reply-queued" for row in desk.documents("outbox").values())


def _words(message: Any) -> str:
    text: str = message.get_body(("plain",)).get_content()
    return text.splitlines()[0]


def _set(desk: DeskUnderTest, mailbox_id: str, state: str) -> None:
    version = desk.documents("mailboxes")[mailbox_id]["version"]
    answer = desk.browser("administrator").send(
        "PATCH", f"/api/admin/mailboxes/{mailbox_id}", {"state": state}, if_match=f'"{version}"'
    )
    assert answer.status_code == 200, answer.data
    desk.clock.advance(31)  # type: ignore[attr-defined]  # instances know it by now


def _hide_from_lookup(desk: DeskUnderTest) -> None:
    """Let Gmail show neither the thread nor what was sent, as if it were slow."""
    desk.sandbox.plant("threads.get", "error", status=404, reason="notFound", times=None)
    desk.sandbox.plant("messages.get", "error", status=404, reason="notFound", times=None)


def _bounce(message_id: str) -> bytes:
    return (
        "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\r\n"
        f"To: {SUPPORT}\r\nSubject: Delivery Status Notification (Failure)\r\n"
        "Message-ID: <bounce@mail.example.net>\r\n"
        f"In-Reply-To: {message_id}\r\nReferences: <q@x.example.net> {message_id}\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThe address could not be found.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; {NORAS}\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    ).encode()


def _impatient(desk: DeskUnderTest) -> None:
    """Let send_reply wait for Gmail for half a second."""
    app = desk.desk.app("send_reply")
    given = app.gmail

    def gmail(token: AccessToken) -> Gmail:
        api = given(token)
        api._timeout_seconds = 0.25  # type: ignore[attr-defined]
        return api

    vars(app)["gmail"] = gmail


class _AfterSending:
    """Lets something happen between Gmail's taking a mail and the sender's hearing of it."""

    def __init__(self, desk: DeskUnderTest, then: Callable[[Sent], None]) -> None:
        self._then = then
        self._app = desk.desk.app("send_reply")
        self._gmail = self._app.gmail
        vars(self._app)["gmail"] = self._begin

    def send(self, raw: bytes, thread_id: str | None) -> Sent:
        sent = self._inner.send(raw, thread_id)
        self._then(sent)
        return sent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def _begin(self, token: AccessToken) -> _AfterSending:
        self._inner = self._gmail(token)
        return self
