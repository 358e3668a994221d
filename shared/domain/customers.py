"""Customers: people who write in, each with all their addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from shared.domain import search_words

COLLECTION: Final = "customers"
NOTES: Final = "customer_notes"

MAX_ADDRESSES: Final = 20
MAX_MERGED: Final = 20
_PREFIXES: Final = range(3, 9)  # how much of a word must be typed before it is found
_MAX_SEARCHED: Final = 100


@dataclass(frozen=True, slots=True)
class Customer:
    """The document of a customer; everything personal is sealed under their own key.

    `tokens` are the organisation's tokens of their addresses, `search_tokens` those of the words of their
    name and organisation and of how these begin. `mailbox_ids` are the mailboxes that they wrote to: who
    works in one of them may see them. One that was merged keeps what it had but gives `tokens` and
    `mailbox_ids` away; `merged` names all whose tickets and notes are this one's too. A document without
    `sealed` only holds the id of an address that was given to another customer by hand.
    """

    tokens: tuple[str, ...]
    sealed: str | None  # a Details under the customer's own key
    created_at: datetime
    mailbox_ids: tuple[str, ...] = ()
    search_tokens: tuple[str, ...] = ()
    merged_into: str | None = None
    merged: tuple[str, ...] = ()
    mailboxes_before: tuple[str, ...] = ()  # its mailboxes when it was merged, for the way back
    erased_until: datetime | None = None  # being erased after a restore: mail until then is theirs
    held: bool = False  # on legal hold
    version: int = 1  # of what people change by hand
    changed_by: str | None = None
    last_audit_id: str | None = None


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of a customer; the first address is the one to write to."""

    name: str = ""
    addresses: tuple[str, ...] = ()
    phone: str = ""
    organisation: str = ""
    locale: str = ""  # a BCP 47 tag, such as "ar" or "en-GB"


@dataclass(frozen=True, slots=True)
class CustomerNote:
    """The document of a note on a customer, sealed under their key: {"text"}."""

    customer_id: str
    author_id: str
    created_at: datetime
    sealed: str
    last_audit_id: str | None = None


def details(opened: Mapping[str, Any]) -> Details:
    """Return what was sealed of a customer, also by a version that knew one address."""
    addresses = opened.get("addresses", [opened["address"]] if "address" in opened else [])
    return Details(
        name=str(opened.get("name", "")),
        addresses=tuple(str(address) for address in addresses),
        phone=str(opened.get("phone", "")),
        organisation=str(opened.get("organisation", "")),
        locale=str(opened.get("locale", "")),
    )


def searched(known: Details) -> tuple[str, ...]:
    """Return by which words a customer is found: those of name and organisation, and their beginnings."""
    found: dict[str, None] = {}
    for word in search_words.words(f"{known.name} {known.organisation}"):
        found[word] = None
        found |= dict.fromkeys(word[:length] for length in _PREFIXES if length < len(word))
    return tuple(found)[:_MAX_SEARCHED]


def together(kept: Details, given: Details) -> Details:
    """Return what is known after `given` was merged into `kept`, which wins where both say something."""
    return Details(
        name=kept.name or given.name,
        addresses=distinct((*kept.addresses, *given.addresses)),
        phone=kept.phone or given.phone,
        organisation=kept.organisation or given.organisation,
        locale=kept.locale or given.locale,
    )


def without(known: Details, addresses: Iterable[str]) -> Details:
    """Return what is known without these addresses."""
    gone = {address.lower() for address in addresses}
    left = tuple(address for address in known.addresses if address.lower() not in gone)
    return replace(known, addresses=left)


def distinct(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses without those that differ from an earlier one in case only."""
    kept: dict[str, str] = {}
    for address in addresses:
        kept.setdefault(address.lower(), address)
    return tuple(kept.values())
