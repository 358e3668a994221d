"""Checks of entries: canonical form, ids, times, heartbeats."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from tools.audit_verifier.canonical_json import read_canonical
from tools.audit_verifier.checkpoints import Trust
from tools.audit_verifier.export_files import WIDTH, read_entries, tiles_of
from tools.audit_verifier.merkle_tree import leaf_hash
from tools.audit_verifier.report import Malformed, Report, span

HEARTBEAT: Final = "log.heartbeat"


def check_entries(files: Mapping[str, bytes], trust: Trust, report: Report) -> list[bytes]:
    """Check each entry's form, id and time; returns their hashes, from the first that is not pruned."""
    hashes: list[bytes] = []
    ids: dict[str, int] = {}
    clock = Heartbeats(trust.longest_gap, report)
    for bundle in tiles_of(files, -1):
        if bundle.index * WIDTH < trust.first:
            continue
        if (expected := trust.first + len(hashes)) < bundle.index * WIDTH:
            report.wrong("entry", span(expected, bundle.index * WIDTH), "no bundle holds it")
        entries, fault = read_entries(files, bundle)
        if fault:
            report.wrong("bundle", bundle.name, fault)
        for entry in entries:
            index = trust.first + len(hashes)
            hashes.append(leaf_hash(entry))
            try:
                id, time, action = _read_entry(entry)
            except Malformed as error:
                report.wrong("entry", index, str(error))
                continue
            if (before := ids.setdefault(id, index)) != index:
                report.wrong("entry", index, f"it has the id of entry {before}: it is there twice")
            clock.see(index, time, action)
    clock.end()
    report.first_time, report.last_time = clock.between
    report.entries = len(hashes)
    return hashes


def _read_entry(entry: bytes) -> tuple[str, datetime, str]:
    value = read_canonical(entry)
    if not isinstance(value, dict):
        raise Malformed("it is not an object")
    id, action = value.get("id"), value.get("action")
    if not isinstance(id, str) or not isinstance(action, str):
        raise Malformed("it has no id or no action")
    return id, _time(value.get("time")), action


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

    _SKEW: Final = timedelta(minutes=5)  # between the clocks of two functions

    def __init__(self, longest: timedelta, report: Report) -> None:
        self._longest = longest
        self._report = report
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
        if self._latest is not None and self._latest[1] > time + self._SKEW:
            self._report.wrong(
                "entry",
                self._latest[0],
                f"its time is after that of heartbeat {index}, which came later",
            )
        if index != self._last[0] and time <= self._last[1] - self._SKEW:
            self._report.wrong("entry", index, "this heartbeat is before the one before it")
        self._measure(index, time)
        self._last, self._latest = (index, time), None

    def end(self) -> None:
        """Look at what came after the last heartbeat."""
        if self._latest is not None:
            self._measure(*self._latest)

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
