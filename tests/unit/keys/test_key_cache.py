"""What is remembered of a slow holder, for how long, and by how many callers at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.keys.cache import Cache


class Loader:
    """Counts its calls; holds them until it is let go, where it was told to."""

    def __init__(self, *, held: bool = False) -> None:
        self.calls = 0
        self.called = threading.Event()
        self.released = threading.Event()
        self.error: Exception | None = None
        if not held:
            self.released.set()

    def __call__(self):
        """Return the number of this call, or raise the planted error."""
        self.calls += 1
        number = self.calls
        self.called.set()
        assert self.released.wait(10)
        if self.error is not None:
            raise self.error
        return number


@pytest.fixture
def cache(clock):
    """Remember three values, for 100 seconds each."""
    return Cache(clock, size=3, lifetime_seconds=lambda _: 100.0, seed=1)


def test_a_value_lives_for_its_lifetime_less_at_most_a_tenth(cache, clock):
    """The jitter never makes a value older than was promised."""
    load = Loader()
    cache.get("a", load)

    clock.advance(89.9)
    assert cache.get("a", load) == 1
    clock.advance(10.1)
    assert cache.get("a", load) == 2


def test_values_loaded_together_do_not_expire_together(clock):
    """Jitter spreads the reloading."""
    cache = Cache(clock, size=100, lifetime_seconds=lambda _: 100.0, seed=1)
    load = Loader()
    for key in range(100):
        cache.get(str(key), load)

    clock.advance(95)
    for key in range(100):
        cache.get(str(key), load)

    assert 120 < load.calls < 180


def test_a_young_enough_value_is_asked_for(cache, clock):
    """A caller that distrusts the value gets one no older than it says, others the remembered one."""
    load = Loader()
    cache.get("a", load)
    clock.advance(31)

    assert cache.get("a", load) == 1
    assert cache.get("a", load, max_age_seconds=30) == 2
    assert cache.get("a", load, max_age_seconds=30) == 2


def test_the_value_unused_for_longest_goes_first(cache):
    """Memory is bounded."""
    load = Loader()
    for key in ("a", "b", "c"):
        cache.get(key, load)
    cache.get("a", load)
    cache.get("d", load)

    assert [cache.get(key, load) for key in ("a", "c", "d")] == [1, 3, 4]
    assert cache.get("b", load) == 5


def test_what_is_given_out_no_more_is_in_memory_no_more(clock):
    """What expired goes, what lives stays, and is not loaded again."""
    cache = Cache(clock, size=3, lifetime_seconds=len, seed=1)
    cache.get("long", lambda: "x" * 100)
    cache.get("short", lambda: "x" * 10)
    clock.advance(11)

    cache.forget_expired()

    assert list(cache._entries) == ["long"]
    assert cache.get("long", Loader()) == "x" * 100


def test_one_caller_loads_and_the_others_share(cache):
    """Ten callers, one load."""
    load = Loader(held=True)
    with ThreadPoolExecutor(10) as pool:
        first = pool.submit(cache.get, "a", load)
        assert load.called.wait(10)
        others = [pool.submit(cache.get, "a", load) for _ in range(9)]
        load.released.set()

        assert {future.result(10) for future in [first, *others]} == {1}
    assert load.calls == 1


def test_callers_share_an_error_and_the_next_one_loads_again(cache):
    """A failure is told to those that waited for it, and not remembered."""
    load = Loader(held=True)
    load.error = OSError("down")
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(cache.get, "a", load)
        assert load.called.wait(10)
        second = pool.submit(cache.get, "a", load)
        load.released.set()
        assert isinstance(first.exception(10), OSError)
        assert isinstance(second.exception(10), OSError)
    load.error = None

    calls = load.calls
    assert cache.get("a", load) == calls + 1


@pytest.mark.parametrize("forget", [lambda c: c.discard("a"), lambda c: c.clear()])
def test_what_was_forgotten_during_a_load_stays_forgotten(cache, forget):
    """A destroyed key is not brought back by a load that began before."""
    load = Loader(held=True)
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(cache.get, "a", load)
        assert load.called.wait(10)
        forget(cache)
        load.released.set()
        loading.result(10)

    assert cache.get("a", load) == 2


def test_what_was_put_during_a_load_stays(cache):
    """A value just made outlives a load that began before."""
    load = Loader(held=True)
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(cache.get, "a", load)
        assert load.called.wait(10)
        cache.put("a", 99)
        load.released.set()
        loading.result(10)

    assert cache.get("a", load) == 99


def test_values_do_not_show(cache):
    """The repr of what is remembered tells no value."""
    cache.put("a", "hunter2")

    assert "hunter2" not in repr(vars(cache))
