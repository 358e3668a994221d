"""Erasing somebody who works here: what is theirs goes, their key last; what they wrote stays, nameless.

The audit log keeps the pseudonym. The only way from it to the person is their document, which is deleted.
See docs/decisions/0062-what-staff-wrote-stays.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import (
    accesses,
    api_tokens,
    jobs,
    notifications,
    presence,
    replies,
    saved_replies,
    teams,
    uploads,
    views,
)
from shared.domain.erasures import Erasure
from shared.domain.people import CHALLENGES, FACTORS, SESSIONS, USERS, User
from shared.domain.replies import Reply, ReplyState
from shared.services import audit_log, outbox, sealed_files, statements
from shared.services.outbox import Outbox
from shared.services.privacy import erased_content, erasure_steps, receipts
from shared.store.contract import Document, Filter, Query, Transaction

FIRST: Final = SESSIONS
_PAGE: Final = 50

# What is theirs alone, and the field that says so; in this order, so that they are out at once.
_THEIRS: Final[Mapping[str, str]] = {
    SESSIONS: "user_id",
    api_tokens.COLLECTION: "user_id",
    FACTORS: "user_id",
    CHALLENGES: "user_id",
    notifications.COLLECTION: "user_id",
    presence.COLLECTION: "user_id",
    saved_replies.COLLECTION: "user_id",
    saved_replies.USES: "user_id",
    uploads.COLLECTION: "user_id",
    accesses.COLLECTION: "subject_id",
}
_VIEWS, _JOBS, _DRAFTS, _TEAMS, _KEY = "own_views", "jobs", "drafts", "teams", "key"
_ORDER: Final = (*_THEIRS, _VIEWS, _JOBS, _DRAFTS, _TEAMS, _KEY)


def step(app: App, erasure: Erasure) -> None:
    """Do the step that is due and commit it with the next. Raises Unavailable."""
    phase = erasure.phase or FIRST
    erasure = replace(erasure, phase=phase)
    if phase in _THEIRS:
        own = (Filter(_THEIRS[phase], "==", erasure.target_id),)
        query = Query(phase, own, limit=_PAGE)
        erasure_steps.delete(app, erasure, query, erasure.at(_after(phase)), _without_file(app))
    elif phase == _KEY:
        _key(app, erasure)
    else:
        _change(app, erasure, phase)


def _after(phase: str) -> str:
    return _ORDER[_ORDER.index(phase) + 1]


def _without_file(app: App) -> Any:
    def delete(document: Document) -> None:
        if document.collection == uploads.COLLECTION:
            sealed_files.delete(app, str(document.data["object"]))

    return delete


def _change(app: App, erasure: Erasure, phase: str) -> None:
    """Rewrite a page of what names them beside others: views, files, drafts, teams."""
    collection, field, operator = _NAMING[phase]
    named = Filter(field, operator, erasure.target_id)  # type: ignore[arg-type]
    page = app.store.query(Query(collection, (named,), limit=_PAGE, cursor=erasure.cursor))
    keys = [(document.collection, document.id) for document in page.documents]

    def work(tx: Transaction, box: Outbox) -> None:
        if not erasure_steps.is_due(tx, erasure):
            return
        again = [document for document in tx.get_all(keys) if document is not None]
        changed = sum(_without(app, tx, phase, erasure.target_id, one) for one in again)
        after = erasure.at(phase, page.next) if page.next else erasure.at(_after(phase))
        erasure_steps.follow(tx, box, erasure, after.counting(**{phase: changed}))

    outbox.commit(app, work)


_NAMING: Final[Mapping[str, tuple[str, str, str]]] = {
    _VIEWS: (views.COLLECTION, "owner_id", "=="),
    _JOBS: (jobs.COLLECTION, "user_id", "=="),
    _DRAFTS: (replies.COLLECTION, "author_id", "=="),
    _TEAMS: (teams.COLLECTION, "member_ids", "array_contains"),
}


def _without(app: App, tx: Transaction, phase: str, user_id: str, document: Document) -> bool:
    """Write one document without them; False where it may stay as it is."""
    id, data = document.id, document.data
    if phase == _VIEWS:
        if data["mailbox_id"] is not None:  # shared with a mailbox's members, so it is theirs
            return False
        tx.delete(views.COLLECTION, id)
    elif phase == _JOBS:
        now = app.clock.now()
        tx.update(jobs.COLLECTION, id, {"state": jobs.JobState.CANCELLED.value, "expires_at": now})
    elif phase == _DRAFTS:
        reply = codec.from_document(Reply, data)
        if reply.state is not ReplyState.DRAFT:
            return False
        tx.put(replies.COLLECTION, id, codec.to_document(erased_content.reply(reply)))
    else:
        team = codec.from_document(teams.Team, data)
        members = tuple(one for one in team.member_ids if one != user_id)
        left = replace(team, member_ids=members, version=team.version + 1, changed_by=None)
        tx.put(teams.COLLECTION, id, codec.to_document(left))
    return True


def _key(app: App, erasure: Erasure) -> None:
    """Destroy the key with its copy, delete the person's document, and sign the receipt."""
    app.envelope.destroy(erasure.target_id)

    def work(tx: Transaction, box: Outbox) -> None:
        if not erasure_steps.is_due(tx, erasure):
            return
        found = tx.get(USERS, erasure.target_id)
        # From here on nothing leads from the pseudonym to a person: of who is gone already it is not known.
        pseudonym = "" if found is None else codec.from_document(User, found.data).pseudonym
        receipt = statements.issue(app, "erasure", receipts.body(app, erasure))
        happened = Happened(
            Action.USER_ERASED,
            audit_log.function(app),
            Target("user", pseudonym or erasure.target_id),
            changes=({"field": "receipt", "before": None, "after": receipt.sha256},),
        )
        audit_id = audit_log.record(app, box, happened)
        tx.delete(USERS, erasure.target_id)
        done = erasure.done(app.clock.now(), receipt.text)
        erasure_steps.follow(tx, box, erasure, replace(done, last_audit_id=audit_id))

    outbox.commit(app, work)
