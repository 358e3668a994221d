"""Writes what is deployed: one zip a function, with main.py, that function, shared/ and the requirements.

    python tools/bundle.py [FOLDER]        (build/bundles, where Terraform looks, by default)

What is not named here is in no bundle. Equal files make equal bytes, on any machine and at any time, so that
Terraform deploys a function again only when something in its bundle changed.
"""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED_BY_ALL = (
    "main.py",
    "requirements.txt",
    "functions/__init__.py",
    "functions/manifest.json",
    "shared",
)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold
_READABLE = 0o100644 << 16


def main(arguments: list[str]) -> None:
    """Write the bundle of every function of the manifest."""
    if len(arguments) > 1:
        sys.exit(__doc__)
    folder = Path(arguments[0]) if arguments else ROOT / "build" / "bundles"
    folder.mkdir(parents=True, exist_ok=True)
    manifest = json.loads((ROOT / "functions" / "manifest.json").read_text("utf-8"))
    for function in manifest["functions"]:
        write_bundle(function, folder / f"{function}.zip")


def write_bundle(function: str, target: Path) -> None:
    """Write one function's bundle. Raises FileNotFoundError where the function has no file."""
    module = ROOT / "functions" / f"{function}.py"
    own = module if module.exists() else module.with_suffix("")
    paths = {path for name in SHARED_BY_ALL for path in _files(ROOT / name)} | set(_files(own))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bundle:
        for path in sorted(paths):
            entry = zipfile.ZipInfo(path.relative_to(ROOT).as_posix(), _EPOCH)
            entry.external_attr = _READABLE
            bundle.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        path.stat()  # raises where it is missing
        yield path
    for inner in path.rglob("*"):
        if inner.is_file() and "__pycache__" not in inner.parts:
            yield inner


if __name__ == "__main__":
    main(sys.argv[1:])
