"""What only the embedded store promises: its file, its processes, its strictness in tests."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
import textwrap
import threading
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from shared.clock import SystemClock
from shared.errors import Unavailable
from shared.store.contract import SERVER_TIME, Filter, Order, Query
from shared.store.indexes import CompositeIndex, Indexes
from shared.store.sqlite import SqliteStore
from tests.stopped_clock import StoppedClock

OPEN_FILES = Path("/proc/self/fd")


REPOSITORY = Path(__file__).resolve().parents[3]


INDEXES = Indexes(
    [
        CompositeIndex("db", "things", (("kind", "ascending"), ("rank", "descending"))),
        CompositeIndex("db", "things", (("tags", "array"), ("rank", "descending"))),
    ]
)


NEWEST = (Order("rank", descending=True),)


BY_KIND = Query("things", (Filter("kind", "in", ["a", "b"]),), NEWEST)


PRELUDE = """
import sys, pathlib
from shared.clock import SystemClock
from shared.errors import Unavailable
from shared.store.indexes import Indexes
from shared.store.sqlite import SqliteStore
store = SqliteStore(pathlib.Path(sys.argv[1]), "db", Indexes(), SystemClock())
"""


@pytest.fixture
def path(tmp_path):
    """Return where the file will be."""
    return tmp_path / "store.sqlite"


@pytest.fixture
def store(path):
    """Give a store in a file."""
    store = SqliteStore(path, "db", INDEXES, SystemClock())
    yield store
    store.close()


def put(store, id_, **data):
    """Put one document."""
    store.transact(lambda transaction: transaction.put("things", id_, data))


def ids(store, query):
    """Return the ids on one page."""
    return [document.id for document in store.query(query).documents]


def program(path, source):
    """Start another process that has the same file open as `store`."""
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + textwrap.dedent(source), str(path)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_only_the_owner_may_read_the_file(store, path):
    """The file and its log are closed to other accounts of the machine."""
    put(store, "a")

    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in path.parent.glob("store*")}

    assert path.name in modes
    assert set(modes.values()) == {0o600}


def test_what_was_written_survives_a_restart(store, path):
    """Documents and indexes are in the file."""
    put(store, "a", kind="a", rank=1)
    assert ids(store, BY_KIND) == ["a"]
    store.close()

    again = SqliteStore(path, "db", INDEXES, SystemClock())

    assert ids(again, BY_KIND) == ["a"]
    again.close()


def test_a_file_of_another_database_is_refused(store, path):
    """A mistaken path is told at once, before anything is mixed up."""
    store.close()

    with pytest.raises(ValueError, match="another database"):
        SqliteStore(path, "keyring", INDEXES, SystemClock())


def test_a_file_of_something_else_is_refused(path):
    """What is no database is neither read nor overwritten."""
    path.write_bytes(b"precious" * 1_000)

    with pytest.raises(Exception, match="not a database"):
        SqliteStore(path, "db", INDEXES, SystemClock())

    assert path.read_bytes() == b"precious" * 1_000


def test_what_was_deleted_is_not_in_the_file(store, path):
    """Deleted content is overwritten, not only forgotten."""
    put(store, "a", secret="canary-7261", tags=["canary-7262"])
    store.query(Query("things", (Filter("tags", "array_contains", "canary-7262"),)))
    put(store, "a", secret="other")
    put(store, "b", secret="canary-7263" * 1_000)
    store.transact(lambda transaction: transaction.delete("things", "b"))

    store.close()

    assert list(path.parent.glob("store*")) == [path]
    assert b"other" in path.read_bytes()
    assert b"canary" not in path.read_bytes()


def test_a_killed_process_loses_nothing_that_it_was_told_was_written(store, path):
    """SIGKILL at any moment: every transaction that returned is there, and none is there in part."""
    source = """
    n = 0
    while True:
        def work(transaction):
            transaction.create("things", f"a{n}", {})
            transaction.create("things", f"b{n}", {})
        store.transact(work)
        print(n, flush=True)
        n += 1
    """
    writer = program(path, source)
    for _ in range(200):
        writer.stdout.readline()

    writer.send_signal(signal.SIGKILL)
    told = writer.communicate()[0].split()

    found = {document.id for document in store.dump()}
    last = int(told[-1]) if told else 199
    assert {f"{letter}{n}" for letter in "ab" for n in range(last + 1)} <= found
    assert {one[1:] for one in found if one[0] == "a"} == {
        one[1:] for one in found if one[0] == "b"
    }


def test_processes_incrementing_one_document_lose_nothing(path):
    """Several processes open a new file at once and change one document."""
    source = """
    def work(transaction):
        document = transaction.get("things", "counter")
        n = document.data["n"] if document else 0
        transaction.put("things", "counter", {"n": n + 1})
    for _ in range(50):
        store.transact(work)
    """

    writers = [program(path, source) for _ in range(4)]

    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]
    for writer in writers:
        writer.stdout.close()
    result = SqliteStore(path, "db", INDEXES, SystemClock())
    assert result.get("things", "counter").data == {"n": 200}
    result.close()


def test_waiting_for_another_process_has_an_end(path):
    """Whoever waits for the write lock gives up after the time-out, with nothing written; reads go on."""
    impatient = SqliteStore(path, "db", INDEXES, SystemClock(), busy_timeout_seconds=0.1)
    put(impatient, "a", n=1)
    source = """
    def work(transaction):
        print("started", flush=True)
        sys.stdin.read()
    store.transact(work)
    """
    holder = subprocess.Popen(
        [sys.executable, "-c", PRELUDE + textwrap.dedent(source), str(path)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    holder.stdout.readline()

    with pytest.raises(Unavailable, match=r"store\.contended"):
        put(impatient, "a", n=2)

    assert impatient.get("things", "a").data == {"n": 1}
    holder.communicate("")
    put(impatient, "a", n=3)
    assert impatient.get("things", "a").data == {"n": 3}
    impatient.close()


def test_waiting_for_another_thread_has_an_end(path):
    """Threads of one process take turns, and give up in the same way."""
    store = SqliteStore(path, "db", INDEXES, SystemClock(), busy_timeout_seconds=0.1)
    started, finish = threading.Event(), threading.Event()

    def hold(_):
        started.set()
        finish.wait(30)

    holder = threading.Thread(target=store.transact, args=(hold,))
    holder.start()
    started.wait(30)

    with pytest.raises(Unavailable, match=r"store\.contended"):
        put(store, "a")

    finish.set()
    holder.join()
    assert list(store.dump()) == []
    store.close()


def test_a_rehearsed_work_runs_twice_and_writes_once():
    """Work with effects of its own shows them twice; its writes count once."""
    store = SqliteStore(None, "db", INDEXES, SystemClock(), rehearse=True)
    effects = []

    def work(transaction):
        document = transaction.get("things", "a")
        effects.append("effect")
        transaction.put("things", "a", {"n": document.data["n"] + 1 if document else 1})
        return len(effects)

    returned = store.transact(work)

    assert effects == ["effect", "effect"]
    assert returned == 2
    assert store.get("things", "a").data == {"n": 1}
    store.close()


def test_commit_times_always_advance(path):
    """Though the clock stands still or goes back, each commit is later than the one before it."""
    clock = StoppedClock()
    first = SqliteStore(path, "db", INDEXES, clock)
    for n in range(3):
        put(first, f"{n}", at=SERVER_TIME)
    first.close()
    clock.advance(-60)
    second = SqliteStore(path, "db", INDEXES, clock)
    put(second, "3", at=SERVER_TIME)
    clock.advance(120)
    put(second, "4", at=SERVER_TIME)

    times = [document.data["at"] for document in second.dump()]

    assert times[0] == StoppedClock().now()
    steps = [later - earlier for earlier, later in pairwise(times[:4])]
    assert steps == [timedelta(microseconds=1)] * 3
    assert times[4] == clock.now()
    second.close()


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="counts the open files of Linux")
def test_threads_share_connections(store):
    """A server that starts a thread for each request does not run out of files."""
    put(store, "a")
    before = len(list(OPEN_FILES.iterdir()))

    for _ in range(20):
        thread = threading.Thread(target=store.get, args=("things", "a"))
        thread.start()
        thread.join()

    assert len(list(OPEN_FILES.iterdir())) <= before


def test_a_closed_store_answers_nothing(store):
    """Asking a closed store is a bug, in the thread that used it and in a new one."""
    put(store, "a")
    failures = []

    def ask():
        try:
            store.get("things", "a")
        except RuntimeError as error:
            failures.append(str(error))

    store.close()
    ask()
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()

    assert failures == ["the store is closed", "the store is closed"]
