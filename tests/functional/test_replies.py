"""Replies through the front door: drafts, sending after the time to undo, and what comes of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import SUPPORT, DeskUnderTest, mail
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


@pytest.fixture
def ticket(desk: DeskUnderTest) -> dict[str, Any]:
    """Let a customer, who has a mailbox of this sandbox, ask; give the ticket."""
    return asked(desk)


# From draft to mail


def test_a_reply_arrives_in_the_thread_after_the_time_to_undo(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Nothing leaves for 15 seconds; then the customer has it, tied to what she wrote."""
    reply = replied(desk, ticket, text="Somebody is on the way.")
    desk.settle()
    before = received(desk)
    passes(desk, 15)

    [mail] = received(desk)
    assert before == []
    assert mail["To"] == NORA
    assert mail["Subject"] == "Re: The printer is on fire"
    assert mail["In-Reply-To"] == "<q@x.example.net>"
    assert mail["References"] == "<q@x.example.net>"
    assert "Somebody is on the way." in mail.get_body(("plain",)).get_content()
    assert "> Please send somebody." in mail.get_body(("plain",)).get_content()
    now = read(desk, reply)
    assert (now["state"], now["text"], now["to"]) == ("sent", None, [])


def test_a_sent_reply_is_a_message_of_its_ticket(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """It comes back by history, once, as the author's, and moves no conversation further."""
    reply = replied(desk, ticket)
    passes(desk)

    view = opened(desk, ticket)
    [_, message] = view["messages"]
    [stored] = [m for m in desk.documents("messages").values() if m["direction"] == "out"]
    assert (message["direction"], message["thread_reason"]) == ("out", "gmail_thread")
    assert (stored["reply_id"], stored["author_id"]) == (reply["id"], reply["author_id"])
    assert view["ticket"]["conversation"] == 2
    assert [
        row for row in desk.documents("outbox").values() if row["topic"] == "reply-queued"
    ] == []


def test_the_customers_answer_joins(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """She answers what she received, and it is the same ticket, opened again."""
    replied(desk, ticket)
    passes(desk)
    [ours] = received(desk)
    passes(desk, 60)
    answer = mail(
        "Re: The printer is on fire",
        "Nobody has come.",
        sender=NORA,
        message_id="<a@x.example.net>",
        in_reply_to=ours["Message-ID"],
        references=f"<q@x.example.net> {ours['Message-ID']}",
    )
    desk.deliver(answer)

    view = opened(desk, ticket)
    assert [m["direction"] for m in view["messages"]] == ["in", "out", "in"]


def test_undone_in_time_nothing_is_sent(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """The reply is a draft again, with all that it said; queued once more it goes once."""
    agent = desk.browser("agent")
    reply = replied(desk, ticket, text="Too early.")
    undone = act(agent, reply, "undo").json
    passes(desk, 60)
    nothing = received(desk)

    again = queue(agent, undone, 2)
    passes(desk)

    assert (undone["state"], undone["text"]) == ("draft", "Too early.")
    assert nothing == []
    assert again["reply"]["state"] == "queued"
    assert len(received(desk)) == 1


def test_a_reply_is_sent_at_the_time_that_was_chosen(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Not before; without a time to undo on top."""
    agent = desk.browser("agent")
    reply = draft(agent, ticket)
    queue(agent, reply, 1, send_at="2026-01-06T09:00:00Z")
    passes(desk, 23 * 3600)
    before = received(desk)
    passes(desk, 3600)

    assert before == []
    assert len(received(desk)) == 1


# Drafts


def test_a_draft_answers_the_newest_message_from_outside(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Where the answers are wanted, under the subject of that message, from the mailbox in one's name."""
    newest = mail(
        "AW: Another subject",
        sender=NORA,
        message_id="<2@x.example.net>",
        in_reply_to="<q@x.example.net>",
        reply_to="Office <office@customers.example.net>",
    )
    desk.clock.advance(60)  # type: ignore[attr-defined]
    desk.sandbox.advance_clock(60)
    desk.deliver(newest)

    reply = draft(desk.browser("agent"), ticket)

    assert reply["to"] == [{"name": "Office", "address": "office@customers.example.net"}]
    assert (reply["cc"], reply["bcc"]) == ([], [])
    assert reply["subject"] == "Re: Another subject"
    assert reply["sender"] == {"name": "Demo Agent", "address": SUPPORT}
    assert (reply["state"], reply["text"]) == ("draft", "Somebody is on the way.")


def test_an_answer_to_everybody_leaves_out_who_is_new(desk: DeskUnderTest) -> None:
    """Who was named from the start gets it; a stranger's answer is answered with others when confirmed."""
    ticket = asked(desk, cc="Bob Moss <bob@customers.example.net>")
    desk.clock.advance(60)  # type: ignore[attr-defined]
    desk.sandbox.advance_clock(60)
    stranger = mail(
        "Re: The printer is on fire",
        sender="Eve <eve@elsewhere.example.org>",
        message_id="<3@x.example.org>",
        in_reply_to="<q@x.example.net>",
        cc=f"{NORA}, Mallory <mallory@elsewhere.example.org>",
    )
    desk.deliver(stranger)
    agent = desk.browser("agent")
    [first, _] = opened(desk, ticket)["messages"]

    to_nora = draft(agent, ticket, parent_message_id=first["id"], everybody=True)
    to_eve = draft(agent, ticket, everybody=True)
    refused = act(agent, to_eve, "queue", {"conversation": 2})
    confirmed = act(agent, to_eve, "queue", {"conversation": 2, "confirmed": True})

    assert [p["address"] for p in to_nora["cc"]] == ["bob@customers.example.net"]
    assert to_nora["new_participants"] == []
    assert [p["address"] for p in to_eve["to"]] == ["eve@elsewhere.example.org"]
    assert [p["address"] for p in to_eve["cc"]] == [NORAS]
    assert to_eve["new_participants"] == ["eve@elsewhere.example.org"]
    assert (refused.status_code, refused.json["code"]) == (409, "reply.new_participants")
    assert confirmed.status_code == 200


def test_a_draft_is_saved_again_and_again(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """What is left out stays; a save over somebody else's is refused and says whose that was."""
    agent = desk.browser("agent")
    reply = draft(agent, ticket, text="One", bcc=[{"address": "boss@example.com"}])
    path = f"/api/tickets/{ticket['id']}/replies/{reply['id']}"

    saved = agent.send("PATCH", path, {"text": "Two"}, if_match='"1"').json
    stale = desk.browser("supervisor").send("PATCH", path, {"text": "Three"}, if_match='"1"')

    assert (saved["text"], saved["version"]) == ("Two", 2)
    assert saved["bcc"] == [{"name": "", "address": "boss@example.com"}]
    assert stale.status_code == 409
    assert stale.json["params"] == {
        "version": 2,
        "state": "draft",
        "changed_by": reply["author_id"],
    }


def test_a_draft_that_is_asked_for_twice_is_one(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """A page that got no answer asks again with the same key."""
    agent = desk.browser("agent")
    path = f"/api/tickets/{ticket['id']}/replies"

    first = agent.send("POST", path, {"text": "One"}, idempotency_key="k1")
    second = agent.send("POST", path, {"text": "One"}, idempotency_key="k1")
    listed = agent.get(path).json["items"]

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert [row["id"] for row in listed] == [first.json["id"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"to": [{"address": "nobody"}]}, "reply.recipient_invalid"),
        ({"to": [{"address": "a@example.net\r\nBcc: b@example.net"}]}, "reply.recipient_invalid"),
        ({"cc": [{"address": "=?utf-8?q?a?=@example.net"}]}, "reply.recipient_invalid"),
        (
            {"to": [{"address": f"a{n}@example.net"} for n in range(101)]},
            "reply.too_many_recipients",
        ),
        ({"sender": {"address": "support"}}, "reply.sender_invalid"),
        ({"subject": "x" * 401}, "reply.subject_too_long"),
        ({"text": "x" * 200_001}, "reply.text_too_long"),
        ({"html": "<p>Like this: <IMG src=cid:a></p>"}, "reply.picture_in_text"),
        ({"upload_ids": ["up_" + "0" * 26]}, "upload.not_found"),
        ({"parent_message_id": "m_" + "0" * 26}, "reply.parent_unknown"),
    ],
)
def test_a_draft_of_what_cannot_be_sent_is_refused(
    desk: DeskUnderTest, ticket: dict[str, Any], content: dict[str, Any], code: str
) -> None:
    """Nothing is half done, and the refusal holds no part of it."""
    answer = desk.browser("agent").send("POST", f"/api/tickets/{ticket['id']}/replies", content)

    assert answer.json["code"] == code
    assert desk.documents("replies") == {}


def test_a_reply_to_nobody_is_not_queued(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """The draft stays as it is."""
    agent = desk.browser("agent")
    reply = draft(agent, ticket, to=[])

    answer = act(agent, reply, "queue", {"conversation": 1})

    assert (answer.status_code, answer.json["code"]) == (400, "reply.nobody_to_send_to")
    assert read(desk, reply)["state"] == "draft"


@pytest.mark.parametrize("send_at", ["2026-01-05T08:59:00Z", "2026-02-05T09:00:00Z"])
def test_a_time_to_send_at_is_within_30_days(
    desk: DeskUnderTest, ticket: dict[str, Any], send_at: str
) -> None:
    """Not in the past, and not later than the bus keeps an event."""
    agent = desk.browser("agent")
    body = {"conversation": 1, "send_at": send_at}

    answer = act(agent, draft(agent, ticket), "queue", body)

    assert (answer.status_code, answer.json["code"]) == (400, "reply.send_at_invalid")


def test_a_discarded_draft_keeps_nothing(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """Its words are destroyed, and it is listed no more; a sent reply cannot be thrown away."""
    agent = desk.browser("agent")
    reply = draft(agent, ticket)
    path = f"/api/tickets/{ticket['id']}/replies"

    gone = agent.send("DELETE", f"{path}/{reply['id']}")
    sent = replied(desk, ticket)
    passes(desk)
    refused = agent.send("DELETE", f"{path}/{sent['id']}")

    assert gone.status_code == 204
    assert desk.documents("replies")[reply["id"]]["sealed"] is None
    assert agent.get(path).json["items"] == []
    assert (refused.status_code, refused.json["code"]) == (409, "reply.may_be_sent")


def test_a_ticket_opened_by_hand_begins_with_our_mail(desk: DeskUnderTest) -> None:
    """To its customer, under its subject; what she answers joins it."""
    mailbox_id = desk.connect()
    desk.sandbox.add_account(NORAS, "Nora Lind")
    agent = desk.browser("agent")
    customer = {"name": "Nora Lind", "address": NORAS}
    body = {"mailbox_id": mailbox_id, "subject": "Your order", "customer": customer}
    made = agent.send("POST", "/api/tickets/", body)
    assert made.status_code == 201, made.data
    ticket = made.json
    reply = draft(agent, ticket, text="It is ready.")
    queue(agent, reply, ticket["conversation"])
    passes(desk)
    [ours] = received(desk)
    passes(desk, 60)
    answer = mail(
        "Re: Your order",
        sender=NORA,
        message_id="<a@x.example.net>",
        in_reply_to=str(ours["Message-ID"]),
        references=str(ours["Message-ID"]),
    )
    desk.deliver(answer)

    assert [p["address"] for p in reply["to"]] == [NORAS]
    assert (reply["subject"], ours["Subject"]) == ("Your order", "Your order")
    assert [m["direction"] for m in opened(desk, ticket)["messages"]] == ["out", "in"]
    assert len(desk.tickets()) == 1


# What the mail says


def test_html_is_sent_safe_with_its_text(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """Scripts are gone, formatting stays, and who reads plain text gets the same words."""
    replied(desk, ticket, text="", html="<p>See <b>this</b></p><script>alert(1)</script>")
    passes(desk)

    [sent] = received(desk)
    html = sent.get_body(("html",)).get_content()
    assert "<b>this</b>" in html
    assert "script" not in html
    assert "See this" in sent.get_body(("plain",)).get_content()


def test_signature_and_quoted_text_follow_where_they_are_wanted(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """One's own signature stands between the answer and what is answered; either can be left out."""
    agent = desk.browser("agent")
    version = agent.get("/api/account/profile").json["version"]
    signed = {"signature": "Demo Agent, Support"}
    agent.send("PATCH", "/api/account/profile", signed, if_match=f'"{version}"')
    whole = draft(agent, ticket)
    bare = draft(agent, ticket, quotes=False, signs=False)
    queue(agent, whole, 1)
    queue(agent, bare, 2)
    act(agent, read(desk, whole), "undo")
    queue(agent, read(desk, whole), 3)
    passes(desk)

    [with_all] = received(desk)
    text = with_all.get_body(("plain",)).get_content()
    assert text.splitlines()[:6] == [
        "Somebody is on the way.",
        "",
        "-- ",
        "Demo Agent, Support",
        "",
        "On 2026-01-05 09:00, Nora Lind <nora@customers.example.net> wrote:",
    ]
    held = read(desk, bare)
    assert (held["state"], held["failure"]) == ("needs_review", "conversation_moved")


def test_a_text_that_is_cached_no_more_is_quoted_from_gmail(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """A day later the body is read again when the reply is sent."""
    passes(desk, 25 * 3600)
    replied(desk, ticket)
    passes(desk)

    [sent] = received(desk)
    assert "> Please send somebody." in sent.get_body(("plain",)).get_content()


def test_files_go_with_the_reply_and_leave_no_copy(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """The customer gets name and bytes; what was uploaded is deleted."""
    agent = desk.browser("agent")
    path = f"/api/tickets/{ticket['id']}/uploads"
    headers = {"content_type": "text/csv", "x_file_name": "prices%20%C3%A4.csv"}
    upload = agent.send("POST", path, b"1,2\r\n", **headers).json
    reply = draft(agent, ticket, upload_ids=[upload["id"]])
    queue(agent, reply, 1)
    passes(desk)
    desk.tick("apply_deadlines")

    [sent] = received(desk)
    [file] = sent.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("prices ä.csv", "text/csv")
    assert file.get_payload(decode=True) == b"1,2\r\n"
    assert desk.documents("uploads") == {}
    assert [f for f in (desk.desk.home / "files").rglob("*") if f.is_file()] == []


# From


def test_a_verified_address_may_be_sent_from(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """The list names the mailbox's own and its verified ones; the mail comes from the one chosen."""
    desk.sandbox.add_send_as(SUPPORT, "help@example.com", "Help")
    desk.sandbox.add_send_as(SUPPORT, "ceo@example.com", "Boss", "pending")
    agent = desk.browser("agent")
    senders = agent.get(f"/api/content/mailboxes/{ticket['mailbox_id']}/senders").json["items"]
    reply = draft(agent, ticket, sender={"address": "help@example.com", "name": "Help"})
    queue(agent, reply, 1)
    passes(desk)

    [sent] = received(desk)
    assert [s["address"] for s in senders] == [SUPPORT, "help@example.com"]
    assert sent["From"] == "Help <help@example.com>"


def test_an_unverified_address_is_not_replaced_in_silence(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """The reply fails and says why; corrected, it goes."""
    desk.sandbox.add_send_as(SUPPORT, "ceo@example.com", "Boss", "pending")
    agent = desk.browser("agent")
    reply = draft(agent, ticket, sender={"address": "ceo@example.com"})
    queue(agent, reply, 1)
    passes(desk)
    failed = read(desk, reply)

    again = act(agent, failed, "undo").json
    path = f"/api/tickets/{ticket['id']}/replies/{reply['id']}"
    mended = {"sender": {"address": SUPPORT}}
    again = agent.send("PATCH", path, mended, if_match=f'"{again["version"]}"').json
    queue(agent, again, 2)
    passes(desk)

    assert (failed["state"], failed["failure"]) == ("failed", "sender_not_verified")
    assert len(received(desk)) == 1
