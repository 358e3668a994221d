"""What a role may do: the five of the product, and those that the organisation made itself.

A custom role is a set of named permissions. Where each of them counts is not a matter of choice: what
touches mail counts in the mailboxes of which its holder is a member, everything else everywhere. So no
role can be made that reads all mail.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from shared import codec, ids
from shared.domain.people import CUSTOM_ROLES, CustomRole
from shared.permissions import ROLES, Permission, Role
from shared.store.contract import Reader

IN_MAILBOXES: Final = frozenset().union(*(role.in_mailboxes for role in ROLES.values()))


def find(store: Reader, name: str) -> Role | None:
    """Return what a role may do, None where there is no such role. A read for a custom one."""
    if name in ROLES or not ids.is_id(ids.ROLE, name):
        return ROLES.get(name)
    found = store.get(CUSTOM_ROLES, name)
    return None if found is None else of(codec.from_document(CustomRole, found.data).permissions)


def of(names: Iterable[str]) -> Role:
    """Return the role that holds these permissions; a name that no longer means anything is passed over."""
    known = frozenset(Permission(name) for name in names if name in set(Permission))
    everywhere = known - IN_MAILBOXES | {Permission.ACCOUNT_SELF}
    return Role(everywhere, known & IN_MAILBOXES)
