"""What is destroyed or erased stands nowhere afterwards; the search for it finds what is planted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared import log
from shared.domain.erasures import ErasureKind
from shared.services.privacy import erasing
from tests.canaries import OF_DESK, OF_MAIL, found, opened, plant, sealed_texts
from tests.desk import SALES, SUPPORT, DeskUnderTest, desk_in, mail
from tests.log_watch import log_file, never_logged
from tests.stopped_clock import StoppedClock

EVERY = [*OF_MAIL.values(), *OF_DESK.values()]
# Sealed, and filled by the desk itself or by the demo's own people and mailbox, not by what is planted.
NOT_OF_A_PERSON = {
    *("accesses.actor", "accesses.role", "accesses.ticket"),
    *("mailboxes.address", "mailboxes.subject", "messages.to.address"),
    *("replies.from.address", "replies.from.name"),
    *("sessions.browser", "sessions.network", "uploads.sha256", "users.address", "users.name"),
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

    others = {"also", "message_id"}  # of somebody else; and no word of a person's
    words = [word for name, word in OF_MAIL.items() if name not in others]
    words += [OF_DESK[name] for name in ("note", "draft", "about")]
    assert found(desk, words, tmp_path) == set()


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

    # Of whom the other mailbox knows, name and address stay after a disconnect.
    others = {"also", "message_id"} if how == "erasure" else {"name", "address"}
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
