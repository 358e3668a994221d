"""Signed notes: a text with the Ed25519 signatures of named keys below it, and the keys that verify them.

    example.com/log
    42
    y3KzdW5lHs...

    — example.com/log Az3grlgtzPICa5OS8npVmf1M...

The format is C2SP's signed-note (https://c2sp.org/signed-note). Signatures are of two types: 0x01, Ed25519
over the text, and 0x04, what a witness puts below a checkpoint (https://c2sp.org/tlog-cosignature), which
signs the time too. A verifier key ("vkey") is one line that can be printed, compared and kept:
`<name>+<key id in hex>+<base64>`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SEED_BYTES: Final = 32
MAX_BYTES: Final = 1_000_000  # a reader takes no longer note
MAX_SIGNATURES: Final = 100

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04

_TIME_BYTES: Final = 8
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
    type: int = ED25519

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a vkey. Raises BadNote where it is none, or its key id is not the key's."""
        found = _VKEY.fullmatch(text)
        if found is None:
            raise BadNote("not a verifier key: <name>+<8 hex digits>+<base64>")
        key = decode_base64(found["key"])
        if len(key) != 1 + SEED_BYTES or key[0] not in (ED25519, COSIGNATURE):
            raise BadNote("not an Ed25519 verifier key")
        verifier = cls(found["name"], key[1:], key[0])
        if verifier.key_id.hex() != found["id"]:
            raise BadNote("the key id is not this key's")
        return verifier

    @property
    def key_id(self) -> bytes:
        """The first 4 bytes of SHA-256(name, line feed, type, key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + self._typed()).digest()[:4]

    def __str__(self) -> str:
        """Return the vkey."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self._typed()).decode()}"

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Say whether this key made the signature of these bytes; a cosignature has its time before it."""
        # The library is loaded by the first signature, not by every start of a function that may see one.
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
            Ed25519PublicKey,
        )

        if self.type == COSIGNATURE:
            time, signature = signature[:_TIME_BYTES], signature[_TIME_BYTES:]
            message = _timed(message, int.from_bytes(time, "big"))
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def _typed(self) -> bytes:
        return bytes([self.type]) + self.public


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key and its name; the seed is 32 bytes and hidden from repr."""

    name: str
    seed: bytes = field(repr=False)
    type: int = ED25519

    def __post_init__(self) -> None:
        if _NAME.fullmatch(self.name) is None:
            raise ValueError("the name of a key holds neither space nor plus sign")
        if len(self.seed) != SEED_BYTES:
            raise ValueError("the seed of an Ed25519 key has 32 bytes")

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self._key().public_key().public_bytes_raw(), self.type)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of these bytes: 64 bytes, the same every time (RFC 8032)."""
        if self.type != ED25519:
            raise ValueError("a witness's key cosigns, and signs nothing else")
        return self._key().sign(message)

    def cosign(self, message: bytes, time: int) -> bytes:
        """Return the cosignature of a checkpoint's text, at `time` in seconds since 1970."""
        if self.type != COSIGNATURE:
            raise ValueError("only a witness's key cosigns")
        return time.to_bytes(_TIME_BYTES, "big") + self._key().sign(_timed(message, time))

    def _key(self) -> Ed25519PrivateKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - as above
            Ed25519PrivateKey,
        )

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


def cosign(note: Note, witness: Signer, time: int) -> Note:
    """Return a checkpoint's note with the witness's line below the others."""
    signature = witness.cosign(note.text.encode(), time)
    line = Signature(witness.name, witness.verifier.key_id, signature)
    return Note(note.text, (*note.signatures, line))


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
    value = decode_base64(found["value"])
    if len(value) < 5:
        raise BadNote("a signature is too short")
    return Signature(found["name"], value[:4], value[4:])


def decode_base64(text: str) -> bytes:
    """Return the bytes of standard base64. Raises BadNote, also for a second way to write the same bytes."""
    try:
        value = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise BadNote("not base64") from None
    if base64.b64encode(value).decode() != text:
        raise BadNote("not the one way to write these bytes in base64")
    return value


def _timed(message: bytes, time: int) -> bytes:
    """Return what a cosignature signs."""
    return b"cosignature/v1\ntime %d\n" % time + message
