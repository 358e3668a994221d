"""Checks of what is proved without the whole log: selections and statements."""

from __future__ import annotations

import re

from tools.audit_verifier.checkpoints import Trust, signed_checkpoint
from tools.audit_verifier.merkle_tree import leaf_hash, root_by_proof
from tools.audit_verifier.report import Malformed
from tools.audit_verifier.signed_notes import Checkpoint, decode, text_of


def check_proof(raw: bytes, entry: bytes, trust: Trust) -> Checkpoint:
    """Check that a tlog-proof leads from this entry to a signed checkpoint; Malformed says what is wrong."""
    head, separator, note = raw.partition(b"\n\n")
    lines = text_of(head).split("\n")
    if not separator or lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Malformed("it is not an inclusion proof")
    if lines and lines[0].startswith("extra "):
        lines.pop(0)
    index = re.fullmatch("index (0|[1-9][0-9]{0,17})", lines.pop(0) if lines else "", re.ASCII)
    path = [decode(line) for line in lines]
    if index is None or any(len(hash) != 32 for hash in path):
        raise Malformed("it is not an inclusion proof")
    checkpoint, _ = signed_checkpoint(note, trust)
    if root_by_proof(int(index[1]), checkpoint.size, leaf_hash(entry), path) != checkpoint.root:
        raise Malformed(f"it does not lead to the root of checkpoint {checkpoint.size}")
    return checkpoint
