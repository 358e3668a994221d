"""Who may do what, written down a second time from the product's table of roles."""

from __future__ import annotations

import pytest

from shared.errors import Forbidden, NotFound
from shared.permissions import (
    ROLES,
    Actor,
    Permission,
    allows,
    require,
    require_in,
    visible_mailboxes,
)

# A administrator, S supervisor, G agent, V viewer, U auditor; * only in mailboxes that one is a member of.
TABLE = {
    "ticket:read content:read customer:read search:use": "A*S*G*V*",
    "ticket:write reply:send note:write customer:write": "S*G*",
    "ticket:merge rule:manage saved_reply:share note:delete": "S*",
    "report:read": "AS*U",
    "mailbox:read": "AS*G*V*U",
    "mailbox:connect mailbox:disconnect mailbox:members user:read user:write role:manage": "A",
    "settings:manage privacy:manage webhook:manage dead_letter:replay break_glass:request": "A",
    "audit:read audit:export": "AU",
    "account:self": "ASGVU",
}
LETTERS = {
    "A": "administrator",
    "S": "supervisor",
    "G": "agent",
    "V": "viewer",
    "U": "auditor",
}
CASES = [
    (permission, role, f"{letter}*" in holders, letter in holders and f"{letter}*" not in holders)
    for permissions, holders in TABLE.items()
    for permission in permissions.split()
    for letter, role in LETTERS.items()
]


def actor(role: str, *mailboxes: str) -> Actor:
    """Return somebody of this role."""
    return Actor(
        user_id="u_1",
        pseudonym="act_1",
        role_name=role,
        role=ROLES[role],
        mailbox_ids=frozenset(mailboxes),
        session_id="s_1",
    )


def test_the_table_is_whole() -> None:
    """It has each permission and each role once, and the product knows no others."""
    permissions = [permission for row in TABLE for permission in row.split()]

    assert sorted(permissions) == sorted(Permission)
    assert set(LETTERS.values()) == set(ROLES)


@pytest.mark.parametrize(("permission", "role", "in_mailboxes", "everywhere"), CASES)
def test_a_role_holds_what_the_table_says(
    permission: str, role: str, in_mailboxes: bool, everywhere: bool
) -> None:
    """In one's own mailbox, in another one, and anywhere at all."""
    somebody, asked = actor(role, "mb_own"), Permission(permission)

    assert allows(somebody, asked, "mb_own") is (in_mailboxes or everywhere)
    assert allows(somebody, asked, "mb_other") is everywhere
    assert allows(somebody, asked) is (in_mailboxes or everywhere)


def test_a_missing_permission_names_itself() -> None:
    """Forbidden says which, so that it can be asked for."""
    with pytest.raises(Forbidden) as caught:
        require(actor("viewer"), Permission.TICKET_WRITE)

    assert caught.value.params == {"permission": "ticket:write"}


def test_another_mailboxs_object_does_not_exist() -> None:
    """Who holds the permission elsewhere learns of no such thing; who lacks it learns that they lack it."""
    with pytest.raises(NotFound) as hidden:
        require_in(actor("agent", "mb_a"), Permission.TICKET_WRITE, "mb_b", "ticket.not_found")
    with pytest.raises(Forbidden):
        require_in(actor("viewer", "mb_b"), Permission.TICKET_WRITE, "mb_b", "ticket.not_found")

    assert hidden.value.code == "ticket.not_found"


def test_lists_ask_the_same_question() -> None:
    """The mailboxes of a list are exactly those in which the policy allows."""
    for role in ROLES:
        somebody = actor(role, "mb_a", "mb_b")
        for permission in Permission:
            visible = visible_mailboxes(somebody, permission)
            for mailbox in ("mb_a", "mb_b", "mb_c"):
                shown = visible is None or mailbox in visible
                assert shown is allows(somebody, permission, mailbox)
