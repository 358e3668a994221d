"""Code, manifest and infrastructure agree: what stands in one and not in the other is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.infra import agreement
from tests.infra.plan import Plan
from tests.infra.terraform import ROOT, read_manifest


def test_files_manifest_and_deployed_functions_are_the_same(
    plan: Plan, manifest: dict[str, Any]
) -> None:
    """Every file of functions/ has a row, every row a file, and every row is deployed as it says."""
    assert list(agreement.functions(ROOT, manifest, plan)) == []
    assert list(agreement.limits(manifest, plan)) == []


def test_buckets_of_manifest_and_plan_are_the_same(plan: Plan, manifest: dict[str, Any]) -> None:
    """A function reaches the buckets of its row, as its row says, and no other."""
    assert list(agreement.buckets(manifest, plan)) == []


def test_topics_of_manifest_events_and_plan_are_the_same(
    plan: Plan, manifest: dict[str, Any]
) -> None:
    """Every topic is one that a row names and, but for ticks, one that an event travels on."""
    assert list(agreement.topics(manifest, plan)) == []


def test_the_edge_routes_the_paths_of_the_manifest(plan: Plan, manifest: dict[str, Any]) -> None:
    """Every HTTP function is reached at its path, and nothing else is reached at all."""
    assert list(agreement.paths(manifest, plan)) == []


def test_secrets_of_the_code_are_the_secrets_of_the_plan(plan: Plan) -> None:
    """A secret that a module reads is there, and none is there that no module knows."""
    assert list(agreement.secrets(ROOT, plan)) == []


def test_a_function_gets_every_setting_and_no_other_variable(plan: Plan) -> None:
    """A field added to Settings and not to infra/ would stop every function at its start."""
    assert list(agreement.settings(plan)) == []


def test_firestore_gets_the_indexes_of_the_file(plan: Plan) -> None:
    """An index that the embedded store knows is one that Firestore has, and the other way round."""
    assert list(agreement.indexes(ROOT, plan)) == []


def _without_row(root: Path) -> None:
    _edit_manifest(root, lambda rows: rows.pop("write_audit"))


def _without_file(root: Path) -> None:
    (root / "functions/write_audit.py").unlink()


def _with_row(root: Path) -> None:
    _edit_manifest(root, lambda rows: rows.update(send_fax=rows["write_audit"]))


def _with_file(root: Path) -> None:
    (root / "functions/send_fax.py").touch()


def _with_package(root: Path) -> None:
    (root / "functions/send_fax").mkdir()
    (root / "functions/send_fax/__init__.py").touch()


@pytest.mark.parametrize(
    ("change", "complaints"),
    [
        (
            _without_row,
            {
                "function write_audit is in the files, not in the manifest",
                "function write_audit is in the plan, not in the manifest",
            },
        ),
        (_without_file, {"function write_audit is in the manifest, not in the files"}),
        (
            _with_row,
            {
                "function send_fax is in the manifest, not in the files",
                "function send_fax is in the manifest, not in the plan",
            },
        ),
        (_with_file, {"function send_fax is in the files, not in the manifest"}),
        (_with_package, {"function send_fax is in the files, not in the manifest"}),
    ],
)
def test_a_function_in_one_place_alone_is_named(
    change: Callable[[Path], None], complaints: set[str], dev: Plan, tmp_path: Path
) -> None:
    """Whoever adds or removes a function in one place is told where it is missing."""
    shutil.copytree(ROOT / "functions", tmp_path / "functions")
    change(tmp_path)

    found = set(agreement.functions(tmp_path, read_manifest(tmp_path), dev))

    assert found == complaints


def test_an_index_that_is_in_the_file_alone_is_named(dev: Plan, tmp_path: Path) -> None:
    """Whoever adds an index that Terraform does not make is told which."""
    content = json.loads((ROOT / "infra/indexes.json").read_text("utf-8"))
    content["fields"].append(
        {"database": "audit", "collection": "entries", "field": "body", "indexed": False}
    )
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra/indexes.json").write_text(json.dumps(content))

    found = list(agreement.indexes(tmp_path, dev))

    assert found == [
        "field setting ('audit', 'entries', 'body', False, False) is in the file, not in the plan"
    ]


def _edit_manifest(root: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    rows = read_manifest(root)
    edit(rows)
    (root / "functions/manifest.json").write_text(json.dumps({"functions": rows}))
