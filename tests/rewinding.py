"""Taking a desk back to an earlier moment: the same Gmail, and stores, bus and instances as they were.

Many runs that begin alike cost one connected desk this way. Gmail itself is not taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local.desk import DATABASES
from shared import app as composition
from shared.app import App
from shared.bus.courier import Courier
from shared.bus.delivery import Retry
from shared.bus.local import LocalBus
from shared.store.contract import Document
from shared.store.sqlite import SqliteStore
from tests.canonical import Dump, canonical
from tests.counting import CountingBus, CountingStore
from tests.desk import DeskUnderTest
from tests.stopped_clock import StoppedClock


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything that a desk held at one time.

    `google` keeps the connections to Google, which remember nothing, for all runs: opening them is slow.
    """

    documents: dict[str, list[Document]]
    objects: dict[Path, bytes]  # of the buckets
    elapsed_seconds: float
    google: App


def moment(desk: DeskUnderTest) -> Moment:
    """Return the present state of a desk that is at rest."""
    documents = {name: list(file.dump()) for name, file in desk.files.items()}
    objects = {path: path.read_bytes() for path in _objects(desk)}
    return Moment(documents, objects, desk.clock.monotonic(), desk.app())


def take_back(desk: DeskUnderTest, to: Moment, *, sealing: bool = True) -> None:
    """Give a desk the stores and the time of an earlier moment, an empty bus and new instances.

    Without `sealing` nobody hears what concerns the sealed log, which follows minutes after everything.
    """
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(to.elapsed_seconds - desk.clock.monotonic())
    for path in _objects(desk):
        if path not in to.objects:
            path.unlink()
    for path, content in to.objects.items():
        path.write_bytes(content)
    for name in DATABASES:
        before = desk.files[name]
        before.close()
        desk.files[name] = SqliteStore(None, name, before._indexes, desk.clock)
        desk.files[name].transact(
            lambda tx, kept=to.documents[name]: [tx.put(d.collection, d.id, d.data) for d in kept]
        )
        desk.desk.stores[name] = CountingStore(desk.files[name], desk.counts)  # type: ignore[assignment]
    desk.queue.close()
    heard = {
        topic: [one for one in each if sealing or one.function not in ("seal_audit", "witness")]
        for topic, each in desk.desk._subscriptions().items()
    }
    desk.queue = LocalBus(None, heard, desk.clock)
    desk.desk.bus = CountingBus(desk.queue, desk.counts)  # type: ignore[assignment]
    desk.courier = Courier(
        desk.queue, desk._post, desk.desk.signer, desk.clock, Retry(0.01, 1.0, 100)
    )
    new_instances(desk, to)


def new_instances(
    desk: DeskUnderTest, since: Moment, wrap: Callable[[App], App] = lambda app: app
) -> None:
    """Let every function start anew: what instances remember is gone, what is stored stays."""
    desk.desk._apps.clear()

    def build(function: str) -> App:
        app = desk.desk.app(function)
        vars(app).update(gmail=since.google.gmail, oauth=since.google.oauth)
        return wrap(app)

    composition.install(build)


def dump(desk: DeskUnderTest) -> Dump:
    """Return what the desk holds, comparable."""
    return canonical(desk.app(), {name: file.dump() for name, file in desk.files.items()})


def _objects(desk: DeskUnderTest) -> list[Path]:
    folders = (desk.desk.home / name for name in ("key_copies", "files", "audit_log"))
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]
