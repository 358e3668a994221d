"""Break-glass: asked for with a reason, consented to by another person, open for a time, ended early.

Whoever reads by it does so as long as their own document names it, which every request reads anyhow
(shared/permissions.py decides what it gives). See docs/decisions/0056-break-glass.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import mailboxes
from shared.domain.break_glass import (
    COLLECTION,
    LONGEST_REASON,
    SHORTEST_REASON,
    BreakGlass,
    State,
)
from shared.domain.mailboxes import MailboxState
from shared.domain.people import USERS, Glass, User
from shared.domain.places import place
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.permissions import Actor, Permission
from shared.services import audit_log, outbox
from shared.services.accounts import colleagues, step_up
from shared.services.mailboxes import glass_views
from shared.services.mailboxes.glass_views import BreakGlassView
from shared.services.organisation import glass_consent
from shared.services.outbox import Outbox
from shared.store.contract import Document, Reader, Transaction


def ask(
    app: App, actor: Actor, id: str, mailbox_id: str, reason: str, minutes: int
) -> BreakGlassView:
    """Ask to read a mailbox; where the organisation wants no consent, it is open at once.

    Raises Forbidden, NotFound("mailbox.not_found"), Invalid("break_glass.reason_invalid"),
    Conflict("break_glass.is_member"), Conflict("break_glass.asked_already").
    """
    step_up.require(app, actor)
    reason = " ".join(reason.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Invalid("break_glass.reason_invalid", least=SHORTEST_REASON, most=LONGEST_REASON)
    _mailbox(app.store, mailbox_id)
    if mailbox_id in actor.mailbox_ids:
        raise Conflict("break_glass.is_member")
    wanted = BreakGlass(
        mailbox_id,
        actor.user_id,
        minutes,
        app.clock.now(),
        app.envelope.seal(mailbox_id, place(COLLECTION, id), {"reason": reason}),
    )

    def work(tx: Transaction, box: Outbox) -> BreakGlass:
        known = tx.get(COLLECTION, id)
        if known is not None:
            return codec.from_document(BreakGlass, known.data)
        before = tx.query(glass_views.of_mailbox(mailbox_id)).documents
        if any(_concerns(app, document, actor.user_id) for document in before):
            raise Conflict("break_glass.asked_already")
        user = tx.get(USERS, actor.user_id)
        needed = glass_consent.needed(tx)
        asked = _recorded(app, box, actor, id, wanted, Action.BREAK_GLASS_ASKED)
        if not needed and user is not None:
            asked = _opened(app, tx, box, actor, id, asked, user, None)
        tx.put(COLLECTION, id, codec.to_document(asked))
        return asked

    return glass_views.view(
        app, actor, id, outbox.commit(app, work), glass_views.owner(app, mailbox_id), {}
    )


def consent(app: App, actor: Actor, mailbox_id: str, id: str) -> BreakGlassView:
    """Consent to a break-glass of another person: from now on they read.

    A second person who may break glass themselves, or who connected the mailbox. Raises NotFound
    ("break_glass.not_found"), Forbidden, Conflict("break_glass.not_asked").
    """
    step_up.require(app, actor)
    owner = glass_views.owner(app, mailbox_id)

    def make(tx: Transaction, box: Outbox, found: BreakGlass, user: Document) -> BreakGlass:
        if not glass_views.may_consent(actor, found, owner):
            permission = Permission.BREAK_GLASS_REQUEST.value
            raise Forbidden("permission.missing", permission=permission)
        if found.state_at(app.clock.now()) is not State.ASKED:
            raise Conflict("break_glass.not_asked", state=found.state_at(app.clock.now()).value)
        return _opened(app, tx, box, actor, id, found, user, actor)

    return _changed(app, actor, mailbox_id, id, owner, make)


def end(app: App, actor: Actor, mailbox_id: str, id: str) -> BreakGlassView:
    """Refuse, take back, or end a break-glass; from the next request on it gives nothing.

    Who asked, whoever connected the mailbox, its members, and other administrators. Raises NotFound
    ("break_glass.not_found"), Forbidden. What is over already stays as it is.
    """
    owner = glass_views.owner(app, mailbox_id)

    def make(tx: Transaction, box: Outbox, found: BreakGlass, user: Document) -> BreakGlass:
        if not glass_views.may_end(actor, found, owner):
            permission = Permission.BREAK_GLASS_REQUEST.value
            raise Forbidden("permission.missing", permission=permission)
        now = app.clock.now()
        state = found.state_at(now)
        if state not in (State.ASKED, State.OPEN):
            return found
        over = State.ENDED if state is State.OPEN else State.REFUSED
        if state is State.ASKED and actor.user_id == found.user_id:
            over = State.WITHDRAWN
        known = codec.from_document(User, user.data)
        left = {box_id: glass for box_id, glass in known.glass.items() if glass.id != id}
        ended = replace(found, state=over, ended_by=actor.user_id, ended_at=now)
        ended = _recorded(app, box, actor, id, ended, Action.BREAK_GLASS_ENDED, over.value)
        tx.update(USERS, found.user_id, {"glass": codec.to_document(left)})
        return ended

    return _changed(app, actor, mailbox_id, id, owner, make)


_Make = Callable[[Transaction, Outbox, BreakGlass, Document], BreakGlass]


def _changed(
    app: App, actor: Actor, mailbox_id: str, id: str, owner: str | None, make: _Make
) -> BreakGlassView:
    def work(tx: Transaction, box: Outbox) -> BreakGlass:
        document = tx.get(COLLECTION, id)
        found = None if document is None else codec.from_document(BreakGlass, document.data)
        if (
            found is None
            or found.mailbox_id != mailbox_id
            or not glass_views.sees(actor, found, owner)
        ):
            raise NotFound("break_glass.not_found")
        user = tx.get(USERS, found.user_id)
        if user is None:
            raise NotFound("break_glass.not_found")
        after = make(tx, box, found, user)
        if after != found:
            tx.put(COLLECTION, id, codec.to_document(after))
        return after

    changed = outbox.commit(app, work)
    people = {p for p in (changed.user_id, changed.consented_by, changed.ended_by) if p}
    return glass_views.view(app, actor, id, changed, owner, colleagues.names(app, people))


def _opened(
    app: App,
    tx: Transaction,
    box: Outbox,
    actor: Actor,
    id: str,
    asked: BreakGlass,
    user: Document,
    by: Actor | None,
) -> BreakGlass:
    """Open it from now on: written are the reader's own document and the event, which names who consented."""
    now = app.clock.now()
    until = now + timedelta(minutes=asked.minutes)
    consented = None if by is None else by.pseudonym
    known = codec.from_document(User, user.data)
    living = {box_id: glass for box_id, glass in known.glass.items() if now < glass.until}
    living[asked.mailbox_id] = Glass(id, until, consented)
    opened = replace(
        asked,
        state=State.OPEN,
        opened_at=now,
        until=until,
        consented_by=None if by is None else by.user_id,
    )
    opened = _recorded(app, box, actor, id, opened, Action.BREAK_GLASS_OPENED, by=consented)
    tx.update(USERS, asked.user_id, {"glass": codec.to_document(living)})
    return opened


def _recorded(
    app: App,
    box: Outbox,
    actor: Actor,
    id: str,
    glass: BreakGlass,
    action: Action,
    reason: str | None = None,
    by: str | None = None,
) -> BreakGlass:
    happened = Happened(
        action,
        audit_log.person(actor),
        Target("mailbox", glass.mailbox_id, glass.mailbox_id),
        reason=reason,
        changes=({"field": "minutes", "before": None, "after": glass.minutes},),
        purpose=id,
        on_behalf_of=by,
    )
    return replace(glass, last_audit_id=audit_log.record(app, box, happened))


def _concerns(app: App, document: Document, user_id: str) -> bool:
    """Say whether this is of the same person and not over yet."""
    known = codec.from_document(BreakGlass, document.data)
    living = known.state_at(app.clock.now()) in (State.ASKED, State.OPEN)
    return living and known.user_id == user_id


def _mailbox(reader: Reader, mailbox_id: str) -> Document:
    found = reader.get(mailboxes.COLLECTION, mailbox_id)
    if found is None or found.data["state"] == MailboxState.DISCONNECTED:
        raise NotFound("mailbox.not_found")
    return found
