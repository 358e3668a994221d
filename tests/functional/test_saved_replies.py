"""Saved replies: whose they are, what may stand in them, and how they are used on a ticket."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from local import seed
from shared.domain import saved_replies
from tests.desk import SALES, SUPPORT, DeskBrowser, DeskUnderTest, mail

PATH = "/api/tickets/saved_replies"


@pytest.fixture
def desk(desk: DeskUnderTest) -> DeskUnderTest:
    """Connect two mailboxes: the viewer belongs to support alone, the supervisor and agent to both."""
    desk.connect(SUPPORT)
    desk.connect(SALES)
    return desk


def save(
    browser: DeskBrowser,
    name: str = "Thanks",
    text: str = "Thank you, {{customer.first_name|there}}.",
    mailbox_id: str | None = None,
    **headers: str,
) -> TestResponse:
    """Save a reply, for oneself or in a mailbox."""
    body = {"name": name, "text": text, "mailbox_id": mailbox_id}
    return browser.send("POST", PATH, body, **headers)


def names(browser: DeskBrowser, query: str = "") -> list[str]:
    """Return the names in a list."""
    answer = browser.get(f"{PATH}{query}")
    assert answer.status_code == 200, answer.data
    return [row["name"] for row in answer.json["items"]]


def change(browser: DeskBrowser, saved: dict[str, Any], **changes: str) -> TestResponse:
    """Change a saved reply against the version that `saved` shows."""
    version = f'"{saved["version"]}"'
    return browser.send("PATCH", f"{PATH}/{saved['id']}", changes, if_match=version)


def render(browser: DeskBrowser, saved: dict[str, Any], ticket_id: str) -> TestResponse:
    """Fill a saved reply for a ticket."""
    return browser.send("POST", f"{PATH}/{saved['id']}/render", {"ticket_id": ticket_id})


def ticket_id(
    desk: DeskUnderTest,
    subject: str = "The printer is on fire",
    sender: str = "Nora Lind <nora@customers.example.net>",
) -> str:
    """Let a mail arrive and return its ticket's id."""
    desk.deliver(mail(subject, sender=sender))
    id: str = desk.tickets()[0]["id"]
    return id


# Whose they are


def test_a_personal_one_is_seen_by_its_owner_alone(desk: DeskUnderTest) -> None:
    """A colleague of the same mailboxes finds nothing, under its id neither."""
    saved = save(desk.browser("agent")).json
    supervisor = desk.browser("supervisor")

    assert names(desk.browser("agent")) == ["Thanks"]
    assert names(supervisor) == []
    asked = [
        supervisor.get(f"{PATH}/{saved['id']}"),
        change(supervisor, saved, name="Mine"),
        supervisor.send("DELETE", f"{PATH}/{saved['id']}", if_match='"1"'),
        render(supervisor, saved, ticket_id(desk)),
    ]
    assert [(a.status_code, a.json["code"]) for a in asked] == [(404, "saved_reply.not_found")] * 4


def test_a_shared_one_is_seen_in_its_mailbox_and_kept_by_supervisors(desk: DeskUnderTest) -> None:
    """Agents use it; only who may share makes, changes and deletes it; others do not see it."""
    support = desk.mailboxes[SUPPORT]
    agent, supervisor = desk.browser("agent"), desk.browser("supervisor")
    seed._create(desk.desk, "supervisor", "other@example.com", "a password")
    desk.people["other"] = ("other@example.com", "a password")

    refused = save(agent, mailbox_id=support)
    saved = save(supervisor, mailbox_id=support)
    foreign = save(desk.browser("other"), mailbox_id=support)

    assert (refused.status_code, refused.json["code"]) == (403, "permission.missing")
    assert (foreign.status_code, foreign.json["code"]) == (404, "mailbox.not_found")
    assert (saved.status_code, saved.json["changeable"]) == (201, True)
    [row] = agent.get(PATH).json["items"]
    assert (row["name"], row["changeable"]) == ("Thanks", False)
    assert change(agent, saved.json, name="Mine").status_code == 403
    assert names(desk.browser("other")) == []
    assert desk.browser("other").get(f"{PATH}/{row['id']}").status_code == 404
    assert change(supervisor, saved.json, name="Many thanks").json["name"] == "Many thanks"


def test_a_list_is_by_name_and_by_its_beginning(desk: DeskUnderTest) -> None:
    """In pages, whatever the case, of all one's mailboxes or of one beside one's own."""
    supervisor = desk.browser("supervisor")
    for name in ("bravo", "Alfa", "charlie", "شكرا"):
        save(supervisor, name)
    save(supervisor, "Brand", mailbox_id=desk.mailboxes[SUPPORT])
    save(supervisor, "Offer", mailbox_id=desk.mailboxes[SALES])

    first = supervisor.get(f"{PATH}?limit=4").json
    second = supervisor.get(f"{PATH}?limit=4&cursor={first['next']}").json

    in_order = ["Alfa", "Brand", "bravo", "charlie", "Offer", "شكرا"]
    assert [row["name"] for row in (*first["items"], *second["items"])] == in_order
    assert second["next"] is None
    assert names(supervisor, "?name=BRA") == ["Brand", "bravo"]
    of_support = names(supervisor, f"?mailbox_id={desk.mailboxes[SUPPORT]}")
    assert of_support == [name for name in in_order if name != "Offer"]
    assert supervisor.get(f"{PATH}?cursor=sr_unknown").json["code"] == "cursor.invalid"


def test_the_same_key_saves_one_reply(desk: DeskUnderTest) -> None:
    """A request that is sent again gives the reply that is there, also where there may be no more."""
    agent = desk.browser("agent")

    once, again = (save(agent, idempotency_key="a1") for _ in range(2))

    assert (once.status_code, again.status_code) == (201, 201)
    assert once.json == again.json
    assert names(agent) == ["Thanks"]


# What may stand in them


def test_an_unknown_placeholder_is_refused_by_name(desk: DeskUnderTest) -> None:
    """On saving and on changing: nobody sends a customer {{custmer.name}}."""
    agent = desk.browser("agent")
    saved = save(agent).json

    new = save(agent, text="Hello {{custmer.name}}, {{ticket.code}}, {{x|y}}")
    changed = change(agent, saved, text="Hello {{custmer.name}}")

    assert (new.status_code, new.json["code"]) == (400, "saved_reply.placeholder_unknown")
    assert new.json["params"] == {"placeholders": ["custmer.name", "x"]}
    assert (changed.status_code, changed.json["params"]) == (
        400,
        {"placeholders": ["custmer.name"]},
    )
    assert names(agent) == ["Thanks"]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("", "x", "saved_reply.name_invalid"),
        ("two\nlines", "x", "saved_reply.name_invalid"),
        ("x" * 101, "x", "saved_reply.name_invalid"),
        ("x", " ", "saved_reply.text_invalid"),
        ("x", "a\x07b", "saved_reply.text_invalid"),
        ("x", "x" * 32_769, "saved_reply.text_invalid"),
    ],
)
def test_what_is_no_name_or_text_is_refused(
    desk: DeskUnderTest, name: str, text: str, code: str
) -> None:
    """Nothing, several lines of name, control characters, too much."""
    answer = save(desk.browser("agent"), name, text)

    assert (answer.status_code, answer.json["code"]) == (400, code)


def test_names_and_texts_are_sealed(desk: DeskUnderTest) -> None:
    """The store holds neither, and the log tells who did what without them."""
    agent, supervisor = desk.browser("agent"), desk.browser("supervisor")
    own = save(agent, "Velvet", "Velvet words.").json
    shared = save(supervisor, "Velvet", "Velvet words.", desk.mailboxes[SUPPORT]).json
    change(agent, own, text="Other velvet words.")
    agent.send("DELETE", f"{PATH}/{own['id']}", if_match='"2"')
    desk.settle()

    assert "elvet" not in str(desk.documents(saved_replies.COLLECTION))
    entries = [e for e in desk.audit() if e["action"].startswith("saved_reply.")]
    assert "elvet" not in str(entries)
    assert sorted((e["action"], e["target"]["id"]) for e in entries) == sorted(
        [
            ("saved_reply.created", own["id"]),
            ("saved_reply.created", shared["id"]),
            ("saved_reply.changed", own["id"]),
            ("saved_reply.deleted", own["id"]),
        ]
    )


def test_nobody_overwrites_what_they_have_not_seen(desk: DeskUnderTest) -> None:
    """A change or deletion against an old version is told what is current."""
    agent = desk.browser("agent")
    saved = save(agent).json
    change(agent, saved, language="ar")

    stale = change(agent, saved, name="Over it")
    gone = agent.send("DELETE", f"{PATH}/{saved['id']}", if_match='"1"')

    assert (stale.status_code, stale.json["code"]) == (409, "saved_reply.changed_meanwhile")
    assert stale.json["params"]["version"] == 2
    assert gone.status_code == 409
    read = agent.get(f"{PATH}/{saved['id']}").json
    assert (read["name"], read["language"], read["version"]) == ("Thanks", "ar", 2)


# Using them


def test_a_saved_reply_is_filled_for_a_ticket(desk: DeskUnderTest) -> None:
    """With what the ticket, its customer, its mailbox and the agent are called."""
    agent = desk.browser("agent")
    text = (
        "Dear {{customer.name}} ({{customer.first_name}}), about {{ticket.subject}}\n"
        "{{ticket.code}}, {{agent.name}}, {{mailbox.address}}"
    )
    saved = save(agent, text=text).json
    id = ticket_id(desk)

    answer = render(agent, saved, id)

    assert answer.status_code == 200
    code = desk.tickets()[0]["code"]
    assert answer.json == {
        "text": f"Dear Nora Lind (Nora), about The printer is on fire\n{code}, Demo Agent, {SUPPORT}",
        "missing": [],
        "language": "en",
    }


def test_a_hostile_name_is_only_a_name(desk: DeskUnderTest) -> None:
    """Who calls themselves like a placeholder learns nothing by it."""
    agent = desk.browser("agent")
    saved = save(agent, text="Hello {{customer.name}}, {{ticket.subject}}").json
    id = ticket_id(
        desk, sender='"{{agent.name}}" <nora@customers.example.net>', subject="{{mailbox.address}}"
    )

    assert render(agent, saved, id).json["text"] == "Hello {{agent.name}}, {{mailbox.address}}"


def test_a_customer_without_a_name_gets_the_fallback(desk: DeskUnderTest) -> None:
    """And where there is none, the page is told what is missing."""
    agent = desk.browser("agent")
    saved = save(agent, text="Hello {{customer.first_name|there}}, {{customer.name}}").json
    id = ticket_id(desk, sender="nora@customers.example.net")

    answer = render(agent, saved, id).json

    assert (answer["text"], answer["missing"]) == ("Hello there, ", ["customer.name"])


def test_a_shared_reply_stays_in_its_mailbox(desk: DeskUnderTest) -> None:
    """What sales shares is not for tickets of support, also for who works in both."""
    supervisor = desk.browser("supervisor")
    saved = save(supervisor, mailbox_id=desk.mailboxes[SALES]).json

    answer = render(supervisor, saved, ticket_id(desk))

    assert (answer.status_code, answer.json["code"]) == (400, "saved_reply.of_another_mailbox")


def test_a_ticket_that_one_may_not_see_fills_nothing(desk: DeskUnderTest) -> None:
    """One's own saved reply is no way to another mailbox's customer."""
    seed._create(desk.desk, "agent", "other@example.com", "a password")
    desk.people["other"] = ("other@example.com", "a password")
    other = desk.browser("other")
    saved = save(other, text="{{customer.name}}").json

    answers = [render(other, saved, id) for id in (ticket_id(desk), "t_" + "0" * 26, "", "/")]

    found = {(answer.status_code, answer.json["code"]) for answer in answers}
    assert found == {(404, "ticket.not_found")}


def test_uses_are_counted_apart(desk: DeskUnderTest) -> None:
    """Each person's uses stand in a document of their own, and all are shown together."""
    supervisor, agent = desk.browser("supervisor"), desk.browser("agent")
    saved = save(supervisor, mailbox_id=desk.mailboxes[SUPPORT]).json
    id = ticket_id(desk)

    for browser in (supervisor, agent, agent):
        render(browser, saved, id)

    counts = [use["count"] for use in desk.documents(saved_replies.USES).values()]
    assert sorted(counts) == [1, 2]
    assert agent.get(f"{PATH}/{saved['id']}").json["uses"] == 3
    supervisor.send("DELETE", f"{PATH}/{saved['id']}", if_match='"1"')
    assert desk.documents(saved_replies.USES) == {}
