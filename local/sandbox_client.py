"""The Gmail sandbox's control API, spoken from another process."""

from __future__ import annotations

import base64
import json
from typing import Any, Final

import urllib3

TIMEOUT_SECONDS: Final = 60.0


class SandboxError(RuntimeError):
    """The sandbox refused a control call; the message is its own."""


class SandboxClient:
    """Calls the verbs of one sandbox with its control token."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token
        self._http = urllib3.PoolManager(retries=False, timeout=TIMEOUT_SECONDS)

    def call(self, verb: str, **arguments: Any) -> Any:
        """Call one verb and return its JSON. Raises SandboxError where it is refused."""
        answer = self._http.request(
            "POST",
            f"{self._url}/__ctl/{verb}",
            body=json.dumps(arguments).encode(),
            headers={
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
            },
        )
        result = json.loads(answer.data) if answer.data else None
        if answer.status != 200:
            reason = result.get("error") if isinstance(result, dict) else answer.status
            raise SandboxError(f"{verb}: {reason}")
        return result

    def deliver(self, mailbox: str, raw: bytes, **options: Any) -> str:
        """Let a message arrive as Gmail would; return its Gmail id."""
        encoded = base64.b64encode(raw).decode()
        delivered = self.call("deliver", mailbox=mailbox, raw=encoded, **options)
        return str(delivered["id"])
