"""The page at which a customer says how they were helped: plain HTML, in English or Arabic."""

from __future__ import annotations

from typing import Final, Literal

from shared.app import App
from shared.services.organisation import public_pages
from shared.services.organisation.public_pages import HtmlPage
from shared.services.reports.satisfaction import Asked

Refusal = Literal["not_found", "closed", "comment_too_long", "too_many"]

_LANGUAGES: Final = ("en", "ar")


def page(app: App, accepted: str, asked: Asked | None, refusal: Refusal | None = None) -> HtmlPage:
    """Return the page of a link. `accepted` is the Accept-Language header, `refusal` why it did not go on."""
    language = preferred(accepted)
    return public_pages.render(
        "satisfaction.html",
        organisation=app.settings.organisation,
        language=language,
        direction="rtl" if language == "ar" else "ltr",
        texts=public_pages.texts("satisfaction.json")[language],
        asked=asked,
        refusal=refusal,
    )


def preferred(accepted: str) -> str:
    """Return which of our languages a browser likes best (RFC 9110 §12.5.4); of none, English."""
    wishes: list[tuple[float, str]] = []
    for wish in accepted[:1_000].split(","):
        tag, _, parameter = wish.partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in _LANGUAGES:
            wishes.append((_weight(parameter), language))
    best = max(wishes, key=lambda wish: wish[0], default=(0.0, _LANGUAGES[0]))
    return best[1] if best[0] > 0 else _LANGUAGES[0]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0
