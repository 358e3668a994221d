"""Tickets that people open, link, and find related."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import SALES, SUPPORT, DeskBrowser, DeskUnderTest, mail

NORA = {"address": "nora@customers.example.net", "name": "Nora Lind"}


def open_one(browser: DeskBrowser, mailbox_id: str, key: str | None = None, **more: Any) -> Any:
    """Open a ticket by hand."""
    body = {"mailbox_id": mailbox_id, "subject": "Called about the printer", "customer": NORA}
    return browser.send("POST", "/api/tickets/", body | more, idempotency_key=key)


def opened(desk: DeskUnderTest, ticket_id: str) -> Any:
    """Open a ticket's page."""
    return desk.browser("supervisor").get(f"/api/tickets/{ticket_id}").json


def test_a_ticket_is_opened_by_hand(desk: DeskUnderTest) -> None:
    """It has a code, is listed, holds the note, and the log says who opened it."""
    mailbox_id = desk.connect()
    agent = desk.browser("agent")

    answer = open_one(agent, mailbox_id, note="She calls back at ten.")

    assert answer.status_code == 201
    [ticket] = desk.tickets()
    assert ticket == opened(desk, ticket["id"])["ticket"]
    assert (ticket["subject"], ticket["state"]) == ("Called about the printer", "open")
    assert ticket["customer"] == NORA
    assert (ticket["message_count"], len(ticket["code"])) == (0, 10)
    notes = agent.get(f"/api/tickets/{ticket['id']}/notes").json["items"]
    assert [note["text"] for note in notes] == ["She calls back at ten."]
    desk.settle()
    [entry] = [e for e in desk.audit() if e["action"] == "ticket.opened"]
    assert (entry["actor"]["role"], entry["target"]["id"]) == ("agent", ticket["id"])


def test_a_ticket_opened_twice_with_one_key_is_one(desk: DeskUnderTest) -> None:
    """A request that is sent again answers with what the first one made, its note once."""
    mailbox_id = desk.connect()
    agent = desk.browser("agent")

    answers = [open_one(agent, mailbox_id, "k1", note="Once.") for _ in range(2)]

    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].json["id"] == answers[1].json["id"]
    assert len(desk.tickets()) == len(desk.documents("notes")) == 1


def test_it_is_the_ticket_of_a_customer_who_is_known(desk: DeskUnderTest) -> None:
    """Whoever wrote before is found by their address, in whatever case."""
    mailbox_id = desk.connect()
    desk.deliver(mail())
    [known] = desk.tickets()

    by_hand = open_one(
        desk.browser("agent"), mailbox_id, customer={"address": "Nora@Customers.example.net"}
    ).json

    assert by_hand["customer_id"] == known["customer_id"] is not None


def test_a_customer_who_is_new_is_met_when_they_write(desk: DeskUnderTest) -> None:
    """By the code in the subject, which counts because they take part; then the ticket is theirs."""
    mailbox_id = desk.connect()
    ticket = open_one(desk.browser("agent"), mailbox_id).json
    assert ticket["customer_id"] is None

    desk.sandbox.advance_clock(60)
    desk.deliver(mail(f"My printer {ticket['code']}"))

    [met] = desk.tickets()
    assert (met["id"], met["message_count"]) == (ticket["id"], 1)
    assert met["customer_id"] is not None
    assert met["subject"] == "Called about the printer"
    assert opened(desk, ticket["id"])["messages"][0]["thread_reason"] == "subject_code"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"subject": " "}, "ticket.subject_invalid"),
        ({"subject": "a\nb"}, "ticket.subject_invalid"),
        ({"customer": {"address": "nobody"}}, "ticket.customer_invalid"),
        ({"customer": NORA | {"name": "a\x00b"}}, "ticket.customer_invalid"),
        ({"note": ""}, "note.text_invalid"),
    ],
)
def test_what_is_no_ticket(desk: DeskUnderTest, wrong: dict[str, Any], code: str) -> None:
    """The answer says what is wrong, and nothing is written."""
    mailbox_id = desk.connect()

    answer = open_one(desk.browser("agent"), mailbox_id, **wrong)

    assert answer.json["code"] == code
    assert desk.tickets() == []
    assert desk.documents("codes") == {}


def test_a_ticket_is_opened_only_where_one_works(desk: DeskUnderTest) -> None:
    """A mailbox that one is no member of is not there."""
    mailbox_id = desk.connect(SALES, "supervisor")

    answer = open_one(desk.browser("agent"), mailbox_id)

    assert (answer.status_code, answer.json["code"]) == (404, "mailbox.not_found")
    assert desk.tickets() == []


# Links


def two(desk: DeskUnderTest) -> list[dict[str, Any]]:
    """Open two tickets by hand."""
    mailbox_id = desk.connect()
    agent = desk.browser("agent")
    return [open_one(agent, mailbox_id, subject=subject).json for subject in ("One", "Two")]


def test_a_link_shows_at_both_and_goes_from_both(desk: DeskUnderTest) -> None:
    """Whichever of the two it is made or taken away at; twice is once."""
    one, other = two(desk)
    agent = desk.browser("agent")
    path = f"/api/tickets/{one['id']}/links"

    for _ in range(2):
        assert agent.send("POST", path, {"ticket_id": other["id"]}).status_code == 200
    linked = [opened(desk, t["id"])["ticket"]["links"] for t in (one, other)]
    related = agent.get(f"/api/tickets/{other['id']}/related").json
    gone = agent.send("DELETE", f"/api/tickets/{other['id']}/links/{one['id']}")

    assert linked == [[other["id"]], [one["id"]]]
    assert [row["id"] for row in related["linked"]] == [one["id"]]
    assert gone.status_code == 204
    assert [opened(desk, t["id"])["ticket"]["links"] for t in (one, other)] == [[], []]
    desk.settle()
    assert len([e for e in desk.audit() if e["action"] == "ticket.changed"]) == 4


def test_a_ticket_is_not_linked_to_itself_or_to_what_one_does_not_see(desk: DeskUnderTest) -> None:
    """A ticket of another's mailbox is not there."""
    one, _ = two(desk)
    hidden = open_one(desk.browser("supervisor"), desk.connect(SALES, "supervisor")).json
    agent = desk.browser("agent")
    path = f"/api/tickets/{one['id']}/links"

    itself = agent.send("POST", path, {"ticket_id": one["id"]})
    strange = agent.send("POST", path, {"ticket_id": hidden["id"]})

    assert (itself.status_code, itself.json["code"]) == (400, "ticket.link_impossible")
    assert (strange.status_code, strange.json["code"]) == (404, "ticket.not_found")


def test_a_mail_that_ties_two_tickets_together_is_a_suggestion(desk: DeskUnderTest) -> None:
    """Nothing is merged by itself: each ticket is shown as what the other may belong to."""
    desk.connect()
    desk.deliver(mail("One", message_id="<1@x.example.net>"))
    desk.deliver(mail("Two", message_id="<2@x.example.net>"))
    desk.sandbox.advance_clock(60)
    desk.deliver(mail("Both", references="<1@x.example.net> <2@x.example.net>"))
    by_count = {t["message_count"]: t["id"] for t in desk.tickets()}

    agent = desk.browser("agent")
    shown = {
        count: [r["id"] for r in agent.get(f"/api/tickets/{id}/related").json["suggested"]]
        for count, id in by_count.items()
    }

    assert shown == {2: [by_count[1]], 1: [by_count[2]]}


def test_a_mail_to_two_mailboxes_is_shown_to_who_sees_both(desk: DeskUnderTest) -> None:
    """One ticket each; who is a member of one mailbox only hears nothing of the other."""
    desk.connect(SUPPORT)
    desk.connect(SALES, "supervisor")
    both = mail("Both", message_id="<b@x.example.net>")
    desk.deliver(both)
    desk.deliver(both, to=SALES)
    [support] = desk.tickets("agent")
    path = f"/api/tickets/{support['id']}/related"

    shown = desk.browser("supervisor").get(path).json["copies"]
    hidden = desk.browser("agent").get(path).json["copies"]

    assert [row["mailbox_id"] for row in shown] == [desk.mailboxes[SALES]]
    assert hidden == []
