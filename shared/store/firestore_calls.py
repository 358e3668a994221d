"""Calls of Firestore's API: one deadline each, repeated only where that is safe, with our errors.

These are the client library's generated methods, not its document classes, because those
- repeat a commit that ended in UNAVAILABLE, after which a `create` that did take effect seems to have
  met somebody else's document;
- begin each transaction with a call of its own, though the first read can do it and a transaction without
  reads needs none;
- take the address of an emulator from the environment, which production must not listen to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import grpc
from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from google.auth.exceptions import GoogleAuthError
from google.cloud.firestore_v1.services.firestore import FirestoreClient
from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcTransport
from google.cloud.firestore_v1.types import firestore

from shared.errors import Unavailable
from shared.store.contract import AlreadyExists, Document, Missing, MissingIndex, TooBig
from shared.store.firestore_messages import from_document, to_count

Selector = Mapping[str, Any]
"""How a read belongs to a transaction: {}, {"transaction": id} or {"new_transaction": options}."""

_TRANSIENT: Final = (
    exceptions.ServiceUnavailable,
    exceptions.InternalServerError,
    exceptions.TooManyRequests,
)
_OUTAGES: Final = (
    *_TRANSIENT,
    exceptions.DeadlineExceeded,
    exceptions.RetryError,
    exceptions.Cancelled,
    exceptions.Unknown,
    GoogleAuthError,
)
_TOO_BIG: Final = re.compile(r"maximum (allowed|entity) size|is longer than|too big|payload size")
_KEEP_ALIVE_MILLISECONDS: Final = 30_000  # an instance that was frozen finds its dead connection
_PAGE: Final = 300


class Contended(Unavailable):
    """Another transaction was faster: nothing was written, and all may be tried again."""

    def __init__(self) -> None:
        super().__init__("store.contended")


class FirestoreCalls:
    """One database of Firestore; `emulator` is the address of an emulator to use in its place."""

    def __init__(
        self, project: str, database: str, emulator: str | None, timeout_seconds: float
    ) -> None:
        self._database = f"projects/{project}/databases/{database}"
        self.parent = f"{self._database}/documents"
        self._metadata = [("google-cloud-resource-prefix", self._database)]
        options = [
            ("grpc.max_receive_message_length", -1),
            ("grpc.keepalive_time_ms", _KEEP_ALIVE_MILLISECONDS),
        ]
        if emulator is None:
            channel = FirestoreGrpcTransport.create_channel(options=options)
        else:
            channel = grpc.insecure_channel(emulator, options=options)
            self._metadata.append(("authorization", "Bearer owner"))
        self._client: Any = FirestoreClient(transport=FirestoreGrpcTransport(channel=channel))
        self._once = {"retry": None, "timeout": timeout_seconds, "metadata": self._metadata}
        reading = Retry(
            predicate=if_exception_type(*_TRANSIENT),
            initial=0.1,
            maximum=1.0,
            multiplier=2.0,
            timeout=timeout_seconds,
        )
        self._repeated = {**self._once, "retry": reading}

    def name(self, collection: str, id_: str) -> str:
        """Return the full name of a document."""
        return f"{self.parent}/{collection}/{id_}"

    def get(
        self, names: Iterable[str], selector: Selector
    ) -> tuple[dict[str, Document], bytes | None]:
        """Return the documents that exist, by full name, and the transaction that this began."""
        members = {"database": self._database, "documents": list(names), **selector}
        found: dict[str, Document] = {}
        begun = None
        with _translated():
            for answer in self._client.batch_get_documents(
                _request(firestore.BatchGetDocumentsRequest, members), **self._repeated
            ):
                message = type(answer).pb(answer)
                begun = begun or message.transaction or None
                if message.WhichOneof("result") == "found":
                    found[message.found.name] = from_document(message.found)
        return found, begun

    def query(
        self, structured_query: Any, selector: Selector
    ) -> tuple[list[Document], bytes | None]:
        """Return the documents that fulfil the query, in order, and the transaction that this began."""
        members = {"parent": self.parent, "structured_query": structured_query, **selector}
        found: list[Document] = []
        begun = None
        with _translated():
            for answer in self._client.run_query(
                _request(firestore.RunQueryRequest, members), **self._repeated
            ):
                message = type(answer).pb(answer)
                begun = begun or message.transaction or None
                if message.HasField("document"):
                    found.append(from_document(message.document))
        return found, begun

    def count(self, structured_query: Any, up_to: int) -> int:
        """Return how many documents fulfil the query, at most `up_to`."""
        counting = to_count(structured_query, up_to)
        members = {"parent": self.parent, "structured_aggregation_query": counting}
        with _translated():
            for answer in self._client.run_aggregation_query(
                _request(firestore.RunAggregationQueryRequest, members), **self._repeated
            ):
                message = type(answer).pb(answer)
                if message.HasField("result"):
                    return int(message.result.aggregate_fields["count"].integer_value)
        raise Unavailable("store.unavailable")

    def commit(self, writes: Sequence[Any], transaction: bytes | None) -> None:
        """Make the writes, all or none, as the end of the transaction where there is one."""
        members = {"database": self._database, "writes": writes, "transaction": transaction or b""}
        with _translated():
            try:
                self._client.commit(_request(firestore.CommitRequest, members), **self._once)
            except exceptions.AlreadyExists as error:
                raise AlreadyExists("store.already_exists") from error
            except exceptions.NotFound as error:
                if not any(write.HasField("update_mask") for write in writes):
                    raise
                raise Missing("store.missing") from error

    def roll_back(self, transaction: bytes) -> None:
        """Give up a transaction, so that others need not wait until it expires."""
        members = {"database": self._database, "transaction": transaction}
        with suppress(exceptions.GoogleAPICallError, GoogleAuthError):
            self._client.rollback(_request(firestore.RollbackRequest, members), **self._once)

    def collections(self) -> list[str]:
        """Return the names of all collections, sorted."""
        members = {"parent": self.parent, "page_size": _PAGE}
        with _translated():
            return sorted(
                self._client.list_collection_ids(
                    _request(firestore.ListCollectionIdsRequest, members), **self._repeated
                )
            )

    def documents(self, collection: str) -> Iterator[Document]:
        """Return all documents of a collection, by id."""
        members = {"parent": self.parent, "collection_id": collection, "page_size": _PAGE}
        with _translated():
            for document in self._client.list_documents(
                _request(firestore.ListDocumentsRequest, members), **self._repeated
            ):
                yield from_document(type(document).pb(document))

    def close(self) -> None:
        """Close the connection."""
        self._client.transport.close()


def _request(kind: Any, members: Mapping[str, Any]) -> Any:
    return kind.wrap(kind.pb()(**members))


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the vendor's errors into ours; what remains is a bug or a wrong set-up, and stays as it is."""
    try:
        yield
    except exceptions.Aborted as error:
        raise Contended from error
    except _OUTAGES as error:
        raise Unavailable("store.unavailable") from error
    except exceptions.InvalidArgument as error:
        if "transaction" in error.message and "expired" in error.message:
            raise Contended from error
        if _TOO_BIG.search(error.message):
            raise TooBig("Firestore found a document or a transaction too big") from error
        raise
    except exceptions.FailedPrecondition as error:
        if "index" in error.message:
            raise MissingIndex("Firestore has no index for this query yet") from error
        raise
