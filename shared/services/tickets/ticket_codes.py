"""Codes of tickets that people make: short, and each of one ticket."""

from __future__ import annotations

from shared import ids
from shared.domain.tickets import CODES
from shared.store.contract import Reader

_TRIED = 4


def free(reader: Reader, ticket_id: str) -> str:
    """Return the first code of a new ticket that no other one has: a read, rarely more."""
    for attempt in range(_TRIED):
        code = ids.ticket_code(ticket_id, attempt)
        if reader.get(CODES, code) is None:
            return code
    raise RuntimeError("no free ticket code")
