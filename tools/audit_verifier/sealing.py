"""Comparison of entries, tiles and checkpoints, which says what of them is wrong where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from itertools import zip_longest

from tools.audit_verifier.checkpoints import Evidence
from tools.audit_verifier.export_files import WIDTH, Tile, read_hashes, tiles_of
from tools.audit_verifier.merkle_tree import Tree, roots
from tools.audit_verifier.report import Malformed, Report, Unusable, span, spans


def sealed_hashes(files: Mapping[str, bytes], first: int) -> list[bytes]:
    """Return the hashes that the tiles of level 0 have for the entries, as far as they go without a hole."""
    hashes: list[bytes] = []
    for tile in tiles_of(files, 0):
        if tile.index * WIDTH < first:
            continue
        if tile.index * WIDTH != first + len(hashes):
            break
        try:
            hashes += read_hashes(files, tile)
        except Malformed:
            break  # check_tiles reports it
    return hashes


def check_roots(
    files: Mapping[str, bytes],
    written: list[bytes],
    sealed: list[bytes],
    evidence: list[Evidence],
    first: int,
    report: Report,
) -> None:
    """Compare entries, tiles and checkpoints, and say which of them is wrong where they differ.

    The signed checkpoints decide: of entries and tiles, what leads to their roots was not touched.
    That each root is of a beginning of the same entries is what consistency proofs would show.
    """
    sizes = {one.checkpoint.size for one in evidence}
    start = _pruned(files, first)
    of_written, of_sealed = roots(start, written, sizes), roots(start, sealed, sizes)

    def fitting(found: Mapping[int, bytes]) -> list[int]:
        return [c.size for c in (one.checkpoint for one in evidence) if found.get(c.size) == c.root]

    tiles_decide = fitting(of_sealed)[-1:] > fitting(of_written)[-1:]
    truth, found = (sealed, of_sealed) if tiles_decide else (written, of_written)
    if tiles_decide:
        compare_entries(written, sealed, first, report)
    check_tiles(files, truth, first, report)
    explain_roots(evidence, found, first + len(truth), first, report)


def _pruned(files: Mapping[str, bytes], first: int) -> list[tuple[int, bytes]]:
    """Return the complete subtrees before the first entry, from the tiles above (tlog-tiles, Pruning)."""
    known: dict[tuple[int, int], bytes] = {}
    for tile in (tile for level in range(1, 8) for tile in tiles_of(files, level)) if first else ():
        with suppress(Malformed):
            for place, hash in enumerate(read_hashes(files, tile)):
                known[tile.level, tile.index * WIDTH + place] = hash
    subtrees, at = [], 0
    while at < first:
        for level in range(7, 0, -1):
            span = WIDTH**level
            if at % span == 0 and at + span <= first and (level, at // span) in known:
                subtrees.append((8 * level, known[level, at // span]))
                at += span
                break
        else:
            raise Unusable(
                f"no tile stands for the entries from {at}, so nothing can be checked from {first} on"
            )
    return subtrees


def compare_entries(written: list[bytes], sealed: list[bytes], first: int, report: Report) -> None:
    """Say which entries are not those that were sealed: changed, removed, added, or moved."""
    were, are = set(sealed), set(written)
    removed = {first + i for i, hash in enumerate(sealed) if hash not in are}
    added = {first + i for i, hash in enumerate(written) if hash not in were}
    for places, why in (
        (removed & added, "it was changed after it was sealed"),
        (removed - added, "it was removed after it was sealed"),
        (added - removed, "it was never sealed: it was added"),
    ):
        for place in spans(places):
            report.wrong("entry", place, why)
    if not removed and not added:
        moved = {
            first + i for i, pair in enumerate(zip_longest(written, sealed)) if pair[0] != pair[1]
        }
        for place in spans(moved):
            report.wrong("entry", place, "another entry was sealed in this place")


def check_tiles(
    files: Mapping[str, bytes], leaves: list[bytes], first: int, report: Report
) -> None:
    """Compare every tile with the hashes of the entries, and say which are missing."""
    levels = {0: dict(enumerate(leaves, first))}
    while len(levels[len(levels) - 1]) >= WIDTH or first:
        below = levels[len(levels) - 1]
        above = {}
        for index in sorted({place // WIDTH for place in below}):
            if all(index * WIDTH + i in below for i in (0, WIDTH - 1)):
                tree = Tree()
                for i in range(WIDTH):
                    tree.add(below[index * WIDTH + i])
                above[index] = tree.root()
        if not above:
            break
        levels[len(levels)] = above
    tiles = [tile for tile in map(Tile.parse, files) if tile is not None and tile.level >= 0]
    size = first + len(leaves)
    for tile in tiles:
        known, span = levels.get(tile.level, {}), WIDTH**tile.level
        try:
            hashes = read_hashes(files, tile)
        except Malformed as error:
            report.wrong("tile", tile.name, str(error))
            continue
        for place, hash in enumerate(hashes, tile.index * WIDTH):
            if known.get(place, hash if place * span < first else b"") != hash:
                what = (
                    f"entry {place}"
                    if span == 1
                    else f"entries {place * span}-{(place + 1) * span - 1}"
                )
                report.wrong("tile", tile.name, f"its hash {place % WIDTH} is not that of {what}")
                break
    there = {(tile.level, tile.index, tile.width) for tile in tiles}
    for level in range(8):
        count = size // WIDTH**level
        for index in range(first // WIDTH ** (level + 1), -(-count // WIDTH)):
            width = min(WIDTH, count - index * WIDTH)
            if not there & {(level, index, width), (level, index, WIDTH)}:
                report.wrong(
                    "tile", f"{level}/{index}", f"the tile of {width} hashes is not in the export"
                )


def explain_roots(
    evidence: list[Evidence], found: Mapping[int, bytes], size: int, first: int, report: Report
) -> None:
    """Say what the checkpoints show that do not fit the entries."""
    fitting = [one for one in evidence if found.get(one.checkpoint.size) == one.checkpoint.root]
    largest = fitting[-1].checkpoint.size if fitting else first
    blamed = False
    for one in (one for one in evidence if one not in fitting):
        covered = one.checkpoint.size
        if covered < first:
            report.notes.append(f"checkpoint {one.called}: not checked, its entries are pruned")
        elif covered > size:
            why = f"it was signed over {covered} entries; missing: {span(size, covered)}"
            report.wrong("checkpoint", one.called, why)
        elif one.earlier or covered <= largest:
            kept = [other.checkpoint.size for other in fitting if other.earlier]
            since = max((other for other in kept if other < covered), default=first)
            why = f"it is signed, but of another history, in which {span(since, covered)} differ"
            report.wrong("checkpoint", one.called, why)
        elif not blamed:
            blamed = True
            why = f"something here is not what checkpoint {one.called} was signed over"
            report.wrong("entry", span(largest, covered), why)
    newest = max((one.checkpoint.size for one in evidence), default=0)
    if evidence and size > newest:
        report.wrong("entry", span(newest, size), "no checkpoint covers it")
