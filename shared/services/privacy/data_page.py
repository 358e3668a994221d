"""The page at which a customer sees what is held on them: plain HTML, without a script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from shared import codec
from shared.app import App
from shared.domain import tickets
from shared.domain.customers import Details
from shared.domain.jobs import JobState
from shared.domain.places import place
from shared.domain.tickets import Ticket
from shared.services.customers import customers
from shared.services.finding import split_queries
from shared.services.organisation import public_pages
from shared.services.organisation.page_language import Language
from shared.services.organisation.public_pages import HtmlPage
from shared.services.privacy import access_ledger, data_exports, privacy_requests
from shared.services.privacy.access_ledger import AccessRow
from shared.services.privacy.data_exports import DataExport
from shared.services.privacy.privacy_requests import RequestRow
from shared.services.tickets.ticket_rows import open_sealed
from shared.store.contract import Filter, Order, Query

Refusal = Literal[
    "address_invalid",
    "over",
    "pending_already",
    "text_invalid",
    "too_many",
    "too_many_exports",
    "wrong_code",
]

_SHOWN: Final = 100  # tickets and accesses; the file that can be made has all


@dataclass(frozen=True, slots=True)
class OwnTicket:
    """A ticket as the customer knows it."""

    code: str
    subject: str
    state: str
    last_message_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """What is held on one customer."""

    details: Details
    tickets: tuple[OwnTicket, ...]
    accesses: tuple[AccessRow, ...]
    requests: tuple[RequestRow, ...]
    exports: tuple[DataExport, ...]

    @property
    def making(self) -> bool:
        """Whether a file is being made: the page then comes again by itself."""
        return any(one.state in (JobState.QUEUED, JobState.RUNNING) for one in self.exports)


def held(app: App, customer_id: str) -> Held:
    """Return what is held on a customer. Raises NotFound("customer.not_found")."""
    current, customer = customers.current(app.store, customer_id)
    everybody = (current, *customer.merged)
    exports = data_exports.list_exports(app, current, 10, None).items
    now = app.clock.now()
    return Held(
        details=customers.opened(app, current, customer),
        tickets=_tickets(app, everybody, customer.mailbox_ids),
        accesses=access_ledger.read(app, everybody, None, _SHOWN, None).items,
        requests=privacy_requests.of_subject(app, everybody),
        exports=tuple(one for one in exports if one.expires_at > now),
    )


def page(
    app: App, language: Language, shown: Held | Literal["address", "code"], refusal: Refusal | None
) -> HtmlPage:
    """Return the page: where an address is entered, where the code is, or what is held."""
    return public_pages.render(
        app,
        "data.html",
        language,
        texts=public_pages.texts("data.json")[language],
        step=shown if isinstance(shown, str) else "held",
        held=None if isinstance(shown, str) else shown,
        refusal=refusal,
        contact=app.settings.privacy_contact,
    )


def _tickets(
    app: App, customer_ids: tuple[str, ...], mailbox_ids: tuple[str, ...]
) -> tuple[OwnTicket, ...]:
    if not mailbox_ids:
        return ()
    of_them = Filter("customer_id", "in", list(customer_ids))
    still = Filter("merged_into", "==", None)  # a merged ticket's mail is in the other
    newest = (Order("last_message_at", descending=True),)
    query = Query(tickets.COLLECTION, (of_them, still), newest)
    queries = split_queries.split(query, "mailbox_id", sorted(mailbox_ids))
    found = split_queries.read(app, queries, None, _SHOWN).documents
    return tuple(_ticket(app, d.id, codec.from_document(Ticket, d.data)) for d in found)


def _ticket(app: App, id: str, ticket: Ticket) -> OwnTicket:
    context = place(tickets.COLLECTION, id)
    subject = open_sealed(app, ticket.mailbox_id, context, ticket.sealed).get("subject")
    return OwnTicket(ticket.code, subject or "", ticket.state.value, ticket.last_message_at)
