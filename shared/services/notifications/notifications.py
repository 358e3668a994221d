"""Telling people of what concerns them: who is told of an event, in the page and by mail as they chose.

A notification's id is derived from the person and what they are told of, so an event that is delivered
again finds it. Nobody is told of their own deed, of muted mail, or of a ticket that they may not see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from shared import clock, codec, ids
from shared.app import App
from shared.audit.events import Action
from shared.domain import mailboxes, messages, notifications, replies, teams, tickets
from shared.domain.events import NOTICE_DUE, NoticeDue
from shared.domain.messages import Direction, Message
from shared.domain.notifications import COLLECTION, Kind, Notification, channel
from shared.domain.people import USERS
from shared.domain.recorded import Recorded
from shared.domain.replies import Reply
from shared.domain.teams import Team
from shared.domain.tickets import Ticket
from shared.services import outbox
from shared.services.notifications import audience
from shared.services.outbox import Outbox
from shared.store.contract import SERVER_TIME, Filter, Query, Transaction

_REPLY_ENDED: Final = frozenset({Action.REPLY_FAILED, Action.REPLY_NEEDS_REVIEW})
_BY_ITSELF: Final[Mapping[str, Kind]] = {
    Action.TICKET_SLA_BREACHED: Kind.SLA_BREACHED,
    Action.TICKET_SNOOZE_ENDED: Kind.SNOOZE_ENDED,
}
_OF_MAILBOX: Final[Mapping[str, Kind]] = {
    Action.BREAK_GLASS_ASKED: Kind.GLASS_ASKED,
    Action.BREAK_GLASS_OPENED: Kind.GLASS_BROKEN,
}
_OF_PRIVACY: Final[Mapping[str, Kind]] = {
    Action.DATA_REQUESTED: Kind.DATA_REQUESTED,
    Action.DATA_REQUEST_DUE: Kind.DATA_REQUEST_DUE,
}
# The weekly checkpoint goes out when one of these hours strikes for the sealer: the first not to be lost.
_CHECKPOINT_DAY: Final = 0  # Monday
_CHECKPOINT_HOURS: Final = range(6, 9)  # UTC
_MEMBERS: Final = 500  # of one mailbox, or of the desk
_TOGETHER: Final = 50  # notifications in one transaction


@dataclass(frozen=True, slots=True)
class _News:
    """Something to tell these people; `key` names it once and for all, `about` is what it is of."""

    kind: Kind
    user_ids: tuple[str, ...]
    ticket_id: str
    key: str
    about: str | None = None


def react_to(app: App, event: Recorded) -> None:
    """Tell whoever an event concerns; an event that concerns nobody costs no read."""
    if (kind := _OF_PRIVACY.get(event.action)) is not None:
        _tell(app, event, "", _News(kind, _everybody(app), "", event.id))
    if event.action == Action.LOG_HEARTBEAT:
        _tell_of_the_log(app, event)
    if event.mailbox_id is None:
        return
    for news in _news(app, event):
        _tell(app, event, event.mailbox_id, news)


def _news(app: App, event: Recorded) -> Iterator[_News]:
    if (kind := _OF_MAILBOX.get(event.action)) is not None and event.mailbox_id is not None:
        yield _News(kind, _of_mailbox(app, event.mailbox_id), "", event.id)
    if event.action == Action.MAILBOX_RECONCILED and event.outcome == "failure":
        yield _News(Kind.MAIL_MISSING, _everybody(app), "", event.id, event.mailbox_id)
    if event.target_type != "ticket" or event.target_id is None:
        return
    ticket_id, after = event.target_id, {c["field"]: c["after"] for c in event.changes}
    mentioned = tuple(c["after"] for c in event.changes if c["field"] == "mention")
    if mentioned:
        note_id = after["note"]
        yield _News(Kind.MENTIONED, mentioned, ticket_id, note_id, note_id)
    if after.get("assignee_id"):
        yield _News(Kind.ASSIGNED, (after["assignee_id"],), ticket_id, event.id)
    if after.get("team_id"):
        yield _News(Kind.TEAM_ASSIGNED, _members(app, after["team_id"]), ticket_id, event.id)
    if event.action == Action.MESSAGE_JOINED:
        yield from _answer(app, event, ticket_id, ticket_id)
    if after.get("follow_up_of"):  # an answer to what is long closed opens another ticket
        yield from _answer(app, event, after["follow_up_of"], ticket_id)
    if event.action in _REPLY_ENDED:
        yield from _failed_reply(app, event, after["reply"])
    if (kind := _BY_ITSELF.get(event.action)) is not None:
        yield _News(kind, _concerned(app, ticket_id), ticket_id, event.id)


def _tell_of_the_log(app: App, event: Recorded) -> None:
    """Tell whoever may read the audit log of its checkpoint, once a week."""
    struck = clock.from_text(event.time)
    if struck.weekday() != _CHECKPOINT_DAY or struck.hour not in _CHECKPOINT_HOURS:
        return
    week = struck.date().isoformat()
    _tell(app, event, "", _News(Kind.LOG_CHECKPOINT, _everybody(app), "", week))


def _answer(app: App, event: Recorded, known_as: str, ticket_id: str) -> Iterator[_News]:
    """Find mail from outside that is not muted, for those who work on the ticket that they know.

    One on which nobody works costs no more reads.
    """
    concerned = _concerned(app, known_as)
    if not concerned:
        return
    joined = [c["after"] for c in event.changes if c["field"] == "message"]
    for document in app.store.get_all([(messages.COLLECTION, id) for id in joined]):
        message = None if document is None else codec.from_document(Message, document.data)
        if message and message.direction is Direction.IN and not message.muted:
            assert document is not None
            yield _News(Kind.ANSWERED, concerned, ticket_id, document.id, document.id)
            return


def _failed_reply(app: App, event: Recorded, reply_id: str) -> Iterator[_News]:
    found = app.store.get(replies.COLLECTION, reply_id)
    reply = None if found is None else codec.from_document(Reply, found.data)
    if reply is not None and reply.author_id is not None:
        author = (reply.author_id,)
        yield _News(Kind.REPLY_FAILED, author, reply.ticket_id, event.id, reply_id)


def _members(app: App, team_id: str) -> tuple[str, ...]:
    found = app.store.get(teams.COLLECTION, team_id)
    return () if found is None else codec.from_document(Team, found.data).member_ids


def _everybody(app: App) -> tuple[str, ...]:
    """Return who may sign in; of those, who may be told of a thing is asked later."""
    active = Query(USERS, (Filter("disabled", "==", False),), limit=_MEMBERS)
    return tuple(document.id for document in app.store.query(active).documents)


def _of_mailbox(app: App, mailbox_id: str) -> tuple[str, ...]:
    """Return a mailbox's members and who connected it; who asks themselves is left out later."""
    members = Filter("mailbox_ids", "array_contains", mailbox_id)
    found = app.store.query(Query(USERS, (members,), limit=_MEMBERS)).documents
    mailbox = app.store.get(mailboxes.COLLECTION, mailbox_id)
    owner = () if mailbox is None else (str(mailbox.data["connected_by"]),)
    return tuple(dict.fromkeys((*owner, *(document.id for document in found))))


def _concerned(app: App, ticket_id: str) -> tuple[str, ...]:
    """Return who is assigned to a ticket or follows it."""
    found = app.store.get(tickets.COLLECTION, ticket_id)
    if found is None:
        return ()
    ticket = codec.from_document(Ticket, found.data)
    assigned = () if ticket.assignee_id is None else (ticket.assignee_id,)
    return tuple(dict.fromkeys((*assigned, *ticket.followers)))


def _tell(app: App, event: Recorded, mailbox_id: str, news: _News) -> None:
    """Write what each of these people is told, where they may see what it is of and want to know."""
    seeing = audience.allowed(app.store, news.user_ids, news.kind, mailbox_id)
    told: dict[str, Notification] = {}
    for user_id, user in seeing.items():
        how = channel(user.told, user.told_by_mail, news.kind)
        if how == "none" or user.pseudonym == event.actor:
            continue
        id = ids.derived_id(ids.NOTIFICATION, "notification", news.kind, news.key, user_id)
        told[id] = Notification(
            user_id=user_id,
            kind=news.kind,
            ticket_id=news.ticket_id,
            mailbox_id=mailbox_id,
            about=news.about,
            created_at=app.clock.now(),
            expires_at=app.clock.now() + notifications.KEPT,
            mail="due" if how == "mail" else "none",
        )
    rows = list(told.items())
    for first in range(0, len(rows), _TOGETHER):
        _write(app, rows[first : first + _TOGETHER])


def _write(app: App, told: Sequence[tuple[str, Notification]]) -> None:
    """Create what is not there yet, each with its event where there is a mail to be sent."""

    def work(tx: Transaction, box: Outbox) -> None:
        there = tx.get_all([(COLLECTION, id) for id, _ in told])
        for (id, notification), found in zip(told, there, strict=True):
            if found is not None:
                continue
            document = codec.to_document(notification) | {"created_at": SERVER_TIME}
            tx.create(COLLECTION, id, document)
            if notification.mail == "due":
                box.add(id, NOTICE_DUE, asdict(NoticeDue(id)))

    outbox.commit(app, work)
