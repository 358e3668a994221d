"""The Merkle tree of a log: RFC 6962 §2.1 and RFC 9162 §2.1."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees together."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf, of which only the roots of its complete subtrees are remembered."""

    def __init__(self) -> None:
        self.size = 0
        self._complete: list[bytes] = []  # the largest first

    def add(self, hash: bytes, height: int = 0) -> None:
        """Append a leaf, or a complete subtree of this height where the size is a multiple of its own."""
        place = self.size >> height
        while place & 1:
            hash, place = node_hash(self._complete.pop(), hash), place >> 1
        self._complete.append(hash)
        self.size += 1 << height

    def root(self) -> bytes:
        """Return the root of what was added."""
        if not self._complete:
            return hashlib.sha256(b"").digest()
        root, *others = reversed(self._complete)
        for left in others:
            root = node_hash(left, root)
        return root


def root_by_proof(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes | None:
    """Return the root that an inclusion proof leads to (RFC 9162 §2.1.3.2); None where it cannot be one."""
    if index >= size:
        return None
    place, last, root = index, size - 1, leaf
    for hash in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            root = node_hash(hash, root)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, hash)
        place, last = place >> 1, last >> 1
    return root if last == 0 else None


def roots(
    start: Iterable[tuple[int, bytes]], leaves: Iterable[bytes], sizes: set[int]
) -> dict[int, bytes]:
    """Return the roots at these sizes, of these leaves after the subtrees that stand before them."""
    tree, found = Tree(), {}
    for height, hash in (*start, *((0, leaf) for leaf in leaves)):
        if tree.size in sizes:
            found[tree.size] = tree.root()
        tree.add(hash, height)
    if tree.size in sizes:
        found[tree.size] = tree.root()
    return found
