"""Fixtures of the local bus."""

from __future__ import annotations

import pytest

from tests.stopped_clock import StoppedClock
from tests.unit.bus.handler import Handler


@pytest.fixture
def clock() -> StoppedClock:
    """Give a clock that stands."""
    return StoppedClock()


@pytest.fixture
def handler() -> Handler:
    """Give a handler that acknowledges everything."""
    return Handler()
