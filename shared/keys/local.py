"""Keys in a file that only its owner may read, for a developer's machine and the tests.

{"app-key": {"primary": 1, "versions": {"1": "<base64>"}, "disabled": []}, ...}
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from shared.clock import Clock
from shared.errors import Conflict, NotFound, Unavailable
from shared.keys.cache import CachedKeys
from shared.keys.contract import (
    APP_KEY,
    AUDIT_SIGNING_KEY,
    INDEX_KEY,
    OAUTH_CLIENT,
    OTP_KEY,
    PASSWORD_PEPPER,
    STATEMENT_KEY,
    TOKEN_KEY,
    WITNESS_KEY,
    Key,
    VersionState,
)

_KEY_BYTES: Final = 32
_NAMES: Final = (
    APP_KEY,
    PASSWORD_PEPPER,
    INDEX_KEY,
    OTP_KEY,
    TOKEN_KEY,
    STATEMENT_KEY,
    AUDIT_SIGNING_KEY,
    WITNESS_KEY,
    OAUTH_CLIENT,
)


@dataclass(frozen=True, slots=True)
class _Secret:
    primary: int
    versions: Mapping[int, bytes] = field(repr=False)
    disabled: frozenset[int] = frozenset()


class FileKeys(CachedKeys):
    """`Keys` in a JSON file of mode 0600. A missing file is never made in passing: see `create`."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Raise FileNotFoundError or PermissionError where the file is missing or others may read it."""
        _check(path)
        self._path = path
        super().__init__(_FileHolder(path), clock)

    @classmethod
    def create(cls, path: Path, values: Mapping[str, bytes] | None = None) -> None:
        """Write a new file with one version of every secret; `values` gives those not to be random.

        Raises FileExistsError, so that keys are never replaced.
        """
        fresh = {name: secrets.token_bytes(_KEY_BYTES) for name in _NAMES}
        fresh[OAUTH_CLIENT] = secrets.token_urlsafe(_KEY_BYTES).encode()
        content = {name: _Secret(1, {1: v}) for name, v in (fresh | dict(values or {})).items()}
        with _written(path, content) as temporary:
            os.link(temporary, path)  # unlike a rename, refuses an existing file

    @classmethod
    def complete(cls, path: Path) -> None:
        """Give an older file the secrets that have come since; those that it has stay as they are."""
        with _locked(path):
            content = _read(path)
            missing = [name for name in _NAMES if name not in content]
            if missing:
                fresh = {name: _Secret(1, {1: secrets.token_bytes(_KEY_BYTES)}) for name in missing}
                with _written(path, content | fresh) as temporary:
                    temporary.replace(path)

    def versions(self, name: str) -> tuple[VersionState, ...]:
        """Return the versions of a secret; of a destroyed one nothing is left to list."""
        secret = self._secret(_read(self._path), name)
        return tuple(
            VersionState(
                f"{name}/{number}",
                "disabled" if number in secret.disabled else "enabled",
                number == secret.primary,
            )
            for number in sorted(secret.versions)
        )

    def add_version(self, name: str, value: bytes | None = None) -> str:
        """Add a version (random where none is given) that is not primary yet; return its key id."""
        with _locked(self._path):
            content = _read(self._path)
            old = self._secret(content, name)
            number = max(old.versions) + 1
            new = secrets.token_bytes(_KEY_BYTES) if value is None else value
            versions = {**old.versions, number: new}
            self._replace(content | {name: replace(old, versions=versions)})
        return f"{name}/{number}"

    def set_primary(self, key_id: str) -> None:
        """Let a version seal new things."""

        def change(old: _Secret, number: int) -> _Secret:
            if number in old.disabled:
                raise Conflict("key.disabled")
            return replace(old, primary=number)

        self._change(key_id, change)

    def disable_version(self, key_id: str) -> None:
        """Let a version open nothing any more, until it is enabled again."""

        def change(old: _Secret, number: int) -> _Secret:
            if number == old.primary:
                raise Conflict("key.primary")
            return replace(old, disabled=old.disabled | {number})

        self._change(key_id, change)

    def enable_version(self, key_id: str) -> None:
        """Let a disabled version open again."""
        self._change(key_id, lambda old, number: replace(old, disabled=old.disabled - {number}))

    def destroy_version(self, key_id: str) -> None:
        """Remove a version that is not primary; one that is not there is no error once it was."""

        def change(old: _Secret, number: int) -> _Secret:
            if number == old.primary:
                raise Conflict("key.primary")
            rest = {n: value for n, value in old.versions.items() if n != number}
            return replace(old, versions=rest, disabled=old.disabled - {number})

        self._change(key_id, change)

    def _change(self, key_id: str, change: Callable[[_Secret, int], _Secret]) -> None:
        name, _, number = key_id.rpartition("/")
        with _locked(self._path):
            content = _read(self._path)
            old = self._secret(content, name)
            if not number.isdecimal() or int(number) not in old.versions:
                raise NotFound("key.not_found")
            self._replace(content | {name: change(old, int(number))})

    @staticmethod
    def _secret(content: Mapping[str, _Secret], name: str) -> _Secret:
        if name not in content:
            raise NotFound("key.not_found")
        return content[name]

    def _replace(self, content: Mapping[str, _Secret]) -> None:
        with _written(self._path, content) as temporary:
            temporary.replace(self._path)
        self.forget()


class _FileHolder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def primary(self, name: str) -> Key | None:
        secret = self._secret(name)
        if secret is None:
            return None
        return Key(f"{name}/{secret.primary}", secret.versions[secret.primary])

    def version(self, key_id: str) -> Key | None:
        name, _, number = key_id.rpartition("/")
        secret = self._secret(name)
        if secret is None or not number.isdecimal() or int(number) not in secret.versions:
            return None
        if int(number) in secret.disabled:
            return None
        return Key(key_id, secret.versions[int(number)])

    def _secret(self, name: str) -> _Secret | None:
        try:
            return _read(self._path).get(name)
        except (OSError, ValueError):
            raise Unavailable("keys.unavailable") from None


def _read(path: Path) -> dict[str, _Secret]:
    """Read the whole file; raises OSError, or ValueError where it is none of ours."""
    _check(path)
    try:
        return {name: _secret(plain) for name, plain in json.loads(path.read_bytes()).items()}
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ValueError(f"{path} is no key file") from None  # the cause may quote it


def _secret(plain: Mapping[str, Any]) -> _Secret:
    versions = {
        int(number): base64.b64decode(value, validate=True)
        for number, value in plain["versions"].items()
    }
    if plain["primary"] not in versions:
        raise KeyError
    return _Secret(plain["primary"], versions, frozenset(plain.get("disabled", ())))


def _check(path: Path) -> None:
    status = path.stat()
    if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
        raise PermissionError(f"{path} must belong to this user alone: chmod 600")


@contextmanager
def _written(path: Path, content: Mapping[str, _Secret]) -> Iterator[Path]:
    """Give a durable temporary file (mode 0600) beside `path`; what is left of it goes at the end."""
    plain = {
        name: {
            "primary": secret.primary,
            "versions": {str(n): base64.b64encode(v).decode() for n, v in secret.versions.items()},
            "disabled": sorted(secret.disabled),
        }
        for name, secret in content.items()
    }
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(plain, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other writers out; the folder is locked, because the file itself is replaced."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
