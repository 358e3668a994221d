"""Repeating the removal ledger on a restored database: what was taken away after the backup is gone again.

Each row is repeated by the service that did it at first, or as the entry says it; repeating one twice, or
one that the backup already holds, changes nothing more. What a row names may be unknown to the backup,
because it came later: then there is nothing to take away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from shared import codec, permissions
from shared.app import App
from shared.audit.entry import Who
from shared.audit.removals import Removal
from shared.domain import webhooks
from shared.domain.erasures import ErasureKind
from shared.domain.mailboxes import COLLECTION as MAILBOXES
from shared.domain.people import CUSTOM_ROLES, FACTORS, USERS, CustomRole, User
from shared.errors import NotFound
from shared.services.accounts import factors
from shared.services.disconnecting import destroying
from shared.services.privacy import erasing, erasing_customers
from shared.store.contract import Filter, Query, Transaction

FUNCTION: Final = "after_restore"

Repeat = Callable[[App, Removal], None]


def repeat(app: App, removal: Removal) -> None:
    """Take away again what this row says. Raises Unavailable: repeat it then."""
    _REPEATS[removal.action](app, removal)


def _disconnect(app: App, removal: Removal) -> None:
    try:
        destroying.destroy(app, removal.target_id, Who("function", FUNCTION))
    except NotFound:  # it was connected after the backup; its key is gone all the same
        app.envelope.destroy(removal.target_id)


def _erase_customer(app: App, removal: Removal) -> None:
    erasure = erasing.request(app, ErasureKind.CUSTOMER, removal.target_id, FUNCTION, removal.at)
    erasing_customers.hide(app, erasure)


def _erase_person(app: App, removal: Removal) -> None:
    user_id = _user_id(app, removal.target_id)
    if user_id is not None:
        _change_user(app, removal, lambda _, user: _disabled(user, disabled=True))
        erasing.request(app, ErasureKind.PERSON, user_id, FUNCTION, removal.at)


def _disable(app: App, removal: Removal) -> None:
    _change_user(app, removal, lambda _, user: _disabled(user, disabled=True))


def _enable(app: App, removal: Removal) -> None:
    _change_user(app, removal, lambda _, user: _disabled(user, disabled=False))


def _change_role(app: App, removal: Removal) -> None:
    role = next(change["after"] for change in removal.changes if change["field"] == "role")
    _change_user(app, removal, lambda _, user: replace(user, role=str(role)))


def _change_mailboxes(app: App, removal: Removal) -> None:
    left = {change["before"] for change in removal.changes} - {None}
    joined = {str(change["after"]) for change in removal.changes if change["after"] is not None}

    def change(tx: Transaction, user: User) -> User:
        found = tx.get_all([(MAILBOXES, id) for id in sorted(joined)])
        known = {document.id for document in found if document is not None}
        members = sorted((set(user.mailbox_ids) - left) | known)
        return replace(user, mailbox_ids=tuple(members))

    _change_user(app, removal, change)


def _remove_factors(app: App, removal: Removal) -> None:
    user_id = _user_id(app, removal.target_id)
    if user_id is None:
        return

    def work(tx: Transaction) -> None:
        found, enrolled = tx.get(USERS, user_id), tx.query(factors.all_of(user_id)).documents
        for document in enrolled:
            tx.delete(FACTORS, document.id)
        if found is not None:
            tx.update(USERS, user_id, {"factors": []})

    app.store.transact(work)


def _change_custom_role(app: App, removal: Removal) -> None:
    lost = {change["before"] for change in removal.changes} - {None}
    gained = {str(change["after"]) for change in removal.changes if change["after"] is not None}

    def work(tx: Transaction) -> None:
        found = tx.get(CUSTOM_ROLES, removal.target_id)
        if found is None:
            return
        role = codec.from_document(CustomRole, found.data)
        held = (set(role.permissions) - lost) | gained
        ordered = tuple(p.value for p in permissions.Permission if p.value in held)
        if set(ordered) != set(role.permissions):
            changed = replace(role, permissions=ordered, version=role.version + 1)
            tx.put(CUSTOM_ROLES, removal.target_id, codec.to_document(changed))

    app.store.transact(work)


def _delete_role(app: App, removal: Removal) -> None:
    app.store.transact(lambda tx: tx.delete(CUSTOM_ROLES, removal.target_id))


def _delete_webhook(app: App, removal: Removal) -> None:
    app.store.transact(lambda tx: tx.delete(webhooks.COLLECTION, removal.target_id))


def _disabled(user: User, *, disabled: bool) -> User:
    return replace(user, disabled=disabled, link_id=None)


def _change_user(app: App, removal: Removal, change: Callable[[Transaction, User], User]) -> None:
    """Change the person whom a row names by pseudonym; nobody is known to the backup by some."""
    user_id = _user_id(app, removal.target_id)
    if user_id is None:
        return

    def work(tx: Transaction) -> None:
        found = tx.get(USERS, user_id)
        if found is None:
            return
        user = codec.from_document(User, found.data)
        changed = change(tx, user)
        if changed != user:
            epoch, version = user.session_epoch + 1, user.version + 1
            changed = replace(changed, session_epoch=epoch, version=version)
            tx.put(USERS, user_id, codec.to_document(changed))

    app.store.transact(work)


def _user_id(app: App, pseudonym: str) -> str | None:
    query = Query(USERS, (Filter("pseudonym", "==", pseudonym),), limit=1)
    return next((document.id for document in app.store.query(query).documents), None)


_REPEATS: Final[Mapping[str, Repeat]] = {
    "mailbox.disconnected": _disconnect,
    "customer.erased": _erase_customer,
    "user.erased": _erase_person,
    "user.disabled": _disable,
    "user.enabled": _enable,
    "user.role_changed": _change_role,
    "user.mailboxes_changed": _change_mailboxes,
    "user.factors_removed": _remove_factors,
    "role.changed": _change_custom_role,
    "role.deleted": _delete_role,
    "webhook.deleted": _delete_webhook,
}
