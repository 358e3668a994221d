"""Checkpoints, cosignatures and proof files."""

from __future__ import annotations

import pytest

from shared.audit import signed_note
from shared.audit.checkpoint import Checkpoint, proof_file
from shared.audit.signed_note import COSIGNATURE, BadNote, Signer, Verifier, parse

LOG = Signer("project/audit", bytes(range(32)))
WITNESS = Signer("project/witness", bytes(range(1, 33)), COSIGNATURE)
HEAD = Checkpoint("project/audit", 42, bytes(32))

# https://c2sp.org/tlog-cosignature shows this checkpoint, its log's line and a witness's of 1679315147.
PUBLISHED = (
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)


def test_the_published_checkpoint_is_read() -> None:
    """Its parts are found, it is written again to the byte, and the cosignature says its time."""
    note = parse(PUBLISHED.encode())
    head = Checkpoint.from_note(note)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert head.text == note.text
    assert str(note) == PUBLISHED
    assert int.from_bytes(note.signatures[1].value[:8], "big") == 1_679_315_147


def test_a_cosigned_checkpoint_holds_both_signatures() -> None:
    """The witness signs the text and the time; its key is of a type of its own."""
    note = signed_note.cosign(signed_note.sign(HEAD.text, LOG), WITNESS, 1_700_000_000)
    keys = [Verifier.from_text(str(signer.verifier)) for signer in (LOG, WITNESS)]
    assert parse(str(note).encode()).signed_by(keys) == tuple(keys)
    other_time = str(note).encode().replace(b"AAAABl", b"AAAABm", 1)
    assert other_time != str(note).encode()
    with pytest.raises(BadNote):
        parse(other_time).signed_by([WITNESS.verifier])


def test_a_key_does_only_what_its_type_says() -> None:
    """A witness's key cannot make a log's signature, nor the other way."""
    with pytest.raises(ValueError, match="nothing else"):
        WITNESS.sign(b"text")
    with pytest.raises(ValueError, match="only a witness"):
        LOG.cosign(b"text", 0)


@pytest.mark.parametrize(
    "text",
    [
        "project/audit\n42\n",
        f"{HEAD.text}extension\n",
        HEAD.text.replace("42", "042"),
        HEAD.text.replace("42", "-42"),
        HEAD.text.replace("42", "٤٢"),
        HEAD.text.replace("AAAA", "AAA"),
        HEAD.text.replace("AAAA", "", 1),
        f"\n{HEAD.text[14:]}",
    ],
)
def test_what_is_no_checkpoint_is_refused_although_it_is_signed(text: str) -> None:
    """A signature says who wrote it, not that it makes sense."""
    with pytest.raises(BadNote):
        Checkpoint.from_note(signed_note.sign(text, LOG))


def test_a_proof_file_has_its_lines() -> None:
    """Header, index, hashes, an empty line, the whole signed checkpoint."""
    note = str(signed_note.sign(HEAD.text, LOG))
    assert proof_file(5, [bytes(32), b"\xff" * 32], note) == (
        "c2sp.org/tlog-proof@v1\nindex 5\n"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
        "//////////////////////////////////////////8=\n"
        f"\n{note}"
    )
    assert proof_file(0, [], note) == f"c2sp.org/tlog-proof@v1\nindex 0\n\n{note}"
