"""Runs the real terraform against providers that are only a schema, on a copy of what it reads.

No provider is downloaded and no project is asked: values that a provider would compute are unknown in
the plan. The copy keeps lock files and .terraform/ out of the repository, and its state on the disk.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[2]
KIT: Final = ROOT.parent / "shared" / "tools" / "tfoffline"

_READ: Final = ("main.py", "requirements.txt", "functions", "shared", "infra", "web")
_NEEDED: Final = ("grpc", "google.protobuf", "msgpack")  # what tfoffline imports
_LOCAL_STATE: Final = 'terraform {\n  backend "local" {}\n}\n'
_TIMEOUT_SECONDS: Final = 300


def read_manifest(root: Path) -> dict[str, Any]:
    """Return the rows of functions/manifest.json by function."""
    content: dict[str, Any] = json.loads((root / "functions/manifest.json").read_text("utf-8"))
    return dict(content["functions"])


def require_terraform() -> str:
    """Return the path of terraform; skip where there is none, or fail if CMO_EXPECT names it."""
    found = shutil.which("terraform")
    if found is None:
        _missing("terraform is not installed")
    return str(found)


def require_offline_providers() -> None:
    """Skip where tfoffline, which stands in for the providers, cannot run; or fail, as above."""
    if not (KIT / "tfoffline.py").exists():
        _missing("tfoffline is not at ../shared/tools/tfoffline")
    for module in _NEEDED:
        if find_spec(module) is None:
            _missing(f"tfoffline needs the Python package of {module}")


def _missing(reason: str) -> None:
    if "terraform" in os.environ.get("CMO_EXPECT", "").split(","):
        pytest.fail(reason)
    pytest.skip(reason)


class Workspace:
    """A copy of the repository's infra/ and of the files that it reads, initialised."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        for name in _READ:
            if (ROOT / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__", ".terraform*")
                shutil.copytree(ROOT / name, folder / name, ignore=ignored)
            else:
                shutil.copy(ROOT / name, folder / name)
        self._infra = folder / "infra"
        (self._infra / "backend_override.tf").write_text(_LOCAL_STATE)
        run([sys.executable, str(ROOT / "tools/bundle.py"), str(folder / "build")], folder)
        self.run("terraform init -input=false")

    def plan(self, environment: str, *arguments: str) -> dict[str, Any]:
        """Return the plan of an environment, in the layout of `terraform show -json`."""
        options = " ".join(["-input=false", f"-var-file=env/{environment}.tfvars", *arguments])
        self.run(
            f"terraform plan {options} -out=plan.bin && terraform show -json plan.bin > plan.json"
        )
        plan: dict[str, Any] = json.loads((self._infra / "plan.json").read_text("utf-8"))
        return plan

    def run(self, command: str) -> str:
        """Run a shell command in infra/ and return what it printed. Raises AssertionError if it fails."""
        offline = [
            sys.executable,
            str(KIT / "tfoffline.py"),
            "--schema",
            str(KIT / "schema.json.gz"),
        ]
        return run([*offline, "--", "sh", "-c", command], self._infra)


def run(command: list[str], folder: Path) -> str:
    """Run a command and return what it printed. Raises AssertionError, with that, if it fails."""
    quiet = {
        "CHECKPOINT_DISABLE": "1",
        "TF_CLI_ARGS": "-no-color",
        "TF_CLI_CONFIG_FILE": os.devnull,
    }
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | quiet,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
        timeout=_TIMEOUT_SECONDS,
    )
    assert done.returncode == 0, f"{' '.join(command)} failed:\n{done.stdout}"
    return done.stdout
