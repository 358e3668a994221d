"""Replies set on their way by a person, taken back, sent again, and settled after a doubt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from shared import codec
from shared.app import App
from shared.audit.events import Action
from shared.domain import messages, replies
from shared.domain.mailbox_settings import MailboxSettings
from shared.domain.messages import Message
from shared.domain.replies import NotAllowedNow, Reply, ReplyState
from shared.domain.tickets import Ticket, TicketState, family
from shared.errors import Conflict, Invalid, NotFound
from shared.permissions import Actor, Permission, require_in
from shared.services import outbox
from shared.services.accounts import people
from shared.services.mailboxes import mailbox_sending, mailbox_settings
from shared.services.organisation import notices
from shared.services.outbox import Outbox
from shared.services.reading import message_bodies
from shared.services.replies import outgoing, reply_drafts, reply_mail, reply_rows, uploads
from shared.services.replies.reply_rows import QueuedReply, ReplyRow
from shared.services.reports import satisfaction
from shared.services.tickets import ticket_changes
from shared.services.tickets.ticket_rows import ticket_row
from shared.store.contract import Filter, Order, Query, Transaction

_NEW_SHOWN: Final = 20

Decision = Literal["sent", "send_again"]


@dataclass(frozen=True, slots=True)
class Queueing:
    """How a reply is to be sent.

    `conversation` is the ticket's as the author has seen it. `anyway`: also where somebody has written
    since. `confirmed`: also to somebody who is new in the conversation, together with others.
    """

    conversation: int
    send_at: datetime | None = None
    then_state: TicketState | None = None
    anyway: bool = False
    confirmed: bool = False


def queue(
    app: App, actor: Actor, ticket_id: str, reply_id: str, how: Queueing, version: int
) -> QueuedReply:
    """Queue a draft: it leaves after the mailbox's time to undo, or at a time of at most 30 days ahead.

    Raises NotFound, Forbidden, Conflict("reply.changed_meanwhile"), Conflict("reply.no_draft"), and what
    `again` raises.
    """
    return _set_off(app, actor, ticket_id, reply_id, how, (ReplyState.DRAFT,), version)


def again(app: App, actor: Actor, ticket_id: str, reply_id: str, how: Queueing) -> QueuedReply:
    """Queue a reply that failed, or that was held because the conversation had moved.

    Raises NotFound, Forbidden, Conflict("ticket.merged"), Conflict("ticket.content_destroyed"),
    Conflict("reply.conversation_moved") with the ids of what is new, Conflict("reply.new_participants"),
    Invalid("reply.nobody_to_send_to"), Invalid("reply.send_at_invalid").
    """

    def held(reply: Reply) -> bool:
        return reply.state is ReplyState.FAILED or reply.failure == replies.CONVERSATION_MOVED

    from_states = (ReplyState.FAILED, ReplyState.NEEDS_REVIEW)
    return _set_off(app, actor, ticket_id, reply_id, how, from_states, None, held)


def settle(
    app: App, actor: Actor, ticket_id: str, reply_id: str, decision: Decision, how: Queueing
) -> ReplyRow:
    """Decide what became of a reply that may or may not have been sent: it was, or it is sent once more.

    Raises NotFound, Forbidden, Conflict("reply.not_in_review"), and what `again` raises.
    """
    if decision == "send_again":

        def doubted(reply: Reply) -> bool:
            return reply.failure != replies.CONVERSATION_MOVED

        states = (ReplyState.NEEDS_REVIEW,)
        return _set_off(app, actor, ticket_id, reply_id, how, states, None, doubted).reply

    ticket, _ = reply_rows.load(app.store, actor, ticket_id, reply_id)
    by_smtp = mailbox_sending.is_by_smtp(app, ticket.mailbox_id)

    def work(tx: Transaction, box: Outbox) -> Reply:
        ticket, reply = reply_rows.load(tx, actor, ticket_id, reply_id)
        if reply.state is ReplyState.SENT:
            return reply
        if reply.state is not ReplyState.NEEDS_REVIEW or reply.failure != replies.NOT_FOUND:
            raise Conflict("reply.not_in_review", state=reply.state.value)
        files = uploads.existing(tx, reply.upload_ids)
        uploads.expire(app, tx, files)
        sent = replies.sent(reply, app.clock.now(), None, None)
        kept = reply.sealed if by_smtp else None  # else it is in the mailbox, or was never sent
        sent = replace(sent, sealed=kept, changed_by=actor.user_id, recorded=True)
        _, written = reply_drafts.write(
            app, actor, tx, box, (ticket_id, ticket, ticket), (reply_id, sent),
            Action.REPLY_SETTLED,
        )  # fmt: skip
        return written

    return reply_rows.row(app, reply_id, outbox.commit(app, work))


def undo(app: App, actor: Actor, ticket_id: str, reply_id: str) -> ReplyRow:
    """Make a draft again of a reply that was certainly not sent.

    Raises NotFound, Forbidden, Conflict("reply.may_be_sent").
    """

    def work(tx: Transaction, box: Outbox) -> Reply:
        ticket, reply = reply_rows.load(tx, actor, ticket_id, reply_id)
        if reply.state is ReplyState.DRAFT:
            return reply
        try:
            draft = replies.taken_back(reply, app.clock.now(), actor.user_id)
        except NotAllowedNow:
            raise Conflict("reply.may_be_sent", state=reply.state.value) from None
        _, written = reply_drafts.write(
            app, actor, tx, box, (ticket_id, ticket, ticket), (reply_id, draft),
            Action.REPLY_TAKEN_BACK,
        )  # fmt: skip
        return written

    return reply_rows.row(app, reply_id, outbox.commit(app, work))


def _set_off(
    app: App,
    actor: Actor,
    ticket_id: str,
    reply_id: str,
    how: Queueing,
    states: tuple[ReplyState, ...],
    version: int | None,
    also: Callable[[Reply], bool] = lambda _: True,
) -> QueuedReply:
    now = app.clock.now()
    if how.send_at is not None and not now < how.send_at <= now + replies.MAX_DELAY:
        raise Invalid("reply.send_at_invalid", most_days=replies.MAX_DELAY.days)
    ticket, reply = reply_rows.load(app.store, actor, ticket_id, reply_id)
    if how.then_state is not None:
        mailbox_id = ticket.mailbox_id
        require_in(actor, Permission.TICKET_WRITE, mailbox_id, "ticket.not_found")
    seen = reply.version if version is None else version

    def check(reply: Reply) -> None:
        reply_drafts.require_version(reply, seen)
        if reply.state not in states or not also(reply):
            raise Conflict(_REFUSALS.get(states[0], "reply.not_held"), state=reply.state.value)

    check(reply)
    settings = mailbox_settings.current(app, ticket.mailbox_id)
    try:
        frozen = _frozen(app, actor, reply_id, reply, settings)
        if how.then_state is TicketState.SOLVED:
            frozen["invitation"] = _invitation(app, actor, ticket_id, ticket, settings)
    except NotFound:
        raise Conflict("ticket.content_destroyed") from None
    recipients = [*frozen["to"], *frozen["cc"], *frozen["bcc"]]
    if not recipients:
        raise Invalid("reply.nobody_to_send_to")
    if not how.confirmed and len(recipients) > 1 and _new_among(frozen):
        raise Conflict("reply.new_participants")
    undo_seconds = 0 if how.send_at else settings.undo_seconds
    not_before = how.send_at or now + timedelta(seconds=undo_seconds)

    def work(tx: Transaction, box: Outbox) -> tuple[Ticket, Reply]:
        ticket, reply = reply_rows.load(tx, actor, ticket_id, reply_id)
        check(reply)
        ticket_changes.require_whole(ticket)
        if ticket.conversation != how.conversation and not how.anyway:
            raise _Moved(ticket)
        conversation = ticket.conversation + 1
        queued = replies.queued(
            replace(reply, sealed=outgoing.seal(app, reply.mailbox_id, reply_id, frozen)),
            now,
            not_before,
            conversation=conversation,
            by=actor.user_id,
        )
        answered = replace(
            ticket,
            conversation=conversation,
            state=how.then_state or _answered(ticket.state),
            assignee_id=ticket.assignee_id or actor.user_id,
        )
        written = reply_drafts.write(
            app, actor, tx, box, (ticket_id, ticket, answered), (reply_id, queued),
            Action.REPLY_QUEUED,
        )  # fmt: skip
        outgoing.announce(box, reply_id, queued)
        return written

    try:
        written_ticket, written = outbox.commit(app, work)
    except _Moved as moved:
        raise _moved(app, ticket_id, moved.ticket, how.conversation) from None
    return QueuedReply(
        reply_rows.row(app, reply_id, written), ticket_row(app, ticket_id, written_ticket)
    )


_REFUSALS: Final = {
    ReplyState.DRAFT: "reply.no_draft",
    ReplyState.NEEDS_REVIEW: "reply.not_in_review",
}


class _Moved(Exception):
    """Somebody has written since the author looked; carries the ticket as it is."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__()
        self.ticket = ticket


def _moved(app: App, ticket_id: str, ticket: Ticket, seen: int) -> Conflict:
    """Return the refusal that names what the author has not seen: messages, and replies on their way."""
    number = min(max(1, ticket.conversation - seen), _NEW_SHOWN)
    of_ticket = Filter("ticket_id", "in", family(ticket_id, ticket))
    newest = Order("received_at", descending=True)
    page = app.store.query(Query(messages.COLLECTION, (of_ticket,), (newest,), limit=number))
    on_their_way = (of_ticket, Filter("done", "==", False))
    latest = Order("created_at", descending=True)
    others = app.store.query(Query(replies.COLLECTION, on_their_way, (latest,), limit=_NEW_SHOWN))
    return Conflict(
        "reply.conversation_moved",
        conversation=ticket.conversation,
        messages=[document.id for document in page.documents],
        replies=[d.id for d in others.documents if d.data["state"] in replies.IN_FLIGHT],
    )


def _answered(state: TicketState) -> TicketState:
    """Return what answering makes of a ticket's state, where the author does not say."""
    return TicketState.OPEN if state is TicketState.NEW else state


def _new_among(fields: dict[str, Any]) -> bool:
    new = {address.lower() for address in fields.get("new_participants", ())}
    named = (*fields["to"], *fields["cc"], *fields["bcc"])
    return any(who["address"].lower() in new for who in named)


def _frozen(
    app: App, actor: Actor, reply_id: str, reply: Reply, settings: MailboxSettings
) -> dict[str, Any]:
    """Return a reply's content with what will follow its text: the signature, and what it answers.

    A text that is in the cache no more is read from Gmail when the reply is sent.
    """
    fields = dict(outgoing.unseal(app, reply_id, reply))
    fields |= {"signature": "", "quoted": None, "invitation": None}
    user = people.load(app.store, actor.user_id)
    if reply.signs:
        own = notices.opened(app, actor.user_id, user).get("signature", "")
        texts = mailbox_settings.opened(app, reply.mailbox_id, settings)
        common = texts.get("signature", "")
        fields["signature"] = "\n".join(text for text in (own, common) if text)
    parent_id = reply.parent_message_id
    found = app.store.get(messages.COLLECTION, parent_id) if reply.quotes and parent_id else None
    if found is not None and parent_id is not None and found.data["state"] == "stored":
        parent = codec.from_document(Message, found.data)
        sender = outgoing.fields_of(app, parent_id, parent).get("from")
        if sender:
            zone, language = settings.time_zone, user.language
            line = reply_mail.attribution(sender, parent.received_at, zone, language)
            [body] = message_bodies.cached(app, [(parent_id, parent)])
            text = None if body is None else reply_mail.quotable(body["text"])
            fields["quoted"] = {"attribution": line, "text": text}
    return fields


def _invitation(
    app: App, actor: Actor, ticket_id: str, ticket: Ticket, settings: MailboxSettings
) -> dict[str, str] | None:
    """Return what asks the customer of a ticket that is solved how they were helped, if that is asked."""
    link = satisfaction.link(app, ticket_id, ticket, settings)
    if link is None:
        return None
    text, as_html = satisfaction.invitation(link, actor.language)
    return {"text": text, "html": as_html}
