"""Routes of `public`: the page at which a customer says how they were helped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from functions.public import answers
from shared.domain.tickets import Rating
from shared.entry import Routes
from shared.errors import Conflict, Invalid, NotFound, TooMany
from shared.permissions import ANYONE
from shared.request import Request, Response
from shared.services.reports import satisfaction, satisfaction_page
from shared.services.reports.satisfaction import Asked
from shared.services.reports.satisfaction_page import Refusal

routes = Routes("functions.public")

_FORM_BYTES: Final = 65_536  # a comment of 2,000 characters, each written as up to twelve


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
    return Response(status=303, headers=(("Location", f"/satisfaction/{token}"), answers.OWN_FORM))


def _satisfaction(
    request: Request,
    asked: Asked | None,
    status: int,
    refusal: Refusal | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Response:
    language = request.header("Accept-Language")
    page = satisfaction_page.page(request.app, language, asked, refusal)
    return answers.page(page, status, (answers.OWN_FORM, *headers))
