"""The wire format: known answers of Laravel's own class, and what a strict reader refuses."""

from __future__ import annotations

import base64
import hmac
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.keys import laravel
from shared.keys.contract import Key
from shared.keys.laravel import Payload, Unopenable

KEY = bytes(range(32))
PREVIOUS = bytes.fromhex("ff" + "11" * 30 + "ee")
IV = bytes(range(0xA0, 0xB0))
SEALING_KEY = Key("mb_1/0a", KEY)

# Made by Laravel's Encrypter (encryptString, or encrypt where the plaintext is PHP-serialised) with KEY
# and IV, the last with PREVIOUS: (plaintext, value, mac).
KNOWN_ANSWERS = [
    (
        KEY,
        b"",
        "YA0Ho7myxOQIIVPW0XB6pg==",
        "b40b56746cf7c40f839768c6b96244d6e9b77eea6d0ff971a78c487aaf6eda55",
    ),
    (
        KEY,
        b"foo",
        "NO9WYz8cZax+SgYQqDSWaQ==",
        "570130ad77b69c3af792c86df7f95749726bc3bc7d79c6c5f459943c5d1a5465",
    ),
    (
        KEY,
        b"a" * 15,
        "0KtX2zVkXy9VRRYxFaJ1pQ==",
        "1b1eba2b13615f4e553d5aa884bec2653c9024ff46ca6546a3e15968331ca2be",
    ),
    (
        KEY,
        bytes.fromhex("00ff1062696e"),
        "m383zGYrpRaVBkUm7K01/g==",
        "bfb094aefd3239107c8258bfe729e9b49f43e587cae2fd971cb8f5b0d67181c8",
    ),
    (
        KEY,
        b's:3:"foo";',
        "zqrOl40LJSa3LP2/T6zE9Q==",
        "44e05fa2e55c8fbdd6193be41b32e9b41469d432f556a0110a958ac0b9299ffb",
    ),
    (
        PREVIOUS,
        b"rotated",
        "bY20Kaf9Pvk8tH0rdgH9GA==",
        "dcd1207f3fd8c10661353a06098d190bd55ea9d675eeea33dda02a0d769a4435",
    ),
]


def outer(members: str) -> str:
    """Return a payload of this JSON text."""
    return base64.b64encode(members.encode()).decode()


@pytest.mark.parametrize(("key", "plaintext", "value", "mac"), KNOWN_ANSWERS)
def test_payloads_are_laravels_bit_for_bit(key, plaintext, value, mac):
    """With Laravel's key and IV the payload is Laravel's text, and it opens."""
    expected = outer(
        f'{{"iv":"oKGio6SlpqeoqaqrrK2urw==","value":"{value}","mac":"{mac}","tag":""}}'
    )

    payload = laravel.encrypt(plaintext, key, iv=IV)

    assert payload == expected
    assert laravel.decrypt(laravel.read(payload), (PREVIOUS, KEY)) == plaintext


@given(st.binary(max_size=200))
def test_every_plaintext_comes_back(plaintext):
    """Any bytes, of any length modulo the block, open to themselves."""
    payload = laravel.encrypt(plaintext, KEY, kid="app-key/1")

    assert laravel.decrypt(laravel.read(payload), (KEY,)) == plaintext


def test_two_payloads_of_one_plaintext_differ():
    """Equal plaintexts cannot be told from their payloads."""
    assert laravel.encrypt(b"foo", KEY) != laravel.encrypt(b"foo", KEY)


def test_no_byte_of_a_sealed_value_may_change():
    """Any one character flipped, left out, doubled or swapped is one generic error."""
    payload = laravel.seal({"subject": "printer on fire"}, "t_1/subject", SEALING_KEY)
    rng = random.Random(1)
    changed = set()
    for at in range(len(payload)):
        other = rng.choice("ABCxyz019+/=-_ \n")
        changed.add(payload[:at] + other + payload[at + 1 :])
        changed.add(payload[:at] + payload[at + 1 :])
        changed.add(payload[:at] + payload[at] + payload[at:])
        changed.add(payload[:at] + payload[at + 1 : at + 2] + payload[at] + payload[at + 2 :])
    changed.discard(payload)
    assert len(changed) > 1000

    for text in changed:
        with pytest.raises(Unopenable, match=r"^the payload does not open$"):
            laravel.unseal(laravel.read(text), "t_1/subject", SEALING_KEY)


@pytest.mark.parametrize(
    "lax",
    [
        lambda p: p + "\n",
        lambda p: " " + p,
        lambda p: p.rstrip("=") if p.endswith("=") else p + "=",
        lambda p: p[:40] + "*" + p[40:],
        lambda p: outer(base64.b64decode(p).decode().replace('=="', '"', 1)),
        lambda p: outer(base64.b64decode(p).decode().replace('","value":"', '","value":"=', 1)),
        lambda p: outer(base64.b64decode(p).decode().replace(":", ": ")),
        lambda p: outer(base64.b64decode(p).decode().replace('"tag":""', '"tag":"x"')),
        lambda p: outer(base64.b64decode(p).decode().replace(',"tag":""', "")),
        lambda p: outer(base64.b64decode(p).decode()[:-1] + ',"more":1}'),
        lambda p: outer(base64.b64decode(p).decode()[:-1] + ',"kid":"a","kid":"b"}'),
        lambda p: outer(json.dumps(json.loads(base64.b64decode(p)), sort_keys=True)),
        lambda _: outer("[" * 100_000),
        lambda _: "",
        lambda _: "é",
        lambda _: "\ud800",
    ],
)
def test_what_php_reads_leniently_is_refused(lax):
    """Junk, white space, moved padding, other members and other orders do not open."""
    payload = laravel.encrypt(b"foo", KEY)
    assert laravel.read(payload)

    with pytest.raises(Unopenable):
        laravel.read(lax(payload))


@pytest.mark.parametrize("member", ["iv", "value"])
def test_loose_bits_in_base64_are_refused(member):
    """The unused bits of base64's last character are zero, even where the MAC covers another text."""
    members = json.loads(base64.b64decode(laravel.encrypt(b"foo", KEY)))
    text = members[member]
    assert text.endswith("==")
    members[member] = text[:21] + chr(ord(text[21]) + 1) + "=="
    signed = (members["iv"] + members["value"]).encode()
    members["mac"] = hmac.digest(KEY, signed, "sha256").hex()
    payload = outer(json.dumps(members, separators=(",", ":")))

    with pytest.raises(Unopenable):
        laravel.decrypt(laravel.read(payload), (KEY,))


def test_another_context_key_or_id_does_not_open():
    """A payload that was moved to another field, record or key is refused."""
    payload = laravel.read(laravel.seal("secret", "u_1/totp", SEALING_KEY))

    for context, key in [
        ("u_2/totp", SEALING_KEY),
        ("u_1/totp", Key("mb_1/0b", KEY)),
        ("u_1/totp", Key("mb_1/0a", PREVIOUS)),
    ]:
        with pytest.raises(Unopenable):
            laravel.unseal(payload, context, key)

    renamed = Payload(payload.iv, payload.value, payload.mac, "mb_1/0b")
    with pytest.raises(Unopenable):
        laravel.unseal(renamed, "u_1/totp", SEALING_KEY)


@pytest.mark.parametrize(
    "contents",
    [
        b'{"c":"x","d":1,"kid":"mb_1/0a","v":3}',
        b'{"c":"x","d":1,"kid":"mb_1/0a"}',
        b'{"c":"x","d":1,"e":2,"kid":"mb_1/0a","v":2}',
        b'{"d":1,"c":"x","kid":"mb_1/0a","v":2}',
        b'{"c":"x", "d":1,"kid":"mb_1/0a","v":2}',
        b'{"c":"x","d":1,"d":1,"kid":"mb_1/0a","v":2}',
        b'{"c":"x","d":NaN,"kid":"mb_1/0a","v":2}',
        b"[1]",
        b'"d"',
        b"foo",
        b"\xff",
        b"",
    ],
)
def test_contents_that_are_not_canonical_v2_do_not_open(contents):
    """Even under the right key only the one canonical text of version 2 opens."""
    payload = laravel.encrypt(contents, KEY, kid="mb_1/0a")

    with pytest.raises(Unopenable):
        laravel.unseal(laravel.read(payload), "x", SEALING_KEY)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_every_json_value_comes_back(value):
    """What was sealed is what opens, Arabic and emoji included."""
    payload = laravel.seal(value, "x", SEALING_KEY)

    assert laravel.unseal(laravel.read(payload), "x", SEALING_KEY) == value


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**60, "\udc80secret", {1: "secret"}]
)
def test_what_json_cannot_hold_is_refused_without_quoting_it(value):
    """A value without an RFC 8785 form is a clear error that tells nothing of the value."""
    with pytest.raises(ValueError, match="no RFC 8785 form") as caught:
        laravel.seal(value, "x", SEALING_KEY)

    assert "secret" not in repr(caught.value)
    assert caught.value.__cause__ is None
