"""What a sandbox is started with."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

Post = Callable[[str, dict[str, str], bytes], int]
"""Delivers one push in-process: (url, headers, body) -> HTTP status."""

PushRate = Literal["coalesce", "drop", "unlimited"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxConfig:
    """Settings of one sandbox; everything that changes while it runs is a control verb instead.

    Times are seconds. The defaults are as strict as Gmail is documented to be, except that
    redelivery backs off from 0.2 s (Pub/Sub: 10 s), so that a person does not wait.
    """

    # The SQLite file that holds all state; None keeps it in memory.
    path: Path | None
    # The loopback port; 0 lets the system choose.
    port: int = 0
    # What callers of /__ctl present as a bearer token.
    control_token: str = field(repr=False)
    # Where notifications are posted; None holds them until set_push_url. Loopback only.
    push_url: str | None
    # The `aud` and `email` claims of the push's OIDC token.
    push_audience: str
    push_service_account: str
    # PEM of the RSA key that signs pushes and id tokens, as Google signs both with one key set.
    push_key: bytes = field(repr=False)
    # The one OAuth client that this Google knows, and its project's topic.
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uris: tuple[str, ...]
    topic: str
    # Every push twice and out of order.
    chaos: bool = False
    # Gmail ids, history gaps and jitter follow from it.
    seed: int = 0
    # Delivers pushes in-process instead of over HTTP.
    post: Post | None = None
    # A fixed start (Unix seconds) stops the clock: it then moves by advance_clock only.
    clock_start: float | None = None
    # What happens to notifications above Gmail's 1 event a second and user: `coalesce` sends the
    # newest at the end of the second, `drop` is what Gmail documents, `unlimited` sends all.
    push_rate: PushRate = "coalesce"
    # First and longest wait before a push is delivered again.
    push_backoff: tuple[float, float] = (0.2, 30.0)
    # How long the receiver may take to answer one push.
    ack_deadline: float = 60.0
    # The consent screen's publishing status is "Testing": every refresh token ends after 7 days.
    testing: bool = False
    # How many pushes are delivered at the same time.
    push_workers: int = 4
    # Quota units a user may spend in 60 s (projects created since 2026-05-01), None for no limit.
    quota_per_minute: int | None = 6000
    # The port of the SMTP door; 0 keeps it shut, -1 lets the system choose.
    smtp_port: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError for what could not work, or would leave a door open."""
        if not self.control_token or not self.client_secret:
            raise ValueError("control_token and client_secret may not be empty")
        if not re.fullmatch(r"projects/[^/]+/topics/[^/]+", self.topic):
            raise ValueError("topic is projects/<project>/topics/<topic>")
        if self.push_rate not in get_args(PushRate):
            raise ValueError(f"push_rate is one of {', '.join(get_args(PushRate))}")

    @property
    def project(self) -> str:
        """The project id in `topic`."""
        return self.topic.split("/")[1]

    @classmethod
    def from_file(cls, path: Path) -> "SandboxConfig":
        """Read a JSON object with these members; `push_key` is PEM text, `path` a file name.

        Raises ValueError naming what is unknown, missing or of no use.
        """
        values: dict[str, Any] = json.loads(path.read_text("utf-8"))
        known = {entry.name for entry in fields(cls)} - {"post"}
        if unknown := sorted(values.keys() - known):
            raise ValueError(f"unknown members: {', '.join(unknown)}")
        values["path"] = Path(values["path"]) if values.get("path") else None
        values["push_key"] = values.get("push_key", "").encode()
        values["redirect_uris"] = tuple(values.get("redirect_uris", ()))
        values["push_backoff"] = tuple(values.get("push_backoff", (0.2, 30.0)))
        values.setdefault("push_url", None)
        try:
            return cls(**values)
        except TypeError as error:
            raise ValueError(str(error).partition("() ")[2]) from None


def b64url(data: bytes) -> str:
    """Return unpadded base64url text."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
