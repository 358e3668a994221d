"""Webhooks as an administrator keeps them: made, changed, paused, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from shared import codec, ids
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import mailboxes
from shared.domain.webhooks import COLLECTION, RESOURCES, Webhook, WebhookState
from shared.errors import Conflict, Invalid, NotFound
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.accounts import step_up
from shared.services.organisation.organisation import OWNER
from shared.services.outbox import Outbox
from shared.services.webhooks import webhook_calls
from shared.services.webhooks.webhook_calls import Address
from shared.services.webhooks.webhooks import MAX_WEBHOOKS
from shared.store.contract import AlreadyExists, Query, Reader, Transaction

EVENTS: Final = tuple(a.value for a in Action if a.value.partition(".")[0] in RESOURCES)
MAX_NAME: Final = 60
MAX_MAILBOXES: Final = 100


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A webhook without its secret; `mailbox_ids` null: every mailbox."""

    id: str
    name: str
    url: str
    actions: tuple[str, ...]
    mailbox_ids: tuple[str, ...] | None
    state: WebhookState
    disabled_reason: str | None
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class WebhookList:
    """All webhooks, and the events that one may choose."""

    items: tuple[WebhookRow, ...]
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A webhook that was made, with the secret that signs: it is shown this once."""

    webhook: WebhookRow
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a webhook is told of, and where; None stays as it is."""

    name: str | None = None
    url: str | None = None
    actions: tuple[str, ...] | None = None
    mailbox_ids: tuple[str, ...] | None = None
    all_mailboxes: bool = False
    state: WebhookState | None = None


def list_webhooks(app: App) -> WebhookList:
    """Return all webhooks."""
    page = app.store.query(Query(COLLECTION, limit=MAX_WEBHOOKS))
    items = [row(app, d.id, codec.from_document(Webhook, d.data)) for d in page.documents]
    return WebhookList(tuple(sorted(items, key=lambda item: item.created_at)), EVENTS)


def read(app: App, webhook_id: str) -> WebhookRow:
    """Return a webhook. Raises NotFound("webhook.not_found")."""
    return row(app, webhook_id, load(app.store, webhook_id))


def create(
    app: App,
    actor: Actor,
    id: str,
    name: str,
    url: str,
    actions: Sequence[str],
    mailbox_ids: tuple[str, ...] | None,
) -> NewWebhook:
    """Make a webhook, which is called once it is verified.

    The same `id` again returns what it made, with its secret, as long as nobody has verified or changed
    it. Raises Forbidden("step_up.required"), Invalid("webhook.name_invalid"), Invalid("web.url_refused"),
    Invalid("webhook.unknown_event"), Invalid("webhook.unknown_mailbox"), Conflict("webhook.too_many").
    """
    step_up.require(app, actor)
    app.web.check(url)
    address = Address(_checked_name(name), url, webhook_calls.new_secret())
    app.envelope.create(OWNER)
    webhook = Webhook(
        actions=_checked_actions(actions),
        mailbox_ids=_checked_mailboxes(app, mailbox_ids),
        sealed=webhook_calls.sealed(app, id, address),
        created_at=app.clock.now(),
        changed_by=actor.user_id,
    )

    def work(tx: Transaction, box: Outbox) -> Webhook:
        if len(tx.query(Query(COLLECTION, limit=MAX_WEBHOOKS)).documents) == MAX_WEBHOOKS:
            raise Conflict("webhook.too_many", most=MAX_WEBHOOKS)
        made = replace(webhook, last_audit_id=_record(app, box, actor, Action.WEBHOOK_CREATED, id))
        tx.create(COLLECTION, id, codec.to_document(made))
        return made

    try:
        return NewWebhook(row(app, id, outbox.commit(app, work)), address.secret)
    except AlreadyExists:
        earlier = load(app.store, id)
        secret = webhook_calls.opened(app, id, earlier).secret if earlier.version == 1 else ""
        return NewWebhook(row(app, id, earlier), secret)


def change(app: App, actor: Actor, webhook_id: str, choice: Choice, version: int) -> WebhookRow:
    """Change a webhook; another address has to be verified again.

    Raises what `create` raises, NotFound("webhook.not_found"), Conflict("webhook.changed_meanwhile"), and
    Conflict("webhook.verify_first") for letting one go on that was not paused.
    """
    if choice.url is not None:
        step_up.require(app, actor)
        app.web.check(choice.url)
    name = None if choice.name is None else _checked_name(choice.name)
    actions = None if choice.actions is None else _checked_actions(choice.actions)
    mailboxes_ = _checked_mailboxes(app, choice.mailbox_ids)

    def make(before: Webhook) -> Webhook:
        known = webhook_calls.opened(app, webhook_id, before)
        address = replace(known, name=name or known.name, url=choice.url or known.url)
        after = replace(
            before,
            actions=actions or before.actions,
            mailbox_ids=None if choice.all_mailboxes else mailboxes_ or before.mailbox_ids,
            state=_moved(before.state, choice.state),
        )
        if address != known:
            after = replace(after, sealed=webhook_calls.sealed(app, webhook_id, address))
        if address.url != known.url:
            after = replace(
                after,
                state=WebhookState.UNVERIFIED,
                disabled_reason=None,
                generation=before.generation + 1,
            )
        return after

    return changed(app, actor, webhook_id, make, Action.WEBHOOK_CHANGED, version)


def delete(app: App, actor: Actor, webhook_id: str) -> None:
    """Delete a webhook; what is still due to it is not delivered. Raises NotFound("webhook.not_found")."""

    def work(tx: Transaction, box: Outbox) -> None:
        load(tx, webhook_id)
        _record(app, box, actor, Action.WEBHOOK_DELETED, webhook_id)
        tx.delete(COLLECTION, webhook_id)

    outbox.commit(app, work)


def changed(
    app: App, actor: Actor, webhook_id: str, make: Any, action: Action, version: int | None
) -> WebhookRow:
    """Let a person change a webhook to what `make` returns of it; `version` None is any."""

    def work(tx: Transaction, box: Outbox) -> Webhook:
        before = load(tx, webhook_id)
        if version is not None and before.version != version:
            raise Conflict(
                "webhook.changed_meanwhile",
                version=before.version,
                changed_by=before.changed_by or "",
            )
        after: Webhook = make(before)
        if after == before:
            return before
        after = replace(
            after,
            version=before.version + 1,
            changed_by=actor.user_id,
            last_audit_id=_record(app, box, actor, action, webhook_id, before, after),
        )
        tx.put(COLLECTION, webhook_id, codec.to_document(after))
        return after

    return row(app, webhook_id, outbox.commit(app, work))


def load(reader: Reader, webhook_id: str) -> Webhook:
    """Return a webhook's document. Raises NotFound("webhook.not_found")."""
    found = reader.get(COLLECTION, webhook_id) if ids.is_id(ids.WEBHOOK, webhook_id) else None
    if found is None:
        raise NotFound("webhook.not_found")
    return codec.from_document(Webhook, found.data)


def _moved(state: WebhookState, wanted: WebhookState | None) -> WebhookState:
    """Return the state that a person may bring about: paused, and active again."""
    pausing = {WebhookState.ACTIVE, WebhookState.PAUSED}
    if wanted is None or wanted is state:
        return state
    if {state, wanted} != pausing:
        raise Conflict("webhook.verify_first")
    return wanted


def _checked_name(text: str) -> str:
    name = text.strip()
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        raise Invalid("webhook.name_invalid", max_characters=MAX_NAME)
    return name


def _checked_actions(actions: Sequence[str]) -> tuple[str, ...]:
    chosen = tuple(sorted(set(actions)))
    if not chosen or not set(chosen) <= set(EVENTS):
        raise Invalid("webhook.unknown_event", allowed=list(EVENTS))
    return chosen


def _checked_mailboxes(app: App, mailbox_ids: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if mailbox_ids is None:
        return None
    chosen = tuple(sorted(set(mailbox_ids)))
    known = [id for id in chosen if ids.is_id(ids.MAILBOX, id)][:MAX_MAILBOXES]
    found = app.store.get_all([(mailboxes.COLLECTION, id) for id in known])
    if not chosen or len(known) < len(chosen) or not all(found):
        raise Invalid("webhook.unknown_mailbox")
    return chosen


def row(app: App, id: str, webhook: Webhook) -> WebhookRow:
    """Return a webhook as it is shown."""
    address = webhook_calls.opened(app, id, webhook)
    return WebhookRow(
        id=id,
        name=address.name,
        url=address.url,
        actions=webhook.actions,
        mailbox_ids=webhook.mailbox_ids,
        state=webhook.state,
        disabled_reason=webhook.disabled_reason,
        created_at=webhook.created_at,
        version=webhook.version,
    )


def _record(
    app: App,
    box: Outbox,
    actor: Actor,
    action: Action,
    id: str,
    before: Webhook | None = None,
    after: Webhook | None = None,
) -> str:
    """Record a change by its states and choices; name and address are not kept, only that they changed."""
    changes: list[dict[str, str | int | None]] = []
    if before is not None and after is not None:
        for name in ("state", "actions", "mailbox_ids", "generation"):
            old, new = _plain(getattr(before, name)), _plain(getattr(after, name))
            if old != new:
                changes.append({"field": name, "before": old, "after": new})
    happened = Happened(
        action, audit_log.person(actor), Target("webhook", id), changes=tuple(changes)
    )
    return audit_log.record(app, box, happened)


def _plain(value: Any) -> str | int | None:
    if isinstance(value, tuple):
        return ",".join(value)
    return value.value if isinstance(value, WebhookState) else value
