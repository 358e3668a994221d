"""The file of keys: private, whole, and never made in passing."""

from __future__ import annotations

import json
import threading

import pytest

from shared.errors import Conflict, NotFound, Unavailable
from shared.keys.contract import APP_KEY, INDEX_KEY, OAUTH_CLIENT, STATEMENT_KEY, TOKEN_KEY
from shared.keys.local import FileKeys


def test_a_fresh_file_is_private_and_has_every_secret(key_file, keys):
    """Mode 0600, one random version each, 32 bytes for keys."""
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert keys.primary(APP_KEY).id == "app-key/1"
    values = {keys.primary(name).value for name in (APP_KEY, INDEX_KEY, TOKEN_KEY)}
    assert {len(value) for value in values} == {32}
    assert len(values) == 3
    assert keys.primary(OAUTH_CLIENT).value.decode("ascii")


def test_given_values_are_taken(tmp_path, clock):
    """The local Gmail's client secret is known beforehand."""
    path = tmp_path / "keys.json"

    FileKeys.create(path, {OAUTH_CLIENT: b"sandbox-secret"})

    assert FileKeys(path, clock).primary(OAUTH_CLIENT).value == b"sandbox-secret"


def test_an_existing_file_is_never_replaced(key_file):
    """Making keys anew would destroy everything that was sealed."""
    before = key_file.read_bytes()

    with pytest.raises(FileExistsError):
        FileKeys.create(key_file)

    assert key_file.read_bytes() == before
    assert [path.name for path in key_file.parent.iterdir()] == ["keys.json"]


def test_a_missing_file_is_not_made(tmp_path, clock):
    """A mistyped path is an error, not a new set of keys."""
    with pytest.raises(FileNotFoundError):
        FileKeys(tmp_path / "keys.json", clock)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_may_read_is_refused(key_file, clock, mode):
    """At the start, and also where its mode changes later."""
    keys = FileKeys(key_file, clock)
    key_file.chmod(mode)

    with pytest.raises(PermissionError, match="chmod 600"):
        FileKeys(key_file, clock)
    with pytest.raises(Unavailable):
        keys.primary(APP_KEY)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        '{"app-key": 1}',
        '{"app-key": {"primary": 1}}',
        '{"app-key": {"primary": 2, "versions": {"1": "AAAA"}}}',
        '{"app-key": {"primary": 1, "versions": {"1": "not base64"}}}',
        '{"app-key": {"primary": 1, "versions": {"one": "AAAA"}}}',
    ],
)
def test_a_damaged_file_fails_closed(key_file, keys, content):
    """No key is better than a wrong one, and the error does not quote the file."""
    key_file.write_text(content)

    with pytest.raises(Unavailable, match=r"^keys\.unavailable$") as caught:
        keys.primary(APP_KEY)

    assert caught.value.__cause__ is None


def test_versions_added_at_once_are_all_kept(key_file, clock):
    """Two commands that change the file do not lose each other's work."""

    def add():
        mine = FileKeys(key_file, clock)
        for _ in range(10):
            mine.add_version(APP_KEY)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    versions = json.loads(key_file.read_bytes())[APP_KEY]["versions"]
    assert list(versions) == [str(n) for n in range(1, 42)]


def test_a_change_that_makes_no_sense_is_refused(keys):
    """Unknown secrets and versions, and destroying the primary one."""
    with pytest.raises(NotFound):
        keys.add_version("unknown")
    with pytest.raises(NotFound):
        keys.set_primary("app-key/2")
    with pytest.raises(NotFound):
        keys.destroy_version("app-key/2")
    with pytest.raises(Conflict, match="primary"):
        keys.destroy_version("app-key/1")


def test_an_older_file_gets_the_secrets_that_have_come_since(key_file, clock):
    """A home made by an earlier version goes on, with the keys that it has."""
    content = json.loads(key_file.read_bytes())
    del content[STATEMENT_KEY]
    key_file.write_text(json.dumps(content), encoding="utf-8")

    FileKeys.complete(key_file)

    keys = FileKeys(key_file, clock)
    assert len(keys.primary(STATEMENT_KEY).value) == 32
    assert json.loads(key_file.read_bytes()).items() >= content.items()
    assert key_file.stat().st_mode & 0o777 == 0o600
