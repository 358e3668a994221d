"""What a deployment would be is what checkov wants, but for what infra/checkov.yaml passes over."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infra.plan import Plan
from tests.infra.terraform import ROOT


def _checkov() -> str:
    """Return the program; skip where it is not installed, or fail if CMO_EXPECT names it."""
    own = ROOT / ".checkov/bin/checkov"
    found = str(own) if own.exists() else shutil.which("checkov")
    if found is None:
        if "checkov" in os.environ.get("CMO_EXPECT", "").split(","):
            pytest.fail("checkov is expected here, and is not installed")
        pytest.skip("needs checkov, in the version that cloudbuild.yaml names")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dev", "prod", "closed"])
def test_no_check_fails(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """With an edge and without one, as it is checked before a deployment."""
    checkov = _checkov()
    plan: Plan = request.getfixturevalue(name)
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan.content), "utf-8")
    command = [checkov, "--config-file", "infra/checkov.yaml", "--framework", "terraform_plan"]

    done = subprocess.run(
        [*command, "--file", str(file), "--output", "json", "--quiet"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    told = json.loads(done.stdout)
    failed = [(one["check_id"], one["resource"]) for one in told["results"]["failed_checks"]]
    assert failed == []
    assert done.returncode == 0
    assert told["summary"]["passed"] > 100
