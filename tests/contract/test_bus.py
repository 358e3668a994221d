"""Every promise of shared/bus/contract.py, kept by every implementation.

The pushes go over real HTTP. What an implementation promises beyond the contract is in tests/unit/bus.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.auth.oidc import verify_push
from shared.bus.contract import (
    ACKNOWLEDGED,
    MAX_DELAY,
    MAX_EVENT_BYTES,
    MAX_LATER_EVENT_BYTES,
    DeadLetter,
)
from shared.bus.signer import PushSigner, new_private_key_pem
from shared.errors import NotFound, Unauthenticated, Unavailable
from tests.contract.bus_rigs import ATTEMPTS, SERVICE_ACCOUNT, Arrival, CloudRig, LocalRig, Rig
from tests.contract.emulators import PubSubEmulator


@pytest.fixture(scope="session")
def signer() -> PushSigner:
    """Return the key with which the bus signs; making one takes time."""
    return PushSigner(new_private_key_pem(), SERVICE_ACCOUNT)


@pytest.fixture(params=["local", "local with chaos", "Pub/Sub"])
def rig(request: pytest.FixtureRequest, tmp_path: Path, signer: PushSigner) -> Iterator[Rig]:
    """Give a bus of each implementation, with handlers that acknowledge until a test says otherwise."""
    made: Rig
    if request.param == "Pub/Sub":
        emulator: PubSubEmulator = request.getfixturevalue("pubsub_emulator")
        made = CloudRig(tmp_path, signer, emulator, f"project-{uuid.uuid4().hex[:12]}")
    else:
        made = LocalRig(tmp_path, signer, 2026 if "chaos" in request.param else None)
    yield made
    made.close()


def test_an_event_reaches_every_subscription_of_its_topic_and_no_other(rig: Rig) -> None:
    """A topic's subscribers all get its events; those of other topics do not."""
    rig.bus.publish("audit-recorded", {"audit_id": "a_1"})

    rig.receiver.wait(
        lambda: bool(rig.receiver.events("write-audit") and rig.receiver.events("seal-audit"))
    )
    rig.settle()
    assert rig.receiver.events("create-ticket") == []


def test_an_event_arrives_as_it_was_published(rig: Rig) -> None:
    """Nothing is lost on the way: not a digit of a large number, not a letter of a script."""
    event = {
        "id": "m_1",
        "history_id": 2**63 - 1,
        "text": 'نعم "\\ \u2028 🖨',
        "deep": [{"a": [None, True, 1.5]}],
    }

    rig.bus.publish("message-received", event)

    rig.receiver.wait(lambda: bool(rig.receiver.arrivals))
    arrival = rig.receiver.arrivals[0]
    assert arrival.received.event == event
    assert arrival.received.subscription == "create-ticket"
    assert arrival.received.message_id


def test_all_events_of_a_batch_arrive(rig: Rig) -> None:
    """A page of Gmail's history is published at once, and none of it may be missing."""
    events = [{"gmail_id": f"{n:016x}"} for n in range(500)]

    rig.bus.publish_all("message-received", events)

    wanted = {event["gmail_id"] for event in events}
    rig.receiver.wait(lambda: _gmail_ids(rig) >= wanted)
    assert _gmail_ids(rig) == wanted


def test_an_empty_batch_is_no_event(rig: Rig) -> None:
    """A page without news publishes nothing."""
    rig.bus.publish_all("message-received", [])

    rig.settle()
    assert rig.receiver.arrivals == []


def test_each_acknowledging_status_ends_the_deliveries(rig: Rig) -> None:
    """What was answered with 102, 200, 201 or 204 comes no more."""
    statuses = ACKNOWLEDGED - {202}  # which the emulator, unlike Pub/Sub, takes for a refusal
    rig.receiver.answer = _answer_as_the_event_says
    for status in sorted(statuses):
        rig.bus.publish("message-received", {"answer": status})

    rig.receiver.wait(lambda: _answers(rig).keys() >= statuses)
    rig.settle()
    before = len(rig.receiver.arrivals)
    rig.settle()
    assert len(rig.receiver.arrivals) == before


def test_any_other_status_brings_the_event_again(rig: Rig) -> None:
    """Also a redirect or a 4xx is a nack: the event comes until it is acknowledged, under one id."""
    refusals = (301, 400, 404, 429, 500, 503)
    rig.receiver.answer = _answer_as_the_event_says
    for status in refusals:
        rig.bus.publish("message-received", {"answer": status})

    rig.receiver.wait(lambda: all(_answers(rig)[status] >= 2 for status in refusals))
    rig.receiver.answer = lambda _: 204
    ids = {a.received.message_id for a in rig.receiver.arrivals}
    assert len(ids) == len(refusals)


def test_a_delivery_without_an_answer_is_made_again(rig: Rig) -> None:
    """A handler that hangs beyond the ack deadline does not keep the event."""
    release = threading.Event()
    rig.receiver.hang_once(release)
    rig.bus.publish("message-received", {"gmail_id": "1"})

    rig.receiver.wait(lambda: len(rig.receiver.arrivals) >= 2)
    release.set()
    assert len({a.received.message_id for a in rig.receiver.arrivals}) == 1


def test_an_event_published_while_nobody_works_arrives_later(rig: Rig) -> None:
    """A deployment or an outage of the handlers costs time, not events."""
    rig.receiver.answer = lambda _: 503
    rig.bus.publish("message-received", {"gmail_id": "1"})
    rig.receiver.wait(lambda: bool(rig.receiver.arrivals))

    rig.receiver.answer = lambda _: 204

    seen = len(rig.receiver.arrivals)
    rig.receiver.wait(lambda: len(rig.receiver.arrivals) > seen)


def test_an_event_outlives_the_process_that_published_it(rig: Rig) -> None:
    """Once publish has returned, SIGKILL takes nothing away."""
    program = rig.program() + (
        "import os, signal\n"
        "bus.publish('message-received', {'gmail_id': 'one'})\n"
        "bus.publish_all('message-received', [{'gmail_id': str(n)} for n in range(100)])\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )

    ended = subprocess.run([sys.executable, "-c", program], check=False, timeout=60)

    assert ended.returncode == -9
    wanted = {"one", *(str(n) for n in range(100))}
    rig.receiver.wait(lambda: _gmail_ids(rig) >= wanted)


def test_an_event_for_later_never_comes_early(rig: Rig) -> None:
    """The undo window of a reply is kept: what waits is overtaken by what does not."""
    not_before = datetime.now(UTC) + timedelta(seconds=2)
    rig.bus.publish("message-received", {"gmail_id": "later"}, not_before)
    rig.bus.publish("message-received", {"gmail_id": "now"})

    rig.receiver.wait(lambda: _gmail_ids(rig) >= {"now", "later"})
    later = [a for a in rig.receiver.arrivals if a.received.event == {"gmail_id": "later"}]
    assert min(arrival.at for arrival in later) >= not_before


def test_an_event_for_later_reaches_every_subscription(rig: Rig) -> None:
    """Waiting changes when an event comes, not to whom."""
    soon = datetime.now(UTC) + timedelta(seconds=0.5)

    rig.bus.publish("audit-recorded", {"audit_id": "a_1"}, soon)

    rig.receiver.wait(
        lambda: bool(rig.receiver.events("write-audit") and rig.receiver.events("seal-audit"))
    )


def test_a_time_that_has_passed_means_now(rig: Rig) -> None:
    """A caller need not look at the clock before it names a time."""
    rig.bus.publish("message-received", {"gmail_id": "1"}, datetime.now(UTC) - timedelta(days=400))

    rig.receiver.wait(lambda: bool(rig.receiver.arrivals))


def test_after_its_last_attempt_an_event_is_kept_and_can_be_replayed(rig: Rig) -> None:
    """What no handler could take is shown to an operator, and delivered again when asked for."""
    rig.receiver.answer = lambda _: 500
    rig.bus.publish("message-received", {"gmail_id": "poison"})
    rig.receiver.wait(lambda: len(rig.receiver.arrivals) >= ATTEMPTS)
    [dead] = _wait_for_a_dead_letter(rig)
    attempts = len(rig.receiver.arrivals)

    rig.receiver.answer = lambda _: 204
    rig.dead_letters.replay(dead.id)

    assert dead.event == {"gmail_id": "poison"}
    assert dead.subscription == "create-ticket"
    assert dead.attempts == ATTEMPTS
    rig.receiver.wait(lambda: len(rig.receiver.arrivals) > attempts)
    assert list(rig.dead_letters.dead_letters()) == []
    with pytest.raises(NotFound):
        rig.dead_letters.replay(dead.id)


@pytest.mark.parametrize("unknown", ["", "1", "create-ticket/1", "nobody/1", "../1"])
def test_a_dead_letter_that_is_not_there_is_not_found(rig: Rig, unknown: str) -> None:
    """An operator who mistypes an id is told so."""
    with pytest.raises(NotFound) as caught:
        rig.dead_letters.replay(unknown)

    assert caught.value.code == "dead_letter.not_found"


def test_an_event_beyond_the_limits_is_refused_whole(rig: Rig) -> None:
    """A caller's mistake is told to the caller, and nothing of its batch is published."""
    now = datetime.now(UTC)
    soon = now + timedelta(hours=1)
    with pytest.raises(ValueError, match="bytes"):
        rig.bus.publish("message-received", _event_of(MAX_EVENT_BYTES + 1))
    with pytest.raises(ValueError, match="bytes"):
        rig.bus.publish("message-received", _event_of(MAX_LATER_EVENT_BYTES + 1), soon)
    with pytest.raises(ValueError, match="days"):
        rig.bus.publish("message-received", {}, now + MAX_DELAY + timedelta(minutes=1))
    with pytest.raises(ValueError, match="JSON"):
        rig.bus.publish("message-received", {"at": now})
    with pytest.raises(ValueError, match="JSON"):
        rig.bus.publish("message-received", {"ratio": float("nan")})
    with pytest.raises(ValueError, match="bytes"):
        rig.bus.publish_all("message-received", [{}, _event_of(MAX_EVENT_BYTES + 1)])

    rig.settle()
    assert rig.receiver.arrivals == []


def test_events_at_the_limits_are_taken(rig: Rig) -> None:
    """The limits are what is promised, not one byte less."""
    now, later = _event_of(MAX_EVENT_BYTES), _event_of(MAX_LATER_EVENT_BYTES)
    rig.bus.publish("message-received", now)
    rig.bus.publish("message-received", later, datetime.now(UTC) + timedelta(seconds=0.5))
    rig.bus.publish("message-received", {"gmail_id": "far"}, datetime.now(UTC) + MAX_DELAY)

    rig.receiver.wait(
        lambda: {_size(a) for a in rig.receiver.arrivals} >= {_size(now), _size(later)}
    )


def test_an_event_that_cannot_be_made_durable_is_an_error(rig: Rig) -> None:
    """The caller is told, in a way that its own caller can retry."""
    bus = rig.unreachable()

    with pytest.raises(Unavailable) as caught:
        bus.publish("message-received", {"gmail_id": "1"})
    with pytest.raises(Unavailable):
        bus.publish_all("message-received", [{"gmail_id": "1"}])

    assert caught.value.code == "bus.unavailable"


def test_a_push_proves_who_sent_it(rig: Rig) -> None:
    """The token of a push verifies for its own audience and account, and for nothing else."""
    rig.bus.publish("message-received", {"gmail_id": "1"})
    rig.receiver.wait(lambda: bool(rig.receiver.arrivals))
    arrival = rig.receiver.arrivals[0]
    audience = f"{rig.receiver.url}{arrival.path}"
    assert arrival.authorization is not None

    claims = verify_push(rig.verifier, arrival.authorization, audience, SERVICE_ACCOUNT)

    assert claims["email"] == SERVICE_ACCOUNT
    for authorization, wanted, account in (
        (None, audience, SERVICE_ACCOUNT),
        (_altered(arrival.authorization), audience, SERVICE_ACCOUNT),
        (arrival.authorization, f"{audience}/other", SERVICE_ACCOUNT),
        (arrival.authorization, audience, "somebody@desk.example.com"),
    ):
        with pytest.raises(Unauthenticated):
            verify_push(rig.verifier, authorization, wanted, account)


def _gmail_ids(rig: Rig) -> set[object]:
    return {a.received.event.get("gmail_id") for a in rig.receiver.arrivals}


def _answer_as_the_event_says(arrival: Arrival) -> int:
    answer = arrival.received.event["answer"]
    assert isinstance(answer, int)
    return answer


def _answers(rig: Rig) -> Counter[object]:
    return Counter(a.received.event.get("answer") for a in rig.receiver.arrivals)


def _event_of(size: int) -> dict[str, object]:
    """Return an event that is `size` bytes of compact JSON."""
    frame = len(json.dumps({"pad": ""}, separators=(",", ":")))
    return {"pad": "x" * (size - frame)}


def _size(event: object) -> int:
    pad = event.received.event if isinstance(event, Arrival) else event
    assert isinstance(pad, dict)
    return len(pad.get("pad", ""))


def _altered(authorization: str) -> str:
    """Return the header with one claim changed and the signature kept."""
    head, claims, signature = authorization.split(".")
    content = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    content["exp"] += 1
    changed = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    return f"{head}.{changed}.{signature}"


def _wait_for_a_dead_letter(rig: Rig) -> list[DeadLetter]:
    for _ in range(20):
        found = list(rig.dead_letters.dead_letters())
        if found:
            return found
        rig.settle()
    pytest.fail("no dead letter came")
