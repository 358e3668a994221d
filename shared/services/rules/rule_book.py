"""The rules of a mailbox: written by those who lead it, remembered by the function that follows them.

A mailbox's rules are one document, sealed whole, since their conditions hold words and addresses; its
version is what a change is made against, so that the order is never torn.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import mailboxes
from shared.domain.mailboxes import MailboxState
from shared.domain.places import place
from shared.domain.rules import (
    COLLECTION,
    MAX_RULES,
    Actions,
    Condition,
    Match,
    Rule,
    When,
    retagged,
)
from shared.errors import Conflict, Invalid, NotFound
from shared.keys.cache import Cache
from shared.permissions import Actor, Permission, require_in
from shared.services import audit_log, outbox
from shared.services.outbox import Outbox
from shared.services.tickets import ticket_fields
from shared.store.contract import Document, Transaction

REMEMBERED_SECONDS: Final = 30.0
MAX_BYTES: Final = 400_000  # of all rules of a mailbox; sealed, the document stays under 1 MiB
_MAILBOXES: Final = 1024


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The document of a mailbox's rules; its id is the mailbox's. `sealed` is {"rules": [...]}."""

    sealed: str | None = None
    version: int = 0
    changed_by: str | None = None
    last_audit_id: str | None = None


@dataclass(frozen=True, slots=True)
class RuleList:
    """A mailbox's rules in the order in which they are tried; changes name this version."""

    items: tuple[Rule, ...]
    version: int


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What to change of a rule; what is left out stays. `actions` and `conditions` replace all of them."""

    name: str | None = None
    when: tuple[When, ...] | None = None
    conditions: tuple[Condition, ...] | None = None
    actions: Actions | None = None
    match: Match | None = None
    stop: bool | None = None
    enabled: bool | None = None


class RememberedRules:
    """The rules of mailboxes as they were at most 30 seconds ago."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._rules: Cache[tuple[Rule, ...]] = Cache(
            app.clock, size=_MAILBOXES, lifetime_seconds=lambda _: REMEMBERED_SECONDS
        )

    def of(self, mailbox_id: str) -> tuple[Rule, ...]:
        """Return the rules in force, in order; none of a mailbox that was disconnected."""
        return self._rules.get(mailbox_id, partial(self._read, mailbox_id))

    def forget(self, mailbox_id: str) -> None:
        """Drop what is remembered of a mailbox, because it changed."""
        self._rules.discard(mailbox_id)

    def forget_expired(self) -> None:
        """Let go of rules that are followed no more without being read again."""
        self._rules.forget_expired()

    def _read(self, mailbox_id: str) -> tuple[Rule, ...]:
        book = _book(self._app.store.get(COLLECTION, mailbox_id))
        try:
            rules = _opened(self._app, mailbox_id, book)
        except NotFound:  # its key was destroyed
            return ()
        return tuple(rule for rule in rules if rule.enabled)


def list_rules(app: App, actor: Actor, mailbox_id: str) -> RuleList:
    """Return a mailbox's rules. Raises NotFound, Forbidden."""
    require_in(actor, Permission.RULE_MANAGE, mailbox_id, "mailbox.not_found")
    book = _book(app.store.get(COLLECTION, mailbox_id))
    return RuleList(_opened(app, mailbox_id, book), book.version)


def read(app: App, actor: Actor, mailbox_id: str, rule_id: str) -> Rule:
    """Return one rule. Raises NotFound("rule.not_found"), Forbidden."""
    return _rule(list_rules(app, actor, mailbox_id).items, rule_id)


def create(app: App, actor: Actor, mailbox_id: str, rule: Rule) -> Rule:
    """Add a rule at the end; asked again with the same id, return it as it is.

    Raises NotFound, Forbidden, Conflict("rule.too_many"), and what `_checked` raises.
    """
    require_in(actor, Permission.RULE_MANAGE, mailbox_id, "mailbox.not_found")
    rule = replace(rule, actions=_checked(app, mailbox_id, rule.actions))

    def add(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        if any(known.id == rule.id for known in rules):
            return rules
        if len(rules) >= MAX_RULES:
            raise Conflict("rule.too_many", most=MAX_RULES)
        return (*rules, rule)

    _change(app, actor, mailbox_id, None, add, Action.RULE_CREATED, rule.id)
    return read(app, actor, mailbox_id, rule.id)


def change(
    app: App, actor: Actor, mailbox_id: str, rule_id: str, wanted: RuleChange, version: int
) -> Rule:
    """Change a rule; it counts everywhere within 30 seconds.

    Raises NotFound, Forbidden, Conflict("rule.changed_meanwhile"), and what `_checked` raises.
    """
    require_in(actor, Permission.RULE_MANAGE, mailbox_id, "mailbox.not_found")
    given = {
        name: value
        for name in codec.members(RuleChange)
        if (value := getattr(wanted, name)) is not None
    }

    if wanted.actions is not None:
        given["actions"] = _checked(app, mailbox_id, wanted.actions)

    def edit(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        before = _rule(rules, rule_id)
        try:
            after = replace(before, **given)
        except ValueError as error:
            raise Invalid("request.invalid_member", member=str(error)) from error
        return tuple(after if rule.id == rule_id else rule for rule in rules)

    _change(app, actor, mailbox_id, version, edit, Action.RULE_CHANGED, rule_id, sorted(given))
    return read(app, actor, mailbox_id, rule_id)


def delete(app: App, actor: Actor, mailbox_id: str, rule_id: str, version: int) -> None:
    """Delete a rule. Raises NotFound, Forbidden, Conflict("rule.changed_meanwhile")."""

    def drop(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        _rule(rules, rule_id)
        return tuple(rule for rule in rules if rule.id != rule_id)

    _change(app, actor, mailbox_id, version, drop, Action.RULE_DELETED, rule_id)


def reorder(
    app: App, actor: Actor, mailbox_id: str, rule_ids: Sequence[str], version: int
) -> RuleList:
    """Put the rules into this order, which names each of them once.

    Raises NotFound, Forbidden, Conflict("rule.changed_meanwhile"), Invalid("rule.order_incomplete").
    """

    def sort(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        if sorted(rule_ids) != sorted(rule.id for rule in rules):
            raise Invalid("rule.order_incomplete")
        return tuple(_rule(rules, rule_id) for rule_id in rule_ids)

    _change(app, actor, mailbox_id, version, sort, Action.RULES_REORDERED, None)
    return list_rules(app, actor, mailbox_id)


def retag(
    app: App,
    tx: Transaction,
    mailbox_id: str,
    tag: str,
    into: str | None,
    user_id: str,
    audit_id: str,
) -> int:
    """Let a mailbox's rules look for and set another tag; return how many were changed.

    Without `into` no rule sets the tag any more: one that did nothing else is switched off. Reads, then
    writes: for a transaction that has written nothing yet, and `app.rules.forget` after it.
    """
    book = _book(tx.get(COLLECTION, mailbox_id))
    before = _opened(app, mailbox_id, book)
    after = tuple(retagged(rule, tag, into) for rule in before)
    changed = sum(one != other for one, other in zip(before, after, strict=True))
    if changed:
        sealed = _sealed(app, mailbox_id, after)
        written = RuleBook(sealed, book.version + 1, user_id, audit_id)
        tx.put(COLLECTION, mailbox_id, codec.to_document(written))
    return changed


def outcome(actions: Actions) -> ticket_fields.Change:
    """Return what a rule does to a ticket as a person would ask for it; its snooze is added when it runs."""
    left_out = codec.LEFT_OUT
    return ticket_fields.Change(
        state=actions.state,
        priority=actions.priority,
        assignee_id=left_out if actions.assignee_id is None else actions.assignee_id,
        team_id=left_out if actions.team_id is None else actions.team_id,
        add_tags=actions.add_tags,
        remove_tags=actions.remove_tags,
    )


def _change(
    app: App,
    actor: Actor,
    mailbox_id: str,
    version: int | None,
    edit: Callable[[tuple[Rule, ...]], tuple[Rule, ...]],
    action: Action,
    rule_id: str | None,
    fields: Sequence[str] = (),
) -> None:
    require_in(actor, Permission.RULE_MANAGE, mailbox_id, "mailbox.not_found")

    def work(tx: Transaction, box: Outbox) -> None:
        mailbox, stored = tx.get_all([(mailboxes.COLLECTION, mailbox_id), (COLLECTION, mailbox_id)])
        if mailbox is None or mailbox.data["state"] == MailboxState.DISCONNECTED:
            raise NotFound("mailbox.not_found")
        book = _book(stored)
        if version is not None and book.version != version:
            by = book.changed_by or ""
            raise Conflict("rule.changed_meanwhile", version=book.version, changed_by=by)
        before = _opened(app, mailbox_id, book)
        after = edit(before)
        if after == before:
            return
        target = Target("rule", rule_id or mailbox_id, mailbox_id)
        told = tuple({"field": name, "before": None, "after": None} for name in fields)
        happened = Happened(action, audit_log.person(actor), target, changes=told)
        audit_id = audit_log.record(app, box, happened)
        changed = RuleBook(
            _sealed(app, mailbox_id, after), book.version + 1, actor.user_id, audit_id
        )
        tx.put(COLLECTION, mailbox_id, codec.to_document(changed))

    outbox.commit(app, work)
    app.rules.forget(mailbox_id)


def _checked(app: App, mailbox_id: str, actions: Actions) -> Actions:
    """Return actions that can be done in this mailbox, tags in their form.

    Raises what `ticket_fields.checked` raises for what a person may not ask for either.
    """
    right = ticket_fields.checked(app, mailbox_id, outcome(actions))
    return replace(actions, add_tags=right.add_tags, remove_tags=right.remove_tags)


def _rule(rules: Sequence[Rule], rule_id: str) -> Rule:
    found = next((rule for rule in rules if rule.id == rule_id), None)
    if found is None:
        raise NotFound("rule.not_found")
    return found


def _book(stored: Document | None) -> RuleBook:
    return RuleBook() if stored is None else codec.from_document(RuleBook, stored.data)


def _opened(app: App, mailbox_id: str, book: RuleBook) -> tuple[Rule, ...]:
    if book.sealed is None:
        return ()
    value = app.envelope.open(mailbox_id, place(COLLECTION, mailbox_id), book.sealed)
    assert isinstance(value, Mapping)
    return tuple(codec.from_document(Rule, rule) for rule in value["rules"])


def _sealed(app: App, mailbox_id: str, rules: Sequence[Rule]) -> str:
    value: dict[str, Any] = {"rules": [codec.to_json(rule) for rule in rules]}
    if len(json.dumps(value, ensure_ascii=False).encode()) > MAX_BYTES:
        raise Conflict("rule.too_many", most=MAX_RULES)
    return app.envelope.seal(mailbox_id, place(COLLECTION, mailbox_id), value)
