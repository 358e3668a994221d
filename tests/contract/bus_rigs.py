"""What the contract suite of the bus runs on: every implementation, with handlers behind real HTTP.

A `Rig` is a bus with the topics TOPICS, whose subscriptions push to a `Receiver`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Protocol

import grpc
from google.pubsub_v1 import PublisherClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

from local.emulated.cloud_tasks import CloudTasksServer
from local.emulated.pushes import PushTarget, SigningRelay
from shared.auth.oidc import JwksFile, TokenVerifier
from shared.bus.cloud_tasks import CloudTasks
from shared.bus.contract import Bus, DeadLetters
from shared.bus.courier import Courier, HttpPost
from shared.bus.delivery import Retry
from shared.bus.envelope import Received, read
from shared.bus.local import LocalBus, Subscription
from shared.bus.pubsub import PubSubBus
from shared.bus.pubsub_dead_letters import PubSubDeadLetters
from shared.bus.signer import PushSigner
from shared.clock import SystemClock
from tests.contract.emulators import PubSubEmulator

TOPICS = {
    "message-received": ["create-ticket"],
    "audit-recorded": ["write-audit", "seal-audit"],
}
ATTEMPTS = 5  # the fewest that Pub/Sub allows before a dead letter
SHORTEST_ACK_DEADLINE_SECONDS = 10  # of Pub/Sub
SERVICE_ACCOUNT = "push@desk.example.com"
CLOCK = SystemClock()


@dataclass(frozen=True)
class Arrival:
    """One push, as it came in."""

    received: Received
    path: str
    authorization: str | None
    at: datetime


class Receiver:
    """An HTTP server that remembers every push and answers with the status that `answer` gives."""

    def __init__(self) -> None:
        self.answer: Callable[[Arrival], int] = lambda _: 204
        self.arrivals: list[Arrival] = []
        self._hang_until: list[threading.Event] = []
        self._news = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                arrival = Arrival(
                    read(body), self.path, self.headers["Authorization"], datetime.now(UTC)
                )
                status = receiver._take(arrival)
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    self.close_connection = True  # nobody waits for the answer any more

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def hang_once(self, release: threading.Event) -> None:
        """Do not answer the next push until `release` is set."""
        self._hang_until.append(release)

    def events(self, subscription: str) -> list[object]:
        """Return the events that a subscription was sent so far, repetitions included."""
        with self._news:
            return [a.received.event for a in self.arrivals if a.path == f"/push/{subscription}"]

    def wait(self, condition: Callable[[], bool], seconds: float = 40) -> None:
        """Wait for pushes until the condition holds, and fail after `seconds`."""
        deadline = time.monotonic() + seconds
        with self._news:
            while not condition():
                left = deadline - time.monotonic()
                assert left > 0, f"after {seconds} s only {len(self.arrivals)} pushes had come"
                self._news.wait(left)

    def close(self) -> None:
        """End its threads and free its ports."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _take(self, arrival: Arrival) -> int:
        with self._news:
            self.arrivals.append(arrival)
            status = self.answer(arrival)
            release = self._hang_until.pop() if self._hang_until else None
            self._news.notify_all()
        if release is not None:
            release.wait(60)
        return status


class Rig(Protocol):
    """A bus under test."""

    receiver: Receiver
    verifier: TokenVerifier

    @property
    def bus(self) -> Bus:
        """The bus itself."""
        ...

    @property
    def dead_letters(self) -> DeadLetters:
        """What it could not deliver."""
        ...

    def settle(self) -> None:
        """Wait until no delivery is to be expected any more."""
        ...

    def program(self) -> str:
        """Return Python that makes `bus`, in another process, the same bus."""
        ...

    def unreachable(self) -> Bus:
        """Return a bus whose outside does not answer."""
        ...

    def close(self) -> None:
        """End every process and thread."""
        ...


class LocalRig:
    """The embedded bus with its courier, in threads of this process."""

    def __init__(self, folder: Path, signer: PushSigner, chaos_seed: int | None = None) -> None:
        self._folder = folder
        self._chaos_seed = chaos_seed
        self.receiver = Receiver()
        self.verifier = _verifier(folder, signer)
        self.bus = LocalBus(
            folder / "bus.sqlite", self._subscriptions(), CLOCK, chaos_seed=chaos_seed
        )
        self.dead_letters = self.bus
        self._post = HttpPost()
        retry = Retry(minimum_seconds=0.1, maximum_seconds=1, attempts=ATTEMPTS)
        courier = Courier(self.bus, self._post, signer, CLOCK, retry)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=courier.run, args=(self._stop,))
        self._thread.start()

    def settle(self) -> None:
        """Wait for the queue to be empty of what is due."""
        assert self.bus.settle(30)

    def program(self) -> str:
        """Return Python that makes the same bus."""
        return (
            "from pathlib import Path\n"
            "from shared.bus.local import LocalBus, Subscription\n"
            "from shared.clock import SystemClock\n"
            f"subscriptions = {self._subscriptions()!r}\n"
            f"path = Path({str(self._folder / 'bus.sqlite')!r})\n"
            f"bus = LocalBus(path, subscriptions, SystemClock(), chaos_seed={self._chaos_seed})\n"
        )

    def unreachable(self) -> Bus:
        """Return a bus whose file is closed."""
        bus = LocalBus(self._folder / "other.sqlite", self._subscriptions(), CLOCK)
        bus.close()
        return bus

    def close(self) -> None:
        """End its threads and free its ports."""
        self._stop.set()
        self._thread.join()
        self.bus.close()
        self._post.close()
        self.receiver.close()

    def _subscriptions(self) -> dict[str, Sequence[Subscription]]:
        return {
            topic: [self._subscription(name) for name in names] for topic, names in TOPICS.items()
        }

    def _subscription(self, name: str) -> Subscription:
        url = f"{self.receiver.url}/push/{name}"
        return Subscription(name, name.replace("-", "_"), url, url, ack_deadline_seconds=2)


class CloudRig:
    """Pub/Sub's emulator, and a Cloud Tasks that keeps what is for later. One project a rig."""

    def __init__(
        self, folder: Path, signer: PushSigner, emulator: PubSubEmulator, project: str
    ) -> None:
        self._emulator = emulator
        self._project = project
        self._queue = f"projects/{project}/locations/europe-west1/queues/later"
        self.receiver = Receiver()
        self.verifier = _verifier(folder, signer)
        urls = [f"{self.receiver.url}/push/{name}" for names in TOPICS.values() for name in names]
        self._relay = SigningRelay(
            signer, {url.removeprefix(self.receiver.url): PushTarget(url, url, 30) for url in urls}
        )
        self._tasks = CloudTasksServer(self._queue, [SERVICE_ACCOUNT])
        self._make_topics()
        later = CloudTasks(
            self._queue, SERVICE_ACCOUNT, client=self._tasks.client, pubsub=emulator.url
        )
        self.bus = PubSubBus(project, later, CLOCK, client=emulator.publisher)
        self.dead_letters = PubSubDeadLetters(
            project,
            {name: topic for topic, names in TOPICS.items() for name in names},
            subscriber=emulator.subscriber,
            publisher=emulator.publisher,
            timeout_seconds=1,
        )

    def settle(self) -> None:
        """Wait longer than the emulator waits before a second delivery; it cannot be asked."""
        time.sleep(1.5)

    def program(self) -> str:
        """Return Python that makes the same bus."""
        return (
            "import grpc\n"
            "from google.pubsub_v1 import PublisherClient\n"
            "from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport\n"
            "from shared.bus.pubsub import PubSubBus\n"
            "from shared.clock import SystemClock\n"
            f"channel = grpc.insecure_channel({self._emulator.address!r})\n"
            "client = PublisherClient(transport=PublisherGrpcTransport(channel=channel))\n"
            f"bus = PubSubBus({self._project!r}, None, SystemClock(), client=client)\n"
        )

    def unreachable(self) -> Bus:
        """Return a bus to a port where nobody listens."""
        channel = grpc.insecure_channel("127.0.0.1:1")
        client = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        later = CloudTasks(self._queue, SERVICE_ACCOUNT, client=self._tasks.client)
        return PubSubBus(self._project, later, CLOCK, client=client, timeout_seconds=1)

    def close(self) -> None:
        """End its threads and free its ports."""
        for names in TOPICS.values():
            for name in names:
                path = f"projects/{self._project}/subscriptions/{name}"
                self._emulator.subscriber.delete_subscription(subscription=path)
        self._tasks.close()
        self._relay.close()
        self.receiver.close()

    def _make_topics(self) -> None:
        project = f"projects/{self._project}"
        publisher, subscriber = self._emulator.publisher, self._emulator.subscriber
        for topic, names in TOPICS.items():
            publisher.create_topic(name=f"{project}/topics/{topic}")
            for name in names:
                publisher.create_topic(name=f"{project}/topics/dead-{name}")
                subscriber.create_subscription(
                    name=f"{project}/subscriptions/dead-{name}",
                    topic=f"{project}/topics/dead-{name}",
                )
                subscriber.create_subscription(
                    request={
                        "name": f"{project}/subscriptions/{name}",
                        "topic": f"{project}/topics/{topic}",
                        "ack_deadline_seconds": SHORTEST_ACK_DEADLINE_SECONDS,
                        "push_config": {"push_endpoint": f"{self._relay.url}/push/{name}"},
                        "dead_letter_policy": {
                            "dead_letter_topic": f"{project}/topics/dead-{name}",
                            "max_delivery_attempts": ATTEMPTS,
                        },
                    }
                )


def _verifier(folder: Path, signer: PushSigner) -> TokenVerifier:
    keys = folder / "keys.json"
    keys.write_bytes(signer.jwks_json())
    return TokenVerifier(JwksFile(keys))
