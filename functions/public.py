"""HTTP function `public`, served at /: the pages that need no program in the browser.

Until the agents' page stands, / shows a signed-in person the list of tickets.
"""

from __future__ import annotations

from shared.entry import Routes
from shared.permissions import ANYONE
from shared.request import Request, Response
from shared.services import public_pages

routes = Routes(__name__)


@routes.get("/", allow=ANYONE, query=public_pages.HomeQuery)
def home(request: Request, query: public_pages.HomeQuery) -> Response:
    """Show the home page; to somebody signed in, their tickets."""
    arrived = request.signed_in is None and request.header("Sec-Fetch-Site") == "cross-site"
    if arrived:
        page = public_pages.arrival(request.app)
    else:
        page = public_pages.home(request.app, request.signed_in, query)
    return Response(
        page.html,
        content_type="text/html; charset=utf-8",
        headers=(("Content-Security-Policy", page.policy),),
    )


@routes.get("/api/openapi.json", allow=ANYONE)
def describe_api(request: Request) -> Response:
    """Describe every HTTP route (OpenAPI 3.1)."""
    del request
    return Response(public_pages.openapi())


@routes.get("/api/docs", allow=ANYONE)
def show_api(request: Request) -> Response:
    """Show what /api/openapi.json says, as a page."""
    page = public_pages.api_docs(request.app)
    return Response(
        page.html,
        content_type="text/html; charset=utf-8",
        headers=(("Content-Security-Policy", page.policy),),
    )


public = routes.function()
