"""Genuine Laravel payloads, for migration only: no context, no key id, perhaps PHP-serialised.

Other rules than for our own payloads hold here, as Laravel's reader has them: members in any order,
unknown ones ignored, `tag` perhaps missing, slashes perhaps escaped. What PHP would let pass in
base64 (junk, white space, loose padding) is still refused. Objects are never made: of the types of
PHP's serialize() only strings, integers, floats, booleans, null and arrays are read
(https://www.php.net/manual/en/function.serialize.php).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from shared.keys.laravel import KEY_BYTES, Payload, Unopenable, decrypt

Php: TypeAlias = "str | int | float | bool | dict[int | str, Php] | None"

_MAX_DEPTH: Final = 64


@dataclass(frozen=True, slots=True)
class LegacyKeys:
    """The keys of a Laravel installation: the current one and its predecessors, 32 bytes each."""

    values: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def parse(cls, app_key: str, previous: str = "") -> LegacyKeys:
        """Read APP_KEY and the comma list APP_PREVIOUS_KEYS of a Laravel environment.

        Raises ValueError where a key is not 32 bytes.
        """
        texts = [app_key, *(text for text in previous.split(",") if text)]
        return cls(tuple(_key(text.strip()) for text in texts))


def decrypt_string(payload: str, keys: LegacyKeys) -> bytes:
    """Open what Crypt::encryptString or an `encrypted` cast wrote; Unopenable otherwise."""
    return decrypt(_read(payload), keys.values)


def decrypt_serialised(payload: str, keys: LegacyKeys) -> Php:
    """Open what Crypt::encrypt wrote: a string (UTF-8), scalar or array of them.

    Raises Unopenable, also for an object, a reference or a string that is not UTF-8.
    """
    return unserialise(decrypt(_read(payload), keys.values))


def unserialise(data: bytes) -> Php:
    """Read one value of PHP's serialize(), arrays as dicts; Unopenable where it is anything else."""
    value, end = _value(data, 0, 0)
    if end != len(data):
        raise Unopenable
    return value


def _key(text: str) -> bytes:
    try:
        if text.startswith("base64:"):
            value = base64.b64decode(text.removeprefix("base64:"), validate=True)
        else:
            value = text.encode()
    except binascii.Error:
        raise ValueError("a Laravel key is not base64") from None
    if len(value) != KEY_BYTES:
        raise ValueError("a Laravel key for aes-256-cbc has 32 bytes")
    return value


def _read(payload: str) -> Payload:
    try:
        outer = base64.b64decode(payload, validate=True)
        if base64.b64encode(outer).decode() != payload:
            raise Unopenable
        members = json.loads(outer)
    except (ValueError, RecursionError):
        raise Unopenable from None
    if not isinstance(members, dict):
        raise Unopenable
    texts = [members.get(name) for name in ("iv", "value", "mac")]
    if members.get("tag") not in (None, ""):
        raise Unopenable
    match texts:
        case [str(iv), str(value), str(mac)] if (iv + value + mac).isascii():
            return Payload(iv, value, mac, None)
    raise Unopenable


_HEAD: Final = re.compile(
    rb"(?P<null>N);|b:(?P<bool>[01]);|i:(?P<int>-?[0-9]{1,19});"
    rb"|d:(?P<float>-?[0-9]{1,20}(?:\.[0-9]{1,400})?(?:E[+-]?[0-9]{1,3})?);"
    rb'|s:(?P<string>[0-9]{1,9}):"|a:(?P<array>[0-9]{1,9}):\{'
)


def _value(data: bytes, at: int, depth: int) -> tuple[Php, int]:
    head = _HEAD.match(data, at)
    if head is None or depth > _MAX_DEPTH:
        raise Unopenable
    end = head.end()
    match head.lastgroup, head[head.lastgroup or 0]:
        case "null", _:
            return None, end
        case "bool", text:
            return text == b"1", end
        case "int", text:
            return int(text), end
        case "float", text:
            return float(text), end
        case "string", text:
            return _string(data, end, int(text))
        case _, text:
            return _array(data, end, int(text), depth + 1)


def _string(data: bytes, start: int, length: int) -> tuple[str, int]:
    end = start + length
    if data[end : end + 2] != b'";':
        raise Unopenable
    try:
        return data[start:end].decode(), end + 2
    except UnicodeDecodeError:
        raise Unopenable from None


def _array(data: bytes, at: int, count: int, depth: int) -> tuple[dict[int | str, Php], int]:
    items: dict[int | str, Php] = {}
    for _ in range(count):
        if data[at : at + 2] not in (b"i:", b"s:"):
            raise Unopenable
        key, at = _value(data, at, depth)
        value, at = _value(data, at, depth)
        if not isinstance(key, int | str) or key in items:
            raise Unopenable
        items[key] = value
    if data[at : at + 1] != b"}":
        raise Unopenable
    return items, at + 1
