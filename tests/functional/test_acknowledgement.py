"""The automatic acknowledgement: one to a person who writes first, none to machines, never a storm."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Final

import pytest

from tests.desk import SALES, SUPPORT, DeskUnderTest, desk_in, mail
from tests.replying import NORAS, passes

OURS: Final = "support@example.com"


def switch_on(desk: DeskUnderTest, address: str = SUPPORT, **members: Any) -> None:
    """Connect a mailbox and let the administrator switch its acknowledgement on."""
    path = f"/api/admin/mailboxes/{desk.connect(address)}/settings"
    body = {"acknowledge": True} | members
    answer = desk.browser("administrator").send("PATCH", path, body, if_match='"0"')
    assert answer.status_code == 200, answer.data
    passes(desk, 31)  # instances remember settings for 30 s


def answers(desk: DeskUnderTest, address: str = SUPPORT) -> list[EmailMessage]:
    """Return the mails that a mailbox sent."""
    desk.settle()
    return [
        message_from_bytes(one["raw"], EmailMessage, policy=default)
        for one in desk.sandbox.sends(address)
    ]


def text_of(answer: EmailMessage) -> str:
    """Return the plain text of a mail."""
    body = answer.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text


def test_a_first_mail_is_acknowledged_once(desk: DeskUnderTest) -> None:
    """The customer gets one answer, marked as no person's, in their thread, with the ticket's code."""
    switch_on(desk)
    desk.deliver(mail(message_id="<1@customers.example.net>"))

    [answer] = answers(desk)
    [ticket] = desk.tickets()
    assert answer["To"] == NORAS
    assert answer["In-Reply-To"] == "<1@customers.example.net>"
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["X-Auto-Response-Suppress"] == "All"
    assert ticket["code"] in answer["Subject"]
    assert ticket["code"] in text_of(answer)
    assert (ticket["state"], ticket["conversation"]) == ("new", 1)
    assert ticket["awaiting_reply"] is True


def test_no_word_of_the_sender_is_in_the_answer(desk: DeskUnderTest) -> None:
    """Whoever forges a sender cannot have us deliver their text to a stranger."""
    switch_on(desk)
    forged = mail(
        "Cheap pills", "Buy them here.", sender="Cheap pills <victim@stranger.example.net>"
    )
    desk.deliver(forged)

    [answer] = answers(desk)
    assert answer["To"] == "victim@stranger.example.net"
    assert "pills" not in answer.as_string().lower()
    assert "Buy them" not in text_of(answer)


def test_the_mailbox_says_it_in_its_own_words_and_from_its_own_address(desk: DeskUnderTest) -> None:
    """Subject and text are settings; {code} stands for the ticket's code."""
    desk.sandbox.add_account(SUPPORT, "Support", hd="example.com")
    desk.sandbox.add_send_as(SUPPORT, "help@example.com")
    switch_on(
        desk,
        acknowledgement_subject="Received: {code}",
        acknowledgement_text="Within a day.",
        from_address="help@example.com",
    )
    desk.deliver(mail())

    [answer] = answers(desk)
    [ticket] = desk.tickets()
    assert answer["Subject"] == f"Received: {ticket['code']}"
    assert text_of(answer).strip() == "Within a day."
    assert answer["From"] == "help@example.com"


def test_a_mailbox_that_is_not_asked_to_answers_nobody(desk: DeskUnderTest) -> None:
    """Acknowledging is off until somebody switches it on."""
    desk.connect()
    passes(desk, 31)
    desk.deliver(mail())

    assert answers(desk) == []


MACHINES: Final[dict[str, Callable[[], bytes]]] = {
    "an automatic reply": lambda: mail(auto_submitted="auto-replied"),
    "an absence": lambda: mail("Out of office: away", auto_submitted="auto-replied"),
    "a list": lambda: mail(list_id="<news.example.net>"),
    "a bulk mail": lambda: mail(precedence="bulk"),
    "a suppressed answer": lambda: mail(x_auto_response_suppress="All"),
    "an address that takes no replies": lambda: mail(sender="no-reply@shop.example.net"),
    "a daemon": lambda: mail("Undelivered", sender="MAILER-DAEMON@mx.example.net"),
    "an empty return path": lambda: mail(return_path="<>"),
    "what a filter called spam": lambda: mail(x_spam_flag="YES"),
    "our own mail in a circle": lambda: mail(x_cmo_send_id="0" * 26 + "-1"),
    "our own address": lambda: mail(sender=OURS),
    "two senders": lambda: mail().replace(b"To:", b"From: other@example.org\r\nTo:", 1),
}


@pytest.mark.parametrize("machine", MACHINES)
def test_no_machine_is_answered(desk: DeskUnderTest, machine: str) -> None:
    """Automatic mail, lists, bounces, spam, own and unanswerable addresses: no answer."""
    switch_on(desk)
    desk.deliver(MACHINES[machine]())

    assert answers(desk) == []
    assert len(desk.documents("messages")) == 1


def test_mailboxes_of_the_desk_do_not_answer_each_other(desk: DeskUnderTest) -> None:
    """Two that acknowledge and write to each other stay silent."""
    switch_on(desk)
    switch_on(desk, SALES)
    desk.deliver(mail(sender=f"Sales <{SALES}>"))
    desk.deliver(mail(sender=f"Support <{SUPPORT}>", to=SALES), to=SALES)

    assert answers(desk) == answers(desk, SALES) == []


def test_old_mail_is_not_answered(desk: DeskUnderTest) -> None:
    """Mail from before the connection, or that a resync finds days later, gets no late answer."""
    switch_on(desk)
    now = round(1000 * desk.clock.now().timestamp())
    day = 86_400_000
    desk.deliver(mail("Before", message_id="<1@x.example.net>"), internal_date=now - day // 24)
    passes(desk, 3 * 86_400)
    late = mail("Late", message_id="<2@x.example.net>", sender="bob@late.example.org")
    desk.deliver(late, internal_date=now + day)

    assert answers(desk) == []
    assert len(desk.documents("tickets")) == 2


def test_a_sender_is_answered_once_a_day_and_a_thread_once(desk: DeskUnderTest) -> None:
    """Ten mails in a day are one answer; the next day there is one more, in another thread only."""
    switch_on(desk)
    for number in range(10):
        desk.deliver(mail(f"Question {number}", message_id=f"<{number}@x.example.net>"))
    assert len(answers(desk)) == 1

    passes(desk, 86_401)
    desk.deliver(
        mail("Re: Question 0", message_id="<n@x.example.net>", in_reply_to="<0@x.example.net>")
    )
    assert len(answers(desk)) == 1
    desk.deliver(mail("Another day", message_id="<m@x.example.net>"))

    assert len(answers(desk)) == 2


def test_a_thread_that_goes_on_in_a_new_ticket_is_not_answered_again(desk: DeskUnderTest) -> None:
    """Long after it was solved the customer writes again: another ticket, and no second answer."""
    switch_on(desk)
    desk.deliver(mail(message_id="<1@x.example.net>"))
    [ticket] = desk.tickets()
    path = f"/api/tickets/{ticket['id']}"
    version = f'"{ticket["version"]}"'
    solved = desk.browser("agent").send("PATCH", path, {"state": "solved"}, if_match=version)
    assert solved.status_code == 200
    passes(desk, 40 * 86_400)

    again = mail(
        "Re: The printer is on fire",
        message_id="<2@x.example.net>",
        in_reply_to="<1@x.example.net>",
    )
    desk.deliver(again, internal_date=round(1000 * desk.clock.now().timestamp()))
    desk.tick("poll_mailboxes")  # Gmail's watch has ended meanwhile
    desk.settle()

    assert len(desk.tickets()) == 2
    assert len(answers(desk)) == 1


def test_what_a_rule_put_away_is_not_answered(desk: DeskUnderTest) -> None:
    """Rules come first: what one calls spam is told nothing."""
    switch_on(desk)
    path = f"/api/admin/mailboxes/{desk.mailboxes[SUPPORT]}/rules"
    rule = {"name": "Spam", "when": ["ticket_created"], "actions": {"state": "spam"}}
    assert desk.browser("supervisor").send("POST", path, rule).status_code == 201
    passes(desk, 31)
    desk.deliver(mail())

    assert answers(desk) == []


def test_an_event_that_is_delivered_again_answers_nobody_twice(desk: DeskUnderTest) -> None:
    """Three deliveries, one answer."""
    switch_on(desk)
    desk.deliver(mail())
    [created] = [entry for entry in desk.audit() if entry["action"] == "ticket.created"]

    for _ in range(3):
        assert desk.push("react", {"id": created["id"], "entry": created}).status_code == 204

    assert len(answers(desk)) == 1


def test_the_counts_tell_nobody_whom_they_count(desk: DeskUnderTest) -> None:
    """Neither address nor subject nor domain stands in them, and they expire."""
    switch_on(desk)
    desk.deliver(mail())

    marks = desk.documents("acknowledgements")
    assert len(marks) == 5
    assert "customers" not in str(marks)
    assert "printer" not in str(marks)
    assert all(mark["expires_at"] > desk.clock.now() for mark in marks.values())


# Storms


def storm(desk: DeskUnderTest, write: Callable[[int], bytes], count: int = 1_000) -> int:
    """Let so many mails come in; return how many answers left."""
    for number in range(count):
        desk.sandbox.deliver(SUPPORT, write(number))
        if number % 100 == 99:
            desk.settle()
    return len(answers(desk))


@pytest.mark.slow
def test_a_storm_of_a_thousand_automatic_mails_is_answered_never(tmp_path: Path) -> None:
    """What says that a machine wrote it is kept and not answered, however much of it comes."""
    with desk_in(tmp_path / "home") as desk:
        switch_on(desk)

        def machine(number: int) -> bytes:
            return mail(
                f"Alarm {number}", message_id=f"<{number}@x.example.net>", precedence="bulk"
            )

        assert storm(desk, machine) == 0
        assert len(desk.documents("messages")) == 1_000


def test_a_responder_that_changes_address_and_subject_gets_what_the_throttle_says(
    tmp_path: Path,
) -> None:
    """Another address, subdomain and subject each time, and no sign of a machine: fifty answers a day."""
    with desk_in(tmp_path / "home") as desk:
        switch_on(desk)

        def responder(number: int) -> bytes:
            letters = "".join(chr(97 + int(digit)) for digit in str(number))
            return mail(
                f"Your mail {letters}",
                sender=f"bot{number}@s{number}.duel.example.org",
                message_id=f"<{number}@x.example.net>",
            )

        assert storm(desk, responder, 150) == 50


def test_a_responder_with_a_similar_subject_gets_three(tmp_path: Path) -> None:
    """Numbers, prefixes and case do not make a subject another one."""
    with desk_in(tmp_path / "home") as desk:
        switch_on(desk)

        def responder(number: int) -> bytes:
            return mail(
                f"{'Re: ' * (number % 3)}Ticket #{number} RECEIVED!",
                sender=f"bot{number}@duel.example.org",
                message_id=f"<{number}@x.example.net>",
            )

        assert storm(desk, responder, 60) == 3
