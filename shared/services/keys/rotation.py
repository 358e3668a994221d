"""Rotating APP_KEY without downtime: a new version wraps, every data key is wrapped anew, the old one goes.

    rotate    adds a version, lets it seal, wraps every data key anew (and its copy elsewhere), counts what is
              left under older versions. Run again until nothing is left: instances remember the older
              primary version for five minutes and may wrap new keys under it until then.
    disable   lets older versions open nothing; can be taken back
    destroy   for ever, when no backup is left that is older than the disabling

At every moment each data key opens: a version that an instance does not know yet is asked for by its id.
Only data keys are wrapped under APP_KEY; what they seal stays as it is. How far a rotation is stands in the
keyring (`rotations/app-key`), where no restore of another database reaches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.errors import Conflict
from shared.keys.contract import APP_KEY, CACHE_SECONDS
from shared.keys.envelope import COLLECTION as KEYS
from shared.services import audit_log, outbox
from shared.services.keys import keyring_copies
from shared.store.contract import Filter, Query

ROTATIONS: Final = "rotations"
LEARNT_AFTER: Final = timedelta(seconds=CACHE_SECONDS + 60)
BACKUPS_LAST: Final = timedelta(days=30)  # the longest retention that infra/firestore.tf allows
_PAGE: Final = 100
_UP_TO: Final = 1_000_000

Report = Callable[[int, int], None]  # wrapped anew so far, left


@dataclass(frozen=True, slots=True)
class Rotation:
    """How far the newest rotation is; `disabled` says since when a version opens nothing."""

    to: str
    moved_at: datetime | None = None
    finished: bool = False
    disabled: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left: `left` data keys under older versions; unless `finished`, run it `again_at`."""

    primary: str
    left: int
    finished: bool
    again_at: datetime


def rotate(app: App, operator: str, report: Report) -> Outcome:
    """Begin a rotation, or go on with the one that is under way. Raises Unavailable: run it again."""
    rotation = _moved(app, operator, _begun(app))
    assert rotation.moved_at is not None
    done = 0
    for key_id in _older(app, rotation.to):
        for owner in _owners_under(app, key_id):
            done += app.envelope.rewrap(owner)
            if done % _PAGE == 0:
                report(done, left(app, rotation.to))
    remaining = left(app, rotation.to)
    report(done, remaining)
    again_at = rotation.moved_at + LEARNT_AFTER
    finished = remaining == 0 and app.clock.now() >= again_at
    if finished:
        _keep(app, replace(rotation, finished=True))
    return Outcome(rotation.to, remaining, finished, again_at)


def disable(app: App, operator: str) -> list[str]:
    """Disable the older versions; returns them. Can be taken back by `enable`.

    Raises Conflict("rotation.not_finished") before a rotation found nothing left, Conflict("rotation.left")
    where something is under an older version, Conflict("keyring.copies_differ").
    """
    rotation = _finished(app)
    if keyring_copies.check(app, mend=False).wrong:
        raise Conflict("keyring.copies_differ")
    older = _older(app, rotation.to)
    for key_id in older:
        since = rotation.disabled.get(key_id, app.clock.now())
        rotation = replace(rotation, disabled={**rotation.disabled, key_id: since})
        _keep(app, rotation)
        app.key_administration.disable_version(key_id)
    _record(app, operator, Action.KEY_DISABLED, rotation.to)
    return older


def enable(app: App, operator: str, key_id: str) -> None:
    """Let a disabled version open again; its soak begins anew when it is disabled again."""
    app.key_administration.enable_version(key_id)
    rotation = _read(app)
    if rotation is not None:
        kept = {id: since for id, since in rotation.disabled.items() if id != key_id}
        _keep(app, replace(rotation, disabled=kept))
    _record(app, operator, Action.KEY_ENABLED, key_id)


def destroy(app: App, operator: str) -> list[str]:
    """Destroy the versions that were disabled for as long as a backup lasts; returns them.

    Raises as `disable` does, and Conflict("rotation.too_early") while none was disabled that long.
    """
    rotation = _finished(app)
    now = app.clock.now()
    listed = {version.id: version for version in app.key_administration.versions(APP_KEY)}
    due = [
        key_id
        for key_id, since in rotation.disabled.items()
        if now - since >= BACKUPS_LAST and key_id in listed and listed[key_id].state == "disabled"
    ]
    if not due:
        raise Conflict("rotation.too_early")
    for key_id in due:
        app.key_administration.destroy_version(key_id)
    _record(app, operator, Action.KEY_DESTROYED, rotation.to)
    return due


def left(app: App, primary: str) -> int:
    """Count the data keys that are wrapped under another version than this one, up to a million each."""
    return sum(
        app.keyring.count(Query(KEYS, (Filter("kid", "==", key_id),)), _UP_TO)
        for key_id in _older(app, primary)
    )


def _begun(app: App) -> Rotation:
    """Return the rotation under way, or a new one with a version to rotate to."""
    known = _read(app)
    if known is not None and not known.finished:
        return known
    versions = app.key_administration.versions(APP_KEY)
    primary = next(version for version in versions if version.primary)
    # A version that an earlier run added, and then died: it is newer, and seals nothing yet.
    waiting = [v.id for v in versions[versions.index(primary) + 1 :] if v.state == "enabled"]
    to = waiting[-1] if waiting else app.key_administration.add_version(APP_KEY)
    rotation = Rotation(to, disabled={} if known is None else known.disabled)
    _keep(app, rotation)
    return rotation


def _moved(app: App, operator: str, rotation: Rotation) -> Rotation:
    """Let the new version seal. When that was is noted after it: too late at worst, never too early."""
    if rotation.moved_at is not None:
        return rotation
    app.key_administration.set_primary(rotation.to)
    moved = replace(rotation, moved_at=app.clock.now())
    _record(app, operator, Action.KEY_ROTATED, rotation.to)
    _keep(app, moved)
    return moved


def _finished(app: App) -> Rotation:
    rotation = _read(app)
    if rotation is None or not rotation.finished:
        raise Conflict("rotation.not_finished")
    remaining = left(app, rotation.to)
    if remaining:
        raise Conflict("rotation.left", count=remaining)
    return rotation


def _older(app: App, primary: str) -> list[str]:
    """Return the ids of all other versions that are not destroyed."""
    return [
        version.id
        for version in app.key_administration.versions(APP_KEY)
        if version.id != primary and version.state != "destroyed"
    ]


def _owners_under(app: App, key_id: str) -> list[str]:
    """Return whose data keys are wrapped under a version: at most a million ids are held."""
    owners: list[str] = []
    cursor = None
    while True:
        query = Query(KEYS, (Filter("kid", "==", key_id),), limit=_PAGE, cursor=cursor)
        page = app.keyring.query(query)
        owners += [document.id for document in page.documents]
        cursor = page.next
        if cursor is None:
            return owners


def _read(app: App) -> Rotation | None:
    found = app.keyring.get(ROTATIONS, APP_KEY)
    return None if found is None else codec.from_document(Rotation, found.data)


def _keep(app: App, rotation: Rotation) -> None:
    document = codec.to_document(rotation)
    app.keyring.transact(lambda tx: tx.put(ROTATIONS, APP_KEY, document))


def _record(app: App, operator: str, action: Action, key_id: str) -> None:
    happened = Happened(action, Who("operator", operator), Target("key", key_id))
    outbox.commit(app, lambda _, box: audit_log.record(app, box, happened))
