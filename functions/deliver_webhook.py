"""Pub/Sub function `deliver_webhook`, subscribed to the topic `webhook-due`.

Calls one webhook of one event. Alone because it speaks to strangers: it holds no mailbox's token. What
fails is due again later by an event of its own, so a receiver that is gone blocks nothing here.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.events import WebhookDue
from shared.entry import subscriber
from shared.services.webhooks import webhooks


@subscriber(WebhookDue)
def deliver_webhook(app: App, event: WebhookDue) -> None:
    """Call the webhook, and record how it went."""
    webhooks.deliver(app, event)
