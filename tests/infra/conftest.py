"""Fixtures of the infrastructure's tests: the plans are made once for all of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.infra.plan import Plan
from tests.infra.terraform import (
    ROOT,
    Workspace,
    read_manifest,
    require_offline_providers,
    require_terraform,
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep these tests on one worker where pytest-xdist distributes by group: they share the plans."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("terraform"))


_made: list[
    Workspace
] = []  # one, also for the tests of the privacy policy, which have these fixtures too


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Give an initialised copy of infra/."""
    require_terraform()
    require_offline_providers()
    if not _made:
        _made.append(Workspace(tmp_path_factory.mktemp("terraform")))
    return _made[0]


@cache
def _plan(workspace: Workspace, *arguments: str) -> Plan:
    return Plan(workspace.plan(*arguments))


@pytest.fixture(scope="session")
def dev(workspace: Workspace) -> Plan:
    """Give the plan of the development environment."""
    return _plan(workspace, "dev")


@pytest.fixture(scope="session")
def prod(workspace: Workspace) -> Plan:
    """Give the plan of the production environment."""
    return _plan(workspace, "prod")


@pytest.fixture(scope="session")
def closed(workspace: Workspace) -> Plan:
    """Give the plan of a deployment without an edge."""
    (workspace.root / "infra/closed.tfvars").write_text('domain = null\nedge = "none"\n')
    return _plan(workspace, "dev", "-var-file=closed.tfvars")


@pytest.fixture(params=["dev", "prod"])
def plan(request: pytest.FixtureRequest) -> Plan:
    """Give the plan of each environment in turn."""
    found: Plan = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    """Give the rows of functions/manifest.json by function."""
    return read_manifest(ROOT)
