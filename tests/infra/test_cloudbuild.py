"""cloudbuild.yaml is one that Cloud Build takes, and deploys nothing that was not planned and checked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.infra.terraform import ROOT

yaml = pytest.importorskip(
    "ruamel.yaml", reason="check-jsonschema, which brings it, is not installed"
)

FILE = ROOT / "cloudbuild.yaml"


@pytest.fixture(scope="module")
def build() -> dict[str, Any]:
    """Give the build's content."""
    content: dict[str, Any] = yaml.YAML(typ="safe").load(FILE)
    return content


def test_cloud_build_takes_the_file() -> None:
    """Every member is one of Cloud Build's schema."""
    checker = Path(sys.executable).with_name("check-jsonschema")

    done = subprocess.run(
        [checker, "--builtin-schema", "vendor.cloudbuild", FILE],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_applied_before_tests_and_checks(build: dict[str, Any]) -> None:
    """The apply waits for the policy, that for the plan, and that for tests and validation."""
    waits = {step["id"]: step.get("waitFor") for step in build["steps"]}

    assert waits == {
        "test": None,
        "bundle": ["-"],
        "validate": ["bundle"],
        "plan": ["test", "validate"],
        "policy": ["plan"],
        "apply": ["policy"],
        "smoke": ["apply"],
    }


def test_what_is_applied_is_the_plan_that_was_checked(build: dict[str, Any]) -> None:
    """One plan is saved, checked and applied; by default it is not applied at all."""
    scripts = {step["id"]: step["args"][-1] for step in build["steps"]}

    assert scripts["plan"].count("-out=/workspace/plan.bin") == 1
    assert "terraform show -json /workspace/plan.bin > /workspace/plan.json" in scripts["plan"]
    assert "--file /workspace/plan.json" in scripts["policy"]
    assert "terraform apply -input=false -lock-timeout=300s /workspace/plan.bin" in scripts["apply"]
    assert 'if [ "${_APPLY}" = true ]' in scripts["apply"]
    assert build["substitutions"]["_APPLY"] == "false"


def test_a_build_chooses_neither_its_account_nor_its_providers(build: dict[str, Any]) -> None:
    """The trigger names the account; the providers are those whose hashes were committed."""
    scripts = {step["id"]: step["args"][-1] for step in build["steps"]}

    assert "serviceAccount" not in build
    assert "-lockfile=readonly" in scripts["validate"]
    assert build["options"] == {
        "logging": "CLOUD_LOGGING_ONLY",
        "substitutionOption": "MUST_MATCH",
    }


def test_a_step_stops_at_its_first_failure(build: dict[str, Any]) -> None:
    """No script goes on after a command that failed, nor with a variable that is not set."""
    for step in build["steps"]:
        assert ":" in step["name"], "an image has a version"
        assert step["entrypoint"] == "python" or step["args"][0].startswith("-eu")
