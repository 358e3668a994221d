"""The audit log is sealed: by whom, when, at what cost, and what a thief of the database cannot do."""

from __future__ import annotations

from typing import Any

import pytest

from shared import ids
from shared.app import App
from shared.audit import tree
from shared.audit.checkpoint import Checkpoint
from shared.audit.signed_note import Verifier, parse
from shared.errors import Unavailable
from shared.services.audit import sealed_log, sealing, witnessing
from shared.services.audit.sealed_log import Head, read_head
from tests.desk import DeskUnderTest

ENTRY: dict[str, Any] = {
    "v": 1,
    "action": "session.created",
    "outcome": "success",
    "reason": None,
    "target": None,
    "changes": [],
    "source": {"function": "session"},
    "trace": None,
    "purpose": None,
    "on_behalf_of": None,
    "detail_commit": None,
    "time": "2026-01-05T09:00:00.000Z",
    "actor": {"type": "user", "pseudonym": "act_1", "role": "agent", "session": None},
}


def record(desk: DeskUnderTest, count: int, kind: str = "n") -> None:
    """Let this many events be written into the log."""
    for number in range(count):
        id = ids.derived_id(ids.EVENT, kind, str(number))
        answer = desk.push("write_audit", {"id": id, "entry": ENTRY | {"id": id}})
        assert answer.status_code == 204


def woken(desk: DeskUnderTest) -> None:
    """Let what was recorded settle, and the sealer be woken, without what follows."""
    desk.clock.advance(130)  # type: ignore[attr-defined]
    assert desk.push("seal_audit", {"wake": True}).status_code == 204


def head(desk: DeskUnderTest) -> Head:
    """Return the log's head."""
    return read_head(desk.app().audit)


def objects(desk: DeskUnderTest) -> dict[str, bytes]:
    """Return the copies in the locked bucket by name."""
    folder = desk.desk.home / "audit_log"
    return {path.name.replace("~", "/"): path.read_bytes() for path in folder.glob("[!.]*")}


def test_what_happens_is_sealed_copied_and_cosigned_by_itself(desk: DeskUnderTest) -> None:
    """Somebody signs in; minutes later the entries are leaves under a signature and a cosignature."""
    desk.browser("administrator")
    desk.settle()
    assert head(desk).size == 0
    for _ in range(3):
        desk.clock.advance(121)  # type: ignore[attr-defined]
        desk.settle()

    sealed = head(desk)
    entries = desk.documents("entries", "audit")
    assert sealed.size == len(entries) > 0
    ordered = sorted(entries.items(), key=lambda e: (e[1]["ingested_at"], e[0]))
    leaves = [tree.leaf_hash(e["text"].encode()) for _, e in ordered]
    assert sealed.root == tree.root(leaves)
    note = parse(objects(desk)[f"witness/{sealed.size}"])
    assert Checkpoint.from_note(note) == Checkpoint("local/audit", sealed.size, sealed.root)
    memory = witnessing.read_memory(desk.app().witness)
    assert memory is not None
    keys = [Verifier.from_text(key) for key in (*sealed.keys, memory.witness_key)]
    assert len(note.signed_by(keys)) == 2
    copies = objects(desk)
    texts = sealed_log.read_bundle(copies[f"tile/entries/000.p/{sealed.size}"])
    assert [tree.leaf_hash(text) for text in texts] == leaves
    assert copies[f"tile/0/000.p/{sealed.size}"] == b"".join(leaves)


def test_what_has_not_settled_waits(desk: DeskUnderTest) -> None:
    """An entry of this moment is not sealed: one that was committed before it may still turn up."""
    record(desk, 3)
    assert desk.push("seal_audit", {"wake": True}).status_code == 204
    assert head(desk).size == 0
    woken(desk)
    assert head(desk).size == 3


def test_a_thousand_events_cost_a_thousand_reads_and_ten_writes(desk: DeskUnderTest) -> None:
    """The budget of a batch, from the middle of a bundle, with copying and telling."""
    record(desk, 100, "before")
    woken(desk)
    record(desk, 1_000)
    desk.counts.reset()
    woken(desk)

    assert head(desk).size == 1_100
    assert desk.counts.reads <= 1_040
    assert desk.counts.writes <= 10


def test_a_delivery_that_finds_the_sealer_awake_costs_one_read(desk: DeskUnderTest) -> None:
    """Of many events in a minute only the first arms the clock."""
    event = {"id": "e_1", "entry": ENTRY}
    desk.push("seal_audit", event)
    desk.counts.reset()
    desk.push("seal_audit", event)
    assert (desk.counts.reads, desk.counts.writes, desk.counts.published) == (1, 0, 0)


def test_it_is_sealed_once_a_minute_at_most(desk: DeskUnderTest) -> None:
    """A second waking in the same minute is one read, and what came meanwhile is sealed in the next."""
    record(desk, 5)
    woken(desk)
    record(desk, 5, "more")
    desk.counts.reset()
    desk.push("seal_audit", {"wake": True})
    assert (desk.counts.reads, desk.counts.writes) == (1, 0)
    for _ in range(3):
        desk.clock.advance(61)  # type: ignore[attr-defined]
        desk.settle()
    assert head(desk).size >= 10


def test_the_hour_is_recorded_once_however_often_it_strikes(desk: DeskUnderTest) -> None:
    """A log of an hour in which nothing happened has an entry all the same."""
    for _ in range(2):
        assert desk.tick("seal_audit").status_code == 204
        desk.settle()
    desk.clock.advance(3_600)  # type: ignore[attr-defined]
    desk.tick("seal_audit")
    for _ in range(3):
        desk.clock.advance(121)  # type: ignore[attr-defined]
        desk.settle()
    beats = [entry for entry in desk.audit() if entry["action"] == "log.heartbeat"]
    assert len(beats) == 2
    assert all(beat["time"].endswith(":00:00.000Z") for beat in beats)
    assert head(desk).size == len(desk.documents("entries", "audit"))


def test_bundles_and_tiles_are_filled_across_runs(desk: DeskUnderTest) -> None:
    """However the events came in, the root is that of all leaves, and each full tile is copied once."""
    for run, count in enumerate((200, 100, 300)):
        record(desk, count, str(run))
        woken(desk)
    stored = desk.documents("bundles", "audit")
    hashes = b"".join(bundle["hashes"] for _, bundle in sorted(stored.items()))
    assert tree.root(tree.split_hashes(hashes)) == head(desk).root
    assert [len(bundle["ids"]) for _, bundle in sorted(stored.items())] == [256, 256, 88]
    names = set(objects(desk))
    assert {"tile/0/000", "tile/entries/001", "tile/1/000.p/2", "tile/0/002.p/88"} <= names
    assert {"checkpoints/200", "checkpoints/300", "checkpoints/600"} <= names


class TwoSealers:
    """A store that lets another sealer run first when the head is about to be committed."""

    def __init__(self, app: App) -> None:
        self._store = app.audit
        self._other: App | None = None
        self.get, self.get_all = app.audit.get, app.audit.get_all
        self.query, self.count = app.audit.query, app.audit.count

    def transact(self, work: Any) -> Any:
        """Commit, after somebody else did."""
        if self._other is not None:
            other, self._other = self._other, None
            sealing._append(other, read_head(other.audit), self.batch)
        return self._store.transact(work)

    def overtaken_by(self, other: App, batch: Any) -> None:
        """Let the other one commit this batch before the next commit of ours."""
        self._other, self.batch = other, batch


def test_a_sealer_that_was_overtaken_commits_nothing(desk: DeskUnderTest) -> None:
    """Two have read the same head; the second to commit finds another one and leaves no trace."""
    record(desk, 4)
    desk.clock.advance(130)  # type: ignore[attr-defined]
    app, other = desk.desk._build("seal_audit"), desk.desk._build("seal_audit")
    batch = list(sealing._settled(app, Head(), desk.clock.now()))
    vars(app)["audit"] = slow = TwoSealers(app)
    slow.overtaken_by(other, batch[:2])

    with pytest.raises(Unavailable, match="audit"):
        sealing._append(app, Head(), batch)

    assert head(desk).size == 2
    assert sorted(desk.documents("checkpoints", "audit")) == [sealed_log.checkpoint_id(2)]


def test_a_run_that_finds_the_lease_taken_is_asked_again(desk: DeskUnderTest) -> None:
    """A waking that a dead run's lease keeps out is delivered again, and seals when the lease is over."""
    record(desk, 3)
    desk.clock.advance(130)  # type: ignore[attr-defined]
    sealing._take_lease(desk.desk.app("seal_audit"), Head())
    assert desk.push("seal_audit", {"wake": True}).status_code == 503
    desk.clock.advance(151)  # type: ignore[attr-defined]
    assert desk.push("seal_audit", {"wake": True}).status_code == 204
    assert head(desk).size == 3


def test_a_tree_that_was_changed_is_not_gone_on_with(desk: DeskUnderTest) -> None:
    """Who writes other hashes into the database finds that the sealer signs nothing on top of them."""
    record(desk, 3)
    woken(desk)
    store = desk.app().audit
    forged = b"".join(tree.leaf_hash(text) for text in (b"1", b"2", b"3"))
    store.transact(lambda tx: tx.update("bundles", sealed_log.bundle_id(0), {"hashes": forged}))
    record(desk, 1, "later")
    desk.clock.advance(130)  # type: ignore[attr-defined]
    assert desk.push("seal_audit", {"wake": True}).status_code == 503
    assert head(desk).size == 3
    desk.clock.advance(200)  # type: ignore[attr-defined]


def test_the_witness_refuses_a_fork_and_says_so(desk: DeskUnderTest) -> None:
    """The sealer's own key cannot make the witness cosign a second history; the log records the attempt."""
    record(desk, 3)
    woken(desk)
    desk.settle()
    app = desk.app()
    for collection in ("log", "bundles", "checkpoints"):
        for id in desk.documents(collection, "audit"):
            app.audit.transact(lambda tx, at=(collection, id): tx.delete(*at))
    forger = desk.desk.app("seal_audit")
    batch = list(sealing._settled(forger, Head(), desk.clock.now()))[::-1]
    sealing._append(forger, Head(), batch[:2])
    forged = sealing._append(forger, read_head(app.audit), batch[2:])
    assert forged.size == 3

    assert desk.push("witness", {"size": 3}).status_code == 204
    desk.settle()

    memory = witnessing.read_memory(app.witness)
    assert memory is not None
    assert memory.root != forged.root
    refused = [e for e in desk.audit() if e["action"] == "log.fork_refused"]
    assert [entry["reason"] for entry in refused] == ["fork"]


@pytest.mark.parametrize("event", [{"size": 7}, {"size": 0}, {}])
def test_the_witness_is_told_of_what_is_not_there(
    desk: DeskUnderTest, event: dict[str, int]
) -> None:
    """A size without a checkpoint is asked again; what is no size is recorded and forgotten."""
    status = desk.push("witness", event).status_code
    assert status == (503 if event == {"size": 7} else 204)
    assert witnessing.read_memory(desk.app().witness) is None


def test_a_copy_that_was_made_cannot_be_taken_back(desk: DeskUnderTest) -> None:
    """The bucket is locked, and creating is all that the sealer may do there."""
    record(desk, 1)
    woken(desk)
    bucket = desk.desk.app("seal_audit").audit_log
    with pytest.raises(PermissionError):
        bucket.delete("checkpoints/1")
