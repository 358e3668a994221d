"""Sealing: entries become leaves of the tree, in the order in which the database took them.

A delivery of `audit-recorded` only makes sure that the sealer is woken once the entry has settled; woken, it
takes the lease, appends what has settled in batches, signs a checkpoint for each, then copies and tells,
prunes what is too old, and is woken again a minute later if there was anything. The clock strikes hourly in
any case, which is recorded (`log.heartbeat`), so that an hour without an entry is evidence.

Two sealers cannot fork the log: a batch is committed in one transaction with the head, which must be as it
was when the batch was read, under the same fence. A run that died leaves either the whole batch or nothing,
and its lease ends by itself.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, cast

from shared import clock, codec, ids, log
from shared.app import App
from shared.audit import entry as entries
from shared.audit import signed_note, tree
from shared.audit.checkpoint import Checkpoint
from shared.audit.entry import Happened
from shared.audit.events import Action
from shared.audit.tree import WIDTH, Edge
from shared.domain.events import AUDIT_RECORDED, TICK_SEAL
from shared.errors import NotFound, Unavailable
from shared.keys.contract import AUDIT_SIGNING_KEY
from shared.services import audit_log, statements
from shared.services.audit import log_copies, pruning, sealed_log
from shared.services.audit.sealed_log import Head, read_head
from shared.store.contract import Data, Document, Filter, Order, Query, Transaction

if TYPE_CHECKING:
    from shared.audit.signed_note import Signer

SETTLE: Final = timedelta(minutes=2)  # so late may what was committed earlier become visible
MINUTE: Final = timedelta(seconds=60)
LEASE: Final = timedelta(seconds=150)  # over the function's timeout
BATCH: Final = 1_000
_RUN_SECONDS: Final = 60.0
_PAGE: Final = 100
_SHARDS: Final = "0123456789abcdef"
_BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)


def notice(app: App) -> None:
    """Make sure that the sealer is woken when what was just recorded has settled. Mostly one read."""
    head = read_head(app.audit)
    now = app.clock.now()
    if head.wake_at is None or head.wake_at <= now:
        _wake(app, now + SETTLE)


def beat(app: App) -> None:
    """Record that the hour has struck, once an hour however often it is said, then seal."""
    hour = app.clock.now().replace(minute=0, second=0, microsecond=0)
    id = ids.derived_id(ids.EVENT, "heartbeat", clock.to_text(hour))
    happened = Happened(Action.LOG_HEARTBEAT, audit_log.function(app))
    entry = entries.build(happened, id=id, time=hour, function=app.function, trace="")
    app.bus.publish(AUDIT_RECORDED, {"id": id, "entry": entry})
    seal(app)


def seal(app: App) -> None:
    """Seal what has settled. Raises Unavailable("audit.sealing") while another run holds the lease."""
    head = read_head(app.audit)
    now = app.clock.now()
    owed = head.told_size < head.size
    if not owed and head.sealed_at is not None and now < head.sealed_at + MINUTE:
        return
    waiting = _settled(app, head, now - SETTLE)
    first = next(waiting, None)
    if first is None and not owed:
        if _unsettled(app, now - SETTLE):
            _wake(app, now + SETTLE)
        return
    lease = _take_lease(app, head)
    started = app.clock.monotonic()
    head = lease
    batch = [] if first is None else [first, *islice(waiting, BATCH - 1)]
    while batch:
        head = _append(app, head, batch)
        late = app.clock.monotonic() - started > _RUN_SECONDS
        batch = [] if late else list(islice(waiting, BATCH))
    log_copies.copy(app, head)
    _finish(app, pruning.prune(app, head))


def _settled(app: App, head: Head, until: datetime) -> Iterator[Document]:
    """Yield entries that are not sealed yet, the earliest first; each shard is read as it is needed."""
    since = head.at or _BEGINNING
    streams = [_shard(app, shard, since, until) for shard in _SHARDS]
    for found in heapq.merge(*streams, key=_place):
        if _place(found) > (since, head.last_id):
            yield found


def _shard(app: App, shard: str, since: datetime, until: datetime) -> Iterator[Document]:
    filters = (
        Filter("shard", "==", shard),
        Filter("ingested_at", ">=", since),
        Filter("ingested_at", "<=", until),
    )
    query = Query(entries.COLLECTION, filters, (Order("ingested_at"),), limit=_PAGE)
    while True:
        page = app.audit.query(query)
        yield from page.documents
        if page.next is None:
            return
        query = replace(query, cursor=page.next)


def _unsettled(app: App, since: datetime) -> bool:
    """Say whether something was taken in that has not settled."""
    for shard in _SHARDS:
        filters = (Filter("shard", "==", shard), Filter("ingested_at", ">", since))
        query = Query(entries.COLLECTION, filters, (Order("ingested_at"),), limit=1)
        if app.audit.query(query).documents:
            return True
    return False


def _place(document: Document) -> tuple[datetime, str]:
    return cast("datetime", document.data["ingested_at"]), document.id


def _take_lease(app: App, seen: Head) -> Head:
    now = app.clock.now()

    def work(tx: Transaction) -> Head:
        head = read_head(tx)
        if head.lease_until is not None and now < head.lease_until:
            raise Unavailable("audit.sealing")
        if (head.size, head.told_size) != (seen.size, seen.told_size):
            raise Unavailable(
                "audit.sealing"
            )  # another run was faster, and has given its lease back
        taken = replace(head, fence=head.fence + 1, lease_until=now + LEASE)
        tx.put(sealed_log.LOG, sealed_log.HEAD, codec.to_document(taken))
        return taken

    return app.audit.transact(work)


def _append(app: App, head: Head, batch: Sequence[Document]) -> Head:
    """Commit a batch with the head and its checkpoint, whole or not at all; return the new head."""
    edge, last_bundle = _edge(app, head)
    texts = [cast("str", document.data["text"]).encode() for document in batch]
    leaves = [tree.leaf_hash(text) for text in texts]
    for document, leaf in zip(batch, leaves, strict=True):
        if document.data["leaf"] != leaf.hex():  # it is sealed as it is: what was done to it shows
            log.event("CRITICAL", "audit.entry_differs", entry=document.id)
    changed = edge.append(leaves)
    signers = _signers(app)
    new = replace(
        head,
        size=edge.size,
        root=edge.root(),
        at=_place(batch[-1])[0],
        last_id=batch[-1].id,
        sealed_at=app.clock.now(),
        keys=_with(head.keys, signers),
    )
    checkpoint = Checkpoint(signers[0].name, new.size, new.root)
    note = str(signed_note.sign(checkpoint.text, *signers))
    bundles = _bundles(head.size, last_bundle, batch, texts)

    def work(tx: Transaction) -> None:
        current = read_head(tx)
        if (current.size, current.root, current.fence) != (head.size, head.root, head.fence):
            raise Unavailable("audit.sealing")
        for (level, number), hashes in changed.items():
            data: Data = {"hashes": b"".join(hashes)}
            collection, id = sealed_log.tile_key(level, number)
            tx.put(collection, id, data if level else {**data, **bundles[number]})
        data = {"size": new.size, "text": note, "at": new.sealed_at}
        tx.create(sealed_log.CHECKPOINTS, sealed_log.checkpoint_id(new.size), data)
        tx.put(sealed_log.LOG, sealed_log.HEAD, codec.to_document(new))

    app.audit.transact(work)
    return new


def _edge(app: App, head: Head) -> tuple[Edge, Document | None]:
    """Return the tree's right edge as it is stored, and its last bundle where that is partial."""
    parts = tree.edge_tiles(head.size)
    found = app.audit.get_all([sealed_log.tile_key(level, number) for level, number, _ in parts])
    edge = Edge(head.size)
    bundle = None
    for (level, _, width), document in zip(parts, found, strict=True):
        while len(edge.tiles) <= level:
            edge.tiles.append([])
        edge.tiles[level] = [] if document is None else sealed_log.hashes_of(document)[:width]
        bundle = document if level == 0 else bundle
    if edge.root() != head.root:
        log.event("CRITICAL", "audit.tree_differs", size=head.size)
        raise Unavailable("audit.tree_differs")
    return edge, bundle


def _bundles(
    size: int, last: Document | None, batch: Sequence[Document], texts: Sequence[bytes]
) -> dict[int, dict[str, Any]]:
    """Return what the bundles hold beside hashes, those that the batch changes, by number."""
    all_texts = sealed_log.read_bundle(cast("bytes", last.data["texts"])) if last else []
    all_ids = list(cast("Sequence[str]", last.data["ids"])) if last else []
    all_texts += texts
    all_ids += [document.id for document in batch]
    times: list[datetime | None] = [None] * (size % WIDTH) + [_place(one)[0] for one in batch]
    first = size // WIDTH
    return {
        first + at // WIDTH: {
            "number": first + at // WIDTH,
            "texts": sealed_log.write_bundle(all_texts[at : at + WIDTH]),
            "ids": all_ids[at : at + WIDTH],
            "until": times[min(at + WIDTH, len(times)) - 1],
        }
        for at in range(0, len(all_texts), WIDTH)
    }


def _finish(app: App, head: Head) -> None:
    """Say that the head is copied and told, be woken again in a minute, and give the lease back."""
    wake_at = app.clock.now() + MINUTE
    app.bus.publish(TICK_SEAL, {"wake": True}, wake_at)
    done = replace(head, told_size=head.size, wake_at=wake_at, lease_until=None)

    def work(tx: Transaction) -> None:
        if read_head(tx).fence == head.fence:
            tx.put(sealed_log.LOG, sealed_log.HEAD, codec.to_document(done))

    app.audit.transact(work)


def _wake(app: App, at: datetime) -> None:
    """Have the sealer woken; said before it is written down, so that no death in between puts it to sleep."""
    app.bus.publish(TICK_SEAL, {"wake": True}, at)

    def work(tx: Transaction) -> None:
        head = replace(read_head(tx), wake_at=at)
        tx.put(sealed_log.LOG, sealed_log.HEAD, codec.to_document(head))

    app.audit.transact(work)


def _signers(app: App) -> list[Signer]:
    """Return the log's key and the one before it while that is there, so that a witness can follow."""
    name = statements.key_name(app, "audit")
    primary = app.keys.primary(AUDIT_SIGNING_KEY)
    signers = [signed_note.Signer(name, primary.value)]
    number = int(primary.id.rpartition("/")[2])
    if number > 1:
        try:
            before = app.keys.by_id(f"{AUDIT_SIGNING_KEY}/{number - 1}")
        except NotFound:
            return signers
        signers.append(signed_note.Signer(name, before.value))
    return signers


def _with(known: tuple[str, ...], signers: Sequence[Signer]) -> tuple[str, ...]:
    """Return all vkeys that the log ever signed with, the newest first."""
    now = [str(signer.verifier) for signer in signers]
    return (*now, *(key for key in known if key not in now))
