"""Routes of `account`: one's own profile."""

from __future__ import annotations

from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.accounts import own_profile
from shared.services.accounts.own_profile import ProfileChange, ProfileView

routes = Routes("functions.account")


@routes.get("/profile", allow=Permission.ACCOUNT_SELF)
def read_profile(request: Request) -> ProfileView:
    """Return one's name, language, time zone and signature."""
    return own_profile.show(request.app, request.actor)


@routes.patch("/profile", allow=Permission.ACCOUNT_SELF, body=ProfileChange, max_body_bytes=32_768)
def change_profile(request: Request, body: ProfileChange) -> ProfileView:
    """Change one's profile; If-Match names the version that the change was made against."""
    return own_profile.change(request.app, request.actor, body, request.expected_version())
