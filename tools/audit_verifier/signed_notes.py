"""Signed notes, verifier keys and checkpoints: C2SP signed-note, tlog-checkpoint, tlog-cosignature."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tools.audit_verifier.report import Malformed

SIGNED: Final = 0x01  # signature types of signed-note
COSIGNED: Final = 0x04
_SIGNATURES: Final = 64  # more than any note has
_CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f]")
_NAME: Final = re.compile(r"[^\s+]+")


@dataclass(frozen=True, slots=True)
class Key:
    """A verifier key: who signs, in which way, and the public key."""

    name: str
    id: bytes
    type: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Key:
        """Read `name+id+key`; Malformed where it is not one of Ed25519, or its id is not of its key."""
        name, _, rest = text.strip().partition("+")
        id, _, encoded = rest.partition("+")
        key = decode(encoded)
        if len(key) != 33 or key[0] not in (SIGNED, COSIGNED) or not _is_name(name):
            raise Malformed("it is not a verifier key of Ed25519")
        if hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8] != id:
            raise Malformed("its id is not of its key")
        return cls(name, bytes.fromhex(id), key[0], key[1:])

    def signed(self, text: bytes, signature: bytes) -> int | None:
        """Return when this key signed (0 where that is not said); None where it did not."""
        time = 0
        if self.type == COSIGNED:
            if len(signature) != 72:
                return None
            time, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            text = b"cosignature/v1\ntime %d\n%b" % (time, text)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return None
        return time


@dataclass(frozen=True, slots=True)
class Note:
    """A text and who is said to have signed it."""

    text: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]  # name, key id, signature

    @classmethod
    def parse(cls, raw: bytes) -> Note:
        """Read a signed note; Malformed says what is wrong with it."""
        text = text_of(raw)
        if _CONTROL.search(text):
            raise Malformed("it holds control characters")
        body, separator, lines = text.rpartition("\n\n")
        if not separator or not lines.endswith("\n"):
            raise Malformed("it is not a signed note")
        signatures = []
        for line in lines[:-1].split("\n"):
            dash, _, rest = line.partition(" ")
            name, _, encoded = rest.partition(" ")
            signature = decode(encoded)
            if dash != "\u2014" or not _is_name(name) or len(signature) < 5:
                raise Malformed("one of its signature lines is not one")
            signatures.append((name, signature[:4], signature[4:]))
        if len(signatures) > _SIGNATURES:
            raise Malformed("it has too many signatures")
        return cls(f"{body}\n".encode(), tuple(signatures))

    def signers(self, keys: Iterable[Key]) -> dict[Key, int]:
        """Return which of these keys signed, and when; Malformed where a signature of theirs is false."""
        known = {(key.name, key.id): key for key in keys}
        signers: dict[Key, int] = {}
        for name, id, signature in self.signatures:
            if (key := known.get((name, id))) is not None:
                if (time := key.signed(self.text, signature)) is None:
                    raise Malformed(f"the signature of {name} is false")
                signers[key] = time
        return signers


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log was when it signed: how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes
    note: Note

    @classmethod
    def parse(cls, raw: bytes) -> Checkpoint:
        """Read a checkpoint; Malformed says what is wrong with it."""
        note = Note.parse(raw)
        lines = note.text.decode().split("\n")[:-1]
        if len(lines) < 3 or "" in lines:
            raise Malformed("it is not a checkpoint")
        origin, size, encoded = lines[:3]
        root = decode(encoded)
        if not re.fullmatch("0|[1-9][0-9]{0,17}", size, re.ASCII) or len(root) != 32:
            raise Malformed("its size or root is not one")
        return cls(origin, int(size), root, note)


def decode(text: str) -> bytes:
    """Decode base64 that has one spelling only."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("it holds base64 that is not") from None
    if base64.b64encode(raw).decode() != text:
        raise Malformed("it holds base64 that is not")
    return raw


def text_of(raw: bytes) -> str:
    """Decode UTF-8."""
    try:
        return raw.decode()
    except UnicodeError:
        raise Malformed("it is not UTF-8") from None


def _is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None
