"""Giving a webhook another secret: without its receiver missing a call, or at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from shared.app import App
from shared.audit.events import Action
from shared.domain.webhooks import Webhook
from shared.errors import Invalid
from shared.permissions import Actor
from shared.services.accounts import step_up
from shared.services.webhooks import webhook_calls, webhook_settings
from shared.services.webhooks.webhook_calls import FormerSecret
from shared.services.webhooks.webhook_settings import NewWebhook

MAX_OVERLAP_HOURS: Final = 168


def replace_secret(
    app: App, actor: Actor, webhook_id: str, overlap_hours: int, version: int
) -> NewWebhook:
    """Make another secret and return it, this once; earlier ones sign beside it meanwhile.

    Raises Forbidden("step_up.required"), Invalid("webhook.overlap_invalid"),
    NotFound("webhook.not_found"), Conflict("webhook.changed_meanwhile").
    """
    step_up.require(app, actor)
    if not 0 <= overlap_hours <= MAX_OVERLAP_HOURS:
        raise Invalid("webhook.overlap_invalid", most=MAX_OVERLAP_HOURS)
    secret, now = webhook_calls.new_secret(), app.clock.now()
    until = now + timedelta(hours=overlap_hours)

    def make(before: Webhook) -> Webhook:
        known = webhook_calls.opened(app, webhook_id, before)
        # A receiver may still have the secret before the last one, whose time is not over.
        kept = [one for one in known.former if one.until > now]
        former = (FormerSecret(known.secret, until), *kept) if until > now else ()
        address = replace(known, secret=secret, former=former)
        return replace(before, sealed=webhook_calls.sealed(app, webhook_id, address))

    action = Action.WEBHOOK_SECRET_REPLACED
    row = webhook_settings.changed(app, actor, webhook_id, make, action, version)
    return NewWebhook(row, secret)
