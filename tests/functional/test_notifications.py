"""Notifications on the page: who is told of what, and who is not."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any, Final

import pytest

from shared import codec
from shared.audit.entry import Who
from shared.domain import messages, notifications, teams, tickets
from shared.domain.people import USERS
from shared.domain.teams import Team
from shared.domain.tickets import Ticket, TicketState
from shared.services import audit_log, outbox
from shared.services.tickets import ticket_changes
from shared.services.tickets.ticket_changes import Author
from tests.desk import SALES, SUPPORT, DeskBrowser, DeskUnderTest, mail
from tests.functional.test_deadlines import ALWAYS, PROMISES, pass_time, snooze
from tests.functional.test_notes import change, user_id, write
from tests.functional.test_reopening import DAY, later
from tests.replying import asked, passes, read, replied
from tests.stopped_clock import StoppedClock

READERS: Final = ("administrator", "supervisor", "agent", "viewer")


@pytest.fixture
def ticket_id(desk: DeskUnderTest) -> str:
    """Let one mail arrive and give its ticket's id."""
    desk.connect()
    desk.deliver(mail(message_id="<1@customers.example.net>"))
    [ticket] = desk.tickets()
    id: str = ticket["id"]
    return id


def told(desk: DeskUnderTest, role: str) -> list[str]:
    """Return the kinds of what a role was told, the oldest first."""
    desk.settle()
    items = desk.browser(role).get("/api/tickets/notifications").json["items"]
    return [item["kind"] for item in reversed(items)]


def choose(browser: DeskBrowser, **choices: str) -> Any:
    """Choose how to be told, against the present version."""
    version = browser.get("/api/account/notifications").json["version"]
    answer = browser.send("PATCH", "/api/account/notifications", choices, if_match=f'"{version}"')
    assert answer.status_code == 200, answer.data
    return answer.json


def alter(desk: DeskUnderTest, ticket_id: str, by: str | None = None, **fields: Any) -> None:
    """Change a ticket as a person (a role), or as a function by itself."""
    app = desk.app()
    who = audit_log.function(app)
    if by is not None:
        pseudonym = desk.documents(USERS)[user_id(desk, by)]["pseudonym"]
        who = Who("user", str(pseudonym), by)

    def work(tx: Any, box: Any) -> None:
        found = tx.get(tickets.COLLECTION, ticket_id)
        before = codec.from_document(Ticket, found.data)
        author = Author(who, user_id(desk, by) if by else None)
        ticket_changes.write(app, tx, box, ticket_id, before, replace(before, **fields), author)

    outbox.commit(app, work)


def answer_of_the_customer(desk: DeskUnderTest, **headers: str) -> None:
    """Let the customer write again, in the same thread."""
    desk.sandbox.advance_clock(60)
    desk.deliver(
        mail(
            "Re: The printer is on fire",
            "It still burns.",
            message_id="<2@customers.example.net>",
            in_reply_to="<1@customers.example.net>",
            **headers,
        )
    )


# Who is told


def test_who_is_mentioned_is_told_once(desk: DeskUnderTest, ticket_id: str) -> None:
    """With the ticket's code and subject, and the note; a change of the note tells nobody again."""
    viewer, supervisor = user_id(desk, "viewer"), user_id(desk, "supervisor")
    note = write(desk.browser("agent"), ticket_id, "@Viewer", viewer).json
    change(desk.browser("agent"), note, "@Viewer @Supervisor", viewer, supervisor)
    desk.settle()

    page = desk.browser("viewer").get("/api/tickets/notifications").json

    [row] = page["items"]
    [ticket] = desk.tickets()
    assert (row["kind"], row["ticket_id"], row["about"]) == ("mentioned", ticket_id, note["id"])
    assert (row["code"], row["subject"]) == (ticket["code"], "The printer is on fire")
    assert (row["unread"], page["unread"]) == (True, 1)
    assert told(desk, "supervisor") == ["mentioned"]


def test_nobody_is_told_of_their_own_deed(desk: DeskUnderTest, ticket_id: str) -> None:
    """Mentioning oneself and taking a ticket are no news."""
    agent = user_id(desk, "agent")

    write(desk.browser("agent"), ticket_id, "@me", agent)
    alter(desk, ticket_id, "agent", assignee_id=agent)

    assert told(desk, "agent") == []


def test_who_is_given_a_ticket_is_told(desk: DeskUnderTest, ticket_id: str) -> None:
    """By a colleague or by a rule; and again when it is given again."""
    alter(desk, ticket_id, "supervisor", assignee_id=user_id(desk, "agent"))
    alter(desk, ticket_id, "supervisor", assignee_id=None)
    alter(desk, ticket_id, None, assignee_id=user_id(desk, "agent"))

    assert told(desk, "agent") == ["assigned", "assigned"]
    assert told(desk, "supervisor") == []


def test_the_members_of_a_team_are_told(desk: DeskUnderTest, ticket_id: str) -> None:
    """Those of them who may see the ticket, but not whoever gave it to them."""
    members = [user_id(desk, role) for role in ("agent", "viewer", "supervisor", "auditor")]
    team = codec.to_document(Team("Printers", tuple(members)))
    desk.app().store.transact(lambda tx: tx.put(teams.COLLECTION, "tm_1", team))

    alter(desk, ticket_id, "supervisor", team_id="tm_1")

    told_of_it = {role: told(desk, role) for role in ("agent", "viewer", "supervisor")}
    assert told_of_it == {"agent": ["team_assigned"], "viewer": ["team_assigned"], "supervisor": []}
    assert user_id(desk, "auditor") not in {
        row["user_id"] for row in desk.documents(notifications.COLLECTION).values()
    }


def test_an_answer_is_told_to_assignee_and_followers(desk: DeskUnderTest, ticket_id: str) -> None:
    """Once each, also who is both; nobody else."""
    agent, viewer = user_id(desk, "agent"), user_id(desk, "viewer")
    alter(desk, ticket_id, "agent", assignee_id=agent, followers=(agent, viewer))

    answer_of_the_customer(desk)

    assert told(desk, "agent") == ["answered"]
    assert told(desk, "viewer") == ["answered"]
    assert told(desk, "supervisor") == []


def test_muted_mail_tells_nobody(desk: DeskUnderTest, ticket_id: str) -> None:
    """Somebody's holiday is no answer."""
    alter(desk, ticket_id, "supervisor", followers=(user_id(desk, "agent"),))

    answer_of_the_customer(desk, auto_submitted="auto-replied")

    assert "message.muted" in {entry["action"] for entry in desk.audit()}
    assert told(desk, "agent") == []


def test_what_staff_sends_from_gmail_is_no_answer(desk: DeskUnderTest, ticket_id: str) -> None:
    """An outgoing mail joins the ticket and tells nobody that the customer wrote."""
    alter(desk, ticket_id, "supervisor", followers=(user_id(desk, "agent"),))
    [message] = desk.documents(messages.COLLECTION).values()

    desk.sandbox.act(SUPPORT, "ui_reply", message["gmail_id"], text="We come.")
    desk.settle()

    assert desk.tickets()[0]["message_count"] == 2
    assert told(desk, "agent") == []


def test_a_promise_that_passed_and_a_snooze_that_ended_are_told(
    desk: DeskUnderTest, ticket_id: str
) -> None:
    """Only where no person did it, to whoever works on the ticket."""
    alter(desk, ticket_id, None, assignee_id=user_id(desk, "agent"))
    snooze(desk, 120, state="open")
    alter(desk, ticket_id, "supervisor", snoozed_until=None)
    document = {"hours": ALWAYS, "targets": PROMISES}
    mailbox_id = desk.mailboxes[SUPPORT]
    desk.app().store.transact(lambda tx: tx.put("mailbox_settings", mailbox_id, document))
    pass_time(desk, 1)  # settings are remembered for 30 s
    assert told(desk, "agent") == ["assigned"]

    snooze(desk, 10, state="open")
    pass_time(desk, 11)
    pass_time(desk, 30)
    pass_time(desk, 1)

    assert told(desk, "agent") == ["assigned", "snooze_ended", "sla_breached"]


def test_a_reply_that_needs_its_author_is_told(desk: DeskUnderTest) -> None:
    """One that Gmail refused, and one that was held because the customer wrote meanwhile."""
    ticket = asked(desk)
    desk.sandbox.plant("messages.send", "error", status=400, reason="invalidArgument", message="no")
    reply = replied(desk, ticket)
    passes(desk)

    assert read(desk, reply)["state"] == "failed"
    items = desk.browser("agent").get("/api/tickets/notifications").json["items"]
    assert [(item["kind"], item["about"]) for item in items] == [("reply_failed", reply["id"])]
    assert told(desk, "supervisor") == []


def test_an_answer_to_what_is_long_closed_is_told(desk: DeskUnderTest, ticket_id: str) -> None:
    """It opens another ticket; who worked on the one before hears of that one."""
    alter(desk, ticket_id, "agent", assignee_id=user_id(desk, "agent"), state=TicketState.CLOSED)
    later(desk, 40 * DAY)

    answer_of_the_customer(desk)

    [new] = [t["id"] for t in desk.tickets() if t["id"] != ticket_id]
    items = desk.browser("agent").get("/api/tickets/notifications").json["items"]
    assert [(item["kind"], item["ticket_id"]) for item in items] == [("answered", new)]


def test_an_event_that_comes_twice_tells_once(desk: DeskUnderTest, ticket_id: str) -> None:
    """A second delivery finds what the first one wrote, and an event of nobody reads nothing."""
    alter(desk, ticket_id, "supervisor", assignee_id=user_id(desk, "agent"))
    desk.settle()
    entries = {entry["action"]: entry for entry in desk.audit()}

    for action in ("ticket.changed", "ticket.created"):
        entry = entries[action]
        assert desk.push("react", {"id": entry["id"], "entry": entry}).status_code == 204

    assert told(desk, "agent") == ["assigned"]
    desk.counts.reset()
    entry = entries["session.created"]
    desk.push("react", {"id": entry["id"], "entry": entry})
    assert (desk.counts.reads, desk.counts.writes) == (0, 0)


# Who may see it


def test_who_lost_sight_of_the_mailbox_is_told_nothing(desk: DeskUnderTest, ticket_id: str) -> None:
    """Neither of what happens then, nor any more of what happened before; not even its number."""
    agent = user_id(desk, "agent")
    alter(desk, ticket_id, "supervisor", assignee_id=agent)
    desk.settle()
    desk.app().store.transact(lambda tx: tx.update(USERS, agent, {"mailbox_ids": []}))

    alter(desk, ticket_id, "supervisor", assignee_id=None)
    alter(desk, ticket_id, "supervisor", assignee_id=agent)
    desk.settle()

    page = desk.browser("agent").get("/api/tickets/notifications").json
    assert (page["items"], page["unread"]) == ([], 0)
    assert len(desk.documents(notifications.COLLECTION)) == 1


def test_who_is_disabled_is_told_nothing(desk: DeskUnderTest, ticket_id: str) -> None:
    """An account without access collects nothing."""
    agent = user_id(desk, "agent")
    desk.app().store.transact(lambda tx: tx.update(USERS, agent, {"disabled": True}))

    alter(desk, ticket_id, "supervisor", assignee_id=agent)
    desk.settle()

    assert desk.documents(notifications.COLLECTION) == {}


def test_whoever_belongs_where_everybody_sees_their_own(desk: DeskUnderTest) -> None:
    """Random memberships: told is who may see the ticket then; shown and counted what they may now."""
    chance = Random(20260105)
    for address in (SUPPORT, SALES):
        desk.connect(address, *READERS)
        desk.deliver(mail(f"To {address}", to=address), to=address)
    of = {ticket["mailbox_id"]: ticket["id"] for ticket in desk.tickets()}
    browsers = {role: desk.browser(role) for role in READERS}
    members = tuple(user_id(desk, role) for role in (*READERS, "auditor"))
    team = codec.to_document(Team("All", members))
    desk.app().store.transact(lambda tx: tx.put(teams.COLLECTION, "tm_1", team))
    told_of: dict[str, list[str]] = {role: [] for role in READERS}

    for _ in range(12):
        belongs = {role: chance.sample(sorted(of), chance.randrange(3)) for role in READERS}
        for role, mailbox_ids in belongs.items():
            update = {"mailbox_ids": mailbox_ids}
            desk.app().store.transact(
                lambda tx, role=role, update=update: tx.update(USERS, user_id(desk, role), update)  # type: ignore[misc]
            )
        mailbox_id = chance.choice(sorted(of))
        alter(desk, of[mailbox_id], team_id="tm_1")
        alter(desk, of[mailbox_id], team_id=None)
        desk.settle()
        for role, browser in browsers.items():
            if mailbox_id in belongs[role]:
                told_of[role].append(mailbox_id)
            page = browser.get("/api/tickets/notifications").json
            visible = sorted(of[id] for id in told_of[role] if id in belongs[role])
            assert sorted(item["ticket_id"] for item in page["items"]) == visible
            assert page["unread"] == len(visible)
    assert all(told_of.values())


# Reading


def test_what_was_read_is_no_longer_counted(desk: DeskUnderTest, ticket_id: str) -> None:
    """By id, or all at once; those of others are passed over."""
    agent = user_id(desk, "agent")
    for _ in range(3):
        alter(desk, ticket_id, "supervisor", assignee_id=agent)
        alter(desk, ticket_id, "supervisor", assignee_id=None)
    assert told(desk, "agent") == ["assigned"] * 3
    browser = desk.browser("agent")
    first = browser.get("/api/tickets/notifications?limit=1").json

    path = "/api/tickets/notifications/read"
    others = desk.browser("viewer").send("POST", path, {"ids": [first["items"][0]["id"]]})
    one = browser.send("POST", path, {"ids": [first["items"][0]["id"], "", "\ud800", "no_"]})
    every = browser.send("POST", path, {})

    assert first["unread"] == 3
    assert (others.json, one.json, every.json) == ({"unread": 0}, {"unread": 2}, {"unread": 0})
    items = browser.get("/api/tickets/notifications").json["items"]
    assert [item["unread"] for item in items] == [False] * 3


def test_notifications_are_paged_newest_first(desk: DeskUnderTest, ticket_id: str) -> None:
    """Following `next` shows each once."""
    agent = user_id(desk, "agent")
    assert isinstance(desk.clock, StoppedClock)
    for _ in range(3):
        desk.clock.advance(1)
        alter(desk, ticket_id, "supervisor", assignee_id=agent)
        alter(desk, ticket_id, "supervisor", assignee_id=None)
        desk.settle()
    browser = desk.browser("agent")

    first = browser.get("/api/tickets/notifications?limit=2").json
    second = browser.get(f"/api/tickets/notifications?limit=2&cursor={first['next']}").json

    times = [item["created_at"] for item in (*first["items"], *second["items"])]
    assert len(times) == 3
    assert times == sorted(times, reverse=True)


def test_a_look_without_news_is_cheap(desk: DeskUnderTest) -> None:
    """Session, person, an empty page and a count: four reads."""
    desk.connect()
    agent = desk.browser("agent")
    agent.get("/api/tickets/notifications")  # that the desk is open is remembered for minutes
    desk.counts.reset()

    agent.get("/api/tickets/notifications")

    assert (desk.counts.reads, desk.counts.writes) == (4, 0)


# Choosing


def test_each_chooses_of_what_they_are_told(desk: DeskUnderTest, ticket_id: str) -> None:
    """What is chosen away is not told; what was left out of the choice stays as it was."""
    agent = desk.browser("agent")
    before = agent.get("/api/account/notifications").json

    chosen = choose(agent, assigned="none")
    alter(desk, ticket_id, "supervisor", assignee_id=user_id(desk, "agent"))
    answer_of_the_customer(desk)

    assert before["assigned"] == "mail"
    assert chosen == before | {"assigned": "none", "version": before["version"] + 1}
    assert told(desk, "agent") == ["answered"]
    desk.settle()
    assert "notifications.changed" in {entry["action"] for entry in desk.audit()}


def test_a_choice_is_made_against_what_one_saw(desk: DeskUnderTest) -> None:
    """A stale version is told, an unknown way refused."""
    agent = desk.browser("agent")
    path = "/api/account/notifications"

    stale = agent.send("PATCH", path, {"mail": "off"}, if_match='"0"')
    unknown = agent.send("PATCH", path, {"mail": "weekly"}, if_match='"1"')

    assert (stale.status_code, stale.json["code"]) == (409, "user.changed_meanwhile")
    assert (unknown.status_code, unknown.json["code"]) == (400, "request.not_one_of")
