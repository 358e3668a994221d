"""Addresses: strict where they identify, lenient where they are only shown."""

import pytest

from shared.mail.addresses import MAX_ADDRESSES, Address, read_addresses, strict_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("jane@example.com", "jane@example.com"),
        ("Jane.Doe+x@EXAMPLE.com", "Jane.Doe+x@example.com"),
        ("jane@bücher.example.net", "jane@xn--bcher-kva.example.net"),
        ('"jane doe"@example.com', '"jane doe"@example.com'),
        ("جين@example.com", "جين@example.com"),
    ],
)
def test_one_addr_spec_is_read(text: str, address: str) -> None:
    """One addr-spec is taken, its domain in lower-case A-labels."""
    assert strict_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jane",
        "@example.com",
        "jane@",
        "=?utf-8?q?admin?=@example.com",
        "jane@example.com (comment)",
        "<jane@example.com>",
        "@a.example,@b.example:jane@example.com",
        "jane@exa mple.com",
        "jane@example.com\r\nBcc: all@example.com",
        "jane\0@example.com",
        "jane@ex\u202eample.com",
        "jane@example\uff0ecom",
        "jane@-example.com",
        f"jane@{'a' * 64}.com",
        f"{'a' * 400}@example.com",
    ],
)
def test_anything_else_is_no_address(text: str) -> None:
    """Encoded words, comments, routes, controls and strange domains name nobody."""
    assert strict_address(text) == ""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Jane Doe <jane@example.com>", [("Jane Doe", "jane@example.com")]),
        ('"Doe, Jane" <jane@example.com>', [("Doe, Jane", "jane@example.com")]),
        ("jane@example.com (Jane (JD) Doe)", [("Jane (JD) Doe", "jane@example.com")]),
        ("a@example.com, b@example.com", [("", "a@example.com"), ("", "b@example.com")]),
        ("a@example.com; b@example.com", [("", "a@example.com"), ("", "b@example.com")]),
        (
            "Team: a@example.com, Bo <b@example.com>;",
            [("", "a@example.com"), ("Bo", "b@example.com")],
        ),
        ("undisclosed-recipients:;", []),
        ("=?utf-8?B?2YTZitmE2Yk=?= <l@example.com>", [("ليلى", "l@example.com")]),
        ("Jane", [("Jane", "")]),
    ],
)
def test_a_list_is_read_in_the_forms_that_senders_write(
    value: str, expected: list[tuple[str, str]]
) -> None:
    """Names, comments, groups and encoded words are understood."""
    assert read_addresses(value).addresses == tuple(Address(*pair) for pair in expected)


@pytest.mark.parametrize(
    "value",
    [
        "<a@example.com>b@example.net",
        "<a@example.com><b@example.net>",
        "b@example.net <a@example.com>",
        "Jane a@example.com",
        "=?utf-8?q?x?=@example.com",
    ],
)
def test_a_field_that_two_readers_read_differently_is_not_clear(value: str) -> None:
    """Where programs disagree on the address, the reading says so."""
    assert not read_addresses(value).clear


def test_an_address_beside_itself_is_clear() -> None:
    """An address repeated as the display name is ordinary."""
    reading = read_addresses("jane@example.com <jane@example.com>")

    assert reading.clear
    assert reading.addresses[0].address == "jane@example.com"


def test_nested_comments_and_endless_lists_are_bounded() -> None:
    """Neither 60,000 parentheses nor 20,000 recipients break or slow the reading."""
    nested = read_addresses("(" * 60_000)
    many = read_addresses(", ".join(f"u{number}@example.com" for number in range(20_000)))

    assert nested.addresses
    assert len(many.addresses) == MAX_ADDRESSES
    assert many.capped


@pytest.mark.parametrize(
    ("name", "believed"),
    [
        ("Nora Lind", "Nora Lind"),
        ("nora@example.net", "nora@example.net"),
        ("Nora (NORA@example.net)", "Nora (NORA@example.net)"),
        ("support@example.com", ""),
        ('"support@example.com" via desk', ""),
        ("me@home", "me@home"),
    ],
)
def test_a_name_that_shows_another_address_is_not_believed(name: str, believed: str) -> None:
    """A sender cannot stand in the list of tickets under somebody else's address."""
    assert Address(name, "nora@example.net").believed() == Address(believed, "nora@example.net")
