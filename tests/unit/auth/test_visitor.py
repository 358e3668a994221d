"""Where a request comes from, and which devices are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.auth import devices
from shared.auth.visitor import visitor
from shared.keys.local import FileKeys
from tests.stopped_clock import StoppedClock

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
)
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("forwarded_for", "hops", "network"),
    [
        ("203.0.113.7, 198.51.100.1", 2, "203.0.113.0/24"),
        ("10.0.0.1, 203.0.113.7, 198.51.100.1", 2, "203.0.113.0/24"),
        ("203.0.113.7", 1, "203.0.113.0/24"),
        ("2001:db8:1:2::3, 198.51.100.1", 2, "2001:db8:1::/48"),
        ("::ffff:203.0.113.7", 1, "203.0.113.0/24"),
        ("203.0.113.7", 2, "unknown"),
        ("", 2, "unknown"),
        ("<script>, 198.51.100.1", 2, "unknown"),
        ("192.0.2.1, 192.0.2.2", 0, "127.0.0.0/24"),
    ],
)
def test_only_our_own_edge_is_believed(forwarded_for: str, hops: int, network: str) -> None:
    """What a client writes into X-Forwarded-For stands further left and changes nothing."""
    assert visitor(forwarded_for, "127.0.0.1", "", hops=hops).network == network


@pytest.mark.parametrize(
    ("user_agent", "browser"),
    [
        (FIREFOX, "Firefox on Linux"),
        (EDGE, "Edge on Windows"),
        (SAFARI, "Safari on iOS"),
        ("curl/8.0", "unknown"),
        ("", "unknown"),
        ("Firefox/1" * 10_000, "Firefox on unknown"),
    ],
)
def test_a_browser_is_known_by_its_kind(user_agent: str, browser: str) -> None:
    """No version, no device: as much as its owner needs to recognise it."""
    assert visitor("", "", user_agent, hops=0).browser == browser


def test_a_device_is_known_for_one_account(tmp_path: Path) -> None:
    """Its cookie says nothing for another account, and a changed one says nothing at all."""
    FileKeys.create(tmp_path / "keys.json")
    keys = FileKeys(tmp_path / "keys.json", StoppedClock())
    cookie = devices.new_cookie(keys, "token of agent")
    device, _, mac = cookie.partition(".")

    assert devices.recognise(keys, "token of agent", cookie) == device
    assert devices.recognise(keys, "token of viewer", cookie) is None
    assert devices.recognise(keys, "token of agent", f"{device}x.{mac}") is None
    assert devices.recognise(keys, "token of agent", f"{device}.{mac[:-1]}") is None
    for nonsense in ("", ".", "x", "\ud800.\ud800", "é.é", "." * 100_000):
        assert devices.recognise(keys, "token of agent", nonsense) is None
