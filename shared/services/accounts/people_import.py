"""Bringing people along from elsewhere, with the hashes of their passwords, by an operator's command.

A file has one JSON object a line: {"email", "name", "role"} and, if wanted, "language", "mailboxes" (their
addresses) and "password_hash" as PHP's password_hash makes it. Who comes with a hash signs in with the
password that they have, which is stored as every other from then on; who comes without one is invited.
The whole file is looked through first: one line that cannot be taken, and nobody is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from shared import codec
from shared.app import App
from shared.audit.entry import Who
from shared.auth import passwords
from shared.auth.passwords import PasswordHash
from shared.domain import mailboxes
from shared.errors import Conflict, Invalid, ProductError
from shared.services.accounts import people
from shared.services.accounts.people import NewPerson
from shared.services.mailboxes import mailbox_access
from shared.store.contract import Filter, Query

MAX_PEOPLE: Final = 5_000
_MAX_LINE: Final = 10_000  # bytes
_MAX_COST: Final = 14  # above, one sign-in would take a core for more than a second


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One line of the file."""

    email: str
    name: str
    role: str
    language: Literal["ar", "en"] = "en"
    mailboxes: tuple[str, ...] = ()
    password_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that could not be taken: its number, from 1, and the code that says why."""

    line: int
    code: str


@dataclass(frozen=True, slots=True)
class PeopleImport:
    """What became of a file; `known` had an account already, which stays as it is."""

    created: int = 0
    known: int = 0
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class _Checked:
    line: int
    person: NewPerson
    password: PasswordHash | None


def import_people(app: App, operator: str, lines: Iterable[bytes]) -> PeopleImport:
    """Give everybody of a file an account; run again it goes on where it ended.

    An administrator is made by a set-up link only. Raises Invalid("people.too_many").
    """
    read: list[_Checked] = []
    refused: list[Refused] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if len(read) == MAX_PEOPLE:
            raise Invalid("people.too_many", most=MAX_PEOPLE)
        try:
            read.append(_checked(app, number, line))
        except ProductError as error:
            refused.append(Refused(number, error.code))
    if refused:
        return PeopleImport(refused=tuple(refused))
    who, created, known = Who("operator", operator), 0, 0
    for one in read:
        try:
            people.create_as(app, who, one.person, password=one.password)
            created += 1
        except Conflict as error:
            if error.code != "user.exists":
                raise
            known += 1
        except ProductError as error:
            refused.append(Refused(one.line, error.code))
    return PeopleImport(created, known, tuple(refused))


def _checked(app: App, number: int, line: bytes) -> _Checked:
    if len(line) > _MAX_LINE:
        raise Invalid("people.line_too_long")
    given = codec.decode(PersonLine, codec.read_json(line))
    if given.role == people.ADMINISTRATOR:
        raise Invalid("people.no_administrator")
    people.require_role(app.store, given.role)
    new = NewPerson(
        email=people.checked_address(given.email),
        name=people.checked_name(given.name),
        role=given.role,
        mailbox_ids=tuple(_mailbox(app, address) for address in given.mailboxes),
        language=given.language,
    )
    return _Checked(number, new, _password(given.password_hash))


def _password(hash: str | None) -> PasswordHash | None:
    if hash is None:
        return None
    try:
        stored = passwords.imported(hash)
    except ValueError:
        raise Invalid("people.hash_invalid") from None
    if int(hash[4:6]) > _MAX_COST:
        raise Invalid("people.hash_too_costly")
    return stored


def _mailbox(app: App, address: str) -> str:
    token = mailbox_access.address_token(app, address)
    same = Filter("address_token", "==", token)
    page = app.store.query(Query(mailboxes.COLLECTION, (same,), limit=1))
    for document in page.documents:
        return document.id
    raise Invalid("people.mailbox_unknown")
