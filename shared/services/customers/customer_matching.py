"""Which customer an address belongs to: asked for every mail, and made where nobody has it.

An address belongs to one customer. It is found by its token, which a merge or a correction moves; the id
that is derived from it is created together with whoever gets it, and so keeps two from getting it at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from shared import codec, ids
from shared.app import App
from shared.domain import customers
from shared.domain.customers import COLLECTION, Customer, Details
from shared.domain.places import place
from shared.store.contract import Filter, Query, Reader, Transaction


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A customer who is not written yet; their key is."""

    id: str
    customer: Customer


@dataclass(frozen=True, slots=True)
class Meeting:
    """Whose an address is, and what must be written for it; nobody's where there is no address."""

    customer_id: str | None
    changed: Customer | None = None
    is_new: bool = False

    def write(self, tx: Transaction) -> None:
        """Write what the meeting changes, after every read of the transaction."""
        if self.customer_id is None or self.changed is None:
            return
        if self.is_new:
            tx.create(COLLECTION, self.customer_id, codec.to_document(self.changed))
        else:
            tx.update(COLLECTION, self.customer_id, {"mailbox_ids": self.changed.mailbox_ids})


@dataclass(frozen=True, slots=True)
class Claims:
    """The ids that an address has had, with who holds them, and the first that is free."""

    held: tuple[tuple[str, Customer], ...]
    free: str


def token_of(app: App, address: str) -> str:
    """Return the organisation's equality token of a customer's address; case does not matter."""
    return app.envelope.organisation_token("customer.address", address.strip().lower())


def search_tokens(app: App, known: Details) -> tuple[str, ...]:
    """Return the organisation's tokens of the words by which a customer is found, sorted."""
    return tuple(sorted(word_token(app, word) for word in customers.searched(known)))


def word_token(app: App, word: str) -> str:
    """Return the organisation's equality token of a word of a customer's name."""
    return app.envelope.organisation_token("customer.word", word)


def meet(
    tx: Transaction,
    token: str | None,
    mailbox_id: str,
    newcomer: Newcomer | None = None,
    received_at: datetime | None = None,
) -> Meeting | None:
    """Return the customer who has this address; they wrote to this mailbox. One read, before any write.

    `received_at` is of a mail, which may be of somebody who is being erased.

    None where nobody has it: then the transaction is left, `newcomer` makes a key, and comes along. It
    costs no read then; whoever was faster lets the transaction fail with AlreadyExists.
    """
    if token is None:
        return Meeting(None)
    if newcomer is not None:
        return Meeting(newcomer.id, newcomer.customer, is_new=True)
    found = of_token(tx, token, received_at)
    if found is None:
        return None
    customer_id, customer = found
    if mailbox_id in customer.mailbox_ids or customer.erased_until is not None:
        return Meeting(customer_id)
    mailboxes = tuple(sorted((*customer.mailbox_ids, mailbox_id)))
    return Meeting(customer_id, replace(customer, mailbox_ids=mailboxes))


def newcomer(
    app: App, token: str, name: str, address: str, mailbox_id: str, *, taken: bool
) -> Newcomer:
    """Return a new customer, their key made. `taken`: the id at hand was somebody's, so look for another.

    A key without its document is harmless, a document without its key would be unreadable for ever.
    """
    id = claims(app.store, token).free if taken else _id(token, 0)
    app.envelope.create(id)
    known = Details(name=name, addresses=(address,))
    customer = Customer(
        tokens=(token,),
        sealed=seal(app, id, known),
        created_at=app.clock.now(),
        mailbox_ids=(mailbox_id,),
        search_tokens=search_tokens(app, known),
    )
    return Newcomer(id, customer)


def of_token(
    reader: Reader, token: str, received_at: datetime | None = None
) -> tuple[str, Customer] | None:
    """Return the customer who has this address. One read.

    While a restored desk erases them again, an address may be of two: of who is erased what was received
    until they were, and of somebody new everything else.
    """
    page = reader.query(Query(COLLECTION, (Filter("tokens", "array_contains", token),), limit=2))
    living = None
    for document in page.documents:
        customer = codec.from_document(Customer, document.data)
        if customer.erased_until is None:
            living = document.id, customer
        elif received_at is not None and received_at <= customer.erased_until:
            return document.id, customer
    return living


def claims(reader: Reader, token: str) -> Claims:
    """Return which ids are derived from an address so far. A read for each, and one more."""
    held: list[tuple[str, Customer]] = []
    for generation in count():
        id = _id(token, generation)
        found = reader.get(COLLECTION, id)
        if found is None:
            return Claims(tuple(held), id)
        held.append((id, codec.from_document(Customer, found.data)))
    raise AssertionError("counting ends")


def seal(app: App, customer_id: str, known: Details) -> str:
    """Seal what is known of a customer under their own key."""
    return app.envelope.seal(customer_id, place(COLLECTION, customer_id), codec.to_json(known))


def _id(token: str, generation: int) -> str:
    """Return an id for whoever has this address; later ones for an address that went to somebody else."""
    again = () if generation == 0 else (str(generation),)
    return ids.derived_id(ids.CUSTOMER, "customer", token, *again)
