"""What shared/store/contract.py promises about transactions, kept by every implementation."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from shared.errors import Unavailable
from shared.store.contract import (
    SERVER_TIME,
    AlreadyExists,
    Missing,
    Query,
)
from tests.contract.store_doors import contents, read, write


def test_create_of_an_existing_document_fails_the_whole_transaction(store):
    """The failure is raised by `transact`, not inside `work`, and nothing is written."""
    write(store, ("taken", {"n": 1}))
    passed = []

    def work(transaction):
        transaction.put("things", "other", {})
        transaction.create("things", "taken", {"n": 2})
        passed.append(True)

    with pytest.raises(AlreadyExists):
        store.transact(work)

    assert passed
    assert contents(store) == {"taken": {"n": 1}}


def test_update_of_a_missing_document_fails_the_whole_transaction(store):
    """The failure is raised by `transact`, not inside `work`, and nothing is written."""
    passed = []

    def work(transaction):
        transaction.put("things", "other", {})
        transaction.update("things", "missing", {"n": 2})
        passed.append(True)

    with pytest.raises(Missing):
        store.transact(work)

    assert passed
    assert contents(store) == {}


def test_one_transaction_may_write_a_document_several_times(store):
    """Writes take effect in their order."""
    write(store, ("b", {"n": 1}))

    def work(transaction):
        transaction.create("things", "a", {"n": 1, "m": 1})
        transaction.update("things", "a", {"n": 2})
        transaction.delete("things", "b")
        transaction.create("things", "b", {"n": 3})

    store.transact(work)

    assert contents(store) == {"a": {"n": 2, "m": 1}, "b": {"n": 3}}


def test_a_failing_work_writes_nothing(store):
    """An exception of `work` is raised by `transact`, and its writes are thrown away."""

    def work(transaction):
        transaction.put("things", "a", {})
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        store.transact(work)

    assert contents(store) == {}
    write(store, ("b", {}))
    assert contents(store) == {"b": {}}


def test_transact_returns_what_work_returns(store):
    """What `work` found out comes back to the caller, also when it wrote nothing."""
    write(store, ("a", {"n": 1}))

    assert store.transact(lambda transaction: transaction.get("things", "a").data["n"]) == 1
    assert store.transact(lambda _: None) is None


def test_nobody_sees_writes_before_the_end_of_the_transaction(door):
    """Others see the state before, or wait for the state after; never what may still be thrown away."""
    store = door.open()
    write(store, ("a", {"n": 1}))
    seen = []
    reader = threading.Thread(target=lambda: seen.append(read(store, "a")))

    def work(transaction):
        transaction.put("things", "a", {"n": 2})
        if not seen and not reader.is_alive():
            reader.start()
            reader.join(0.3)
        return list(seen)

    seen_meanwhile = store.transact(work)
    reader.join()

    assert seen == (seen_meanwhile or [{"n": 2}])
    assert seen_meanwhile in ([], [{"n": 1}])


def test_work_asks_its_transaction_and_not_the_store(store):
    """Reading past the transaction, or nesting another, is a bug; afterwards the store goes on."""
    write(store, ("a", {}))
    bugs = [
        lambda: store.get("things", "a"),
        lambda: store.get_all([("things", "a")]),
        lambda: store.query(Query("things")),
        lambda: store.count(Query("things"), 1),
        lambda: store.transact(lambda transaction: transaction.put("things", "b", {})),
        lambda: list(store.dump()),
    ]

    for bug in bugs:

        def work(transaction, bug=bug):
            transaction.put("things", "c", {})
            bug()

        with pytest.raises(RuntimeError, match="inside of `work`"):
            store.transact(work)

    assert contents(store) == {"a": {}}


@pytest.mark.parametrize("verb", ["create", "put", "update", "delete"])
def test_a_read_after_a_write_is_a_bug(store, verb):
    """Every read stands before the first write, whichever write it was."""
    write(store, ("a", {}))

    def written(transaction):
        arguments = ("things", "a") if verb == "delete" else ("things", "a", {"n": 1})
        getattr(transaction, verb)(*arguments)
        return transaction

    reads = [
        lambda transaction: written(transaction).get("things", "a"),
        lambda transaction: written(transaction).get_all([("things", "a")]),
        lambda transaction: written(transaction).query(Query("things")),
    ]
    for work in reads:
        with pytest.raises(RuntimeError, match="before the first write"):
            store.transact(work)
    assert contents(store) == {"a": {}}


def test_a_transaction_cannot_be_used_after_its_end(store):
    """A transaction that escaped from `work` does nothing any more."""
    escaped = store.transact(lambda transaction: transaction)

    with pytest.raises(RuntimeError, match="over"):
        escaped.get("things", "a")
    with pytest.raises(RuntimeError, match="over"):
        escaped.put("things", "a", {})
    assert contents(store) == {}


def test_threads_incrementing_one_document_lose_nothing(door):
    """However many fight for a document, each change is made to the newest state, exactly once."""
    store = door.open()
    write(store, ("counter", {"n": 0}))
    start = threading.Barrier(door.contenders)

    def increment(transaction):
        document = transaction.get("things", "counter")
        transaction.update("things", "counter", {"n": document.data["n"] + 1})

    def run():
        start.wait()
        for _ in range(door.rounds):
            while True:
                try:
                    store.transact(increment)
                except Unavailable as error:
                    if error.code != "store.contended":  # which says that nothing was written
                        raise
                else:
                    break

    threads = [threading.Thread(target=run) for _ in range(door.contenders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert read(store, "counter") == {"n": door.contenders * door.rounds}


def test_work_runs_again_on_the_state_that_won(door):
    """Where another writer was faster, `work` sees its write, or comes before it; nothing gets lost."""
    store, other = door.open(), door.open()
    write(store, ("a", {"list": []}))

    def append(letter):
        def work(transaction):
            document = transaction.get("things", "a")
            transaction.update("things", "a", {"list": [*document.data["list"], letter]})

        return work

    rival = threading.Thread(target=other.transact, args=(append("r"),))
    rival.start()
    store.transact(append("s"))
    rival.join()

    assert sorted(read(store, "a")["list"]) == ["r", "s"]


def test_a_transaction_sees_one_state(door):
    """Two documents that are always changed together are never seen apart."""
    store = door.open()
    write(store, ("a", {"n": 0}), ("b", {"n": 0}))

    def move(n):
        def work(transaction):
            transaction.put("things", "a", {"n": n})
            transaction.put("things", "b", {"n": n})

        return work

    def look(transaction):
        return transaction.get("things", "a").data, transaction.get("things", "b").data

    def change():
        for n in range(door.rounds):
            store.transact(move(n))

    writer = threading.Thread(target=change)
    writer.start()
    seen = [store.transact(look) for _ in range(door.rounds)]
    writer.join()

    assert all(a == b for a, b in seen)


def test_server_time_becomes_the_time_of_the_commit(store):
    """All SERVER_TIME of one commit are the same aware time, wherever they stand."""

    def work(transaction):
        transaction.create(
            "things", "a", {"at": SERVER_TIME, "map": {"in.ner": SERVER_TIME, "n": 1}}
        )
        transaction.put("things", "b", {"at": SERVER_TIME})

    store.transact(work)

    at = read(store, "b")["at"]
    assert at.utcoffset() == timedelta(0)
    assert read(store, "a") == {"at": at, "map": {"in.ner": at, "n": 1}}


def test_an_update_takes_server_time_alone_or_among_changes(store):
    """SERVER_TIME in an update leaves the other fields as they are."""
    write(store, ("a", {"kept": 1, "map": {"gone": 1}}))

    store.transact(lambda transaction: transaction.update("things", "a", {"at": SERVER_TIME}))
    first = read(store, "a")
    changes = {"at": SERVER_TIME, "map": {"when": SERVER_TIME}}
    store.transact(lambda transaction: transaction.update("things", "a", changes))

    second = read(store, "a")
    assert first == {"kept": 1, "map": {"gone": 1}, "at": first["at"]}
    assert second == {"kept": 1, "map": {"when": second["at"]}, "at": second["at"]}


def test_server_times_never_go_back(store):
    """A later commit never has an earlier time, in whichever collection."""
    for number in range(20):
        write(store, (f"{number:02}", {"at": SERVER_TIME}), collection=f"c{number % 3}")

    times = sorted((one.id, one.data["at"]) for one in store.dump())

    assert [at for _, at in times] == sorted(at for _, at in times)
