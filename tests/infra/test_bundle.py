"""What is deployed is the product and nothing else, and the same bytes for the same files."""

from __future__ import annotations

import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from tests.infra.plan import Plan
from tests.infra.terraform import ROOT, Workspace, read_manifest, run

BY_ALL = {"main.py", "requirements.txt", "functions/__init__.py", "functions/manifest.json"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give a copy of what bundles are made of, with things beside it that no bundle may have."""
    for folder in ("functions", "shared"):
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


def test_a_bundle_has_its_function_and_what_all_share(copy: Path) -> None:
    """No test, no local desk, no repository, no cache and no other function is deployed."""
    shared = {
        path.relative_to(copy).as_posix()
        for path in (copy / "shared").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    bundles = _bundle(copy)

    assert set(bundles) == set(read_manifest(copy))
    for function, bundle in bundles.items():
        own = {name for name in _names(bundle) - BY_ALL if name.startswith("functions/")}
        assert _names(bundle) == BY_ALL | shared | own
        assert own == {f"functions/{function}.py"} or own == {
            path.relative_to(copy).as_posix()
            for path in (copy / f"functions/{function}").rglob("*.*")
        }


def test_a_bundle_needs_nothing_beside_it(copy: Path, tmp_path: Path) -> None:
    """A function loads from its bundle alone: it takes nothing of another function, a tool or a test."""
    for function, bundle in _bundle(copy).items():
        alone = tmp_path / "alone" / function
        with zipfile.ZipFile(bundle) as archive:
            archive.extractall(alone)

        loaded = run(
            [sys.executable, "-c", f"import functions.{function} as own; print(own.{function})"],
            alone,
        )

        assert loaded.startswith("<function ")


def test_equal_files_make_equal_bundles(copy: Path) -> None:
    """When and where a bundle is made does not show in it."""
    first = {function: path.read_bytes() for function, path in _bundle(copy).items()}
    for path in copy.rglob("*.py"):
        path.touch()
        path.chmod(0o755)

    second = {function: path.read_bytes() for function, path in _bundle(copy).items()}

    assert second == first


def test_a_changed_function_changes_its_own_bundle_alone(copy: Path) -> None:
    """An edit of one function deploys that one; an edit of what all share deploys all."""
    first = {function: path.read_bytes() for function, path in _bundle(copy).items()}
    with (copy / "functions/write_audit.py").open("a") as file:
        file.write("# edited\n")

    second = {function: path.read_bytes() for function, path in _bundle(copy).items()}

    assert {function for function in first if first[function] != second[function]} == {
        "write_audit"
    }


def test_a_function_is_deployed_from_its_own_bundle(plan: Plan, workspace: Workspace) -> None:
    """The object's name says what is in it, so that a new bundle is a new object."""
    objects = {one.key: one.values for one in plan.all("google_storage_bucket_object", "bundle")}

    assert set(objects) == set(read_manifest(workspace.root))
    for function, deployed in plan.functions().items():
        (storage,) = deployed.block("build_config")["source"][0]["storage_source"]
        assert storage["object"] == objects[function]["name"]
        assert objects[function]["source"] == f"../build/bundles/{function}.zip"
    assert len({one["name"] for one in objects.values()}) == len(objects)


def _bundle(root: Path) -> dict[str, Path]:
    run([sys.executable, "tools/bundle.py"], root)
    return {path.stem: path for path in (root / "build/bundles").glob("*.zip")}


def _names(bundle: Path) -> set[str]:
    with zipfile.ZipFile(bundle) as archive:
        return set(archive.namelist())
