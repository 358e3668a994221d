"""Sealing a stream of bytes under one key, in chunks, so that no file is ever held whole.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015, https://eprint.iacr.org/2015/189), as
age uses it: each chunk of 1 MiB is sealed by AES-256-GCM, and its nonce is its number (11 bytes, big
endian) and whether it is the last one (1 byte). So chunks that are missing, repeated, in another order or
of another file do not open, and a stream that was cut off does not end.

A key seals one stream only: nonces begin at 0 each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.keys.laravel import Unopenable

CHUNK_BYTES: Final = 1_048_576
_TAG_BYTES: Final = 16
_NUMBER_BYTES: Final = 11


class Source(Protocol):
    """What sealed bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return the next `size` bytes, fewer only at the end."""
        ...


def seal(key: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the sealed chunks of a stream whose bytes come in pieces of any size; at least one chunk.

    `key` has 32 random bytes and was never used before.
    """
    cipher = AESGCM(key)
    waiting = b""  # the last chunk so far: that it is the last is known when no byte follows
    number = 0
    for chunk in _chunks(pieces):
        if waiting:
            yield cipher.encrypt(_nonce(number, last=False), waiting, None)
            number += 1
        waiting = chunk
    yield cipher.encrypt(_nonce(number, last=True), waiting, None)


def open_sealed(key: bytes, source: Source) -> Iterator[bytes]:
    """Yield a stream's chunks as they were sealed, each verified before it is given.

    Raises Unopenable at the first deviation; that a stream was cut off is known only at its end, so
    whoever acts on the whole waits for it.
    """
    cipher = AESGCM(key)
    size = CHUNK_BYTES + _TAG_BYTES
    chunk = source.read(size)
    number = 0
    while following := source.read(size):
        yield _open(cipher, _nonce(number, last=False), chunk)
        chunk = following
        number += 1
    yield _open(cipher, _nonce(number, last=True), chunk)


def _open(cipher: AESGCM, nonce: bytes, chunk: bytes) -> bytes:
    try:
        return cipher.decrypt(nonce, chunk, None)
    except (InvalidTag, ValueError):
        raise Unopenable from None


def _chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in chunks of CHUNK_BYTES, the last one shorter."""
    held = bytearray()
    for piece in pieces:
        for at in range(0, len(piece), CHUNK_BYTES):
            held += piece[at : at + CHUNK_BYTES]
            if len(held) >= CHUNK_BYTES:
                yield bytes(held[:CHUNK_BYTES])
                del held[:CHUNK_BYTES]
    if held:
        yield bytes(held)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(_NUMBER_BYTES, "big") + (b"\x01" if last else b"\x00")
