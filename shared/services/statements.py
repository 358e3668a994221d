"""Statements: what this desk says of itself in a form that a stranger can check later, and offline.

A receipt of an erasure or a disconnect, a reconciliation. A statement is a signed note of three lines:

    <the name of the key, which names the deployment>
    <the kind, such as mailbox.disconnected>
    <one line of RFC 8785 JSON>

Its key is `statement-key`, an Ed25519 seed, which signs nothing else. Whoever issues one also puts its
SHA-256 into the audit event, so that the sealed log holds it. The verifier keys are public.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from shared.app import App
from shared.errors import NotFound
from shared.keys.contract import STATEMENT_KEY, Key

if TYPE_CHECKING:
    from shared.audit.signed_note import Note, Signer

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

_KIND: Final = re.compile(r"[a-z][a-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that was made."""

    kind: str
    text: str  # the signed note, as it is handed out

    @property
    def sha256(self) -> str:
        """The hash of `text` in hex, as it stands in the audit event."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def issue(app: App, kind: str, body: Mapping[str, Json]) -> Statement:
    """Return the signed statement; the same body under the same key gives the same one.

    Raises ValueError where `kind` is none or `body` is no JSON of RFC 8785, Unavailable("keys.unavailable").
    """
    import rfc8785  # noqa: PLC0415 - most requests issue nothing

    from shared.audit import signed_note  # noqa: PLC0415

    if _KIND.fullmatch(kind) is None:
        raise ValueError(
            "the kind of a statement is lower-case letters, digits, dot, dash, underscore"
        )
    try:
        line = rfc8785.dumps(_plain(body)).decode()
    except rfc8785.CanonicalizationError as error:
        raise ValueError(str(error)) from error
    signer = _signer(app, app.keys.primary(STATEMENT_KEY))
    return Statement(kind, str(signed_note.sign(f"{signer.name}\n{kind}\n{line}\n", signer)))


def read(app: App, text: bytes) -> tuple[str, Any]:
    """Return kind and body of a statement of this deployment. Raises signed_note.BadNote."""
    import json  # noqa: PLC0415

    from shared.audit import signed_note  # noqa: PLC0415

    note: Note = signed_note.parse(text)
    signers = _signers(app)
    note.signed_by(signer.verifier for signer in signers)
    lines = note.text.split("\n")
    if len(lines) != 4 or lines[0] != signers[0].name:
        raise signed_note.BadNote("signed, and yet no statement")
    return lines[1], json.loads(lines[2])


def verifier_keys(app: App) -> list[str]:
    """Return the vkeys of every version of the key that is still there, the one in use first."""
    return [str(signer.verifier) for signer in _signers(app)]


def _signers(app: App) -> list[Signer]:
    primary = app.keys.primary(STATEMENT_KEY)
    found = [_signer(app, primary)]
    for number in range(int(primary.id.rpartition("/")[2]) - 1, 0, -1):
        try:
            found.append(_signer(app, app.keys.by_id(f"{STATEMENT_KEY}/{number}")))
        except NotFound:  # this version was destroyed; who kept its vkey can still verify
            continue
    return found


def _signer(app: App, key: Key) -> Signer:
    from shared.audit.signed_note import Signer  # noqa: PLC0415

    return Signer(key_name(app, "statements"), key.value)


def key_name(app: App, what: str) -> str:
    """Return the name of one of the deployment's keys.

    It is made of the project, which never changes, and not of the desk's address, which may.
    """
    return f"{app.settings.project}/{what}"


def _plain(value: Json) -> Any:
    """Return mappings and sequences as the dicts and lists that the canonical form is made of."""
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(member) for member in value]
    return value
