"""One HTTP request, one answer: the only way from here to Google.

Ordinary clients repeat what they take for a lost request. Here nothing is repeated behind the caller's
back but a GET, once, where the connection broke before any byte of an answer (RFC 9110 §9.2.2); a POST
gets a connection of its own, so that no idle connection, closed by the server meanwhile, can make its
outcome doubtful. Redirects are answers like any other.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import urllib3

from shared import network
from shared.clock import Clock, SystemClock

CONNECT_SECONDS: Final = 5.0
MAX_ANSWER_BYTES: Final = 100 * 1024 * 1024  # a mail of 50 MB is 67 MB of base64
_PIECE_BYTES: Final = 256 * 1024
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class NoAnswer(Exception):
    """No complete answer came; whether the request took effect is unknown. `reason` is a stable word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoConnection(NoAnswer):
    """There was no connection to begin with: nothing of the request left."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer; header names in lower case, the body decoded from gzip or deflate."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Transport:
    """Sends requests over pooled, verified connections (TLS 1.2 or newer). Thread-safe.

    Plain http is for this machine alone: any other host is refused with ValueError.
    """

    def __init__(self, *, pool_size: int = 8, clock: Clock | None = None) -> None:
        self._pool_size = pool_size
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._pool: urllib3.PoolManager | None = None

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | str | None = None,
        timeout_seconds: float,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> Answer:
        """Return the answer to one request, whatever its status.

        Raises NoAnswer: "timeout" after about `timeout_seconds`, "connection" where it failed or broke
        (of either, NoConnection where none came about),
        "truncated" where the body is shorter than announced or damaged, "too_large" beyond `max_bytes`.
        """
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise ValueError("plain http goes to this machine only")
        request = _Request(method, url, headers, body, timeout_seconds, max_bytes)
        if method != "GET":
            with self._new_pool() as pool:
                return self._once(pool, request)
        try:
            return self._once(self._shared(), request)
        except _BrokenUnanswered:
            return self._once(self._shared(), request)

    def _shared(self) -> urllib3.PoolManager:
        with self._lock:
            if self._pool is None:
                self._pool = self._make_pool()
            return self._pool

    def _new_pool(self) -> urllib3.PoolManager:
        with self._lock:
            return self._make_pool()

    def _make_pool(self) -> urllib3.PoolManager:
        return urllib3.PoolManager(maxsize=self._pool_size, ssl_context=network.verifying())

    def _once(self, pool: urllib3.PoolManager, request: _Request) -> Answer:
        deadline = self._clock.monotonic() + request.timeout_seconds
        connect_seconds = min(CONNECT_SECONDS, request.timeout_seconds)
        try:
            response = pool.request(
                request.method,
                request.url,
                headers=request.headers,
                body=request.body,
                timeout=urllib3.Timeout(connect=connect_seconds, total=request.timeout_seconds),
                retries=False,
                redirect=False,
                preload_content=False,
            )
        except urllib3.exceptions.NewConnectionError:  # which urllib3 counts as a timeout
            raise NoConnection("connection") from None
        except urllib3.exceptions.ConnectTimeoutError:
            raise NoConnection("timeout") from None
        except urllib3.exceptions.TimeoutError:
            raise NoAnswer("timeout") from None
        except urllib3.exceptions.ProtocolError as error:
            if any(isinstance(part, ConnectionError) for part in error.args):
                raise _BrokenUnanswered("connection") from None
            raise NoAnswer("connection") from None
        except urllib3.exceptions.HTTPError:
            raise NoAnswer("connection") from None
        try:
            body = self._read(response, deadline, request.max_bytes)
        except BaseException:
            response.close()  # half an answer is left on this connection
            raise
        response.release_conn()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, headers, body)

    def _read(self, response: urllib3.BaseHTTPResponse, deadline: float, max_bytes: int) -> bytes:
        """Read the body in pieces, because the socket's own timeout begins anew with each."""
        pieces: list[bytes] = []
        size = 0
        try:
            while piece := response.read1(_PIECE_BYTES):
                pieces.append(piece)
                size += len(piece)
                if size > max_bytes:
                    raise NoAnswer("too_large")
                if self._clock.monotonic() > deadline:
                    raise NoAnswer("timeout")
        except urllib3.exceptions.TimeoutError:
            raise NoAnswer("timeout") from None
        except urllib3.exceptions.HTTPError:
            raise NoAnswer("truncated") from None
        return b"".join(pieces)


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] | None = field(repr=False)
    body: bytes | str | None = field(repr=False)
    timeout_seconds: float
    max_bytes: int


class _BrokenUnanswered(NoAnswer):
    """The connection broke before any byte of the answer."""
