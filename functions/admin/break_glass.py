"""Routes of `admin`: reading a mailbox for a time without being its member."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from shared import ids
from shared.domain.break_glass import MAX_MINUTES
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.mailboxes import break_glass, glass_views
from shared.services.mailboxes.glass_views import BreakGlassPage, BreakGlassView
from shared.services.organisation import glass_consent

routes = Routes("functions.admin")

_SMALL = 16_384


@dataclass(frozen=True, slots=True)
class Asking:
    """Why one wants to read the mailbox, and for how long."""

    EXAMPLE: ClassVar[Mapping[str, object]] = {
        "reason": "A customer says that a reply never came.",
        "minutes": 30,
    }

    reason: str
    minutes: int = 30

    def __post_init__(self) -> None:
        if not 1 <= self.minutes <= MAX_MINUTES:
            raise ValueError("minutes")


@dataclass(frozen=True, slots=True)
class ConsentView:
    """Whether break-glass takes another person's consent; version 0: nobody decided yet."""

    consent: bool
    version: int


@dataclass(frozen=True, slots=True)
class ConsentChange:
    """What to decide."""

    consent: bool


@routes.get("/mailboxes/{mailbox_id}/break_glass", allow=Permission.ACCOUNT_SELF)
def list_break_glass(request: Request) -> BreakGlassPage:
    """List who asked to read a mailbox: for its members, for who connected it, and administrators."""
    return glass_views.list_of(request.app, request.actor, request.path["mailbox_id"])


@routes.post(
    "/mailboxes/{mailbox_id}/break_glass",
    allow=Permission.BREAK_GLASS_REQUEST,
    body=Asking,
    status=201,
    max_body_bytes=_SMALL,
)
def ask_break_glass(request: Request, body: Asking) -> BreakGlassView:
    """Ask to read a mailbox for a time; all reading by it is recorded with it."""
    id, mailbox_id = request.new_id(ids.BREAK_GLASS), request.path["mailbox_id"]
    return break_glass.ask(request.app, request.actor, id, mailbox_id, body.reason, body.minutes)


@routes.post(
    "/mailboxes/{mailbox_id}/break_glass/{glass_id}/consent", allow=Permission.ACCOUNT_SELF
)
def consent_break_glass(request: Request) -> BreakGlassView:
    """Consent to it: another administrator may, or who connected the mailbox."""
    mailbox_id, id = request.path["mailbox_id"], request.path["glass_id"]
    return break_glass.consent(request.app, request.actor, mailbox_id, id)


@routes.post("/mailboxes/{mailbox_id}/break_glass/{glass_id}/end", allow=Permission.ACCOUNT_SELF)
def end_break_glass(request: Request) -> BreakGlassView:
    """Refuse it, take it back, or end it before its time."""
    mailbox_id, id = request.path["mailbox_id"], request.path["glass_id"]
    return break_glass.end(request.app, request.actor, mailbox_id, id)


@routes.get("/organisation/break_glass", allow=Permission.SETTINGS_MANAGE)
def read_consent(request: Request) -> ConsentView:
    """Return whether break-glass takes another person's consent."""
    found = glass_consent.show(request.app.store)
    return ConsentView(found.consent, found.version)


@routes.patch("/organisation/break_glass", allow=Permission.SETTINGS_MANAGE, body=ConsentChange)
def change_consent(request: Request, body: ConsentChange) -> ConsentView:
    """Decide whether it does; If-Match "0" the first time."""
    version = request.expected_version()
    found = glass_consent.decide(request.app, request.actor, body.consent, version)
    return ConsentView(found.consent, found.version)
