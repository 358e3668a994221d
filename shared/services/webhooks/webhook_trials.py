"""Calling a webhook by hand: to have its address proved, and to try it out.

An address is somebody else's until it has answered with a word that only we knew; until then nothing but
that word is sent to it.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, replace
from typing import Final

from shared import codec, ids
from shared.app import App
from shared.audit.events import Action
from shared.auth import throttle
from shared.domain.webhooks import Webhook, WebhookState
from shared.errors import Conflict, Invalid, TooMany
from shared.permissions import Actor
from shared.services.webhooks import webhook_calls, webhook_settings
from shared.services.webhooks.webhook_settings import WebhookRow

_CALLS: Final = 10  # to one webhook
_CALLS_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class Trial:
    """What a receiver answered to a test: its status, or the reason why there was none."""

    accepted: bool
    status: int | None
    reason: str | None


def verify(app: App, actor: Actor, webhook_id: str) -> WebhookRow:
    """Ask the address for a word that only we know; where it says it, the webhook is active.

    The receiver answers with 2xx and the challenge, as a text or as {"challenge": "..."}. Raises
    Invalid("webhook.not_verified") with the status or the reason, TooMany("webhook.too_many_calls"),
    Conflict("webhook.changed_meanwhile") where its address changed meanwhile.
    """
    webhook = webhook_settings.load(app.store, webhook_id)
    _claim_call(app, webhook_id)
    challenge = secrets.token_urlsafe(32)
    answer = webhook_calls.call(
        app,
        webhook_calls.opened(app, webhook_id, webhook),
        ids.random_id(ids.EVENT),
        "webhook.verification",
        {"challenge": challenge},
    )
    if not answer.accepted or not hmac.compare_digest(_echoed(answer.body), challenge.encode()):
        reason = answer.reason or ("challenge" if answer.accepted else "status")
        raise Invalid("webhook.not_verified", reason=reason, answered=answer.status or 0)

    def make(before: Webhook) -> Webhook:
        if before.generation != webhook.generation:
            raise Conflict("webhook.changed_meanwhile", version=before.version)
        return replace(before, state=WebhookState.ACTIVE, disabled_reason=None)

    return webhook_settings.changed(app, actor, webhook_id, make, Action.WEBHOOK_VERIFIED, None)


def try_out(app: App, webhook_id: str) -> Trial:
    """Send a test to an address that was verified; nothing is stored or repeated.

    Raises NotFound("webhook.not_found"), Conflict("webhook.verify_first"),
    TooMany("webhook.too_many_calls").
    """
    webhook = webhook_settings.load(app.store, webhook_id)
    if webhook.state is WebhookState.UNVERIFIED:
        raise Conflict("webhook.verify_first")
    _claim_call(app, webhook_id)
    address = webhook_calls.opened(app, webhook_id, webhook)
    answer = webhook_calls.call(app, address, ids.random_id(ids.EVENT), "webhook.test", {})
    return Trial(answer.accepted, answer.status, answer.reason)


def _claim_call(app: App, webhook_id: str) -> None:
    """Bound the calls that a person makes by hand, so that the desk is no tool against others."""
    try:
        throttle.claim(
            app.store,
            app.clock,
            kind="webhook.call",
            subject=webhook_id,
            slots=_CALLS,
            window_seconds=_CALLS_SECONDS,
        )
    except TooMany as error:
        raise TooMany(
            "webhook.too_many_calls", retry_after_seconds=error.retry_after_seconds
        ) from None


def _echoed(body: bytes) -> bytes:
    try:
        value = codec.read_json(body)
    except Invalid:
        return body.strip()
    if isinstance(value, dict):
        value = value.get("challenge")
    return value.encode() if isinstance(value, str) else b""
