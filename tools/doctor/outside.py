"""What a doctor asks beside the desk's own seams: other clocks, the desk's own address, a topic's policy."""

from __future__ import annotations

import http.client
import json
import shutil
import ssl
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final, Protocol
from urllib.parse import urlsplit

from shared.settings import Settings

GOOGLE: Final = "https://oauth2.googleapis.com"
_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Page:
    """An answer's status and headers, their names in lower case."""

    status: int
    headers: Mapping[str, str]


class Outside(Protocol):
    """Every member raises OSError where nobody answers."""

    def google_time(self) -> datetime:
        """Return what time Google's servers say that it is."""
        ...

    def page(self, path: str) -> Page:
        """Ask the desk at its public address."""
        ...

    def publishers(self) -> frozenset[str] | None:
        """Return who may publish to Gmail's topic, None where there is no policy to ask for."""
        ...


class TheInternet:
    """Outside, as it is. Of a local desk, Google is the local Gmail, and a topic has no policy."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._google = settings.local.google if settings.local else GOOGLE

    def google_time(self) -> datetime:
        """Return the Date of an answer (RFC 9110 §6.6.1), to the second."""
        return parsedate_to_datetime(_get(self._google, "/").headers["date"])

    def page(self, path: str) -> Page:
        """Ask the desk at its public address."""
        return _get(self._settings.public_url, path)

    def publishers(self) -> frozenset[str] | None:
        """Ask `gcloud`, which an operator has. Raises OSError where it is missing or refused."""
        if self._settings.local is not None:
            return None
        command = shutil.which("gcloud")
        if command is None:
            raise FileNotFoundError("gcloud")
        topic = self._settings.gmail_topic
        done = subprocess.run(  # noqa: S603 - a fixed command; the topic is of the settings' form
            [command, "pubsub", "topics", "get-iam-policy", topic, "--format=json"],
            capture_output=True,
            check=False,
            timeout=60,
        )
        if done.returncode != 0:
            raise PermissionError("gcloud")
        return frozenset(
            member
            for binding in json.loads(done.stdout).get("bindings", ())
            if binding["role"] == "roles/pubsub.publisher"
            for member in binding["members"]
        )


def _get(origin: str, path: str) -> Page:
    address = urlsplit(origin)
    host = address.hostname or ""
    connection = (
        http.client.HTTPSConnection(
            host, address.port, timeout=_SECONDS, context=ssl.create_default_context()
        )
        if address.scheme == "https"
        else http.client.HTTPConnection(host, address.port, timeout=_SECONDS)
    )
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return Page(answer.status, {name.lower(): value for name, value in answer.getheaders()})
    finally:
        connection.close()
