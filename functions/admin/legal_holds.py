"""Routes of `admin`: legal holds, which keep content from being erased."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from shared.domain.legal_holds import HoldKind
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import PageQuery, Request
from shared.services.retention import legal_holds
from shared.services.retention.legal_holds import HoldPage, HoldRow

routes = Routes("functions.admin")


@dataclass(frozen=True, slots=True)
class NewHold:
    """What to hold, and why. `target` is an id, or the code of a ticket."""

    EXAMPLE: ClassVar[Mapping[str, object]] = {
        "kind": "ticket",
        "target": "4QWM-7Z2K9",
        "reason": "Case 12 C 345/26",
    }

    kind: HoldKind
    target: str
    reason: str


@routes.get("/legal_holds", allow=Permission.PRIVACY_MANAGE, query=PageQuery)
def list_holds(request: Request, query: PageQuery) -> HoldPage:
    """List what is on legal hold, the newest first."""
    return legal_holds.list_holds(request.app, request.actor, query.limit, query.cursor)


@routes.post("/legal_holds", allow=Permission.PRIVACY_MANAGE, body=NewHold, status=201)
def set_hold(request: Request, body: NewHold) -> HoldRow:
    """Put a ticket, a customer or a mailbox on legal hold: nothing of it is erased until it is lifted."""
    return legal_holds.set_hold(request.app, request.actor, body.kind, body.target, body.reason)


@routes.get("/legal_holds/{hold_id}", allow=Permission.PRIVACY_MANAGE)
def read_hold(request: Request) -> HoldRow:
    """Return a hold: who set it, when, and why."""
    return legal_holds.read(request.app, request.actor, request.path["hold_id"])


@routes.delete("/legal_holds/{hold_id}", allow=Permission.PRIVACY_MANAGE)
def lift_hold(request: Request) -> None:
    """Lift a hold."""
    legal_holds.lift(request.app, request.actor, request.path["hold_id"])
