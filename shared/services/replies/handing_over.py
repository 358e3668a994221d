"""Handing a claimed reply to Gmail or an SMTP server, once, and reading from the outcome what became of it.

The claim is committed before and the outcome after (`sending`); nothing here writes to the reply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from shared import log
from shared.app import App
from shared.domain import replies
from shared.domain.replies import Reply
from shared.errors import NotFound, ProductError, Unavailable
from shared.gmail.contract import (
    Down,
    GmailError,
    Gone,
    Misconfigured,
    NeedsReauth,
    NotSent,
    Refused,
    Throttled,
)
from shared.keys.contract import TOKEN_KEY
from shared.services.mailboxes import mailbox_access, mailbox_sending
from shared.services.mailboxes.mailbox_access import KnownMailbox
from shared.services.replies import outgoing, reply_mail, sent_by_smtp, sent_mail, uploads
from shared.smtp.contract import NotSubmitted, SmtpServer, SubmitError, SubmitRefused

RETRY_AFTER: Final = timedelta(seconds=60)
BROKEN_AFTER: Final = timedelta(minutes=10)

Outcome = Callable[[Reply, datetime], Reply]


class _Unsendable(Exception):
    """A reply cannot be sent as it is; the word says why."""


def hand_over(app: App, known: KnownMailbox, reply_id: str, claim: Reply) -> Outcome:
    """Hand the mail over, once; return what that makes of the reply."""
    try:
        server = mailbox_sending.server_of(app, claim.mailbox_id)
        fields = _content(app, known, reply_id, claim, server)
        raw = _written(app, reply_id, claim, fields)
    except _Unsendable as error:
        return _failed(str(error))
    except Unavailable as error:  # our own; nothing has left, so this need not become doubtful
        return _later(app, claim, error.code)
    except GmailError as error:
        return _refused(app, claim, NotSent(error.reason) if type(error) is Down else error)
    if server is not None:
        return _submit(app, known, reply_id, claim, server, fields, raw)
    gmail = app.mailboxes(claim.mailbox_id)
    try:
        sent = gmail.send(raw, claim.gmail_thread_id)
    except (
        Unavailable
    ) as error:  # our own, before the request left: there was no access token to be had
        return _later(app, claim, error.code)
    except GmailError as error:
        return _refused(app, claim, error)
    message_id = sent_mail.read_back(gmail, sent.gmail_id)
    return lambda reply, now: replies.sent(reply, now, sent.gmail_id, message_id)


def _submit(
    app: App,
    known: KnownMailbox,
    reply_id: str,
    claim: Reply,
    server: SmtpServer,
    fields: Mapping[str, Any],
    raw: bytes,
) -> Outcome:
    """Hand the mail to the mailbox's SMTP server; what it took is kept here, as it stands in no mailbox."""
    people = (*fields["to"], *fields["cc"], *fields["bcc"])
    recipients = [person["address"] for person in people]
    try:
        app.smtp_by(lambda: server).submit(raw, fields["from"]["address"], recipients)
    except SubmitRefused as error:
        return _failed(f"smtp_{error.reason}")
    except NotSubmitted as error:
        return _later(app, claim, f"smtp_{error.reason}")
    except SubmitError as error:
        log.event("WARNING", "reply.not_accepted", reason=error.reason, kind="SubmitUnknown")
        return lambda reply, now: replies.doubtful(
            reply, now, max(now, replies.looked_for_at(reply))
        )
    kept = sent_by_smtp.keep(app, known, reply_id, claim, raw)
    return lambda reply, now: replies.sent(reply, now, kept.gmail_id, kept.message_id)


def _content(
    app: App, known: KnownMailbox, reply_id: str, claim: Reply, server: SmtpServer | None
) -> Mapping[str, Any]:
    """Return what the mail says. Raises _Unsendable, Unavailable, or GmailError from reading."""
    try:
        fields = dict(outgoing.unseal(app, reply_id, claim))
    except NotFound:
        raise _Unsendable("mailbox_disconnected") from None
    sender = fields["from"]["address"]
    if server is not None:
        usable = {known.identity.address, server.sender.lower()}
    elif sender == known.identity.address:
        usable = {sender}
    else:
        usable = {one.address for one in app.mailboxes(claim.mailbox_id).send_as() if one.usable}
    if sender not in usable:  # Gmail would replace it in silence
        raise _Unsendable("sender_not_verified")
    quoted = fields.get("quoted")
    if quoted is not None and quoted["text"] is None and claim.parent_message_id is not None:
        try:
            text = reply_mail.text_from_gmail(app, claim.parent_message_id)
        except Gone:
            text = ""
        fields["quoted"] = {**quoted, "text": text} if text else None
    return fields


def _written(app: App, reply_id: str, claim: Reply, fields: Mapping[str, Any]) -> bytes:
    """Return the mail's bytes, with its files. Raises _Unsendable, Unavailable."""
    from shared.keys.laravel import Unopenable  # noqa: PLC0415 - loads cryptography

    try:
        files = [uploads.open(app, id) for id in claim.upload_ids]
    except Unavailable:
        raise
    except (ProductError, Unopenable):
        raise _Unsendable("attachment_missing") from None
    try:
        return reply_mail.write(app, reply_id, claim, fields, files)
    except ValueError as error:
        log.failure("reply.not_written", error, reply=reply_id)
        raise _Unsendable("not_writable") from None


def _refused(app: App, claim: Reply, error: GmailError) -> Outcome:
    """Return what an error of sending makes of the reply; only plain Down leaves it in doubt."""
    log.event("WARNING", "reply.not_accepted", reason=error.reason, kind=type(error).__name__)
    match error:
        case Gone():  # the thread is; the mail begins another one
            return lambda reply, now: replies.put_off(replies.without_thread(reply), now, now, None)
        case Refused():
            return _failed(f"refused_{error.reason}")
        case NeedsReauth():
            if mailbox_access.lose_grant(app, claim.mailbox_id, error.reason):
                return lambda reply, now: replies.waiting(reply, now, "mailbox_needs_reauth")
            return _later(app, claim, error.reason)
        case Misconfigured():
            return _later(app, claim, error.reason, BROKEN_AFTER)
        case Throttled():
            until = error.retry_at or app.clock.now() + RETRY_AFTER
            return lambda reply, now: replies.put_off(reply, now, until, error.reason)
        case NotSent():
            return _later(app, claim, "gmail_unreachable")
        case _:
            return lambda reply, now: replies.doubtful(
                reply, now, max(now, replies.looked_for_at(reply))
            )


def _failed(failure: str) -> Outcome:
    return lambda reply, now: replies.failed(reply, now, failure)


def _later(app: App, claim: Reply, failure: str, wait: timedelta = RETRY_AFTER) -> Outcome:
    """Return the outcome of trying again, after twice the time at each attempt, up to an hour."""
    until = app.clock.now() + min(wait * 2 ** min(claim.sendings - 1, 10), replies.LOOKS_EVERY)
    return lambda reply, now: replies.put_off(reply, now, until, failure)


def look(app: App, reply_id: str, reply: Reply) -> Outcome:
    """Look for a mail that may have been sent; return what that makes of the reply."""
    started = reply.sending_started_at or reply.changed_at
    if app.clock.now() - started > replies.REVIEWED_AFTER:
        return lambda reply, now: replies.to_review(reply, now, replies.NOT_FOUND)
    gmail = app.mailboxes(reply.mailbox_id)
    key = app.keys.primary(TOKEN_KEY).value
    try:
        found = sent_mail.find(gmail, key, reply_id, reply.gmail_thread_id, started)
    except GmailError as error:
        log.event("WARNING", "reply.not_looked_for", reply=reply_id, reason=error.reason)
        if isinstance(error, NeedsReauth):
            mailbox_access.lose_grant(app, reply.mailbox_id, error.reason)
        wait = RETRY_AFTER if isinstance(error, Down | Throttled) else BROKEN_AFTER
        again = max(error.retry_at or app.clock.now(), app.clock.now() + wait)
        return lambda reply, now: replies.doubtful(reply, now, again)
    if found is None:
        return lambda reply, now: replies.to_review(reply, now, replies.NOT_FOUND)
    return lambda reply, now: replies.sent(reply, now, found.gmail_id, found.message_id)
