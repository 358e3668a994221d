"""Two customers who turn out to be one person, and the way back.

Whoever is merged keeps their document and key, and points to the one who is left: tickets and notes name
them for ever, and mail of their addresses finds the other.
"""

from __future__ import annotations

from dataclasses import replace

from shared import codec, ids
from shared.app import App
from shared.audit.events import Action
from shared.domain import customers
from shared.domain.customers import COLLECTION, MAX_ADDRESSES, MAX_MERGED, Customer, Details
from shared.errors import Conflict, Invalid, NotFound
from shared.permissions import Actor, Permission
from shared.services import outbox
from shared.services.customers import customer_changes, customer_matching
from shared.services.customers import customers as reading
from shared.services.customers.customers import CustomerView
from shared.services.outbox import Outbox
from shared.store.contract import Reader, Transaction


def merge(
    app: App, actor: Actor, customer_id: str, into: str, version: int, into_version: int
) -> CustomerView:
    """Make two customers one: `into` gets addresses, tickets and notes, and is returned.

    Raises NotFound, Forbidden, Conflict("customer.changed_meanwhile") naming the one that changed,
    Invalid("customer.merged_with_itself"), Conflict("customer.too_many_addresses") and
    Conflict("customer.too_many_merged").
    """
    if customer_id == into:
        raise Invalid("customer.merged_with_itself")

    def work(tx: Transaction, box: Outbox) -> Customer:
        given = _unmerged(tx, actor, customer_id, version)
        kept = _unmerged(tx, actor, into, into_version)
        now = customer_changes.known(app, into, kept)
        before = customer_changes.known(app, customer_id, given)
        known = customers.together(now, before)
        if len(known.addresses) > MAX_ADDRESSES:
            raise Conflict("customer.too_many_addresses", most=MAX_ADDRESSES)
        merged = (*kept.merged, customer_id, *given.merged)
        if len(merged) > MAX_MERGED:
            raise Conflict("customer.too_many_merged", most=MAX_MERGED)
        grown = replace(
            kept,
            merged=merged,
            mailbox_ids=tuple(sorted({*kept.mailbox_ids, *given.mailbox_ids})),
        )
        action = Action.CUSTOMER_MERGED
        written = _written(app, tx, box, actor, action, into, grown, known, customer_id)
        gone = replace(
            given,
            tokens=(),
            search_tokens=(),
            mailbox_ids=(),
            mailboxes_before=given.mailbox_ids,
            merged_into=into,
        )
        _put(tx, customer_id, gone, written)
        return written

    return reading.view(app, actor, into, outbox.commit(app, work))


def unmerge(app: App, actor: Actor, customer_id: str, merged_id: str, version: int) -> CustomerView:
    """Undo a merge: who was merged gets back the addresses that they had and this one still has.

    Returns this customer. Raises NotFound, also for who was not merged into this one, Forbidden,
    Conflict("customer.changed_meanwhile"), and Conflict("customer.no_address_left") where one of them
    would have none.
    """

    def work(tx: Transaction, box: Outbox) -> Customer:
        kept = _unmerged(tx, actor, customer_id, version)
        gone = _merged(tx, merged_id, customer_id)
        now = customer_changes.known(app, customer_id, kept)
        before = customer_changes.known(app, merged_id, gone)
        left = customers.without(now, before.addresses)
        back = customers.without(now, left.addresses).addresses
        if not left.addresses or not back:
            raise Conflict("customer.no_address_left")
        freed = _freed(app, merged_id, gone, replace(before, addresses=back))
        stays = tuple(id for id in kept.merged if id not in (merged_id, *gone.merged))
        kept, action = replace(kept, merged=stays), Action.CUSTOMER_UNMERGED
        written = _written(app, tx, box, actor, action, customer_id, kept, left, merged_id)
        _put(tx, merged_id, freed, written)
        return written

    return reading.view(app, actor, customer_id, outbox.commit(app, work))


def _freed(app: App, customer_id: str, gone: Customer, known: Details) -> Customer:
    """Return who was merged, with what is theirs again."""
    return replace(
        gone,
        tokens=customer_changes.tokens(app, known),
        search_tokens=customer_matching.search_tokens(app, known),
        sealed=customer_matching.seal(app, customer_id, known),
        mailbox_ids=gone.mailboxes_before,
        mailboxes_before=(),
        merged_into=None,
    )


def _put(tx: Transaction, customer_id: str, customer: Customer, other: Customer) -> None:
    """Write the one of two who is not the target of the event."""
    by = replace(
        customer,
        version=customer.version + 1,
        changed_by=other.changed_by,
        last_audit_id=other.last_audit_id,
    )
    tx.put(COLLECTION, customer_id, codec.to_document(by))


def _written(
    app: App,
    tx: Transaction,
    box: Outbox,
    actor: Actor,
    action: Action,
    customer_id: str,
    customer: Customer,
    known: Details,
    other_id: str,
) -> Customer:
    told = ({"field": "customer", "before": None, "after": other_id},)
    return customer_changes.written(app, tx, box, actor, action, customer_id, customer, known, told)


def _merged(reader: Reader, customer_id: str, into: str) -> Customer:
    found = reader.get(COLLECTION, customer_id) if ids.is_id(ids.CUSTOMER, customer_id) else None
    customer = None if found is None else codec.from_document(Customer, found.data)
    if customer is None or customer.merged_into != into or customer.sealed is None:
        raise NotFound("customer.not_found")
    return customer


def _unmerged(reader: Reader, actor: Actor, customer_id: str, version: int) -> Customer:
    """Return the customer of exactly this id and version; one merged meanwhile is another version."""
    id, customer = reading.load(reader, actor, customer_id, Permission.CUSTOMER_WRITE)
    if id != customer_id:
        raise Conflict(
            "customer.changed_meanwhile",
            customer_id=customer_id,
            merged_into=id,
            version=customer.version,
            changed_by=customer.changed_by or "",
        )
    customer_changes.require_version(customer_id, customer, version)
    return customer
