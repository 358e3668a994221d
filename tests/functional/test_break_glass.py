"""Break-glass: who opens it, what it gives and what not, how it ends, and what is told of it."""

from __future__ import annotations

from typing import Any

import pytest

from local import seed
from shared import ids
from shared.domain.people import USERS
from tests.desk import SUPPORT, DeskBrowser, DeskUnderTest, mail
from tests.stopped_clock import StoppedClock

REASON = "A customer says that a reply never came."


@pytest.fixture
def ticket(desk: DeskUnderTest) -> dict[str, Any]:
    """Give a ticket of the agent's and the supervisor's mailbox, and a second administrator."""
    desk.connect(SUPPORT, "agent", "supervisor")
    desk.deliver(mail())
    seed._create(desk.desk, "administrator", "second@example.com", "a password")
    desk.people["second"] = ("second@example.com", "a password")
    [found] = desk.tickets("agent")
    return found


def path(desk: DeskUnderTest, *parts: str) -> str:
    """Return where break-glass of the mailbox stands."""
    return "/".join((f"/api/admin/mailboxes/{desk.mailboxes[SUPPORT]}/break_glass", *parts))


def ask(desk: DeskUnderTest, browser: DeskBrowser, **body: Any) -> Any:
    """Ask to read the mailbox."""
    return browser.send("POST", path(desk), {"reason": REASON} | body)


def opened(desk: DeskUnderTest, **body: Any) -> tuple[DeskBrowser, str]:
    """Ask, and let the second administrator consent; return the reader's browser and the id."""
    reader = desk.browser("administrator")
    id = ask(desk, reader, **body).json["id"]
    answer = desk.browser("second").send("POST", path(desk, id, "consent"))
    assert (answer.status_code, answer.json["state"]) == (200, "open")
    desk.settle()
    return reader, id


def test_nobody_reads_before_somebody_else_consents(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Asking gives nothing, and who asks consents to nothing of their own."""
    seed_owner(desk, "agent")
    reader = desk.browser("administrator")
    asked = ask(desk, reader)

    assert (asked.status_code, asked.json["state"]) == (201, "asked")
    assert asked.json["may_consent"] is False
    own = reader.send("POST", path(desk, asked.json["id"], "consent"))
    assert (own.status_code, own.json["code"]) == (403, "permission.missing")
    assert reader.get(f"/api/tickets/{ticket['id']}").status_code == 404
    assert reader.get("/api/tickets/").json["items"] == []
    again = ask(desk, reader)
    assert (again.status_code, again.json["code"]) == (409, "break_glass.asked_already")


def seed_owner(desk: DeskUnderTest, role: str) -> None:
    """Let somebody be who connected the mailbox."""
    owner = ids.derived_id(ids.USER, "demo", desk.people[role][0])
    own = desk.mailboxes[SUPPORT]
    desk.app().store.transact(lambda tx: tx.update("mailboxes", own, {"connected_by": owner}))


@pytest.mark.parametrize("who", ["second", "agent"])
def test_another_administrator_or_the_owner_consents(
    desk: DeskUnderTest, ticket: dict[str, Any], who: str
) -> None:
    """From then on the mail can be read, content and attachments included."""
    seed_owner(desk, "agent")
    reader = desk.browser("administrator")
    id = ask(desk, reader).json["id"]

    assert desk.browser("supervisor").send("POST", path(desk, id, "consent")).status_code == 403
    assert desk.browser(who).send("POST", path(desk, id, "consent")).status_code == 200

    view = reader.get(f"/api/content/tickets/{ticket['id']}")
    assert view.status_code == 200
    assert "Please send somebody." in view.text
    assert [t["id"] for t in reader.get("/api/tickets/").json["items"]] == [ticket["id"]]
    message = next(iter(desk.documents("messages")))
    assert reader.get(f"/api/content/messages/{message}").status_code == 200


def test_it_reads_and_does_nothing_else(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """No change, reply, note, search, customer or export: as if the mailbox were not there."""
    reader, _ = opened(desk)
    one = f"/api/tickets/{ticket['id']}"

    refused = {
        "change": reader.send("PATCH", one, {"state": "solved"}, if_match='"1"'),
        "reply": reader.send("POST", f"{one}/replies", {"text": "Hello."}),
        "note": reader.send("POST", f"{one}/notes", {"text": "Hello."}),
        "follow": reader.send("POST", f"{one}/follow"),
        "customer": reader.get(f"/api/tickets/customers/{ticket['customer_id']}"),
        "export": reader.send(
            "POST", "/api/admin/exports", {"mailbox_ids": [desk.mailboxes[SUPPORT]]}
        ),
        "search": reader.get(f"/api/content/search?q=printer&mailbox_id={desk.mailboxes[SUPPORT]}"),
    }

    assert {what: answer.status_code for what, answer in refused.items()} == {
        "change": 403,
        "reply": 403,
        "note": 403,
        "follow": 404,
        "customer": 404,
        "export": 404,
        "search": 404,
    }
    found = reader.get("/api/content/search?q=printer")
    assert found.status_code in (200, 400)
    assert ticket["id"] not in found.text


def test_every_reading_is_recorded_with_the_grant(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """The entries name the grant and who consented; of the reader's own mailboxes they name none."""
    reader, id = opened(desk)
    reader.get("/api/tickets/")
    reader.get(f"/api/tickets/{ticket['id']}")
    reader.get(f"/api/content/tickets/{ticket['id']}")
    desk.browser("agent").get(f"/api/content/tickets/{ticket['id']}")
    desk.settle()

    entries = desk.audit()
    by_glass = [e for e in entries if e["action"] == "break_glass.read"]
    assert {e["changes"][0]["after"] for e in by_glass} == {
        "tickets:GET:/",
        "tickets:GET:/(ticket_id)",
        "content:GET:/tickets/(ticket_id)",
    }
    second = desk.documents(USERS)[ids.derived_id(ids.USER, "demo", "second@example.com")]
    assert {(e["purpose"], e["on_behalf_of"]) for e in by_glass} == {(id, second["pseudonym"])}
    content = {e["actor"]["role"]: e["purpose"] for e in entries if e["action"] == "content.read"}
    assert content == {"administrator": id, "agent": None}
    assert REASON not in repr(entries)


def test_it_ends_by_itself(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """After its minutes the next request finds nothing."""
    reader, _ = opened(desk, minutes=20)
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(20 * 60 - 1)
    assert reader.get(f"/api/tickets/{ticket['id']}").status_code == 200

    desk.clock.advance(1)

    assert reader.get(f"/api/tickets/{ticket['id']}").status_code == 404
    assert desk.browser("agent").get(path(desk)).json["items"][0]["state"] == "expired"


@pytest.mark.parametrize("who", ["administrator", "agent", "second"])
def test_who_is_concerned_ends_it_early(
    desk: DeskUnderTest, ticket: dict[str, Any], who: str
) -> None:
    """The reader, a member, another administrator; from the next request on it gives nothing."""
    reader, id = opened(desk)

    answer = desk.browser(who).send("POST", path(desk, id, "end"))

    assert (answer.status_code, answer.json["state"]) == (200, "ended")
    assert reader.get(f"/api/tickets/{ticket['id']}").status_code == 404


def test_members_and_owner_are_told(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """On the page, whatever they chose; and the mailbox's page shows who, why, and until when."""
    del ticket
    opened(desk)

    agent = desk.browser("agent")
    told = agent.get("/api/tickets/notifications").json["items"]
    assert {one["kind"] for one in told} == {"glass_asked", "glass_broken"}
    assert {one["mailbox_id"] for one in told} == {desk.mailboxes[SUPPORT]}
    [shown] = agent.get(path(desk)).json["items"]
    assert (shown["reason"], shown["minutes"], shown["state"]) == (REASON, 30, "open")
    assert shown["asked_by"]["name"]
    assert shown["consented_by"]["name"]
    assert shown["may_end"] is True


def test_an_organisation_may_do_without_consent(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """Then it is open at once; deciding so takes a fresh proof and is recorded."""
    reader = desk.browser("administrator")
    assert reader.get("/api/admin/organisation/break_glass").json == {"consent": True, "version": 0}
    answer = reader.send(
        "PATCH", "/api/admin/organisation/break_glass", {"consent": False}, if_match='"0"'
    )
    assert answer.json == {"consent": False, "version": 1}

    assert ask(desk, reader).json["state"] == "open"

    assert reader.get(f"/api/tickets/{ticket['id']}").status_code == 200
    desk.settle()
    assert "break_glass.changed" in {entry["action"] for entry in desk.audit()}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"reason": "because"}, 400, "break_glass.reason_invalid"),
        ({"minutes": 241}, 400, "request.invalid"),
        ({"minutes": 0}, 400, "request.invalid"),
    ],
)
def test_a_reason_and_a_bound(
    desk: DeskUnderTest, ticket: dict[str, Any], body: dict[str, Any], status: int, code: str
) -> None:
    """Without a reason, or for longer than four hours, there is none."""
    del ticket
    answer = ask(desk, desk.browser("administrator"), **body)

    assert answer.status_code == status
    assert answer.json["code"].startswith(code.partition(".")[0])


def test_it_takes_a_fresh_proof(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """A session that was left open asks for nothing."""
    del ticket
    reader = desk.browser("administrator")
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(601)

    answer = ask(desk, reader)

    assert (answer.status_code, answer.json["code"]) == (403, "step_up.required")


def test_who_is_no_administrator_any_more_reads_nothing(
    desk: DeskUnderTest, ticket: dict[str, Any]
) -> None:
    """The right is asked at each request, not when the glass was broken."""
    reader, _ = opened(desk)
    user_id = ids.derived_id(ids.USER, "demo", desk.people["administrator"][0])
    desk.app().store.transact(lambda tx: tx.update(USERS, user_id, {"role": "viewer"}))

    assert reader.get(f"/api/tickets/{ticket['id']}").status_code == 404
