"""HTTP function `public`, served at /: the pages that need no program in the browser.

Until the agents' page stands, / shows a signed-in person the list of tickets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.domain.tickets import Rating
from shared.entry import Routes
from shared.errors import Conflict, Invalid, NotFound, TooMany
from shared.permissions import ANYONE
from shared.request import Request, Response
from shared.services.organisation import public_pages
from shared.services.reports import satisfaction, satisfaction_page
from shared.services.reports.satisfaction import Asked
from shared.services.reports.satisfaction_page import Refusal

routes = Routes(__name__)

_FORM_BYTES: Final = 65_536  # a comment of 2,000 characters, each written as up to twelve
# With "no-referrer" a browser sends a form with `Origin: null`, and we would refuse our own.
_OWN_FORM: Final = ("Referrer-Policy", "same-origin")


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


@dataclass(frozen=True, slots=True)
class SatisfactionForm:
    """What a customer says of the help that they got."""

    rating: Rating
    comment: str = ""


@routes.get("/satisfaction/{token}", allow=ANYONE)
def show_satisfaction(request: Request) -> Response:
    """Ask a customer how they were helped. It changes nothing: programs that check mail open links too."""
    try:
        asked = satisfaction.show(request.app, request.path["token"])
    except NotFound:
        return _satisfaction(request, None, 404, "not_found")
    return _satisfaction(request, asked, 200)


@routes.post(
    "/satisfaction/{token}", allow=ANYONE, form=SatisfactionForm, max_body_bytes=_FORM_BYTES
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
    policy = ("Content-Security-Policy", page.policy)
    return Response(
        page.html,
        status=status,
        content_type="text/html; charset=utf-8",
        headers=(policy, _OWN_FORM, ("Vary", "Accept-Language"), *headers),
    )


public = routes.function()
