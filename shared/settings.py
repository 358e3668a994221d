"""Every setting of a deployment, read once.

`Settings.from_environment()` is production: nothing has a default that weakens it, and all problems are
reported at once. `Settings.for_local_desk(...)` is the laptop's; it is reached only through code
(`python -m local` and the tests), never through the environment, and refuses to run on Google Cloud.
Secrets are not settings: here stand at most their names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

PREFIX = "CMO_"


class SettingsError(Exception):
    """The environment does not make a complete deployment; the message has one line a problem."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(["the settings are not complete:", *problems]))
        self.problems = tuple(problems)


def _https_origin(text: str) -> str:
    if not re.fullmatch(r"https://[a-z0-9.-]+(:[0-9]+)?", text):
        raise ValueError("must be an https origin such as https://desk.example.com, without a path")
    return text


def _topic(text: str) -> str:
    if not re.fullmatch(r"projects/[^/]+/topics/[^/]+", text):
        raise ValueError("must look like projects/<project>/topics/<topic>")
    return text


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return text == "yes"


def _domains(text: str) -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in text.split(",") if part.strip())


def _hop(text: str) -> int:
    if text not in ("1", "2", "3"):
        raise ValueError("must be 1, 2 or 3")
    return int(text)


def _days(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{2,3}", text) or int(text) < 365:
        raise ValueError("must be a number of days, 365 at least")
    return int(text)


def _setting(meaning: str, *, read: Callable[[str], Any] = str, default: Any = None) -> Any:
    metadata = {"meaning": meaning, "read": read, "required": default is None}
    return (
        field(metadata=metadata) if default is None else field(default=default, metadata=metadata)
    )


@dataclass(frozen=True, slots=True)
class LocalDesk:
    """What only a laptop or a test has; a deployment has None of it."""

    home: Path  # CMO_HOME: the state of the desk
    url: str  # http://127.0.0.1:PORT
    google: str  # where the Gmail sandbox answers, for the desk and for the browser
    password_cost: int = 12  # bcrypt's; tests take 4


@dataclass(frozen=True, slots=True)
class Settings:
    """One deployment's settings. Each field is the environment variable CMO_<NAME>."""

    organisation: str = _setting("The organisation's name, shown on every page and in system mail")
    public_url: str = _setting("The address of the desk, an https origin", read=_https_origin)
    privacy_contact: str = _setting(
        "Whom people write to about their data; shown in the privacy policy"
    )
    project: str = _setting("The Google Cloud project id")
    location: str = _setting("The region of functions and queues, such as europe-west1")
    oauth_client_id: str = _setting("The OAuth client's id; its secret is `oauth-client-secret`")
    gmail_topic: str = _setting("The topic that Gmail publishes to", read=_topic)
    push_service_account: str = _setting(
        "The account that signs Pub/Sub's pushes; others are refused"
    )
    push_audience: str = _setting(
        "The audience of Pub/Sub's tokens, before /<function>: https://REGION-PROJECT.cloudfunctions.net",
        read=_https_origin,
    )
    workspace_domains: tuple[str, ...] = _setting(
        "Only mailboxes of these Workspace domains may be connected; empty for any, comma-separated",
        read=_domains,
        default=(),
    )
    client_hop: int = _setting(
        "Which entry of X-Forwarded-For, from the right, is the client: 2 behind the load balancer",
        read=_hop,
        default=2,
    )
    smtp_private: bool = _setting(
        "yes: the organisation's SMTP server may stand in a private network",
        read=_yes_or_no,
        default=False,
    )
    audit_retention_days: int = _setting(
        "How long entries of the audit log are kept before whole bundles of them are pruned",
        read=_days,
        default=400,
    )
    database: str = _setting(
        "The Firestore database of tickets; another one after a restore", default="(default)"
    )
    keyring_database: str = _setting(
        "The Firestore database of wrapped data keys", default="keyring"
    )
    audit_database: str = _setting("The Firestore database of the audit log", default="audit")
    witness_database: str = _setting(
        "The Firestore database of the audit log's witness", default="witness"
    )
    local: LocalDesk | None = None

    def audience_of(self, function: str) -> str:
        """Return the audience of the pushes to a function: in the cloud its address, with hyphens."""
        return f"{self.push_audience}/{function.replace('_', '-')}"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read a deployment's settings. Raises SettingsError that names every problem."""
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        problems: list[str] = []
        for item in fields(cls):
            if not item.metadata:
                continue
            name = PREFIX + item.name.upper()
            text = environ.get(name, "").strip()
            if text:
                try:
                    values[item.name] = item.metadata["read"](text)
                except ValueError as error:
                    problems.append(f"{name} {error}")
            elif item.metadata["required"]:
                problems.append(f"{name} is missing: {item.metadata['meaning']}")
        if problems:
            raise SettingsError(problems)
        return cls(**values)

    @classmethod
    def for_local_desk(cls, home: Path, *, url: str, google: str, password_cost: int = 12) -> Self:
        """Return the settings of a desk on this machine. Raises SettingsError on Google Cloud."""
        if os.environ.get("K_SERVICE"):  # set by Cloud Run in every container
            raise SettingsError(["a local desk must not run on Google Cloud (K_SERVICE is set)"])
        return cls(
            organisation="Example Desk",
            public_url=url,
            privacy_contact="privacy@example.com",
            project="local",
            location="local",
            oauth_client_id="local-desk.apps.example.com",
            gmail_topic="projects/local/topics/gmail-push",
            push_service_account="push@local.iam.example.com",
            push_audience=f"{url}/push",
            client_hop=0,  # nothing stands before it
            local=LocalDesk(home=home, url=url, google=google, password_cost=password_cost),
        )
