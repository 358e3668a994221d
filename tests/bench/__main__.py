"""`make bench`: measures the desk and prints one JSON object; nothing here passes or fails.

python -m tests.bench [NAME ...]      mail, ingestion, agents, cold_start, page; all by default
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable

from tests.bench.agents import agents
from tests.bench.cold_start import cold_start
from tests.bench.ingestion import ingestion
from tests.bench.page import page
from tests.bench.understanding import understanding

BENCHES: dict[str, Callable[[], object]] = {
    "mail": understanding,
    "ingestion": ingestion,
    "agents": agents,
    "cold_start": cold_start,
    "page": page,
}


def main(names: list[str]) -> int:
    """Run the benches named, or all."""
    if unknown := set(names) - set(BENCHES):
        print(f"no bench is called {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    result = {"machine": machine} | {name: BENCHES[name]() for name in names or BENCHES}
    print(json.dumps(result, indent=1))
    return 0


sys.exit(main(sys.argv[1:]))
