"""Whatever is done to a sealed log is found, in its place: everywhere in small logs, by samples in large."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audit.sealed_log import (
    LOG_KEY,
    OTHER_KEY,
    WITNESS,
    WITNESS_KEY,
    SealedLog,
    entry,
    sealed_log,
    tiles,
)
from tests.audit.tampering import (
    assert_bit_found,
    every_bit,
    flipped,
    found,
    names_entry,
    places,
    trust,
    with_entries,
)
from tools.audit_verifier.signed_notes import Key
from tools.verify_audit import verify

LARGE = 2_000
TRIED = 16  # places of a large log, for each way to tamper


@pytest.mark.parametrize("size", [0, 1, 2, 7, 8, 30, 255, 256, 257, 600, LARGE])
def test_an_untouched_log_is_valid(size: int) -> None:
    """What two implementations agree on has no problem."""
    report = verify(sealed_log(size).export(), trust(witnessed=True))

    assert report.problems == []
    assert (report.entries, report.newest) == (size, size)


@pytest.mark.parametrize("size", [1, 2, pytest.param(3, marks=pytest.mark.slow)])
def test_every_bit_of_a_small_log(size: int) -> None:
    """Entries, their lengths, tiles, checkpoints, signatures and cosignatures: no bit can be changed."""
    log = sealed_log(size)
    files = log.export()
    del files["checkpoint"]  # the same note as the newest of the others
    for name, bit in every_bit(files):
        assert_bit_found(log, files, name, bit, trust(witnessed=True))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_every_bit_of_a_log_of_thirty(part: int) -> None:
    """The same, where entries stand between others."""
    log = sealed_log(30, every=30)
    log.witness = None
    files = log.export()
    del files["checkpoint"]
    for name, bit in every_bit(files):
        if bit % 8 == part:
            assert_bit_found(log, files, name, bit, trust())


def test_some_bits_of_a_large_log() -> None:
    """A seeded sample of its files and their bits."""
    log = sealed_log(LARGE, every=500)
    log.witness = None
    files = log.export()
    del files["checkpoint"]
    chance = random.Random(1)
    for _ in range(TRIED):
        name = chance.choice([name for name in files if name != "keys"])
        assert_bit_found(log, files, name, chance.randrange(8 * len(files[name])), trust())


Edit = Callable[[list[bytes], int, int], int]


def delete(entries: list[bytes], at: int, _other: int) -> int:
    """Take an entry out."""
    del entries[at]
    return at


def insert(entries: list[bytes], at: int, _other: int) -> int:
    """Put an entry in that was never sealed."""
    entries.insert(at, entry(999, _time(entries)))
    return at


def swap(entries: list[bytes], at: int, other: int) -> int:
    """Exchange two entries."""
    entries[at], entries[other] = entries[other], entries[at]
    return at


def replay(entries: list[bytes], at: int, other: int) -> int:
    """Put an entry in once more, somewhere after itself."""
    first, second = sorted((at, other))
    entries.insert(second + 1, entries[first])
    return second + 1


def overwrite(entries: list[bytes], at: int, other: int) -> int:
    """Put an entry in the place of another."""
    entries[at] = entries[other]
    return at


EDITS: list[Edit] = [delete, insert, swap, replay, overwrite]


def _time(entries: Sequence[bytes]) -> datetime:
    return datetime.fromisoformat(json.loads(entries[0])["time"])


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
@pytest.mark.parametrize("size", [1, 2, 3, 13, pytest.param(30, marks=pytest.mark.slow)])
def test_every_edit_of_a_small_log(size: int, edit: Edit) -> None:
    """Each entry is deleted, joined by another, exchanged or overwritten with each: the place is named."""
    log = sealed_log(size)
    log.witness = None
    files = log.export()
    for at in range(size):
        for other in range(size) if edit not in (delete, insert) else [0]:
            if at == other and edit in (swap, overwrite):
                continue
            entries = list(log.entries)
            place = edit(entries, at, other)
            problems = found(with_entries(files, entries), trust())
            assert names_entry(problems, place), (at, other, problems)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_some_edits_of_a_large_log(edit: Edit) -> None:
    """Across bundles too."""
    log = sealed_log(LARGE, every=500)
    log.witness = None
    files = log.export()
    chance = random.Random(2)
    for _ in range(TRIED // 4):
        at, other = chance.sample(range(LARGE), 2)
        entries = list(log.entries)
        place = edit(entries, at, other)
        assert names_entry(found(with_entries(files, entries), trust()), place)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
@pytest.mark.parametrize("size", [3, 30])
def test_who_may_write_all_but_has_no_key(size: int, edit: Edit) -> None:
    """Entries and every tile are written anew: the checkpoints that follow the last good one do not fit."""
    log = sealed_log(size)
    log.witness = None
    files = log.export()
    for at in range(size):
        other = (at + 1) % size
        entries = list(log.entries)
        place = edit(entries, at, other)
        if edit is swap:
            place = min(at, other)
        problems = found(with_entries(files, entries, tiles_too=True), trust())
        assert names_entry(problems, place) or ("checkpoint", str(size)) in problems, problems


@pytest.mark.parametrize("size", [1, 3, 30])
def test_who_signs_with_another_key(size: int) -> None:
    """A whole log of theirs is not signed by the log's key, whatever key it brings along."""
    forged = sealed_log(size)
    forged.key = OTHER_KEY

    report = verify(forged.export(), trust())

    assert ("checkpoint", "none") in places(report)


@pytest.mark.parametrize("size", [7, 30])
def test_truncation_against_its_own_checkpoints(size: int) -> None:
    """Entries that a checkpoint covers cannot be cut off, tiles or not."""
    log = sealed_log(size)
    for kept in range(1, size):
        for tiles_too in (False, True):
            files = with_entries(log.export(), log.entries[:kept], tiles_too=tiles_too)
            problems = found(files, trust())
            assert names_entry(problems, kept) or ("checkpoint", str(size)) in problems


def rolled_back(log: SealedLog, size: int) -> SealedLog:
    """Return what the log was at a smaller size: as valid as it was then."""
    return SealedLog(log.entries[:size], [at for at in log.sealed_at if at <= size])


def test_a_rollback_is_found_by_an_earlier_checkpoint() -> None:
    """Taken by itself an old state is valid; against a checkpoint that somebody kept it is not."""
    log = sealed_log(30)
    for kept in log.sealed_at:
        for size in log.sealed_at:
            report = verify(
                rolled_back(log, size).export(), trust(earlier=(("kept", log.checkpoint(kept)),))
            )
            missing = {("checkpoint", f"{kept} (kept)")} if kept > size else set()
            assert places(report) == missing


def test_a_fork_is_found_by_an_earlier_checkpoint() -> None:
    """Who has the key can sign another history, but not hide it from who kept a checkpoint after the fork."""
    log = sealed_log(30)
    for begun in range(0, 30, 3):
        fork = sealed_log(30, fork_from=begun)
        assert places(verify(fork.export(), trust())) == set()
        for kept in log.sealed_at:
            report = verify(fork.export(), trust(earlier=(("kept", log.checkpoint(kept)),)))
            assert places(report) == ({("checkpoint", f"{kept} (kept)")} if kept > begun else set())


def test_two_checkpoints_of_one_size_are_a_fork() -> None:
    """Also inside one export."""
    log, fork = sealed_log(30), sealed_log(30, fork_from=20)
    for size in (21, 28, 30):
        files = log.export() | {f"witness/{size}": fork.checkpoint(size)}
        assert ("checkpoint", str(size)) in found(files, trust(witnessed=True))


def test_a_witness_does_not_vouch_for_what_it_has_not_seen() -> None:
    """Whom one trusts must have cosigned something; how far it has seen is said."""
    log = sealed_log(30)
    seen = verify(log.export(), trust(witnessed=True))
    log.witness = None

    assert f"{WITNESS} has seen 30 of 30 entries" in seen.notes
    assert places(verify(log.export(), trust(witnessed=True))) == {("checkpoint", "none")}


def test_a_checkpoint_that_a_witness_keeps_finds_a_rollback_and_a_fork() -> None:
    """As one that the auditor kept does."""
    log = sealed_log(30)
    seen = (("witnessed", log.checkpoint(28)),)

    back = verify(rolled_back(log, 21).export(), trust(witnessed=True, earlier=seen))
    fork = verify(sealed_log(30, fork_from=25).export(), trust(witnessed=True, earlier=seen))

    assert places(back) == places(fork) == {("checkpoint", "28 (witnessed)")}


@pytest.mark.parametrize("size", [257, 600])
def test_every_tile_must_be_there(size: int) -> None:
    """A tile that is missing is named; a bundle, by its entries."""
    log = sealed_log(size, every=300)
    files = log.export()
    for name in [name for name in files if name.startswith("tile/")]:
        problems = found({n: raw for n, raw in files.items() if n != name}, trust())
        _, level, index = name.split("/")[:3]
        number = int(index.removesuffix(".p"))
        if level == "entries":
            assert names_entry(problems, number * 256)
        else:
            assert ("tile", f"{level}/{number}") in problems


@given(st.sets(st.integers(0, 29)), st.integers(1, 30))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_erasing_people_breaks_nothing(erased: set[int], size: int) -> None:
    """What is personal stands outside of the entries, which hold commitments: any subset of it may go."""
    people = {n: (bytes([n]) * 32, {"address": f"person{n}@example.com"}) for n in range(size)}
    log = sealed_log(size)
    log.entries = [
        rfc8785.dumps(
            json.loads(one)
            | {"detail_commit": hashlib.sha256(salt + rfc8785.dumps(detail)).hexdigest()}
        )
        for (salt, detail), one in zip(people.values(), log.entries, strict=True)
    ]
    for person in erased:
        people.pop(person, None)

    assert verify(log.export(), trust()).problems == []


def test_the_sample_is_of_what_it_says() -> None:
    """The planted changes are changes: the makers differ from what they change."""
    log = sealed_log(30)
    for edit in EDITS:
        entries = list(log.entries)
        edit(entries, 3, 7)
        assert entries != log.entries
    assert flipped(b"\0", 3) == b"\x08"
    assert tiles(log.entries) != tiles(log.entries[:-1])
    assert Key.parse(LOG_KEY.verifier).type != Key.parse(WITNESS_KEY.verifier).type
