"""Notes on tickets, the people who write them to each other, and mentions."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from local import seed
from shared import codec, ids
from shared.audit.events import Action
from shared.domain import notes, tickets
from shared.domain.people import USERS
from shared.domain.tickets import Ticket
from shared.services import outbox
from shared.services.tickets import notes as writing
from shared.services.tickets import ticket_changes
from shared.services.tickets.notes import Original
from tests.desk import SALES, SUPPORT, DeskBrowser, DeskUnderTest, mail
from tests.stopped_clock import StoppedClock


def user_id(desk: DeskUnderTest, role: str) -> str:
    """Return the id of a demo person."""
    return ids.derived_id(ids.USER, "demo", desk.people[role][0])


def write(
    browser: DeskBrowser, ticket_id: str, text: str = "Look here.", *mentions: str, **headers: str
) -> TestResponse:
    """Write a note on a ticket."""
    body = {"text": text, "mentions": list(mentions)}
    return browser.send("POST", f"/api/tickets/{ticket_id}/notes", body, **headers)


def listed(browser: DeskBrowser, ticket_id: str, query: str = "") -> Any:
    """Return a page of a ticket's notes."""
    return browser.get(f"/api/tickets/{ticket_id}/notes{query}").json


def change(browser: DeskBrowser, note: dict[str, Any], text: str, *mentions: str) -> TestResponse:
    """Change a note against the version that `note` shows."""
    body = {"text": text, "mentions": list(mentions)}
    path = f"/api/tickets/notes/{note['id']}"
    return browser.send("PATCH", path, body, if_match=f'"{note["version"]}"')


@pytest.fixture
def ticket_id(desk: DeskUnderTest) -> str:
    """Let one mail arrive and give its ticket's id."""
    desk.connect()
    desk.deliver(mail())
    [ticket] = desk.tickets()
    id: str = ticket["id"]
    return id


# Writing and reading


def test_a_note_is_read_by_everybody_in_the_mailbox(desk: DeskUnderTest, ticket_id: str) -> None:
    """Colleagues read it with its author's name; the customer gets nothing; the store holds no word of it."""
    sent = len(desk.sandbox.messages(SUPPORT))

    written = write(desk.browser("agent"), ticket_id, " She called.\r\nAgain. ")

    assert written.status_code == 201
    [note] = listed(desk.browser("viewer"), ticket_id)["items"]
    assert (note["text"], note["author_name"]) == ("She called.\nAgain.", "Demo Agent")
    assert (note["author_id"], note["may_change"]) == (user_id(desk, "agent"), False)
    assert written.json == note | {"may_change": True}
    assert "She called" not in str(desk.documents(notes.COLLECTION))
    desk.settle()
    assert len(desk.sandbox.messages(SUPPORT)) == sent


def test_notes_are_paged_in_the_order_of_writing(desk: DeskUnderTest, ticket_id: str) -> None:
    """Following `next` shows every note once, the oldest first."""
    agent = desk.browser("agent")
    assert isinstance(desk.clock, StoppedClock)
    for number in range(5):
        desk.clock.advance(1)
        write(agent, ticket_id, f"Number {number}")

    first = listed(agent, ticket_id, "?limit=3")
    second = listed(agent, ticket_id, f"?limit=3&cursor={first['next']}")

    texts = [[note["text"] for note in page["items"]] for page in (first, second)]
    assert texts == [["Number 0", "Number 1", "Number 2"], ["Number 3", "Number 4"]]
    assert second["next"] is None


def test_the_same_key_writes_one_note(desk: DeskUnderTest, ticket_id: str) -> None:
    """A request that is sent again after its answer was lost gives the note that is there."""
    agent = desk.browser("agent")

    once, again = (write(agent, ticket_id, idempotency_key="a1") for _ in range(2))
    other = write(agent, ticket_id, idempotency_key="a2")

    assert (once.status_code, again.status_code) == (201, 201)
    assert once.json == again.json != other.json
    assert len(listed(agent, ticket_id)["items"]) == 2


@pytest.mark.parametrize(
    "text", ["", " \n ", "a\x00b", "\x1b[2J", "x" * 65_537, "é" * 32_769, "\ud800"]
)
def test_what_is_no_text_is_refused(desk: DeskUnderTest, ticket_id: str, text: str) -> None:
    """Nothing, control characters, half a character, more than 64 KiB: refused, and nothing is written."""
    answer = write(desk.browser("agent"), ticket_id, text)

    assert (answer.status_code, answer.json["code"]) == (400, "note.text_invalid")
    assert desk.documents(notes.COLLECTION) == {}


def test_a_note_shows_in_the_timeline_and_wakes_the_feed(
    desk: DeskUnderTest, ticket_id: str
) -> None:
    """The timeline has a row, the ticket was touched, and its version is what it was."""
    before = desk.documents(tickets.COLLECTION)[ticket_id]
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(5)

    note = write(desk.browser("agent"), ticket_id).json

    after = desk.documents(tickets.COLLECTION)[ticket_id]
    assert after["changed_at"] > before["changed_at"]
    assert after["version"] == before["version"]
    [row] = desk.documents(ticket_changes.CHANGES).values()
    assert (row["action"], row["user_id"]) == ("note.created", user_id(desk, "agent"))
    assert row["changes"] == [{"field": "note", "before": None, "after": note["id"]}]


# Changing and deleting


def test_ones_own_note_is_changed_within_an_hour(desk: DeskUnderTest, ticket_id: str) -> None:
    """Only by its author, only for an hour, and never over a change that one has not seen."""
    agent = desk.browser("agent")
    note = write(agent, ticket_id).json

    changed = change(agent, note, "Look there.")
    stale = change(agent, note, "Over it.")
    others = change(desk.browser("supervisor"), changed.json, "Not mine.")
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(3_601)
    late = change(desk.browser("agent"), changed.json, "Too late.")

    assert (changed.status_code, changed.json["text"]) == (200, "Look there.")
    assert changed.json["edited_at"] is not None
    assert (stale.status_code, stale.json["code"]) == (409, "note.changed_meanwhile")
    assert stale.json["params"] == {"version": 2, "changed_by": user_id(desk, "agent")}
    assert (others.status_code, others.json["code"]) == (403, "note.of_somebody_else")
    assert (late.status_code, late.json["code"]) == (409, "note.too_old")
    [kept] = listed(desk.browser("agent"), ticket_id)["items"]
    assert (kept["text"], kept["may_change"]) == ("Look there.", False)


def test_a_deleted_note_leaves_a_trace_and_no_text(desk: DeskUnderTest, ticket_id: str) -> None:
    """The author deletes it; that there was one shows in the list, and its text is nowhere."""
    agent = desk.browser("agent")
    note = write(agent, ticket_id).json

    gone = agent.send("DELETE", f"/api/tickets/notes/{note['id']}")
    again = agent.send("DELETE", f"/api/tickets/notes/{note['id']}")

    assert (gone.status_code, again.status_code) == (204, 404)
    assert change(agent, note, "After all.").status_code == 404
    [row] = listed(agent, ticket_id)["items"]
    assert (row["text"], row["may_change"]) == (None, False)
    assert row["deleted_at"] is not None
    assert desk.documents(notes.COLLECTION)[note["id"]]["sealed"] is None
    desk.settle()
    [entry] = [e for e in desk.audit() if e["action"] == "note.deleted"]
    assert entry["target"]["id"] == ticket_id


def test_only_supervisors_delete_what_others_wrote(desk: DeskUnderTest, ticket_id: str) -> None:
    """An agent is refused, a supervisor is not."""
    note = write(desk.browser("supervisor"), ticket_id).json
    path = f"/api/tickets/notes/{note['id']}"

    refused = desk.browser("agent").send("DELETE", path)
    own = write(desk.browser("agent"), ticket_id).json
    done = desk.browser("supervisor").send("DELETE", f"/api/tickets/notes/{own['id']}")

    assert (refused.status_code, refused.json["code"]) == (403, "permission.missing")
    assert done.status_code == 204


def test_a_note_of_another_mailbox_does_not_exist(desk: DeskUnderTest, ticket_id: str) -> None:
    """Who is no member of the mailbox neither reads, changes nor deletes its notes."""
    note = write(desk.browser("agent"), ticket_id).json
    seed._create(desk.desk, "supervisor", "other@example.com", "a password")
    desk.people["other"] = ("other@example.com", "a password")
    other = desk.browser("other")

    answers = [
        other.get(f"/api/tickets/{ticket_id}/notes"),
        write(other, ticket_id),
        change(other, note, "Mine now."),
        other.send("DELETE", f"/api/tickets/notes/{note['id']}"),
    ]

    codes = [(answer.status_code, answer.json["code"]) for answer in answers]
    assert codes == [(404, "ticket.not_found")] * 2 + [(404, "note.not_found")] * 2


def test_a_function_adds_a_note_with_what_it_acted_for(desk: DeskUnderTest, ticket_id: str) -> None:
    """A rule's note names the rule, an imported one its first author and time; added again it is refused."""
    app = desk.app()
    rule, imported = (ids.derived_id(ids.NOTE, "test", kind) for kind in ("rule", "import"))
    original = Original("Omar Hadi", desk.clock.now())

    def work(tx: Any, box: Any) -> None:
        ticket = codec_ticket(tx, ticket_id)
        author = ticket_changes.function(app, "ru_1")
        writing.add(app, tx, box, rule, ticket_id, ticket, "Urgent words.", author)
        author = ticket_changes.function(app, "j_1")
        writing.add(
            app, tx, box, imported, ticket_id, ticket, "From elsewhere.", author, original=original
        )

    outbox.commit(app, work)

    by_id = {note["id"]: note for note in listed(desk.browser("agent"), ticket_id)["items"]}
    assert (by_id[rule]["made_by"], by_id[rule]["author_id"]) == ("ru_1", None)
    assert (by_id[imported]["author_name"], by_id[imported]["imported"]) == ("Omar Hadi", True)
    assert "Omar" not in str(desk.documents(notes.COLLECTION))


# Mentions


def test_who_is_mentioned_follows_the_ticket(desk: DeskUnderTest, ticket_id: str) -> None:
    """The ticket's followers grow by who is mentioned, once, and the log says who was."""
    viewer, supervisor = user_id(desk, "viewer"), user_id(desk, "supervisor")
    agent = desk.browser("agent")

    note = write(agent, ticket_id, "@Viewer", viewer, viewer).json
    change(agent, note, "@Viewer @Supervisor", viewer, supervisor)

    assert note["mentions"] == [viewer]
    followers = desk.documents(tickets.COLLECTION)[ticket_id]["followers"]
    assert sorted(followers) == sorted([viewer, supervisor])
    desk.settle()
    mentioned = [
        [c["after"] for c in entry["changes"] if c["field"] == "mention"]
        for entry in desk.audit()
        if entry["action"] in (Action.NOTE_CREATED, Action.NOTE_CHANGED)
    ]
    assert sorted(mentioned) == sorted([[viewer], [supervisor]])


@pytest.mark.parametrize("who", ["auditor", "disabled", "outsider", "invented"])
def test_who_cannot_see_the_ticket_is_not_mentioned(
    desk: DeskUnderTest, ticket_id: str, who: str
) -> None:
    """Without the right, without access, in other mailboxes, or nobody at all: the note is refused."""
    app = desk.app()
    if who == "disabled":
        update = {"disabled": True}
        app.store.transact(lambda tx: tx.update(USERS, user_id(desk, "viewer"), update))
    if who == "outsider":
        desk.connect(SALES)
        seed._create(desk.desk, "supervisor", "outsider@example.com", "a password")
        desk.people["outsider"] = ("outsider@example.com", "a password")
        seed.join(app, "outsider@example.com", desk.mailboxes[SALES])
    person = {"disabled": "viewer", "outsider": "outsider", "auditor": "auditor"}.get(who)
    mentioned = user_id(desk, person) if person else "u_" + "0" * 26

    answer = write(desk.browser("agent"), ticket_id, "@you", mentioned)

    assert (answer.status_code, answer.json["code"]) == (400, "note.mention_invalid")
    assert answer.json["params"] == {"user_ids": [mentioned]}
    assert desk.documents(notes.COLLECTION) == {}


def test_no_more_than_twenty_are_mentioned(desk: DeskUnderTest, ticket_id: str) -> None:
    """A note is no way to tell everybody."""
    many = [f"u_{number:026d}" for number in range(21)]

    answer = write(desk.browser("agent"), ticket_id, "@all", *many)

    assert (answer.status_code, answer.json["code"]) == (400, "note.too_many_mentions")


# Colleagues


def test_colleagues_are_those_with_whom_one_shares_mailboxes(desk: DeskUnderTest) -> None:
    """With names, the mailboxes that are shared, and whether they work on tickets; nobody else."""
    desk.connect(SUPPORT, "supervisor", "agent", "viewer")
    desk.connect(SALES, "supervisor", "administrator")

    agents = desk.browser("agent").get("/api/tickets/people").json["items"]
    supervisors = desk.browser("supervisor").get("/api/tickets/people").json["items"]

    by_name = {person["name"]: person for person in agents}
    assert set(by_name) == {"Demo Supervisor", "Demo Agent", "Demo Viewer"}
    assert by_name["Demo Supervisor"] == {
        "id": user_id(desk, "supervisor"),
        "name": "Demo Supervisor",
        "mailbox_ids": [desk.mailboxes[SUPPORT]],  # that they work in sales too is not told
        "assignable": True,
        "state": "active",
    }
    assert by_name["Demo Viewer"]["assignable"] is False
    assert {person["name"] for person in supervisors} == set(by_name) | {"Demo Administrator"}


def test_colleagues_of_one_mailbox(desk: DeskUnderTest) -> None:
    """Of a mailbox that one may see; another one does not exist."""
    desk.connect(SUPPORT, "supervisor", "agent")
    desk.connect(SALES, "supervisor")
    supervisor, agent = desk.browser("supervisor"), desk.browser("agent")
    path = f"/api/tickets/people?mailbox_id={desk.mailboxes[SALES]}"

    assert [p["name"] for p in supervisor.get(path).json["items"]] == ["Demo Supervisor"]
    assert agent.get(path).status_code == 404


def test_colleagues_cost_a_read_each_when_warm(desk: DeskUnderTest) -> None:
    """Keys are remembered, so that names cost what the list costs."""
    desk.connect()
    agent = desk.browser("agent")
    people = len(agent.get("/api/tickets/people").json["items"])
    desk.counts.reset()

    agent.get("/api/tickets/people")

    assert (desk.counts.reads, desk.counts.writes) == (people + 2, 0)


def test_who_belongs_nowhere_has_no_colleagues(desk: DeskUnderTest) -> None:
    """An empty list, not everybody."""
    assert desk.browser("agent").get("/api/tickets/people").json == {"items": [], "next": None}


def codec_ticket(tx: Any, ticket_id: str) -> Ticket:
    """Return a ticket, read in a transaction."""
    ticket: Ticket = codec.from_document(Ticket, tx.get(tickets.COLLECTION, ticket_id).data)
    return ticket


# Merged tickets


def test_notes_of_a_merged_ticket_stand_in_the_one_that_is_left(desk: DeskUnderTest) -> None:
    """In the order of writing, whichever ticket they were written on; the merged one takes no more."""
    desk.connect()
    desk.deliver(mail("One", message_id="<1@x.example.net>"))
    desk.deliver(mail("Two", message_id="<2@x.example.net>"))
    supervisor = desk.browser("supervisor")
    target, source = desk.tickets()
    write(supervisor, source["id"], "On the source")
    write(supervisor, target["id"], "On the target")
    body = {"source_id": source["id"], "source_version": source["version"]}
    path = f"/api/tickets/{target['id']}/merge"
    merged = supervisor.send("POST", path, body, if_match=f'"{target["version"]}"')
    assert merged.status_code == 200, merged.data

    late = write(supervisor, source["id"], "Too late")

    texts = [note["text"] for note in listed(supervisor, target["id"])["items"]]
    assert texts == ["On the source", "On the target"]
    assert (late.status_code, late.json["code"]) == (409, "ticket.merged")
    assert late.json["params"] == {"merged_into": target["id"]}
