"""Rules of a mailbox: when something happens to a ticket, if it looks so, then it becomes that.

A mailbox has one ordered list. When an event comes, its rules are tried from the first to the last, each
on the ticket as those before it left it; one that says `stop` ends the list where it applied.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Final

from shared.domain.tickets import Priority, TicketState

COLLECTION: Final = "rules"
RUNS: Final = "rule_runs"

MAX_RULES: Final = 100
MAX_CONDITIONS: Final = 20
MAX_VALUES: Final = 30
MAX_VALUE: Final = 200
MAX_NAME: Final = 100
MAX_NOTE: Final = 2_000
MAX_SNOOZE_MINUTES: Final = 366 * 24 * 60


class When(StrEnum):
    """What a rule waits for."""

    TICKET_CREATED = "ticket_created"
    MESSAGE_RECEIVED = "message_received"
    TICKET_CHANGED = "ticket_changed"
    REPLY_SENT = "reply_sent"
    SLA_BREACHED = "sla_breached"
    RATED = "rated"


class Field(StrEnum):
    """What a condition looks at: of the ticket, or of the message that the event is about."""

    SUBJECT = "subject"
    SENDER = "sender"
    SENDER_DOMAIN = "sender_domain"
    RECIPIENT = "recipient"
    ATTACHMENT = "attachment"  # "yes" or "no"
    KIND = "kind"  # of the message: human, list, automatic, out_of_office, bounce, report
    STATE = "state"
    PRIORITY = "priority"
    TAG = "tag"
    ASSIGNEE = "assignee"  # an id, "" where nobody is
    TEAM = "team"
    RATING = "rating"
    BREACHED = "breached"


class Operator(StrEnum):
    """How a condition compares: whole values, or parts of a text."""

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    CONTAINS_NOT = "contains_not"


class Match(StrEnum):
    """Whether all conditions must hold, or one."""

    ALL = "all"
    ANY = "any"


_TEXTS: Final = frozenset({Field.SUBJECT, Field.SENDER, Field.SENDER_DOMAIN, Field.RECIPIENT})
_NEGATIVE: Final = frozenset({Operator.IS_NOT, Operator.CONTAINS_NOT})

Facts = Mapping[Field, frozenset[str]]  # what a ticket and its message are, in the form of `plain`


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: some value of the field is (or is not) one of these values, in any case of letters."""

    EXAMPLE: ClassVar[Mapping[str, object]] = {
        "field": Field.SUBJECT,
        "operator": Operator.CONTAINS,
        "values": ["invoice", "فاتورة"],
    }

    field: Field
    operator: Operator
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.values) <= MAX_VALUES:
            raise ValueError("values")
        if any(len(value) > MAX_VALUE for value in self.values):
            raise ValueError("values")
        if self.operator in (Operator.CONTAINS, Operator.CONTAINS_NOT) and (
            self.field not in _TEXTS or "" in self.values
        ):
            raise ValueError("operator")


@dataclass(frozen=True, slots=True)
class Actions:
    """What becomes of the ticket; what is left out stays. `note` is written on it by the rule."""

    EXAMPLE: ClassVar[Mapping[str, object]] = {
        "state": None,
        "assignee_id": None,
        "team_id": None,
        "add_tags": ["invoice"],
        "remove_tags": [],
        "snooze_minutes": None,
        "note": "Look for the order number first.",
    }

    state: TicketState | None = None
    priority: Priority | None = None
    assignee_id: str | None = None
    team_id: str | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    snooze_minutes: int | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        if self.state is TicketState.NEW:
            raise ValueError("state")
        if self.snooze_minutes is not None and not 1 <= self.snooze_minutes <= MAX_SNOOZE_MINUTES:
            raise ValueError("snooze_minutes")
        if self.note is not None and not 1 <= len(self.note.strip()) <= MAX_NOTE:
            raise ValueError("note")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; without conditions it holds for every ticket."""

    id: str
    name: str
    when: tuple[When, ...]
    conditions: tuple[Condition, ...]
    actions: Actions
    match: Match = Match.ALL
    stop: bool = False
    enabled: bool = True

    def __post_init__(self) -> None:
        if not 1 <= len(self.name.strip()) <= MAX_NAME or not self.name.isprintable():
            raise ValueError("name")
        if not self.when:
            raise ValueError("when")
        if len(self.conditions) > MAX_CONDITIONS:
            raise ValueError("conditions")
        if self.actions == Actions():
            raise ValueError("actions")


def plain(text: str) -> str:
    """Return a text as it is compared: compatibility forms and cases of letters made one."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def holds(rule: Rule, facts: Facts) -> bool:
    """Say whether a rule's conditions hold."""
    found = (_holds(condition, facts) for condition in rule.conditions)
    return all(found) if rule.match is Match.ALL or not rule.conditions else any(found)


def retagged(rule: Rule, tag: str, into: str | None) -> Rule:
    """Return a rule that looks for and sets another tag instead of one.

    Without `into` it sets the tag no more; one that did nothing else is switched off.
    """
    adds = _renamed(rule.actions.add_tags, tag, into)
    if into is None:
        actions = replace(rule.actions, add_tags=adds)
        if actions == Actions():
            return replace(rule, enabled=False)
        return replace(rule, actions=actions)
    removes = _renamed(rule.actions.remove_tags, tag, into)
    conditions = tuple(
        replace(one, values=_renamed(one.values, tag, into)) if one.field is Field.TAG else one
        for one in rule.conditions
    )
    actions = replace(rule.actions, add_tags=adds, remove_tags=removes)
    return replace(rule, actions=actions, conditions=conditions)


def _renamed(tags: Sequence[str], tag: str, into: str | None) -> tuple[str, ...]:
    """Return tags with one instead of another, or without it; in any case of letters, as conditions are."""
    kept = ((into if plain(one) == plain(tag) else one) for one in tags)
    return tuple(dict.fromkeys(one for one in kept if one is not None))


def _holds(condition: Condition, facts: Facts) -> bool:
    has = facts.get(condition.field, frozenset())
    wanted = [plain(value) for value in condition.values]
    if condition.operator in (Operator.CONTAINS, Operator.CONTAINS_NOT):
        hit = any(part in value for part in wanted for value in has)
    else:
        hit = any(value in has for value in wanted)
    return hit is not (condition.operator in _NEGATIVE)
