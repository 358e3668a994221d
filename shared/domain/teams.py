"""Teams: people to whom tickets are given together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

COLLECTION: Final = "teams"

MAX_TEAMS: Final = 100
MAX_MEMBERS: Final = 200


@dataclass(frozen=True, slots=True)
class Team:
    """The document of a team; one that is not active keeps its tickets and gets no more."""

    name: str
    member_ids: tuple[str, ...] = ()
    active: bool = True
    version: int = 1
    changed_by: str | None = None
    last_audit_id: str | None = None
