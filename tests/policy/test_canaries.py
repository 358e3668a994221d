"""What is destroyed or erased stands nowhere afterwards; the search for it finds what is planted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared import log
from shared.domain.erasures import ErasureKind
from shared.services.privacy import erasing
from tests.canaries import OF_DESK, OF_MAIL, OF_MAILBOX, found, opened, plant, sealed_texts
from tests.desk import SALES, SUPPORT, DeskUnderTest, desk_in, mail
from tests.log_watch import log_file, never_logged
from tests.stopped_clock import StoppedClock
from tests.stranger import Asked, stranger

EVERY = [*OF_MAIL.values(), *OF_DESK.values(), *OF_MAILBOX.values()]
# Sealed, and filled by the desk itself or by the demo's own people and mailbox, not by what is planted.
NOT_OF_A_PERSON = {
    *("accesses.actor", "accesses.role", "accesses.ticket"),
    *("mailboxes.address", "mailboxes.subject", "messages.to.address"),
    "replies.from.name",
    *("rules.rules.id", "rules.rules.match", "rules.rules.when"),
    *("rules.rules.conditions.field", "rules.rules.conditions.operator"),
    *("sessions.browser", "sessions.network", "uploads.sha256", "users.address", "users.name"),
}
# What stays of a mailbox when a customer is erased, and why: its people wrote it, for whoever writes to it,
# and it goes with the mailbox. Who put somebody's name there takes it out again (docs/privacy.md).
STAYS = {
    "(default)/rules": "whom a mailbox treats how is its people's decision, which they see and change",
    "(default)/mailbox_settings": "how a mailbox signs and answers, whoever writes",
    "(default)/saved_replies": "texts for any answer",
    "(default)/views": "the name of a list of tickets",
    "(default)/break_glass": "why staff read a mailbox, which its members are owed",
}
FORGOTTEN_AFTER = 301.0  # seconds: caches live five minutes at most


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskUnderTest]:
    """Give a desk whose databases are files."""
    with desk_in(tmp_path / "home", in_memory=False) as desk:
        yield desk


@pytest.fixture
def ticket(desk: DeskUnderTest) -> dict[str, Any]:
    """Plant every canary."""
    return plant(desk)


def test_every_canary_is_there_before(
    desk: DeskUnderTest, ticket: dict[str, Any], tmp_path: Path
) -> None:
    """Each field's canary is sealed in the store and opens; in no file, log or entry does one stand open."""
    del ticket
    places = found(desk, EVERY, tmp_path)

    there = {place.rpartition(": ")[2] for place in places}
    assert there >= {*EVERY} - {OF_DESK["uploaded"]}  # a file is sealed under a key of its own
    assert {p for p in places if p.startswith(("file", "log", "audit", "keyring"))} == set()
    raw = {f"{w}: {word}" for w, text in opened(desk) for word in EVERY if word in text}
    assert raw <= places


def test_every_sealed_field_has_a_canary(desk: DeskUnderTest, ticket: dict[str, Any]) -> None:
    """Whatever a mail or a person fills is sealed with a canary in it; a new field needs one, or a reason."""
    del ticket
    without = {
        name
        for name, texts in sealed_texts(desk).items()
        if not any(word in text for text in texts for word in EVERY)
    }

    assert without == NOT_OF_A_PERSON


def test_a_planted_leak_is_found(desk: DeskUnderTest, tmp_path: Path) -> None:
    """In a document, a file, a log line, and an object of a function."""
    word = "zqplanted"
    desk.files["audit"].transact(lambda tx: tx.create("entries", "x", {"text": f"a {word}"}))
    (desk.desk.home / "a file").write_bytes(b"\0" + b"enFwbGFudGVk")  # in base64
    log.event("INFO", "planted", id=word)
    desk.desk.app("content").__dict__["planted"] = {"deep": [{"down": word}]}

    places = found(desk, [word], tmp_path)
    log_file(tmp_path).write_text("")

    never_logged()
    assert places >= {
        f"log: {word}",
        f"audit/entries: {word}",
        f"file a file: {word}",
        f"memory of content: {word}",
    }
    assert any(place.startswith("file audit.sqlite") for place in places)
    desk.files["audit"].transact(lambda tx: tx.delete("entries", "x"))


def forget(desk: DeskUnderTest) -> None:
    """Let the time pass after which no function may remember, and each be asked something."""
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(FORGOTTEN_AFTER)
    for role in (
        "administrator",
        "supervisor",
    ):  # signing in is recorded, which the others are told
        for path in ("tickets/", "content/search?q=nothing", "account/profile"):
            assert desk.browser(role).get(f"/api/{path}").status_code == 200
    desk.settle()


def test_p12_nothing_stands_anywhere_after_a_disconnect(
    desk: DeskUnderTest, ticket: dict[str, Any], tmp_path: Path
) -> None:
    """Of mail, notes, drafts, files: in no database, file, log or object, whichever keys are left."""
    body = {"mailbox_id": desk.mailboxes[SUPPORT]}
    answer = desk.browser("administrator").send("POST", "/api/oauth/disconnect", body)
    assert answer.status_code == 204
    desk.settle()
    forget(desk)

    assert found(desk, EVERY, tmp_path) == set()
    assert desk.browser("agent").get(f"/api/tickets/{ticket['id']}").status_code == 200


def test_p19_nothing_of_a_customer_stands_anywhere_after_erasure(
    desk: DeskUnderTest, ticket: dict[str, Any], tmp_path: Path
) -> None:
    """Who wrote, what they wrote, and what was written of them and to them."""
    del ticket
    [customer] = desk.documents("customers")
    erasing.request(desk.app(), ErasureKind.CUSTOMER, customer, "act_somebody")
    desk.settle()
    forget(desk)

    desk.tick("apply_deadlines")  # files are deleted within the minute
    desk.settle()
    others = {"also", "message_id"}  # of somebody else; and no word of a person's
    words = [word for name, word in OF_MAIL.items() if name not in others]
    # A saved reply is a text of the mailbox's people for anybody.
    saved = {word for name, word in OF_DESK.items() if name.startswith("saved")}
    words += [word for word in OF_DESK.values() if word not in saved]
    assert found(desk, words, tmp_path) == set()
    left = found(desk, [*OF_MAILBOX.values(), *saved], tmp_path)
    assert {place.partition(":")[0] for place in left} == STAYS.keys()


@pytest.mark.parametrize("kind", ["ticket", "customer", "mailbox"])
def test_why_something_was_held_goes_with_what_was_held(
    desk: DeskUnderTest, ticket: dict[str, Any], tmp_path: Path, kind: str
) -> None:
    """While a hold stands nothing is erased; when it is lifted its reason goes, and then what it held."""
    administrator, word = desk.browser("administrator"), "zqholdcanary"
    [customer] = desk.documents("customers")
    own = desk.mailboxes[SUPPORT]
    target = {"ticket": ticket["id"], "customer": customer, "mailbox": own}[kind]
    body = {"kind": kind, "target": target, "reason": word}
    held = administrator.send("POST", "/api/admin/legal_holds", body)
    assert held.status_code == 201, held.data
    erasure = f"/api/admin/privacy/customers/{customer}/erase"
    assert administrator.send("POST", erasure).json["code"] == "erasure.on_hold"
    assert found(desk, [word], tmp_path) == {f"(default)/legal_holds: {word}"}

    path = f"/api/admin/legal_holds/{held.json['id']}"
    assert administrator.send("DELETE", path).status_code == 204
    desk.settle()
    forget(desk)

    assert found(desk, [word], tmp_path) == set()
    assert desk.browser("administrator").send("POST", erasure).status_code == 202
    desk.settle()
    forget(desk)
    assert found(desk, [OF_MAIL["subject"]], tmp_path) == set()


def test_of_webhooks_nothing_is_kept_but_how_it_went(desk: DeskUnderTest, tmp_path: Path) -> None:
    """Neither what a receiver answered nor anything of a mail; of the webhook itself, what is sealed."""
    administrator = desk.browser("administrator")
    own = {"name": "zqwebhookcanary", "path": "zqhookpathcanary"}
    answered = {"body": "zqhookbodycanary", "header": "zqhookheadercanary"}
    with stranger() as receiver:
        path = f"/{own['path']}"
        receiver.answers[path] = challenged
        body = {
            "name": own["name"],
            "url": f"{receiver.url}{path}",
            "actions": ["ticket.created", "note.created", "ticket.changed"],
        }
        made = administrator.send("POST", "/api/admin/webhooks", body).json["webhook"]["id"]
        verify = administrator.send("POST", f"/api/admin/webhooks/{made}/verify")
        assert verify.status_code == 200, verify.data
        desk.settle()
        assert isinstance(desk.clock, StoppedClock)
        desk.clock.advance(31)  # instances remember webhooks for 30 s
        receiver.asked.clear()
        receiver.answer(path, 500, answered["body"].encode(), x_why=answered["header"])
        plant(desk)
        assert len(receiver.asked) > 3
        heard = b"".join(asked.body for asked in receiver.asked).decode()
        assert [word for word in EVERY if word in heard] == []
        desk.settle()

        waiting = desk.documents("webhook_deliveries").values()
        assert {row["outcome"] for row in waiting} == {"waiting"}
        kept = ("(default)/webhook_deliveries", "(default)/outbox", "file")
        assert [p for p in found(desk, EVERY, tmp_path) if p.startswith(kept)] == []
        assert found(desk, list(answered.values()), tmp_path) == set()
        sealed = {f"(default)/webhooks: {word}" for word in own.values()}
        places = found(desk, list(own.values()), tmp_path)
        assert {place for place in places if not place.startswith("memory")} == sealed

        administrator = desk.browser("administrator")
        assert administrator.send("DELETE", f"/api/admin/webhooks/{made}").status_code == 204
        desk.settle()
        forget(desk)
        assert found(desk, list(own.values()), tmp_path) == set()


def challenged(asked: Asked) -> tuple[int, dict[str, str], bytes]:
    """Answer with the challenge that was asked for."""
    challenge = json.loads(asked.body)["data"]["challenge"]
    return 200, {}, json.dumps({"challenge": challenge}).encode()


@pytest.mark.parametrize("how", ["disconnect", "erasure"])
def test_no_export_made_before_outlives_it(
    desk: DeskUnderTest, ticket: dict[str, Any], tmp_path: Path, how: str
) -> None:
    """An export of all, and one of the customer's data: nothing in their files opens any more."""
    del ticket
    desk.connect(SALES)  # where the customer is known too: their key outlives the other mailbox
    also = f"{OF_MAIL['name']} <{OF_MAIL['address']}@customers.example.net>"
    desk.deliver(mail("A second thing", sender=also, to=SALES), to=SALES)
    [customer] = desk.documents("customers")
    administrator = desk.browser("administrator")
    me = next(one for one in desk.documents("users").items() if one[1]["role"] == "administrator")
    own = {"mailbox_ids": [desk.mailboxes[SUPPORT]]}
    path, version = f"/api/admin/people/{me[0]}/mailboxes", f'"{me[1]["version"]}"'
    assert administrator.send("PATCH", path, own, if_match=version).status_code == 200
    for path, body in (
        ("/api/admin/exports", {"mail": True, "mailbox_ids": [desk.mailboxes[SUPPORT]]}),
        (f"/api/admin/privacy/customers/{customer}/exports", None),
    ):
        answer = administrator.send("POST", path, body)
        assert answer.status_code == 201, answer.data
    desk.settle()
    assert any(where.startswith("object") for where in found(desk, [OF_MAIL["text"]], tmp_path))

    if how == "disconnect":
        body = {"mailbox_id": desk.mailboxes[SUPPORT]}
        answer = administrator.send("POST", "/api/oauth/disconnect", body)
        assert answer.status_code == 204, answer.data
    else:
        erasing.request(desk.app(), ErasureKind.CUSTOMER, customer, "act_somebody")
    desk.settle()
    forget(desk)
    desk.tick("apply_deadlines")
    desk.settle()

    # Of whom the other mailbox knows, name, address and what they asked of us stay after a disconnect.
    others = {"name", "address", "request"} if how == "disconnect" else {"also", "message_id"}
    words = [word for name, word in OF_MAIL.items() if name not in others]
    assert found(desk, words, tmp_path) == set()


def test_p19_nothing_of_somebody_who_worked_here_stands_anywhere(
    desk: DeskUnderTest, ticket: dict[str, Any], tmp_path: Path
) -> None:
    """Name, signature, a view and a saved reply of their own, a token's name."""
    words = {
        name: f"zq{name}canary" for name in ("staffname", "signature", "view", "ownreply", "token")
    }
    agent = desk.browser("agent")
    profile = agent.get("/api/account/profile").json
    change = {"name": words["staffname"], "signature": words["signature"]}
    made = [
        agent.send("PATCH", "/api/account/profile", change, if_match=f'"{profile["version"]}"'),
        agent.send("POST", "/api/tickets/views", {"name": words["view"], "filters": {}}),
        agent.send("POST", "/api/tickets/saved_replies", {"name": words["ownreply"], "text": "x"}),
        agent.send(
            "POST",
            "/api/account/tokens",
            {"name": words["token"], "permissions": ["ticket:read"], "days": 30},
        ),
    ]
    assert [answer.status_code for answer in made if answer.status_code >= 300] == [], [
        answer.data for answer in made
    ]
    desk.settle()
    there = found(desk, list(words.values()), tmp_path)
    assert {place.rpartition(": ")[2] for place in there} == set(words.values())

    [user] = [id for id, one in desk.documents("users").items() if one["role"] == "agent"]
    erasing.request(desk.app(), ErasureKind.PERSON, user, "act_somebody")
    desk.settle()
    forget(desk)

    assert found(desk, list(words.values()), tmp_path) == set()
    assert desk.browser("supervisor").get(f"/api/tickets/{ticket['id']}").status_code == 200
