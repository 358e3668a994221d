"""Notifications by mail: which ticket, and why; never a word of the ticket itself. Or what of the desk.

To one person about one ticket goes one mail in five minutes, which tells all that is due by then; so does
one about the desk. The audit log's weekly checkpoint is a mail of its own, since whoever keeps it can prove
with it later what the log was (`tools/verify_audit.py --since`). To
one person twenty in an hour: the others wait, and most of them are read on the page meanwhile. Whoever
sends it first takes it for two minutes, so that a second delivery finds it taken. An instance that dies
with the mail on its way leaves it to be sent again after that, under the same Message-ID.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Final, Literal, cast

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import tickets
from shared.domain.events import NOTICE_DUE, NoticeDue
from shared.domain.notifications import COLLECTION, Kind, Notification, channel
from shared.domain.people import User
from shared.errors import NotFound, ProductError, Unavailable
from shared.services import audit_log, outbox
from shared.services.audit.sealed_log import CHECKPOINTS
from shared.services.notifications import audience, notice_pace
from shared.services.organisation import notices, system_mail
from shared.services.outbox import Outbox
from shared.store.contract import Filter, Order, Query, Transaction

TAKEN_FOR: Final = timedelta(minutes=2)  # longer than send_notice may run
MAX_MAILINGS: Final = 6  # over an hour
_FIRST_WAIT: Final = timedelta(minutes=1)
_TOGETHER: Final = 20  # notifications that one mail tells
_TEXTS: Final = Path(__file__).parent.parent.parent / "texts" / "notices.json"

_PLACES: Final[Mapping[Kind, str]] = {
    Kind.MAIL_MISSING: "admin/proofs/{mailbox}",
    Kind.DATA_REQUESTED: "admin/privacy",
    Kind.DATA_REQUEST_DUE: "admin/privacy",
}

Ended = Literal["given_up", "needless", "sent"]


@dataclass(frozen=True, slots=True)
class _Taken:
    """A mail that nobody else sends now, for the notification `id` and others of its ticket."""

    id: str
    first: Notification
    others: Mapping[str, Notification]
    user: User
    code: str  # of the ticket; "" for what is of none


def send(app: App, notification_id: str) -> None:
    """Send the mail of one notification, unless it is sent, taken, or no longer wanted.

    A mail server or a store that does not answer is asked again, a few times.
    """
    taken = app.store.transact(lambda tx: _take(app, tx, notification_id))
    if isinstance(taken, datetime):
        _later(app, notification_id, taken)
        return
    if taken is None:
        return
    try:
        _mail(app, taken)
    except ProductError as error:
        if isinstance(error, Unavailable) and taken.first.mailings < MAX_MAILINGS:
            wait = _FIRST_WAIT * 2 ** (taken.first.mailings - 1)
            _later(app, taken.id, app.clock.now() + wait, taken)
        else:
            _end(app, taken, "given_up", error.code)
    else:
        _end(app, taken, "sent")


def _mail(app: App, taken: _Taken) -> None:
    """Send the mail. Raises what `system_mail.send` raises, and NotFound("audit.nothing_sealed")."""
    user, first = taken.user, taken.first
    to, language = notices.address(app, first.user_id, user), user.language
    send = partial(system_mail.send, app, to=to, language=language, own_id=taken.id)
    if first.kind is Kind.LOG_CHECKPOINT:
        size, note = _checkpoint(app)
        send(kind="log_checkpoint", size=str(size), attached=(f"checkpoint-{size}.txt", note))
    elif first.ticket_id:
        link = f"{app.settings.public_url}/desk/#/tickets/{first.ticket_id}"
        send(kind="notice", ticket=taken.code, what=_what(taken), link=link)
    else:
        link = f"{app.settings.public_url}/desk/#/{_place(taken)}"
        send(kind="desk_notice", what=_what(taken), link=link)


def _place(taken: _Taken) -> str:
    """Return where on the page it stands what this mail tells; the start, where that is in several places."""
    told = (taken.first, *taken.others.values())
    places = {_PLACES.get(one.kind, "mailboxes").format(mailbox=one.mailbox_id) for one in told}
    return places.pop() if len(places) == 1 else ""


def _checkpoint(app: App) -> tuple[int, str]:
    """Return the newest signed checkpoint with its size. Raises NotFound("audit.nothing_sealed")."""
    newest = Query(CHECKPOINTS, order=(Order("size", descending=True),), limit=1)
    for document in app.audit.query(newest).documents:
        return cast("int", document.data["size"]), cast("str", document.data["text"])
    raise NotFound("audit.nothing_sealed")


def _take(app: App, tx: Transaction, id: str) -> _Taken | datetime | None:
    """Take the mail for oneself; or return until when it must wait, None where there is none to send."""
    now = app.clock.now()
    found = tx.get(COLLECTION, id)
    first = None if found is None else codec.from_document(Notification, found.data)
    if first is None or first.mail != "due":
        tx.delete(outbox.COLLECTION, id)
        return None
    ticket = tx.get(tickets.COLLECTION, first.ticket_id) if first.ticket_id else None
    gone = ticket is None and first.ticket_id != ""
    mailbox_id = first.mailbox_id if ticket is None else str(ticket.data["mailbox_id"])
    user = audience.allowed(tx, [first.user_id], first.kind, mailbox_id).get(first.user_id)
    pace = notice_pace.read(tx, id, first, now)
    due = tx.query(_due(first))
    # Every read stands above this line.
    if gone or user is None or not first.unread or not _wants(user, first):
        tx.update(COLLECTION, id, {"mail": "needless", "mail_until": None})
        tx.delete(outbox.COLLECTION, id)
        return None
    if first.mail_until is not None and first.mail_until > now:
        return first.mail_until
    if pace.free_at is not None:
        return pace.free_at
    notice_pace.write(tx, id, pace, now)
    first = replace(first, mailings=first.mailings + 1)
    others = {
        d.id: other
        for d in due.documents
        if d.id != id
        and (other := codec.from_document(Notification, d.data)).unread
        and (other.mail_until is None or other.mail_until <= now)
        and (other.kind is Kind.LOG_CHECKPOINT) == (first.kind is Kind.LOG_CHECKPOINT)
    }
    mail_until = now + TAKEN_FOR
    tx.update(COLLECTION, id, {"mail_until": mail_until, "mailings": first.mailings})
    for other_id in others:
        tx.update(COLLECTION, other_id, {"mail_until": mail_until})
    code = "" if ticket is None else str(ticket.data["code"])
    return _Taken(id, first, others, user, code)


def _due(first: Notification) -> Query:
    return Query(
        COLLECTION,
        (
            Filter("user_id", "==", first.user_id),
            Filter("ticket_id", "==", first.ticket_id),
            Filter("mail", "==", "due"),
        ),
        limit=_TOGETHER,
    )


def _wants(user: User, notification: Notification) -> bool:
    return channel(user.told, user.told_by_mail, notification.kind) == "mail"


def _later(app: App, id: str, at: datetime, taken: _Taken | None = None) -> None:
    """Ask for a mail again at a later time, and let go of it."""
    app.bus.publish(NOTICE_DUE, asdict(NoticeDue(id)), at)

    def work(tx: Transaction) -> None:
        if taken is not None:
            for notification_id in (taken.id, *taken.others):
                tx.update(COLLECTION, notification_id, {"mail_until": None})
        tx.delete(outbox.COLLECTION, id)

    app.store.transact(work)


def _end(app: App, taken: _Taken, how: Ended, reason: str | None = None) -> None:
    """Write what became of a mail; with it all that it told is told."""
    happened = Happened(
        Action.NOTIFICATION_MAILED,
        audit_log.function(app),
        Target("notification", taken.id, taken.first.mailbox_id),
        outcome="success" if reason is None else "failure",
        reason=reason,
    )

    def work(tx: Transaction, box: Outbox) -> None:
        audit_log.record(app, box, happened)
        for id in (taken.id, *taken.others):
            tx.update(COLLECTION, id, {"mail": how, "mail_until": None})
            tx.delete(outbox.COLLECTION, id)

    outbox.commit(app, work)


def _what(taken: _Taken) -> str:
    """Return what happened, each kind of it once."""
    words = _texts()[taken.user.language if taken.user.language in _texts() else "en"]
    kinds = dict.fromkeys((taken.first.kind, *(other.kind for other in taken.others.values())))
    return " ".join(words[kind] for kind in kinds)


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    read: Mapping[str, Mapping[str, str]] = json.loads(_TEXTS.read_text("utf-8"))
    return read
