"""Routes of `admin`: the rules of a mailbox, in the order in which they are tried."""

from __future__ import annotations

from dataclasses import dataclass

from shared import ids
from shared.domain.rules import Actions, Condition, Match, Rule, When
from shared.entry import Routes
from shared.permissions import Permission
from shared.request import Request
from shared.services.rules import rule_book, rule_trials
from shared.services.rules.rule_book import RuleChange, RuleList
from shared.services.rules.rule_trials import TrialList

routes = Routes("functions.admin")

_SMALL = 262_144


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule to be made; without conditions it holds for every ticket."""

    name: str
    when: tuple[When, ...]
    actions: Actions
    conditions: tuple[Condition, ...] = ()
    match: Match = Match.ALL
    stop: bool = False
    enabled: bool = True

    def __post_init__(self) -> None:
        self.called("")

    def called(self, rule_id: str) -> Rule:
        """Return the rule with its id. Raises ValueError naming a member that makes no sense."""
        return Rule(
            id=rule_id,
            name=self.name,
            when=self.when,
            conditions=self.conditions,
            actions=self.actions,
            match=self.match,
            stop=self.stop,
            enabled=self.enabled,
        )


@dataclass(frozen=True, slots=True)
class RuleOrder:
    """All rules of a mailbox, by their ids, in the order wanted."""

    rule_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrialQuery:
    """On how many of the newest tickets to try a rule."""

    limit: int = 50

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= 100:
            raise ValueError("limit")


@routes.get("/mailboxes/{mailbox_id}/rules", allow=Permission.RULE_MANAGE)
def list_rules(request: Request) -> RuleList:
    """List a mailbox's rules, all of them: there are at most a hundred."""
    return rule_book.list_rules(request.app, request.actor, request.path["mailbox_id"])


@routes.post(
    "/mailboxes/{mailbox_id}/rules",
    allow=Permission.RULE_MANAGE,
    body=NewRule,
    status=201,
    max_body_bytes=_SMALL,
)
def create_rule(request: Request, body: NewRule) -> Rule:
    """Add a rule at the end of the list."""
    rule = body.called(request.new_id(ids.RULE))
    return rule_book.create(request.app, request.actor, request.path["mailbox_id"], rule)


@routes.patch("/mailboxes/{mailbox_id}/rules", allow=Permission.RULE_MANAGE, body=RuleOrder)
def reorder_rules(request: Request, body: RuleOrder) -> RuleList:
    """Put a mailbox's rules into another order; If-Match names the version of the list, here and below."""
    mailbox_id, version = request.path["mailbox_id"], request.expected_version()
    return rule_book.reorder(request.app, request.actor, mailbox_id, body.rule_ids, version)


@routes.get("/mailboxes/{mailbox_id}/rules/{rule_id}", allow=Permission.RULE_MANAGE)
def read_rule(request: Request) -> Rule:
    """Return one rule."""
    path = request.path
    return rule_book.read(request.app, request.actor, path["mailbox_id"], path["rule_id"])


@routes.patch(
    "/mailboxes/{mailbox_id}/rules/{rule_id}",
    allow=Permission.RULE_MANAGE,
    body=RuleChange,
    max_body_bytes=_SMALL,
)
def change_rule(request: Request, body: RuleChange) -> Rule:
    """Change a rule."""
    app, actor, path = request.app, request.actor, request.path
    version = request.expected_version()
    return rule_book.change(app, actor, path["mailbox_id"], path["rule_id"], body, version)


@routes.delete(
    "/mailboxes/{mailbox_id}/rules/{rule_id}", allow=Permission.RULE_MANAGE, versioned=True
)
def delete_rule(request: Request) -> None:
    """Delete a rule; what it did stays."""
    app, actor, path = request.app, request.actor, request.path
    version = request.expected_version()
    rule_book.delete(app, actor, path["mailbox_id"], path["rule_id"], version)


@routes.post(
    "/mailboxes/{mailbox_id}/rules/{rule_id}/dry_run",
    allow=Permission.RULE_MANAGE,
    query=TrialQuery,
)
def try_rule(request: Request, query: TrialQuery) -> TrialList:
    """Say which of the newest tickets a rule would match and how they would change; nothing is written."""
    app, actor, path = request.app, request.actor, request.path
    return rule_trials.try_out(app, actor, path["mailbox_id"], path["rule_id"], query.limit)
