"""A mailbox of the local Gmail, and the desk before it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.gmail_sandbox import Sandbox
from shared.gmail.contract import Gmail
from tests.local_google import LocalGoogle, local_google


@pytest.fixture
def google() -> Iterator[LocalGoogle]:
    """Run a local Gmail with one mailbox."""
    with local_google(timeout_seconds=5.0) as google:
        yield google


@pytest.fixture
def sandbox(google: LocalGoogle) -> Sandbox:
    """Be the person before the mailbox."""
    return google.sandbox


@pytest.fixture
def gmail(google: LocalGoogle) -> Gmail:
    """Be the desk, connected to the mailbox."""
    return google.gmail(google.connect())
