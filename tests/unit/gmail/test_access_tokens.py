"""Access tokens in memory: how long they serve, and how often a refresh is asked for."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from shared.gmail.access import AccessTokens
from shared.gmail.contract import SCOPES, Down, Tokens
from tests.stopped_clock import StoppedClock


class CountingOAuth:
    """Gives numbered tokens of an hour; waits, or fails, where it is told to."""

    def __init__(self, clock: StoppedClock) -> None:
        self._clock = clock
        self.used: list[str] = []
        self.error: Exception | None = None
        self.go = threading.Event()
        self.go.set()

    def refresh(self, refresh_token: str) -> Tokens:
        """Return the next token."""
        self.used.append(refresh_token)
        number = len(self.used)
        assert self.go.wait(10)
        if self.error:
            raise self.error
        return Tokens(f"access-{number}", self._clock.now() + timedelta(hours=1), frozenset(SCOPES))


@pytest.fixture
def clock():
    """Stand still until moved."""
    return StoppedClock()


@pytest.fixture
def counting(clock):
    """Count refreshes."""
    return CountingOAuth(clock)


@pytest.fixture
def access(counting, clock):
    """Remember access tokens."""
    return AccessTokens(counting, clock)


def test_an_access_token_is_used_until_shortly_before_its_end(access, counting, clock):
    """No call begins with a token that ends on the way."""
    assert access.get("mb_1", lambda: "r1") == "access-1"
    clock.advance(3600 - 225 - 350)
    assert access.get("mb_1", lambda: "r1") == "access-1"
    clock.advance(350)

    assert access.get("mb_1", lambda: "r1") == "access-2"
    assert len(counting.used) == 2


def test_mailboxes_have_their_own_tokens(access, counting):
    """One mailbox's token never serves another."""
    assert access.get("mb_1", lambda: "r1") != access.get("mb_2", lambda: "r2")
    assert counting.used == ["r1", "r2"]


def test_many_callers_refresh_once(access, counting):
    """Concurrent refreshes of one mailbox are one; the secret is opened once."""
    counting.go.clear()
    opened = []
    with ThreadPoolExecutor(8) as pool:
        found = [
            pool.submit(access.get, "mb_1", lambda: opened.append(1) or "r1") for _ in range(8)
        ]
        counting.go.set()
        assert {future.result(10) for future in found} == {"access-1"}

    assert len(counting.used) == len(opened) == 1


def test_a_refused_token_is_replaced_once_for_all_who_saw_it_refused(access, counting, clock):
    """A burst of 401s costs one refresh."""
    access.get("mb_1", lambda: "r1")
    clock.advance(60)

    again = [access.get("mb_1", lambda: "r1", force=True) for _ in range(5)]

    assert again == ["access-2"] * 5
    assert len(counting.used) == 2


def test_a_failed_refresh_is_tried_again_by_the_next_call(access, counting):
    """An outage of the token endpoint leaves nothing behind."""
    counting.error = Down("http_502")
    with pytest.raises(Down):
        access.get("mb_1", lambda: "r1")
    counting.error = None

    assert access.get("mb_1", lambda: "r1") == "access-2"


def test_a_mailbox_connected_anew_uses_its_new_grant(access, counting):
    """Forgetting the token makes the next call take the stored refresh token."""
    access.get("mb_1", lambda: "old")

    access.discard("mb_1")
    access.get("mb_1", lambda: "new")

    assert counting.used == ["old", "new"]
