"""How long it takes to understand a mail: parse, classify, fold."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from tools.inspect_mail import inspect

ROOT = Path(__file__).parent.parent.parent
FOLDERS = {
    "tests/mail": ROOT / "tests" / "mail",
    "the kit's real messages": ROOT.parent / "shared" / "mail" / "raw",
}


def understanding() -> dict[str, object]:
    """Return milliseconds a message, for each folder that is here."""
    return {name: _measure(folder) for name, folder in FOLDERS.items() if folder.exists()}


def _measure(folder: Path) -> dict[str, float | int]:
    raws = [path.read_bytes() for path in sorted(folder.rglob("*.eml"))]
    for raw in raws[:20]:
        inspect(raw)
    times = []
    for raw in raws:
        started = time.perf_counter()
        inspect(raw)
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    return {
        "messages": len(times),
        "median_ms": round(statistics.median(times), 3),
        "p99_ms": round(times[int(len(times) * 0.99)], 3),
        "max_ms": round(times[-1], 3),
    }
