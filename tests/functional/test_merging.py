"""Two tickets become one: what is shown there, where later mail goes, and who is told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import SALES, SUPPORT, DeskBrowser, DeskUnderTest, mail

ONE, OTHER = "<1@customers.example.net>", "<2@customers.example.org>"
BOB = "Bob Moss <bob@customers.example.org>"


@pytest.fixture
def pair(desk: DeskUnderTest) -> tuple[dict[str, Any], dict[str, Any]]:
    """Let two people write; give their tickets."""
    desk.connect()
    desk.deliver(mail("Printer", message_id=ONE))
    desk.sandbox.advance_clock(60)
    desk.deliver(mail("Scanner", sender=BOB, message_id=OTHER))
    scanner, printer = desk.tickets()
    return printer, scanner


def merge(browser: DeskBrowser, target: dict[str, Any], source: dict[str, Any]) -> Any:
    """Merge a ticket into another, against the versions that both show."""
    body = {"source_id": source["id"], "source_version": source["version"]}
    path = f"/api/tickets/{target['id']}/merge"
    return browser.send("POST", path, body, if_match=f'"{target["version"]}"')


def change(browser: DeskBrowser, ticket: dict[str, Any], **wanted: Any) -> Any:
    """Change a ticket against the version that it shows."""
    path = f"/api/tickets/{ticket['id']}"
    return browser.send("PATCH", path, wanted, if_match=f'"{ticket["version"]}"')


def opened(desk: DeskUnderTest, ticket: dict[str, Any]) -> Any:
    """Open a ticket."""
    return desk.browser("supervisor").get(f"/api/tickets/{ticket['id']}").json


def subjects(desk: DeskUnderTest, ticket: dict[str, Any]) -> list[str]:
    """Return the subjects of the messages that an opened ticket shows."""
    return [message["subject"] for message in opened(desk, ticket)["messages"]]


def test_the_target_shows_both_conversations(desk: DeskUnderTest, pair: Any) -> None:
    """In the order of their times; it keeps its own subject and customer, and lists show it alone."""
    printer, scanner = pair

    answer = merge(desk.browser("supervisor"), printer, scanner)

    assert answer.status_code == 200
    assert desk.tickets() == [answer.json]
    assert answer.json["subject"] == "Printer"
    assert answer.json["customer"]["address"] == "nora@customers.example.net"
    assert (answer.json["message_count"], answer.json["conversation"]) == (2, 2)
    assert subjects(desk, printer) == ["Printer", "Scanner"]
    assert opened(desk, printer)["merged_from"] == [scanner["id"]]
    desk.settle()
    told = [e for e in desk.audit() if e["action"] == "ticket.merged"]
    assert {e["target"]["id"] for e in told} == {printer["id"], scanner["id"]}


def test_the_source_is_closed_and_only_read(desk: DeskUnderTest, pair: Any) -> None:
    """It says where it went; whoever has it open still can read it, and changes nothing."""
    printer, scanner = pair
    supervisor = desk.browser("supervisor")
    merge(supervisor, printer, scanner)

    shown = opened(desk, scanner)["ticket"]
    refused = change(supervisor, shown, state="open")

    assert (shown["state"], shown["merged_into"]) == ("closed", printer["id"])
    assert (refused.status_code, refused.json["code"]) == (409, "ticket.merged")
    assert refused.json["params"] == {"merged_into": printer["id"]}


def test_later_mail_of_either_joins_the_target(desk: DeskUnderTest, pair: Any) -> None:
    """By Gmail thread and by reference; and it is the target that a customer's mail reopens."""
    printer, scanner = pair
    supervisor = desk.browser("supervisor")
    left = merge(supervisor, printer, scanner).json
    change(supervisor, left, state="pending")
    thread = desk.sandbox.messages(SUPPORT)[-1]["threadId"]
    desk.sandbox.advance_clock(60)

    desk.deliver(mail("Re: Scanner", sender=BOB, references=OTHER))
    desk.sandbox.advance_clock(60)
    desk.deliver(mail("Re: Scanner again", sender=BOB, references=OTHER), thread_id=thread)
    desk.sandbox.advance_clock(60)
    desk.deliver(mail("Re: Printer", references=ONE))

    [ticket] = desk.tickets()
    assert (ticket["id"], ticket["state"], ticket["message_count"]) == (printer["id"], "open", 5)
    assert len(subjects(desk, printer)) == 5


def test_merging_again_what_was_merged(desk: DeskUnderTest, pair: Any) -> None:
    """What stood in the source before points to the last target, and everything is counted once."""
    printer, scanner = pair
    supervisor = desk.browser("supervisor")
    desk.sandbox.advance_clock(60)
    desk.deliver(mail("Network", message_id="<3@customers.example.net>"))
    network = desk.tickets()[0]
    middle = merge(supervisor, scanner, printer).json

    last = merge(supervisor, network, middle).json

    assert last["message_count"] == 3
    assert subjects(desk, network) == ["Printer", "Scanner", "Network"]
    stored = desk.documents("tickets")
    assert {stored[t["id"]]["merged_into"] for t in pair} == {network["id"]}
    desk.sandbox.advance_clock(60)
    desk.deliver(mail("Re: Printer", references=ONE))
    assert [t["message_count"] for t in desk.tickets()] == [4]


def test_merging_a_second_time_changes_nothing(desk: DeskUnderTest, pair: Any) -> None:
    """A request that is sent again, with the old versions, is answered with what the first one left."""
    printer, scanner = pair
    supervisor = desk.browser("supervisor")

    answers = [merge(supervisor, printer, scanner) for _ in range(2)]

    assert [a.status_code for a in answers] == [200, 200]
    assert answers[0].json == answers[1].json


def test_somebody_waiting_in_the_source_opens_the_target(desk: DeskUnderTest, pair: Any) -> None:
    """An open question is not buried in a ticket that was solved."""
    printer, scanner = pair
    supervisor = desk.browser("supervisor")
    solved = change(supervisor, printer, state="solved").json

    assert merge(supervisor, solved, scanner).json["state"] == "open"


def test_labels_followers_and_values_of_both_are_kept(desk: DeskUnderTest, pair: Any) -> None:
    """Unions; where both filled in a field, the target's value counts."""
    printer, scanner = pair
    admin, supervisor = desk.browser("administrator"), desk.browser("supervisor")
    one, two = (
        admin.send("POST", "/api/admin/custom_fields", {"name": n, "kind": "text"}).json["id"]
        for n in ("One", "Two")
    )
    desk.browser("viewer").send("POST", f"/api/tickets/{scanner['id']}/follow")
    scanner = opened(desk, scanner)["ticket"]
    printer = change(supervisor, printer, tags=["a", "b"], fields={one: "printer"}).json
    scanner = change(supervisor, scanner, tags=["b", "c"], fields={one: "no", two: "yes"}).json

    left = merge(supervisor, printer, scanner).json

    assert left["tags"] == ["a", "b", "c"]
    assert left["followers"] == scanner["followers"] != []
    assert opened(desk, printer)["fields"] == {one: "printer", two: "yes"}


def test_a_version_that_is_old_is_refused(desk: DeskUnderTest, pair: Any) -> None:
    """Of either ticket; the answer says which, and nothing is merged."""
    printer, scanner = pair
    supervisor = desk.browser("supervisor")
    change(supervisor, scanner, priority="high")

    source = merge(supervisor, printer, scanner)
    target = merge(supervisor, scanner, printer)

    assert [(a.status_code, a.json["code"]) for a in (source, target)] == [
        (409, "ticket.changed_meanwhile")
    ] * 2
    assert source.json["params"]["ticket_id"] == scanner["id"]
    assert "ticket_id" not in target.json["params"]
    assert len(desk.tickets()) == 2


def test_what_cannot_be_merged(desk: DeskUnderTest, pair: Any) -> None:
    """A ticket with itself, with one of another mailbox, and into one that is merged already."""
    printer, scanner = pair
    desk.connect(SALES)
    desk.sandbox.advance_clock(60)
    desk.deliver(mail("Offer", to=SALES), to=SALES)
    supervisor = desk.browser("supervisor")
    offer = desk.tickets()[0]

    itself = merge(supervisor, printer, printer)
    foreign = merge(supervisor, printer, offer)
    merge(supervisor, printer, scanner)
    third = merge(supervisor, opened(desk, scanner)["ticket"], opened(desk, printer)["ticket"])

    assert [a.json["code"] for a in (itself, foreign, third)] == [
        "ticket.merge_impossible",
        "ticket.merge_impossible",
        "ticket.merged",
    ]


def test_only_who_leads_merges(desk: DeskUnderTest, pair: Any) -> None:
    """An agent may not, and a ticket of a mailbox that one does not see is not there."""
    printer, scanner = pair
    desk.connect(SALES, "agent")
    desk.deliver(mail("Offer", to=SALES), to=SALES)
    [offer] = [t for t in desk.tickets("agent") if t["subject"] == "Offer"]

    agent = merge(desk.browser("agent"), printer, scanner)
    hidden = merge(desk.browser("supervisor"), printer, offer)

    assert (agent.status_code, agent.json["code"]) == (403, "permission.missing")
    assert (hidden.status_code, hidden.json["code"]) == (404, "ticket.not_found")


# Taking it back


def unmerge(desk: DeskUnderTest, target: dict[str, Any], source: dict[str, Any]) -> Any:
    """Take a ticket out of the one that it was merged into."""
    path, version = f"/api/tickets/{target['id']}/unmerge", f'"{target["version"]}"'
    body = {"source_id": source["id"]}
    return desk.browser("supervisor").send("POST", path, body, if_match=version)


def test_a_merge_is_taken_back(desk: DeskUnderTest, pair: Any) -> None:
    """Both are as they were, but for the state; later mail finds each of them again."""
    printer, scanner = pair
    left = merge(desk.browser("supervisor"), printer, scanner).json

    answers = [unmerge(desk, left, scanner) for _ in range(2)]

    assert [a.status_code for a in answers] == [200, 200]
    assert answers[0].json == answers[1].json
    assert answers[0].json["state"] == "open"
    desk.sandbox.advance_clock(60)
    desk.deliver(mail("Re: Scanner", sender=BOB, references=OTHER))
    assert subjects(desk, printer) == ["Printer"]
    assert subjects(desk, scanner) == ["Scanner", "Re: Scanner"]
    assert {t["id"]: t["message_count"] for t in desk.tickets()} == {
        printer["id"]: 1,
        scanner["id"]: 2,
    }
    desk.settle()
    told = [e for e in desk.audit() if e["action"] == "ticket.unmerged"]
    assert {e["target"]["id"] for e in told} == {printer["id"], scanner["id"]}


def test_only_what_was_merged_is_taken_out(desk: DeskUnderTest, pair: Any) -> None:
    """A ticket that went into another one, and the ticket itself, are not there."""
    printer, scanner = pair
    desk.deliver(mail("Network", message_id="<3@customers.example.net>"))
    network = desk.tickets()[0]
    left = merge(desk.browser("supervisor"), printer, scanner).json

    answers = [unmerge(desk, network, scanner), unmerge(desk, left, printer)]

    assert [a.json["code"] for a in answers] == ["ticket.not_found"] * 2


def test_a_merge_costs_the_same_however_long_the_tickets_are(
    desk: DeskUnderTest, pair: Any
) -> None:
    """Session, person and both tickets; the two, their timelines' rows and their events."""
    printer, scanner = pair
    for number in range(3):
        desk.sandbox.advance_clock(60)
        desk.deliver(mail(f"Re: {number}", sender=BOB, references=OTHER))
    scanner, printer = desk.tickets()
    supervisor = desk.browser("supervisor")
    change(supervisor, printer, priority="low")
    printer = opened(desk, printer)["ticket"]
    desk.counts.reset()

    assert merge(supervisor, printer, scanner).status_code == 200

    assert (desk.counts.reads, desk.counts.writes) == (2 + 2, 6)
