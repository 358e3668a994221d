"""A small Firestore for tests: it answers what it is told to, and remembers what it was asked.

Google's emulator cannot be made to fail; this one does nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from google.cloud.firestore_v1.types import firestore

TRANSACTION = b"transaction-%d"

_STREAMED = {
    "BatchGetDocuments": (firestore.BatchGetDocumentsRequest, firestore.BatchGetDocumentsResponse),
    "RunQuery": (firestore.RunQueryRequest, firestore.RunQueryResponse),
}
_SINGLE = {
    "Commit": (firestore.CommitRequest, firestore.CommitResponse),
    "Rollback": (firestore.RollbackRequest, None),
}

Fault = Callable[[grpc.ServicerContext], None]


class FirestoreServer:
    """Answers reads with no documents and commits with success, unless `faults` says otherwise.

    `faults` holds, by method, what happens at its next calls: each is called once, then all is well.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.faults: dict[str, list[Fault]] = {}
        self._begun = 0
        self._pool = ThreadPoolExecutor(4)
        self._server = grpc.server(self._pool)
        handlers = {
            **{name: self._streamed(name, *kinds) for name, kinds in _STREAMED.items()},
            **{name: self._single(name, *kinds) for name, kinds in _SINGLE.items()},
        }
        generic = grpc.method_handlers_generic_handler("google.firestore.v1.Firestore", handlers)
        self._server.add_generic_rpc_handlers((generic,))
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def methods(self) -> list[str]:
        """Return the names of the methods called so far."""
        return [name for name, _ in self.calls]

    def close(self) -> None:
        """Stop at once."""
        self._server.stop(grace=None).wait()
        self._pool.shutdown()

    def _streamed(self, name: str, asked: Any, answered: Any) -> grpc.RpcMethodHandler:
        def answer(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
            self._note(name, request, context)
            message = answered.pb()()
            if request.HasField("new_transaction"):
                self._begun += 1
                message.transaction = TRANSACTION % self._begun
            if name == "BatchGetDocuments":
                for missing in request.documents:
                    message.missing = missing
                    yield message
            else:
                yield message

        return grpc.unary_stream_rpc_method_handler(
            answer, asked.pb().FromString, lambda message: message.SerializeToString()
        )

    def _single(self, name: str, asked: Any, answered: Any) -> grpc.RpcMethodHandler:
        def answer(request: Any, context: grpc.ServicerContext) -> bytes:
            self._note(name, request, context)
            return b"" if answered is None else answered.pb()().SerializeToString()

        return grpc.unary_unary_rpc_method_handler(answer, asked.pb().FromString, bytes)

    def _note(self, name: str, request: Any, context: grpc.ServicerContext) -> None:
        self.calls.append((name, request))
        faults = self.faults.get(name)
        if faults:
            faults.pop(0)(context)


def refused(code: grpc.StatusCode, message: str = "") -> Fault:
    """Return a fault that ends the call with this status."""
    return lambda context: context.abort(code, message)


def hanging(context: grpc.ServicerContext) -> None:
    """Answer nothing until the caller gives up."""
    while context.is_active():
        time.sleep(0.01)
