"""How a person chose to be told: for each kind on the page, by mail too, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain.notifications import DEFAULTS, Channel, Mail
from shared.domain.people import USERS, User
from shared.errors import Conflict
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.accounts import factors, sign_in
from shared.services.outbox import Outbox
from shared.store.contract import Transaction


@dataclass(frozen=True, slots=True)
class NotificationChoices:
    """How one is told of each kind; `mail` "off" sends none, whatever stands there."""

    mentioned: Channel
    assigned: Channel
    team_assigned: Channel
    answered: Channel
    reply_failed: Channel
    sla_breached: Channel
    snooze_ended: Channel
    log_checkpoint: Channel
    mail: Mail
    version: int


@dataclass(frozen=True, slots=True)
class NotificationChange:
    """What to choose anew; what is left out stays."""

    mentioned: Channel | None = None
    assigned: Channel | None = None
    team_assigned: Channel | None = None
    answered: Channel | None = None
    reply_failed: Channel | None = None
    sla_breached: Channel | None = None
    snooze_ended: Channel | None = None
    log_checkpoint: Channel | None = None
    mail: Mail | None = None


def show(app: App, actor: Actor) -> NotificationChoices:
    """Return what the actor has chosen, or what counts where they have not."""
    return _view(sign_in.load(app, actor.user_id))


def change(app: App, actor: Actor, change: NotificationChange, version: int) -> NotificationChoices:
    """Choose anew. Raises Conflict("user.changed_meanwhile")."""
    chosen = {kind.value: getattr(change, kind.value) for kind in DEFAULTS}
    chosen = {kind: channel for kind, channel in chosen.items() if channel is not None}

    def work(tx: Transaction, box: Outbox) -> User:
        user = factors.user_in(tx, actor)
        if user.version != version:
            by = user.changed_by or ""
            raise Conflict("user.changed_meanwhile", version=user.version, changed_by=by)
        changed = replace(
            user,
            told={**user.told, **chosen},
            told_by_mail=change.mail or user.told_by_mail,
            version=user.version + 1,
            changed_by=actor.user_id,
            last_audit_id=audit_log.record(app, box, _changed(actor)),
        )
        tx.put(USERS, actor.user_id, codec.to_document(changed))
        return changed

    return _view(outbox.commit(app, work))


def _view(user: User) -> NotificationChoices:
    channels = {kind.value: user.told.get(kind.value, DEFAULTS[kind]) for kind in DEFAULTS}
    return codec.decode(
        NotificationChoices, channels | {"mail": user.told_by_mail, "version": user.version}
    )


def _changed(actor: Actor) -> Happened:
    target = Target("user", actor.pseudonym)
    return Happened(Action.NOTIFICATIONS_CHANGED, audit_log.person(actor), target)
