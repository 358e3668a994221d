"""Ways to tamper with an export, each with where it must be found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tests.audit.sealed_log import LOG_KEY, WITNESS_KEY, Export, SealedLog, Signer, tiles
from tools.audit_verifier.checkpoints import Trust
from tools.audit_verifier.report import Report
from tools.audit_verifier.signed_notes import Key
from tools.verify_audit import verify


def trust(*, witnessed: bool = False, key: Signer = LOG_KEY, **options: object) -> Trust:
    """Return the trust of somebody who has the log's key, and perhaps its witness's."""
    witnesses = (Key.parse(WITNESS_KEY.verifier),) if witnessed else ()
    return Trust((Key.parse(key.verifier),), witnesses, witnessed, **options)  # type: ignore[arg-type]


def found(files: Mapping[str, bytes], trusted: Trust) -> set[tuple[str, str]]:
    """Return the kind and place of each problem."""
    return places(verify(files, trusted))


def places(report: Report) -> set[tuple[str, str]]:
    """Return the kind and place of each problem."""
    return {(problem.kind, problem.at) for problem in report.problems}


def names_entry(problems: set[tuple[str, str]], index: int) -> bool:
    """Tell whether one of the problems is of this entry, by itself or in a range."""
    return any(kind == "entry" and index in numbers(at) for kind, at in problems)


def numbers(at: str) -> range:
    """Return the numbers of a place: one, or a range."""
    first, _, last = at.partition("-")
    return range(int(first), int(last or first) + 1)


def flipped(raw: bytes, bit: int) -> bytes:
    """Return the bytes with one bit changed."""
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def with_entries(files: Export, entries: Sequence[bytes], *, tiles_too: bool = False) -> Export:
    """Return the export with other entries: bundles only, or every tile too, as who may write all would."""
    kept = {n: raw for n, raw in files.items() if not n.startswith("tile/entries")}
    if tiles_too:
        kept = {n: raw for n, raw in files.items() if not n.startswith("tile/")}
    made = tiles(entries)
    return kept | {n: raw for n, raw in made.items() if tiles_too or n.startswith("tile/entries")}


def entry_of_byte(entries: Sequence[bytes], offset: int) -> int:
    """Return which entry of a bundle has the byte at this offset, its length among it."""
    end = 0
    for index, entry in enumerate(entries):
        end += 2 + len(entry)
        if offset < end:
            return index
    raise AssertionError("there is no such byte")


def every_bit(files: Export) -> Iterator[tuple[str, int]]:
    """Name every bit of an export but those of its own keys, which a verifier brings along."""
    for name, raw in files.items():
        if name != "keys":
            yield from ((name, bit) for bit in range(8 * len(raw)))


def assert_bit_found(log: SealedLog, files: Export, name: str, bit: int, trusted: Trust) -> None:
    """Fail where a changed bit is not found, or in another place."""
    problems = found(files | {name: flipped(files[name], bit)}, trusted)
    if name.startswith("tile/entries/"):
        bundle = int(name.split("/")[2].removesuffix(".p")) * 256
        index = bundle + entry_of_byte(log.entries[bundle : bundle + 256], bit // 8)
        assert names_entry(problems, index), (name, bit, problems)
    elif name.startswith("tile/"):
        assert ("tile", name) in problems, (name, bit, problems)
        assert {kind for kind, _ in problems} == {"tile"}, (name, bit, problems)
    else:
        assert ("checkpoint", name) in problems, (name, bit, problems)
        uncovered = ("entry", f"{(log.sealed_at[-2:-1] or [0])[0]}-{log.sealed_at[-1] - 1}")
        assert {kind for kind, _ in problems - {uncovered}} == {"checkpoint"}, (name, bit, problems)
