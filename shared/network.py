"""Whom the desk connects to: how peers are verified, and which addresses a person may name.

A name is resolved once and every answer must be a public address; the connection then goes to that very
address, so that a second answer of the resolver cannot lead elsewhere (DNS rebinding). Addresses that hide
another one inside (IPv4-mapped, NAT64, 6to4, Teredo) are judged by what they hide.
OWASP Server-Side Request Forgery Prevention Cheat Sheet; RFC 6890.
"""

from __future__ import annotations

import functools
import ipaddress
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from shared.errors import Invalid, Unavailable

if TYPE_CHECKING:
    import ssl

Resolve = Callable[[str, int], list[str]]

_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_GIVEN_OUT: Final = ipaddress.ip_network("2000::/3")  # IANA: all the IPv6 that anybody is given


@functools.cache
def verifying() -> ssl.SSLContext:
    """Return what verifies name and chain of every peer, TLS 1.2 or newer.

    One for the whole process: reading the system's certificates takes 35 ms.
    """
    import ssl  # noqa: PLC0415 - not every function speaks TLS itself

    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host. Raises Unavailable("network.unknown_host")."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unavailable("network.unknown_host") from None
    return [str(address[4][0]) for address in found]


def public_address(host: str, port: int, ask: Resolve = resolve) -> str:
    """Return one address of `host` to connect to.

    Raises Invalid("network.private_address") where any answer is not public: a name that points inside as
    well as outside is an attack, not a configuration.
    """
    addresses = ask(host, port)
    if not addresses or not all(is_public(address) for address in addresses):
        raise Invalid("network.private_address")
    return addresses[0]


def is_public(address: str) -> bool:
    """Say whether an address, or the one hidden in it, is reachable by anybody on the internet."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        hidden = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if found in _NAT64:
            hidden = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if hidden is not None:
            return hidden.is_global and not hidden.is_multicast
        if found not in _GIVEN_OUT:  # IPv4-compatible, local NAT64, site-local: inside, or nowhere
            return False
    return found.is_global and not found.is_multicast
