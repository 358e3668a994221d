"""The half of a transaction that all implementations share: writes that wait for the end of `work`."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final, Literal, Self, TypeAlias

from shared.store.contract import MAX_TRANSACTION_BYTES, Data, TooBig
from shared.store.values import Checked, check_key, check_size

Verb: TypeAlias = Literal["create", "put", "update", "delete"]

_NOTHING: Final = Checked({})


@dataclass(frozen=True, slots=True)
class Write:
    """One write; a `delete` has no data."""

    verb: Verb
    collection: str
    id: str
    checked: Checked


class InsideWork(threading.local):
    """Whether this thread runs a `work`, which may ask its transaction only.

    What a `work` reads past its transaction, it does not read again when the transaction is repeated,
    and nothing tells when it has changed: so a store refuses that.
    """

    _here = False

    def __enter__(self) -> None:
        self.check_outside()
        self._here = True

    def __exit__(self, *_: object) -> None:
        self._here = False

    def check_outside(self) -> None:
        """Raise RuntimeError inside of `work`."""
        if self._here:
            raise RuntimeError("inside of `work`, ask its transaction and not the store")


class WriteBuffer:
    """Takes the writes of one run of `work`; usable until the end of its `with` block."""

    def __init__(self) -> None:
        self.writes: list[Write] = []
        self._bytes = 0
        self._over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True

    def create(self, collection: str, id: str, data: Data) -> None:
        """Write a document that must not exist yet."""
        self._add("create", collection, id, Checked(data))

    def put(self, collection: str, id: str, data: Data) -> None:
        """Write a document whole, whether or not it exists."""
        self._add("put", collection, id, Checked(data))

    def update(self, collection: str, id: str, changes: Data) -> None:
        """Replace the named top-level fields of a document that must exist."""
        self._add("update", collection, id, Checked(changes))

    def delete(self, collection: str, id: str) -> None:
        """Remove a document, if it is there."""
        self._add("delete", collection, id, _NOTHING)

    def check_reading(self) -> None:
        """Raise RuntimeError where nothing may be read any more."""
        self._check_open()
        if self.writes:
            raise RuntimeError("in a transaction, every read stands before the first write")

    def _add(self, verb: Verb, collection: str, id_: str, checked: Checked) -> None:
        self._check_open()
        check_key(collection, id_)
        check_size(collection, id_, checked)
        self._bytes += checked.bytes
        if self._bytes > MAX_TRANSACTION_BYTES:
            raise TooBig(f"a transaction writes over {MAX_TRANSACTION_BYTES} bytes")
        self.writes.append(Write(verb, collection, id_, checked))

    def _check_open(self) -> None:
        if self._over:
            raise RuntimeError("the transaction is over")
