"""Server-rendered pages that anybody may read: home, privacy policy, help, and what describes the API.

No page has a script; the style is inline and allowed by its hash.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from shared.app import App
from shared.services.organisation import page_language
from shared.services.organisation.page_language import Language

POLICY_SINCE: Final = date(2026, 11, 27)  # when the words of the privacy policy last changed

PAGES: Final = Path(__file__).parent.parent.parent / "pages"
_TEXTS: Final = PAGES.parent / "texts"


@dataclass(frozen=True, slots=True)
class LanguageQuery:
    """In which language a page is asked for; else the browser's header says."""

    lang: Language | None = None


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A page and the content security policy that fits it."""

    html: str
    policy: str


def home(app: App, language: Language) -> HtmlPage:
    """Return the home page: the same for everybody, signed in or not."""
    return render(app, "home.html", language, contact=app.settings.privacy_contact)


def article(app: App, page: Literal["privacy", "how", "help"], language: Language) -> HtmlPage:
    """Return the privacy policy, how it is kept, or the help on managing and deleting data from Google."""
    month = texts("public.json")[language]["months"][POLICY_SINCE.month - 1]
    return render(
        app,
        "article.html",
        language,
        page=page,
        contact=app.settings.privacy_contact,
        day=POLICY_SINCE.isoformat(),
        dated=f"{POLICY_SINCE.day} {month} {POLICY_SINCE.year}",
    )


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
    return render(app, "api.html", "en", operations=operations)


def render(app: App, template: str, language: Language, **values: Any) -> HtmlPage:
    """Return a page of shared/pages, filled, in the look that all of them share."""
    style = stylesheet()
    html = (
        _templates()
        .get_template(template)
        .render(
            organisation=app.settings.organisation,
            language=language,
            direction=page_language.direction(language),
            other=page_language.other(language),
            words=texts("public.json")[language],
            style=style,
            **values,
        )
    )
    return HtmlPage(html, policy_of(style))


def stylesheet() -> str:
    """Return the style of every public page, to stand in the page itself."""
    return _asset("pages.css")


def policy_of(style: str) -> str:
    """Return the content security policy of a page that has this inline style and nothing else."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


@functools.cache
def texts(name: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the words of a page, by language, from a file of shared/texts."""
    found: Mapping[str, Mapping[str, Any]] = json.loads((_TEXTS / name).read_text("utf-8"))
    return found


@functools.cache
def _templates() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - Flask has it

    return Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@functools.cache
def _asset(name: str) -> str:
    return (PAGES / name).read_text("utf-8")


@functools.cache
def _hash(text: str) -> str:
    """Return the CSP source of an inline style (CSP Level 3 §2.3.1)."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
