"""Routes of `admin`: webhooks, which tell other programs of what happens on the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from shared import ids
from shared.domain.webhooks import WebhookState
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import PageQuery, Request
from shared.services.webhooks import (
    webhook_repeats,
    webhook_secrets,
    webhook_settings,
    webhook_trials,
    webhooks,
)
from shared.services.webhooks.webhook_settings import Choice, NewWebhook, WebhookList, WebhookRow
from shared.services.webhooks.webhook_trials import Trial
from shared.services.webhooks.webhooks import DeliveryPage, DeliveryRow

routes = Routes("functions.admin")

_SMALL = 32_768


@dataclass(frozen=True, slots=True)
class WebhookToMake:
    """A webhook: where, of which events, and of which mailboxes (null: all)."""

    EXAMPLE: ClassVar[Mapping[str, object]] = {
        "url": "https://hooks.example.com/desk",
        "actions": ["ticket.created"],
    }

    name: str
    url: str = field(repr=False)
    actions: tuple[str, ...]
    mailbox_ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class WebhookChange:
    """What to change; what is left out stays. `all_mailboxes` true takes the place of `mailbox_ids`."""

    EXAMPLE: ClassVar[Mapping[str, object]] = {
        "url": "https://hooks.example.com/desk",
        "actions": ["ticket.created", "ticket.state_changed"],
    }

    name: str | None = None
    url: str | None = field(default=None, repr=False)
    actions: tuple[str, ...] | None = None
    mailbox_ids: tuple[str, ...] | None = None
    all_mailboxes: bool = False
    state: Literal["active", "paused"] | None = None


@dataclass(frozen=True, slots=True)
class AnotherSecret:
    """For how many hours, 168 at most, earlier secrets sign beside it; 0 where others know them."""

    EXAMPLE: ClassVar[Mapping[str, object]] = {"overlap_hours": 24}

    overlap_hours: int = 24


@routes.get("/webhooks", allow=Permission.WEBHOOK_MANAGE)
def list_webhooks(request: Request) -> WebhookList:
    """List all webhooks, and the events that one may choose."""
    return webhook_settings.list_webhooks(request.app)


@routes.post(
    "/webhooks",
    allow=Permission.WEBHOOK_MANAGE,
    body=WebhookToMake,
    max_body_bytes=_SMALL,
    status=201,
)
def create_webhook(request: Request, body: WebhookToMake) -> NewWebhook:
    """Make a webhook and return its secret, this once; it is called once it is verified."""
    app, actor, id = request.app, request.actor, request.new_id(ids.WEBHOOK)
    return webhook_settings.create(
        app, actor, id, body.name, body.url, body.actions, body.mailbox_ids
    )


@routes.get("/webhooks/{webhook_id}", allow=Permission.WEBHOOK_MANAGE)
def read_webhook(request: Request) -> WebhookRow:
    """Return a webhook without its secret."""
    return webhook_settings.read(request.app, request.path["webhook_id"])


@routes.patch(
    "/webhooks/{webhook_id}",
    allow=Permission.WEBHOOK_MANAGE,
    body=WebhookChange,
    max_body_bytes=_SMALL,
)
def change_webhook(request: Request, body: WebhookChange) -> WebhookRow:
    """Change, pause or resume a webhook; another address has to be verified again."""
    choice = Choice(
        body.name,
        body.url,
        body.actions,
        body.mailbox_ids,
        body.all_mailboxes,
        None if body.state is None else WebhookState(body.state),
    )
    webhook_id, version = request.path["webhook_id"], request.expected_version()
    return webhook_settings.change(request.app, request.actor, webhook_id, choice, version)


@routes.delete("/webhooks/{webhook_id}", allow=Permission.WEBHOOK_MANAGE)
def delete_webhook(request: Request) -> None:
    """Delete a webhook."""
    webhook_settings.delete(request.app, request.actor, request.path["webhook_id"])


@routes.post("/webhooks/{webhook_id}/verify", allow=Permission.WEBHOOK_MANAGE)
def verify_webhook(request: Request) -> WebhookRow:
    """Post a challenge to the address, which has to answer with it; then the webhook is active."""
    return webhook_trials.verify(request.app, request.actor, request.path["webhook_id"])


@routes.post("/webhooks/{webhook_id}/test", allow=Permission.WEBHOOK_MANAGE)
def test_webhook(request: Request) -> Trial:
    """Send a test event and return what the receiver answered."""
    return webhook_trials.try_out(request.app, request.path["webhook_id"])


@routes.post(
    "/webhooks/{webhook_id}/secret",
    allow=Permission.WEBHOOK_MANAGE,
    body=AnotherSecret,
    versioned=True,
)
def replace_secret(request: Request, body: AnotherSecret) -> NewWebhook:
    """Give a webhook another secret and return it, this once; If-Match names the webhook's version."""
    webhook_id = request.path["webhook_id"]
    return webhook_secrets.replace_secret(
        request.app, request.actor, webhook_id, body.overlap_hours, request.expected_version()
    )


@routes.get("/webhooks/{webhook_id}/deliveries", allow=Permission.WEBHOOK_MANAGE, query=PageQuery)
def list_deliveries(request: Request, query: PageQuery) -> DeliveryPage:
    """List how the deliveries of the last seven days went, the newest first."""
    webhook_id = request.path["webhook_id"]
    webhook_settings.load(request.app.store, webhook_id)
    return webhooks.list_deliveries(request.app, webhook_id, query.limit, query.cursor)


@routes.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/again", allow=Permission.WEBHOOK_MANAGE
)
def tell_again(request: Request) -> DeliveryRow:
    """Tell a webhook of an event once more: one that was given up, or that its receiver lost."""
    webhook_id, delivery_id = request.path["webhook_id"], request.path["delivery_id"]
    return webhook_repeats.tell_again(request.app, request.actor, webhook_id, delivery_id)
