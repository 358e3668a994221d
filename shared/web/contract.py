"""What the product asks of the way to strangers' web servers: webhooks, and images that mail points at.

The address was written by somebody else, so every implementation promises
- Images over https or http, webhooks over https alone, each at its default port; no name or password in
  the address, nothing that two readers could read differently. Invalid("web.url_refused") otherwise.
- The name is looked up once, every address found must be public (`shared.network`), and the connection goes
  to that very address; the certificate is verified for the name, TLS 1.2 or newer.
  Invalid("network.private_address"), Unavailable("network.unknown_host").
- Nothing of ours goes along but what is given: no cookie, no credential, no referrer, no proxy.
- `post` follows no redirect and returns it as an answer. `get` follows three, each judged anew; then
  Invalid("web.too_many_redirects").
- `timeout_seconds` is for the whole exchange, the look-up included, however slowly the other side drips.
  At most `max_bytes` of a body (and 64 KiB of headers) are read.
- Unavailable("web.unavailable") with the reason "timeout", "tls", "connection" or "answer" where there is
  no answer. No error holds the other side's words.
A local desk may also reach this machine's loopback, with or without TLS, at any port: what it shows and
notifies runs there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import quote, urlsplit

from shared.errors import Invalid

MAX_URL: Final = 2_048  # characters
MAX_REDIRECTS: Final = 3
PORTS: Final = {"https": 443, "http": 80}

_HOST: Final = re.compile(r"[a-z0-9_.-]{1,253}|[0-9a-f:.]{2,45}")
_PATH_SAFE: Final = "/%:@!$&'()*+,;=~-._?"


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: its status, its media type without parameters in lower case, its body."""

    status: int
    content_type: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart once, so that what is judged is what is connected to."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The Host header (RFC 9110 §7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


class Web(Protocol):
    """Asks web servers of strangers, one exchange at a time."""

    def get(self, url: str, *, max_bytes: int, timeout_seconds: float) -> Fetched:
        """Return what stands at `url`. Raises Invalid("web.too_large") for more than `max_bytes`."""
        ...

    def post(
        self,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        max_bytes: int,
        timeout_seconds: float,
    ) -> Fetched:
        """Post `body`; return the answer with the first `max_bytes` of its body."""
        ...

    def check(self, url: str) -> None:
        """Raise Invalid("web.url_refused") where `post` would refuse `url` without looking it up."""
        ...


def target(url: str, schemes: tuple[str, ...], *, any_port: bool = False) -> Target:
    """Return `url` taken apart, without its fragment. Raises Invalid("web.url_refused")."""
    try:
        if len(url) > MAX_URL or not url.isprintable() or any(c in url for c in " \\"):
            raise ValueError(url)  # noqa: TRY301 - refused in one place, below
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode().removesuffix(".")
        port = PORTS[parts.scheme] if parts.port is None else parts.port
        wanted = parts.scheme in schemes and (any_port or port == PORTS[parts.scheme])
        if not wanted or "@" in parts.netloc or not _HOST.fullmatch(host):
            raise ValueError(url)  # noqa: TRY301
    except (KeyError, ValueError):
        raise Invalid("web.url_refused") from None
    path = quote(parts.path or "/", safe=_PATH_SAFE)
    query = f"?{quote(parts.query, safe=_PATH_SAFE)}" if parts.query else ""
    return Target(parts.scheme, host, port, path + query)
