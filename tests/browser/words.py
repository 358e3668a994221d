"""The words that the page shows, read from its own locale files: one test reads every language."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from fluent.syntax import FluentParser, ast

LOCALES: Final = Path(__file__).parent.parent.parent / "web" / "locales"
LANGUAGES: Final = ("en", "ar")
DIRECTIONS: Final = {"en": "ltr", "ar": "rtl"}


class Words:
    """The words of one language by their keys."""

    def __init__(self, language: str) -> None:
        self.language = language
        resource = FluentParser().parse((LOCALES / f"{language}.ftl").read_text("utf-8"))
        self._patterns = {
            entry.id.name: entry.value
            for entry in resource.body
            if isinstance(entry, ast.Message) and entry.value is not None
        }

    def __call__(self, key: str) -> str:
        """Return the words of a key without arguments."""
        [text] = self._patterns[key].elements
        assert isinstance(text, ast.TextElement), f"{key} has arguments: ask with like()"
        return text.value

    def like(self, key: str) -> re.Pattern[str]:
        """Return what a key's words match, whatever its arguments are."""
        return re.compile(_expression(self._patterns[key]))


@cache
def words_of(language: str) -> Words:
    """Return the words of a language."""
    return Words(language)


def _expression(pattern: ast.Pattern) -> str:
    parts = []
    for element in pattern.elements:
        if isinstance(element, ast.TextElement):
            parts.append(re.escape(element.value))
        elif isinstance(element.expression, ast.SelectExpression):
            variants = [_expression(variant.value) for variant in element.expression.variants]
            parts.append(f"(?:{'|'.join(variants)})")
        else:
            parts.append(".*")
    return "".join(parts)
