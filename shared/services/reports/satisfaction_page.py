"""The page at which a customer says how they were helped: plain HTML, in English or Arabic."""

from __future__ import annotations

from typing import Literal

from shared.app import App
from shared.services.organisation import page_language, public_pages
from shared.services.organisation.public_pages import HtmlPage
from shared.services.reports.satisfaction import Asked

Refusal = Literal["not_found", "closed", "comment_too_long", "too_many"]


def page(app: App, accepted: str, asked: Asked | None, refusal: Refusal | None = None) -> HtmlPage:
    """Return the page of a link. `accepted` is the Accept-Language header, `refusal` why it did not go on."""
    language = page_language.preferred(accepted)
    return public_pages.render(
        app,
        "satisfaction.html",
        language,
        texts=public_pages.texts("satisfaction.json")[language],
        asked=asked,
        refusal=refusal,
    )
