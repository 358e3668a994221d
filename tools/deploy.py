"""Plans a deployment, applies exactly that plan, and looks it over; `make plan`, `deploy` and `doctor`.

    python -m tools.deploy plan ENVIRONMENT        plan and check; changes nothing
    python -m tools.deploy apply ENVIRONMENT       the same, then ask, apply, and try the desk from outside
    python -m tools.deploy doctor ENVIRONMENT      look the deployment over

ENVIRONMENT is the name of a file in infra/env/. The bundles have been made before (`make bundle`). What is
missing on this machine is said before anything is asked of Google.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
INFRA: Final = ROOT / "infra"
PLAN: Final = ROOT / "build" / "plan.bin"


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit status."""
    if len(arguments) != 2 or arguments[0] not in {"plan", "apply", "doctor"}:
        print(__doc__)
        return 2
    command, environment = arguments
    if missing := list(what_is_missing(environment)):
        print("Before this can be done:", *missing, sep="\n- ")
        return 1
    print(
        "Needs a network, and Google credentials that may read the state's bucket and the project."
    )
    try:
        _terraform("init", "-input=false", "-reconfigure", *_backend(environment))
        if command == "doctor":
            return _doctor()
        _plan(environment)
        return 0 if command == "plan" else _apply(environment)
    except subprocess.CalledProcessError as error:
        return int(error.returncode) or 1


def what_is_missing(environment: str) -> list[str]:
    """Return what has to be there first, each with what to do about it."""
    missing = []
    if not re.fullmatch(r"[a-z][a-z0-9-]*", environment) or not _settings(environment).exists():
        missing.append(
            f"no infra/env/{environment}.tfvars: copy one of those there, replace its values"
        )
    elif "000000-000000-000000" in _settings(environment).read_text("utf-8"):
        missing.append(
            f"infra/env/{environment}.tfvars has the example's values: replace every one"
        )
    for program, purpose in (("terraform", "1.11 or newer"), ("gcloud", "signed in")):
        if shutil.which(program) is None:
            missing.append(f"{program} is not installed ({purpose})")
    if not (INFRA / ".terraform.lock.hcl").exists():
        missing.append(
            "the providers' hashes are not committed: docs/operations.md, From an empty project, step 4"
        )
    if not (ROOT / "build" / "page" / "files.json").exists():
        missing.append("there are no bundles: make bundle")
    return missing


def _plan(environment: str) -> None:
    _terraform(
        *("plan", "-input=false", "-lock-timeout=300s"),
        *(f"-var-file=env/{environment}.tfvars", f"-out={PLAN}"),
    )
    shown = _terraform("show", "-json", str(PLAN), quiet=True)
    plan = PLAN.with_suffix(".json")
    plan.write_text(shown, "utf-8")
    if importlib.util.find_spec("checkov") is None:
        print("Not checked by checkov, which is not installed: pip install checkov==3.3.30")
        return
    _run(
        [
            *(sys.executable, "-m", "checkov.main", "--config-file", "infra/checkov.yaml"),
            *("--framework", "terraform_plan", "--file", str(plan)),
        ],
        ROOT,
    )


def _apply(environment: str) -> int:
    if input(f"Apply this plan to {environment}? Only `yes` does it: ") != "yes":
        print("Nothing was changed.")
        return 1
    _terraform("apply", "-input=false", "-lock-timeout=300s", str(PLAN))
    desk = json.loads(_terraform("output", "-json", "desk", quiet=True))
    return _run([sys.executable, "tools/smoke.py", desk], ROOT, check=False).returncode


def _doctor() -> int:
    settings = json.loads(_terraform("output", "-json", "settings", quiet=True))
    command = [sys.executable, "-m", "tools.doctor"]
    return _run(command, ROOT, check=False, settings=settings).returncode


def _terraform(*arguments: str, quiet: bool = False) -> str:
    return _run(["terraform", *arguments], INFRA, quiet=quiet).stdout or ""


def _run(
    command: list[str],
    folder: Path,
    *,
    check: bool = True,
    quiet: bool = False,
    settings: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the programs that the operator has
        command,
        cwd=folder,
        check=check,
        env=os.environ | dict(settings or {}),
        stdout=subprocess.PIPE if quiet else None,
        text=True,
    )


def _backend(environment: str) -> list[str]:
    found = re.search(
        r'^project\s*=\s*"([^"]+)"', _settings(environment).read_text("utf-8"), re.MULTILINE
    )
    project = found[1] if found else ""
    return [f"-backend-config=bucket={project}-terraform", f"-backend-config=prefix={environment}"]


def _settings(environment: str) -> Path:
    return INFRA / "env" / f"{environment}.tfvars"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
