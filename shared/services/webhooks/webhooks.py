"""Telling webhooks of what happened: who wants to know, and one delivery after another until one succeeds.

An event that no webhook wants costs nothing while the list of webhooks is in memory. Each delivery is an
event of its own, so that a receiver that is slow or gone holds up nobody else.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from shared import codec, ids
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain.events import WEBHOOK_DUE, WebhookDue
from shared.domain.recorded import Recorded
from shared.domain.webhooks import (
    COLLECTION,
    DELIVERIES,
    DELIVERIES_KEPT,
    RESOURCES,
    Delivery,
    Outcome,
    Webhook,
    WebhookState,
    wait_after,
)
from shared.keys.cache import Cache
from shared.services import audit_log, outbox
from shared.services.outbox import Outbox
from shared.services.webhooks import webhook_calls
from shared.services.webhooks.webhook_calls import Answer
from shared.store.contract import Filter, Order, Query, Transaction

MAX_WEBHOOKS: Final = 50
KNOWN_SECONDS: Final = 30.0
GONE: Final = 410


class KnownWebhooks:
    """The organisation's webhooks as they were at most 30 seconds ago, in memory only."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._known: Cache[tuple[tuple[str, Webhook], ...]] = Cache(
            app.clock, size=1, lifetime_seconds=lambda _: KNOWN_SECONDS
        )

    def all(self) -> tuple[tuple[str, Webhook], ...]:
        """Return them with their ids."""
        return self._known.get("all", self._read)

    def forget_expired(self) -> None:
        """Let go of webhooks that are told no more without being read again."""
        self._known.forget_expired()

    def _read(self) -> tuple[tuple[str, Webhook], ...]:
        page = self._app.store.query(Query(COLLECTION, limit=MAX_WEBHOOKS))
        return tuple((d.id, codec.from_document(Webhook, d.data)) for d in page.documents)


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """How telling of one event went: when, how often, and what the receiver answered."""

    id: str
    event_id: str
    action: str
    outcome: Outcome
    attempts: int
    status: int | None
    reason: str | None
    first_at: datetime
    at: datetime
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """A page of deliveries, the newest first; kept for seven days."""

    items: tuple[DeliveryRow, ...]
    next: str | None


def react_to(app: App, recorded: Recorded) -> None:
    """Have every webhook told that wants to know; called again, it makes deliveries that find their work."""
    if recorded.action.partition(".")[0] not in RESOURCES:
        return
    for id, webhook in app.webhooks.all():
        if webhook.wants(recorded.action, recorded.mailbox_id):
            due = WebhookDue(
                webhook_id=id,
                generation=webhook.generation,
                event_id=recorded.id,
                action=recorded.action,
                mailbox_id=recorded.mailbox_id,
                data=_told(recorded),
            )
            app.bus.publish(WEBHOOK_DUE, asdict(due))


def deliver(app: App, due: WebhookDue) -> None:
    """Call a webhook once and record how it went; what failed is due again later, or given up.

    A webhook that was paused, disabled or given another address meanwhile is not called. An attempt that
    was recorded is not made again; one that died before is, under the same id.
    """
    id = ids.derived_id(ids.EVENT, "webhook delivery", due.webhook_id, due.event_id)
    found, row = app.store.get_all([(COLLECTION, due.webhook_id), (DELIVERIES, id)])
    webhook = None if found is None else codec.from_document(Webhook, found.data)
    past = None if row is None else codec.from_document(Delivery, row.data)
    wanted = webhook is not None and webhook.wants(due.action, due.mailbox_id)
    if webhook is None or not wanted or webhook.generation != due.generation or _made(past, due):
        if _waited(due):
            app.store.transact(lambda tx: tx.delete(outbox.COLLECTION, due_id(id, due)))
        return
    address = webhook_calls.opened(app, due.webhook_id, webhook)
    answer = webhook_calls.call(app, address, due.event_id, due.action, due.data)
    _record(app, id, due, answer)


def list_deliveries(app: App, webhook_id: str, limit: int, cursor: str | None) -> DeliveryPage:
    """Return a page of a webhook's deliveries, the newest first."""
    page = app.store.query(
        Query(
            DELIVERIES,
            (Filter("webhook_id", "==", webhook_id),),
            (Order("at", descending=True),),
            limit=limit,
            cursor=cursor,
        )
    )
    items = (shown(d.id, codec.from_document(Delivery, d.data)) for d in page.documents)
    return DeliveryPage(tuple(items), page.next)


def shown(id: str, row: Delivery) -> DeliveryRow:
    """Return a delivery as it is shown."""
    return DeliveryRow(
        id=id,
        event_id=row.event_id,
        action=row.action,
        outcome=row.outcome,
        attempts=row.attempts,
        status=row.status,
        reason=row.reason,
        first_at=row.first_at,
        at=row.at,
        next_at=row.next_at,
    )


def _told(recorded: Recorded) -> dict[str, Any]:
    """Return what a receiver learns: ids, codes, times and plain changes; it asks the API for more."""
    return {
        "id": recorded.id,
        "time": recorded.time,
        "target": {"type": recorded.target_type, "id": recorded.target_id},
        "mailbox_id": recorded.mailbox_id,
        "by": recorded.actor_type,
        "outcome": recorded.outcome,
        "reason": recorded.reason,
        "changes": [dict(change) for change in recorded.changes],
    }


def _made(past: Delivery | None, due: WebhookDue) -> bool:
    """Tell whether the attempt was made, or a person began the attempts anew since."""
    if past is None or past.again != due.again:
        return past is not None and past.again > due.again
    return past.outcome is not Outcome.WAITING or past.attempts > due.attempts


def due_id(delivery_id: str, due: WebhookDue) -> str:
    """Return the id under which an attempt stands in the outbox; the first stands there only if asked for."""
    return ids.derived_id(ids.EVENT, "webhook due", delivery_id, str(due.again), str(due.attempts))


def _waited(due: WebhookDue) -> bool:
    return due.attempts > 0 or due.again > 0


def _record(app: App, id: str, due: WebhookDue, answer: Answer) -> None:
    now = app.clock.now()
    attempts = due.attempts + 1
    wait = None if answer.status == GONE else wait_after(attempts, random.random())  # noqa: S311 - no secret
    delivered_since = Query(
        DELIVERIES,
        (
            Filter("webhook_id", "==", due.webhook_id),
            Filter("outcome", "==", Outcome.DELIVERED.value),
        ),
        (Order("at", descending=True),),
        limit=1,
    )

    def work(tx: Transaction, box: Outbox) -> None:
        row, found = tx.get_all([(DELIVERIES, id), (COLLECTION, due.webhook_id)])
        past = None if row is None else codec.from_document(Delivery, row.data)
        if _made(past, due):
            return  # by another delivery of the same event
        first_at = now if past is None else past.first_at
        given_up = not answer.accepted and wait is None
        others = tx.query(delivered_since).documents if given_up else ()
        if _waited(due):
            tx.delete(outbox.COLLECTION, due_id(id, due))
        record = Delivery(
            webhook_id=due.webhook_id,
            event_id=due.event_id,
            action=due.action,
            data=due.data,
            outcome=Outcome.DELIVERED if answer.accepted else Outcome.WAITING,
            attempts=attempts,
            status=answer.status,
            reason=answer.reason,
            first_at=first_at,
            at=now,
            next_at=None,
            expires_at=now + DELIVERIES_KEPT,
            again=due.again,
        )
        if given_up:
            record = replace(record, outcome=Outcome.GIVEN_UP)
            # A receiver that refuses this event alone, and took others meanwhile, goes on being told.
            reason = "gone" if answer.status == GONE else "failing"
            took_others = any(d.data["at"] > first_at for d in others)  # type: ignore[operator]
            if found is not None and (reason == "gone" or not took_others):
                _disable(app, tx, box, due, codec.from_document(Webhook, found.data), reason)
        elif not answer.accepted and wait is not None:
            record = replace(record, next_at=now + wait)
            later = replace(due, attempts=attempts)
            box.add(due_id(id, later), WEBHOOK_DUE, asdict(later), record.next_at)
        tx.put(DELIVERIES, id, codec.to_document(record))

    outbox.commit(app, work)


def _disable(
    app: App, tx: Transaction, box: Outbox, due: WebhookDue, webhook: Webhook, reason: str
) -> None:
    """Call it no more, unless it was changed or disabled meanwhile."""
    if webhook.generation != due.generation or webhook.state is not WebhookState.ACTIVE:
        return
    happened = Happened(
        Action.WEBHOOK_DISABLED,
        audit_log.function(app),
        Target("webhook", due.webhook_id),
        reason=reason,
    )
    disabled = replace(
        webhook,
        state=WebhookState.DISABLED,
        disabled_reason=reason,
        generation=webhook.generation + 1,
        version=webhook.version + 1,
        changed_by=None,
        last_audit_id=audit_log.record(app, box, happened),
    )
    document: Mapping[str, Any] = codec.to_document(disabled)
    tx.put(COLLECTION, due.webhook_id, document)
