"""Break-glasses of a mailbox as those see them whom they concern, and what each of them may do about one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from shared import codec
from shared.app import App
from shared.domain import mailboxes
from shared.domain.break_glass import COLLECTION, BreakGlass, State
from shared.domain.places import place
from shared.errors import NotFound
from shared.permissions import Actor, Permission, allows
from shared.services.accounts import colleagues
from shared.store.contract import Filter, Order, Query

_LISTED: Final = 50


@dataclass(frozen=True, slots=True)
class Involved:
    """Somebody who is named; who was erased has no name."""

    id: str
    name: str | None


@dataclass(frozen=True, slots=True)
class BreakGlassView:
    """A break-glass, as who is concerned sees it; `reason` null: the mailbox was disconnected since."""

    EXAMPLE: ClassVar[dict[str, object]] = {"reason": "A customer says that a reply never came."}

    id: str
    mailbox_id: str
    state: State
    asked_by: Involved
    reason: str | None
    minutes: int
    asked_at: datetime
    opened_at: datetime | None
    until: datetime | None
    consented_by: Involved | None
    ended_by: Involved | None
    ended_at: datetime | None
    may_consent: bool
    may_end: bool


@dataclass(frozen=True, slots=True)
class BreakGlassPage:
    """The newest break-glasses of a mailbox; there is never a next page."""

    items: tuple[BreakGlassView, ...]
    next: str | None = None


def list_of(app: App, actor: Actor, mailbox_id: str) -> BreakGlassPage:
    """Return who asked to read a mailbox, and whether they do: for its members, its owner, administrators.

    Raises NotFound("mailbox.not_found").
    """
    owned_by = owner(app, mailbox_id)
    if owned_by != actor.user_id and not allows(actor, Permission.MAILBOX_READ, mailbox_id):
        raise NotFound("mailbox.not_found")
    documents = app.store.query(of_mailbox(mailbox_id)).documents
    found = {d.id: codec.from_document(BreakGlass, d.data) for d in documents}
    people = {p for b in found.values() for p in (b.user_id, b.consented_by, b.ended_by) if p}
    names = colleagues.names(app, people)
    return BreakGlassPage(
        tuple(view(app, actor, id, one, owned_by, names) for id, one in found.items())
    )


def owner(app: App, mailbox_id: str) -> str | None:
    """Return the id of who connected a mailbox, None where there is no such mailbox."""
    found = app.store.get(mailboxes.COLLECTION, mailbox_id)
    return None if found is None else str(found.data["connected_by"])


def sees(actor: Actor, glass: BreakGlass, owner: str | None) -> bool:
    """Say whether this concerns the actor at all."""
    own = actor.user_id in (glass.user_id, owner)
    return own or allows(actor, Permission.MAILBOX_READ, glass.mailbox_id)


def may_consent(actor: Actor, glass: BreakGlass, owner: str | None) -> bool:
    """Say whether the actor is another person who may consent: the owner, or who may break glass too."""
    if actor.user_id == glass.user_id:
        return False
    return actor.user_id == owner or allows(actor, Permission.BREAK_GLASS_REQUEST)


def may_end(actor: Actor, glass: BreakGlass, owner: str | None) -> bool:
    """Say whether the actor may refuse or end it: who asked, the owner, members, administrators."""
    return (
        actor.user_id in (glass.user_id, owner)
        or glass.mailbox_id in actor.mailbox_ids
        or allows(actor, Permission.BREAK_GLASS_REQUEST)
    )


def view(
    app: App,
    actor: Actor,
    id: str,
    glass: BreakGlass,
    owner: str | None,
    names: dict[str, str],
) -> BreakGlassView:
    """Return a break-glass as the actor sees it; `names` are by user id."""

    def person(user_id: str | None) -> Involved | None:
        return None if user_id is None else Involved(user_id, names.get(user_id))

    state = glass.state_at(app.clock.now())
    try:
        opened = app.envelope.open(glass.mailbox_id, place(COLLECTION, id), glass.sealed)
        reason: str | None = str(opened["reason"])
    except NotFound:
        reason = None
    return BreakGlassView(
        id=id,
        mailbox_id=glass.mailbox_id,
        state=state,
        asked_by=Involved(glass.user_id, names.get(glass.user_id)),
        reason=reason,
        minutes=glass.minutes,
        asked_at=glass.asked_at,
        opened_at=glass.opened_at,
        until=glass.until,
        consented_by=person(glass.consented_by),
        ended_by=person(glass.ended_by),
        ended_at=glass.ended_at,
        may_consent=state is State.ASKED and may_consent(actor, glass, owner),
        may_end=state in (State.ASKED, State.OPEN) and may_end(actor, glass, owner),
    )


def of_mailbox(mailbox_id: str) -> Query:
    """Return the query of a mailbox's newest break-glasses."""
    of_mailbox = (Filter("mailbox_id", "==", mailbox_id),)
    return Query(COLLECTION, of_mailbox, (Order("asked_at", descending=True),), limit=_LISTED)
