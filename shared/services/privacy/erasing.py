"""Asking for an erasure: at a person's wish, by an administrator, or because a restore must repeat it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from shared import codec, ids
from shared.app import App
from shared.domain.erasures import Erasure, ErasureKind, erasure_id
from shared.domain.people import USERS, User
from shared.errors import Invalid, NotFound
from shared.permissions import Actor
from shared.services import outbox
from shared.services.accounts import people, people_changes, sign_in, step_up
from shared.services.outbox import Outbox
from shared.services.privacy import erasure_steps
from shared.store.contract import Filter, Query, Transaction


def request(
    app: App,
    kind: ErasureKind,
    target_id: str,
    requested_by: str,
    requested_at: datetime | None = None,
    check: Callable[[Transaction], None] | None = None,
) -> Erasure:
    """Begin an erasure; one that is under way goes on, one that is over begins again. Idempotent.

    `target_id` is a customer's, a user's or a mailbox's id, of a user also their pseudonym;
    `requested_by` a pseudonym or the name of a function; `requested_at` an earlier time, after a restore:
    what came in later is not touched. It checks no rights: who calls it has, or does in `check`, which reads
    in the transaction that begins it. Raises Unavailable, and
    NotFound("user.not_found") for the pseudonym of nobody.
    """
    if kind is ErasureKind.PERSON:
        target_id = _user_id(app, target_id)
    wanted = erasure_steps.wanted(app, kind, target_id, requested_by)
    if requested_at is not None:
        wanted = replace(wanted, requested_at=requested_at, restored_at=wanted.requested_at)

    def work(tx: Transaction, box: Outbox) -> Erasure:
        if check is not None:
            check(tx)
        known = erasure_steps.load(tx, erasure_id(kind, target_id))
        user = tx.get(USERS, target_id) if kind is ErasureKind.PERSON else None
        begun = erasure_steps.begin(tx, box, wanted, known)
        if user is not None:
            before = codec.from_document(User, user.data)
            tx.put(USERS, target_id, codec.to_document(_shut_out(before)))
        return begun

    return outbox.commit(app, work)


def erase_person(app: App, actor: Actor, user_id: str) -> Erasure:
    """Erase the account of somebody who works here, one's own or, as an administrator, another's.

    Raises Forbidden("step_up.required"), NotFound("user.not_found"), Forbidden("permission.missing") for
    somebody who may do more than the actor, Conflict("user.last_administrator").
    """
    step_up.require(app, actor)

    def check(tx: Transaction) -> None:
        user = people.load(tx, user_id)
        if user_id != actor.user_id:
            people.require_reach(tx, actor, user)
        if user.role == people.ADMINISTRATOR and not user.disabled:
            people_changes.require_another_administrator(tx, user_id)

    return request(app, ErasureKind.PERSON, user_id, actor.pseudonym, check=check)


def erase_oneself(app: App, actor: Actor, email: str) -> Erasure:
    """Erase one's own account; `email` is one's address, to confirm it.

    Raises Invalid("erasure.not_confirmed") for another address, and what `erase_person` does.
    """
    if email.strip().lower() != sign_in.profile(app, actor).email.lower():
        raise Invalid("erasure.not_confirmed")
    return erase_person(app, actor, actor.user_id)


def _shut_out(user: User) -> User:
    """Return a person who is out from now on: no session, no token, no link, no mailbox."""
    return replace(
        user,
        disabled=True,
        erasing=True,
        session_epoch=user.session_epoch + 1,
        link_id=None,
        mailbox_ids=(),
        version=user.version + 1,
    )


def _user_id(app: App, named: str) -> str:
    if ids.is_id(ids.USER, named):
        return named
    query = Query(USERS, (Filter("pseudonym", "==", named),), limit=1)
    for document in app.store.query(query).documents:
        return document.id
    raise NotFound("user.not_found")
