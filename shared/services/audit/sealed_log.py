"""The sealed log as it stands in the database `audit`: its head, bundles, tiles and checkpoints.

log/head              Head: the one document that says how far the tree goes; changed by compare-and-swap
bundles/<number>      256 entries: `texts` as tlog-tiles writes a bundle, `hashes` of its leaves, their
                      `ids`, and `until`, when the last of them was taken in
tiles/<level>-<number>  `hashes` of a tile above the leaves
checkpoints/<size>    `text`, the signed note, and `at`
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from shared import codec
from shared.audit import tree
from shared.audit.tree import WIDTH
from shared.store.contract import Document, Reader

LOG: Final = "log"
HEAD: Final = "head"
BUNDLES: Final = "bundles"
TILES: Final = "tiles"
CHECKPOINTS: Final = "checkpoints"


@dataclass(frozen=True, slots=True)
class Head:
    """How far the tree goes, and what of it is still owed.

    `at` and `last_id` name the last entry in the order in which the database took them. `told_size` is what
    has been copied and told to the witness. Entries below `minimum_index` are pruned: the log shows them no
    more; those below `forgotten_index` are deleted. `oldest_until` is when the last entry of the oldest
    bundle was taken in, None until that was read.
    """

    size: int = 0
    root: bytes = tree.EMPTY_ROOT
    at: datetime | None = None
    last_id: str = ""
    sealed_at: datetime | None = None
    told_size: int = 0
    minimum_index: int = 0
    forgotten_index: int = 0
    oldest_until: datetime | None = None
    wake_at: datetime | None = None
    lease_until: datetime | None = None
    fence: int = 0
    keys: tuple[str, ...] = ()  # vkeys, the newest first


def read_head(reader: Reader) -> Head:
    """Return the head; that of a log in which nothing was sealed yet is empty. One read."""
    found = reader.get(LOG, HEAD)
    return Head() if found is None else codec.from_document(Head, found.data)


def bundle_id(number: int) -> str:
    """Return the id of a bundle's document."""
    return f"{number:012d}"


def tile_id(level: int, number: int) -> str:
    """Return the id of a tile's document; level 0 stands in the bundles."""
    return f"{level}-{number:012d}"


def checkpoint_id(size: int) -> str:
    """Return the id of a checkpoint's document: ids are in the order of sizes."""
    return f"{size:016d}"


def tile_key(level: int, number: int) -> tuple[str, str]:
    """Return where a tile's hashes stand: collection and id."""
    return (TILES, tile_id(level, number)) if level else (BUNDLES, bundle_id(number))


def hashes_of(document: Document) -> list[bytes]:
    """Return the hashes of a tile."""
    return tree.split_hashes(cast("bytes", document.data["hashes"]))


def write_bundle(texts: Iterable[bytes]) -> bytes:
    """Return entries as a bundle of tlog-tiles: each after its length, 16 bits, big endian."""
    return b"".join(struct.pack(">H", len(text)) + text for text in texts)


def read_bundle(content: bytes) -> list[bytes]:
    """Return the entries of a bundle."""
    texts: list[bytes] = []
    at = 0
    while at < len(content):
        (length,) = struct.unpack_from(">H", content, at)
        texts.append(content[at + 2 : at + 2 + length])
        at += 2 + length
    return texts


def hash_reader(reader: Reader) -> Callable[[int, int], bytes]:
    """Return what a proof is made from: a hash by tile level and index. One read a tile, once."""
    known: dict[tuple[int, int], Sequence[bytes]] = {}

    def hash_at(level: int, index: int) -> bytes:
        number = index // WIDTH
        if (level, number) not in known:
            found = reader.get(*tile_key(level, number))
            known[level, number] = [] if found is None else hashes_of(found)
        try:
            return known[level, number][index % WIDTH]
        except IndexError:
            raise TreeDiffers(f"tile {level}/{number} is not as long as the head says") from None

    return hash_at


class TreeDiffers(Exception):
    """What is stored does not make the root that was signed: somebody wrote to the database."""


def read_checkpoint(reader: Reader, size: int) -> str | None:
    """Return the log's signed checkpoint of this size. One read."""
    found = reader.get(CHECKPOINTS, checkpoint_id(size))
    return None if found is None else str(cast("Any", found.data["text"]))
