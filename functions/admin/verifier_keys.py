"""Routes of `admin`: the public keys with which strangers check what this desk signs."""

from __future__ import annotations

from shared.entry import Routes
from shared.permissions import ANYONE
from shared.request import Request, Response
from shared.services import statements

routes = Routes("functions.admin")


@routes.get("/verifier-keys", allow=ANYONE)
def list_verifier_keys(request: Request) -> Response:
    """Return the verifier keys (C2SP signed-note vkeys), one a line."""
    lines = "".join(f"{key}\n" for key in statements.verifier_keys(request.app))
    return Response(lines.encode(), content_type="text/plain; charset=utf-8")
