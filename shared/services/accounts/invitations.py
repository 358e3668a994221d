"""Inviting somebody who was given an account: a link by mail, good for seven days, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain.people import USERS
from shared.errors import Conflict, ProductError
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.accounts import attempts, one_time_links, people, step_up
from shared.services.accounts.people import NewPerson, PersonRow
from shared.services.organisation import notices
from shared.services.outbox import Outbox
from shared.store.contract import Transaction


@dataclass(frozen=True, slots=True)
class Invited:
    """Who was given an account. `problem`: why the invitation could not be mailed, None where it was."""

    person: PersonRow
    problem: str | None


def create(app: App, actor: Actor, new: NewPerson, user_id: str | None = None) -> Invited:
    """Give somebody an account and invite them. Raises what `people.create` raises.

    Asked again with the same `user_id` it invites only who was not invited yet.
    """
    user_id = people.create(app, actor, new, user_id)
    try:
        if people.load(app.store, user_id).link_id is None:
            invite(app, actor, user_id)
    except ProductError as error:  # the account stands: whoever made it invites again
        return Invited(people.read_person(app, user_id), error.code)
    return Invited(people.read_person(app, user_id), None)


def invite(app: App, actor: Actor, user_id: str) -> None:
    """Mail a new invitation; an earlier one is worth nothing from then on.

    Raises Forbidden("step_up.required"), NotFound("user.not_found"), Forbidden("permission.missing"),
    Conflict("user.not_invited") for who has a password or no access, TooMany, and what sending raises.
    """
    step_up.require(app, actor)
    user = people.load(app.store, user_id)
    people.require_reach(app.store, actor, user)
    refused = _invited(actor, user.pseudonym, "failure", "sign_in.too_many_attempts")
    attempts.claim(app, attempts.INVITATION, user_id, refused)
    token = one_time_links.new_token()

    def work(tx: Transaction, box: Outbox) -> None:
        user = people.load(tx, user_id)
        if user.password is not None or user.disabled:
            raise Conflict("user.not_invited")
        id = one_time_links.write(tx, app, user_id, user, "invitation", token)
        tx.update(USERS, user_id, {"link_id": id})
        audit_log.record(app, box, _invited(actor, user.pseudonym))

    outbox.commit(app, work)
    link = one_time_links.address(app, "invitation", token)
    try:
        notices.send(app, user_id, user, "invitation", link=link)
    except ProductError as error:
        audit_log.record_alone(app, _invited(actor, user.pseudonym, "failure", error.code))
        raise


def _invited(
    actor: Actor,
    pseudonym: str,
    outcome: Literal["success", "failure"] = "success",
    reason: str | None = None,
) -> Happened:
    target = Target("user", pseudonym)
    who = audit_log.person(actor)
    return Happened(Action.INVITATION_CREATED, who, target, outcome=outcome, reason=reason)
