"""An example of everything that the API takes and answers, made from the types themselves.

A member's value is found by its name, then by its type, so a new route has its example without anybody's
doing. Where that says nothing sensible, or a dataclass checks more than types, it names better values of
some of its members:

    EXAMPLE: ClassVar[Mapping[str, object]] = {"name": "Out of office"}

All is invented: the addresses are of example.com and its kin (RFC 2606).
"""

from __future__ import annotations

import dataclasses
import inspect
import types
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final, Literal, Union, get_args, get_origin

from shared import codec, ids
from shared.errors import ProductError

_TIME: Final = "2026-03-02T09:30:00.000Z"
_TEXT: Final = "Please send somebody."

# Ids by what they name; the id of a row is known by the name of its class.
_PREFIXES: Final = {
    "mailbox": ids.MAILBOX,
    "ticket": ids.TICKET,
    "message": ids.MESSAGE,
    "reply": ids.REPLY,
    "note": ids.NOTE,
    "customer": ids.CUSTOMER,
    "savedreply": "sr",
    "view": ids.VIEW,
    "rule": "ru",
    "webhook": "wh",
    "token": "tk",
    "team": "tm",
    "upload": "up",
    "job": "j",
    "factor": ids.FACTOR,
    "role": ids.ROLE,
    "session": "s",
    "hold": ids.LEGAL_HOLD,
    "statement": ids.STATEMENT,
}
_VALUES: Final[Mapping[str, Any]] = {
    "address": "nora@customers.example.net",
    "authentication": {"dkim": "pass", "dmarc": "pass", "spf": "pass"},
    "body_url": "/api/content/messages/" + ids.derived_id(ids.MESSAGE, "example"),
    "code": "4QWM-7Z2K9",
    "direction": "in",
    "email": "agent@example.com",
    "frame_url": f"/api/content/messages/{ids.derived_id(ids.MESSAGE, 'example')}/frame",
    "host": "smtp.example.com",
    "kind": "human",
    "language": "en",
    "media_type": "image/png",
    "name": "Nora Lind",
    "network": "203.0.113.0/24",
    "part": "2",
    "password": "a quiet walk by the canal",
    "port": 465,
    "problems": [],
    "reasons": ["auto_submitted"],
    "role": "agent",
    "sender": "desk@example.com",
    "signature": "Kind regards",
    "subject": "The printer is on fire",
    "tag": "printer",
    "tags": ["printer"],
    "thread_reason": "gmail_thread",
    "time_zone": "Europe/Berlin",
    "url": "https://desk.example.com/",
    "username": "desk@example.com",
}
# What is mostly absent; an example with an error in it would mislead.
_ABSENT: Final = frozenset(
    {"duplicate_of", "follow_up_of", "last_error", "merged_into", "next", "problem"}
)
_NUMBERS: Final = {"version": 3, "size": 48_213, "limit": 50}

# Of each kind of error one that any client meets.
_PROBLEMS: Final[Mapping[int, tuple[str, Mapping[str, Any]]]] = {
    400: ("request.wrong_type", {"member": "limit", "expected": "int"}),
    401: ("session.missing", {}),
    403: ("permission.missing", {"permission": "ticket:write"}),
    404: ("ticket.not_found", {}),
    409: ("ticket.changed_meanwhile", {"version": 4, "state": "pending", "changed_by": ""}),
    413: ("request.too_large", {}),
    428: ("request.if_match_required", {}),
    429: ("gmail.throttled", {}),
    503: ("store.unavailable", {}),
}


def example(kind: Any, member: str = "", owner: str = "") -> Any:
    """Return a JSON value of this type, as `member` of the dataclass called `owner` may have it."""
    return _value(kind, member, owner, ())


def problem(error: type[ProductError]) -> dict[str, Any]:
    """Return a problem of this kind, as it is answered."""
    code, params = _PROBLEMS.get(error.status, ("request.refused", {}))
    return {
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "code": code,
        "params": dict(params),
        "request_id": "9f86d081884c7d65",
    }


def _value(kind: Any, member: str, owner: str, within: tuple[type, ...]) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _choice(get_args(kind), member, owner, within)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _object(kind, within)
    if origin is Literal:
        return get_args(kind)[0]
    if origin in (tuple, list, frozenset):
        return _list(get_args(kind)[0], member, owner, within)
    if origin in (dict, Mapping) or (inspect.isclass(kind) and issubclass(kind, dict)):
        found = _VALUES.get(member)
        return found if isinstance(found, Mapping) else {}
    return _scalar(kind, member, owner)


def _choice(kinds: tuple[Any, ...], member: str, owner: str, within: tuple[type, ...]) -> Any:
    """Return a value of the first type, None where there mostly is none or a type would never end."""
    some = next(one for one in kinds if one is not types.NoneType)
    if types.NoneType in kinds and (member in _ABSENT or some in within):
        return None
    return _value(some, member, owner, within)


def _object(kind: type, within: tuple[type, ...]) -> dict[str, Any]:
    better: Mapping[str, Any] = getattr(kind, "EXAMPLE", {})
    return {
        name: codec.to_json(better[name])
        if name in better
        else _value(type_, name, kind.__name__, (*within, kind))
        for name, type_ in codec.members(kind).items()
    }


def _list(kind: Any, member: str, owner: str, within: tuple[type, ...]) -> list[Any]:
    found = _VALUES.get(member)
    if kind is str and isinstance(found, list):
        return found
    return [] if kind in within else [_value(kind, member.removesuffix("s"), owner, within)]


def _scalar(kind: Any, member: str, owner: str) -> Any:
    if kind is datetime:
        return _TIME
    if inspect.isclass(kind) and issubclass(kind, Enum):
        allowed = [one.value for one in kind]
        found = _VALUES.get(member)
        return found if found in allowed else allowed[0]
    if kind is bool:
        return False
    if kind is int:
        return _NUMBERS.get(member, _VALUES.get(member, 2))
    if kind is float:
        return 1.5
    return None if kind is types.NoneType else _text(member, owner)


def _text(member: str, owner: str) -> str:
    named = _named(member, owner)
    if named is not None:
        prefix = next((p for what, p in _PREFIXES.items() if named.startswith(what)), ids.USER)
        return ids.derived_id(prefix, "example")
    found = _VALUES.get(member, _TEXT)
    return found if isinstance(found, str) else _TEXT


def _named(member: str, owner: str) -> str | None:
    """Return what an id names: `ticket_id` a ticket, the `id` of a TicketRow too."""
    if member == "id":
        return owner.lower()
    return member.removesuffix("_id").replace("_", "") if member.endswith("_id") else None
