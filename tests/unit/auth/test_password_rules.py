"""Which passwords are refused, and that nothing else is."""

from __future__ import annotations

import pytest

from shared.auth import password_rules
from shared.errors import Invalid

CONTEXT = ("Nora Lind", "nora.lind@example.com", "Example Desk")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password.too_short"),
        ("x" * 1025, "password.too_long"),
        ("password1234", "password.too_common"),
        ("Password!!!!!!", "password.too_common"),
        ("111111111111", "password.too_common"),
        ("aaaabbbbaaaabbbb", "password.too_common"),
        ("nora.lind2026", "password.contains_context"),
        ("ExampleDesk123", "password.contains_context"),
    ],
)
def test_a_guessable_password_is_refused_with_the_reason(password: str, code: str) -> None:
    """Short, common, and made of what everybody knows of the person."""
    with pytest.raises(Invalid) as caught:
        password_rules.check(password, context=CONTEXT)

    assert caught.value.code == code


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "قهوة الصباح مع الهيل",
        "🦊🐻🐼🦁🐯🐨🐮🐷🐸🐵🦄🐔",
        "nora likes walking in the rain",
        "fjord-lantern-biscuit",
    ],
)
def test_a_long_password_of_any_kind_is_taken(password: str) -> None:
    """No rule about kinds of characters: words, any script and emoji are fine."""
    password_rules.check(password, context=CONTEXT)
