"""Checkpoints: what the log's tree is at one moment, signed by the log and cosigned by its witness.

The text is C2SP's tlog-checkpoint (https://c2sp.org/tlog-checkpoint): origin, size, root in base64, and no
extension lines. A proof of an entry is a tlog-proof file, in which the whole signed checkpoint stands.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from shared.audit.signed_note import BadNote, Note, decode_base64
from shared.audit.tree import HASH_BYTES

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree's head: the log's name, the number of leaves, the root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def from_note(cls, note: Note) -> Self:
        """Read a note's text, whoever signed it. Raises BadNote where it is no checkpoint."""
        lines = note.text.split("\n")
        if len(lines) != _LINES + 1 or not lines[0]:
            raise BadNote("a checkpoint has three lines: origin, size, root")
        if not lines[1].isascii() or not lines[1].isdecimal() or str(int(lines[1])) != lines[1]:
            raise BadNote("the size of a checkpoint is a decimal number")
        root = decode_base64(lines[2])
        if len(root) != HASH_BYTES:
            raise BadNote("the root of a checkpoint has 32 bytes")
        return cls(lines[0], int(lines[1]), root)


def proof_file(index: int, proof: Sequence[bytes], checkpoint: str) -> str:
    """Return a tlog-proof file (https://c2sp.org/tlog-proof) around a signed checkpoint."""
    hashes = "".join(f"{base64.b64encode(one).decode()}\n" for one in proof)
    return f"{PROOF_HEADER}\nindex {index}\n{hashes}\n{checkpoint}"
