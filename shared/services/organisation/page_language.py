"""In which language a public page speaks: as its address says, else as the browser likes best."""

from __future__ import annotations

from typing import Final, Literal

Language = Literal["ar", "en"]

_LANGUAGES: Final[tuple[Language, ...]] = ("en", "ar")  # English for who likes neither


def preferred(accepted: str) -> Language:
    """Return which of our languages a browser likes best (RFC 9110 §12.5.4); of none, English."""
    wishes: list[tuple[float, Language]] = []
    for wish in accepted[:1_000].split(","):
        tag, _, parameter = wish.partition(";")
        wanted = tag.strip().lower().partition("-")[0]
        wishes += [(_weight(parameter), language) for language in _LANGUAGES if language == wanted]
    best = max(wishes, key=lambda wish: wish[0], default=(0.0, _LANGUAGES[0]))
    return best[1] if best[0] > 0 else _LANGUAGES[0]


def other(language: Language) -> Language:
    """Return the language that a page in this one offers."""
    return "ar" if language == "en" else "en"


def direction(language: Language) -> Literal["ltr", "rtl"]:
    """Return in which direction a language is written, as HTML names it."""
    return "rtl" if language == "ar" else "ltr"


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0
