"""Signed notes, against the published examples and against what is not quite one."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.audit.signed_note import BadNote, Signer, Verifier, parse, sign

# https://pkg.go.dev/golang.org/x/mod/sumdb/note: the examples that the format is known by.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH_ROOT = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
BY_NEUMANN = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcE"
    "lZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)
BY_ENOCH_ROOT = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCO"
    "Xm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ="
)
NOTE = f"{TEXT}\n{BY_NEUMANN}\n{BY_ENOCH_ROOT}\n"

SIGNER = Signer("example.com/log", bytes(range(32)))


def published_signer() -> Signer:
    """Return the published key's private half."""
    seed = base64.b64decode(NEUMANN_SECRET.split("+", 4)[4])[1:]
    return Signer("PeterNeumann", seed)


def test_the_published_note_is_verified_by_both_of_its_keys() -> None:
    """The known example parses, verifies, and is written again to the byte."""
    note = parse(NOTE.encode())
    keys = [Verifier.from_text(NEUMANN), Verifier.from_text(ENOCH_ROOT)]
    assert note.text == TEXT
    assert note.signed_by(keys) == tuple(keys)
    assert str(note) == NOTE


def test_the_published_key_signs_as_published() -> None:
    """Ed25519 signs the same every time, so even the signature is the published one."""
    assert str(published_signer().verifier) == NEUMANN
    assert str(sign(TEXT, published_signer())) == f"{TEXT}\n{BY_NEUMANN}\n"


def test_signatures_of_strangers_are_passed_over() -> None:
    """A note that others have signed too is good; one that only others have signed is not."""
    assert len(parse(NOTE.encode()).signed_by([Verifier.from_text(ENOCH_ROOT)])) == 1
    with pytest.raises(BadNote, match="none of the known keys"):
        parse(NOTE.encode()).signed_by([SIGNER.verifier])


def test_a_signature_under_a_known_name_that_is_not_its_own_spoils_the_note() -> None:
    """A good signature beside a forged one does not save the note."""
    forged = NOTE.replace("your problem,", "all problems,")
    with pytest.raises(BadNote, match="not its own"):
        parse(forged.encode()).signed_by([Verifier.from_text(NEUMANN)])


def test_a_text_may_hold_empty_lines() -> None:
    """The signatures stand below the last empty line."""
    note = sign("one\n\ntwo\n", SIGNER)
    assert parse(str(note).encode()) == note


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\nno signature\n",
        NOTE.encode()[:-1],
        NOTE.replace("—", "-").encode(),
        NOTE.replace("PeterNeumann ", "Peter+Neumann ").encode(),
        NOTE.replace("x08g", "x0*g").encode(),
        NOTE.replace("JnAM=", "JnAN=").encode(),  # the same bytes, written another way
        NOTE.replace("then", "\tthen").encode(),
        NOTE.replace("then", "then\r").encode(),
        b"\xff" + NOTE.encode(),
        f"{TEXT}\n{BY_NEUMANN}\n".encode() + f"{BY_NEUMANN}\n".encode() * 100,
        b"x" * 1_000_001 + b"\n\n",
    ],
)
def test_what_is_not_quite_a_note_is_refused(content: bytes) -> None:
    """Each of these is one mistake away from the format."""
    with pytest.raises(BadNote):
        parse(content)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        NEUMANN.replace("c74f20a3", "c74f20a4"),
        NEUMANN.replace("+ARpc", "+AhRp"),
        NEUMANN.replace("PeterNeumann", "Peter Neumann"),
        NEUMANN.replace("c74f20a3", "C74F20A3"),
        NEUMANN + "AA",
        NEUMANN + "\n",
    ],
)
def test_what_is_not_quite_a_verifier_key_is_refused(text: str) -> None:
    """A key that was copied with one mistake is noticed by its id."""
    with pytest.raises(BadNote):
        Verifier.from_text(text)


@pytest.mark.parametrize("text", ["", "no line feed", "a tab\t\n", "a\rreturn\n", "\x00\n"])
def test_a_text_that_the_format_has_no_place_for_is_not_signed(text: str) -> None:
    """What could not be read back is not signed."""
    with pytest.raises(ValueError, match="line feed"):
        sign(text, SIGNER)


def test_the_seed_is_hidden() -> None:
    """A key in an error's text shows no seed, and a wrong one is refused at once."""
    assert "seed" not in repr(SIGNER)
    with pytest.raises(ValueError, match="32 bytes"):
        Signer("example.com", b"short")
    with pytest.raises(ValueError, match="space"):
        Signer("example com", bytes(32))


@settings(max_examples=150)
@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(1, 255))
def test_no_changed_byte_goes_unnoticed(place: int, change: int) -> None:
    """Wherever one byte changes, not both signatures hold any more."""
    content = bytearray(NOTE.encode())
    content[place] ^= change
    keys = [Verifier.from_text(NEUMANN), Verifier.from_text(ENOCH_ROOT)]
    try:
        good = parse(bytes(content)).signed_by(keys)
    except BadNote:
        return
    assert len(good) < 2
