"""The mail fixtures keep the promises of the README of `untuned`, and hold no living address."""

import email
import email.policy
import json
import re
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent
FOLDERS = sorted({path.parent for path in FIXTURES.glob("*/*.eml")})
STATED = {
    *("subject", "sender", "sender_name", "sender_not", "to", "cc", "reply_to", "date"),
    *("message_id", "in_reply_to", "references", "visible_text", "attachments", "is_bounce"),
    *("bounce_recipients", "is_auto_reply", "visible_contains", "visible_not_contains"),
    *("kind", "language", "client", "why"),
}
ADDRESS = re.compile(rb"[\w.+=-]+@([\w-]+(?:\.[\w-]+)+)")
OURS = re.compile(rb"(?:^|\.)example\.(?:com|net|org)$", re.IGNORECASE)


def test_every_untuned_message_states_what_it_is_for() -> None:
    """A message has an expectation of known keys with its reason, and a line in the README."""
    folder = FIXTURES / "untuned"
    messages = {path.stem for path in folder.glob("*.eml")}
    readme = (folder / "README.md").read_text(encoding="utf-8")

    stated = {
        path.name.removesuffix(".expected.json"): json.loads(path.read_text(encoding="utf-8"))
        for path in folder.glob("*.expected.json")
    }

    assert messages
    assert stated.keys() == messages
    assert set(re.findall(r"^\| (\w[\w-]+) \|", readme, re.MULTILINE)) - {"case"} == messages
    for name, expected in stated.items():
        assert expected["why"], name
        assert set(expected) <= STATED, name


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_address_is_reserved_for_examples(folder: Path) -> None:
    """No message names an address that somebody could own, in any decoded part."""
    for path in folder.glob("*.eml"):
        raw = path.read_bytes()

        parts = email.message_from_bytes(raw, policy=email.policy.compat32).walk()
        decoded = [part.get_payload(decode=True) for part in parts if not part.is_multipart()]
        unwrapped = re.sub(rb"=\r?\n", b"", raw)
        texts = [unwrapped, *(text for text in decoded if isinstance(text, bytes))]
        domains = ADDRESS.findall(b"\n".join(texts))

        assert [domain for domain in domains if not OURS.search(domain)] == [], path.name
