"""The directions of the code, as rules over one file's path and text; each returns what breaks it.

A rule reads the syntax tree, so an import inside a function counts like one at the top. What stands under
`if TYPE_CHECKING:` loads nothing and is left out of the rules about loading, and of no other.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
MAX_LINES = 320
# Every verb of the sandbox's control API once, each with its contract: cutting it would scatter the list.
LONG_BY_NATURE = frozenset({"local/gmail_sandbox/sandbox.py"})
UNCLEAR = frozenset({"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"})
VENDORS = ("google", "googleapiclient", "google_auth_httplib2", "grpc")
SEAMS = ("store", "bus", "blobs", "keys", "gmail", "smtp", "web")

# The modules of the seams that speak to something outside; what is not named here may be used by all.
ADAPTERS = frozenset(
    {
        "shared.store.sqlite",
        "shared.store.sqlite_file",
        "shared.store.entries",
        "shared.store.firestore",
        "shared.store.firestore_calls",
        "shared.store.firestore_messages",
        "shared.bus.local",
        "shared.bus.queue",
        "shared.bus.queue_file",
        "shared.bus.courier",
        "shared.bus.signer",
        "shared.bus.pubsub",
        "shared.bus.pubsub_dead_letters",
        "shared.bus.cloud_tasks",
        "shared.bus.google_calls",
        "shared.blobs.folder",
        "shared.blobs.cloud_storage",
        "shared.keys.local",
        "shared.keys.secret_manager",
        "shared.gmail.api",
        "shared.gmail.oauth",
        "shared.gmail.transport",
        "shared.smtp.client",
        "shared.smtp.folder",
        "shared.smtp.submission",
        "shared.web.internet",
    }
)
# What a function may know beside services and domain: its door, its rights, and the words of a request.
DOORS = frozenset(
    f"shared.{name}"
    for name in ("entry", "app", "request", "permissions", "errors", "ids", "codec", "auth")
)

CONTRACTS = tuple(
    f"shared.{seam}.contract" for seam in SEAMS
)  # values only; what works is a service


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module."""

    module: str
    line: int
    in_function: bool
    for_types: bool


def product_files() -> list[Path]:
    """Return every Python file that is not a test."""
    folders = ("shared", "functions", "local", "tools")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted([*found, ROOT / "main.py"])


def module_name(path: str) -> str:
    """Return the dotted name of a file such as shared/store/sqlite.py."""
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def imports(source: str) -> list[Import]:
    """Return what a file imports, wherever it stands; `from a import b` is `a` and `a.b`."""
    return list(_imports(ast.parse(source), in_function=False, for_types=False))


def _imports(node: ast.AST, *, in_function: bool, for_types: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, in_function, for_types)
        elif isinstance(child, ast.ImportFrom):
            base = "." * child.level + (child.module or "")
            for alias in child.names:
                yield Import(f"{base}.{alias.name}", child.lineno, in_function, for_types)
        else:
            checking = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
            function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(
                child, in_function=in_function or function, for_types=for_types or checking
            )


def _is_of(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def _adapter_of(module: str) -> str | None:
    return next((adapter for adapter in ADAPTERS if _is_of(module, adapter)), None)


# The rules


def functions_speak_to_services(path: str, source: str) -> list[str]:
    """Find functions that know more than their door, services and domain: a seam, the mail package."""
    if not path.startswith("functions/"):
        return []
    return [
        f"{path}:{found.line} imports {found.module}"
        for found in imports(source)
        if _is_of(found.module, "shared")
        and not _is_of(found.module, *DOORS, *CONTRACTS, "shared.services", "shared.domain")
    ]


def functions_are_strangers(path: str, source: str) -> list[str]:
    """Find functions that import another one; single_origin, which mounts them, may."""
    if not path.startswith("functions/") or path.startswith("functions/single_origin/"):
        return []
    own = ".".join(module_name(path).split(".")[:2])
    return [
        f"{path}:{found.line} imports {found.module}"
        for found in imports(source)
        if found.module.startswith(".")
        or (_is_of(found.module, "functions") and not _is_of(found.module, own))
    ]


def nothing_looks_up(path: str, source: str) -> list[str]:
    """Find services that know the doors, and what in shared/ knows services, functions or main."""
    above = ["functions", "main"]
    if path.startswith("shared/services/"):
        above += ["shared.entry", "shared.answers", "shared.request", "flask", "werkzeug"]
    if path.startswith("shared/") and not path.startswith("shared/services/"):
        doors = ("shared/entry.py", "shared/app.py")
        above += [] if path in doors else ["shared.services", "shared.entry"]
    if not path.startswith("shared/"):
        return []
    return [
        f"{path}:{found.line} imports {found.module}"
        for found in imports(source)
        if _is_of(found.module, *above)
    ]


def domain_is_pure(path: str, source: str) -> list[str]:
    """Find domain code that imports more than the standard library and itself."""
    if not path.startswith("shared/domain/"):
        return []
    return [
        f"{path}:{found.line} imports {found.module}"
        for found in imports(source)
        if not _is_of(found.module, "shared.domain")
        and found.module.partition(".")[0] not in sys.stdlib_module_names
    ]


def only_the_root_picks_adapters(path: str, source: str) -> list[str]:
    """Find imports of adapters but by their own seam, and by app.py inside what needs them."""
    if not path.startswith(("shared/", "functions/")):
        return []
    broken = []
    for found in imports(source):
        adapter = _adapter_of(found.module)
        if adapter is None:
            continue
        own_seam = _is_of(module_name(path), adapter.rpartition(".")[0])
        at_home = path == "shared/app.py" and (found.in_function or found.for_types)
        if not own_seam and not at_home:
            broken.append(f"{path}:{found.line} imports the adapter {adapter}")
    return broken


def only_adapters_know_vendors(path: str, source: str) -> list[str]:
    """Find imports of Google's SDKs and gRPC outside of adapters."""
    if not path.startswith(("shared/", "functions/", "main.py")):
        return []
    if module_name(path) in ADAPTERS:
        return []
    return [
        f"{path}:{found.line} imports {found.module}"
        for found in imports(source)
        if _is_of(found.module, *VENDORS)
    ]


def only_settings_read_the_environment(path: str, source: str) -> list[str]:
    """Find what is deployed and reads the environment, but for settings.py."""
    if not path.startswith(("shared/", "functions/", "main.py")) or path == "shared/settings.py":
        return []
    names = {"environ", "environb", "getenv", "getenvb"}
    return [f"{path}:{line} reads os.{name}" for name, line in _uses(source, "os", names)]


def only_the_clock_asks_the_time(path: str, source: str) -> list[str]:
    """Find what is deployed and asks the time itself; only clock.py may, the rest takes a Clock."""
    if not path.startswith(("shared/", "functions/", "main.py")) or path == "shared/clock.py":
        return []
    clocks = {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"}
    asked = [*_uses(source, "time", clocks)]
    asked += _uses(source, "datetime", {"now", "utcnow", "today"})
    asked += _uses(source, "date", {"today"})
    return [f"{path}:{line} asks {name}" for name, line in asked]


def nothing_imports_what_is_local(path: str, source: str) -> list[str]:
    """Find imports of what only a laptop runs, and of the tests."""
    if path.startswith("local/"):
        return []
    return [
        f"{path}:{found.line} imports {found.module}"
        for found in imports(source)
        if _is_of(found.module, "local", "tests")
    ]


def names_say_something(path: str, source: str) -> list[str]:
    """Find modules and folders whose name says nothing about their contents."""
    del source
    return [
        f"{path}: {part}" for part in Path(path).with_suffix("").parts if part.lower() in UNCLEAR
    ]


def files_are_short(path: str, source: str) -> list[str]:
    """Find files that ask to be split."""
    lines = source.count("\n")
    return [f"{path} has {lines} lines"] if lines > MAX_LINES and path not in LONG_BY_NATURE else []


def _uses(source: str, owner: str, names: set[str]) -> list[tuple[str, int]]:
    """Return where one of these attributes of `owner` is used, or imported by itself."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in names:
            holder = node.value
            holder_name = holder.attr if isinstance(holder, ast.Attribute) else ""
            if isinstance(holder, ast.Name):
                holder_name = holder.id
            if holder_name == owner:
                found.append((node.attr, node.lineno))
        elif isinstance(node, ast.ImportFrom) and node.module == owner:
            found += [(alias.name, node.lineno) for alias in node.names if alias.name in names]
    return found


Rule = Callable[[str, str], list[str]]
RULES: tuple[Rule, ...] = (
    functions_speak_to_services,
    functions_are_strangers,
    nothing_looks_up,
    domain_is_pure,
    only_the_root_picks_adapters,
    only_adapters_know_vendors,
    only_settings_read_the_environment,
    only_the_clock_asks_the_time,
    nothing_imports_what_is_local,
    names_say_something,
    files_are_short,
)
