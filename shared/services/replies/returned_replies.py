"""Our own replies, coming back by history as messages of their ticket.

That a mail with our mark is in the mailbox proves that it was sent, whatever the sender has heard of it. It
may come before the sender has written that down, or long after it has given up.
"""

from __future__ import annotations

from dataclasses import replace

from shared.app import App
from shared.domain import replies
from shared.domain.replies import Reply
from shared.services.outbox import Outbox
from shared.services.receiving.message_facts import Facts
from shared.services.replies import outgoing
from shared.store.contract import Transaction


def find(tx: Transaction, facts: Facts) -> tuple[str, Reply] | None:
    """Return the reply that a message says it is, if this mailbox has such a one; one read, or none."""
    if facts.reply_id is None:
        return None
    reply = outgoing.read(tx, facts.reply_id)
    if reply is None or reply.mailbox_id != facts.mailbox_id:
        return None
    return facts.reply_id, reply


def known_as(facts: Facts, reply: tuple[str, Reply] | None) -> Facts:
    """Return a message's facts, where it is a reply with its ticket's knowing of it already."""
    if reply is None:
        return facts
    return replace(facts, arrival=replace(facts.arrival, by_desk=True))


def prove(app: App, tx: Transaction, box: Outbox, facts: Facts, found: tuple[str, Reply]) -> None:
    """Write that the reply was sent, unless that is known.

    send_reply tells of it and cleans up: on the event that is on its way, or on one that is sent now.
    """
    reply_id, reply = found
    if reply.gmail_id is not None:
        return
    sent = replies.sent(reply, app.clock.now(), facts.gmail_id, facts.mail.message_id or None)
    if reply.state not in replies.IN_FLIGHT and not reply.recorded:
        sent = replace(sent, fence=reply.fence + 1)
        outgoing.announce(box, reply_id, sent)
    outgoing.put(tx, reply_id, sent)
