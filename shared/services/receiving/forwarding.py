"""A mail that one of our people forwards is the customer's who wrote it first.

Anybody can type who wrote what: only a forward whose own sender works in this mailbox, and is named beyond
doubt (one sender, DMARC passed), speaks for somebody else.
"""

from __future__ import annotations

from dataclasses import replace

from shared import log
from shared.app import App
from shared.domain import messages
from shared.domain.people import USERS
from shared.domain.places import place
from shared.mail.addresses import Address, strict_address
from shared.mail.parse import ParsedMail
from shared.mail.subjects import is_forward_subject
from shared.permissions import Permission
from shared.services.accounts import colleagues
from shared.services.customers import customer_matching
from shared.services.mailboxes import mailbox_access
from shared.services.receiving import message_fields
from shared.services.receiving.message_facts import Facts
from shared.store.contract import Filter, Query


def on_behalf(app: App, facts: Facts) -> Facts:
    """Return a message's facts, of a forward by one of our people with the customer whom it is about.

    Costs no read where the mail is no forward, or where its sender is not named beyond doubt.
    """
    mail = facts.mail
    trusted = mail.sender_trusted and mail.authentication.dmarc == "pass"
    if facts.customer_token is None or facts.muted or not trusted:
        return facts
    if not is_forward_subject(mail.subject):
        return facts
    customer = _passed_on(mail)
    known = mailbox_access.known(app, facts.mailbox_id)
    own = (known.identity.address, mail.sender.address.lower())
    if customer is None or customer.address in own or not _works_here(app, facts):
        return facts
    fields = message_fields.sealed_fields(mail) | {"customer": message_fields.person(customer)}
    person = app.envelope.token(facts.mailbox_id, "address", customer.address)
    people = tuple(dict.fromkeys((*facts.arrival.people, person)))
    return replace(
        facts,
        arrival=replace(facts.arrival, people=people),
        sealed=app.envelope.seal(
            facts.mailbox_id, place(messages.COLLECTION, facts.message_id), fields
        ),
        customer_token=customer_matching.token_of(app, customer.address),
        customer=customer,
    )


def _passed_on(mail: ParsedMail) -> Address | None:
    """Return who wrote the mail that is passed on, if it says so in a form that names one address."""
    from shared.mail.forwards import forwarded_sender  # noqa: PLC0415 - few mails are forwards

    try:
        found = forwarded_sender(mail)
    except Exception as error:  # noqa: BLE001 - a mail must not be lost to a rule
        log.failure("mail.forward_failed", error)
        return None
    address = "" if found is None else strict_address(found.address).lower()
    return Address(found.name, address) if found is not None and address else None


def _works_here(app: App, facts: Facts) -> bool:
    from shared.services.accounts.sign_in import address_token  # noqa: PLC0415 - few mails are forwards

    token = address_token(app, facts.mail.sender.address)
    page = app.store.query(Query(USERS, (Filter("address_token", "==", token),), limit=1))
    people = [document.id for document in page.documents]
    return bool(
        people and colleagues.allowed(app.store, people, Permission.TICKET_WRITE, facts.mailbox_id)
    )
