"""How long a function takes from the start of its process to its first answer, against a bare function.

What is started is what is deployed: each bundle unpacked alone, compiled as it stands there.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from local.desk import Desk

RUNS = 7
ROOT = Path(__file__).parent.parent.parent

HELLO = "def hello(request):\n    return 'hello'\n"

# Both start the same server object and send it one request in-process: no port, no second process. The end
# of a process is no part of its start, so both end without tidying up.
BARE = """
import functions_framework, os, sys
client = functions_framework.create_app("hello", sys.argv[1], "http").test_client()
assert client.get("/").status_code == 200
os._exit(0)
"""
OURS = """
import os, sys
from pathlib import Path
name, home, indexes_file = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
import functions_framework
from shared import app
from shared.settings import Settings
settings = Settings.for_local_desk(home, url="http://127.0.0.1:8080", google="http://localhost:8081")
class Embedded(app.App):
    pass
def build(function):
    from shared.clock import SystemClock
    from shared.keys.local import FileKeys
    from shared.store.indexes import Indexes
    from shared.store.sqlite import SqliteStore
    clock = SystemClock()
    indexes = Indexes.load(indexes_file)
    return Embedded(settings, function, clock=clock, keys=FileKeys(home / "keys.json", clock),
                    store=SqliteStore(home / "default.sqlite", "(default)", indexes, clock))
app.install(build)
client = functions_framework.create_app(name, "main.py", "http").test_client()
answer = client.get("/", base_url="http://127.0.0.1:8080")
assert answer.status_code < 500, answer.status_code
os._exit(0)
"""


def cold_start() -> dict[str, object]:
    """Return median milliseconds of each function, and the largest ratio to a bare one."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        hello = home / "hello.py"
        hello.write_text(HELLO, "utf-8")
        bundles = _bundles(home)
        Desk(home, url="http://127.0.0.1:8080", google="http://localhost:8081").close()
        indexes = str(ROOT / "infra" / "indexes.json")
        bare = partial(_milliseconds, home, ["-c", BARE, str(hello)])
        ours = {
            name: partial(_milliseconds, bundle, ["-c", OURS, name, folder, indexes])
            for name, bundle in bundles.items()
        }
        return _compared(bare, ours)


def _compared(
    bare: Callable[[], float], ours: Mapping[str, Callable[[], float]]
) -> dict[str, object]:
    """Measure them in turns, so that what the machine does meanwhile counts for all alike."""
    bare_ms = []
    ours_ms: dict[str, list[float]] = {name: [] for name in ours}
    for _ in range(RUNS):
        bare_ms.append(bare())
        for name, start in ours.items():
            ours_ms[name].append(start())
    medians = {name: statistics.median(each) for name, each in ours_ms.items()}
    worst = max(medians.values()) / statistics.median(bare_ms)
    return {
        "bare_ms": statistics.median(bare_ms),
        "functions_ms": medians,
        "worst_ratio": round(worst, 2),
    }


def _bundles(home: Path) -> dict[str, Path]:
    """Return each function's bundle, unpacked into a folder of its own."""
    command = [sys.executable, "tools/bundle.py", str(home / "build")]
    subprocess.run(command, cwd=ROOT, check=True)
    unpacked = {}
    for bundle in sorted((home / "build" / "bundles").glob("*.zip")):
        unpacked[bundle.stem] = home / "unpacked" / bundle.stem
        with zipfile.ZipFile(bundle) as archive:
            archive.extractall(unpacked[bundle.stem])
    return unpacked


def _milliseconds(folder: Path, arguments: list[str]) -> float:
    """Return a process's own processor time, which other load disturbs least."""
    command = [sys.executable, "-c", _TIMED, sys.executable, *arguments]
    ran = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return round(float(ran.stdout) * 1000, 1)


_TIMED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime)
"""
