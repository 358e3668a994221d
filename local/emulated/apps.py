"""The apps of a desk on Google's emulators, as each of its processes builds them from the home's files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from local import manifest
from local.home import write_private
from local.manifest import FunctionRow
from local.rights import RightfulBus, RightfulKeys, RightfulStore
from shared.app import LATER_QUEUE, App
from shared.auth.oidc import JwksFile, TokenVerifier
from shared.settings import Settings
from shared.store.indexes import Indexes

if TYPE_CHECKING:
    from google.pubsub_v1 import PublisherClient, SubscriberClient

    from shared.bus.contract import Bus, DeadLetters
    from shared.keys.contract import Keys
    from shared.store.contract import Store

FILE: Final = "emulated.json"
OPERATOR: Final = "operator"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a desk's parts answer: desk and Google as URLs, the services of its project as host:port."""

    desk: str
    google: str
    firestore: str
    pubsub: str
    tasks: str

    @classmethod
    def read(cls, home: Path) -> Self | None:
        """Return what stands in the home, None for a desk on the embedded seams."""
        try:
            return cls(**json.loads((home / FILE).read_text("utf-8")))
        except FileNotFoundError:
            return None

    def write(self, home: Path) -> None:
        """Tell it to the other processes of this home."""
        write_private(home / FILE, json.dumps(asdict(self)).encode())


class EmulatedApp(App):
    """The app of one function, which may do what its row says, or of an operator, who may do everything.

    As in production nothing connects before its first use: gunicorn forks after the function is loaded,
    and a connection of gRPC does not outlive that.
    """

    def __init__(
        self, settings: Settings, function: str, addresses: Addresses, row: FunctionRow | None
    ) -> None:
        super().__init__(settings, function)
        assert settings.local is not None
        self._home = settings.local.home
        self._addresses = addresses
        self._row = row
        self._connections: list[Any] = []

    def close(self) -> None:
        """Close what this app has connected; nothing can be asked afterwards."""
        for connection in self._connections:
            connection.close()

    @cached_property
    def keys(self) -> Keys:
        """Holds the home's keys."""
        from shared.keys.local import FileKeys  # noqa: PLC0415 - as shared/app.py

        keys = FileKeys(self._home / "keys.json", self.clock)
        return RightfulKeys(keys, self.function, self._row.secrets) if self._row else keys

    @cached_property
    def bus(self) -> Bus:
        """Publishes to the emulator, and later through the local Cloud Tasks."""
        from local.emulated import emulators  # noqa: PLC0415
        from shared.bus.cloud_tasks import CloudTasks  # noqa: PLC0415
        from shared.bus.pubsub import PubSubBus  # noqa: PLC0415

        later = CloudTasks(
            queue_of(self.settings),
            service_account(self.settings, self.function),
            client=emulators.tasks(self._connect(self._addresses.tasks)),
            pubsub=f"http://{self._addresses.pubsub}",
        )
        bus = PubSubBus(self.settings.project, later, self.clock, client=self.publisher)
        return RightfulBus(bus, self.function, self._row.publishes) if self._row else bus

    @cached_property
    def dead_letters(self) -> DeadLetters:
        """Shows what the emulator has given up."""
        from shared.bus.pubsub_dead_letters import PubSubDeadLetters  # noqa: PLC0415

        topics = {
            name: topic
            for row in manifest.load().values()
            for name, topic in row.subscriptions.items()
        }
        return PubSubDeadLetters(
            self.settings.project,
            topics,
            subscriber=self.subscriber,
            publisher=self.publisher,
            timeout_seconds=1,
        )

    @cached_property
    def publisher(self) -> PublisherClient:
        """Pub/Sub's own client, for publishing to the emulator."""
        from local.emulated import emulators  # noqa: PLC0415

        return emulators.publisher(self._pubsub)

    @cached_property
    def subscriber(self) -> SubscriberClient:
        """Pub/Sub's own client, for the emulator's subscriptions."""
        from local.emulated import emulators  # noqa: PLC0415

        return emulators.subscriber(self._pubsub)

    @cached_property
    def push_verifier(self) -> TokenVerifier:
        """Knows the key that signs this home's pushes."""
        return TokenVerifier(JwksFile(self._home / "push_jwks.json"))

    @cached_property
    def _pubsub(self) -> Any:
        return self._connect(self._addresses.pubsub)

    def _connect(self, address: str) -> Any:
        from local.emulated import emulators  # noqa: PLC0415

        self._connections.append(channel := emulators.channel(address))
        return channel

    def _database(self, name: str) -> Store:
        from shared.store.firestore import FirestoreStore  # noqa: PLC0415

        indexes = Indexes.load(manifest.ROOT / "infra" / "indexes.json")
        store = FirestoreStore(
            self.settings.project, name, indexes, emulator=self._addresses.firestore
        )
        self._connections.append(store)
        if self._row is None:
            return store
        return RightfulStore(store, self.function, name, self._row.databases.get(name))


def build(home: Path, addresses: Addresses, function: str = OPERATOR) -> EmulatedApp:
    """Return the app of a function, or of an operator, of the desk in this home."""
    settings = Settings.for_local_desk(home, url=addresses.desk, google=addresses.google)
    row = None if function == OPERATOR else manifest.load()[function]
    return EmulatedApp(settings, function, addresses, row)


def queue_of(settings: Settings) -> str:
    """Return the full name of the queue of events that wait."""
    return f"projects/{settings.project}/locations/{settings.location}/queues/{LATER_QUEUE}"


def service_account(settings: Settings, function: str) -> str:
    """Return the account that a function would run as."""
    return f"fn-{function.replace('_', '-')}@{settings.project}.iam.gserviceaccount.com"
