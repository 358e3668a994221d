"""Payloads of a genuine Laravel installation, as a migration reads them."""

from __future__ import annotations

import base64
import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.keys import laravel, legacy
from shared.keys.laravel import Unopenable
from shared.keys.legacy import LegacyKeys

APP_KEY = "base64:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
PREVIOUS_KEYS = "base64:/xEREREREREREREREREREREREREREREREREREREREe4="
KEYS = LegacyKeys((bytes(range(32)), bytes.fromhex("ff" + "11" * 30 + "ee")))

# Laravel's own payloads of encrypt(['host' => 'smtp.example.com', ...]) and of a string under a previous key.
SETTINGS = (
    "eyJpdiI6Im9LR2lvNlNscHFlb3FhcXJySzJ1cnc9PSIsInZhbHVlIjoiSkxBaXBRSU5zV2wySkdKS0NacCtmVE9ENFJDaFVkMVh4cE5UZXZ1"
    "VnFRWGNrTE1FUVNrckVmeXIrYmNUaGJGR2U1c3ErRitHWHFJRnQwLzhTeFIzeXYzMytDb29WR0hQdXNkWWJERE5ERHFHVm5SN1dpL1ZyTkhp"
    "K3NNb1M5MWNTUGJkbFljT2RsT2tVMUpQcHFkSHdnPT0iLCJtYWMiOiIwODg0ODQ3NTM4YzAzYjBmNTgzOGJkMDY3NTVhYmNjOWE1NzkxMWFj"
    "ZTYwYzhmMmE2YzA5ZWNkYzU5N2JlMDNhIiwidGFnIjoiIn0="
)
ROTATED = (
    "eyJpdiI6Im9LR2lvNlNscHFlb3FhcXJySzJ1cnc9PSIsInZhbHVlIjoiYlkyMEthZjlQdms4dEgwcmRnSDlHQT09IiwibWFjIjoiZGNkMTIw"
    "N2YzZmQ4YzEwNjYxMzUzYTA2MDk4ZDE5MGJkNTVlYTlkNjc1ZWVlYTMzZGRhMDJhMGQ3NjlhNDQzNSIsInRhZyI6IiJ9"
)


def test_the_keys_of_an_environment_are_read():
    """APP_KEY and the comma list APP_PREVIOUS_KEYS, base64 or raw, are the keys."""
    assert LegacyKeys.parse(APP_KEY, PREVIOUS_KEYS) == KEYS
    assert LegacyKeys.parse("k" * 32).values == (b"k" * 32,)
    assert "k" * 8 not in repr(LegacyKeys.parse("k" * 32))


@pytest.mark.parametrize("key", ["", "short", "base64:AAEC", "base64:*", "base64:" + "A" * 43])
def test_a_key_of_another_length_is_refused(key):
    """Only 32 bytes make a key of aes-256-cbc."""
    with pytest.raises(ValueError, match="Laravel key"):
        LegacyKeys.parse(key)


def test_laravels_own_payloads_open():
    """An array of scalars, and a string under a previous key, as Laravel wrote them."""
    settings = legacy.decrypt_serialised(SETTINGS, KEYS)
    rotated = legacy.decrypt_string(ROTATED, KEYS)

    assert settings == {
        "host": "smtp.example.com",
        "port": 587,
        "tls": True,
        "x": None,
        "f": 1.5,
    }
    assert rotated == b"rotated"


def test_older_forms_of_the_json_open():
    """Without `tag`, with escaped slashes, members in another order and unknown ones: Laravel reads them."""
    members = json.loads(base64.b64decode(laravel.encrypt(b"foo", KEYS.values[0])))
    old = {"mac": members["mac"], "more": [1], "iv": members["iv"], "value": members["value"]}
    text = json.dumps(old).replace("/", "\\/")

    payload = base64.b64encode(text.encode()).decode()

    assert legacy.decrypt_string(payload, KEYS) == b"foo"


@pytest.mark.parametrize(
    "members",
    [
        {"tag": "x"},
        {"tag": 1},
        {"iv": None},
        {"iv": "AAAA"},
        {"iv": ["a"]},
        {"value": 3},
        {"value": "\ud800"},
        {"mac": "é" * 64},
        {"mac": ""},
    ],
)
def test_damaged_payloads_do_not_open(members):
    """A wrong member is the one generic error, never a crash."""
    payload = json.loads(base64.b64decode(laravel.encrypt(b"foo", KEYS.values[0])))
    text = base64.b64encode(json.dumps(payload | members).encode()).decode()

    with pytest.raises(Unopenable):
        legacy.decrypt_string(text, KEYS)


@pytest.mark.parametrize(
    "payload", ["", "x", "é", "W10=", "bnVsbA==", " " + ROTATED, ROTATED + "\n"]
)
def test_what_is_no_payload_does_not_open(payload):
    """Junk, white space and other JSON are refused."""
    with pytest.raises(Unopenable):
        legacy.decrypt_string(payload, KEYS)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"N;", None),
        (b"b:0;", False),
        (b"i:-9223372036854775808;", -(2**63)),
        (b"d:-1.0E+25;", -1e25),
        (b's:6:"\xd8\xa3\xd8\xa8\xd8\xaa";', "أبت"),
        (b's:2:"";";', '";'),
        (b"a:0:{}", {}),
        (b'a:2:{i:0;s:1:"a";s:1:"k";a:1:{i:7;b:1;}}', {0: "a", "k": {7: True}}),
    ],
)
def test_phps_scalars_and_arrays_are_read(data, value):
    """Lengths count bytes; arrays become dicts."""
    assert legacy.unserialise(data) == value


@pytest.mark.parametrize(
    "data",
    [
        b'O:8:"stdClass":0:{}',
        b'C:3:"Foo":2:{ab}',
        b'a:1:{i:0;O:8:"stdClass":0:{}}',
        b"a:2:{i:0;i:1;i:1;R:2;}",
        b"a:2:{i:0;i:1;i:1;r:2;}",
        b'E:3:"A:B";',
        b"",
        b"i:1",
        b"i:1;i:2;",
        b"i:1_0;",
        b"i: 1;",
        b"d:INF;",
        b's:9:"foo";',
        b's:3:"foo"',
        b's:1:"\xff";',
        b"a:1:{}",
        b"a:1:{N;i:1;}",
        b"a:2:{i:0;i:1;i:0;i:2;}",
        b"a:999999999:{",
        b"a:1:{i:0;" * 5_000,
    ],
)
def test_objects_references_and_damage_are_refused(data):
    """No object is ever made, and no length or depth makes the reader work for nothing."""
    with pytest.raises(Unopenable):
        legacy.unserialise(data)


@given(st.binary(max_size=60))
def test_no_bytes_make_the_reader_crash(data):
    """Any bytes either are a value or do not open."""
    with contextlib.suppress(Unopenable):
        legacy.unserialise(data)
