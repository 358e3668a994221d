"""Every fixture is read as a careful person reads it; the untuned half must at least lose nothing."""

import hashlib
import os
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.mail.parse import content, parse
from shared.mail.visible import visible
from tests.mail import fuzz
from tests.mail.score import Case, load, score
from tools.inspect_mail import inspect

HERE = Path(__file__).parent
TUNED = list(load(HERE / "tuned"))
UNTUNED = list(load(HERE / "untuned")) if (HERE / "untuned").is_dir() else []
KIT = HERE.parents[2] / "shared" / "mail" / "raw"
KEYS = {
    *("subject", "sender", "sender_name", "to", "cc", "reply_to", "message_id", "in_reply_to"),
    *("references", "date", "body_text", "body_html", "visible_text", "attachments"),
    *("attachment_md5s", "is_bounce", "bounce_recipients", "is_auto_reply", "reasons"),
}


@pytest.mark.parametrize("case", TUNED, ids=lambda case: case.name)
def test_a_tuned_message_is_read_as_stated(case: Case) -> None:
    """Whatever its expectation states about a message is what the product says of it."""
    measured = score(iter([case]), inspect)

    assert measured.crashes == []
    assert measured.mismatches == []


@pytest.mark.parametrize("case", [*TUNED, *UNTUNED], ids=lambda case: case.name)
def test_no_word_of_a_body_is_lost(case: Case) -> None:
    """What is folded away is still there: each word is new, quoted or part of a signature."""
    mail = parse(case.raw)
    shown = visible(mail)

    kept = fuzz.words(f"{shown.text}\n{shown.quoted}\n{shown.signature}")

    assert fuzz.words(mail.text) <= kept or mail.html
    assert shown.text or not (mail.text.strip() or mail.html.strip())


@pytest.mark.parametrize("case", UNTUNED, ids=lambda case: case.name)
def test_an_untuned_message_is_read_without_a_problem(case: Case) -> None:
    """Ordinary mail meets no cap, and each attachment's bytes are found again by its path."""
    mail = parse(case.raw)

    assert mail.problems == ()
    for attachment in mail.attachments:
        found = content(case.raw, attachment.part)
        assert found is not None
        assert hashlib.md5(found, usedforsecurity=False).hexdigest() == attachment.md5


def test_inspect_answers_with_exactly_the_agreed_keys() -> None:
    """The keys of DESIGN 13 are there for any bytes, and no others."""
    for raw in (b"", b"\0", b"From: jane@example.net\n\nHi", TUNED[0].raw):
        assert inspect(raw).keys() == KEYS


def test_every_real_message_of_the_kit_is_read() -> None:
    """The promises that hold for any bytes hold for the 307 real messages."""
    if not KIT.is_dir() and "kit" not in os.environ.get("CMO_EXPECT", "").split(","):
        pytest.skip("the kit of real messages does not stand at ../shared")
    paths = sorted(KIT.glob("*/*.eml"))

    for path in paths:
        fuzz.check(path.read_bytes())

    assert len(paths) == 307


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 2**32))
def test_damaged_messages_are_read(seed: int) -> None:
    """Cut, joined, repeated and sprinkled messages keep every promise (`make fuzz` runs longer)."""
    chance = random.Random(seed)
    originals = [case.raw for case in (*TUNED, *UNTUNED)]

    fuzz.check(fuzz.mutate(chance.choice(originals), originals, chance))


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(raw=st.binary(max_size=2_000))
def test_any_bytes_are_read(raw: bytes) -> None:
    """Bytes that were never a mail are read like one."""
    fuzz.check(raw)
