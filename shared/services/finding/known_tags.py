"""The tags that are in use: of the newest tickets, with how many of those have each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, ClassVar, Final, cast

from shared.app import App
from shared.domain.tickets import COLLECTION
from shared.permissions import Actor, Permission, require_in, visible_mailboxes
from shared.services.finding import split_queries
from shared.store.contract import Filter, Order, Query

LOOKED_AT: Final = 300


@dataclass(frozen=True, slots=True)
class KnownTag:
    """A tag, and how many of the tickets that were looked at have it."""

    EXAMPLE: ClassVar[dict[str, object]] = {"tag": "invoice", "tickets": 12}

    tag: str
    tickets: int


@dataclass(frozen=True, slots=True)
class KnownTags:
    """The tags of the newest tickets, in order; `looked_at` says how many tickets those are."""

    items: tuple[KnownTag, ...]
    looked_at: int


def of_mailboxes(app: App, actor: Actor, mailbox_id: str | None) -> KnownTags:
    """Return the tags of a mailbox, or of all that one may see. A read a ticket, 300 at most.

    Raises NotFound("mailbox.not_found").
    """
    if mailbox_id is not None:
        require_in(actor, Permission.TICKET_READ, mailbox_id, "mailbox.not_found")
    visible = visible_mailboxes(actor, Permission.TICKET_READ) or frozenset()
    mailboxes = sorted(visible) if mailbox_id is None else [mailbox_id]
    if not mailboxes:
        return KnownTags((), 0)
    newest = (Order("last_message_at", descending=True),)
    query = Query(COLLECTION, (Filter("merged_into", "==", None),), newest)
    queries = split_queries.split(query, "mailbox_id", mailboxes)
    found = split_queries.read(app, queries, None, LOOKED_AT).documents
    counts = Counter(tag for one in found for tag in cast("list[Any]", one.data["tags"]))
    return KnownTags(tuple(KnownTag(tag, counts[tag]) for tag in sorted(counts)), len(found))
