"""Routes of `public`: home, privacy policy, help, and what describes the API."""

from __future__ import annotations

from functions.public import answers
from shared.entry import Routes
from shared.permissions import ANYONE
from shared.request import Request, Response
from shared.services.organisation import public_pages
from shared.services.organisation.public_pages import LanguageQuery

routes = Routes("functions.public")


@routes.get("/", allow=ANYONE, query=LanguageQuery, page=True)
def home(request: Request, query: LanguageQuery) -> Response:
    """Show the home page, to everybody the same."""
    return answers.page(public_pages.home(request.app, answers.language(request, query.lang)))


@routes.get("/privacy", allow=ANYONE, query=LanguageQuery, page=True)
def show_privacy(request: Request, query: LanguageQuery) -> Response:
    """Show the privacy policy."""
    return answers.page(
        public_pages.article(request.app, "privacy", answers.language(request, query.lang))
    )


@routes.get("/privacy/how", allow=ANYONE, query=LanguageQuery, page=True)
def show_how_privacy_is_kept(request: Request, query: LanguageQuery) -> Response:
    """Show what keeps each promise of the privacy policy."""
    return answers.page(
        public_pages.article(request.app, "how", answers.language(request, query.lang))
    )


@routes.get("/help", allow=ANYONE, query=LanguageQuery, page=True)
def show_help(request: Request, query: LanguageQuery) -> Response:
    """Show how data from Google is managed and deleted."""
    return answers.page(
        public_pages.article(request.app, "help", answers.language(request, query.lang))
    )


@routes.get("/api/openapi.json", allow=ANYONE)
def describe_api(request: Request) -> Response:
    """Describe every HTTP route (OpenAPI 3.1)."""
    del request
    return Response(public_pages.openapi())


@routes.get("/api/docs", allow=ANYONE, page=True)
def show_api(request: Request) -> Response:
    """Show what /api/openapi.json says, as a page."""
    return answers.page(public_pages.api_docs(request.app))
