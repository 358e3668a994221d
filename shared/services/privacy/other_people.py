"""Blackening other people in what one person takes along: addresses, and what mails call them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.services.privacy.erased_content import REDACTED

_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_LEAST_NAME: Final = 4  # characters: a shorter one would blacken words


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data it is: all ids that are one person, their own addresses, and their mailboxes'."""

    ids: tuple[str, ...]
    addresses: frozenset[str]
    mailbox_ids: tuple[str, ...]
    mailbox_addresses: frozenset[str]


def names_of_others(fields: Mapping[str, Any], of: Subject) -> tuple[str, ...]:
    """Return what other people in a mail call themselves, where it is long enough to be told from words."""
    people = [fields.get("from"), *fields.get("to", []), *fields.get("cc", [])]
    people += fields.get("reply_to", [])
    return tuple(
        one["name"]
        for one in people
        if one and one["address"].lower() not in of.addresses and len(one["name"]) >= _LEAST_NAME
    )


def redacted(text: str, of: Subject, names: Sequence[str] = ()) -> str:
    """Return a text in which no address stands but the person's own and the organisation's mailboxes."""
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(re.escape(name), REDACTED, text, flags=re.IGNORECASE)
    allowed = of.addresses | of.mailbox_addresses
    return _ADDRESS.sub(lambda m: m[0] if m[0].lower().strip(".") in allowed else REDACTED, text)


def without_others(value: Any, of: Subject, names: Sequence[str]) -> Any:
    """Return JSON without other people: staff stand for their mailbox, everybody else is blackened."""
    if isinstance(value, str):
        return redacted(value, of, names)
    if isinstance(value, Mapping):
        address = str(value.get("address", "")).lower()
        if address and address in of.mailbox_addresses:
            return {"name": "", "address": address}
        if address and address not in of.addresses:
            return {"name": REDACTED, "address": REDACTED}
        if address:
            return dict(value)
        return {name: without_others(inner, of, names) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [without_others(inner, of, names) for inner in value]
    return value
