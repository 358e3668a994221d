"""Exports of the audit log, as docs/audit-export.md describes them: the whole of it, or what a search found.

An export is a zip that is written while it is read, so it may be of any size; what it holds is fixed by the
head that was read first. Each is recorded before its first byte is given out.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final, cast

from shared import codec
from shared.app import App
from shared.audit import tree
from shared.audit.checkpoint import proof_file
from shared.audit.entry import Happened
from shared.audit.events import Action
from shared.audit.tree import WIDTH
from shared.errors import Invalid, NotFound
from shared.permissions import Actor
from shared.services import audit_log
from shared.services.accounts import step_up
from shared.services.audit import log_search, sealed_log, witnessing
from shared.services.audit.log_search import LogFilter
from shared.services.audit.sealed_log import Head, read_head
from shared.store.contract import Filter, Order, Query, Store

MAX_SELECTED: Final = 2_000
_README: Final = """\
The audit log of a Corporate Mail Ops desk.

checkpoint          what was signed last: the size and the root of the tree of all entries
keys                the public keys of the log and of its witness; compare them with those you kept
tile/entries/...    the entries, 256 a file, each after its length in two bytes
tile/0/... and up   the hashes of the tree
checkpoints/, witness/   every checkpoint that was signed, and as the witness cosigned it
proofs/             of a search: each entry found, and the proof that it is in the tree

Check it with tools/verify_audit.py of the product's sources, or with any program that reads the
formats of c2sp.org (tlog-tiles, tlog-proof). docs/audit-export.md says what each file holds.
"""
_FIRST_DAY: Final = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # of zip's calendar: an export of the same log is the same file

File = tuple[str, bytes]


def export(app: App, actor: Actor, wanted: LogFilter | None) -> Iterator[bytes]:
    """Return the pieces of a zip of the whole log, or (`wanted`) of what a search finds.

    Raises Forbidden("step_up.required"), NotFound("audit.nothing_sealed"),
    Invalid("audit.too_much_selected") for more than 2,000 entries.
    """
    step_up.require(app, actor)
    head = read_head(app.audit)
    if head.size == 0:
        raise NotFound("audit.nothing_sealed")
    note, _ = log_search.newest_checkpoint(app, head)
    files = _whole(app, head) if wanted is None else _selection(app, head, note, wanted)
    by = "whole" if wanted is None else ",".join(wanted.asked) or "nothing"
    changes = (
        {"field": "by", "before": None, "after": by},
        {"field": "size", "before": None, "after": head.size},
    )
    audit_log.record_alone(
        app, Happened(Action.LOG_EXPORTED, audit_log.person(actor), changes=changes)
    )
    first = [
        ("README", _README.encode()),
        ("keys", _keys(app, head)),
        ("checkpoint", note.encode()),
    ]
    return _zip(first, files)


def _whole(app: App, head: Head) -> Iterator[File]:
    if head.minimum_index:
        yield "minimum-index", f"{head.minimum_index}\n".encode()
    sizes = (Filter("size", "<=", head.size),)
    signed = Query(sealed_log.CHECKPOINTS, sizes, (Order("size"),), limit=100)
    yield from _notes(app.audit, signed, "text", "checkpoints")
    cosigned = Query(witnessing.COSIGNED, sizes, (Order("size"),), limit=100)
    yield from _notes(app.witness, cosigned, "note", "witness")
    size, level = head.size, 0
    while size:
        first = head.minimum_index // WIDTH if level == 0 else 0
        for number in range(first, -(-size // WIDTH)):
            width = min(WIDTH, size - number * WIDTH)
            found = app.audit.get(*sealed_log.tile_key(level, number))
            if found is None:
                raise NotFound("audit.tree_differs")
            if level == 0:
                texts = sealed_log.read_bundle(cast("bytes", found.data["texts"]))[:width]
                yield tree.tile_name("entries", number, width), sealed_log.write_bundle(texts)
            hashes = cast("bytes", found.data["hashes"])[: width * tree.HASH_BYTES]
            yield tree.tile_name(level, number, width), hashes
        size, level = size // WIDTH, level + 1


def _notes(store: Store, query: Query, field: str, folder: str) -> Iterator[File]:
    """Yield the notes that a query finds, each named by its size."""
    while True:
        page = store.query(query)
        for document in page.documents:
            yield f"{folder}/{int(document.id)}", str(document.data[field]).encode()
        if page.next is None:
            return
        query = replace(query, cursor=page.next)


def _selection(app: App, head: Head, note: str, wanted: LogFilter) -> Iterator[File]:
    import rfc8785  # noqa: PLC0415 - only an export needs it

    found, texts = 0, {}
    for document in log_search.everything(app, wanted):
        found += 1
        if found > MAX_SELECTED:
            raise Invalid("audit.too_much_selected", most=MAX_SELECTED)
        if log_search.is_sealed(document, head):
            texts[document.id] = str(document.data["text"]).encode()
    asked: dict[str, Any] = {name: codec.to_json(getattr(wanted, name)) for name in wanted.asked}
    about: dict[str, Any] = {"asked": asked, "found": found, "sealed": len(texts)}
    return _proofs(app, head, note, texts, rfc8785.dumps(about))


def _proofs(
    app: App, head: Head, note: str, texts: dict[str, bytes], about: bytes
) -> Iterator[File]:
    yield "selection.json", about
    hash_at = sealed_log.hash_reader(app.audit)
    places = log_search.indexes(app, list(texts))
    for id, index in sorted(places.items(), key=lambda pair: pair[1]):
        if index < head.minimum_index or index >= head.size:
            continue
        proof = proof_file(index, tree.inclusion_proof(index, head.size, hash_at), note)
        yield f"proofs/{index}.tlog-proof", proof.encode()
        yield f"proofs/{index}.json", texts[id]


def _keys(app: App, head: Head) -> bytes:
    memory = witnessing.read_memory(app.witness)
    keys = (*head.keys, *((memory.witness_key,) if memory else ()))
    return "".join(f"{key}\n" for key in keys).encode()


class _Pipe(io.RawIOBase):
    """A file that cannot be sought: what is written to it is taken out piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _zip(*files: Iterable[File]) -> Iterator[bytes]:
    import zipfile  # noqa: PLC0415 - only an export needs it

    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for some in files:
            for name, content in some:
                archive.writestr(zipfile.ZipInfo(name, _FIRST_DAY), content, zipfile.ZIP_DEFLATED)
                yield pipe.take()
    yield pipe.take()
