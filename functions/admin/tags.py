"""Routes of `admin`: tags of a whole mailbox, renamed, put together or taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from shared import ids
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.tagging import retags
from shared.services.tagging.retags import RetagList, RetagView

routes = Routes("functions.admin")


@dataclass(frozen=True, slots=True)
class NewRetag:
    """Which tag becomes which; without `into` it is taken away. One that is there already takes it in."""

    EXAMPLE: ClassVar[Mapping[str, object]] = {"tag": "druck", "into": "print"}

    tag: str
    into: str | None = None


@routes.post(
    "/mailboxes/{mailbox_id}/tags", allow=Permission.RULE_MANAGE, body=NewRetag, status=202
)
def create_retag(request: Request, body: NewRetag) -> RetagView:
    """Give another name to a tag of a mailbox, on all its tickets; rules and shared views go along."""
    app, actor, id = request.app, request.actor, request.new_id(ids.JOB)
    return retags.create(app, actor, id, request.path["mailbox_id"], body.tag, body.into)


@routes.get("/mailboxes/{mailbox_id}/tags", allow=Permission.RULE_MANAGE)
def list_retags(request: Request) -> RetagList:
    """List which tags of a mailbox got other names in the last week, and how far each is."""
    return retags.list_retags(request.app, request.actor, request.path["mailbox_id"])
