"""Another name for a tag of a mailbox, or none: asked for, and watched. Its steps are in `retagging`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import jobs, tags
from shared.domain.jobs import COLLECTION, Job, JobKind, JobState, Retag
from shared.errors import Conflict, Invalid
from shared.permissions import Actor, Permission, require_in
from shared.services import audit_log, outbox
from shared.services.exchange import job_steps
from shared.services.outbox import Outbox
from shared.store.contract import Filter, Order, Query, Reader, Transaction

_SHOWN: Final = 10  # of the last week


@dataclass(frozen=True, slots=True)
class RetagView:
    """Which tag became which (None: none), and on how many tickets, rules and shared views so far."""

    EXAMPLE: ClassVar[dict[str, object]] = {
        "tag": "druck",
        "into": "print",
        "tickets": 12,
        "rules": 1,
        "views": 0,
        "failure": None,
    }

    id: str
    state: JobState
    tag: str
    into: str | None
    created_at: datetime
    finished_at: datetime | None
    tickets: int
    rules: int
    views: int
    failure: str | None


@dataclass(frozen=True, slots=True)
class RetagList:
    """The last ones of a mailbox, the newest first; they are kept for a week."""

    items: tuple[RetagView, ...]


def create(
    app: App, actor: Actor, id: str, mailbox_id: str, tag: str, into: str | None
) -> RetagView:
    """Begin to give all tickets of a mailbox another tag instead of this one, or none.

    Raises NotFound("mailbox.not_found"), Forbidden, Invalid("ticket.tag_invalid"), Invalid("tag.same"), and
    Conflict("tag.changing") while another one of the mailbox is under way.
    """
    require_in(actor, Permission.RULE_MANAGE, mailbox_id, "mailbox.not_found")
    wanted = Retag(_tag(tag), None if into is None else _tag(into))
    if wanted.into == wanted.tag:
        raise Invalid("tag.same")
    now = app.clock.now()
    job = Job(
        kind=JobKind.RETAG,
        user_id=actor.user_id,
        created_at=now,
        expires_at=now + jobs.STUCK_AFTER,
        mailbox_ids=(mailbox_id,),
        retag=wanted,
    )

    def work(tx: Transaction, box: Outbox) -> Job:
        known = job_steps.load(tx, id)
        if known is not None:
            return known
        # Two at once, one from here to there and one back, would never end.
        if any(other.active for _, other in _of(tx, mailbox_id)):
            raise Conflict("tag.changing")
        told = ({"field": "tag", "before": wanted.tag, "after": wanted.into},)
        target = Target("mailbox", mailbox_id, mailbox_id)
        happened = Happened(Action.TAG_CHANGED, audit_log.person(actor), target, changes=told)
        begun = replace(job, last_audit_id=audit_log.record(app, box, happened))
        tx.create(COLLECTION, id, codec.to_document(begun))
        job_steps.announce(box, id, begun)
        return begun

    return _view(id, outbox.commit(app, work))


def list_retags(app: App, actor: Actor, mailbox_id: str) -> RetagList:
    """Return the last ones of a mailbox. Raises NotFound("mailbox.not_found"), Forbidden."""
    require_in(actor, Permission.RULE_MANAGE, mailbox_id, "mailbox.not_found")
    return RetagList(tuple(_view(*one) for one in _of(app.store, mailbox_id)))


def _of(reader: Reader, mailbox_id: str) -> list[tuple[str, Job]]:
    query = Query(
        COLLECTION,
        (
            Filter("mailbox_ids", "array_contains", mailbox_id),
            Filter("kind", "==", JobKind.RETAG.value),
        ),
        (Order("created_at", descending=True),),
        limit=_SHOWN,
    )
    found = [(d.id, codec.from_document(Job, d.data)) for d in reader.query(query).documents]
    return [one for one in found if one[1].retag is not None]


def _tag(text: str) -> str:
    try:
        return tags.tag(text)
    except ValueError:
        raise Invalid("ticket.tag_invalid", max_characters=tags.MAX_TAG) from None


def _view(id: str, job: Job) -> RetagView:
    retag = job.retag
    assert retag is not None
    return RetagView(
        id=id,
        state=job.state,
        tag=retag.tag,
        into=retag.into,
        created_at=job.created_at,
        finished_at=job.finished_at,
        tickets=retag.tickets,
        rules=retag.rules,
        views=retag.views,
        failure=retag.failure,
    )
