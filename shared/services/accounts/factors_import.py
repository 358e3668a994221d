"""Bringing second factors along from a Laravel installation: its encrypted columns, sealed anew.

A file has one JSON object a line, a row of its `users` table as Laravel Fortify has it: {"email"} and
"two_factor_secret", "two_factor_recovery_codes", "two_factor_confirmed_at". The first two are as they stand
in the database, encrypted under that installation's APP_KEY. Who is to have them has an account here
already. The whole file is opened first: one line that does not open, and nothing is written. Grants of
Google are not brought along: they were given to another client under another disclosure, and are asked anew.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target, Who
from shared.audit.events import Action
from shared.auth import recovery
from shared.domain.people import FACTORS, USERS, Factor, User
from shared.domain.places import place
from shared.errors import Invalid, ProductError
from shared.keys import legacy
from shared.keys.laravel import Unopenable
from shared.keys.legacy import LegacyKeys
from shared.services import audit_log, outbox
from shared.services.accounts import authenticators, people, recovery_codes, sign_in
from shared.services.accounts.people_import import Refused
from shared.services.outbox import Outbox
from shared.store.contract import Filter, Query, Transaction

MAX_ROWS: Final = 5_000
_MAX_LINE: Final = 20_000  # bytes
_SECRET_BYTES: Final = range(10, 129)  # RFC 4226 §4 R6 asks for 16; Fortify's older ones have 10
_CODES: Final = range(1, 51)

_Kind = Literal["recovery", "totp"]


@dataclass(frozen=True, slots=True)
class UserRow:
    """One line of the file."""

    email: str
    two_factor_secret: str | None = None
    two_factor_recovery_codes: str | None = None
    two_factor_confirmed_at: str | None = None


@dataclass(frozen=True, slots=True)
class FactorsImport:
    """What became of a file: factors that were written, and those that people had here already."""

    written: int = 0
    known: int = 0
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class _Opened:
    user_id: str
    secret: str | None
    hashes: tuple[str, ...]


def import_factors(
    app: App, operator: str, lines: Iterable[bytes], keys: LegacyKeys, *, dry_run: bool = False
) -> FactorsImport:
    """Give the people of a file their second factors; run again it goes on where it ended.

    A factor that somebody has here stays. With `dry_run` everything is opened and nothing written.
    Raises Invalid("people.too_many").
    """
    read: list[_Opened] = []
    refused: list[Refused] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if len(read) == MAX_ROWS:
            raise Invalid("people.too_many", most=MAX_ROWS)
        try:
            read.append(_opened(app, line, keys))
        except ProductError as error:
            refused.append(Refused(number, error.code))
        except Unopenable:
            refused.append(Refused(number, "laravel.unopenable"))
    if refused:
        return FactorsImport(refused=tuple(refused))
    written = known = 0
    for one in read:
        for kind in _kinds(one):
            if _enrol(app, operator, one, kind, dry_run=dry_run):
                written += 1
            else:
                known += 1
    return FactorsImport(written, known)


def _opened(app: App, line: bytes, keys: LegacyKeys) -> _Opened:
    if len(line) > _MAX_LINE:
        raise Invalid("people.line_too_long")
    row = codec.decode(UserRow, codec.read_json(line))
    user_id = _user_id(app, row.email)
    secret = None
    if row.two_factor_secret is not None and row.two_factor_confirmed_at is not None:
        secret = _secret(_text(row.two_factor_secret, keys))
    codes: tuple[str, ...] = ()
    if secret is not None and row.two_factor_recovery_codes is not None:
        codes = _codes(_text(row.two_factor_recovery_codes, keys))
    return _Opened(user_id, secret, tuple(recovery.code_hash(code) for code in codes))


def _user_id(app: App, email: str) -> str:
    token = sign_in.address_token(app, people.checked_address(email))
    for document in app.store.query(
        Query(USERS, (Filter("address_token", "==", token),), limit=1)
    ).documents:
        return document.id
    raise Invalid("people.unknown")


def _text(payload: str, keys: LegacyKeys) -> str:
    """Open a column that `encrypt` or `encryptString` wrote. Raises Unopenable."""
    try:
        found = legacy.decrypt_serialised(payload, keys)
    except Unopenable:
        try:
            found = legacy.decrypt_string(payload, keys).decode()
        except UnicodeDecodeError:
            raise Unopenable from None
    if not isinstance(found, str):
        raise Unopenable
    return found


def _secret(text: str) -> str:
    secret = text.strip().upper().rstrip("=")
    try:
        raw = base64.b32decode(secret + "=" * (-len(secret) % 8))
    except (binascii.Error, ValueError):
        raise Invalid("laravel.no_secret") from None
    if len(raw) not in _SECRET_BYTES:
        raise Invalid("laravel.no_secret")
    return secret


def _codes(text: str) -> tuple[str, ...]:
    try:
        found = json.loads(text)
    except ValueError:
        raise Invalid("laravel.no_codes") from None
    if not isinstance(found, list) or len(found) not in _CODES:
        raise Invalid("laravel.no_codes")
    if not all(isinstance(code, str) and 8 <= len(code) <= 100 for code in found):
        raise Invalid("laravel.no_codes")
    return tuple(found)


def _kinds(one: _Opened) -> tuple[_Kind, ...]:
    kinds: tuple[_Kind, ...] = () if one.secret is None else ("totp",)
    return (*kinds, "recovery") if one.hashes else kinds


def _enrol(app: App, operator: str, one: _Opened, kind: _Kind, *, dry_run: bool) -> bool:
    """Write a factor of somebody who has none of the kind; say whether there was none."""
    of_totp = kind == "totp"
    id = (authenticators if of_totp else recovery_codes).factor_id(one.user_id)
    kept = {"secret": one.secret} if of_totp else {}
    factor = Factor(
        user_id=one.user_id,
        kind=kind,
        sealed=app.envelope.seal(one.user_id, place(FACTORS, id), kept),
        created_at=app.clock.now(),
        hashes=() if of_totp else one.hashes,
    )

    def work(tx: Transaction, box: Outbox) -> bool:
        user: User = people.load(tx, one.user_id)
        if kind in user.factors or tx.get(FACTORS, id) is not None:
            return False
        if dry_run:
            return True
        imported = ({"field": "factor", "before": None, "after": "imported"},)
        target = Target("factor", kind)
        happened = Happened(
            Action.FACTOR_ADDED, Who("operator", operator), target, changes=imported
        )
        tx.put(FACTORS, id, codec.to_document(factor))
        tx.update(USERS, one.user_id, {"factors": sorted({*user.factors, kind})})
        audit_log.record(app, box, happened)
        return True

    return outbox.commit(app, work)
