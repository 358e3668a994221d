"""What the audit log keeps of an event, as those read it who act on it: rules, notices, webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Recorded:
    """What happened, to what, and who did it; `id` is the event's, the same in every delivery.

    `action` is a text, since an instance may read what a newer one recorded. Members are None where the
    entry has none; `changes` are {"field", "before", "after"}.
    """

    id: str
    time: str  # RFC 3339
    action: str
    outcome: str
    reason: str | None
    actor_type: str  # user, function, operator, anonymous
    actor: str  # a pseudonym, or a function's name
    target_type: str | None
    target_id: str | None
    mailbox_id: str | None
    changes: tuple[Mapping[str, Any], ...]
    function: str  # in which it happened
    role: str | None = None  # of the actor, where that is a person

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Recorded:
        """Read an entry as shared/audit/entry.py builds it. Raises ValueError where it is none."""
        try:
            entry = event["entry"]
            target = entry["target"] or {"type": None, "id": None, "mailbox": None}
            return cls(
                id=event["id"],
                time=entry["time"],
                action=entry["action"],
                outcome=entry["outcome"],
                reason=entry["reason"],
                actor_type=entry["actor"]["type"],
                actor=entry["actor"]["pseudonym"],
                target_type=target["type"],
                target_id=target["id"],
                mailbox_id=target["mailbox"],
                changes=tuple(entry["changes"]),
                function=entry["source"]["function"],
                role=entry["actor"]["role"],
            )
        except (KeyError, TypeError) as error:
            raise ValueError("entry") from error
