"""The people with whom one shares mailboxes: who they are, and what they may do there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from shared import codec, ids
from shared.app import App
from shared.auth import roles
from shared.domain.people import USERS, User
from shared.domain.places import place
from shared.errors import Invalid, NotFound
from shared.permissions import Actor, Permission, Role, allows, require_in, visible_mailboxes
from shared.store.contract import MAX_DISJUNCTIONS, Filter, Query, Reader


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with whom one shares these mailboxes. `assignable`: whether they may work on tickets there.

    Who was erased has no name; who lost their access is still named on what they wrote.
    """

    id: str
    name: str | None
    mailbox_ids: tuple[str, ...]
    assignable: bool
    state: Literal["active", "disabled"]


@dataclass(frozen=True, slots=True)
class ColleaguePage:
    """A page of colleagues."""

    items: tuple[Colleague, ...]
    next: str | None


def list_colleagues(
    app: App, actor: Actor, mailbox_id: str | None, limit: int, cursor: str | None
) -> ColleaguePage:
    """Return who shares mailboxes with the actor, or this one, oneself included, in no particular order.

    Raises NotFound("mailbox.not_found"), and Invalid("people.name_a_mailbox") for a member of more
    mailboxes than Firestore asks at once.
    """
    if mailbox_id is not None:
        require_in(actor, Permission.TICKET_READ, mailbox_id, "mailbox.not_found")
    visible = visible_mailboxes(actor, Permission.TICKET_READ) or frozenset()
    asked = sorted(visible) if mailbox_id is None else [mailbox_id]
    if not asked:
        return ColleaguePage((), None)
    if len(asked) > MAX_DISJUNCTIONS:
        raise Invalid("people.name_a_mailbox", max_mailboxes=MAX_DISJUNCTIONS)
    members = (Filter("mailbox_ids", "array_contains_any", asked),)
    page = app.store.query(Query(USERS, members, limit=limit, cursor=cursor))
    app.envelope.load([document.id for document in page.documents])
    found = [(d.id, codec.from_document(User, d.data)) for d in page.documents]
    known = _roles(app.store, (user for _, user in found))
    rows = [_row(app, id, user, known[user.role], visible) for id, user in found]
    return ColleaguePage(tuple(rows), page.next)


def names(app: App, user_ids: Iterable[str]) -> dict[str, str]:
    """Return the names of these people; who was erased is not among them. A read for each."""
    wanted = sorted({id for id in user_ids if ids.is_id(ids.USER, id)})
    found = [d for d in app.store.get_all([(USERS, id) for id in wanted]) if d is not None]
    app.envelope.load([document.id for document in found])
    named = {d.id: _name(app, d.id, codec.from_document(User, d.data)) for d in found}
    return {id: name for id, name in named.items() if name is not None}


def allowed(
    reader: Reader, user_ids: Sequence[str], permission: Permission, mailbox_id: str
) -> dict[str, User]:
    """Return those of these people who may do this in this mailbox now.

    A read for each, and for each custom role. It is the same question that is asked of whoever is signed in.
    """
    wanted = [id for id in dict.fromkeys(user_ids) if ids.is_id(ids.USER, id)]
    documents = reader.get_all([(USERS, id) for id in wanted])
    found = {d.id: codec.from_document(User, d.data) for d in documents if d is not None}
    known = _roles(reader, found.values())
    return {
        id: user
        for id, user in found.items()
        if (actor := _actor(id, user, known[user.role])) and allows(actor, permission, mailbox_id)
    }


def _roles(reader: Reader, users: Iterable[User]) -> dict[str, Role | None]:
    return {name: roles.find(reader, name) for name in {user.role for user in users}}


def _actor(user_id: str, user: User, role: Role | None) -> Actor | None:
    """Return a person as the policy knows them; None for who can do nothing at all."""
    if role is None or user.disabled:
        return None
    mailboxes = frozenset(user.mailbox_ids)
    return Actor(user_id, user.pseudonym, user.role, role, mailboxes, session_id="")


def _row(
    app: App, user_id: str, user: User, role: Role | None, visible: frozenset[str]
) -> Colleague:
    actor = _actor(user_id, user, role)
    return Colleague(
        id=user_id,
        name=_name(app, user_id, user),
        mailbox_ids=tuple(sorted(visible & set(user.mailbox_ids))),
        assignable=actor is not None and allows(actor, Permission.TICKET_WRITE),
        state="disabled" if user.disabled else "active",
    )


def _name(app: App, user_id: str, user: User) -> str | None:
    try:
        own = app.envelope.open(user_id, place(USERS, user_id), user.sealed)
    except NotFound:  # their key is destroyed
        return None
    return str(own["name"])
