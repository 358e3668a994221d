"""Keys in Google Secret Manager: one secret a name, the alias `primary` on the version that seals.

A plain authorised GET does what its client library would: on top of Firestore's client, which every
function that needs keys has loaded, the library costs another 25 ms and 8 MiB of each cold start, and
this nothing (https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access).
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import cached_property
from typing import Final

import google.auth
import requests
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession

from shared.clock import Clock
from shared.errors import Unavailable
from shared.keys.cache import CachedKeys
from shared.keys.contract import Key

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
