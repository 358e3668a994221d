"""Threading: signed ids, ids seen, codes in subjects, and the order in which they count."""

from datetime import UTC, datetime, timedelta

import pytest

from shared import ids
from shared.mail.parse import parse
from shared.mail.thread import (
    KNOWN_IDS,
    Candidates,
    base_subject,
    choose,
    follow_merges,
    is_forward_subject,
    is_new_participant,
    known_ids,
    on_closed,
    read_message_id,
    sign_message_id,
    subject_codes,
)

KEY = b"0123456789abcdef"
TICKET, REPLY = "t_" + "A" * 26, "r_" + "B" * 26
PLAIN = parse(b"From: jane@example.net\nSubject: Hi\n\nx")


def test_an_id_that_we_signed_is_read() -> None:
    """A Message-ID of ours gives back its ticket and reply, at any domain, in or out of brackets."""
    signed = sign_message_id(KEY, TICKET, REPLY, "example.com")

    assert read_message_id(KEY, signed) == (TICKET, REPLY)
    assert read_message_id(KEY, signed.strip("<>").replace("example.com", "x.example.org")) == (
        TICKET,
        REPLY,
    )


def test_an_id_that_was_changed_or_signed_otherwise_is_refused() -> None:
    """Each character counts; another key, another ticket or another reply is nothing."""
    signed = sign_message_id(KEY, TICKET, REPLY, "example.com")
    local = signed.strip("<>").partition("@")[0]

    assert read_message_id(b"f" * 16, signed) is None
    assert read_message_id(KEY, signed.replace("t_A", "t_B")) is None
    for at in range(len(local)):
        changed = local[:at] + ("0" if local[at] != "0" else "1") + local[at + 1 :]
        assert read_message_id(KEY, f"<{changed}@example.com>") is None
    for other in (
        "",
        "<>",
        "<a.b.c@example.com>",
        "<a@b>",
        f"<{'é' * 9}@x>",
        "<" + "." * 300 + "@x>",
    ):
        assert read_message_id(KEY, other) is None


def test_a_short_key_is_refused() -> None:
    """An empty key would sign for everybody."""
    with pytest.raises(ValueError, match="16 bytes"):
        sign_message_id(b"", TICKET, REPLY, "example.com")


def test_known_ids_go_from_the_most_telling_to_the_oldest() -> None:
    """Own id, In-Reply-To, References from right to left, each once, at most thirty."""
    references = " ".join(f"<{number}@x>" for number in range(100))
    raw = f"Message-ID: <own@x>\nIn-Reply-To: <99@x>\nReferences: {references}\n\n".encode()

    found = known_ids(parse(raw))

    assert found[:4] == ("<own@x>", "<99@x>", "<98@x>", "<97@x>")
    assert len(found) == KNOWN_IDS


def test_codes_in_subjects_are_checked() -> None:
    """A code is found in brackets and in any case; one with a wrong check character is none."""
    code = ids.ticket_code("t_x")
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")

    assert subject_codes(f"Re: [#{code}] Lamp") == (code,)
    assert subject_codes(f"{code.lower()}: lamp") == (code,)
    assert subject_codes(f"[{wrong}] 2024-05061 ABCD-EFGHI") == ()


@pytest.mark.parametrize(
    ("subject", "base"),
    [
        ("Re: Lamp", "Lamp"),
        ("RE: AW: WG: Fwd: Lamp", "Lamp"),
        ("Re[2]: Lamp", "Lamp"),
        ("Re (3): Lamp", "Lamp"),
        ("رد: المصباح", "المصباح"),
        ("رد: Re: إعادة توجيه: المصباح", "المصباح"),
        ("回复：灯", "灯"),
        ("SV: VS: Odp: YNT: Lamp", "Lamp"),
        ("Note: Lamp", "Note: Lamp"),
        ("Re:", ""),
        ("", ""),
    ],
)
def test_prefixes_of_many_languages_are_removed(subject: str, base: str) -> None:
    """What remains is the subject that the thread began with."""
    assert base_subject(subject) == base


def test_forwards_are_told_by_their_outermost_prefix() -> None:
    """A forward of an answer is a forward; an answer to a forward is not."""
    assert is_forward_subject("WG: Re: Lamp")
    assert is_forward_subject("إعادة توجيه: Lamp")
    assert not is_forward_subject("Re: Fwd: Lamp")


def test_the_surest_tie_decides() -> None:
    """Signed token, Gmail thread, References, code, in this order; else a new ticket."""
    every = {"reply_token": "t1", "gmail_thread": "t2", "references": "t3", "subject_code": "t4"}

    for number, name in enumerate(every):
        rest = dict(list(every.items())[number:])
        assert choose(PLAIN, Candidates(**rest, sender_takes_part=True)) == (every[name], name)
    assert choose(PLAIN, Candidates()) == (None, "new")


@pytest.mark.parametrize(
    ("head", "takes_part"),
    [
        (b"From: jane@example.net\n", False),
        (b"Authentication-Results: mx.google.com; dmarc=fail\nFrom: jane@example.net\n", True),
        (b"From: jane@example.net\nFrom: joe@example.net\n", True),
    ],
)
def test_a_code_alone_opens_no_ticket_of_others(head: bytes, takes_part: bool) -> None:
    """A stranger, a forged sender and an ambiguous one get a new ticket."""
    mail = parse(head + b"\nx")

    found = choose(mail, Candidates(subject_code="t4", sender_takes_part=takes_part))

    assert found == (None, "new")


def test_merges_are_followed_to_their_end() -> None:
    """A reply to a merged ticket reaches the living one; a circle ends."""
    merged = {"t1": "t2", "t2": "t3", "t8": "t9", "t9": "t8"}

    assert follow_merges("t1", merged.get) == "t3"
    assert follow_merges("t3", merged.get) == "t3"
    assert follow_merges("t8", merged.get) == "t9"


def test_only_people_reopen_and_only_for_a_time() -> None:
    """Absences and bounces change nothing; late mail begins a linked ticket."""
    closed = datetime(2024, 5, 1, tzinfo=UTC)
    month = timedelta(days=30)

    assert on_closed("human", closed, closed + timedelta(days=30), month) == "reopen"
    assert on_closed("human", closed, closed + timedelta(days=31), month) == "follow_up"
    assert on_closed("out_of_office", closed, closed + timedelta(days=1), month) == "join"
    assert on_closed("bounce", closed, closed + timedelta(days=99), month) == "join"


def test_a_stranger_in_a_ticket_is_noticed() -> None:
    """Case does not matter; an unknown sender does."""
    assert is_new_participant(PLAIN, {"joe@example.net"})
    assert not is_new_participant(parse(b"From: JANE@example.net\n\nx"), {"jane@example.net"})
