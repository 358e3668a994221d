"""Bodies of messages: out of the cache while they stand there, else out of Gmail and into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from shared import codec
from shared.app import App
from shared.domain import messages
from shared.domain.messages import Message
from shared.domain.places import place
from shared.errors import Conflict, NotFound, ProductError, TooMany, Unavailable
from shared.gmail.contract import GmailError, Gone, NeedsReauth, RawMessage, Throttled
from shared.mail.parse import parse
from shared.services.mailboxes import mailbox_access
from shared.services.receiving.message_facts import (
    CachedBody,
    body_fields,
    cached_body,
    fold,
    whole,
)
from shared.store.contract import Document

RETRY_AFTER: Final = timedelta(seconds=60)

Body = Mapping[str, Any]  # {"text", "html", "visible", "quoted", "signature"}


def read(app: App, message_id: str, message: Message) -> Body:
    """Return a message's body. Raises what `fetch` raises."""
    [found] = cached(app, [(message_id, message)])
    return fetched(app, message_id, message) if found is None else found


def cached(app: App, asked: Sequence[tuple[str, Message]]) -> list[Body | None]:
    """Return the bodies of these messages as far as the cache has them. A read for each."""
    found = app.store.get_all([(messages.BODIES, message_id) for message_id, _ in asked])
    return [
        _opened(app, message_id, message, document)
        for (message_id, message), document in zip(asked, found, strict=True)
    ]


def fetched(app: App, message_id: str, message: Message) -> Body:
    """Return a message's body out of Gmail, and keep it in the cache. Raises what `fetch` raises."""
    mail = parse(fetch(app, message).raw)
    seen = fold(mail) or whole(mail)
    fresh = cached_body(app, message_id, message.mailbox_id, mail, seen)
    if fresh is not None:
        app.store.transact(lambda tx: tx.put(messages.BODIES, message_id, codec.to_document(fresh)))
    return body_fields(mail, seen)


def fetch(app: App, message: Message) -> RawMessage:
    """Return a message as Gmail has it.

    Raises NotFound("content.gone_from_gmail"), Conflict("mailbox.needs_reauth"),
    TooMany("gmail.throttled"), Unavailable("gmail.unavailable").
    """
    try:
        return app.mailboxes(message.mailbox_id).message(message.gmail_id)
    except GmailError as error:
        heed(app, message.mailbox_id, error)
        raise refusal(app, error) from error


def heed(app: App, mailbox_id: str, error: GmailError) -> None:
    """Leave a mailbox alone where Gmail says so; the brake is shared with those who take mail in."""
    if isinstance(error, Throttled):
        until = error.retry_at or app.clock.now() + RETRY_AFTER
        mailbox_access.brake(app, mailbox_id, until)


def refusal(app: App, error: GmailError) -> ProductError:
    """Return what a person is told of Gmail's error."""
    if isinstance(error, Gone):
        return NotFound("content.gone_from_gmail")
    if isinstance(error, NeedsReauth):
        return Conflict("mailbox.needs_reauth")
    if isinstance(error, Throttled):
        wait = 60
        if error.retry_at is not None:
            wait = max(1, int((error.retry_at - app.clock.now()).total_seconds()))
        return TooMany("gmail.throttled", retry_after_seconds=wait)
    return Unavailable("gmail.unavailable", reason=error.reason)


def _opened(app: App, message_id: str, message: Message, found: Document | None) -> Body | None:
    if found is None:
        return None
    body = codec.from_document(CachedBody, found.data)
    if body.expires_at <= app.clock.now():
        return None
    opened: Body = app.envelope.open(
        message.mailbox_id, place(messages.BODIES, message_id), body.sealed
    )
    return opened
