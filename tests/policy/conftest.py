"""Fixtures of the policy's tests: the plans of the infrastructure, which are made once for all tests."""

from __future__ import annotations

from tests.infra.conftest import dev, plan, prod, workspace

__all__ = ["dev", "plan", "prod", "workspace"]
