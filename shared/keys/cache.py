"""Memory of what a slow holder said: bounded, expiring, and asked for by one caller at a time.

`CachedKeys` gives any holder of secrets the promises of `shared.keys.contract.Keys`.
"""

from __future__ import annotations

import random
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

from shared.clock import Clock
from shared.errors import NotFound, Unavailable
from shared.keys.contract import CACHE_SECONDS, REFRESH_SECONDS, Key

T = TypeVar("T")

_JITTER: Final = 0.1  # of a lifetime, so that instances started together do not ask together


@dataclass(frozen=True, slots=True)
class _Entry(Generic[T]):
    value: T = field(repr=False)
    loaded_at: float
    expires_at: float


class Cache(Generic[T]):
    """Values by key, each for its lifetime less up to a tenth; the oldest go where there are too many.

    A value that is missing or expired is loaded by the first caller, whose result or error the others
    that ask meanwhile share. An error is not remembered: the next caller loads again. Thread-safe.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        size: int,
        lifetime_seconds: Callable[[T], float] = lambda _: CACHE_SECONDS,
        seed: int | None = None,
    ) -> None:
        self._clock = clock
        self._size = size
        self._lifetime_seconds = lifetime_seconds
        self._random = random.Random(seed)  # noqa: S311 - jitter is no secret
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, _Entry[T]] = OrderedDict()
        self._loading: dict[str, Future[T]] = {}

    def get(self, key: str, load: Callable[[], T], *, max_age_seconds: float | None = None) -> T:
        """Return the value of `key`, from memory while it lives, else from `load`.

        `max_age_seconds` asks for a value that was loaded no longer ago than that.
        """
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None and self._lives(entry, max_age_seconds):
                self._entries.move_to_end(key)
                return entry.value
            future = self._loading.get(key)
            leads = future is None
            if future is None:
                future = self._loading[key] = Future()
        return self._load(key, future, load) if leads else future.result()

    def holds(self, key: str) -> bool:
        """Say whether `get` would answer from memory."""
        with self._lock:
            entry = self._entries.get(key)
            return entry is not None and self._lives(entry, None)

    def peek(self, key: str) -> T | None:
        """Return the value of `key` while it lives in memory, else None: nothing is loaded."""
        with self._lock:
            entry = self._entries.get(key)
            return entry.value if entry is not None and self._lives(entry, None) else None

    def put(self, key: str, value: T) -> None:
        """Remember a value that the caller has just made; a load under way is not remembered."""
        with self._lock:
            self._loading.pop(key, None)
            self._remember(key, value)

    def discard(self, key: str) -> None:
        """Forget a value at once; a load under way is not remembered."""
        with self._lock:
            self._loading.pop(key, None)
            self._entries.pop(key, None)

    def forget_expired(self) -> None:
        """Let go of what is given out no more: nothing else may keep what was destroyed elsewhere."""
        now = self._clock.monotonic()
        with self._lock:
            for key in [key for key, entry in self._entries.items() if entry.expires_at <= now]:
                del self._entries[key]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._loading.clear()
            self._entries.clear()

    def _lives(self, entry: _Entry[T], max_age_seconds: float | None) -> bool:
        now = self._clock.monotonic()
        young = max_age_seconds is None or now - entry.loaded_at <= max_age_seconds
        return young and now < entry.expires_at

    def _load(self, key: str, future: Future[T], load: Callable[[], T]) -> T:
        try:
            value = load()
        except BaseException as error:
            with self._lock:
                if self._loading.get(key) is future:
                    del self._loading[key]
            future.set_exception(error)
            raise
        with self._lock:
            if self._loading.get(key) is future:
                del self._loading[key]
                self._remember(key, value)
        future.set_result(value)
        return value

    def _remember(self, key: str, value: T) -> None:
        now = self._clock.monotonic()
        lifetime = self._lifetime_seconds(value) * (1 - _JITTER * self._random.random())
        self._entries[key] = _Entry(value, now, now + lifetime)
        self._entries.move_to_end(key)
        while len(self._entries) > self._size:
            self._entries.popitem(last=False)


class Holder(Protocol):
    """Where secrets are kept, asked without any memory. Raises Unavailable("keys.unavailable")."""

    def primary(self, name: str) -> Key | None:
        """Return the primary version of a secret, None where there is no such secret."""
        ...

    def version(self, key_id: str) -> Key | None:
        """Return one version, None where there is none, or none any more."""
        ...


class CachedKeys:
    """`Keys` over a holder; see the contract for what it promises."""

    def __init__(self, holder: Holder, clock: Clock) -> None:
        self._holder = holder
        self._cache: Cache[Key | None] = Cache(
            clock,
            size=64,
            lifetime_seconds=lambda key: REFRESH_SECONDS if key is None else CACHE_SECONDS,
        )

    def primary(self, name: str) -> Key:
        """Return the version that seals new things."""
        key = self._cache.get(name, lambda: self._holder.primary(name))
        if key is None:  # a secret that was never set up is no key that somebody destroyed
            raise Unavailable("keys.unavailable")
        return key

    def by_id(self, key_id: str) -> Key:
        """Return one version."""
        key = self._cache.get(key_id, lambda: self._holder.version(key_id))
        if key is None:
            raise NotFound("key.not_found")
        return key

    def forget(self) -> None:
        """Ask the holder anew from now on; for the command that has just changed it."""
        self._cache.clear()
