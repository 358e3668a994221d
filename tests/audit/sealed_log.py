"""Audit logs made for tests, by a second implementation of the specifications: plain recursion.

What is made is an export as docs/audit-export.md lays it out: names and bytes.
"""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ORIGIN: Final = "desk.example.com/audit"
WITNESS: Final = "witness.example.com/w1"
BEGUN: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)

Export = dict[str, bytes]
_NULL: Final = ("detail_commit", "on_behalf_of", "purpose", "reason", "target", "trace")


@dataclass(frozen=True)
class Signer:
    """A key that signs notes under a name."""

    name: str
    seed: bytes
    type: int = 1

    @property
    def verifier(self) -> str:
        """Return the verifier key: name, id, key."""
        key = bytes([self.type]) + self._private().public_key().public_bytes_raw()
        return f"{self.name}+{self._id().hex()}+{base64.b64encode(key).decode()}"

    def line(self, text: bytes, time: int = 0) -> bytes:
        """Return the signature line under a text; a witness says when."""
        signature = self._private().sign(text)
        if self.type == 4:
            signed = b"cosignature/v1\ntime " + str(time).encode() + b"\n" + text
            signature = time.to_bytes(8, "big") + self._private().sign(signed)
        return f"— {self.name} {base64.b64encode(self._id() + signature).decode()}\n".encode()

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def _id(self) -> bytes:
        key = bytes([self.type]) + self._private().public_key().public_bytes_raw()
        return hashlib.sha256(self.name.encode() + b"\n" + key).digest()[:4]


LOG_KEY: Final = Signer(ORIGIN, b"the key of a log that tests make")
OTHER_KEY: Final = Signer(ORIGIN, b"the key of somebody else for now")
WITNESS_KEY: Final = Signer(WITNESS, b"the key of a witness for testing", 4)


def entry(number: int, time: datetime, action: str = "ticket.created", **members: Any) -> bytes:
    """Return the canonical text of an entry."""
    value = {
        "v": 1,
        "id": f"e_{number:026}",
        "time": _text(time),
        "action": action,
        "outcome": "success",
        "actor": {"type": "user"},
        "changes": [],
        "source": {"function": "tests"},
        **dict.fromkeys(_NULL),
        **members,
    }
    text: bytes = rfc8785.dumps(value)
    return text


def _text(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle Tree Hash, as RFC 6962 §2.1 defines it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree_hash(leaves[:split]) + tree_hash(leaves[split:])).digest()


def inclusion_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the Merkle audit path, as RFC 6962 §2.1.1 defines it."""
    if len(leaves) <= 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*inclusion_path(index, leaves[:split]), tree_hash(leaves[split:])]
    return [*inclusion_path(index - split, leaves[split:]), tree_hash(leaves[:split])]


@dataclass
class SealedLog:
    """A log: its entries, and the sizes at which it was sealed."""

    entries: list[bytes]
    sealed_at: list[int]
    key: Signer = LOG_KEY
    witness: Signer | None = WITNESS_KEY
    roots: dict[int, bytes] = field(default_factory=dict)

    def checkpoint(self, size: int, *, cosigned: bool = True) -> bytes:
        """Return the signed checkpoint of a size, cosigned a second later for each entry."""
        if size not in self.roots:
            self.roots[size] = tree_hash(self.entries[:size])
        root = base64.b64encode(self.roots[size]).decode()
        text = f"{ORIGIN}\n{size}\n{root}\n".encode()
        lines = self.key.line(text)
        if cosigned and self.witness is not None:
            lines += self.witness.line(text, int(BEGUN.timestamp()) + size)
        return text + b"\n" + lines

    def export(self) -> Export:
        """Return the files of an export."""
        files = {
            f"checkpoints/{size}": self.checkpoint(size, cosigned=False) for size in self.sealed_at
        }
        files["checkpoint"] = self.checkpoint(self.sealed_at[-1])
        keys = [self.key.verifier]
        if self.witness is not None:
            files |= {f"witness/{size}": self.checkpoint(size) for size in self.sealed_at[::2]}
            keys.append(self.witness.verifier)
        return files | tiles(self.entries) | {"keys": "".join(f"{key}\n" for key in keys).encode()}


def tiles(entries: Sequence[bytes]) -> Export:
    """Return every tile and bundle of these entries (tlog-tiles)."""
    files = {}
    for n in range(0, len(entries), 256):
        bundle = entries[n : n + 256]
        raw = b"".join(len(one).to_bytes(2, "big") + one for one in bundle)
        files[_name("entries", n // 256, len(bundle))] = raw
    level = 0
    while (count := len(entries) // 256**level) > 0:
        span = 256**level
        hashes = [tree_hash(entries[i * span : (i + 1) * span]) for i in range(count)]
        for n in range(0, count, 256):
            files[_name(str(level), n // 256, len(hashes[n : n + 256]))] = b"".join(
                hashes[n : n + 256]
            )
        level += 1
    return files


def _name(level: str, index: int, width: int) -> str:
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03}")
    partial = "" if width == 256 else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"


def sealed_log(size: int, every: int = 7, *, fork_from: int | None = None) -> SealedLog:
    """Make a log of this size, sealed every so many entries and at its end, with a heartbeat each hour.

    A log that forks has other entries from there on, and is sealed by the same key.
    """
    chance = random.Random(size)
    entries, time = [], BEGUN
    for number in range(size):
        if number % 10 == 0:
            time = BEGUN + timedelta(hours=number // 10)
        else:
            time += timedelta(seconds=chance.randrange(1, 300))
        other = {} if fork_from is None or number < fork_from else {"reason": "another history"}
        action = "ticket.created" if number % 10 else "log.heartbeat"
        entries.append(entry(number, time, action, **other))
    return SealedLog(entries, [*range(every, size, every), size])
