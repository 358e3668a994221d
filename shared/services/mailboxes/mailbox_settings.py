"""How a mailbox is worked in: hours and promised times, what goes out by itself, the words of it.

People who may see a mailbox see its settings; whoever may manage settings changes them. Texts are sealed
under the mailbox's key, and the audit log keeps the names of what was changed, not the contents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import mailboxes
from shared.domain.mailbox_settings import COLLECTION, MailboxSettings, Targets
from shared.domain.places import place
from shared.domain.service_clock import schedule_of
from shared.domain.tickets import Priority
from shared.errors import Conflict, Invalid, NotFound
from shared.permissions import Actor, Permission, require_in
from shared.services import audit_log, outbox
from shared.services.mailboxes import mailbox_access
from shared.services.outbox import Outbox
from shared.store.contract import Document, Transaction

MAX_TEXT: Final = 5_000
MAX_SUBJECT: Final = 200
MAX_TARGET_MINUTES: Final = 60 * 24 * 60  # two months of days and nights
MAX_REOPEN_DAYS: Final = 3_650
MAX_UNDO_SECONDS: Final = 120

_PRIORITIES: Final = frozenset(priority.value for priority in Priority)

# The sealed members that are changed here; others ("smtp") belong to their own services and stay.
_TEXTS: Final = {
    "signature": MAX_TEXT,
    "acknowledgement_subject": MAX_SUBJECT,
    "acknowledgement_text": MAX_TEXT,
    "from_address": 320,
}


_EXAMPLE: Final[Mapping[str, object]] = {
    "hours": {"mon": ["09:00-12:30", "13:30-17:00"], "sat": ["10:00-14:00"]},
    "holidays": ["2026-12-25"],
    "targets": {"urgent": Targets(30, 60, 480), "normal": Targets(240, 480, None)},
    "reopen_within_days": 30,
    "undo_seconds": 15,
    "acknowledgement_subject": "We have your message",
    "acknowledgement_text": "Thank you. Somebody will answer within a working day.",
    "from_address": "support@example.com",
}


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """What to change of a mailbox's settings; what is left out stays, and "" takes a text away.

    `targets` are by priority, in business minutes. `from_address` is the send-as address that replies
    come from where nobody chooses another.
    """

    EXAMPLE: ClassVar[Mapping[str, object]] = _EXAMPLE

    time_zone: str | None = None
    hours: Mapping[str, tuple[str, ...]] | None = None
    holidays: tuple[str, ...] | None = None
    targets: Mapping[str, Targets] | None = None
    reopen_within_days: int | None = None
    undo_seconds: int | None = None
    acknowledge: bool | None = None
    satisfaction: bool | None = None
    signature: str | None = None
    acknowledgement_subject: str | None = None
    acknowledgement_text: str | None = None
    from_address: str | None = None


@dataclass(frozen=True, slots=True)
class SettingsView:
    """A mailbox's settings as they are shown; "" stands for a text that nobody has set."""

    EXAMPLE: ClassVar[Mapping[str, object]] = _EXAMPLE

    time_zone: str
    hours: Mapping[str, tuple[str, ...]]
    holidays: tuple[str, ...]
    targets: Mapping[str, Targets]
    reopen_within_days: int
    undo_seconds: int
    acknowledge: bool
    satisfaction: bool
    signature: str
    acknowledgement_subject: str
    acknowledgement_text: str
    from_address: str
    version: int
    changed_by: str | None


def read(app: App, actor: Actor, mailbox_id: str) -> SettingsView:
    """Return a mailbox's settings. Raises NotFound, Forbidden."""
    require_in(actor, Permission.MAILBOX_READ, mailbox_id, "mailbox.not_found")
    keys = [(mailboxes.COLLECTION, mailbox_id), (COLLECTION, mailbox_id)]
    mailbox, stored = app.store.get_all(keys)
    if mailbox is None:
        raise NotFound("mailbox.not_found")
    return _view(app, mailbox_id, _settings(stored))


def change(
    app: App, actor: Actor, mailbox_id: str, wanted: SettingsChange, version: int
) -> SettingsView:
    """Change a mailbox's settings; they count everywhere within 30 seconds.

    What was promised on a ticket is worked out with the new settings when the ticket changes next. Raises
    NotFound, Forbidden, Conflict("mailbox_settings.changed_meanwhile"), and Invalid with the member where
    one makes no sense.
    """
    require_in(actor, Permission.SETTINGS_MANAGE, mailbox_id, "mailbox.not_found")
    _check(wanted)
    plain = _given(wanted, [name for name in codec.members(SettingsChange) if name not in _TEXTS])
    texts = _given(wanted, _TEXTS)

    def work(tx: Transaction, box: Outbox) -> MailboxSettings:
        keys = [(mailboxes.COLLECTION, mailbox_id), (COLLECTION, mailbox_id)]
        mailbox, stored = tx.get_all(keys)
        if mailbox is None or mailbox.data["state"] == mailboxes.MailboxState.DISCONNECTED:
            raise NotFound("mailbox.not_found")
        before = _settings(stored)
        if before.version != version:
            raise Conflict(
                "mailbox_settings.changed_meanwhile",
                version=before.version,
                changed_by=before.changed_by or "",
            )
        after = replace(before, **plain)
        try:
            schedule_of(after)
        except ValueError as error:
            raise Invalid("request.invalid_member", member=str(error)) from error
        known = opened(app, mailbox_id, before)
        worded = {name: text for name, text in (known | texts).items() if text != ""}
        if after == before and worded == known:
            return before
        changed = [name for name in plain if getattr(after, name) != getattr(before, name)]
        changed += [name for name in texts if texts[name] != known.get(name, "")]
        audit_id = _record(app, box, actor, mailbox_id, changed)
        after = replace(
            after,
            sealed=app.envelope.seal(mailbox_id, place(COLLECTION, mailbox_id), worded),
            version=before.version + 1,
            changed_by=actor.user_id,
            last_audit_id=audit_id,
        )
        tx.put(COLLECTION, mailbox_id, codec.to_document(after))
        return after

    settings = outbox.commit(app, work)
    mailbox_access.forget(app, mailbox_id)
    return _view(app, mailbox_id, settings)


def current(app: App, mailbox_id: str) -> MailboxSettings:
    """Return a mailbox's settings as they are now; one read."""
    return _settings(app.store.get(COLLECTION, mailbox_id))


def opened(app: App, mailbox_id: str, settings: MailboxSettings) -> dict[str, Any]:
    """Open the sealed texts of a mailbox's settings; a member that nobody has set is missing."""
    if settings.sealed is None:
        return {}
    value = app.envelope.open(mailbox_id, place(COLLECTION, mailbox_id), settings.sealed)
    assert isinstance(value, Mapping)
    return dict(value)


def _settings(stored: Document | None) -> MailboxSettings:
    return (
        MailboxSettings() if stored is None else codec.from_document(MailboxSettings, stored.data)
    )


def _given(wanted: SettingsChange, names: Sequence[str] | Mapping[str, int]) -> dict[str, Any]:
    values = {name: getattr(wanted, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def _check(wanted: SettingsChange) -> None:
    """Raise Invalid for a number out of bounds or a text that is too long."""
    for name, lowest, highest in (
        ("reopen_within_days", 0, MAX_REOPEN_DAYS),
        ("undo_seconds", 0, MAX_UNDO_SECONDS),
    ):
        number = getattr(wanted, name)
        if number is not None and not lowest <= number <= highest:
            raise Invalid("request.invalid_member", member=name)
    for priority, targets in (wanted.targets or {}).items():
        if priority not in _PRIORITIES:
            raise Invalid("request.invalid_member", member="targets")
        for name in codec.members(Targets):
            minutes = getattr(targets, name)
            if minutes is not None and not 1 <= minutes <= MAX_TARGET_MINUTES:
                raise Invalid("request.invalid_member", member=f"targets.{name}")
    for name, longest in _TEXTS.items():
        text = getattr(wanted, name)
        if text is not None and (len(text) > longest or "\0" in text):
            raise Invalid("request.invalid_member", member=name)
    if not (wanted.acknowledgement_subject or "").isprintable():
        raise Invalid("request.invalid_member", member="acknowledgement_subject")
    if wanted.from_address:
        from shared.mail.addresses import strict_address  # noqa: PLC0415 - loads tables of charsets

        if not strict_address(wanted.from_address):
            raise Invalid("request.invalid_member", member="from_address")


def _record(app: App, box: Outbox, actor: Actor, mailbox_id: str, names: Sequence[str]) -> str:
    happened = Happened(
        Action.MAILBOX_SETTINGS_CHANGED,
        audit_log.person(actor),
        Target("mailbox", mailbox_id, mailbox_id),
        changes=tuple({"field": name, "before": None, "after": None} for name in names),
    )
    return audit_log.record(app, box, happened)


def _view(app: App, mailbox_id: str, settings: MailboxSettings) -> SettingsView:
    try:
        texts = opened(app, mailbox_id, settings)
    except NotFound:  # disconnected: its key and its texts are gone
        texts = {}
    return SettingsView(
        time_zone=settings.time_zone,
        hours=settings.hours,
        holidays=settings.holidays,
        targets=settings.targets,
        reopen_within_days=settings.reopen_within_days,
        undo_seconds=settings.undo_seconds,
        acknowledge=settings.acknowledge,
        satisfaction=settings.satisfaction,
        signature=texts.get("signature", ""),
        acknowledgement_subject=texts.get("acknowledgement_subject", ""),
        acknowledgement_text=texts.get("acknowledgement_text", ""),
        from_address=texts.get("from_address", ""),
        version=settings.version,
        changed_by=settings.changed_by,
    )
