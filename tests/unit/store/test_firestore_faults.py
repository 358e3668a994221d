"""What the Firestore store does where Google's service fails, is slow, or lets another writer win."""

from __future__ import annotations

import pytest
from google.api_core.exceptions import GoogleAPICallError
from grpc import StatusCode

from shared.errors import Unavailable
from shared.store.contract import (
    AlreadyExists,
    Filter,
    Missing,
    MissingIndex,
    Order,
    Query,
    TooBig,
)
from shared.store.firestore import FirestoreStore
from tests.unit.store.firestore_server import FirestoreServer, hanging, refused

OUTAGES = [
    StatusCode.UNAVAILABLE,
    StatusCode.INTERNAL,
    StatusCode.DEADLINE_EXCEEDED,
    StatusCode.RESOURCE_EXHAUSTED,
    StatusCode.CANCELLED,
    StatusCode.UNKNOWN,
]


@pytest.fixture
def server():
    """Give a Firestore that fails as it is told."""
    server = FirestoreServer()
    yield server
    server.close()


@pytest.fixture
def store(server):
    """Give a store that speaks to it."""
    store = FirestoreStore("project", "db", emulator=server.address, timeout_seconds=2.0)
    yield store
    store.close()


def put(store):
    """Write a document without reading anything."""
    store.transact(lambda transaction: transaction.put("things", "a", {"n": 1}))


def read_and_create(transaction):
    """Read a document, and create another."""
    transaction.get("things", "a")
    transaction.create("things", "b", {})


def test_writes_without_reads_are_one_call(server, store):
    """Without reads there is nothing to begin: the commit itself is atomic."""
    put(store)

    assert server.methods() == ["Commit"]
    assert server.calls[0][1].transaction == b""


def test_the_first_read_begins_the_transaction(server, store):
    """A transaction costs a call for each read and one for the commit."""

    def work(transaction):
        transaction.get("things", "a")
        transaction.query(Query("things"))
        transaction.put("things", "a", {})

    store.transact(work)

    assert server.methods() == ["BatchGetDocuments", "RunQuery", "Commit"]
    (_, first), (_, second), (_, commit) = server.calls
    assert first.HasField("new_transaction")
    assert second.transaction == b"transaction-1"
    assert commit.transaction == b"transaction-1"


def test_a_transaction_that_only_reads_is_committed(server, store):
    """Its reads are known to be of one state only when the commit is accepted."""
    store.transact(lambda transaction: transaction.get("things", "a"))

    assert server.methods() == ["BatchGetDocuments", "Commit"]


def test_a_conflict_runs_work_again_in_the_place_of_the_loser(server, store):
    """The next attempt names the one before it, so that it does not queue anew."""
    server.faults["Commit"] = [refused(StatusCode.ABORTED)] * 2
    runs = []

    def work(transaction):
        runs.append(transaction)
        read_and_create(transaction)
        return len(runs)

    assert store.transact(work) == 3

    begun = [request for name, request in server.calls if name == "BatchGetDocuments"]
    assert [request.new_transaction.read_write.retry_transaction for request in begun] == [
        b"",
        b"transaction-1",
        b"transaction-2",
    ]
    assert "Rollback" not in server.methods()


@pytest.mark.parametrize("method", ["BatchGetDocuments", "Commit"])
def test_five_conflicts_are_the_end(server, store, method):
    """Whether reading or committing was refused, the fifth time the caller is told."""
    server.faults[method] = [refused(StatusCode.ABORTED)] * 9

    with pytest.raises(Unavailable, match=r"store\.contended"):
        store.transact(read_and_create)

    assert server.methods().count(method) == 5


def test_an_expired_transaction_is_run_again(server, store):
    """A transaction that took too long has lost what it read; nothing was written."""
    message = "The referenced transaction has expired or is no longer valid."
    server.faults["Commit"] = [refused(StatusCode.INVALID_ARGUMENT, message)]

    store.transact(read_and_create)

    assert server.methods().count("Commit") == 2


@pytest.mark.parametrize("code", OUTAGES, ids=lambda code: code.name)
def test_a_commit_is_never_repeated(server, store, code):
    """It may have taken effect: a repeated `create` would meet its own document."""
    server.faults["Commit"] = [refused(code)]

    with pytest.raises(Unavailable, match=r"store\.unavailable"):
        store.transact(read_and_create)

    assert server.methods().count("Commit") == 1


@pytest.mark.parametrize("code", OUTAGES[:2], ids=lambda code: code.name)
def test_a_read_is_repeated(server, store, code):
    """A passing failure of a read is not noticed."""
    server.faults["BatchGetDocuments"] = [refused(code)]
    server.faults["RunQuery"] = [refused(code)]

    assert store.get("things", "a") is None
    assert store.query(Query("things")).documents == ()

    assert server.methods() == ["BatchGetDocuments"] * 2 + ["RunQuery"] * 2


def test_an_outage_of_reads_has_an_end(server, store):
    """A read is repeated within its deadline only."""
    server.faults["BatchGetDocuments"] = [refused(StatusCode.UNAVAILABLE)] * 99

    with pytest.raises(Unavailable, match=r"store\.unavailable"):
        store.get("things", "a")

    assert 1 < len(server.calls) < 20


@pytest.mark.parametrize("method", ["BatchGetDocuments", "RunQuery", "Commit"])
def test_a_service_that_hangs_is_given_up(server, method):
    """Every call has a deadline."""
    store = FirestoreStore("project", "db", emulator=server.address, timeout_seconds=0.3)
    server.faults[method] = [hanging] * 3
    calls = {
        "BatchGetDocuments": lambda: store.get("things", "a"),
        "RunQuery": lambda: store.query(Query("things")),
        "Commit": lambda: put(store),
    }

    with pytest.raises(Unavailable, match=r"store\.unavailable"):
        calls[method]()

    store.close()


def test_a_service_that_is_not_there_is_unavailable(server, store):
    """A refused connection is an outage like any other."""
    server.close()

    with pytest.raises(Unavailable, match=r"store\.unavailable"):
        put(store)


def test_work_that_fails_lets_go_of_what_it_read(server, store):
    """Locks end with the failure, not with their time-out; a failing rollback hides nothing."""
    server.faults["Rollback"] = [refused(StatusCode.UNAVAILABLE)]

    def work(transaction):
        transaction.get("things", "a")
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        store.transact(work)

    assert server.methods() == ["BatchGetDocuments", "Rollback"]
    assert server.calls[-1][1].transaction == b"transaction-1"


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        (StatusCode.ALREADY_EXISTS, "Document already exists: .../secret", AlreadyExists),
        (StatusCode.INVALID_ARGUMENT, "its size (1) exceeds the maximum allowed size of 2", TooBig),
        (StatusCode.INVALID_ARGUMENT, "Transaction too big. Decrease transaction size.", TooBig),
    ],
)
def test_refusals_of_a_commit_become_the_contracts_errors(server, store, code, message, expected):
    """What the caller can understand is raised in the contract's words, without the vendor's text."""
    server.faults["Commit"] = [refused(code, message)]

    with pytest.raises(expected) as raised:
        put(store)

    assert message not in str(raised.value)


def test_a_document_that_is_missing_is_told_from_a_database_that_is_missing(server, store):
    """NOT_FOUND means Missing only for an `update`; otherwise the set-up is wrong."""
    server.faults["Commit"] = [refused(StatusCode.NOT_FOUND, "no database")] * 2

    with pytest.raises(Missing):
        store.transact(lambda transaction: transaction.update("things", "a", {}))
    with pytest.raises(GoogleAPICallError):
        put(store)


def test_an_index_that_is_not_built_yet_is_named_as_such(server, store):
    """Firestore's own refusal becomes MissingIndex, without its link into the project's console."""
    message = "The query requires an index. You can create it here: https://console.example.com/x"
    server.faults["RunQuery"] = [refused(StatusCode.FAILED_PRECONDITION, message)]
    query = Query("things", (Filter("a", "==", 1),), (Order("b"),))

    with pytest.raises(MissingIndex) as raised:
        store.query(query)

    assert "https" not in str(raised.value)


@pytest.mark.parametrize("code", [StatusCode.PERMISSION_DENIED, StatusCode.INVALID_ARGUMENT])
def test_what_no_repetition_can_mend_is_not_called_an_outage(server, store, code):
    """A wrong set-up or a bug shows as what it is."""
    server.faults["BatchGetDocuments"] = [refused(code)]

    with pytest.raises(GoogleAPICallError):
        store.get("things", "a")

    assert len(server.calls) == 1


def test_calls_name_their_database(server, store):
    """Each call says which of the project's databases it is for."""
    store.get("things", "a")

    assert server.calls[0][1].database == "projects/project/databases/db"
    assert list(server.calls[0][1].documents) == [
        "projects/project/databases/db/documents/things/a"
    ]


def test_the_environment_cannot_turn_the_store_to_another_address(server, monkeypatch):
    """The vendor's variable for its emulator is not listened to."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
    store = FirestoreStore("project", "db", emulator=server.address, timeout_seconds=2.0)

    put(store)

    assert server.methods() == ["Commit"]
    store.close()
