"""Teams: people to whom tickets are given together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from shared import codec, ids
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain.people import USERS
from shared.domain.teams import COLLECTION, MAX_MEMBERS, MAX_TEAMS, Team
from shared.errors import Conflict, Invalid, NotFound
from shared.permissions import Actor
from shared.services import audit_log, outbox
from shared.services.outbox import Outbox
from shared.store.contract import AlreadyExists, Query, Reader, Transaction

MAX_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team."""

    id: str
    name: str
    member_ids: tuple[str, ...]
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class TeamList:
    """All teams."""

    items: tuple[TeamRow, ...]


@dataclass(frozen=True, slots=True)
class TeamChange:
    """What to change of a team; what is left out stays."""

    name: str | None = None
    member_ids: tuple[str, ...] | None = None
    active: bool | None = None


def list_teams(app: App) -> TeamList:
    """Return all teams."""
    page = app.store.query(Query(COLLECTION, limit=MAX_TEAMS))
    return TeamList(tuple(_row(d.id, codec.from_document(Team, d.data)) for d in page.documents))


def create(app: App, actor: Actor, id: str, name: str, member_ids: Sequence[str]) -> TeamRow:
    """Make a team; asked again with the same id, return it as it is.

    Raises Invalid("team.name_invalid"), NotFound("user.not_found"), Conflict("team.too_many").
    """
    team = Team(_checked_name(name), _checked_members(member_ids), changed_by=actor.user_id)

    def work(tx: Transaction, box: Outbox) -> Team:
        known = tx.query(Query(COLLECTION, limit=MAX_TEAMS)).documents
        _require_people(tx, team.member_ids)
        if len(known) == MAX_TEAMS:
            raise Conflict("team.too_many", most=MAX_TEAMS)
        made = _recorded(app, box, actor, Action.TEAM_CREATED, id, Team(""), team)
        tx.create(COLLECTION, id, codec.to_document(made))
        return made

    try:
        return _row(id, outbox.commit(app, work))
    except AlreadyExists:
        return _row(id, load(app.store, id))


def change(app: App, actor: Actor, id: str, wanted: TeamChange, version: int) -> TeamRow:
    """Change a team.

    Raises NotFound("team.not_found"), Conflict("team.changed_meanwhile"), Invalid("team.name_invalid"),
    NotFound("user.not_found").
    """
    name = None if wanted.name is None else _checked_name(wanted.name)
    members = None if wanted.member_ids is None else _checked_members(wanted.member_ids)

    def work(tx: Transaction, box: Outbox) -> Team:
        before = load(tx, id)
        if before.version != version:
            raise Conflict(
                "team.changed_meanwhile",
                version=before.version,
                changed_by=before.changed_by or "",
            )
        after = replace(
            before,
            name=before.name if name is None else name,
            member_ids=before.member_ids if members is None else members,
            active=before.active if wanted.active is None else wanted.active,
        )
        _require_people(tx, tuple(set(after.member_ids) - set(before.member_ids)))
        if after == before:
            return before
        made = replace(after, version=before.version + 1, changed_by=actor.user_id)
        made = _recorded(app, box, actor, Action.TEAM_CHANGED, id, before, made)
        tx.put(COLLECTION, id, codec.to_document(made))
        return made

    return _row(id, outbox.commit(app, work))


def load(reader: Reader, id: str) -> Team:
    """Return a team. Raises NotFound("team.not_found")."""
    found = reader.get(COLLECTION, id) if ids.is_id(ids.TEAM, id) else None
    if found is None:
        raise NotFound("team.not_found")
    return codec.from_document(Team, found.data)


def _checked_name(text: str) -> str:
    name = text.strip()
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        raise Invalid("team.name_invalid", max_characters=MAX_NAME)
    return name


def _checked_members(member_ids: Sequence[str]) -> tuple[str, ...]:
    members = tuple(sorted(set(member_ids)))
    if len(members) > MAX_MEMBERS:
        raise Invalid("team.too_many_members", most=MAX_MEMBERS)
    if not all(ids.is_id(ids.USER, member) for member in members):
        raise NotFound("user.not_found")
    return members


def _require_people(tx: Transaction, user_ids: Sequence[str]) -> None:
    if None in tx.get_all([(USERS, user_id) for user_id in user_ids]):
        raise NotFound("user.not_found")


def _recorded(
    app: App, box: Outbox, actor: Actor, action: Action, id: str, before: Team, after: Team
) -> Team:
    """Record who joined and left; the name is the organisation's own text and is not kept."""
    left = [m for m in before.member_ids if m not in after.member_ids]
    came = [m for m in after.member_ids if m not in before.member_ids]
    changes = [
        *({"field": "member", "before": member, "after": None} for member in left),
        *({"field": "member", "before": None, "after": member} for member in came),
    ]
    if before.active is not after.active:
        changes.append(
            {"field": "active", "before": str(before.active), "after": str(after.active)}
        )
    happened = Happened(action, audit_log.person(actor), Target("team", id), changes=tuple(changes))
    return replace(after, last_audit_id=audit_log.record(app, box, happened))


def _row(id: str, team: Team) -> TeamRow:
    return TeamRow(id, team.name, team.member_ids, team.active, team.version)
