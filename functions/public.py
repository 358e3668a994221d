"""HTTP function `public`, served at /: pages that anybody may read, and that need no script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.domain.tickets import Rating
from shared.entry import Routes
from shared.errors import Conflict, Invalid, NotFound, TooMany
from shared.permissions import ANYONE
from shared.request import Request, Response
from shared.services.organisation import page_language, public_pages
from shared.services.organisation.page_language import Language
from shared.services.organisation.public_pages import HtmlPage, LanguageQuery
from shared.services.reports import satisfaction, satisfaction_page
from shared.services.reports.satisfaction import Asked
from shared.services.reports.satisfaction_page import Refusal

routes = Routes(__name__)

_FORM_BYTES: Final = 65_536  # a comment of 2,000 characters, each written as up to twelve
# With "no-referrer" a browser sends a form with `Origin: null`, and we would refuse our own.
_OWN_FORM: Final = ("Referrer-Policy", "same-origin")


@routes.get("/", allow=ANYONE, query=LanguageQuery, page=True)
def home(request: Request, query: LanguageQuery) -> Response:
    """Show the home page, to everybody the same."""
    return _page(public_pages.home(request.app, _language(request, query.lang)))


@routes.get("/privacy", allow=ANYONE, query=LanguageQuery, page=True)
def show_privacy(request: Request, query: LanguageQuery) -> Response:
    """Show the privacy policy."""
    return _page(public_pages.article(request.app, "privacy", _language(request, query.lang)))


@routes.get("/privacy/how", allow=ANYONE, query=LanguageQuery, page=True)
def show_how_privacy_is_kept(request: Request, query: LanguageQuery) -> Response:
    """Show what keeps each promise of the privacy policy."""
    return _page(public_pages.article(request.app, "how", _language(request, query.lang)))


@routes.get("/help", allow=ANYONE, query=LanguageQuery, page=True)
def show_help(request: Request, query: LanguageQuery) -> Response:
    """Show how data from Google is managed and deleted."""
    return _page(public_pages.article(request.app, "help", _language(request, query.lang)))


@routes.get("/api/openapi.json", allow=ANYONE)
def describe_api(request: Request) -> Response:
    """Describe every HTTP route (OpenAPI 3.1)."""
    del request
    return Response(public_pages.openapi())


@routes.get("/api/docs", allow=ANYONE, page=True)
def show_api(request: Request) -> Response:
    """Show what /api/openapi.json says, as a page."""
    return _page(public_pages.api_docs(request.app))


@dataclass(frozen=True, slots=True)
class SatisfactionForm:
    """What a customer says of the help that they got."""

    rating: Rating
    comment: str = ""


@routes.get("/satisfaction/{token}", allow=ANYONE, page=True)
def show_satisfaction(request: Request) -> Response:
    """Ask a customer how they were helped. It changes nothing: programs that check mail open links too."""
    try:
        asked = satisfaction.show(request.app, request.path["token"])
    except NotFound:
        return _satisfaction(request, None, 404, "not_found")
    return _satisfaction(request, asked, 200)


@routes.post(
    "/satisfaction/{token}",
    allow=ANYONE,
    status=303,
    form=SatisfactionForm,
    max_body_bytes=_FORM_BYTES,
    page=True,
)
def answer_satisfaction(request: Request, form: SatisfactionForm) -> Response:
    """Take a customer's answer, or another one within seven days; the link's token is what allows it."""
    app, token = request.app, request.path["token"]
    try:
        satisfaction.answer(app, request.visitor, token, form.rating, form.comment)
    except NotFound:
        return _satisfaction(request, None, 404, "not_found")
    except Conflict as error:
        if error.code != "satisfaction.closed":
            raise
        return _satisfaction(request, satisfaction.show(app, token), 409, "closed")
    except Invalid:
        return _satisfaction(request, satisfaction.show(app, token), 400, "comment_too_long")
    except TooMany as error:
        wait = (("Retry-After", str(error.retry_after_seconds)),)
        return _satisfaction(request, None, 429, "too_many", wait)
    return Response(status=303, headers=(("Location", f"/satisfaction/{token}"), _OWN_FORM))


def _satisfaction(
    request: Request,
    asked: Asked | None,
    status: int,
    refusal: Refusal | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Response:
    language = request.header("Accept-Language")
    page = satisfaction_page.page(request.app, language, asked, refusal)
    return _page(page, status, (_OWN_FORM, *headers))


def _language(request: Request, asked: Language | None) -> Language:
    return asked or page_language.preferred(request.header("Accept-Language"))


def _page(page: HtmlPage, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    own = (("Content-Security-Policy", page.policy), ("Vary", "Accept-Language"))
    return Response(
        page.html,
        status=status,
        content_type="text/html; charset=utf-8",
        headers=(*own, *headers),
    )


public = routes.function()
