"""An audit entry in its final form, which is what is hashed, sealed and verified for ever.

It holds pseudonyms, ids, codes and times, and no personal data: what personal detail an event has stands
elsewhere, under the person's own key, and the entry holds a salted commitment to it (`detail_commit`).
The text of an entry is its RFC 8785 canonical JSON. Member names after OCSF and ECS.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from shared import clock
from shared.audit.events import Action

VERSION: Final = 1
COLLECTION: Final = "entries"
MAX_BYTES: Final = 3_800  # of the text: 256 of them are one document of the sealed log
LEFT_OUT: Final = "changes_left_out"


@dataclass(frozen=True, slots=True)
class Who:
    """Who did it: a person under a pseudonym, a function, an operator at a console, or somebody unknown."""

    type: Literal["user", "function", "operator", "anonymous"]
    pseudonym: str
    role: str | None = None
    session: str | None = None  # the session's id, itself a hash


@dataclass(frozen=True, slots=True)
class Target:
    """What it was done to."""

    type: str
    id: str
    mailbox: str | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """One event before it has its id and time."""

    action: Action
    who: Who
    target: Target | None = None
    outcome: Literal["success", "failure"] = "success"
    reason: str | None = None
    changes: tuple[
        Mapping[str, str | int | None], ...
    ] = ()  # {"field", "before", "after"}: never content
    purpose: str | None = None  # of reading what one is no member of: the id of the grant
    on_behalf_of: str | None = None  # the pseudonym of who consented to it


def build(
    happened: Happened, *, id: str, time: datetime, function: str, trace: str
) -> dict[str, Any]:
    """Return the entry as JSON types, every member present.

    Changes that would make it longer than MAX_BYTES are left out, the last ones first, and counted.
    """
    entry = _complete(happened, id, time, function, trace)
    changes = entry["changes"]
    kept = len(changes)
    while kept and _size(entry) > MAX_BYTES:
        kept = kept * 3 // 4
        left = {"field": LEFT_OUT, "before": None, "after": len(changes) - kept}
        entry["changes"] = [*changes[:kept], left]
    return entry


def _size(entry: Mapping[str, Any]) -> int:
    """Return the length of the canonical text, which is as long in any order of its members."""
    return len(json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode())


def _complete(
    happened: Happened, id: str, time: datetime, function: str, trace: str
) -> dict[str, Any]:
    return {
        "v": VERSION,
        "id": id,
        "time": clock.to_text(time),
        "action": happened.action.value,
        "outcome": happened.outcome,
        "reason": happened.reason,
        "actor": {
            "type": happened.who.type,
            "pseudonym": happened.who.pseudonym,
            "role": happened.who.role,
            "session": happened.who.session,
        },
        "target": None
        if happened.target is None
        else {
            "type": happened.target.type,
            "id": happened.target.id,
            "mailbox": happened.target.mailbox,
        },
        "changes": [dict(change) for change in happened.changes],
        "source": {"function": function},
        "trace": trace or None,
        "purpose": happened.purpose,
        "on_behalf_of": happened.on_behalf_of,
        "detail_commit": None,
    }


def searched(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the log is searched by, beside an entry's text; nothing of it is sealed."""
    target = entry["target"] or {}
    return {
        "time": clock.from_text(entry["time"]),
        "action": entry["action"],
        "actor": entry["actor"]["pseudonym"],
        "target": target.get("id"),
        "mailbox": target.get("mailbox"),
    }


def canonical(entry: Mapping[str, Any]) -> bytes:
    """Return the entry's RFC 8785 text."""
    import rfc8785  # noqa: PLC0415 - only write_audit needs it

    text: bytes = rfc8785.dumps(dict(entry))
    return text


def leaf_hash(text: bytes) -> str:
    """Return the RFC 6962 §2.1 leaf hash of an entry's text, in hex."""
    return hashlib.sha256(b"\x00" + text).hexdigest()
