"""One call of a webhook: what it says, how it is signed, what came back.

After Standard Webhooks 1.0 (https://github.com/standard-webhooks/standard-webhooks): the headers webhook-id,
webhook-timestamp and webhook-signature, whose HMAC-SHA256 is over `id.timestamp.body`. An id is the same
in every attempt, so that a receiver can tell a repetition.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from shared import clock
from shared.app import App
from shared.domain.places import place
from shared.domain.webhooks import COLLECTION, Webhook
from shared.errors import ProductError
from shared.services.organisation.organisation import OWNER
from shared.web.contract import Fetched

TIMEOUT_SECONDS: Final = 15.0
_ANSWER_BYTES: Final = 4_096
_PREFIX: Final = "whsec_"


@dataclass(frozen=True, slots=True)
class FormerSecret:
    """A secret that was replaced, and signs beside the new one until then."""

    secret: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class Address:
    """What is sealed of a webhook."""

    name: str
    url: str = field(repr=False)
    secret: str = field(repr=False)
    former: tuple[FormerSecret, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, or the reason why there was none."""

    status: int | None
    reason: str | None
    body: bytes = field(default=b"", repr=False)

    @property
    def accepted(self) -> bool:
        """Whether the receiver has taken it."""
        return self.status is not None and 200 <= self.status < 300


def new_secret() -> str:
    """Return a new signing secret: 32 random bytes in the form that receivers' libraries read."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def opened(app: App, id: str, webhook: Webhook) -> Address:
    """Return what is sealed of a webhook."""
    members: Mapping[str, Any] = app.envelope.open(OWNER, place(COLLECTION, id), webhook.sealed)
    former = tuple(
        FormerSecret(one["secret"], clock.from_text(one["until"])) for one in members["former"]
    )
    return Address(members["name"], members["url"], members["secret"], former)


def sealed(app: App, id: str, address: Address) -> str:
    """Return an address as it is stored."""
    former = [{"secret": one.secret, "until": clock.to_text(one.until)} for one in address.former]
    members: dict[str, Any] = {
        "name": address.name,
        "url": address.url,
        "secret": address.secret,
        "former": former,
    }
    return app.envelope.seal(OWNER, place(COLLECTION, id), members)


def call(app: App, address: Address, event_id: str, type: str, data: Mapping[str, Any]) -> Answer:
    """Post one event, signed; never raises for what the other side does."""
    now = app.clock.now()
    content = {"type": type, "timestamp": clock.to_text(now), "data": dict(data)}
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    seconds = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": seconds,
        "webhook-signature": _signatures(address, now, event_id, seconds, body),
    }
    try:
        found: Fetched = app.web.post(
            address.url, headers, body, max_bytes=_ANSWER_BYTES, timeout_seconds=TIMEOUT_SECONDS
        )
    except ProductError as error:
        return Answer(None, str(error.params.get("reason", error.code)))
    return Answer(found.status, None, found.body)


def _signatures(address: Address, now: datetime, event_id: str, seconds: str, body: bytes) -> str:
    """Sign by every secret that is good now; with a space between, as Standard Webhooks says."""
    former = [one.secret for one in address.former if one.until > now]
    return " ".join(
        signature(secret, event_id, seconds, body) for secret in (address.secret, *former)
    )


def signature(secret: str, event_id: str, seconds: str, body: bytes) -> str:
    """Return one signature of webhook-signature."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = b".".join((event_id.encode(), seconds.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
