"""Server-rendered pages: home, and until the agents' page stands, the list of tickets."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shared.app import App
from shared.domain.views import TicketFilter
from shared.permissions import Actor, Permission, allows
from shared.services.finding import ticket_lists

_PAGES: Final = Path(__file__).parent.parent.parent / "pages"
_TEXTS: Final = _PAGES.parent / "texts"
_CODE: Final = re.compile(r"[a-z_]{1,40}\.[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class HomeQuery:
    """What the way back from Google says, and which page of the list to show."""

    connected: str | None = None
    connect_error: str | None = None
    cursor: str | None = None

    def __post_init__(self) -> None:
        # Shown on the page: a link from elsewhere must not put words there.
        if self.connect_error is not None and not _CODE.fullmatch(self.connect_error):
            raise ValueError("connect_error")


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page and the content security policy that fits it."""

    html: str
    policy: str


def home(app: App, actor: Actor | None, query: HomeQuery) -> HtmlPage:
    """Return the home page."""
    page = None
    if actor is not None and allows(actor, Permission.TICKET_READ):
        page = ticket_lists.list_tickets(app, actor, TicketFilter(), cursor=query.cursor)
    return render(
        "home.html",
        organisation=app.settings.organisation,
        actor=actor,
        page=page,
        query=query,
    )


def arrival(app: App) -> HtmlPage:
    """Return a page that loads itself once more, for somebody who came from another site.

    A browser keeps a strict cookie back on such a way, also on the way back from Google's consent. The
    second load is our own page's doing, so it brings the cookie.
    """
    return render("arrival.html", organisation=app.settings.organisation)


def openapi() -> Mapping[str, Any]:
    """Return the description of every route, as `make api` has written it."""
    description: Mapping[str, Any] = json.loads(_asset("openapi.json"))
    return description


def api_docs(app: App) -> HtmlPage:
    """Return the routes as a page, for people."""
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in openapi()["paths"].items()
        for method, operation in methods.items()
    ]
    return render("api.html", organisation=app.settings.organisation, operations=operations)


def render(template: str, **values: Any) -> HtmlPage:
    """Return a page of shared/pages, filled."""
    style, script = _asset("pages.css"), _asset("home.js")
    html = _templates().get_template(template).render(style=style, script=script, **values)
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return HtmlPage(html, policy)


@functools.cache
def texts(name: str) -> Mapping[str, Mapping[str, str]]:
    """Return the words of a page, by language, from a file of shared/texts."""
    found: Mapping[str, Mapping[str, str]] = json.loads((_TEXTS / name).read_text("utf-8"))
    return found


@functools.cache
def _templates() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - Flask has it

    return Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@functools.cache
def _asset(name: str) -> str:
    return (_PAGES / name).read_text("utf-8")


@functools.cache
def _hash(text: str) -> str:
    """Return the CSP source of an inline style or script (CSP Level 3 §2.3.1)."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
