"""Two sealers at the same moment, on either store: one log comes of it, and no entry is sealed twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from shared import ids
from shared.app import App
from shared.audit import entry as entries
from shared.audit import tree
from shared.audit.entry import Happened
from shared.audit.events import Action
from shared.errors import Unavailable
from shared.services.audit import sealed_log, sealing
from shared.services.audit.sealed_log import read_head
from shared.services.audit_log import ANONYMOUS
from shared.store.contract import Query
from shared.store.firestore import FirestoreStore
from tests.contract.emulators import FirestoreEmulator
from tests.desk import DeskUnderTest, desk_in

_HAPPENED = Happened(Action.SESSION_CREATED, ANONYMOUS)
PROJECT = "demo-sealers"
AT_ONCE = 4
ENTRIES = 40


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskUnderTest]:
    """Give a desk whose stores are files, in whose log something has settled that nobody has sealed."""
    with desk_in(tmp_path / "home", in_memory=False) as desk:
        for number in range(ENTRIES):
            id, happened = ids.derived_id(ids.EVENT, str(number)), _HAPPENED
            entry = entries.build(
                happened, id=id, time=desk.clock.now(), function="session", trace=""
            )
            answer = desk.push("write_audit", {"id": id, "entry": entry})
            assert answer.status_code == 204, answer.data
        desk.clock.advance(600)  # type: ignore[attr-defined]
        yield desk


@pytest.fixture(params=["sqlite", "firestore"])
def app(desk: DeskUnderTest, request: pytest.FixtureRequest) -> Iterator[App]:
    """Give the sealer's app over each kind of store, with the same entries."""
    whole = desk.app()
    if request.param == "sqlite":
        yield whole
        return
    emulator: FirestoreEmulator = request.getfixturevalue("firestore_emulator")
    emulator.reset(PROJECT, "audit")
    store = FirestoreStore(PROJECT, "audit", emulator=emulator.address)
    for kept in desk.files["audit"].dump():
        store.transact(lambda tx, d=kept: tx.create(d.collection, d.id, d.data))  # type: ignore[misc]
    yield App(
        whole.settings,
        "seal_audit",
        clock=whole.clock,
        audit=store,
        bus=whole.bus,
        keys=whole.keys,
        audit_log=whole.audit_log,
    )
    store.close()


def test_two_sealers_make_one_log(app: App) -> None:
    """Each entry is a leaf once, and every checkpoint is of that one tree."""
    ready = Barrier(AT_ONCE)

    def seal() -> str:
        ready.wait()
        try:
            sealing.seal(app)
        except Unavailable as refused:
            return refused.code
        return "sealed"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = [future.result() for future in [pool.submit(seal) for _ in range(AT_ONCE)]]

    assert set(outcomes) <= {"sealed", "audit.sealing", "store.contended"}
    assert "sealed" in outcomes
    head = read_head(app.audit)
    found = app.audit.get(*sealed_log.tile_key(0, 0))
    assert found is not None
    texts = sealed_log.read_bundle(bytes(found.data["texts"]))  # type: ignore[arg-type]
    leaves = [tree.leaf_hash(text) for text in texts]
    assert head.size == len(set(leaves)) == len(leaves) == ENTRIES
    assert head.root == tree.root(leaves)
    checkpoints = app.audit.query(Query(sealed_log.CHECKPOINTS, limit=10)).documents
    assert [one.data["size"] for one in checkpoints] == [ENTRIES]
