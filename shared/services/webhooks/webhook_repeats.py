"""Telling a webhook once more of what was given up, or what its receiver lost."""

from __future__ import annotations

from dataclasses import asdict, replace

from shared import codec, ids
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain.events import WEBHOOK_DUE, WebhookDue
from shared.domain.webhooks import (
    DELIVERIES,
    DELIVERIES_KEPT,
    Delivery,
    Outcome,
    WebhookState,
)
from shared.errors import Conflict, NotFound
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.outbox import Outbox
from shared.services.webhooks import webhook_settings, webhooks
from shared.services.webhooks.webhooks import DeliveryRow
from shared.store.contract import Transaction


def tell_again(app: App, actor: Actor, webhook_id: str, delivery_id: str) -> DeliveryRow:
    """Begin the attempts of a delivery anew, at once and under the event's id, for what waits too.

    Raises NotFound("webhook.not_found"), NotFound("webhook.delivery_not_found") also for one that was
    kept long enough, Conflict("webhook.not_active"), and Conflict("webhook.event_not_chosen") where the
    webhook is told of no such event any more.
    """

    def work(tx: Transaction, box: Outbox) -> Delivery:
        webhook = webhook_settings.load(tx, webhook_id)
        past = _load(tx, webhook_id, delivery_id)
        if webhook.state is not WebhookState.ACTIVE:
            raise Conflict("webhook.not_active")
        due = WebhookDue(
            webhook_id=webhook_id,
            generation=webhook.generation,
            event_id=past.event_id,
            action=past.action,
            mailbox_id=past.data["mailbox_id"],
            data=past.data,
            attempts=past.attempts,
            again=past.again,
        )
        if not webhook.wants(due.action, due.mailbox_id):
            raise Conflict("webhook.event_not_chosen")
        if past.outcome is Outcome.WAITING:
            tx.delete(outbox.COLLECTION, webhooks.due_id(delivery_id, due))
        now = app.clock.now()
        anew = replace(due, attempts=0, again=past.again + 1)
        after = replace(
            past,
            outcome=Outcome.WAITING,
            attempts=0,
            status=None,
            reason=None,
            first_at=now,
            at=now,
            next_at=now,
            expires_at=now + DELIVERIES_KEPT,
            again=anew.again,
        )
        tx.put(DELIVERIES, delivery_id, codec.to_document(after))
        box.add(webhooks.due_id(delivery_id, anew), WEBHOOK_DUE, asdict(anew))
        target = Target("webhook", webhook_id)
        happened = Happened(Action.WEBHOOK_TOLD_AGAIN, audit_log.person(actor), target)
        audit_log.record(app, box, happened)
        return after

    return webhooks.shown(delivery_id, outbox.commit(app, work))


def _load(tx: Transaction, webhook_id: str, delivery_id: str) -> Delivery:
    found = tx.get(DELIVERIES, delivery_id) if ids.is_id(ids.EVENT, delivery_id) else None
    delivery = None if found is None else codec.from_document(Delivery, found.data)
    if delivery is None or delivery.webhook_id != webhook_id:
        raise NotFound("webhook.delivery_not_found")
    return delivery
