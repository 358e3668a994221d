"""Changing what is known of a customer, and their addresses.

The audit log names which fields changed, never what they hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import customers, writing
from shared.domain.customers import COLLECTION, MAX_ADDRESSES, Customer, Details
from shared.errors import Conflict, Invalid, NotFound
from shared.permissions import Actor, Permission
from shared.services import audit_log, outbox
from shared.services.customers import customer_matching
from shared.services.customers import customers as reading
from shared.services.customers.customers import CustomerView
from shared.services.outbox import Outbox
from shared.store.contract import Transaction

_LINES: Final = {"name": 200, "phone": 50, "organisation": 200}  # characters
_LOCALE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, slots=True)
class CustomerChange:
    """What to change; what is left out stays, and "" takes away. `addresses` are all that there shall be."""

    name: str | None = None
    addresses: tuple[str, ...] | None = None
    phone: str | None = None
    organisation: str | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class _Moves:
    """What giving and taking addresses writes beside the customer's own document."""

    claimed: tuple[str, ...] = ()
    freed: tuple[str, ...] = ()


def change(
    app: App, actor: Actor, customer_id: str, change: CustomerChange, version: int
) -> CustomerView:
    """Change what is known of a customer. An address that is taken away is somebody new's from then on.

    Raises NotFound, Forbidden, Conflict("customer.changed_meanwhile"), Invalid("customer.invalid"), and
    Conflict("customer.address_taken") with the other's `customer_id`, "" where one may not see them.
    """
    checked = _checked(change)

    def work(tx: Transaction, box: Outbox) -> tuple[str, Customer]:
        id, before = reading.load(tx, actor, customer_id, Permission.CUSTOMER_WRITE)
        require_version(id, before, version)
        now = known(app, id, before)
        after = replace(now, **checked)  # type: ignore[arg-type]
        fields = [name for name in checked if getattr(after, name) != getattr(now, name)]
        if not fields:
            return id, before
        moves = _moves(app, tx, actor, id, before, after)
        told = tuple({"field": name, "before": None, "after": None} for name in fields)
        action = Action.CUSTOMER_CHANGED
        changed = written(app, tx, box, actor, action, id, before, after, told)
        for claimed in moves.claimed:
            held = Customer((), None, app.clock.now(), merged_into=id)
            tx.create(COLLECTION, claimed, codec.to_document(held))
        for freed in moves.freed:
            tx.delete(COLLECTION, freed)
        return id, changed

    return reading.view(app, actor, *outbox.commit(app, work))


def written(
    app: App,
    tx: Transaction,
    box: Outbox,
    actor: Actor,
    action: Action,
    customer_id: str,
    customer: Customer,
    known: Details,
    changes: tuple[Mapping[str, str | None], ...],
) -> Customer:
    """Write a customer of whom this is known now, with the audit event; returns what was written."""
    target = Target("customer", customer_id)
    happened = Happened(action, audit_log.person(actor), target, changes=changes)
    written = replace(
        customer,
        tokens=tokens(app, known),
        search_tokens=customer_matching.search_tokens(app, known),
        sealed=customer_matching.seal(app, customer_id, known),
        version=customer.version + 1,
        changed_by=actor.user_id,
        last_audit_id=audit_log.record(app, box, happened),
    )
    tx.put(COLLECTION, customer_id, codec.to_document(written))
    return written


def _moves(
    app: App, tx: Transaction, actor: Actor, customer_id: str, before: Customer, after: Details
) -> _Moves:
    """Return which ids hold the addresses that come and free those that go. Reads only."""
    wanted = tokens(app, after)
    claimed: list[str] = []
    freed: list[str] = []
    for token in sorted(set(wanted) - set(before.tokens)):
        other = customer_matching.of_token(tx, token)
        if other is not None:
            seen = reading.sees(actor, other[1])
            raise Conflict("customer.address_taken", customer_id=other[0] if seen else "")
        claimed.append(customer_matching.claims(tx, token).free)
    for token in sorted(set(before.tokens) - set(wanted)):
        held = customer_matching.claims(tx, token).held
        freed += [id for id, c in held if c.sealed is None and c.merged_into == customer_id]
    return _Moves(tuple(claimed), tuple(freed))


def require_version(customer_id: str, customer: Customer, version: int) -> None:
    """Raise Conflict("customer.changed_meanwhile") unless this is the current version."""
    if customer.version != version:
        raise Conflict(
            "customer.changed_meanwhile",
            customer_id=customer_id,
            version=customer.version,
            changed_by=customer.changed_by or "",
        )


def known(app: App, customer_id: str, customer: Customer) -> Details:
    """Return what is known of a customer who may be changed: not of one that was erased."""
    known = reading.opened(app, customer_id, customer)
    if not known.addresses:
        raise NotFound("customer.not_found")
    return known


def tokens(app: App, known: Details) -> tuple[str, ...]:
    """Return the tokens of a customer's addresses, sorted."""
    return tuple(sorted(customer_matching.token_of(app, one) for one in known.addresses))


def _checked(change: CustomerChange) -> dict[str, str | tuple[str, ...]]:
    """Return what is to change, as it is kept."""
    checked: dict[str, str | tuple[str, ...]] = {}
    for name, most in _LINES.items():
        given = getattr(change, name)
        if given is not None:
            checked[name] = _line(name, given, most)
    if change.locale is not None:
        if change.locale and _LOCALE.fullmatch(change.locale) is None:
            raise Invalid("customer.invalid", member="locale")
        checked["locale"] = change.locale
    if change.addresses is not None:
        from shared.mail.addresses import strict_address  # noqa: PLC0415 - few changes need it

        addresses = customers.distinct(strict_address(one.strip()) for one in change.addresses)
        if not 1 <= len(addresses) <= MAX_ADDRESSES or "" in addresses:
            raise Invalid("customer.invalid", member="addresses")
        checked["addresses"] = addresses
    return checked


def _line(name: str, given: str, most: int) -> str:
    try:
        return writing.line(given, most) if given.strip() else ""
    except ValueError as error:
        raise Invalid("customer.invalid", member=name) from error
