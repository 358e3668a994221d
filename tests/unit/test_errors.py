"""The kinds of errors, and what each means at the doors."""

from __future__ import annotations

import pytest

from shared import errors
from shared.errors import ProductError

# Status of HTTP, and whether Pub/Sub delivers again: only what time can mend.
TABLE = {
    "Invalid": (400, False),
    "Unauthenticated": (401, False),
    "Forbidden": (403, False),
    "NotFound": (404, False),
    "MethodNotAllowed": (405, False),
    "Conflict": (409, True),
    "TooLarge": (413, False),
    "PreconditionRequired": (428, False),
    "TooMany": (429, True),
    "Unavailable": (503, True),
}


def test_the_table_has_every_kind() -> None:
    """A kind that is added says what it means at both doors."""
    kinds = {
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, ProductError) and kind is not ProductError
    }

    assert kinds == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_a_kind_has_its_status_and_verdict(name: str) -> None:
    """One table decides for HTTP and for Pub/Sub."""
    kind: type[ProductError] = getattr(errors, name)

    assert (kind.status, kind.retried) == TABLE[name]
    assert kind.title


def test_an_error_is_its_code() -> None:
    """The text of an exception is its code, and never what its params hold."""
    error = errors.NotFound("ticket.not_found", member="nora@customers.example.net")

    assert str(error) == "ticket.not_found"
    assert error.params == {"member": "nora@customers.example.net"}
