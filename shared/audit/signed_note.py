"""Signed notes: a text with the Ed25519 signatures of named keys below it, and the keys that verify them.

    example.com/log
    42
    y3KzdW5lHs...

    — example.com/log Az3grlgtzPICa5OS8npVmf1M...

The format is C2SP's signed-note (https://c2sp.org/signed-note), signature type 0x01 (Ed25519). A verifier
key ("vkey") is one line that can be printed, compared and kept: `<name>+<key id in hex>+<base64>`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

SEED_BYTES: Final = 32
MAX_BYTES: Final = 1_000_000  # a reader takes no longer note
MAX_SIGNATURES: Final = 100

_ED25519: Final = b"\x01"
_NAME: Final = re.compile(r"[^\s+]+")
_SIGNATURE: Final = re.compile(r"— (?P<name>[^\s+]+) (?P<value>[A-Za-z0-9+/]+={0,2})")
_VKEY: Final = re.compile(r"(?P<name>[^\s+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]+={0,2})")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")  # every one but the line feed


class BadNote(ValueError):
    """A text that is no signed note, or that none of the known keys has signed."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key and its name."""

    name: str
    public: bytes

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a vkey. Raises BadNote where it is none, or its key id is not the key's."""
        found = _VKEY.fullmatch(text)
        if found is None:
            raise BadNote("not a verifier key: <name>+<8 hex digits>+<base64>")
        key = _base64(found["key"])
        if len(key) != 1 + SEED_BYTES or key[:1] != _ED25519:
            raise BadNote("not an Ed25519 verifier key")
        verifier = cls(found["name"], key[1:])
        if verifier.key_id.hex() != found["id"]:
            raise BadNote("the key id is not this key's")
        return verifier

    @property
    def key_id(self) -> bytes:
        """The first 4 bytes of SHA-256(name, line feed, type, key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        """Return the vkey."""
        key = base64.b64encode(_ED25519 + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Say whether this key made the signature of these bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key and its name; the seed is 32 bytes and hidden from repr."""

    name: str
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if _NAME.fullmatch(self.name) is None:
            raise ValueError("the name of a key holds neither space nor plus sign")
        if len(self.seed) != SEED_BYTES:
            raise ValueError("the seed of an Ed25519 key has 32 bytes")

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self._key().public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Return the signature of these bytes: 64 bytes, the same every time (RFC 8032)."""
        return self._key().sign(message)

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True)
class Signature:
    """One line below a note: who, the id of the key, and what that key's algorithm made."""

    name: str
    key_id: bytes
    value: bytes = field(repr=False)

    def __str__(self) -> str:
        """Return the line, without its line feed."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.value).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends with a line feed, and its signatures as they stand there, unverified."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        """Return the signed note as it is kept and sent."""
        return self.text + "\n" + "".join(f"{line}\n" for line in self.signatures)

    def signed_by(self, known: Iterable[Verifier]) -> tuple[Verifier, ...]:
        """Return those of the known keys that have signed, at least one. Raises BadNote.

        Signatures of unknown keys are passed over; one that bears the name and id of a known key and is not
        its own spoils the note.
        """
        good: list[Verifier] = []
        message = self.text.encode()
        for verifier in known:
            for line in self.signatures:
                if (line.name, line.key_id) != (verifier.name, verifier.key_id):
                    continue
                if not verifier.verifies(message, line.value):
                    raise BadNote(f"the signature of {verifier.name} is not its own")
                good.append(verifier)
                break
        if not good:
            raise BadNote("none of the known keys has signed")
        return tuple(good)


def sign(text: str, *signers: Signer) -> Note:
    """Return `text` signed by each. Raises ValueError where the format has no place for the text."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise ValueError("a note's text ends with a line feed and holds no other control character")
    message = text.encode()
    return Note(text, tuple(Signature(s.name, s.verifier.key_id, s.sign(message)) for s in signers))


def parse(content: bytes) -> Note:
    """Read a signed note, verifying nothing. Raises BadNote."""
    if len(content) > MAX_BYTES:
        raise BadNote("too long for a signed note")
    try:
        whole = content.decode()
    except UnicodeDecodeError:
        raise BadNote("a signed note is UTF-8") from None
    if _CONTROL.search(whole):
        raise BadNote("a signed note holds no control character but line feeds")
    text, blank, below = whole.rpartition("\n\n")
    if not blank or not below.endswith("\n"):
        raise BadNote("no signatures stand below the text")
    lines = below.split("\n")[:-1]
    if len(lines) > MAX_SIGNATURES:
        raise BadNote("too many signatures")
    return Note(text + "\n", tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    found = _SIGNATURE.fullmatch(line)
    if found is None:
        raise BadNote("a line below the text is no signature")
    value = _base64(found["value"])
    if len(value) < 5:
        raise BadNote("a signature is too short")
    return Signature(found["name"], value[:4], value[4:])


def _base64(text: str) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise BadNote("not base64") from None
    if base64.b64encode(value).decode() != text:
        raise BadNote("not the one way to write these bytes in base64")
    return value
