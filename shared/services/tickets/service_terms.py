"""What a mailbox promises to those who write to it, for transactions that change its tickets."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from shared import codec, log
from shared.app import App
from shared.domain import mailboxes, service_clock
from shared.domain.mailbox_settings import COLLECTION, MailboxSettings
from shared.domain.service_clock import ServiceTerms
from shared.domain.tickets import Ticket
from shared.errors import NotFound
from shared.keys.cache import Cache
from shared.services.outbox import NotYetRead

REMEMBERED_SECONDS: Final = 30.0  # as long as all that is known of a mailbox, ADR 0005
_MAILBOXES: Final = 1024


class RememberedTerms:
    """The terms of mailboxes as they were at most 30 seconds ago; no key is needed to read them."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._terms: Cache[ServiceTerms] = Cache(
            app.clock, size=_MAILBOXES, lifetime_seconds=lambda _: REMEMBERED_SECONDS
        )

    def of(self, mailbox_id: str) -> ServiceTerms:
        """Return a mailbox's terms, at two reads where they are not remembered. Raises NotFound."""
        return self._terms.get(mailbox_id, partial(self._read, mailbox_id))

    def remembered(self, mailbox_id: str) -> ServiceTerms:
        """Return a mailbox's terms inside a transaction. Raises NotYetRead where they are not remembered."""
        terms = self._terms.peek(mailbox_id)
        if terms is None:
            raise NotYetRead(partial(self.of, mailbox_id))
        return terms

    def remember(self, mailbox_id: str, settings: MailboxSettings, connected_at: datetime) -> None:
        """Keep what the caller has just read."""
        self._terms.put(mailbox_id, _terms(mailbox_id, settings, connected_at))

    def forget(self, mailbox_id: str) -> None:
        """Drop what is remembered of a mailbox, because it changed."""
        self._terms.discard(mailbox_id)

    def _read(self, mailbox_id: str) -> ServiceTerms:
        keys = [(mailboxes.COLLECTION, mailbox_id), (COLLECTION, mailbox_id)]
        mailbox, stored = self._app.store.get_all(keys)
        if mailbox is None:
            raise NotFound("mailbox.not_found")
        connected_at = codec.from_document(mailboxes.Mailbox, mailbox.data).connected_at
        settings = MailboxSettings()
        if stored is not None:
            settings = codec.from_document(MailboxSettings, stored.data)
        return _terms(mailbox_id, settings, connected_at)


def _terms(mailbox_id: str, settings: MailboxSettings, connected_at: datetime) -> ServiceTerms:
    """Return the terms; hours that cannot be read promise nothing, and must not stop any mail.

    They were checked when they were set, but the time zones of this deployment may be other ones.
    """
    try:
        schedule = service_clock.schedule_of(settings)
    except ValueError as error:
        log.event("ERROR", "mailbox_settings.unreadable", mailbox=mailbox_id, member=str(error))
        schedule = service_clock.schedule_of(MailboxSettings())
        settings = replace(settings, targets={})
    return ServiceTerms(settings, connected_at, schedule)


def wound(app: App, ticket: Ticket, now: datetime) -> Ticket:
    """Return a ticket with its due times as of now, inside a transaction of `outbox.commit`.

    The mailbox's settings are remembered for 30 seconds, so this costs no read of the transaction's own.
    """
    return service_clock.wound(ticket, app.service_terms.remembered(ticket.mailbox_id), now)
