"""A Gmail message becomes part of a ticket, exactly once.

The message's document is created in the same transaction as the ticket's change, under an id that is
derived from mailbox and Gmail id: whoever comes second finds it and does nothing. Nothing is dropped:
what cannot be parsed becomes a ticket that says so, what cannot be fetched now is asked for later, and
what cannot be fetched until somebody reconnects the mailbox is parked.
"""

from __future__ import annotations

import zlib
from datetime import timedelta
from typing import Final

from shared import codec, ids, log
from shared.app import App
from shared.domain import messages
from shared.domain.events import MESSAGE_RECEIVED, MessageReceived
from shared.domain.mailboxes import MailboxState
from shared.errors import Unavailable
from shared.gmail.contract import (
    Down,
    GmailError,
    Gone,
    Misconfigured,
    NeedsReauth,
    RawMessage,
    Refused,
    Throttled,
)
from shared.services.mailboxes import mailbox_access
from shared.services.receiving import message_recording
from shared.services.receiving.message_facts import understand
from shared.store.contract import AlreadyExists, Data

RETRY_AFTER: Final = timedelta(seconds=60)
BROKEN_AFTER: Final = timedelta(minutes=10)
SPREAD_SECONDS: Final = 30  # over which what waited for Gmail comes back

_NO_MAIL: Final = frozenset({"DRAFT", "CHAT"})
_HIDDEN: Final = frozenset({"SPAM", "TRASH"})


def take_in(app: App, event: MessageReceived) -> None:
    """Record one Gmail message. Done at one read where it is recorded already.

    Raises NotFound where the mailbox is unknown, Unavailable where our own store or bus fails or Gmail
    refuses this message for good; every other failure of Gmail is turned into an event for later or a
    parked id.
    """
    document_id = ids.message_id(event.mailbox_id, event.gmail_id)
    if app.store.get(messages.COLLECTION, document_id) is not None:
        return
    known = mailbox_access.known(app, event.mailbox_id)
    if known.mailbox.state is MailboxState.DISCONNECTED:
        log.event("INFO", "message.of_disconnected_mailbox", message=document_id)
        return
    if known.mailbox.state is not MailboxState.ACTIVE:
        _park(app, event, document_id)
        return
    try:
        with app.mailboxes.gate.fetching(event.mailbox_id):
            raw = app.mailboxes(event.mailbox_id).message(event.gmail_id)
    except Gone:
        _bury(app, event, document_id)
    except NeedsReauth as error:
        log.event("WARNING", "message.parked", message=document_id, reason=error.reason)
        mailbox_access.lose_grant(app, event.mailbox_id, error.reason)
        _park(app, event, document_id)
    except (Throttled, Down, Misconfigured) as error:
        _put_off(app, event, document_id, error)
    except Refused as error:  # nothing that waiting mends: it ends as a dead letter, which is kept
        log.event("ERROR", "message.refused", message=document_id, reason=error.reason)
        raise Unavailable("gmail.refused") from error
    else:
        _take_in(app, document_id, known.identity.address, event.mailbox_id, raw)


def _park(app: App, event: MessageReceived, document_id: str) -> None:
    """Keep the id until the mailbox works again; where it does meanwhile, ask for the message anew."""
    if not mailbox_access.park(app, event.mailbox_id, event.gmail_id, document_id):
        mailbox_access.forget(app, event.mailbox_id)
        app.bus.publish(MESSAGE_RECEIVED, codec.to_json(event), app.clock.now() + RETRY_AFTER)


def _put_off(app: App, event: MessageReceived, document_id: str, error: GmailError) -> None:
    """Ask for the message later. Where Gmail takes no more, the whole mailbox is left alone till then."""
    now = app.clock.now()
    until = error.retry_at or now + (
        BROKEN_AFTER if isinstance(error, Misconfigured) else RETRY_AFTER
    )
    log.event("WARNING", "message.later", message=document_id, reason=error.reason)
    if isinstance(error, Throttled):
        mailbox_access.brake(app, event.mailbox_id, until)
        # Not all at once, or Gmail refuses again what has waited.
        until += timedelta(seconds=zlib.crc32(event.gmail_id.encode()) % SPREAD_SECONDS)
    app.bus.publish(MESSAGE_RECEIVED, codec.to_json(event), until)


def _take_in(
    app: App, document_id: str, own_address: str, mailbox_id: str, raw: RawMessage
) -> None:
    if raw.labels & _NO_MAIL or (raw.labels & _HIDDEN and "INBOX" not in raw.labels):
        # No mail, or hidden by Gmail or a person; a move to the inbox brings it back as a candidate.
        log.event("INFO", "message.passed_over", message=document_id)
        return
    message_recording.record(app, understand(app, document_id, mailbox_id, own_address, raw))


def _bury(app: App, event: MessageReceived, document_id: str) -> None:
    """Note that Gmail deleted the message before it was fetched, so that it is accounted for.

    Another delivery may have fetched it just before that: what it recorded stays.
    """
    stone: Data = {
        "mailbox_id": event.mailbox_id,
        "gmail_id": event.gmail_id,
        "state": messages.GONE,
    }
    log.event("INFO", "message.gone", message=document_id)
    try:
        app.store.transact(lambda tx: tx.create(messages.COLLECTION, document_id, stone))
    except AlreadyExists:
        return
