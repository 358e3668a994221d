"""Disconnecting a mailbox: who may, what goes, what stays, and what is told of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from shared.clock import to_text
from shared.errors import NotFound
from shared.services import statements
from tests.desk import SALES, SUPPORT, DeskUnderTest, mail
from tests.functional.test_authorization import MATRIX, World
from tests.replying import asked, draft, queue
from tests.stopped_clock import StoppedClock

SECRET = "a word that stands in no other place"


def disconnect(desk: DeskUnderTest, address: str = SUPPORT, role: str = "administrator") -> Any:
    """Ask for a mailbox to be disconnected, and let everything that follows happen."""
    body = {"mailbox_id": desk.mailboxes[address]}
    answer = desk.browser(role).send("POST", "/api/oauth/disconnect", body)
    desk.settle()
    return answer


def told(desk: DeskUnderTest, address: str = SUPPORT, role: str = "administrator") -> Any:
    """Return what the page says of a disconnect."""
    path = f"/api/admin/mailboxes/{desk.mailboxes[address]}/disconnect"
    return desk.browser(role).get(path).json


def at_work(desk: DeskUnderTest) -> dict[str, Any]:
    """Give a mailbox with everything that one can hold, beside another one."""
    ticket = asked(desk, text=SECRET)
    desk.connect(SALES, "supervisor")
    desk.deliver(mail("Elsewhere", sender="Omar <omar@customers.example.net>", to=SALES), SALES)
    agent, supervisor = desk.browser("agent"), desk.browser("supervisor")
    path = f"/api/tickets/{ticket['id']}"
    file = {"x_file_name": quote("a file.pdf"), "content_type": "application/pdf"}
    assert agent.send("POST", f"{path}/uploads", b"%PDF", **file).status_code == 201
    assert agent.send("POST", f"{path}/notes", {"text": SECRET}).status_code == 201
    assert agent.send("POST", f"{path}/presence", {"typing": True}).status_code < 300
    later = draft(agent, ticket)
    tomorrow = to_text(desk.clock.now() + timedelta(days=1))
    queue(agent, later, ticket["conversation"], send_at=tomorrow)
    draft(agent, ticket, text=SECRET)
    own = desk.mailboxes[SUPPORT]
    saved = {"name": "Thanks", "text": SECRET, "mailbox_id": own}
    assert supervisor.send("POST", "/api/tickets/saved_replies", saved).status_code == 201
    desk.settle()
    return ticket


def test_what_is_there_is_told_before(desk: DeskUnderTest) -> None:
    """The administrator sees what there is to destroy; nothing has happened yet."""
    at_work(desk)

    view = told(desk)

    assert view["state"] == "connected"
    assert view["holds"] == {
        "tickets": 1,
        "messages": 1,
        "notes": 1,
        "queued_replies": 1,
        "drafts": 1,
        "files": 1,
    }
    assert view["receipt_url"] is None


def test_nothing_of_it_opens_any_more_and_the_rest_works_on(desk: DeskUnderTest) -> None:
    """Key and copy are gone, Google's grant is revoked, and no collection holds mail of the mailbox."""
    ticket = at_work(desk)
    own = desk.mailboxes[SUPPORT]
    before = {
        (d.collection, d.id): d.data for d in desk.files["(default)"].dump() if "sealed" in d.data
    }

    assert disconnect(desk).status_code == 204

    assert own not in desk.documents("keys", "keyring")
    assert not (desk.desk.home / "key_copies" / own).exists()
    app = desk.app()
    for (collection, id), data in before.items():  # as a backup has it, under the keyring of now
        if data.get("mailbox_id") == own:
            with pytest.raises(NotFound, match=r"key\.not_found"):
                app.envelope.open(own, f"{collection}/{id}/sealed", str(data["sealed"]))
    left = {
        d.collection
        for d in desk.files["(default)"].dump()
        if d.data.get("mailbox_id") == own or d.id == own
    }
    # Whatever else comes to hold something of a mailbox is cleared too, or says here why not.
    assert left == {"mailboxes", "tickets", "disconnects"}
    assert own not in desk.documents("sync")
    assert list((desk.desk.home / "files").iterdir()) == []
    mailbox = desk.documents("mailboxes")[own]
    assert (mailbox["state"], mailbox["credential"]) == ("disconnected", None)
    # Nora wrote nowhere else: she is forgotten; Omar wrote to the other mailbox.
    [omar] = desk.documents("customers").values()
    assert list(omar["mailbox_ids"]) == [desk.mailboxes[SALES]]
    assert {id for id in desk.documents("keys", "keyring") if id.startswith("c_")} == set(
        desk.documents("customers")
    )

    agent = desk.browser("agent")
    view = agent.get(f"/api/tickets/{ticket['id']}").json
    assert view["messages"] == []
    shown = view["ticket"]
    assert (shown["code"], shown["subject"], shown["customer"]) == (ticket["code"], None, None)
    assert shown["destroyed_at"] is not None
    changed = agent.send(
        "PATCH",
        f"/api/tickets/{ticket['id']}",
        {"state": "solved"},
        if_match=f'"{shown["version"]}"',
    )
    assert (changed.status_code, changed.json["code"]) == (409, "ticket.content_destroyed")
    assert [one["subject"] for one in desk.tickets() if one["subject"]] == ["Elsewhere"]
    desk.deliver(mail("More"), SUPPORT)
    desk.deliver(mail("Another", to=SALES), SALES)
    assert len(desk.tickets()) == 3


def test_what_comes_late_does_nothing(desk: DeskUnderTest) -> None:
    """A push and an event that were on their way are passed over."""
    at_work(desk)
    gmail_id = desk.sandbox.deliver(SUPPORT, mail("Late"))["id"]
    disconnect(desk)
    own = desk.mailboxes[SUPPORT]

    for function, event in (
        ("create_ticket", {"mailbox_id": own, "gmail_id": gmail_id}),
        ("gmail_push", {"emailAddress": SUPPORT, "historyId": 9_999}),
        ("gmail_push", {"mailbox_id": own}),
        ("erase", {"kind": "mailbox", "id": own, "step": 3}),
    ):
        assert desk.push(function, event).status_code == 204
    desk.settle()

    assert [m for m in desk.documents("messages").values() if m["mailbox_id"] == own] == []


def test_what_became_of_it_is_told(desk: DeskUnderTest) -> None:
    """The page and the receipt say the same, and the log holds the receipt's hash."""
    at_work(desk)
    disconnect(desk)

    view = told(desk)
    receipt = desk.browser("administrator").get(view["receipt_url"])

    assert (view["state"], view["grant"], view["holds"]) == ("done", "revoked", None)
    assert view["destroyed"]["messages"] == 1
    assert view["destroyed"]["replies"] == 2
    assert receipt.status_code == 200
    kind, body = statements.read(desk.app(), receipt.data)
    assert kind == "mailbox.disconnected"
    assert body["destroyed"] == view["destroyed"]
    assert body["caches_forget_by"] == view["caches_forget_by"]
    assert SUPPORT not in receipt.text
    actions = {e["action"]: e for e in desk.audit() if e["action"].startswith("mailbox.")}
    assert actions["mailbox.disconnected"]["reason"] == "revoked"
    assert actions["mailbox.disconnected"]["actor"]["role"] == "administrator"
    assert actions["mailbox.content_destroyed"]["changes"][0]["field"] == "receipt"


def test_the_same_account_becomes_another_mailbox(desk: DeskUnderTest) -> None:
    """It has a new id and key; what the old one had stays destroyed."""
    ticket = at_work(desk)
    before = desk.mailboxes[SUPPORT]
    disconnect(desk)

    after = desk.browser("administrator").connect(desk.sandbox, SUPPORT)
    desk.mailboxes[SUPPORT] = after
    desk.deliver(mail("A new beginning"))

    assert after != before
    assert desk.documents("mailboxes")[after]["state"] == "active"
    assert desk.documents("tickets")[ticket["id"]]["sealed"] is None
    assert {t["mailbox_id"] for t in desk.documents("tickets").values() if t["sealed"]} == {
        after,
        desk.mailboxes[SALES],
    }


def test_a_google_that_does_not_answer_holds_nothing_up(desk: DeskUnderTest) -> None:
    """The key is destroyed all the same; three tries later the person is told to look for themselves."""
    at_work(desk)
    desk.sandbox.plant("oauth.revoke", "status", status=503, times=9)

    assert disconnect(desk).status_code == 204

    assert told(desk)["grant"] == "unreached"
    assert desk.mailboxes[SUPPORT] not in desk.documents("keys", "keyring")


def test_a_mailbox_without_a_grant_is_disconnected_too(desk: DeskUnderTest) -> None:
    """Google took the grant away before: there is nothing to give back."""
    at_work(desk)
    desk.sandbox.revoke_grant(SUPPORT)
    desk.clock.advance(3600)  # type: ignore[attr-defined]
    desk.tick("poll_mailboxes")
    desk.settle()

    disconnect(desk)

    assert told(desk)["grant"] == "none"


def test_it_asks_for_a_fresh_proof(desk: DeskUnderTest) -> None:
    """A session that was left open is not enough."""
    at_work(desk)
    administrator = desk.browser("administrator")
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(601)

    answer = administrator.send(
        "POST", "/api/oauth/disconnect", {"mailbox_id": desk.mailboxes[SUPPORT]}
    )

    assert (answer.status_code, answer.json["code"]) == (403, "step_up.required")
    assert told(desk)["state"] == "connected"


def test_a_legal_hold_lets_nothing_begin(desk: DeskUnderTest) -> None:
    """On the mailbox or on one of its tickets; when it is lifted, the mailbox can be disconnected."""
    ticket = at_work(desk)
    administrator = desk.browser("administrator")
    hold = {"kind": "ticket", "target": ticket["code"], "reason": "A court asked."}
    held = administrator.send("POST", "/api/admin/legal_holds", hold)
    assert held.status_code == 201, held.text

    refused = disconnect(desk)

    assert (refused.status_code, refused.json["code"]) == (409, "mailbox.on_hold")
    assert told(desk)["state"] == "connected"
    assert (
        administrator.send("DELETE", f"/api/admin/legal_holds/{held.json['id']}").status_code < 300
    )
    assert disconnect(desk).status_code == 204


def test_who_connected_it_may_and_others_may_not(desk: DeskUnderTest) -> None:
    """By self-service, whatever role they have now; another agent is refused, and that is recorded."""
    at_work(desk)
    own = desk.mailboxes[SUPPORT]
    agent_id = desk.browser("agent").get("/api/session/").json["user"]["id"]
    desk.app().store.transact(lambda tx: tx.update("mailboxes", own, {"connected_by": agent_id}))

    refused = disconnect(desk, role="supervisor")
    assert (refused.status_code, refused.json["code"]) == (403, "permission.missing")
    assert disconnect(desk, role="agent").status_code == 204

    assert told(desk, role="agent")["state"] == "done"


def test_no_door_breaks_over_what_was_destroyed(desk: DeskUnderTest) -> None:
    """Every list, search, opening, report, export, merge and reply path gives a clear answer."""
    world = World(desk)
    doomed = world.own
    desk.mailboxes[SUPPORT] = doomed.mailbox_id
    assert disconnect(desk).status_code == 204
    broken = {}
    for route in MATRIX:
        if route in ("session DELETE /", "oauth POST /disconnect"):
            continue
        if "{customer_id}" in route:
            continue  # they are erased with their only mailbox
        for role in ("administrator", "supervisor"):
            answer = world.ask(route, doomed, world.browsers[role])
            if answer.status_code >= 500 or (answer.status_code == 200 and SECRET in answer.text):
                broken[f"{role}: {route}"] = (answer.status_code, answer.text[:200])
    assert broken == {}
