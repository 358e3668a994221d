"""Routes of `account`: where one is signed in."""

from __future__ import annotations

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.accounts import open_sessions
from shared.services.accounts.open_sessions import SessionList

routes = Routes("functions.account")


@routes.get("/sessions", allow=Permission.ACCOUNT_SELF)
def list_sessions(request: Request) -> SessionList:
    """List the browsers in which one is signed in."""
    return open_sessions.list_own(request.app, request.actor)


@routes.delete("/sessions", allow=Permission.ACCOUNT_SELF)
def end_other_sessions(request: Request) -> None:
    """Sign out everywhere else."""
    open_sessions.end_others(request.app, request.actor)


@routes.delete("/sessions/{session_id}", allow=Permission.ACCOUNT_SELF)
def end_session(request: Request) -> None:
    """Sign out in one browser."""
    open_sessions.end_own(request.app, request.actor, request.path["session_id"])
