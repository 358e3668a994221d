"""What an administrator does for a receiver: another secret, and an event that it lost told once more."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator

import pytest

from shared.domain.webhooks import MAX_ATTEMPTS
from tests.desk import DeskBrowser, DeskUnderTest, mail
from tests.functional.receivers import PATH, advance, deliveries, echo, state, verified
from tests.stopped_clock import StoppedClock
from tests.stranger import Asked, Stranger, stranger


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


def signed_by(asked: Asked, secrets: list[str]) -> list[int]:
    """Return of each signature of a call which of these secrets it is by."""
    head = f"{asked.headers['webhook-id']}.{asked.headers['webhook-timestamp']}.".encode()
    known = []
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        digest = hmac.new(key, head + asked.body, hashlib.sha256).digest()
        known.append("v1," + base64.b64encode(digest).decode())
    return [known.index(one) for one in asked.headers["webhook-signature"].split(" ")]


def test_another_secret_signs_beside_the_ones_before_it_until_their_time_is_over(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """A receiver takes the new one when it suits it and misses no call, with two changes in a day too."""
    made = verified(admin, receiver)
    path, secrets = f"{PATH}/{made['webhook']['id']}", [made["secret"]]
    version = made["webhook"]["version"]
    for hours in (24, 48):
        answer = admin.send(
            "POST", f"{path}/secret", {"overlap_hours": hours}, if_match=f'"{version}"'
        )
        assert answer.status_code == 200, answer.data
        secrets.append(answer.json["secret"])
        version = answer.json["webhook"]["version"]

    desk.deliver(mail("One"))
    advance(desk, hours=25)
    desk.deliver(mail("Two", sender="Omar <omar@elsewhere.example.org>"))
    advance(desk, hours=24)
    desk.deliver(mail("Three", sender="Lea <lea@elsewhere.example.org>"))

    assert len(set(secrets)) == 3
    assert [signed_by(asked, secrets) for asked in receiver.asked] == [[2, 1, 0], [2, 1], [2]]
    actions = [e["action"] for e in desk.audit() if e["action"].startswith("webhook.")]
    assert actions.count("webhook.secret_replaced") == 2


def test_a_secret_that_others_know_signs_no_more(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """Without an overlap only the new one is good, also for what waits to be told again."""
    made = verified(admin, receiver)
    path, version = f"{PATH}/{made['webhook']['id']}", made["webhook"]["version"]
    receiver.answer("/hook", 503)
    desk.deliver(mail())

    answer = admin.send("POST", f"{path}/secret", {"overlap_hours": 0}, if_match=f'"{version}"')
    receiver.answers["/hook"] = echo
    advance(desk, minutes=2)

    secrets = [made["secret"], answer.json["secret"]]
    assert [signed_by(asked, secrets) for asked in receiver.asked] == [[0], [1]]


def test_another_secret_needs_a_fresh_proof_a_version_and_a_bounded_overlap(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """Pressed twice it makes one; a session that was left open makes none."""
    made = verified(admin, receiver)
    path, version = f"{PATH}/{made['webhook']['id']}", f'"{made["webhook"]["version"]}"'
    first = admin.send("POST", f"{path}/secret", {}, if_match=version)

    second = admin.send("POST", f"{path}/secret", {}, if_match=version)
    version = f'"{first.json["webhook"]["version"]}"'
    long = admin.send("POST", f"{path}/secret", {"overlap_hours": 169}, if_match=version)
    negative = admin.send("POST", f"{path}/secret", {"overlap_hours": -1}, if_match=version)
    endless = admin.send("POST", f"{path}/secret", {"overlap_hours": 10**15}, if_match=version)
    unsaid = admin.send("POST", f"{path}/secret", {})
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(601)
    late = admin.send("POST", f"{path}/secret", {}, if_match=version)

    assert (second.status_code, second.json["code"]) == (409, "webhook.changed_meanwhile")
    assert (long.status_code, long.json["code"]) == (400, "webhook.overlap_invalid")
    assert (long.json["params"]["most"], negative.json["code"]) == (168, "webhook.overlap_invalid")
    assert (endless.status_code, endless.json["code"]) == (400, "webhook.overlap_invalid")
    assert unsaid.status_code == 428
    assert (late.status_code, late.json["code"]) == (403, "step_up.required")
    assert admin.get(path).json["version"] == first.json["webhook"]["version"]


def test_an_event_that_the_receiver_lost_is_told_once_more(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """It comes at once, with the same id and content; each press is one call, and is recorded."""
    webhook = verified(admin, receiver)["webhook"]
    desk.deliver(mail())
    [row] = deliveries(admin, webhook)

    answer = admin.send("POST", f"{PATH}/{webhook['id']}/deliveries/{row['id']}/again")
    desk.settle()

    assert (answer.status_code, answer.json["outcome"]) == (200, "waiting")
    first, second = receiver.asked
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert json_data(first) == json_data(second)
    [row] = deliveries(admin, webhook)
    assert (row["outcome"], row["attempts"]) == ("delivered", 1)
    assert desk.documents("outbox") == {}
    [entry] = [e for e in desk.audit() if e["action"] == "webhook.told_again"]
    assert entry["target"]["id"] == webhook["id"]


def json_data(asked: Asked) -> object:
    """Return what a call told, without the time of the attempt."""
    return json.loads(asked.body)["data"]


def test_what_waits_is_told_at_once_and_not_a_second_time(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """A receiver that is mended need not wait six hours; the attempt that waited is left out."""
    webhook = verified(admin, receiver)["webhook"]
    receiver.answer("/hook", 503)
    desk.deliver(mail())
    advance(desk, minutes=2)
    [row] = deliveries(admin, webhook)
    assert (row["outcome"], row["attempts"]) == ("waiting", 2)
    receiver.asked.clear()
    receiver.answers["/hook"] = echo

    admin.send("POST", f"{PATH}/{webhook['id']}/deliveries/{row['id']}/again")
    desk.settle()
    advance(desk, days=1)

    assert len(receiver.asked) == 1
    assert desk.documents("outbox") == {}
    [row] = deliveries(desk.browser("administrator"), webhook)
    assert row["outcome"] == "delivered"


def test_what_was_given_up_is_tried_for_three_days_again(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """One press begins all attempts anew, once the address has proved itself again."""
    webhook = verified(admin, receiver)["webhook"]
    receiver.answer("/hook", 500)
    desk.deliver(mail())
    for _ in range(MAX_ATTEMPTS + 1):
        advance(desk, hours=7.3)
    admin = desk.browser("administrator")
    [row] = deliveries(admin, webhook)
    path = f"{PATH}/{webhook['id']}"

    disabled = admin.send("POST", f"{path}/deliveries/{row['id']}/again")
    receiver.answers["/hook"] = echo
    admin.send("POST", f"{path}/verify")
    receiver.answer("/hook", 500)
    receiver.asked.clear()
    again = admin.send("POST", f"{path}/deliveries/{row['id']}/again")
    desk.settle()
    advance(desk, minutes=2)
    receiver.answers["/hook"] = echo
    advance(desk, minutes=4)

    assert (row["outcome"], row["attempts"]) == ("given_up", MAX_ATTEMPTS)
    assert (disabled.status_code, disabled.json["code"]) == (409, "webhook.not_active")
    assert again.status_code == 200
    assert len(receiver.asked) == 3
    [row] = deliveries(desk.browser("administrator"), webhook)
    assert (row["outcome"], row["attempts"]) == ("delivered", 3)
    assert state(desk.browser("administrator"), webhook) == ("active", None)


def test_only_what_the_webhook_still_wants_and_the_desk_still_knows_is_told_again(
    desk: DeskUnderTest, admin: DeskBrowser, receiver: Stranger
) -> None:
    """Another webhook's delivery, a forgotten one, an event that is not chosen any more: each says so."""
    mine, others = verified(admin, receiver)["webhook"], verified(admin, receiver)["webhook"]
    desk.deliver(mail())
    [row] = deliveries(admin, mine)
    change = {"actions": ["message.joined"]}
    admin.send("PATCH", f"{PATH}/{mine['id']}", change, if_match=f'"{mine["version"]}"')
    receiver.asked.clear()

    unwanted = admin.send("POST", f"{PATH}/{mine['id']}/deliveries/{row['id']}/again")
    foreign = admin.send("POST", f"{PATH}/{others['id']}/deliveries/{row['id']}/again")
    unknown = admin.send("POST", f"{PATH}/{mine['id']}/deliveries/e_{'0' * 26}/again")
    desk.settle()

    assert (unwanted.status_code, unwanted.json["code"]) == (409, "webhook.event_not_chosen")
    assert (foreign.status_code, foreign.json["code"]) == (404, "webhook.delivery_not_found")
    assert (unknown.status_code, unknown.json["code"]) == (404, "webhook.delivery_not_found")
    assert receiver.asked == []
