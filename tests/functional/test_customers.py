"""Customers: one person with several addresses, seen by who works in a mailbox that they wrote to."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from local import seed
from tests.desk import BILLING, SALES, SUPPORT, DeskBrowser, DeskUnderTest, mail
from tests.functional.test_exports import export, files

NORA = "Nora Lind <nora@customers.example.net>"
HOME = "Nora at home <nora@home.example.org>"
BOB = "Bob Moss <bob@customers.example.net>"


def arrives(desk: DeskUnderTest, raw: bytes, to: str = SUPPORT) -> None:
    """Let a mail arrive, a second after the one before."""
    desk.sandbox.advance_clock(1)
    desk.clock.advance(1)  # type: ignore[attr-defined]
    desk.deliver(raw, to=to)


def listed(browser: DeskBrowser, query: str = "") -> list[dict[str, Any]]:
    """Return a page of customers."""
    items: list[dict[str, Any]] = browser.get(f"/api/tickets/customers?{query}").json["items"]
    return items


def named(browser: DeskBrowser, name: str) -> dict[str, Any]:
    """Return the one customer of this name."""
    [found] = [row for row in listed(browser) if row["name"] == name]
    return found


def opened(browser: DeskBrowser, customer_id: str) -> dict[str, Any]:
    """Return a customer, opened."""
    answer = browser.get(f"/api/tickets/customers/{customer_id}")
    assert answer.status_code == 200, answer.data
    body: dict[str, Any] = answer.json
    return body


def change(browser: DeskBrowser, row: dict[str, Any], **members: Any) -> TestResponse:
    """Change a customer against the version that `row` shows."""
    path = f"/api/tickets/customers/{row['id']}"
    return browser.send("PATCH", path, members, if_match=f'"{row["version"]}"')


def merge(browser: DeskBrowser, row: dict[str, Any], into: dict[str, Any]) -> TestResponse:
    """Merge a customer into another, both as they are shown."""
    path = f"/api/tickets/customers/{row['id']}/merge"
    body = {"into": into["id"], "into_version": into["version"]}
    return browser.send("POST", path, body, if_match=f'"{row["version"]}"')


def subjects(browser: DeskBrowser, customer_id: str) -> list[str]:
    """Return the subjects of a customer's tickets."""
    answer = browser.get(f"/api/tickets/customers/{customer_id}/tickets")
    return [row["subject"] for row in answer.json["items"]]


@pytest.fixture
def agent(desk: DeskUnderTest) -> DeskBrowser:
    """Let Nora write from two addresses and Bob from one, and sign in as an agent."""
    desk.connect(SUPPORT)
    arrives(desk, mail("From work", sender=NORA))
    arrives(desk, mail("From home", sender=HOME))
    arrives(desk, mail("From Bob", sender=BOB))
    return desk.browser("agent")


# Seeing


def test_whoever_writes_is_a_customer(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """Name, address and mailbox of everybody who wrote, once each, the newest first."""
    arrives(desk, mail("Once more", sender="NORA LIND <Nora@Customers.example.net>"))

    rows = listed(agent)

    assert [row["name"] for row in rows] == ["Bob Moss", "Nora at home", "Nora Lind"]
    assert rows[2]["address"] == "nora@customers.example.net"
    assert rows[2]["mailbox_ids"] == [desk.mailboxes[SUPPORT]]
    assert subjects(agent, rows[2]["id"]) == ["Once more", "From work"]


def test_a_customer_is_seen_through_the_mailboxes_they_wrote_to(
    desk: DeskUnderTest, agent: DeskBrowser
) -> None:
    """Who works in none of them sees nothing; who joins later by a mail sees what is theirs."""
    desk.connect(BILLING)
    viewer, supervisor = desk.browser("viewer"), desk.browser("supervisor")
    arrives(
        desk, mail("A bill", sender="Eve Oak <eve@customers.example.net>", to=BILLING), to=BILLING
    )
    eve = named(supervisor, "Eve Oak")

    hidden = agent.get(f"/api/tickets/customers/{eve['id']}")
    assert (hidden.status_code, hidden.json["code"]) == (404, "customer.not_found")
    assert listed(agent, "q=eve") == listed(agent, "q=eve@customers.example.net") == []
    assert listed(supervisor, "q=eve")[0]["id"] == eve["id"]

    arrives(desk, mail("Hello", sender="eve@customers.example.net"))

    assert opened(agent, eve["id"])["customer"]["mailbox_ids"] == [desk.mailboxes[SUPPORT]]
    assert subjects(agent, eve["id"]) == ["Hello"]
    assert subjects(supervisor, eve["id"]) == ["Hello", "A bill"]
    assert listed(viewer, "q=eve")[0]["id"] == eve["id"]
    other = agent.get(f"/api/tickets/customers?mailbox_id={desk.mailboxes[BILLING]}")
    assert (other.status_code, other.json["code"]) == (404, "mailbox.not_found")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("nora@customers.example.net", ["Nora Lind"]),
        ("NORA@HOME.example.org", ["Nora at home"]),
        ("nora", ["Nora at home", "Nora Lind"]),
        ("nor", ["Nora at home", "Nora Lind"]),
        ("no", []),
        ("lind nora", ["Nora Lind"]),
        ("NÓRA", ["Nora at home", "Nora Lind"]),
        ("nora moss", []),
        ("nobody@example.net", []),
        ("...", []),
    ],
)
def test_search_by_address_or_words(agent: DeskBrowser, asked: str, found: list[str]) -> None:
    """A whole address in any case; all words of a name, whole or from three letters on."""
    assert [row["name"] for row in listed(agent, f"q={asked}")] == found


def test_search_is_paged(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """Following `next` shows every match once."""
    for number in range(5):
        arrives(desk, mail(sender=f"Nora Clone <nora{number}@clones.example.net>"))

    found, cursor = [], ""
    while cursor is not None:
        page = agent.get(f"/api/tickets/customers?q=nora&limit=2{cursor}").json
        found += [row["id"] for row in page["items"]]
        cursor = page["next"] and f"&cursor={page['next']}"

    assert len(found) == len(set(found)) == 7


def test_nothing_of_a_customer_stands_in_clear(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """Names, addresses, phone and notes are sealed, in the store and in the audit log."""
    row = named(agent, "Nora Lind")
    assert change(agent, row, phone="+49 30 5550100", organisation="Lind Ltd").status_code == 200
    path = f"/api/tickets/customers/{row['id']}/notes"
    assert agent.send("POST", path, {"text": "prefers the telephone"}).status_code == 201
    desk.settle()

    kept = [desk.documents(c) for c in ("customers", "customer_notes", "outbox")]
    kept += [desk.documents("entries", "audit")]

    # None may come about by chance in what is sealed: each has a space or is long.
    for secret in ("nora lind", "lind ltd", "30 5550100", "telephone"):
        assert secret not in str(kept).lower()


# Changing


def test_what_is_known_of_a_customer_changes(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """The fields that are named change, the audit log says which, and a search finds the new name."""
    row = named(agent, "Nora Lind")

    changed = change(agent, row, name="Nora Lindqvist", phone="+49 30 5550100", locale="sv").json

    assert changed["customer"]["name"] == "Nora Lindqvist"
    assert changed["customer"]["version"] == row["version"] + 1
    assert (changed["phone"], changed["locale"]) == ("+49 30 5550100", "sv")
    assert opened(agent, row["id"]) == changed
    assert [row["name"] for row in listed(agent, "q=lindqvist")] == ["Nora Lindqvist"]
    desk.clock.advance(1)  # type: ignore[attr-defined]
    assert change(agent, changed["customer"], phone="").json["phone"] == ""
    desk.settle()
    [first, _] = [e for e in desk.audit() if e["action"] == "customer.changed"]
    assert first["target"] == {"type": "customer", "id": row["id"], "mailbox": None}
    assert [one["field"] for one in first["changes"]] == ["name", "phone", "locale"]


def test_no_change_is_no_event(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """Saving what is there already leaves version and log as they are."""
    row = named(agent, "Nora Lind")

    answer = change(agent, row, name="Nora Lind", addresses=["nora@customers.example.net"])

    assert answer.json["customer"] == row
    desk.settle()
    assert not [e for e in desk.audit() if e["action"].startswith("customer.")]


def test_two_people_change_a_customer_at_once(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """The second is told who was faster, and nothing is overwritten."""
    row = named(agent, "Nora Lind")
    assert change(desk.browser("supervisor"), row, phone="1").status_code == 200

    late = change(agent, row, phone="2")

    assert (late.status_code, late.json["code"]) == (409, "customer.changed_meanwhile")
    assert late.json["params"]["version"] == row["version"] + 1
    assert late.json["params"]["changed_by"].startswith("u_")
    assert opened(agent, row["id"])["phone"] == "1"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("addresses", []),
        ("addresses", ["nora"]),
        ("addresses", ["a@b@example.net"]),
        ("addresses", [f"n{number}@example.net" for number in range(21)]),
        ("name", "x" * 201),
        ("name", "Nora\nLind"),
        ("phone", "\x00"),
        ("locale", "english please"),
    ],
)
def test_what_is_no_address_or_name_is_refused(agent: DeskBrowser, member: str, value: Any) -> None:
    """Nothing changes, and the member is named."""
    row = named(agent, "Nora Lind")

    answer = change(agent, row, **{member: value})

    assert (answer.status_code, answer.json["code"]) == (400, "customer.invalid")
    assert answer.json["params"] == {"member": member}
    assert opened(agent, row["id"])["customer"] == row


def test_an_added_address_brings_its_mail(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """Mail of an address that was added by hand is that customer's, whatever its sender's name."""
    row = named(agent, "Nora Lind")
    both = ["nora@customers.example.net", "office@customers.example.net"]
    assert change(agent, row, addresses=both).json["addresses"] == both

    arrives(desk, mail("From the office", sender="Office <Office@customers.example.net>"))

    assert subjects(agent, row["id"]) == ["From the office", "From work"]
    assert len(listed(agent)) == 3
    assert listed(agent, "q=office@customers.example.net")[0]["id"] == row["id"]


def test_an_address_belongs_to_one_customer(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """Who has it is named, unless one may not see them."""
    desk.connect(BILLING)
    arrives(desk, mail(sender="Eve <eve@customers.example.net>", to=BILLING), to=BILLING)
    row, bob = named(agent, "Nora Lind"), named(agent, "Bob Moss")

    taken = change(agent, row, addresses=[row["address"], "BOB@customers.example.net"])
    hidden = change(agent, row, addresses=[row["address"], "eve@customers.example.net"])

    assert (taken.status_code, taken.json["code"]) == (409, "customer.address_taken")
    assert taken.json["params"] == {"customer_id": bob["id"]}
    assert (hidden.status_code, hidden.json["params"]) == (409, {"customer_id": ""})
    assert opened(agent, row["id"])["addresses"] == ["nora@customers.example.net"]


def test_an_address_that_is_taken_away_is_somebody_new(
    desk: DeskUnderTest, agent: DeskBrowser
) -> None:
    """Given away or dropped, also the first one: later mail makes another customer, tickets stay."""
    row = named(agent, "Nora Lind")
    for_now = change(agent, row, addresses=["n@customers.example.net", "m@customers.example.net"])
    last = change(agent, for_now.json["customer"], addresses=["n@customers.example.net"])
    assert last.status_code == 200

    arrives(desk, mail("Who am I", sender="Another <nora@customers.example.net>"))
    arrives(desk, mail("And I", sender="Third <m@customers.example.net>"))

    assert subjects(agent, named(agent, "Another")["id"]) == ["Who am I"]
    assert subjects(agent, named(agent, "Third")["id"]) == ["And I"]
    assert subjects(agent, row["id"]) == ["From work"]
    back = change(agent, named(agent, "Another"), addresses=["a@customers.example.net"])
    assert back.status_code == 200
    arrives(desk, mail("Fourth", sender="Fourth <nora@customers.example.net>"))
    assert subjects(agent, named(agent, "Fourth")["id"]) == ["Fourth"]


# Merging


def test_two_customers_become_one(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """Addresses, tickets and notes come together; the old id leads to the one who is left."""
    work, home = named(agent, "Nora Lind"), named(agent, "Nora at home")
    agent.send("POST", f"/api/tickets/customers/{home['id']}/notes", {"text": "Calls at night"})

    merged = merge(agent, home, work)

    assert merged.status_code == 200, merged.data
    assert merged.json["addresses"] == ["nora@customers.example.net", "nora@home.example.org"]
    [other] = merged.json["merged"]
    assert (other["id"], other["address"]) == (home["id"], "nora@home.example.org")
    assert opened(agent, home["id"]) == opened(agent, work["id"]) == merged.json
    assert subjects(agent, home["id"]) == subjects(agent, work["id"]) == ["From home", "From work"]
    notes = agent.get(f"/api/tickets/customers/{work['id']}/notes").json["items"]
    assert [note["text"] for note in notes] == ["Calls at night"]
    assert {row["name"] for row in listed(agent)} == {"Bob Moss", "Nora Lind"}
    assert [row["id"] for row in listed(agent, "q=nora@home.example.org")] == [work["id"]]
    desk.settle()
    [entry] = [e for e in desk.audit() if e["action"] == "customer.merged"]
    assert entry["target"]["id"] == work["id"]
    assert entry["changes"] == [{"field": "customer", "before": None, "after": home["id"]}]


def test_later_mail_finds_the_one_who_is_left(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """Mail of a merged address opens tickets of the other, over several merges."""
    work, home, bob = (named(agent, n) for n in ("Nora Lind", "Nora at home", "Bob Moss"))
    merge(agent, home, work)
    merge(agent, named(agent, "Nora Lind"), bob)

    arrives(desk, mail("Home again", sender=HOME))

    assert subjects(agent, bob["id"]) == ["Home again", "From Bob", "From home", "From work"]
    assert opened(agent, home["id"])["customer"]["id"] == bob["id"]
    same = {one["id"] for one in opened(agent, bob["id"])["merged"]}
    assert same == {work["id"], home["id"]}
    assert len(listed(agent)) == 1


def test_a_merge_joins_the_mailboxes(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """Who saw either of the two sees the one who is left."""
    desk.connect(BILLING)
    arrives(desk, mail(sender="Eve <eve@customers.example.net>", to=BILLING), to=BILLING)
    supervisor = desk.browser("supervisor")
    eve = named(supervisor, "Eve")
    assert merge(supervisor, named(supervisor, "Nora Lind"), eve).status_code == 200

    assert opened(agent, eve["id"])["customer"]["mailbox_ids"] == [desk.mailboxes[SUPPORT]]
    assert subjects(agent, eve["id"]) == ["From work"]
    assert set(opened(supervisor, eve["id"])["customer"]["mailbox_ids"]) == {
        desk.mailboxes[SUPPORT],
        desk.mailboxes[BILLING],
    }


def test_two_people_merge_at_once(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """Each of them merges what they saw; the second is told, and nothing is lost."""
    supervisor = desk.browser("supervisor")
    work, home, bob = (named(agent, n) for n in ("Nora Lind", "Nora at home", "Bob Moss"))
    assert merge(agent, home, work).status_code == 200

    again = merge(supervisor, home, work)
    backwards = merge(supervisor, work, home)
    elsewhere = merge(supervisor, bob, work)
    changed = change(supervisor, home, phone="1")

    for answer in (again, backwards, elsewhere, changed):
        assert (answer.status_code, answer.json["code"]) == (409, "customer.changed_meanwhile")
        assert answer.json["params"]["changed_by"].startswith("u_")
    assert again.json["params"]["merged_into"] == work["id"]
    assert elsewhere.json["params"]["customer_id"] == work["id"]
    assert opened(agent, bob["id"])["customer"] == bob
    assert len(opened(agent, work["id"])["addresses"]) == 2


def test_nobody_is_merged_with_themselves_or_with_who_is_hidden(
    desk: DeskUnderTest, agent: DeskBrowser
) -> None:
    """Neither side may be somebody whom one does not see."""
    desk.connect(BILLING)
    arrives(desk, mail(sender="Eve <eve@customers.example.net>", to=BILLING), to=BILLING)
    eve, work = named(desk.browser("supervisor"), "Eve"), named(agent, "Nora Lind")

    assert merge(agent, work, work).json["code"] == "customer.merged_with_itself"
    assert merge(agent, work, eve).json["code"] == "customer.not_found"
    assert merge(agent, eve, work).json["code"] == "customer.not_found"
    assert opened(agent, work["id"])["customer"] == work


def test_a_merge_is_undone(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """Both have again what was theirs, mail finds them, and the log tells it."""
    work, home = named(agent, "Nora Lind"), named(agent, "Nora at home")
    merged = merge(agent, home, work).json["customer"]
    arrives(desk, mail("While merged", sender=HOME))

    path = f"/api/tickets/customers/{work['id']}/unmerge"
    left = agent.send("POST", path, {"customer_id": home["id"]}, if_match=f'"{merged["version"]}"')

    assert left.status_code == 200, left.data
    assert (left.json["addresses"], left.json["merged"]) == (["nora@customers.example.net"], [])
    assert opened(agent, home["id"])["addresses"] == ["nora@home.example.org"]
    arrives(desk, mail("Alone again", sender=HOME))
    assert subjects(agent, home["id"]) == ["Alone again", "From home"]
    desk.settle()
    assert "customer.unmerged" in [e["action"] for e in desk.audit()]
    twice = agent.send("POST", path, {"customer_id": home["id"]}, if_match='"3"')
    assert (twice.status_code, twice.json["code"]) == (404, "customer.not_found")


# Notes


def test_a_note_is_written_once(desk: DeskUnderTest, agent: DeskBrowser) -> None:
    """The same Idempotency-Key makes one note; notes are listed newest first, the event has no text."""
    row = named(agent, "Nora Lind")
    path = f"/api/tickets/customers/{row['id']}/notes"

    first = agent.send("POST", path, {"text": "One"}, idempotency_key="a")
    again = agent.send("POST", path, {"text": "One"}, idempotency_key="a")
    agent.send("POST", path, {"text": "Two"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    notes = desk.browser("viewer").get(path).json["items"]
    assert [note["text"] for note in notes] == ["Two", "One"]
    desk.settle()
    events = [e for e in desk.audit() if e["action"] == "customer.noted"]
    assert [e["target"]["id"] for e in events] == [row["id"]] * 2


def test_an_export_has_customers_with_the_notes_of_who_was_merged(
    desk: DeskUnderTest, agent: DeskBrowser
) -> None:
    """Name, addresses and every note, readable; not which other mailboxes they wrote to."""
    desk.connect(BILLING)
    work, home = named(agent, "Nora Lind"), named(agent, "Nora at home")
    agent.send("POST", f"/api/tickets/customers/{home['id']}/notes", {"text": "Calls at night"})
    assert merge(agent, home, work).status_code == 200
    arrives(desk, mail("A bill", sender=NORA, to=BILLING), to=BILLING)

    found = files(desk, export(desk))

    rows = found[f"{desk.mailboxes[SUPPORT]}/customers.jsonl"].decode()
    assert "nora@home.example.org" in rows
    assert "Calls at night" in rows
    assert desk.mailboxes[BILLING] not in rows


# Where keys are gone


def test_a_customer_whose_key_is_destroyed_is_shown_without_content(
    desk: DeskUnderTest, agent: DeskBrowser
) -> None:
    """What was sealed under their own key ends with it: name, addresses and notes."""
    row = named(agent, "Nora Lind")
    path = f"/api/tickets/customers/{row['id']}"
    agent.send("POST", f"{path}/notes", {"text": "One"})

    desk.app().envelope.destroy(row["id"])
    desk.clock.advance(301)  # type: ignore[attr-defined]

    shown = opened(agent, row["id"])
    assert (shown["customer"]["name"], shown["addresses"]) == ("", [])
    assert agent.get(f"{path}/notes").json["items"][0]["text"] is None
    assert change(agent, row, name="Nora").status_code == 404
    assert agent.send("POST", f"{path}/notes", {"text": "Two"}).status_code == 409


def test_a_mail_to_another_mailbox_costs_one_write_more(
    desk: DeskUnderTest, agent: DeskBrowser
) -> None:
    """The mailbox joins the customer's in the transaction that records the mail."""
    desk.connect(SALES)
    seed.join(desk.app(), desk.people["agent"][0], desk.mailboxes[SALES])
    arrives(desk, mail("Warm", sender=BOB, to=SALES), to=SALES)

    def counted() -> tuple[int, int]:
        desk.sandbox.set_push(drop=100)
        gmail_id = desk.sandbox.deliver(SALES, mail("Hi", sender=NORA, to=SALES))["id"]
        desk.counts.reset()
        desk.push("create_ticket", {"mailbox_id": desk.mailboxes[SALES], "gmail_id": gmail_id})
        return desk.counts.reads, desk.counts.writes

    joining, known = counted(), counted()

    assert joining == (known[0], known[1] + 1)
    assert joining[0] <= 5
    assert joining[1] <= 6  # with the code of a new ticket
    desk.settle()
    row = named(agent, "Nora Lind")
    assert set(row["mailbox_ids"]) == {desk.mailboxes[SUPPORT], desk.mailboxes[SALES]}
