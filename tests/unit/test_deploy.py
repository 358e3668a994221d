"""What a deployment needs is said before anything is asked of Google."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest

from tools import deploy


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a machine without a program, on which none may be run."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("something was run")

    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(subprocess, "run", refuse)


def test_all_that_is_missing_is_said_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Programs and settings, each with what to do; nothing was begun."""
    assert deploy.main(["plan", "nowhere"]) == 1

    told = capsys.readouterr().out
    for part in (
        "Before this can be done",
        "infra/env/nowhere.tfvars",
        "terraform is not",
        "gcloud is not",
    ):
        assert part in told


def test_an_examples_values_are_deployed_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    """The settings that come with the product name no project of anybody."""
    assert deploy.main(["apply", "prod"]) == 1

    assert "has the example's values" in capsys.readouterr().out


def test_an_environment_is_a_plain_name(capsys: pytest.CaptureFixture[str]) -> None:
    """It becomes a file's name and a part of commands."""
    assert deploy.main(["plan", "../env/prod"]) == 1

    assert "no infra/env/" in capsys.readouterr().out
