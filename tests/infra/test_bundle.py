"""What is deployed is the product and nothing else, and the same bytes for the same files."""

from __future__ import annotations

import gzip
import importlib.util
import json
import shutil
import sys
import time
import zipfile
from pathlib import Path

import pytest

from functions.single_origin import page
from tests.infra.plan import Plan
from tests.infra.terraform import ROOT, read_manifest, run

SERVE = ROOT / "tests" / "serve.py"
BY_ALL = {"main.py", "requirements.txt", "functions/__init__.py", "functions/manifest.json"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of what bundles are made of, with things beside it that no bundle may have."""
    tmp_path = tmp_path_factory.mktemp("copy")
    for folder in ("functions", "shared", "web"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
        (tmp_path / folder / "__pycache__").mkdir()
        (tmp_path / folder / "__pycache__" / "stale.pyc").write_bytes(b"\0")
    for file in ("main.py", "requirements.txt"):
        shutil.copy(ROOT / file, tmp_path)
    for folder in ("infra", "local", "tests", "tools", ".git", ".local"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "anything.py").touch()
    shutil.copy(ROOT / "tools/bundle.py", tmp_path / "tools")
    return tmp_path


@pytest.fixture(scope="module")
def bundles(copy: Path) -> dict[str, Path]:
    """Give the bundle of each function."""
    return _bundle(copy)


def test_a_bundle_has_its_function_and_what_all_share(copy: Path, bundles: dict[str, Path]) -> None:
    """No test, no local desk, no repository, no cache and no other function is deployed."""
    shared = _below(copy / "shared")
    rows = read_manifest(copy)
    http = {name for name, row in rows.items() if row["trigger"] == "http"}

    assert set(bundles) == set(rows)
    for function, bundle in bundles.items():
        mounted = http if "edge" in rows[function] else {function}
        own = {name for one in mounted for name in _below(copy / "functions" / one)}
        own |= {f"functions/{one}.py" for one in mounted if (copy / f"functions/{one}.py").exists()}
        page = _below(copy / "web") if "edge" in rows[function] else set()
        assert _sources(bundle) == BY_ALL | shared | own | page


def test_a_bundle_is_compiled_once_and_for_all(bundles: dict[str, Path]) -> None:
    """Each module stands there compiled for the runtime, loaded without a look at its source (PEP 552)."""
    for bundle in bundles.values():
        with zipfile.ZipFile(bundle) as archive:
            compiled = {name for name in archive.namelist() if name.endswith(".pyc")}
            for name in compiled:
                magic, flags = archive.read(name)[:4], archive.read(name)[4:8]
                assert magic == importlib.util.MAGIC_NUMBER
                assert flags == b"\x01\0\0\0"
        modules = {name for name in _sources(bundle) if name.endswith(".py")}
        assert compiled == {importlib.util.cache_from_source(name) for name in modules}


def test_a_bundle_serves_its_function_alone(bundles: dict[str, Path], tmp_path: Path) -> None:
    """Unpacked into an empty folder, each is served by the Functions Framework, and compiles nothing."""
    figures = {}
    for function, bundle in bundles.items():
        alone = tmp_path / "alone" / function
        with zipfile.ZipFile(bundle) as archive:
            archive.extractall(alone)
        before = {path: path.stat().st_mtime_ns for path in alone.rglob("*")}

        started = time.monotonic()
        printed = run([sys.executable, str(SERVE), function, str(alone)], alone)
        figures[function] = (bundle.stat().st_size // 1024, round(time.monotonic() - started, 1))

        answer = json.loads(printed.splitlines()[-1])
        assert answer["status"] in {200, 401, 404, 405}, function
        assert answer["from"] == [str(alone)], "a module of ours came from elsewhere"
        assert answer["uncompiled"] == [], "compiled at the start"
        assert {path: path.stat().st_mtime_ns for path in alone.rglob("*")} == before
    print({name: f"{size} KiB, {seconds} s" for name, (size, seconds) in figures.items()})


def test_the_page_is_what_a_bucket_serves(copy: Path, bundles: dict[str, Path]) -> None:
    """Each file that the page may load is there once, compressed; notes, licences and settings are not."""
    del bundles
    types = json.loads((copy / "build/page/files.json").read_text("utf-8"))

    assert types == {
        name: page.TYPES[Path(name).suffix]
        for path in (copy / "web").rglob("*")
        if path.is_file()
        and page.file(name := path.relative_to(copy / "web").as_posix()) is not None
    }
    for name in types:
        sent = gzip.decompress((copy / "build/page" / name).read_bytes())
        assert sent == (ROOT / "web" / name).read_bytes()


def test_a_bundle_changes_with_its_files_alone(copy: Path, bundles: dict[str, Path]) -> None:
    """Equal files make equal bytes, whenever and wherever; an edit of one function deploys that one."""
    first = {function: path.read_bytes() for function, path in bundles.items()}
    for path in copy.rglob("*.py"):
        path.touch()
        path.chmod(0o755)
    with (copy / "functions/write_audit.py").open("a") as file:
        file.write("# edited\n")

    second = {function: path.read_bytes() for function, path in _bundle(copy).items()}

    assert {function for function in first if first[function] != second[function]} == {
        "write_audit"
    }


def test_a_function_is_deployed_from_its_own_bundle(plan: Plan) -> None:
    """The object's name says what is in it, so that a new bundle is a new object."""
    objects = {one.key: one.values for one in plan.all("google_storage_bucket_object", "bundle")}

    assert set(objects) == set(plan.functions())
    for function, deployed in plan.functions().items():
        (storage,) = deployed.block("build_config")["source"][0]["storage_source"]
        assert storage["object"] == objects[function]["name"]
        assert objects[function]["source"] == f"../build/bundles/{function}.zip"
    assert len({one["name"] for one in objects.values()}) == len(objects)


def _bundle(root: Path) -> dict[str, Path]:
    run([sys.executable, "tools/bundle.py"], root)
    return {path.stem: path for path in (root / "build/bundles").glob("*.zip")}


def _sources(bundle: Path) -> set[str]:
    with zipfile.ZipFile(bundle) as archive:
        return {name for name in archive.namelist() if not name.endswith(".pyc")}


def _below(folder: Path) -> set[str]:
    return {
        path.relative_to(folder.parents[0 if folder.name in {"shared", "web"} else 1]).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
