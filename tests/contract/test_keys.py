"""The contract of Keys, over a file and over Secret Manager."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import google.auth.credentials
import pytest
from google.auth.transport.requests import AuthorizedSession

from shared.errors import Conflict, NotFound, Unavailable
from shared.keys.contract import APP_KEY, OAUTH_CLIENT, TOKEN_KEY, KeyAdministration, Keys
from shared.keys.local import FileKeys
from shared.keys.secret_manager import SecretManagerAdministration, SecretManagerKeys
from tests.contract.secret_manager_server import SecretManagerServer
from tests.stopped_clock import StoppedClock


@dataclass
class Holder:
    """What holds the secrets, and what its owner may do to them.

    `instance` makes an instance of the product with a memory of its own.
    """

    instance: Callable[[], Keys]
    add_version: Callable[[str, bytes], str]
    set_primary: Callable[[str], None]
    destroy_version: Callable[[str], None]
    administration: KeyAdministration
    break_off: Callable[[], None]
    mend: Callable[[], None]


@pytest.fixture
def clock() -> StoppedClock:
    """Stand still until moved."""
    return StoppedClock()


@pytest.fixture(params=["file", "secret_manager"])
def holder(request, tmp_path, clock) -> Iterator[Holder]:
    """Hold version 1 of app-key, token-key and the OAuth client's secret."""
    make = file_holder if request.param == "file" else secret_manager_holder
    yield from make(tmp_path, clock)


def file_holder(folder: Path, clock: StoppedClock) -> Iterator[Holder]:
    """Hold secrets in a file."""
    path, away = folder / "keys.json", folder / "away.json"
    FileKeys.create(path, {APP_KEY: b"a" * 32, TOKEN_KEY: b"t" * 32, OAUTH_CLIENT: b"secret"})
    owner = FileKeys(path, clock)
    yield Holder(
        instance=lambda: FileKeys(path, clock),
        add_version=owner.add_version,
        set_primary=owner.set_primary,
        destroy_version=owner.destroy_version,
        administration=owner,
        break_off=lambda: path.rename(away),
        mend=lambda: away.rename(path),
    )


def secret_manager_holder(_folder: Path, clock: StoppedClock) -> Iterator[Holder]:
    """Hold secrets in Secret Manager."""
    server = SecretManagerServer()
    server.start()
    for name, value in [(APP_KEY, b"a" * 32), (TOKEN_KEY, b"t" * 32), (OAUTH_CLIENT, b"secret")]:
        server.add_version(name, value)
    sessions = []

    def session() -> AuthorizedSession:
        sessions.append(AuthorizedSession(google.auth.credentials.AnonymousCredentials()))
        return sessions[-1]

    def instance() -> Keys:
        return SecretManagerKeys("desk", clock, session=session(), endpoint=server.url)

    yield Holder(
        instance=instance,
        add_version=server.add_version,
        set_primary=server.set_primary,
        destroy_version=server.destroy_version,
        administration=SecretManagerAdministration("desk", session=session(), endpoint=server.url),
        break_off=lambda: setattr(server, "failing", 503),
        mend=lambda: setattr(server, "failing", None),
    )
    for opened in sessions:
        opened.close()
    server.close()


def test_the_primary_version_has_an_id_and_a_value(holder):
    """The id is name and number; values are bytes, text or key."""
    keys = holder.instance()

    assert keys.primary(APP_KEY).id == "app-key/1"
    assert keys.primary(APP_KEY).value == b"a" * 32
    assert keys.primary(OAUTH_CLIENT).value == b"secret"


def test_every_version_is_found_by_its_id(holder):
    """What was sealed under an older version still opens."""
    holder.set_primary(holder.add_version(APP_KEY, b"b" * 32))
    keys = holder.instance()

    assert keys.primary(APP_KEY).id == "app-key/2"
    assert keys.by_id("app-key/1").value == b"a" * 32
    assert keys.by_id("app-key/2") == keys.primary(APP_KEY)


def test_a_version_seals_nothing_before_it_is_primary(holder):
    """Readers learn a new version first, writers use it after the alias moved."""
    added = holder.add_version(APP_KEY, b"b" * 32)

    assert holder.instance().primary(APP_KEY).id == "app-key/1"
    assert holder.instance().by_id(added).value == b"b" * 32


def test_a_new_primary_is_seen_within_five_minutes(holder, clock):
    """Until then the one in memory serves, without asking."""
    keys = holder.instance()
    keys.primary(APP_KEY)
    holder.set_primary(holder.add_version(APP_KEY, b"b" * 32))

    clock.advance(200)
    assert keys.primary(APP_KEY).id == "app-key/1"
    clock.advance(100)
    assert keys.primary(APP_KEY).id == "app-key/2"


@pytest.mark.parametrize(
    "key_id",
    [
        "app-key/9",
        "app-key/0",
        "unknown/1",
        "app-key",
        "",
        "/1",
        "app-key/../1",
        "app-key/1?x",
        "app-key/one",
    ],
)
def test_an_unknown_id_is_not_found(holder, key_id):
    """An id that nobody gave, well-formed or not, is no key."""
    with pytest.raises(NotFound, match=r"^key\.not_found$"):
        holder.instance().by_id(key_id)


def test_a_destroyed_version_is_not_found(holder):
    """Disabled, destroyed or never there: the same."""
    holder.set_primary(holder.add_version(APP_KEY, b"b" * 32))
    holder.destroy_version("app-key/1")

    with pytest.raises(NotFound):
        holder.instance().by_id("app-key/1")


def test_an_unknown_version_is_looked_for_again_after_half_a_minute(holder, clock):
    """A version made meanwhile is found, and inventing ids does not flood the holder."""
    keys = holder.instance()
    with pytest.raises(NotFound):
        keys.by_id("app-key/2")
    holder.add_version(APP_KEY, b"b" * 32)

    with pytest.raises(NotFound):
        keys.by_id("app-key/2")
    clock.advance(30)
    assert keys.by_id("app-key/2").value == b"b" * 32


def test_a_secret_that_was_never_set_up_is_unavailable(holder):
    """It is a mistake of the deployment, not a key that somebody destroyed."""
    with pytest.raises(Unavailable, match=r"^keys\.unavailable$"):
        holder.instance().primary("unknown")


def test_without_the_holder_memory_serves_for_five_minutes_and_then_nothing_does(holder, clock):
    """It fails closed: a stale key is never served for ever."""
    keys = holder.instance()
    keys.primary(APP_KEY)
    holder.break_off()

    clock.advance(200)
    assert keys.primary(APP_KEY).value == b"a" * 32
    clock.advance(100)
    for _ in range(2):
        with pytest.raises(Unavailable, match=r"^keys\.unavailable$") as caught:
            keys.primary(APP_KEY)
        assert caught.value.__cause__ is None
    with pytest.raises(Unavailable):
        keys.by_id("app-key/1")

    holder.mend()
    assert keys.primary(APP_KEY).value == b"a" * 32


def test_many_threads_get_one_answer(holder):
    """All see the same version, whoever asked."""
    keys = holder.instance()
    barrier = threading.Barrier(8)
    found = []

    def ask():
        barrier.wait()
        found.append(keys.primary(APP_KEY).id)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == ["app-key/1"] * 8


def test_values_do_not_show(holder):
    """A logged key tells its id only."""
    assert repr(holder.instance().primary(OAUTH_CLIENT)) == "Key(id='oauth-client-secret/1')"


def test_an_administrator_adds_a_version_and_lets_it_seal(holder):
    """A random one of 32 bytes; it opens before it seals, and the older one goes on opening."""
    administration = holder.administration

    added = administration.add_version(APP_KEY)
    assert added == "app-key/2"
    assert len(holder.instance().by_id(added).value) == 32
    assert [(v.id, v.state, v.primary) for v in administration.versions(APP_KEY)] == [
        ("app-key/1", "enabled", True),
        ("app-key/2", "enabled", False),
    ]

    for _ in range(2):
        administration.set_primary(added)
    assert holder.instance().primary(APP_KEY).id == added
    assert holder.instance().by_id("app-key/1").value == b"a" * 32


def test_a_disabled_version_opens_nothing_until_it_is_enabled(holder):
    """Disabling can be taken back, and done twice."""
    administration = holder.administration
    administration.set_primary(administration.add_version(APP_KEY))

    for _ in range(2):
        administration.disable_version("app-key/1")
    with pytest.raises(NotFound):
        holder.instance().by_id("app-key/1")
    with pytest.raises(Conflict, match=r"^key\.disabled$"):
        administration.set_primary("app-key/1")

    for _ in range(2):
        administration.enable_version("app-key/1")
    assert holder.instance().by_id("app-key/1").value == b"a" * 32


def test_the_primary_version_can_be_neither_disabled_nor_destroyed(holder):
    """Whoever rotates moves it first."""
    with pytest.raises(Conflict, match=r"^key\.primary$"):
        holder.administration.disable_version("app-key/1")
    with pytest.raises(Conflict, match=r"^key\.primary$"):
        holder.administration.destroy_version("app-key/1")
    assert holder.instance().primary(APP_KEY).value == b"a" * 32


def test_a_destroyed_version_never_comes_back(holder):
    """Nor is its number given again."""
    administration = holder.administration
    administration.set_primary(administration.add_version(APP_KEY))
    administration.destroy_version("app-key/1")

    with pytest.raises((Conflict, NotFound)):
        administration.enable_version("app-key/1")
    with pytest.raises(NotFound):
        holder.instance().by_id("app-key/1")
    assert administration.add_version(APP_KEY) == "app-key/3"


def test_an_administrator_of_what_there_is_not(holder):
    """Unknown secrets and versions are not found."""
    for act in (
        lambda: holder.administration.versions("unknown"),
        lambda: holder.administration.add_version("unknown"),
        lambda: holder.administration.set_primary("app-key/9"),
        lambda: holder.administration.disable_version("app-key/9"),
    ):
        with pytest.raises(NotFound):
            act()
