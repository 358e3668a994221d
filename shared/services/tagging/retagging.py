"""The steps of giving a mailbox's tickets another tag: first rules and shared views, then some tickets each.

Rules go first, so that none puts the old tag back on what is done. A ticket that is done has the tag no
more, so the next step asks for what is left; each step is one transaction with the event of the next one.
What was merged into another ticket is looked at there, and keeps its tags.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

from shared import codec
from shared.app import App
from shared.audit.entry import Who
from shared.audit.events import Action
from shared.domain import jobs, tickets, views
from shared.domain.jobs import Job, JobState, Retag
from shared.domain.people import User
from shared.domain.tickets import Ticket
from shared.domain.views import View
from shared.errors import Conflict
from shared.permissions import Permission
from shared.services import outbox
from shared.services.accounts import colleagues
from shared.services.exchange import job_steps
from shared.services.outbox import Outbox
from shared.services.rules import rule_book
from shared.services.tickets import ticket_changes
from shared.services.tickets.ticket_changes import Author
from shared.store.contract import Document, Filter, Order, Query, Transaction

_TICKETS: Final = 20  # of a step: three documents each, far from what one transaction takes


def step(app: App, job_id: str, job: Job) -> None:
    """Do the step that is due. Raises Unavailable where our own store or bus fails, and it is done again."""
    retag, (mailbox_id,) = job.retag, job.mailbox_ids
    assert retag is not None
    allowed = colleagues.allowed(app.store, [job.user_id], Permission.RULE_MANAGE, mailbox_id)
    if (user := allowed.get(job.user_id)) is None:
        _fail(app, job_id, job, retag, "permission.missing")
    elif retag.begun:
        outbox.commit(app, partial(_some_tickets, app, job_id, job, retag, user))
    else:
        try:
            outbox.commit(app, partial(_rules_and_views, app, job_id, job, retag))
        except Conflict as error:  # with the longer name the rules would not fit any more
            _fail(app, job_id, job, retag, error.code)
        app.rules.forget(mailbox_id)


def _fail(app: App, job_id: str, job: Job, retag: Retag, code: str) -> None:
    def work(tx: Transaction, box: Outbox) -> None:
        if job_steps.is_due(tx, job_id, job):
            _end(app, job_id, job, replace(retag, failure=code), tx, box)

    outbox.commit(app, work)


def _rules_and_views(
    app: App, job_id: str, job: Job, retag: Retag, tx: Transaction, box: Outbox
) -> None:
    if not job_steps.is_due(tx, job_id, job):
        return
    (mailbox_id,) = job.mailbox_ids
    shared = Query(
        views.COLLECTION, (Filter("mailbox_id", "==", mailbox_id),), limit=views.MAX_VIEWS
    )
    found = tx.query(shared).documents
    audit_id = job.last_audit_id or ""
    rules = rule_book.retag(app, tx, mailbox_id, retag.tag, retag.into, job.user_id, audit_id)
    # Every read stands above this line.
    named = [document for document in found if _asks_for(document, retag, mailbox_id)]
    for document in named:
        view = codec.from_document(View, document.data)
        after = replace(
            view,
            filters=replace(view.filters, tag=retag.into),
            version=view.version + 1,
            changed_by=job.user_id,
            last_audit_id=audit_id,
        )
        tx.put(views.COLLECTION, document.id, codec.to_document(after))
    begun = replace(retag, begun=True, rules=rules, views=len(named))
    running = replace(job, state=JobState.RUNNING, retag=begun)
    job_steps.follow(tx, box, job_id, job, running)


def _asks_for(document: Document, retag: Retag, mailbox_id: str) -> bool:
    """Say whether a view asks for the tag in this mailbox alone; without another tag it stays as it is."""
    filters = codec.from_document(View, document.data).filters
    alone = set(filters.mailbox_ids) <= {mailbox_id}
    return retag.into is not None and filters.tag == retag.tag and alone


def _some_tickets(
    app: App, job_id: str, job: Job, retag: Retag, user: User, tx: Transaction, box: Outbox
) -> None:
    if not job_steps.is_due(tx, job_id, job):
        return
    (mailbox_id,) = job.mailbox_ids
    tagged = (
        Filter("mailbox_id", "==", mailbox_id),
        Filter("merged_into", "==", None),
        Filter("tags", "array_contains", retag.tag),
    )
    newest = (Order("last_message_at", descending=True),)
    found = tx.query(Query(tickets.COLLECTION, tagged, newest, limit=_TICKETS)).documents
    author = Author(Who("user", user.pseudonym, user.role), job.user_id)
    for document in found:
        before = codec.from_document(Ticket, document.data)
        kept = {*before.tags, *([] if retag.into is None else [retag.into])} - {retag.tag}
        after = replace(before, tags=tuple(sorted(kept)))
        action = Action.TICKET_RETAGGED
        ticket_changes.write(app, tx, box, document.id, before, after, author, action)
    done = replace(retag, tickets=retag.tickets + len(found))
    if len(found) < _TICKETS:
        _end(app, job_id, job, done, tx, box)
    else:
        job_steps.follow(tx, box, job_id, job, replace(job, retag=done))


def _end(app: App, job_id: str, job: Job, retag: Retag, tx: Transaction, box: Outbox) -> None:
    ended = jobs.ended(replace(job, retag=retag), JobState.DONE, app.clock.now())
    job_steps.follow(tx, box, job_id, job, ended)
