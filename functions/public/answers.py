"""What the public pages share: in which language they are asked for, and the answer that shows one."""

from __future__ import annotations

from typing import Final

from shared.request import Request, Response
from shared.services.organisation import page_language
from shared.services.organisation.page_language import Language
from shared.services.organisation.public_pages import HtmlPage

# With "no-referrer" a browser sends a form with `Origin: null`, and we would refuse our own.
OWN_FORM: Final = ("Referrer-Policy", "same-origin")


def language(request: Request, asked: Language | None = None) -> Language:
    """Return the language that an address names, else the one that the browser likes best."""
    return asked or page_language.preferred(request.header("Accept-Language"))


def page(page: HtmlPage, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    """Return a page with the policy that fits it."""
    own = (("Content-Security-Policy", page.policy), ("Vary", "Accept-Language"))
    return Response(
        page.html,
        status=status,
        content_type="text/html; charset=utf-8",
        headers=(*own, *headers),
    )
