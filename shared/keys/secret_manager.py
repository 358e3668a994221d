"""Keys in Google Secret Manager: one secret a name, the alias `primary` on the version that seals.

A plain authorised GET does what its client library would: on top of Firestore's client, which every
function that needs keys has loaded, the library costs another 25 ms and 8 MiB of each cold start, and
this nothing (https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access).
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from functools import cached_property
from typing import Any, Final

import google.auth
import requests
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession

from shared.clock import Clock
from shared.errors import Conflict, NotFound, Unavailable
from shared.keys.cache import CachedKeys
from shared.keys.contract import KEY_BYTES, Key, VersionState

ENDPOINT: Final = "https://secretmanager.googleapis.com"
PRIMARY_ALIAS: Final = "primary"
TIMEOUT_SECONDS: Final = 5.0
_ATTEMPTS: Final = 3

_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_KEY_ID: Final = re.compile(r"[a-z][a-z0-9-]*/[1-9][0-9]{0,9}", re.ASCII)


class SecretManagerKeys(CachedKeys):
    """`Keys` of a project. `session` and `endpoint` are for tests."""

    def __init__(
        self,
        project: str,
        clock: Clock,
        *,
        session: AuthorizedSession | None = None,
        endpoint: str = ENDPOINT,
    ) -> None:
        super().__init__(_SecretManager(project, session, endpoint), clock)


class SecretManagerAdministration:
    """`KeyAdministration` of a project. `session` and `endpoint` are for tests.

    https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions
    """

    def __init__(
        self,
        project: str,
        *,
        session: AuthorizedSession | None = None,
        endpoint: str = ENDPOINT,
    ) -> None:
        self._manager = _SecretManager(project, session, endpoint)

    def versions(self, name: str) -> tuple[VersionState, ...]:
        """Return the versions of a secret, the oldest first."""
        primary = self._manager.primary(name)
        listed = self._call("GET", f"{name}/versions?pageSize=250")
        found = []
        for version in reversed(listed.get("versions", [])):
            id = f"{name}/{int(version['name'].rpartition('/')[2])}"
            is_primary = primary is not None and primary.id == id
            found.append(VersionState(id, version["state"].lower(), is_primary))
        return tuple(found)

    def add_version(self, name: str, value: bytes | None = None) -> str:
        """Add an enabled version."""
        new = secrets.token_bytes(KEY_BYTES) if value is None else value
        payload = {"data": base64.b64encode(new).decode()}
        added = self._call("POST", f"{name}:addVersion", {"payload": payload})
        return f"{name}/{int(added['name'].rpartition('/')[2])}"

    def set_primary(self, key_id: str) -> None:
        """Move the alias `primary`; there is no other alias."""
        name, number = self._enabled(key_id)
        aliases = {"versionAliases": {PRIMARY_ALIAS: number}}
        self._call("PATCH", f"{name}?updateMask=versionAliases", aliases)

    def disable_version(self, key_id: str) -> None:
        """Let a version open nothing any more."""
        if self._not_primary(key_id).state == "enabled":
            self._act(key_id, "disable")

    def enable_version(self, key_id: str) -> None:
        """Let a disabled version open again."""
        if self._state(key_id).state == "destroyed":
            raise Conflict("key.destroyed")
        self._act(key_id, "enable")

    def destroy_version(self, key_id: str) -> None:
        """Destroy a version; where the secret delays that, it can be had back for so long."""
        if self._not_primary(key_id).state != "destroyed":
            self._act(key_id, "destroy")

    def _act(self, key_id: str, verb: str) -> None:
        name, _, number = key_id.rpartition("/")
        self._call("POST", f"{name}/versions/{number}:{verb}", {})

    def _enabled(self, key_id: str) -> tuple[str, str]:
        if self._state(key_id).state != "enabled":
            raise Conflict("key.disabled")
        name, _, number = key_id.rpartition("/")
        return name, number

    def _not_primary(self, key_id: str) -> VersionState:
        found = self._state(key_id)
        if found.primary:
            raise Conflict("key.primary")
        return found

    def _state(self, key_id: str) -> VersionState:
        name = key_id.rpartition("/")[0]
        for version in self.versions(name):
            if version.id == key_id:
                return version
        raise NotFound("key.not_found")

    def _call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        return self._manager.call(method, path, body)


class _SecretManager:
    def __init__(self, project: str, session: AuthorizedSession | None, endpoint: str) -> None:
        self._secrets = f"{endpoint}/v1/projects/{project}/secrets"
        if session is not None:
            self._session = session

    def primary(self, name: str) -> Key | None:
        return self._access(name, PRIMARY_ALIAS)

    def version(self, key_id: str) -> Key | None:
        if _KEY_ID.fullmatch(key_id) is None:
            return None
        name, _, number = key_id.rpartition("/")
        return self._access(name, number)

    @cached_property
    def _session(self) -> AuthorizedSession:
        credentials, _ = google.auth.default(scopes=[_SCOPE])
        return AuthorizedSession(credentials)  # type: ignore[no-untyped-call]

    def _access(self, name: str, version: str) -> Key | None:
        """Return a version's value; None where there is no such version, or none that is enabled."""
        response = self._get(f"{self._secrets}/{name}/versions/{version}:access")
        try:
            content = response.json()
            if response.status_code == 200:
                number = content["name"].rpartition("/")[2]
                value = base64.b64decode(content["payload"]["data"], validate=True)
                return Key(f"{name}/{int(number)}", value)
            status = content["error"]["status"]
        except (KeyError, TypeError, AttributeError, ValueError, binascii.Error):
            raise Unavailable("keys.unavailable") from None  # the cause may quote the value
        if status in {"NOT_FOUND", "FAILED_PRECONDITION"}:  # the latter: disabled or destroyed
            return None
        raise Unavailable("keys.unavailable")

    def call(self, method: str, path: str, body: object) -> dict[str, Any]:
        """Make one call of an administrator, once; the answer's JSON."""
        try:
            response = self._session.request(  # type: ignore[no-untyped-call]
                method,
                f"{self._secrets}/{path}",
                json=body,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except (requests.RequestException, GoogleAuthError):
            raise Unavailable("keys.unavailable") from None
        if response.status_code == 404:
            raise NotFound("key.not_found")
        if response.status_code != 200:
            raise Unavailable("keys.unavailable")
        answer: dict[str, Any] = response.json()
        return answer

    def _get(self, url: str) -> requests.Response:
        """Ask until there is an answer other than 429 or 5xx, three times at most."""
        for _ in range(_ATTEMPTS):
            try:
                response = self._session.get(url, timeout=TIMEOUT_SECONDS, allow_redirects=False)
            except (requests.RequestException, GoogleAuthError):
                continue
            if response.status_code != 429 and response.status_code < 500:
                return response
        raise Unavailable("keys.unavailable")
