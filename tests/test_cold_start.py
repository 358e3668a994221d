"""What a function loads before its first answer: counted, since what is loaded is what a cold start costs."""

from __future__ import annotations

import functools
import importlib
import json
import subprocess
import sys
from dataclasses import dataclass
from itertools import combinations, zip_longest
from pathlib import Path

import pytest

from local import manifest
from local.desk import Desk
from shared.route import first_segment

ROOT = Path(__file__).parent.parent
FUNCTIONS = manifest.load()
PACKAGES = [name for name in FUNCTIONS if (ROOT / "functions" / name).is_dir()]

# What takes long to load and is needed by a first mail, sign-in or push at the earliest.
HEAVY = frozenset(
    {
        "bcrypt",
        "cryptography",
        "email_validator",
        "google",
        "googleapiclient",
        "grpc",
        "httplib2",
        "jwt",
        "nh3",
        "pydantic",
        "requests",
        "rfc8785",
        "sqlite3",
        "urllib3",
        "webauthn",
    }
)

# Nothing of Google's is loaded by a function whose row in the manifest does not say `gmail`.
VENDORS = frozenset({"google", "googleapiclient", "grpc", "httplib2", "google_auth_httplib2"})

_PROGRAM = """
import functions_framework, json, sys
from pathlib import Path
hello = Path(sys.argv[2]) / "hello.py"
hello.write_text("def hello(request):\\n    return ''\\n")
functions_framework.create_app("hello", str(hello), "http").test_client().get("/")
bare = set(sys.modules)
from shared import app
from shared.settings import Settings
settings = Settings.for_local_desk(Path(sys.argv[2]), url="http://127.0.0.1:8080", google="http://localhost:8081")
app.install(lambda function: app.App(settings, function))
client = functions_framework.create_app(sys.argv[1], "main.py", "http").test_client()
from shared import lazy
def ran():
    return sorted(name for name in set(sys.modules) - bare if not lazy.waits(sys.modules[name]))
loaded = ran()
answer = client.get("/", base_url="http://127.0.0.1:8080")
print(json.dumps({"loaded": loaded, "served": ran(), "status": answer.status_code}))
"""


@dataclass(frozen=True, slots=True)
class Start:
    """A process that started: modules that ran, beyond a bare function's, and its first answer."""

    loaded: tuple[str, ...]
    served: tuple[str, ...]
    status: int


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a desk's home with its keys."""
    folder = tmp_path_factory.mktemp("cold")
    Desk(folder, url="http://127.0.0.1:8080", google="http://localhost:8081").close()
    return folder


@functools.cache
def start(function: str, home: Path) -> Start:
    """Start one function in a process of its own, as Cloud Run does, and send it one request."""
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", _PROGRAM, function, str(home)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    answer = json.loads(finished.stdout.splitlines()[-1])
    return Start(tuple(answer["loaded"]), tuple(answer["served"]), answer["status"])


def packages(modules: tuple[str, ...]) -> set[str]:
    """Return the top-level packages of modules."""
    return {module.partition(".")[0] for module in modules}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_start_loads_nothing_heavy(function: str, home: Path) -> None:
    """Vendor SDKs, cryptography and parsers wait until a request needs them."""
    assert packages(start(function, home).loaded) & HEAVY == set()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_start_loads_no_more_modules_than_its_row_allows(function: str, home: Path) -> None:
    """`modules_max` of the manifest bounds the modules beyond those of a bare function."""
    loaded = start(function, home).loaded

    assert 0 < len(loaded) <= FUNCTIONS[function].modules_max


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_start_loads_only_the_functions_own_adapters(function: str, home: Path) -> None:
    """No implementation of a seam is loaded before it is used, and no other function ever."""
    from tests.architecture import ADAPTERS

    loaded = set(start(function, home).loaded)

    assert loaded & ADAPTERS == set()
    own = f"functions.{function}"
    assert {
        module
        for module in loaded
        if module.startswith("functions.") and not f"{module}.".startswith(f"{own}.")
    } == set()
    assert "local" not in packages(tuple(loaded))
    assert "tests" not in packages(tuple(loaded))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_first_answer_loads_no_vendor(function: str, home: Path) -> None:
    """Somebody unknown is answered without Google's libraries."""
    first = start(function, home)

    assert first.status < 500
    assert packages(first.served) & VENDORS == set()


@pytest.mark.parametrize("function", PACKAGES)
def test_a_part_is_served_under_each_segment_of_its_routes(function: str) -> None:
    """A route of a part that stands under a segment which is not said to be its part's would be unknown."""
    package = importlib.import_module(f"functions.{function}")
    modules = {
        part.stem: importlib.import_module(f"functions.{function}.{part.stem}")
        for part in (ROOT / "functions" / function).glob("[a-z]*.py")
    }
    written = {
        (part, first_segment(route.path))
        for part, module in modules.items()
        if hasattr(module, "routes")
        for route in module.routes.routes
    }

    assert written == {
        (part, segment) for segment, parts in package.PARTS.items() for part in parts
    }


@pytest.mark.parametrize("function", PACKAGES)
def test_no_part_takes_what_is_another_parts(function: str) -> None:
    """Parts are tried one after the other: what one writes out must not fit an earlier one's {name}."""
    package = importlib.import_module(f"functions.{function}")
    for segment, parts in package.PARTS.items():
        routes = [
            (part, route)
            for part in parts
            for route in importlib.import_module(f"functions.{function}.{part}").routes.routes
            if first_segment(route.path) == segment
        ]
        taken = [
            (part, route.path, other, one.path)
            for (part, route), (other, one) in combinations(routes, 2)
            if part != other
            and fits(route.path, one.path)
            and (route.path != one.path or route.method == one.method)
        ]
        assert taken == []


def fits(path: str, other: str) -> bool:
    """Tell whether one path may be both of these."""
    pairs = list(zip_longest(path.split("/"), other.split("/")))
    return all(
        one is not None and two is not None and (one == two or "{" in (one[:1], two[:1]))
        for one, two in pairs
    )


def test_a_part_whose_turn_does_not_come_is_not_loaded(home: Path) -> None:
    """The list of tickets is answered without what changes them."""
    served = set(start("tickets", home).served)

    assert "functions.tickets.lists" in served
    assert "functions.tickets.changes" not in served
