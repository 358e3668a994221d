"""Terraform itself accepts infra/: its format, its types, and its own tests."""

from __future__ import annotations

import re

from tests.infra.terraform import ROOT, Workspace, require_terraform, run


def test_every_file_is_formatted() -> None:
    """Whoever edits a file gets no change of white space into the diff."""
    terraform = require_terraform()

    run([terraform, "fmt", "-check", "-diff", "-recursive"], ROOT / "infra")


def test_the_configuration_is_valid(workspace: Workspace) -> None:
    """Every argument and reference is one that the providers know."""
    printed = workspace.run("terraform validate")

    assert "The configuration is valid." in printed


def test_the_promises_of_the_privacy_policy_hold(workspace: Workspace) -> None:
    """All runs of infra/tests/*.tftest.hcl pass, and none is left out."""
    files = (ROOT / "infra/tests").glob("*.tftest.hcl")
    runs = [
        name
        for file in files
        for name in re.findall(r'^run "(\w+)"', file.read_text(), re.MULTILINE)
    ]

    printed = workspace.run("terraform test")

    assert len(runs) > 0
    assert f"Success! {len(runs)} passed, 0 failed." in printed


def test_every_check_that_is_passed_over_has_a_reason() -> None:
    """Whoever tells checkov to be silent says why, beside it; what a deployment runs is this file."""
    config = (ROOT / "infra/checkov.yaml").read_text("utf-8")
    skipped = re.findall(r"^  - (.*)$", config, re.MULTILINE)

    assert skipped
    assert [one for one in skipped if not re.fullmatch(r"CKV2?_GCP_\d+ # .{15,}", one)] == []
    for runner in ("cloudbuild.yaml", "tools/deploy.py"):
        assert "infra/checkov.yaml" in (ROOT / runner).read_text("utf-8")
