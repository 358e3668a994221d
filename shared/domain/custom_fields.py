"""Fields that an organisation adds to its tickets, and which values they take."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from shared.domain import writing

COLLECTION: Final = "custom_fields"

MAX_FIELDS: Final = 50
MAX_CHOICES: Final = 100
MAX_TEXT: Final = 1_000

Value = str | float | bool


class FieldKind(StrEnum):
    """What a field holds; a date is such as 2026-12-25, in nobody's time zone."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    CHECKBOX = "checkbox"


@dataclass(frozen=True, slots=True)
class CustomField:
    """The document of a field; one that is not active keeps its values and takes no more."""

    name: str
    kind: FieldKind
    choices: tuple[str, ...] = ()
    active: bool = True
    version: int = 1
    changed_by: str | None = None
    last_audit_id: str | None = None


def checked_value(field: CustomField, value: object) -> Value:
    """Return a value as it is stored. Raises ValueError for one that this field does not take."""
    if field.kind is FieldKind.CHECKBOX:
        if isinstance(value, bool):
            return value
    elif field.kind is FieldKind.NUMBER:
        if isinstance(value, int | float) and not isinstance(value, bool) and _is_number(value):
            return float(value)
    elif isinstance(value, str):
        return _checked_text(field, value.strip())
    raise ValueError(field.kind.value)


def _is_number(value: float) -> bool:
    """Say whether a number can be stored; a whole one may be too large for a float."""
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _checked_text(field: CustomField, text: str) -> str:
    if field.kind is FieldKind.CHOICE and text in field.choices:
        return text
    if field.kind is FieldKind.DATE and len(text) == 10:
        return date.fromisoformat(text).isoformat()
    if field.kind is FieldKind.TEXT and len(text) <= MAX_TEXT:
        return writing.text(text, 4 * MAX_TEXT)
    raise ValueError(field.kind.value)
