"""A whole desk in one process: every function behind its own door, over the embedded seams.

`make run` serves it over HTTP; the tests call it directly. Each function has an `App` of its own that
may use what its manifest row names and nothing else, as in the cloud.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from local import manifest
from local.home import write_private
from local.rights import RightfulBlobs, RightfulBus, RightfulKeys, RightfulStore
from shared import app as composition
from shared.app import App
from shared.auth.oidc import JwksFile, TokenVerifier
from shared.blobs.folder import FolderBlobs
from shared.bus.contract import DeadLetters
from shared.bus.courier import Courier, Post
from shared.bus.delivery import Retry
from shared.bus.local import LocalBus, Subscription
from shared.bus.signer import PushSigner, new_private_key_pem
from shared.clock import Clock, SystemClock
from shared.domain.mailboxes import SYNC
from shared.keys.local import FileKeys
from shared.services import outbox
from shared.settings import Settings
from shared.store.contract import Filter, Query, Store, Transaction
from shared.store.indexes import Indexes
from shared.store.sqlite import SqliteStore

DATABASES: Final = ("(default)", "keyring", "audit", "witness")
CHAOS: Final = "CMO_BUS_CHAOS"


class Desk:
    """The embedded seams of one home folder, and an app a function over them."""

    def __init__(
        self,
        home: Path,
        *,
        url: str,
        google: str,
        clock: Clock | None = None,
        chaos_seed: int | None = None,
        password_cost: int = 12,
        in_memory: bool = False,
        rehearse: bool = False,
    ) -> None:
        self.home = home
        self.settings = Settings.for_local_desk(
            home, url=url, google=google, password_cost=password_cost
        )
        self.clock = clock or SystemClock()
        self.functions = manifest.load()
        create_keys(home)
        self.keys = FileKeys(home / "keys.json", self.clock)
        self.files = FolderBlobs(home / "files")
        self.audit_log = FolderBlobs(home / "audit_log", locked=True)
        indexes = Indexes.load(manifest.ROOT / "infra" / "indexes.json")
        self.stores: dict[str, SqliteStore] = {
            name: SqliteStore(
                None if in_memory else home / f"{name.strip('()')}.sqlite",
                name,
                indexes,
                self.clock,
                rehearse=rehearse,
            )
            for name in DATABASES
        }
        self.signer = PushSigner(
            (home / "push_key.pem").read_bytes(), self.settings.push_service_account
        )
        self.push_verifier = TokenVerifier(JwksFile(home / "push_jwks.json"))
        self.bus = LocalBus(
            None if in_memory else home / "bus.sqlite",
            self._subscriptions(),
            self.clock,
            chaos_seed=chaos_seed,
        )
        self.dead_letters: DeadLetters = self.bus
        self._apps: dict[str, App] = {}
        self._lock = threading.Lock()

    def app(self, function: str) -> App:
        """Return the app of a function, which may do what its manifest row says."""
        with self._lock:
            if function not in self._apps:
                self._apps[function] = self._build(function)
            return self._apps[function]

    def operator(self) -> App:
        """Return an app that may do everything: for seeding, and for tests that look into the store."""
        default, keyring, audit, witness = (self.stores[name] for name in DATABASES)
        return App(
            self.settings,
            "operator",
            clock=self.clock,
            store=default,
            keyring=keyring,
            audit=audit,
            witness=witness,
            bus=self.bus,
            dead_letters=self.dead_letters,
            keys=self.keys,
            key_administration=self.keys,
            files=self.files,
            audit_log=self.audit_log,
        )

    def courier(self, post: Post, *, first_wait_seconds: float = 0.2) -> Courier:
        """Return what takes events from the bus to the functions."""
        return Courier(
            self.bus,
            post,
            self.signer,
            self.clock,
            Retry(first_wait_seconds, max(60.0, first_wait_seconds)),
        )

    def recover(self) -> None:
        """Take up what a desk that died left behind: its leases, and events that it had not published.

        In the cloud both wait for their time; here no other process can be at work on them.
        """
        outbox.sweep(self.operator(), older_than=timedelta(0))
        store = self.stores["(default)"]
        page = store.query(Query(SYNC, (Filter("active", "==", True),), limit=100))
        for document in page.documents:
            store.transact(partial(_give_back, mailbox_id=document.id))

    @contextlib.contextmanager
    def installed(self) -> Iterator[Desk]:
        """Let the functions of this process find this desk's apps."""
        composition.install(self.app)
        try:
            yield self
        finally:
            composition.install(None)

    def close(self) -> None:
        """Close the files; what is owed stays in them."""
        self.bus.close()
        for store in self.stores.values():
            store.close()

    def _build(self, function: str) -> App:
        row = self.functions[function]
        stores: dict[str, Store] = {
            name: RightfulStore(store, function, name, row.databases.get(name))
            for name, store in self.stores.items()
        }
        own: dict[str, Any] = {"dead_letters": self.dead_letters} if row.dead_letters else {}
        return App(
            self.settings,
            function,
            **own,
            clock=self.clock,
            store=stores["(default)"],
            keyring=stores["keyring"],
            audit=stores["audit"],
            witness=stores["witness"],
            bus=RightfulBus(self.bus, function, row.publishes),
            keys=RightfulKeys(self.keys, function, row.secrets),
            files=RightfulBlobs(self.files, function, "files", row.buckets.get("files")),
            audit_log=RightfulBlobs(
                self.audit_log, function, "audit_log", row.buckets.get("audit_log")
            ),
            push_verifier=self.push_verifier,
        )

    def _subscriptions(self) -> dict[str, list[Subscription]]:
        found: dict[str, list[Subscription]] = {}
        for row in self.functions.values():
            for name, topic in row.subscriptions.items():
                subscription = Subscription(
                    name=name,
                    function=row.name,
                    url=f"{self.settings.push_audience}/{row.name}",
                    audience=self.settings.audience_of(row.name),
                    ack_deadline_seconds=row.timeout + 30,
                )
                found.setdefault(topic, []).append(subscription)
        return found


def _give_back(tx: Transaction, mailbox_id: str) -> None:
    tx.update(SYNC, mailbox_id, {"lease_until": None})


def create_keys(home: Path) -> None:
    """Make the keys of a new home; those of an old one are never replaced."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (home / "keys.json").exists():
        FileKeys.create(home / "keys.json")
    FileKeys.complete(home / "keys.json")
    if not (home / "push_key.pem").exists():
        pem = new_private_key_pem()
        signer = PushSigner(pem, "unused")
        write_private(home / "push_jwks.json", signer.jwks_json())
        write_private(home / "push_key.pem", pem)
