"""The people who work here: who they are, and giving somebody an account.

Who may not manage roles cannot touch those who may: a right to manage accounts is no way to more rights.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from shared import codec, ids
from shared.app import App
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.auth import roles
from shared.auth.passwords import PasswordHash
from shared.domain import mailboxes
from shared.domain.people import USERS, User
from shared.errors import Conflict, Invalid, NotFound, ProductError, Unavailable
from shared.permissions import Actor, Permission, require
from shared.services import audit_log, outbox
from shared.services.accounts import email_otp, sign_in, step_up
from shared.services.outbox import Outbox
from shared.store.contract import Document, Filter, Query, Reader, Transaction

ADMINISTRATOR: Final = "administrator"
MAX_NAME: Final = 100
_MOST: Final = 100
_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"
)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list. Who was erased has neither address nor name."""

    id: str
    email: str | None
    name: str | None
    role: str
    mailbox_ids: tuple[str, ...]
    state: Literal["active", "disabled", "erasing", "invited"]
    factors: tuple[str, ...]
    language: str
    version: int


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A page of people."""

    items: tuple[PersonRow, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Who is to be given an account."""

    email: str
    name: str
    role: str
    mailbox_ids: tuple[str, ...] = ()
    language: Literal["ar", "en"] = "en"


def list_people(app: App, limit: int, cursor: str | None) -> PersonPage:
    """Return everybody, in no particular order."""
    page = app.store.query(Query(USERS, limit=limit, cursor=cursor))
    app.envelope.load([document.id for document in page.documents])
    return PersonPage(tuple(row(app, d.id, read(d)) for d in page.documents), page.next)


def read_person(app: App, user_id: str) -> PersonRow:
    """Return one person. Raises NotFound("user.not_found")."""
    return row(app, user_id, load(app.store, user_id))


def create(app: App, actor: Actor, new: NewPerson, user_id: str | None = None) -> str:
    """Give somebody an account without a password; return its id.

    Asked again with the same `user_id` it does nothing more. Raises Forbidden("step_up.required"),
    Forbidden("permission.missing"), Conflict("user.exists"), Invalid("user.address_invalid"),
    Invalid("user.name_invalid"), NotFound("role.not_found"), NotFound("mailbox.not_found"), and
    Forbidden("email_otp.address_is_a_mailbox").
    """
    step_up.require(app, actor)
    require(actor, Permission.ROLE_MANAGE)
    if new.mailbox_ids:
        require(actor, Permission.MAILBOX_MEMBERS)
    return create_as(app, audit_log.person(actor), new, user_id)


def create_as(
    app: App,
    who: Who,
    new: NewPerson,
    user_id: str | None = None,
    password: PasswordHash | None = None,
) -> str:
    """Give somebody an account, for whoever was found to be allowed to.

    With a `password` that they bring along they need no invitation.
    """
    if user_id is not None and app.store.get(USERS, user_id) is not None:
        return user_id
    address, name = checked_address(new.email), checked_name(new.name)
    email_otp.require_not_read_here(app, address)
    token = sign_in.address_token(app, address)
    if app.store.query(_of_address(token)).documents:
        raise Conflict("user.exists")
    user_id = user_id or ids.random_id(ids.USER)
    app.envelope.create(user_id)
    user = User(
        address_token=token,
        pseudonym=ids.random_id("act"),
        role=new.role,
        mailbox_ids=tuple(sorted(set(new.mailbox_ids))),
        password=None if password is None else codec.to_document(password),
        sealed=app.envelope.seal(
            user_id,
            sign_in.user_context(user_id),
            {"address": address, "name": name, "signature": ""},
        ),
        language=new.language,
    )

    def work(tx: Transaction, box: Outbox) -> None:
        taken = tx.query(_of_address(token)).documents
        require_role(tx, user.role)
        require_mailboxes(tx, user.mailbox_ids)
        if taken:
            raise Conflict("user.exists")
        changes = [{"field": "role", "before": None, "after": user.role}]
        if password is not None:
            changes.append({"field": "password", "before": None, "after": "imported"})
        happened = Happened(
            Action.USER_CREATED, who, Target("user", user.pseudonym), changes=tuple(changes)
        )
        audit_id = audit_log.record(app, box, happened)
        tx.create(USERS, user_id, codec.to_document(replace(user, last_audit_id=audit_id)))

    try:
        outbox.commit(app, work)
    except Unavailable:  # it may have been written after all
        raise
    except ProductError:
        if app.store.get(USERS, user_id) is None:
            app.envelope.destroy(user_id)
            raise
        # The same request came twice at once, and the other one was faster.
    return user_id


def checked_address(text: str) -> str:
    """Return an address to which codes can be mailed. Raises Invalid("user.address_invalid")."""
    address = text.strip()
    if len(address) > 254 or _ADDRESS.fullmatch(address) is None:
        raise Invalid("user.address_invalid")
    return address


def load(reader: Reader, user_id: str) -> User:
    """Return a person's document. Raises NotFound("user.not_found")."""
    found = reader.get(USERS, user_id) if ids.is_id(ids.USER, user_id) else None
    if found is None:
        raise NotFound("user.not_found")
    return read(found)


def read(document: Document) -> User:
    """Return a document as a person."""
    return codec.from_document(User, document.data)


def row(app: App, user_id: str, user: User) -> PersonRow:
    """Return a person as they are listed."""
    own: Mapping[str, str | None]
    try:
        own = app.envelope.open(user_id, sign_in.user_context(user_id), user.sealed)
    except NotFound:  # their key is destroyed
        own = {"address": None, "name": None}
    invited: Literal["active", "invited"] = "invited" if user.password is None else "active"
    return PersonRow(
        id=user_id,
        email=own["address"],
        name=own["name"],
        role=user.role,
        mailbox_ids=user.mailbox_ids,
        state="erasing" if user.erasing else "disabled" if user.disabled else invited,
        factors=user.factors,
        language=user.language,
        version=user.version,
    )


def checked_name(text: str) -> str:
    """Return a person's name without blanks around it. Raises Invalid("user.name_invalid")."""
    name = text.strip()
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        raise Invalid("user.name_invalid", max_characters=MAX_NAME)
    return name


def require_reach(reader: Reader, actor: Actor, user: User) -> None:
    """Raise Forbidden("permission.missing") for who changes somebody that may do more than they."""
    role = roles.find(reader, user.role)
    if role is None or Permission.ROLE_MANAGE in role.everywhere:
        require(actor, Permission.ROLE_MANAGE)


def require_role(reader: Reader, role: str) -> None:
    """Raise NotFound("role.not_found") where there is no such role."""
    if roles.find(reader, role) is None:
        raise NotFound("role.not_found")


def require_mailboxes(reader: Reader, mailbox_ids: Sequence[str]) -> None:
    """Raise NotFound("mailbox.not_found") where one of them is none, Invalid where they are too many."""
    if len(mailbox_ids) > _MOST:
        raise Invalid("user.too_many_mailboxes", most=_MOST)
    if not all(ids.is_id(ids.MAILBOX, id) for id in mailbox_ids):
        raise NotFound("mailbox.not_found")
    if None in reader.get_all([(mailboxes.COLLECTION, id) for id in mailbox_ids]):
        raise NotFound("mailbox.not_found")


def _of_address(token: str) -> Query:
    return Query(USERS, (Filter("address_token", "==", token),), limit=1)
