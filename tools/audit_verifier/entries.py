"""Checks of entries: canonical form, ids, times, heartbeats."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from tools.audit_verifier.canonical_json import read_canonical
from tools.audit_verifier.checkpoints import Trust
from tools.audit_verifier.export_files import WIDTH, Tile, read_entries, tiles_of
from tools.audit_verifier.merkle_tree import leaf_hash
from tools.audit_verifier.report import Malformed, Report, span

HEARTBEAT: Final = "log.heartbeat"
MINIMUM: Final = "minimum-index"
MEMBERS: Final = {
    *("v", "id", "time", "action", "outcome", "reason", "actor", "target", "changes", "source"),
    *("trace", "purpose", "on_behalf_of", "detail_commit"),
}
_ID: Final = re.compile("e_[0-9A-HJKMNP-TV-Z]{26}", re.IGNORECASE)
_HASH: Final = re.compile(rb'"([0-9a-f]{64})"')


def check_entries(files: Mapping[str, bytes], trust: Trust, report: Report) -> list[bytes]:
    """Check each entry's form, id and time; returns their hashes, from the first that is not pruned."""
    hashes: list[bytes] = []
    ids: dict[str, int] = {}
    clock = Heartbeats(trust.longest_gap, report)
    bundles = tiles_of(files, -1)
    report.first = _first(files, bundles, report)
    for bundle in bundles:
        if (expected := report.first + len(hashes)) < bundle.index * WIDTH:
            report.wrong("entry", span(expected, bundle.index * WIDTH), "no bundle holds it")
        entries, fault = read_entries(files, bundle)
        if fault:
            report.wrong("bundle", bundle.name, fault)
        for entry in entries:
            index = report.first + len(hashes)
            hashes.append(leaf_hash(entry))
            try:
                id, time, action = read_entry(entry)
            except Malformed as error:
                report.wrong("entry", index, str(error))
                continue
            if (before := ids.setdefault(id, index)) != index:
                report.wrong("entry", index, f"it has the id of entry {before}: it is there twice")
            clock.see(index, time, action)
            for hash in _HASH.findall(entry):
                report.recorded.setdefault(hash.decode(), index)
    clock.end()
    report.first_time, report.last_time = clock.between
    report.entries = len(hashes)
    return hashes


def _first(files: Mapping[str, bytes], bundles: list[Tile], report: Report) -> int:
    """Return the first entry that is there: what is before it must be said to be pruned."""
    first = bundles[0].index * WIDTH if bundles else 0
    stated = files.get(MINIMUM, b"0").strip()
    minimum = int(stated) if re.fullmatch(rb"[0-9]{1,18}", stated) else -1
    if minimum < 0 or minimum % WIDTH:
        report.wrong("entry", 0, f"{MINIMUM} is no multiple of {WIDTH}")
    if 0 < first <= minimum:
        report.notes.append(
            f"entries {span(0, first)} are pruned, says the export: only their hashes stand"
        )
        return first
    return 0


def read_entry(entry: bytes) -> tuple[str, datetime, str]:
    """Return id, time and action of an entry; Malformed says what is wrong with it."""
    value = read_canonical(entry)
    if not isinstance(value, dict) or value.keys() != MEMBERS:
        raise Malformed("it has not the members of an entry")
    id, action = value["id"], value["action"]
    if not isinstance(id, str) or not _ID.fullmatch(id):
        raise Malformed("its id is not one")
    if value["v"] != 1 or not isinstance(action, str):
        raise Malformed("its version or action is not one")
    return id, _time(value["time"]), action


def _time(text: Any) -> datetime:
    if not isinstance(text, str) or not re.fullmatch(
        r"[0-9-]{10}T[0-9:]{8}\.[0-9]{3}Z", text, re.ASCII
    ):
        raise Malformed("its time is not one of RFC 3339 in UTC, to the millisecond")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Malformed("its time is none that there is") from None


class Heartbeats:
    """The clock of the log: a heartbeat is sealed every hour, whatever happens, so that silence shows."""

    _LATE: Final = timedelta(
        hours=1, minutes=5
    )  # a heartbeat bears the full hour before it is sealed

    def __init__(self, longest: timedelta, report: Report) -> None:
        self._longest = longest
        self._report = report
        self._beaten = False
        self._first: datetime | None = None
        self._newest: datetime | None = None
        self._last: tuple[int, datetime] | None = None  # a heartbeat, or the first entry
        self._latest: tuple[int, datetime] | None = (
            None  # the entry with the latest time since then
        )

    def see(self, index: int, time: datetime, action: str) -> None:
        """Take the next entry."""
        self._last = self._last or (index, time)
        self._first = self._first or time
        self._newest = time
        if action != HEARTBEAT:
            if self._latest is None or time > self._latest[1]:
                self._latest = index, time
            return
        if self._latest is not None and self._latest[1] > time + self._LATE:
            self._report.wrong(
                "entry",
                self._latest[0],
                f"its time is after that of heartbeat {index}, which came later",
            )
        if index != self._last[0] and self._beaten and time <= self._last[1]:
            self._report.wrong("entry", index, "this heartbeat is before the one before it")
        self._measure(index, time)
        self._last, self._latest, self._beaten = (index, time), None, True

    def end(self) -> None:
        """Look at what came after the last heartbeat, for which the next may not be sealed yet."""
        if self._latest is not None:
            self._measure(self._latest[0], self._latest[1] - self._LATE)

    @property
    def between(self) -> tuple[str | None, str | None]:
        """Return the times of the first and of the last entry."""
        return _written(self._first), _written(self._newest)

    def _measure(self, index: int, time: datetime) -> None:
        if self._last is not None and time - self._last[1] > self._longest:
            hours = (time - self._last[1]) / timedelta(hours=1)
            self._report.wrong(
                "gap",
                span(self._last[0], index + 1),
                f"{hours:.1f} hours without a heartbeat, from {_written(self._last[1])}",
            )


def _written(time: datetime | None) -> str | None:
    return None if time is None else f"{time:%Y-%m-%dT%H:%M:%SZ}"
