"""Who may be told of what: of a ticket, whoever may see it; of the desk itself, whoever looks after that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from shared.domain.notifications import Kind
from shared.domain.people import User
from shared.permissions import Permission
from shared.services.accounts import colleagues
from shared.store.contract import Reader

# What is told of no ticket. Of break-glass its mailbox's people are told: whoever may sign in.
_OF_THE_DESK: Final[Mapping[Kind, Permission]] = {
    Kind.GLASS_ASKED: Permission.ACCOUNT_SELF,
    Kind.GLASS_BROKEN: Permission.ACCOUNT_SELF,
    Kind.MAIL_MISSING: Permission.MAILBOX_CONNECT,
    Kind.DATA_REQUESTED: Permission.PRIVACY_MANAGE,
    Kind.DATA_REQUEST_DUE: Permission.PRIVACY_MANAGE,
    Kind.LOG_CHECKPOINT: Permission.AUDIT_READ,
}
LOOKED_AFTER: Final = frozenset(_OF_THE_DESK.values()) - {Permission.ACCOUNT_SELF}


def allowed(
    reader: Reader, user_ids: Sequence[str], kind: Kind, mailbox_id: str
) -> dict[str, User]:
    """Return those of these people who may be told of this now. A read for each, and for each custom role."""
    needed = _OF_THE_DESK.get(kind, Permission.TICKET_READ)
    return colleagues.allowed(reader, user_ids, needed, mailbox_id)
