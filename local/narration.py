"""How the demo tells what happens: steps, what they show, and what they check."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

STEP_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 0.2


class StepFailed(Exception):
    """A step did not do what it says."""


_interrupted: Final = threading.Event()


def heed_interrupts() -> None:
    """Let Ctrl-C end the demo also where a library's callback swallows the exception: at the next step."""

    def interrupt(*_: object) -> None:
        _interrupted.set()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)


def _go_on() -> None:
    if _interrupted.is_set():
        raise KeyboardInterrupt


def until(look: Callable[[], T | None], complaint: str) -> T:
    """Return what `look` finds, asking until it is not None. Raises StepFailed after STEP_SECONDS."""
    ends = time.monotonic() + STEP_SECONDS
    while time.monotonic() < ends:
        _go_on()
        found = look()
        if found is not None:
            return found
        time.sleep(_PAUSE_SECONDS)
    raise StepFailed(complaint)


def check(condition: bool, complaint: str) -> None:
    """Raise StepFailed unless the condition holds."""
    if not condition:
        raise StepFailed(complaint)


def step(text: str) -> None:
    """Say what is done next."""
    _go_on()
    print(f"\n• {text}", flush=True)


def show(text: str) -> None:
    """Say what came of it."""
    _go_on()
    print(f"    {text}", flush=True)
