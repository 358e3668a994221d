"""How long a mailbox's content is kept: decided by administrators, who are shown before what it erases."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import mailboxes
from shared.domain.erasures import Erasure, ErasureKind, erasure_id
from shared.domain.retention import COLLECTION, MAX_DAYS, Kept, Rules
from shared.errors import Conflict, Invalid, NotFound
from shared.permissions import Actor, Permission, require_in
from shared.services import audit_log, outbox
from shared.services.outbox import Outbox
from shared.services.privacy import erasing, erasure_steps
from shared.services.retention import legal_holds, too_old
from shared.store.contract import Filter, Query, Reader, Transaction

MOST_COUNTED: Final = 1_000  # of each kind, before anything is turned on
_APART: Final = timedelta(hours=12)
_PAGE: Final = 200
_PAGES: Final = 20  # read for one kind's preview, where much of what is read is on hold


@dataclass(frozen=True, slots=True)
class Days:
    """How many days each kind is kept; null keeps it until the mailbox is disconnected."""

    EXAMPLE: ClassVar[dict[str, object]] = {"tickets": 730, "notes": None, "comments": 365}

    tickets: int | None = None
    notes: int | None = None
    comments: int | None = None
    customers: int | None = None


@dataclass(frozen=True, slots=True)
class LastApplied:
    """The last run of a mailbox's rules: what it erased of each kind, and when it ended (null: not yet)."""

    begun_at: datetime
    finished_at: datetime | None
    erased: dict[str, int]


@dataclass(frozen=True, slots=True)
class RulesView:
    """A mailbox's rules. `held`: the whole mailbox is on legal hold, so that nothing is erased."""

    days: Days
    held: bool
    last: LastApplied | None
    version: int
    changed_by: str | None


@dataclass(frozen=True, slots=True)
class WouldErase:
    """How much of one kind is too old now, with the dates of the oldest and the newest.

    `more`: there is more than was counted.
    """

    kind: Kept
    count: int
    more: bool
    oldest: datetime | None
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What rules would erase at once, had they been saved; nothing was."""

    items: tuple[WouldErase, ...]


def read(app: App, actor: Actor, mailbox_id: str) -> RulesView:
    """Return a mailbox's rules. Raises NotFound("mailbox.not_found"), Forbidden."""
    require_in(actor, Permission.PRIVACY_MANAGE, mailbox_id, "mailbox.not_found")
    _require_living(app.store, mailbox_id)
    return _view(app, mailbox_id, load(app.store, mailbox_id))


def preview(app: App, actor: Actor, mailbox_id: str, days: Days) -> Preview:
    """Return what these rules would erase now. Reads only. Raises NotFound, Forbidden, Invalid."""
    require_in(actor, Permission.PRIVACY_MANAGE, mailbox_id, "mailbox.not_found")
    _require_living(app.store, mailbox_id)
    _check(days)
    rules = Rules(mailbox_id, **asdict(days))
    held = legal_holds.held(app.store, mailbox_ids=[mailbox_id])
    asked = [(kind, rules.cutoff(kind, app.clock.now())) for kind in Kept]
    return Preview(
        tuple(
            _counted(app, mailbox_id, kind, None if held else cutoff)
            for kind, cutoff in asked
            if cutoff is not None
        )
    )


def change(app: App, actor: Actor, mailbox_id: str, days: Days, version: int) -> RulesView:
    """Decide how long a mailbox's content is kept; the next day's run is the first that goes by it.

    Raises NotFound, Forbidden, Invalid, Conflict("retention.changed_meanwhile").
    """
    require_in(actor, Permission.PRIVACY_MANAGE, mailbox_id, "mailbox.not_found")
    _check(days)

    def work(tx: Transaction, box: Outbox) -> Rules:
        _require_living(tx, mailbox_id)
        before = load(tx, mailbox_id)
        if before.version != version:
            raise Conflict(
                "retention.changed_meanwhile",
                version=before.version,
                changed_by=before.changed_by or "",
            )
        wanted = asdict(days)
        changes = tuple(
            {"field": kind.value, "before": getattr(before, kind.value), "after": wanted[kind]}
            for kind in Kept
            if getattr(before, kind.value) != wanted[kind]
        )
        if not changes:
            return before
        target = Target("mailbox", mailbox_id, mailbox_id)
        who = audit_log.person(actor)
        happened = Happened(Action.RETENTION_CHANGED, who, target, changes=changes)
        after = replace(
            before,
            **wanted,
            active=any(value is not None for value in wanted.values()),
            version=before.version + 1,
            changed_by=actor.user_id,
            last_audit_id=audit_log.record(app, box, happened),
        )
        tx.put(COLLECTION, mailbox_id, codec.to_document(after))
        return after

    return _view(app, mailbox_id, outbox.commit(app, work))


def tick(app: App) -> int:
    """Begin the day's run of every mailbox that has rules; returns how many.

    One that was begun in the last hours is the day's: the tick itself may come twice.
    """
    cursor, begun, since = None, 0, app.clock.now() - _APART
    active = (Filter("active", "==", True),)
    while True:
        page = app.store.query(Query(COLLECTION, active, limit=_PAGE, cursor=cursor))
        for document in page.documents:
            id = erasure_id(ErasureKind.RETENTION, document.id)
            known = erasure_steps.load(app.store, id)
            if known is None or known.requested_at < since:
                erasing.request(app, ErasureKind.RETENTION, document.id, app.function)
                begun += 1
        cursor = page.next
        if cursor is None:
            return begun


def load(reader: Reader, mailbox_id: str) -> Rules:
    """Return a mailbox's rules; of one that nobody decided on, everything is kept."""
    found = reader.get(COLLECTION, mailbox_id)
    return Rules(mailbox_id) if found is None else codec.from_document(Rules, found.data)


def _require_living(reader: Reader, mailbox_id: str) -> None:
    found = reader.get(mailboxes.COLLECTION, mailbox_id)
    if found is None or found.data["state"] == mailboxes.MailboxState.DISCONNECTED:
        raise NotFound("mailbox.not_found")


def _check(days: Days) -> None:
    for kind in Kept:
        value = getattr(days, kind.value)
        if value is not None and not 1 <= value <= MAX_DAYS:
            raise Invalid("request.invalid_member", member=kind.value)


def _counted(app: App, mailbox_id: str, kind: Kept, cutoff: datetime | None) -> WouldErase:
    """Count what is too old of one kind; None counts nothing, of what is held as a whole."""
    found: list[datetime] = []
    cursor, more = None, False
    for _ in range(_PAGES if cutoff is not None else 0):
        assert cutoff is not None
        page = too_old.page(app, mailbox_id, kind, cutoff, cursor)
        found += (one.at for one in page.found)
        cursor = page.next
        more = cursor is not None
        if not more or len(found) >= MOST_COUNTED:
            break
    oldest, newest = min(found, default=None), max(found, default=None)
    return WouldErase(kind, len(found), more, oldest, newest)


def _view(app: App, mailbox_id: str, rules: Rules) -> RulesView:
    erasure = erasure_steps.load(app.store, erasure_id(ErasureKind.RETENTION, mailbox_id))
    return RulesView(
        days=Days(**{kind.value: getattr(rules, kind.value) for kind in Kept}),
        held=legal_holds.held(app.store, mailbox_ids=[mailbox_id]),
        last=_last(erasure),
        version=rules.version,
        changed_by=rules.changed_by,
    )


def _last(erasure: Erasure | None) -> LastApplied | None:
    if erasure is None:
        return None
    return LastApplied(erasure.requested_at, erasure.finished_at, dict(erasure.counts))
