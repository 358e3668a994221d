"""Copies of the sealed log in a bucket from which nobody can delete before the retention is over.

An object is created once and never again: its name says level, number and width of a tile, or the size of a
checkpoint, so a second attempt finds the same bytes. What stands there says later what the log once was.
"""

from __future__ import annotations

from typing import Final, cast

from shared.app import App
from shared.audit import tree
from shared.audit.tree import WIDTH
from shared.blobs.contract import AlreadyExists
from shared.domain.events import CHECKPOINT_SIGNED
from shared.services.audit import sealed_log
from shared.services.audit.sealed_log import Head
from shared.store.contract import Filter, Order, Query

_PAGE: Final = 1_000  # far more than one run signs


def copy(app: App, head: Head) -> None:
    """Copy what came since the last time, and tell the witness of the newest checkpoint."""
    for level, number, width in _tiles(head.told_size, head.size):
        found = app.audit.get(*sealed_log.tile_key(level, number))
        if found is None:
            raise sealed_log.TreeDiffers(f"tile {level}/{number} is missing")
        hashes = cast("bytes", found.data["hashes"])[: width * tree.HASH_BYTES]
        if level == 0:
            texts = sealed_log.read_bundle(cast("bytes", found.data["texts"]))[:width]
            put(app, tree.tile_name("entries", number, width), sealed_log.write_bundle(texts))
        put(app, tree.tile_name(level, number, width), hashes)
    query = Query(
        sealed_log.CHECKPOINTS,
        (Filter("size", ">", head.told_size), Filter("size", "<=", head.size)),
        (Order("size"),),
        limit=_PAGE,
    )
    for document in app.audit.query(query).documents:
        text = cast("str", document.data["text"])
        put(app, f"checkpoints/{int(document.id)}", text.encode())
    app.bus.publish(CHECKPOINT_SIGNED, {"size": head.size})


def put(app: App, name: str, content: bytes) -> None:
    """Create an object; one of that name is an earlier attempt's. Raises Unavailable."""
    try:
        app.audit_log.put(name, [content])
    except AlreadyExists:
        return


def _tiles(old: int, new: int) -> list[tuple[int, int, int]]:
    """Return the tiles of the tree of `new` leaves that the one of `old` had not, or not so wide."""
    found = []
    level = 0
    while new:
        for number in range(old // WIDTH, -(-new // WIDTH)):
            width = min(WIDTH, new - number * WIDTH)
            if number * WIDTH + width > old:
                found.append((level, number, width))
        old, new, level = old // WIDTH, new // WIDTH, level + 1
    return found
