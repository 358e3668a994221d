"""The Merkle tree of RFC 6962 §2 over hashes that are kept in tiles, and its proofs. Pure.

A tile is 256 hashes wide and 8 levels high (https://c2sp.org/tlog-tiles): tile hash `index` of tile level
`level` is the root of the 256**level leaves from index * 256**level on. Whatever a proof needs follows
from those, so a function that makes one takes `hash_at(level, index)` and asks for few.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

WIDTH: Final = 256
HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

HashAt = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over these hashes, of leaves or of subtrees that are equal in size but the last."""
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    half = _split(len(hashes))
    return node_hash(root(hashes[:half]), root(hashes[half:]))


@dataclass(slots=True)
class Edge:
    """The right edge of a tree: at each level the hashes of the tile that is not full yet."""

    size: int = 0
    tiles: list[list[bytes]] = field(default_factory=list)

    def append(self, leaves: Iterable[bytes]) -> dict[tuple[int, int], list[bytes]]:
        """Add leaves; return every tile that they changed, by level and number, the full ones too."""
        changed: dict[tuple[int, int], list[bytes]] = {}
        for leaf in leaves:
            self._append(leaf, changed)
        return changed

    def root(self) -> bytes:
        """Return the root of the tree."""
        rest: list[bytes] = []
        for tile in self.tiles:
            rest = [root(tile + rest)] if tile or rest else []
        return rest[0] if rest else EMPTY_ROOT

    def _append(self, leaf: bytes, changed: dict[tuple[int, int], list[bytes]]) -> None:
        index, added, level = self.size, leaf, 0
        self.size += 1
        while True:
            if level == len(self.tiles):
                self.tiles.append([])
            tile = self.tiles[level]
            tile.append(added)
            changed[level, index // WIDTH] = list(tile)
            if len(tile) < WIDTH:
                return
            added, index, level = root(tile), index // WIDTH, level + 1
            tile.clear()


def edge_tiles(size: int) -> list[tuple[int, int, int]]:
    """Return level, number and width of each tile at the right edge of a tree of `size` leaves."""
    found = []
    level = 0
    while size:
        if size % WIDTH:
            found.append((level, size // WIDTH, size % WIDTH))
        size //= WIDTH
        level += 1
    return found


def tree_root(size: int, hash_at: HashAt) -> bytes:
    """Return the root of the first `size` leaves."""
    return _range_root(0, size, hash_at) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, hash_at: HashAt) -> list[bytes]:
    """Return the audit path of a leaf in the tree of `size` leaves (RFC 6962 §2.1.1)."""
    if not 0 <= index < size:
        raise ValueError("no such leaf in a tree of this size")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(middle, end, hash_at))
            end = middle
        else:
            path.append(_range_root(start, middle, hash_at))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, hash_at: HashAt) -> list[bytes]:
    """Return the proof that the tree of `new` leaves begins with the one of `old` (RFC 6962 §2.1.2)."""
    if not 0 < old <= new:
        raise ValueError("a consistency proof leads from a tree with leaves to one not smaller")
    path: list[bytes] = []
    start, end = 0, new
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_root(middle, end, hash_at))
            end = middle
        else:
            path.append(_range_root(start, middle, hash_at))
            start = middle
    if start:
        path.append(_range_root(start, end, hash_at))
    return path[::-1]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes
) -> bool:
    """Say whether the proof shows this leaf's hash in the tree of this root (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == expected


def verify_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Say whether the proof shows that the new tree begins with the old one (RFC 9162 §2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if not 0 < old < new or not proof:
        return False
    rest = list(proof)
    if old & (old - 1) == 0:
        rest.insert(0, old_root)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    found_old = found_new = rest[0]
    for sibling in rest[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            found_old = node_hash(sibling, found_old)
            found_new = node_hash(sibling, found_new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found_new = node_hash(found_new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found_old == old_root and found_new == new_root


def tile_name(level: int | str, number: int, width: int = WIDTH) -> str:
    """Return a tile's or (level "entries") a bundle's name after tlog-tiles, partial below 256."""
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.append(f"x{number % 1000:03d}")
    name = f"tile/{level}/{'/'.join(reversed(groups))}"
    return name if width == WIDTH else f"{name}.p/{width}"


def split_hashes(content: bytes) -> list[bytes]:
    """Return the hashes of a tile's content."""
    return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]


def _range_root(start: int, end: int, hash_at: HashAt) -> bytes:
    """Return the root of the leaves from `start` to before `end`, a node of some tree or its right edge."""
    count = end - start
    if count & (count - 1) == 0:
        level = (count.bit_length() - 1) // 8
        size = WIDTH**level
        return root([hash_at(level, (start + at) // size) for at in range(0, count, size)])
    middle = start + _split(count)
    return node_hash(_range_root(start, middle, hash_at), _range_root(middle, end, hash_at))


def _split(count: int) -> int:
    """Return the largest power of two below `count`, which is at least 2."""
    return int(1 << ((count - 1).bit_length() - 1))
