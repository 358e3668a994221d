"""Strangers' web servers, over http.client, at an address that was looked at first."""

from __future__ import annotations

import io
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, Final
from urllib.parse import urljoin

from shared import network
from shared.clock import Clock
from shared.errors import Invalid, Unavailable
from shared.network import Resolve
from shared.web.contract import MAX_REDIRECTS, PORTS, Fetched, Target, target

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_HEADERS_BYTES: Final = 65_536
_AGENT: Final = {"User-Agent": "corporate-mail-ops", "Connection": "close"}


class Internet:
    """Asks servers of strangers.

    `loopback`: this machine's own servers too, which only a local desk may say. `resolve` and `trust` are
    for tests: who looks names up, and the certificates to believe in place of the system's.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        loopback: bool = False,
        resolve: Resolve = network.resolve,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._clock = clock
        self._loopback = loopback
        self._resolve = resolve
        self._trust = trust

    def get(self, url: str, *, max_bytes: int, timeout_seconds: float) -> Fetched:
        """Return what stands at `url`, or at where it leads."""
        ends = self._clock.monotonic() + timeout_seconds
        for _ in range(MAX_REDIRECTS + 1):
            at = target(url, ("https", "http"), any_port=self._loopback)
            with self._asked("GET", at, {}, None, max_bytes, ends) as response:
                location = response.headers.get("Location")
                if response.status not in _REDIRECTS or location is None:
                    body = response.read(max_bytes + 1)
                    if len(body) > max_bytes:
                        raise Invalid("web.too_large", max_bytes=max_bytes)
                    if response.length:  # it ended before what it had announced
                        raise HTTPException
                    return _fetched(response, body)
            url = _joined(url, location)
        raise Invalid("web.too_many_redirects")

    def post(
        self,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        max_bytes: int,
        timeout_seconds: float,
    ) -> Fetched:
        """Post `body`; what the answer says beyond `max_bytes` is not read."""
        ends = self._clock.monotonic() + timeout_seconds
        with self._asked("POST", self._of_post(url), headers, body, max_bytes, ends) as response:
            return _fetched(response, response.read(max_bytes))

    def check(self, url: str) -> None:
        """Refuse what `post` would refuse by its look."""
        self._of_post(url)

    def _of_post(self, url: str) -> Target:
        schemes = ("https", "http") if self._loopback else ("https",)
        return target(url, schemes, any_port=self._loopback)

    @contextmanager
    def _asked(
        self,
        method: str,
        at: Target,
        headers: Mapping[str, str],
        body: bytes | None,
        max_bytes: int,
        ends: float,
    ) -> Iterator[HTTPResponse]:
        """Connect and ask; give the answer, whose body is read within the same deadline."""

        def left() -> float:
            seconds = ends - self._clock.monotonic()
            if seconds <= 0:
                raise TimeoutError
            return seconds

        with _translated():
            address = self._address(method, at, left())
        with _translated(), socket.create_connection((address, at.port), left()) as plain:
            connected: socket.socket = plain
            if at.scheme == "https":
                trust = self._trust or network.verifying()
                plain.settimeout(left())
                connected = trust.wrap_socket(plain, server_hostname=at.host)
            with connected:
                connection = HTTPConnection(at.host, at.port)
                bounded: Any = _Bounded(connected, left, max_bytes + _HEADERS_BYTES)
                connection.sock = bounded
                given = {"Host": at.authority, **_AGENT, **headers}
                connection.request(method, at.path, body, given)
                with connection.getresponse() as response:
                    yield response

    def _address(self, method: str, at: Target, seconds: float) -> str:
        """Return the one address to connect to, looked up once."""
        found = self._looked_up(at, seconds)
        if self._loopback and found and all(_is_loopback(address) for address in found):
            return found[0]
        if at.port != PORTS[at.scheme] or (method == "POST" and at.scheme != "https"):
            raise Invalid("web.url_refused")
        return network.public_address(at.host, at.port, lambda *_: found)

    def _looked_up(self, at: Target, seconds: float) -> list[str]:
        """Return what the resolver says, in time: a stranger's name server may be slow on purpose."""
        found: Future[list[str]] = Future()

        def ask() -> None:
            try:
                found.set_result(self._resolve(at.host, at.port))
            except Exception as error:  # noqa: BLE001 - raised again below
                found.set_exception(error)

        threading.Thread(target=ask, daemon=True).start()
        return found.result(seconds)


class _Bounded:
    """A socket as http.client uses it, whose every wait ends with the whole exchange's deadline."""

    def __init__(self, connected: socket.socket, left: Callable[[], float], most: int) -> None:
        self._socket = connected
        self._left = left
        self._most = most

    def sendall(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self._socket.settimeout(self._left())
            view = view[self._socket.send(view) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._socket, self._left, self._most))

    def close(self) -> None:
        """Leave the socket to who opened it: http.client lets go of it before the body is read."""


class _Reader(io.RawIOBase):
    """Reads what arrives, until the deadline or the most that may be read at all."""

    def __init__(self, connected: socket.socket, left: Callable[[], float], most: int) -> None:
        self._socket = connected
        self._left = left
        self._most = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._socket.settimeout(self._left())
        count = self._socket.recv_into(buffer)
        self._most -= count
        if self._most < -io.DEFAULT_BUFFER_SIZE:  # one buffer may be read ahead
            raise HTTPException
        return count


def _fetched(response: HTTPResponse, body: bytes) -> Fetched:
    kind = (response.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    return Fetched(response.status, kind, body)


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise Invalid("web.url_refused") from None


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what sockets and http.client raise into the contract's error, without the server's words."""
    try:
        yield
    except TimeoutError:
        raise Unavailable("web.unavailable", reason="timeout") from None
    except ssl.SSLError:
        raise Unavailable("web.unavailable", reason="tls") from None
    except OSError:
        raise Unavailable("web.unavailable", reason="connection") from None
    except (HTTPException, ValueError):  # ValueError: a length that is no number
        raise Unavailable("web.unavailable", reason="answer") from None
