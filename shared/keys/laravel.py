"""The wire format of Laravel's Encrypter, read strictly, and the product's "v2 contents" inside it.

The format (laravel/framework, src/Illuminate/Encryption/Encrypter.php, cipher aes-256-cbc):

    payload = base64(JSON {"iv": base64, "value": base64, "mac": hex, "tag": ""})
    value   = AES-256-CBC with PKCS#7 padding under the key
    mac     = HMAC-SHA256(the same key, iv || value), over the base64 text of both

Laravel ignores unknown members, so a fifth one, `kid`, names the key. It is not under the MAC; the
sealed contents therefore repeat it, together with the context that the value belongs to:

    contents = RFC 8785 JSON {"c": context, "d": value, "kid": key id, "v": 2}

so that a payload moved to another field, record or key does not open. The same text is the only one
that opens: a payload differs in no byte from the one that `encrypt` writes for its parts.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import rfc8785
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from shared.keys.contract import Key

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

KEY_BYTES: Final = 32
_IV_BYTES: Final = 16
_VERSION: Final = 2

_BASE64: Final = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
_CANONICAL: Final = re.compile(
    r'\{"iv":"(?P<iv>[A-Za-z0-9+/]{22}==)",'
    rf'"value":"(?P<value>{_BASE64})",'
    r'"mac":"(?P<mac>[0-9a-f]{64})",'
    r'"tag":""'
    r'(?:,"kid":"(?P<kid>[A-Za-z0-9_./-]{1,128})")?\}',
    re.ASCII,
)


class Unopenable(Exception):
    """A payload does not open; which check failed is not told, here or to anybody."""

    def __init__(self) -> None:
        super().__init__("the payload does not open")


@dataclass(frozen=True, slots=True)
class Payload:
    """The parts of a payload: `iv` and `value` as base64 text, `mac` as hex, `kid` where there is one."""

    iv: str
    value: str
    mac: str
    kid: str | None


def seal(value: Json, context: str, key: Key) -> str:
    """Return `value` sealed with v2 contents under `key`, bound to `context` and to the key's id.

    Raises ValueError where RFC 8785 has no form for the value: NaN, infinities, integers beyond 2^53,
    lone surrogates, keys that are no strings.
    """
    return encrypt(_contents(value, context, key), key.value, kid=key.id)


def unseal(payload: Payload, context: str, key: Key) -> Any:
    """Return the value of a payload with v2 contents; Unopenable on any deviation."""
    plaintext = decrypt(payload, (key.value,))
    try:
        contents = json.loads(plaintext, parse_int=_number)
        value = contents["d"]
        expected = _contents(value, context, key)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        raise Unopenable from None
    if payload.kid != key.id or not hmac.compare_digest(plaintext, expected):
        raise Unopenable
    return value


def _number(text: str) -> int | float:
    """Read digits beyond 2^53 as the float that RFC 8785 wrote them for, such as 1e17."""
    value = int(text)
    return value if abs(value) < 2**53 else float(value)


def _contents(value: Json, context: str, key: Key) -> bytes:
    try:
        return rfc8785.dumps({"c": context, "d": value, "kid": key.id, "v": _VERSION})
    except rfc8785.CanonicalizationError:
        raise ValueError("the value has no RFC 8785 form") from None  # without its content


def encrypt(
    plaintext: bytes, key: bytes, *, kid: str | None = None, iv: bytes | None = None
) -> str:
    """Return the payload of `plaintext` under a key of 32 bytes, as Laravel's encryptString does.

    `iv` (16 bytes) is random unless a known answer is re-made.
    """
    iv = secrets.token_bytes(_IV_BYTES) if iv is None else iv
    padder = PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(iv)).encryptor()
    ciphertext = encryptor.update(padder.update(plaintext) + padder.finalize())
    ciphertext += encryptor.finalize()
    iv_text = base64.b64encode(iv).decode()
    value_text = base64.b64encode(ciphertext).decode()
    return _write(Payload(iv_text, value_text, _mac(iv_text, value_text, key), kid))


def read(payload: str) -> Payload:
    """Return the parts of a payload written exactly as `encrypt` writes it; else Unopenable.

    Nothing is authenticated yet: the parts are only well-formed.
    """
    match = _CANONICAL.fullmatch(_decode(payload).decode("latin-1"))
    if match is None:
        raise Unopenable
    return Payload(match["iv"], match["value"], match["mac"], match["kid"])


def decrypt(payload: Payload, keys: Sequence[bytes]) -> bytes:
    """Return the plaintext under the first of `keys` (32 bytes each) whose MAC fits; else Unopenable.

    Every key is tried in constant time, so the time taken does not tell which one fitted.
    """
    fitting = None
    for key in keys:
        mac = _mac(payload.iv, payload.value, key)
        if hmac.compare_digest(mac.encode(), payload.mac.encode()) and fitting is None:
            fitting = key
    if fitting is None:
        raise Unopenable
    iv, ciphertext = _decode(payload.iv), _decode(payload.value)
    try:
        decryptor = Cipher(algorithms.AES256(fitting), modes.CBC(iv)).decryptor()
        unpadder = PKCS7(128).unpadder()
        padded = decryptor.update(ciphertext) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:  # a length that CBC or PKCS#7 cannot have, though the MAC fits
        raise Unopenable from None


def _write(payload: Payload) -> str:
    members = {"iv": payload.iv, "value": payload.value, "mac": payload.mac, "tag": ""}
    if payload.kid is not None:
        members["kid"] = payload.kid
    text = json.dumps(members, separators=(",", ":"))
    return base64.b64encode(text.encode()).decode()


def _mac(iv: str, value: str, key: bytes) -> str:
    return hmac.digest(key, (iv + value).encode(), "sha256").hex()


def _decode(text: str) -> bytes:
    """Decode base64 that is its own re-encoding: no white space, no loose bits, no missing padding."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):  # ValueError: characters beyond ASCII
        raise Unopenable from None
    if base64.b64encode(data).decode() != text:
        raise Unopenable
    return data
