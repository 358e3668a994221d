"""What a request tells of where it comes from: its network and the kind of its browser, no more.

Neither is proof of anything. The network throttles, both let a person recognise their own sessions.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

UNKNOWN: Final = "unknown"

# In this order: a browser that names itself also names those which it wants to be taken for.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request comes from: a network such as "192.0.2.0/24", a browser such as "Firefox on Linux"."""

    network: str
    browser: str


def visitor(forwarded_for: str, remote: str, user_agent: str, *, hops: int) -> Visitor:
    """Return what is known of a request.

    `hops`: which entry of X-Forwarded-For, from the right, was written by our own edge and so holds the
    client; what stands left of it is the client's word. 0: nothing is in front of us, `remote` it is.
    """
    entries = [entry.strip() for entry in forwarded_for.split(",") if entry.strip()]
    if hops == 0:
        entries, hops = [remote], 1
    client = entries[-hops] if len(entries) >= hops else ""
    return Visitor(network_of(client), _browser(user_agent))


def network_of(address: str) -> str:
    """Return the /24 of an IPv4 address, the /48 of an IPv6 one: about one household or office."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return UNKNOWN
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    length = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network(f"{parsed}/{length}", strict=False))


def _browser(user_agent: str) -> str:
    name = next((name for mark, name in _BROWSERS if mark in user_agent), UNKNOWN)
    system = next((system for mark, system in _SYSTEMS if mark in user_agent), UNKNOWN)
    return UNKNOWN if name == system == UNKNOWN else f"{name} on {system}"
