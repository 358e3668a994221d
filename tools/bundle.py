"""Writes what is deployed: a zip a function, and the agents' page, its files compressed.

    python tools/bundle.py [FOLDER]        (build, where Terraform looks, by default)

FOLDER/bundles has, for each function, main.py, the function, shared/ and the requirements; with them their
compiled form, so that an instance compiles nothing when it starts. FOLDER/page has web/ as a bucket serves
it, and files.json with each file's type. What is not named here is in neither.

Equal files make equal bytes, on any machine and at any time, so that Terraform deploys a function again only
when something in its bundle changed. Run it with the Python of the runtime: others would compile in vain.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import marshal
import sys
import zipfile
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = (3, 11)
SHARED_BY_ALL = (
    "main.py",
    "requirements.txt",
    "functions/__init__.py",
    "functions/manifest.json",
    "shared",
)
PAGE_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".ftl": "text/plain; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold
_READABLE = 0o100644 << 16
_UNCHECKED = (1).to_bytes(
    4, "little"
)  # PEP 552: by hash, and trusted without looking at the source
_UNDER_APP = "/workspace"  # where Google's buildpacks put a function; it shows in tracebacks


def main(arguments: list[str]) -> None:
    """Write every function's bundle and the page."""
    if len(arguments) > 1:
        sys.exit(__doc__)
    if sys.version_info[:2] != RUNTIME:
        sys.exit(f"bundles are compiled by the runtime's Python, {RUNTIME[0]}.{RUNTIME[1]}")
    folder = Path(arguments[0]) if arguments else ROOT / "build"
    (folder / "bundles").mkdir(parents=True, exist_ok=True)
    rows = json.loads((ROOT / "functions" / "manifest.json").read_text("utf-8"))["functions"]
    compiled: dict[Path, bytes] = {}
    for function in rows:
        write_bundle(function, rows, folder / "bundles" / f"{function}.zip", compiled)
    write_page(folder / "page")


def write_bundle(
    function: str, rows: dict[str, Any], target: Path, compiled: dict[Path, bytes]
) -> None:
    """Write one function's bundle. Raises FileNotFoundError where the function has no file.

    `compiled` remembers what was compiled for another bundle.
    """
    names = [*SHARED_BY_ALL, *_own(function, rows)]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle:
        for path in sorted({path for name in names for path in _files(ROOT / name)}):
            name = path.relative_to(ROOT).as_posix()
            _add(bundle, name, path.read_bytes())
            if path.suffix == ".py":
                if path not in compiled:
                    compiled[path] = compile_unchecked(path, name)
                _add(bundle, importlib.util.cache_from_source(name), compiled[path])


def compile_unchecked(path: Path, name: str) -> bytes:
    """Return a module compiled so that Python loads it without comparing it with its source (PEP 552).

    A zip has no times to compare by, and an instance cannot write what it compiles itself.
    """
    source = path.read_bytes()
    code = SourceFileLoader(path.stem, str(path)).source_to_code(source, f"{_UNDER_APP}/{name}")
    header = importlib.util.MAGIC_NUMBER + _UNCHECKED + importlib.util.source_hash(source)
    return header + marshal.dumps(code)


def write_page(folder: Path) -> None:
    """Write the files of web/ that are served, compressed, and files.json: the type of each."""
    web = ROOT / "web"
    types = {
        path.relative_to(web).as_posix(): PAGE_TYPES[path.suffix]
        for path in sorted(_files(web))
        if path.suffix in PAGE_TYPES
    }
    for name in types:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(gzip.compress((web / name).read_bytes(), 9, mtime=0))
    (folder / "files.json").write_text(json.dumps(types, indent=1) + "\n", "utf-8")


def _own(function: str, rows: dict[str, Any]) -> list[str]:
    """Return what a function has beside what all share: its module, or, of one that mounts others, theirs."""
    mounts = "edge" in rows[function]
    names = [name for name, row in rows.items() if mounts and row["trigger"] == "http"] or [
        function
    ]
    modules = [
        f"functions/{name}.py"
        if (ROOT / "functions" / f"{name}.py").exists()
        else f"functions/{name}"
        for name in names
    ]
    return [*modules, "web"] if mounts else modules


def _add(bundle: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = _READABLE
    bundle.writestr(entry, content, zipfile.ZIP_DEFLATED, 6)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        path.stat()  # raises where it is missing
        yield path
    for inner in path.rglob("*"):
        if inner.is_file() and "__pycache__" not in inner.parts:
            yield inner


if __name__ == "__main__":
    main(sys.argv[1:])
