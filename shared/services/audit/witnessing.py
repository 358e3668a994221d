"""The witness: remembers the last checkpoint that it saw, and cosigns only what goes on from there.

Its memory and its key are its own: who can write the log's database, or seal, can neither make it forget nor
sign for it. It trusts the log's key that it saw first (docs/decisions/0044), and another one only where a
checkpoint is signed by both.

    memory/log           Memory
    cosigned/<size>      `size`, `note` (the cosigned checkpoint) and `at`
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from shared import codec, log
from shared.app import App
from shared.audit import signed_note, tree
from shared.audit.checkpoint import Checkpoint
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.audit.signed_note import COSIGNATURE, BadNote, Signer, Verifier
from shared.errors import Conflict, Unavailable
from shared.keys.contract import WITNESS_KEY
from shared.services import audit_log, statements
from shared.services.audit import log_copies, sealed_log
from shared.store.contract import Transaction

if TYPE_CHECKING:
    from shared.audit.signed_note import Note
    from shared.store.contract import Reader

MEMORY: Final = "memory"
OF_LOG: Final = "log"
COSIGNED: Final = "cosigned"


@dataclass(frozen=True, slots=True)
class Memory:
    """The newest checkpoint that was cosigned, and the keys by which the log is known."""

    origin: str
    size: int
    root: bytes
    keys: tuple[str, ...]  # vkeys
    witness_key: str
    at: datetime


class Refused(Exception):
    """The log shows what does not go on from what was seen; the argument is the reason's code."""


def witness(app: App, size: int) -> None:
    """Look at the log's checkpoint of this size, and cosign it where it goes on from the last one.

    What contradicts the memory is refused, reported and recorded, and never cosigned.
    """
    text = sealed_log.read_checkpoint(app.audit, size)
    if text is None:
        raise Unavailable("audit.no_such_checkpoint")
    memory = read_memory(app.witness)
    try:
        note, head, keys = _read(app, text, memory)
        new = _goes_on(app, head, memory)
    except Refused as refusal:
        _report(app, size, str(refusal))
        return
    if memory is None or new:
        _cosign(app, note, head, keys, memory)
    _copy(app, size)


def read_memory(reader: Reader) -> Memory | None:
    """Return what the witness remembers, None before it has seen anything. One read."""
    found = reader.get(MEMORY, OF_LOG)
    return None if found is None else codec.from_document(Memory, found.data)


def read_cosigned(reader: Reader, size: int) -> str | None:
    """Return the cosigned checkpoint of this size, None where the witness did not see it. One read."""
    found = reader.get(COSIGNED, sealed_log.checkpoint_id(size))
    return None if found is None else str(found.data["note"])


def _read(app: App, text: str, memory: Memory | None) -> tuple[Note, Checkpoint, tuple[str, ...]]:
    """Return the checkpoint and the keys by which the log is known from now on."""
    claimed = sealed_log.read_head(app.audit).keys
    try:
        note = signed_note.parse(text.encode())
        head = Checkpoint.from_note(note)
        known = [Verifier.from_text(key) for key in (memory.keys if memory else claimed[:1])]
        note.signed_by(known)
        others = [Verifier.from_text(key) for key in claimed if key not in map(str, known)]
        new = [one for one in others if _has_signed(note, one)]
    except BadNote:
        raise Refused("signature") from None
    if memory is not None and head.origin != memory.origin:
        raise Refused("origin")
    return note, head, (*(str(one) for one in known), *(str(one) for one in new))


def _has_signed(note: Note, verifier: Verifier) -> bool:
    try:
        return bool(note.signed_by([verifier]))
    except BadNote:
        return False


def _goes_on(app: App, head: Checkpoint, memory: Memory | None) -> bool:
    """Say whether the checkpoint is newer than what was seen. Raises Refused where they contradict."""
    hash_at = sealed_log.hash_reader(app.audit)
    try:
        if memory is None:
            if tree.tree_root(head.size, hash_at) != head.root:
                raise Refused("root")
            return True
        if head.size == memory.size:
            if head.root != memory.root:
                raise Refused("fork")
            return False
        seen = ((head.size, head.root), (memory.size, memory.root))
        (old, old_root), (new, new_root) = sorted(seen)
        proof = tree.consistency_proof(old, new, hash_at)
    except sealed_log.TreeDiffers:
        raise Refused("tree") from None
    if not tree.verify_consistency(old, new, proof, old_root, new_root):
        raise Refused("fork")
    return head.size > memory.size


def _cosign(
    app: App, note: Note, head: Checkpoint, keys: tuple[str, ...], seen: Memory | None
) -> None:
    now = app.clock.now()
    key = app.keys.primary(WITNESS_KEY)
    signer = Signer(statements.key_name(app, "witness"), key.value, COSIGNATURE)
    cosigned = str(signed_note.cosign(note, signer, int(now.timestamp())))
    memory = Memory(head.origin, head.size, head.root, keys, str(signer.verifier), now)

    def work(tx: Transaction) -> None:
        current = read_memory(tx)
        if (current and replace(current, at=now)) != (seen and replace(seen, at=now)):
            raise Conflict("audit.witness_moved_on")
        tx.put(MEMORY, OF_LOG, codec.to_document(memory))
        tx.create(
            COSIGNED,
            sealed_log.checkpoint_id(head.size),
            {"size": head.size, "note": cosigned, "at": now},
        )

    app.witness.transact(work)


def _copy(app: App, size: int) -> None:
    note = read_cosigned(app.witness, size)
    if note is not None:
        log_copies.put(app, f"witness/{size}", note.encode())


def _report(app: App, size: int, reason: str) -> None:
    log.event("CRITICAL", "audit.checkpoint_refused", size=size, reason=reason)
    audit_log.record_alone(
        app,
        Happened(
            Action.LOG_FORK_REFUSED,
            audit_log.function(app),
            Target("checkpoint", str(size)),
            outcome="failure",
            reason=reason,
        ),
    )
