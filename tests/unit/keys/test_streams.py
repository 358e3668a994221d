"""Sealed streams: what was sealed opens, and nothing else does."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.keys import streams
from shared.keys.laravel import Unopenable
from shared.keys.streams import CHUNK_BYTES

KEY = bytes(range(32))
FRAME = CHUNK_BYTES + 16


def sealed(data: bytes, key: bytes = KEY) -> bytes:
    """Seal bytes that come in one piece."""
    return b"".join(streams.seal(key, [data]))


def opened(stream: bytes, key: bytes = KEY) -> bytes:
    """Open a whole stream."""
    return b"".join(streams.open_sealed(key, io.BytesIO(stream)))


def frames(stream: bytes) -> list[bytes]:
    """Return the sealed chunks of a stream."""
    return [stream[at : at + FRAME] for at in range(0, len(stream), FRAME)]


THREE = sealed(random.Random(1).randbytes(2 * CHUNK_BYTES + 1000))


@pytest.mark.parametrize(
    "size",
    [0, 1, 1000, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 3_000_000],
)
def test_what_was_sealed_opens(size):
    """Any length, also none and whole chunks, from pieces of any size."""
    data = random.Random(size).randbytes(size)

    for piece in (1_000_000_000, 700_001, max(1, size // 3)):
        pieces = [data[at : at + piece] for at in range(0, size, piece)]
        assert opened(b"".join(streams.seal(KEY, pieces))) == data


def test_no_chunk_is_larger_than_a_mebibyte():
    """Memory is bounded on both sides, however large the pieces are."""
    chunks = list(streams.seal(KEY, [bytes(5_000_000)]))

    assert max(map(len, chunks)) == FRAME
    assert max(map(len, streams.open_sealed(KEY, io.BytesIO(b"".join(chunks))))) == CHUNK_BYTES


@given(st.binary(max_size=200), st.data())
def test_a_changed_bit_does_not_open(content, data):
    """Every bit counts, in the text and in the tag."""
    stream = bytearray(sealed(content))
    bit = data.draw(st.integers(0, len(stream) * 8 - 1))
    stream[bit // 8] ^= 1 << bit % 8

    with pytest.raises(Unopenable):
        opened(bytes(stream))


@given(st.integers(0, len(THREE) - 1))
def test_a_stream_that_was_cut_off_does_not_end(length):
    """Also where it is cut between two chunks, or at its beginning."""
    with pytest.raises(Unopenable):
        opened(THREE[:length])


@pytest.mark.parametrize("length", [0, FRAME, 2 * FRAME])
def test_a_stream_cut_between_chunks_does_not_end(length):
    """The chunk before the cut was not sealed as the last one."""
    with pytest.raises(Unopenable):
        opened(THREE[:length])


@pytest.mark.parametrize(
    "order", [(1, 0, 2), (0, 2, 1), (2, 1, 0), (0, 0, 1, 2), (0, 1, 1, 2), (0, 2), (1, 2), (2,)]
)
def test_chunks_in_another_order_do_not_open(order):
    """Swapped, repeated or left out: a chunk knows its number."""
    parts = frames(THREE)

    with pytest.raises(Unopenable):
        opened(b"".join(parts[number] for number in order))


@given(st.binary(min_size=1, max_size=100))
def test_nothing_can_be_appended(more):
    """What follows the last chunk is no part of the stream."""
    with pytest.raises(Unopenable):
        opened(sealed(b"whole") + more)
    with pytest.raises(Unopenable):
        opened(THREE + more)


def test_another_key_does_not_open():
    """A chunk of another stream stands under another key."""
    with pytest.raises(Unopenable):
        opened(sealed(b"text"), key=bytes(32))
