"""Webhooks: a receiver that has proved itself is told, signed, until it has taken what happened."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.webhooks import MAX_ATTEMPTS, wait_after
from tests.desk import SALES, DeskBrowser, DeskUnderTest, mail
from tests.functional.receivers import PATH, advance, deliveries, echo, made, state, verified
from tests.stopped_clock import StoppedClock
from tests.stranger import Stranger, stranger


@pytest.fixture
def receiver() -> Iterator[Stranger]:
    """Run a receiver that answers challenges and takes everything."""
    with stranger() as running:
        running.answers["/hook"] = echo
        yield running


@pytest.fixture
def admin(desk: DeskUnderTest) -> DeskBrowser:
    """Connect a mailbox, and sign in as an administrator."""
    desk.connect()
    return desk.browser("administrator")


def test_a_receiver_is_told_of_a_new_ticket(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """A mail arrives, and the receiver gets ids, signed as Standard Webhooks says, with no content."""
    made = verified(admin, receiver)

    desk.deliver(mail("The printer is on fire", message_id="<1@customers.example.net>"))

    [asked] = receiver.asked
    content = json.loads(asked.body)
    [ticket] = desk.documents("tickets")
    assert content["type"] == "ticket.created"
    assert content["data"]["target"] == {"type": "ticket", "id": ticket}
    assert content["data"]["id"] == asked.headers["webhook-id"]
    assert asked.headers["content-type"] == "application/json"
    key = base64.b64decode(made["secret"].removeprefix("whsec_"))
    signed = f"{asked.headers['webhook-id']}.{asked.headers['webhook-timestamp']}.".encode()
    expected = hmac.new(key, signed + asked.body, hashlib.sha256).digest()
    assert asked.headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
    for personal in (b"printer", b"nora", b"Nora", b"example.net", b"support@"):
        assert personal not in asked.body
    [row] = deliveries(admin, made["webhook"])
    assert (row["outcome"], row["attempts"], row["status"]) == ("delivered", 1, 200)


def test_only_chosen_events_of_chosen_mailboxes_are_told(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """A webhook of one mailbox and one event hears nothing of others."""
    sales = desk.connect(SALES)
    verified(admin, receiver, mailbox_ids=[sales], actions=["ticket.state_changed"])

    desk.deliver(mail())
    desk.deliver(mail(to=SALES), to=SALES)
    for ticket in desk.tickets():
        answer = desk.browser("supervisor").send(
            "PATCH", f"/api/tickets/{ticket['id']}", {"state": "solved"}, if_match='"1"'
        )
        assert answer.status_code == 200, answer.data
    desk.settle()

    told = [json.loads(asked.body) for asked in receiver.asked]
    assert {(one["type"], one["data"]["mailbox_id"]) for one in told} == {
        ("ticket.state_changed", sales)
    }
    assert all(
        {"field": "state", "before": "new", "after": "solved"} in one["data"]["changes"]
        for one in told
    )


def test_a_note_is_told_without_its_words(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """What colleagues write to each other stays between them; that they wrote is told."""
    verified(admin, receiver, actions=["note.created"])
    desk.deliver(mail())
    [ticket] = desk.tickets()

    answer = desk.browser("agent").send(
        "POST", f"/api/tickets/{ticket['id']}/notes", {"text": "The customer is furious."}
    )
    desk.settle()

    assert answer.status_code == 201, answer.data
    [asked] = receiver.asked
    told = json.loads(asked.body)["data"]
    assert (told["target"]["id"], told["by"], told["outcome"]) == (ticket["id"], "user", "success")
    assert b"furious" not in asked.body


def test_nothing_is_sent_to_an_address_that_nobody_proved(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """Until the address has said our word it gets the challenge and nothing else, and stays unverified."""
    receiver.answer("/hook", body=b'{"challenge": "a guess"}')
    webhook = made(admin, f"{receiver.url}/hook")["webhook"]

    verify = admin.send("POST", f"{PATH}/{webhook['id']}/verify")
    test = admin.send("POST", f"{PATH}/{webhook['id']}/test")
    resumed = admin.send("PATCH", f"{PATH}/{webhook['id']}", {"state": "active"}, if_match='"1"')
    desk.deliver(mail())

    assert (verify.status_code, verify.json["code"]) == (400, "webhook.not_verified")
    assert verify.json["params"]["reason"] == "challenge"
    assert (test.status_code, test.json["code"]) == (409, "webhook.verify_first")
    assert (resumed.status_code, resumed.json["code"]) == (409, "webhook.verify_first")
    assert [json.loads(asked.body)["type"] for asked in receiver.asked] == ["webhook.verification"]
    assert state(admin, webhook) == ("unverified", None)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_challenge_is_echoed_as_text_or_json(
    admin: DeskBrowser, receiver: Stranger, form: str
) -> None:
    """Both forms that a small receiver may write are read."""
    if form == "text":
        receiver.answers["/hook"] = lambda asked: (
            201,
            {},
            json.loads(asked.body)["data"]["challenge"].encode() + b"\n",
        )

    webhook = verified(admin, receiver)["webhook"]

    assert webhook["state"] == "active"


def test_a_test_says_what_came_back(admin: DeskBrowser, receiver: Stranger) -> None:
    """An administrator sees the receiver's status, or why there was none; nothing is stored."""
    webhook = verified(admin, receiver)["webhook"]
    receiver.answer("/hook", 418)

    answered = admin.send("POST", f"{PATH}/{webhook['id']}/test").json
    receiver.answers["/hook"] = lambda asked: (asked.write(b"nonsense\r\n\r\n"), (0, {}, b""))[1]
    silent = admin.send("POST", f"{PATH}/{webhook['id']}/test").json

    assert answered == {"accepted": False, "status": 418, "reason": None}
    assert silent == {"accepted": False, "status": None, "reason": "answer"}
    assert deliveries(admin, webhook) == []


def test_calls_by_hand_are_bounded(admin: DeskBrowser, receiver: Stranger) -> None:
    """Nobody makes the desk a tool against another server by pressing a button."""
    webhook = verified(admin, receiver)["webhook"]

    codes = [admin.send("POST", f"{PATH}/{webhook['id']}/test").status_code for _ in range(10)]

    assert codes == [200] * 9 + [429]


def test_a_failed_delivery_is_repeated_under_its_id_until_it_succeeds(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """A receiver that was down gets the event later, with the same webhook-id, once."""
    webhook = verified(admin, receiver)["webhook"]
    receiver.answer("/hook", 503)

    desk.deliver(mail())
    [waiting] = deliveries(admin, webhook)
    advance(desk, minutes=1.3)
    receiver.answers["/hook"] = echo
    advance(desk, minutes=4)
    advance(desk, days=1)

    assert (waiting["outcome"], waiting["status"], waiting["attempts"]) == ("waiting", 503, 1)
    assert len(receiver.asked) == 3
    assert len({asked.headers["webhook-id"] for asked in receiver.asked}) == 1
    assert len({asked.headers["webhook-timestamp"] for asked in receiver.asked}) == 3
    [row] = deliveries(desk.browser("administrator"), webhook)
    assert (row["outcome"], row["attempts"]) == ("delivered", 3)
    desk.settle()
    assert desk.documents("outbox") == {}


def test_a_receiver_that_fails_for_days_is_disabled(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """After three days of trying the webhook is disabled, recorded and shown; it must be verified again."""
    webhook = verified(admin, receiver)["webhook"]
    receiver.answer("/hook", 500)

    desk.deliver(mail())
    for _ in range(MAX_ATTEMPTS + 1):
        advance(desk, hours=7.3)

    assert len(receiver.asked) == MAX_ATTEMPTS
    assert state(desk.browser("administrator"), webhook) == ("disabled", "failing")
    [row] = deliveries(desk.browser("administrator"), webhook)
    assert (row["outcome"], row["attempts"], row["next_at"]) == ("given_up", MAX_ATTEMPTS, None)
    [entry] = [e for e in desk.audit() if e["action"] == "webhook.disabled"]
    assert (entry["reason"], entry["target"]["id"]) == ("failing", webhook["id"])
    admin = desk.browser("administrator")
    receiver.answers["/hook"] = echo
    again = admin.send("POST", f"{PATH}/{webhook['id']}/verify")
    assert (again.status_code, again.json["state"]) == (200, "active")


def test_a_receiver_that_refuses_one_event_alone_goes_on(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """An event that is given up does not silence a receiver that takes the others."""
    webhook = verified(admin, receiver)["webhook"]
    receiver.answer("/hook", 500)
    desk.deliver(mail("One"))
    refused = receiver.asked[0].headers["webhook-id"]
    receiver.answers["/hook"] = lambda asked: (
        500 if asked.headers["webhook-id"] == refused else 200,
        {},
        b"",
    )

    advance(desk, minutes=2)
    desk.deliver(mail("Two", sender="Omar <omar@elsewhere.example.org>"))
    for _ in range(MAX_ATTEMPTS):
        advance(desk, hours=7.3)

    assert state(desk.browser("administrator"), webhook) == ("active", None)
    assert {row["outcome"] for row in deliveries(desk.browser("administrator"), webhook)} == {
        "delivered",
        "given_up",
    }


def test_a_receiver_that_is_gone_is_disabled_at_once(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """410 means never again."""
    webhook = verified(admin, receiver)["webhook"]
    receiver.answer("/hook", 410)

    desk.deliver(mail("One"))
    desk.deliver(mail("Two", sender="Omar <omar@elsewhere.example.org>"))
    advance(desk, days=1)

    assert len(receiver.asked) == 1
    assert state(desk.browser("administrator"), webhook) == ("disabled", "gone")


@pytest.mark.parametrize("meanwhile", ["paused", "moved", "deleted", "uninterested"])
def test_what_is_still_due_is_not_sent_after_a_change(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger, meanwhile: str
) -> None:
    """Paused, moved to another address, deleted, or no longer interested: the waiting call is not made."""
    webhook = verified(admin, receiver)["webhook"]
    receiver.answer("/hook", 503)
    desk.deliver(mail())
    receiver.asked.clear()
    change = {
        "paused": {"state": "paused"},
        "moved": {"url": f"{receiver.url}/elsewhere"},
        "uninterested": {"actions": ["message.joined"]},
    }.get(meanwhile)
    path = f"{PATH}/{webhook['id']}"

    if change is None:
        answer = admin.send("DELETE", path)
    else:
        answer = admin.send("PATCH", path, change, if_match=f'"{webhook["version"]}"')
    advance(desk, days=1)

    assert answer.status_code in (200, 204)
    assert receiver.asked == []
    assert desk.documents("outbox") == {}
    if meanwhile == "moved":
        assert state(desk.browser("administrator"), webhook) == ("unverified", None)


def test_a_paused_webhook_goes_on_when_resumed(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """Resuming needs no new proof: the address is the same."""
    webhook = verified(admin, receiver)["webhook"]
    path = f"{PATH}/{webhook['id']}"

    paused = admin.send("PATCH", path, {"state": "paused"}, if_match=f'"{webhook["version"]}"').json
    active = admin.send("PATCH", path, {"state": "active"}, if_match=f'"{paused["version"]}"').json
    advance(desk, minutes=1)
    desk.deliver(mail())

    assert (paused["state"], active["state"]) == ("paused", "active")
    assert len(receiver.asked) == 1


def test_a_second_delivery_of_an_event_calls_nobody(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """What is recorded as delivered is not sent again, whoever delivers the event again."""
    webhook = verified(admin, receiver)["webhook"]
    desk.deliver(mail())
    [row] = deliveries(admin, webhook)
    document = desk.documents("webhooks")[webhook["id"]]
    event = {
        "webhook_id": webhook["id"],
        "generation": document["generation"],
        "event_id": row["event_id"],
        "action": "ticket.created",
        "mailbox_id": desk.mailboxes["support@example.com"],
        "data": {},
    }

    answer = desk.push("deliver_webhook", event)

    assert answer.status_code == 204
    assert len(receiver.asked) == 1


def test_an_attempt_that_died_unrecorded_is_made_again_under_its_id(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """A crash between call and record repeats the call: at least once, with an id to tell it by."""
    verified(admin, receiver)
    app = desk.desk.app("deliver_webhook")
    whole = app.store
    app.store = _DiesAtFirstCommit(whole)  # type: ignore[assignment]

    desk.deliver(mail())

    assert len(receiver.asked) == 2
    assert len({asked.headers["webhook-id"] for asked in receiver.asked}) == 1


class _DiesAtFirstCommit:
    """A store that is away when the first outcome is to be recorded."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._deaths = 1
        self.get, self.get_all, self.query = inner.get, inner.get_all, inner.query

    def transact(self, work: Any) -> Any:
        from shared.errors import Unavailable

        if self._deaths:
            self._deaths = 0
            raise Unavailable("store.unavailable")
        return self._inner.transact(work)


def test_an_event_that_no_webhook_wants_costs_no_read(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """Warm, fan-out reads nothing: neither for events of other kinds nor for those nobody chose."""
    verified(admin, receiver, actions=["ticket.state_changed"])
    desk.deliver(mail())
    entry = {
        "action": "ticket.created",
        "outcome": "success",
        "reason": None,
        "time": "2026-01-05T09:00:00.000Z",
    }
    entry |= {"actor": {"type": "user", "pseudonym": "act_1"}, "target": None, "changes": []}
    entry |= {"source": {"function": "tickets"}}
    before = desk.counts.reads

    for action in ("ticket.created", "session.created"):
        desk.push("react", {"id": "e_" + "0" * 26, "entry": entry | {"action": action}})

    assert desk.counts.reads == before


def test_making_and_moving_a_webhook_need_a_fresh_proof(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """A session that was left open cannot send the desk's events elsewhere; the rest it may change."""
    webhook = made(admin, f"{receiver.url}/hook")["webhook"]
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(601)
    path, body = (
        f"{PATH}/{webhook['id']}",
        {"name": "B", "url": "https://example.net/", "actions": ["ticket.created"]},
    )

    again = admin.send("POST", PATH, body)
    moved = admin.send("PATCH", path, {"url": "https://example.net/"}, if_match='"1"')
    named = admin.send("PATCH", path, {"name": "Another name"}, if_match='"1"')

    assert (again.status_code, again.json["code"]) == (403, "step_up.required")
    assert (moved.status_code, moved.json["code"]) == (403, "step_up.required")
    assert (named.status_code, named.json["name"]) == (200, "Another name")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"url": "https://user:secret@example.net/"}, "web.url_refused"),
        ({"url": "ftp://example.net/"}, "web.url_refused"),
        ({"url": "not an address"}, "web.url_refused"),
        ({"actions": []}, "webhook.unknown_event"),
        ({"actions": ["session.created"]}, "webhook.unknown_event"),
        ({"mailbox_ids": []}, "webhook.unknown_mailbox"),
        ({"mailbox_ids": ["mb_" + "0" * 26]}, "webhook.unknown_mailbox"),
        ({"mailbox_ids": ["x/y"]}, "webhook.unknown_mailbox"),
        ({"name": "  "}, "webhook.name_invalid"),
    ],
)
def test_a_webhook_that_cannot_work_is_refused(
    desk: DeskUnderTest, admin: DeskBrowser, changes: dict[str, Any], code: str
) -> None:
    """Odd addresses, events of people or nothing, and unknown mailboxes are named, and nothing is stored."""
    body = {"name": "A", "url": "https://example.net/", "actions": ["ticket.created"]} | changes

    answer = admin.send("POST", PATH, body)

    assert (answer.status_code, answer.json["code"]) == (400, code)
    assert desk.documents("webhooks") == {}


def test_a_private_address_is_not_called(admin: DeskBrowser) -> None:
    """A webhook into the private network is not verified, and says why."""
    webhook = made(admin, "https://10.0.0.1/hook")["webhook"]

    answer = admin.send("POST", f"{PATH}/{webhook['id']}/verify")

    assert (answer.status_code, answer.json["code"]) == (400, "webhook.not_verified")
    assert answer.json["params"]["reason"] == "network.private_address"


def test_two_who_change_a_webhook_are_both_told(admin: DeskBrowser, receiver: Stranger) -> None:
    """The second gets 409 with the version that is current."""
    webhook = made(admin, f"{receiver.url}/hook")["webhook"]
    path = f"{PATH}/{webhook['id']}"

    first = admin.send("PATCH", path, {"name": "One"}, if_match='"1"')
    second = admin.send("PATCH", path, {"name": "Two"}, if_match='"1"')
    blind = admin.send("PATCH", path, {"name": "Two"})

    assert first.status_code == 200
    assert (second.status_code, second.json["code"]) == (409, "webhook.changed_meanwhile")
    assert second.json["params"]["version"] == 2
    assert blind.status_code == 428


def test_a_repeated_request_makes_one_webhook(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """The answer got lost; the same key returns the same webhook with its secret."""
    body = {"name": "A", "url": f"{receiver.url}/hook", "actions": ["ticket.created"]}

    first = admin.send("POST", PATH, body, idempotency_key="4d3b0c1e-once")
    second = admin.send("POST", PATH, body, idempotency_key="4d3b0c1e-once")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert len(desk.documents("webhooks")) == 1


def test_address_and_secret_are_kept_sealed_and_changes_are_recorded(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """Neither store nor log holds an address or secret in the clear; the log tells who did what."""
    made = verified(admin, receiver, name="The warehouse")
    desk.deliver(mail())
    admin.send("DELETE", f"{PATH}/{made['webhook']['id']}")
    desk.settle()

    everything = json.dumps([list(file.dump()) for file in desk.files.values()], default=str)
    for secret in (receiver.url, made["secret"], "The warehouse"):
        assert secret not in everything
    actions = {e["action"] for e in desk.audit() if e["action"].startswith("webhook.")}
    assert actions == {"webhook.created", "webhook.verified", "webhook.deleted"}


def test_the_waits_grow_and_span_three_days() -> None:
    """One minute at first, six hours at most, each spread, and about three days in all."""
    shortest = [wait_after(n, 0.0) for n in range(1, MAX_ATTEMPTS)]
    middle = [wait_after(n, 0.5) for n in range(1, MAX_ATTEMPTS)]
    longest = [wait_after(n, 1.0) for n in range(1, MAX_ATTEMPTS)]

    assert middle[0] == timedelta(minutes=1)
    assert middle[-1] == timedelta(hours=6)
    assert timedelta(days=2.5) < sum(middle, timedelta()) < timedelta(days=3.5)
    assert all(a < b < c for a, b, c in zip(shortest, middle, longest, strict=True))
    assert wait_after(MAX_ATTEMPTS, 0.5) is None
