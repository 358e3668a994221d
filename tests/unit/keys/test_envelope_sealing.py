"""Sealing under data keys: what opens where, and what a destroyed key leaves."""

from __future__ import annotations

import re
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.errors import NotFound, Unavailable
from shared.keys import laravel
from shared.keys.contract import APP_KEY, INDEX_KEY
from shared.keys.envelope import COLLECTION, Envelope
from shared.keys.laravel import Unopenable
from shared.keys.local import FileKeys

MAILBOX = "mb_01"
CONTEXT = "mailboxes/mb_01/refresh_token"


class CountingKeyring:
    """Counts the reads of a keyring."""

    def __init__(self, keyring) -> None:
        self._keyring = keyring
        self.reads = 0

    def get(self, collection, id):
        """Count and pass on."""
        self.reads += 1
        return self._keyring.get(collection, id)

    def __getattr__(self, name):
        return getattr(self._keyring, name)


def test_what_one_instance_seals_another_opens(envelope, other_instance):
    """The keyring is all that instances share."""
    envelope.create(MAILBOX)

    payload = envelope.seal(MAILBOX, CONTEXT, {"token": "1//secret", "n": [1, None]})

    assert other_instance.open(MAILBOX, CONTEXT, payload) == {"token": "1//secret", "n": [1, None]}


def test_creating_twice_keeps_the_first_key(envelope, other_instance):
    """A redelivered event that creates a key again makes nothing unreadable."""
    envelope.create(MAILBOX)
    payload = envelope.seal(MAILBOX, CONTEXT, "secret")

    other_instance.create(MAILBOX)

    assert other_instance.open(MAILBOX, CONTEXT, payload) == "secret"
    assert other_instance.seal(MAILBOX, CONTEXT, "more")


@pytest.mark.parametrize("owner", ["", "mb_", "t_01", "mb_01/x", "mb_01\n", "MB_01"])
def test_only_mailboxes_users_and_customers_own_keys(envelope, owner):
    """Any other owner is a mistake of the caller."""
    with pytest.raises(ValueError, match="own a data key"):
        envelope.create(owner)


def test_a_payload_opens_for_its_owner_and_context_only(envelope):
    """A value that was moved to another field or another owner's record does not open."""
    envelope.create(MAILBOX)
    envelope.create("mb_02")
    payload = envelope.seal(MAILBOX, CONTEXT, "secret")

    for owner, context in [
        (MAILBOX, "mailboxes/mb_01/subject"),
        ("mb_02", CONTEXT),
        ("c_09", CONTEXT),
    ]:
        with pytest.raises(Unopenable):
            envelope.open(owner, context, payload)


def test_laravels_reader_opens_a_sealed_value(envelope, keyring, keys):
    """Format and key suffice: contents, context and key id are in plain sight of a key holder."""
    envelope.create("u_7")
    payload = envelope.seal("u_7", "users/u_7/totp", "secret")
    wrapped = laravel.read(keyring.get(COLLECTION, "u_7").data["wrapped"])
    app_key = keys.primary(APP_KEY)

    data_key = laravel.unseal(wrapped, "dek:u_7", app_key)

    parts = laravel.read(payload)
    assert parts.kid == data_key["id"]
    assert re.fullmatch(r"u_7/[0-9a-f]{16}", parts.kid)
    assert keyring.get(COLLECTION, "u_7").data["kid"] == app_key.id == "app-key/1"


def test_without_a_key_nothing_is_sealed_or_opened(envelope, other_instance):
    """A missing key is its own error, because content under it is gone for good."""
    other_instance.create("mb_02")
    payload = other_instance.seal("mb_02", CONTEXT, "x").replace("mb_02", MAILBOX)
    other_instance.destroy("mb_02")

    for attempt in (
        lambda: envelope.seal("mb_02", CONTEXT, "x"),
        lambda: envelope.open("mb_02", CONTEXT, payload),
        lambda: envelope.token("mb_02", "p", "x"),
    ):
        with pytest.raises(NotFound, match=r"^key\.not_found$"):
            attempt()


def test_destroying_forgets_at_once_here_and_within_minutes_elsewhere(
    envelope, other_instance, clock
):
    """The instance that destroys has no memory of the key, others lose theirs in 5 minutes."""
    envelope.create(MAILBOX)
    payload = envelope.seal(MAILBOX, CONTEXT, "secret")
    assert other_instance.open(MAILBOX, CONTEXT, payload) == "secret"

    envelope.destroy(MAILBOX)
    envelope.destroy(MAILBOX)

    with pytest.raises(NotFound):
        envelope.open(MAILBOX, CONTEXT, payload)
    clock.advance(300)
    with pytest.raises(NotFound):
        other_instance.open(MAILBOX, CONTEXT, payload)


def test_a_key_made_anew_opens_nothing_of_the_destroyed_one(envelope, other_instance, clock):
    """An owner that comes back starts afresh, on every instance."""
    envelope.create(MAILBOX)
    old = envelope.seal(MAILBOX, CONTEXT, "old")
    assert other_instance.open(MAILBOX, CONTEXT, old) == "old"
    envelope.destroy(MAILBOX)
    envelope.create(MAILBOX)
    clock.advance(31)

    new = envelope.seal(MAILBOX, CONTEXT, "new")

    assert other_instance.open(MAILBOX, CONTEXT, new) == "new"
    for instance in (envelope, other_instance):
        with pytest.raises(Unopenable):
            instance.open(MAILBOX, CONTEXT, old)


def test_a_key_is_read_once_in_five_minutes(keys, keyring, clock):
    """Opening a page of a mailbox's tickets costs one read of its key."""
    counting = CountingKeyring(keyring)
    envelope = Envelope(keys, counting, clock)
    Envelope(keys, keyring, clock).create(MAILBOX)

    for _ in range(50):
        envelope.seal(MAILBOX, CONTEXT, "x")
    assert counting.reads == 1

    clock.advance(300)
    envelope.seal(MAILBOX, CONTEXT, "x")
    assert counting.reads == 2


def test_an_unknown_key_is_asked_for_each_time(keys, keyring, clock):
    """A missing key is not remembered, so that one made elsewhere is found at once."""
    counting = CountingKeyring(keyring)
    envelope = Envelope(keys, counting, clock)
    for _ in range(2):
        with pytest.raises(NotFound):
            envelope.seal(MAILBOX, CONTEXT, "x")
    assert counting.reads == 2

    Envelope(keys, keyring, clock).create(MAILBOX)

    assert envelope.seal(MAILBOX, CONTEXT, "x")


def test_a_forged_key_id_costs_no_reads(keys, keyring, clock):
    """Payloads that name other keys are refused from memory, at most one look in 30 seconds."""
    counting = CountingKeyring(keyring)
    envelope = Envelope(keys, counting, clock)
    envelope.create(MAILBOX)
    foreign = laravel.encrypt(b"x", bytes(32), kid=f"{MAILBOX}/0123456789abcdef")
    for _ in range(20):
        with pytest.raises(Unopenable):
            envelope.open(MAILBOX, CONTEXT, foreign)

    assert counting.reads == 0
    clock.advance(31)
    for _ in range(20):
        with pytest.raises(Unopenable):
            envelope.open(MAILBOX, CONTEXT, foreign)
    assert counting.reads == 1


def test_many_keys_come_with_one_call(keys, keyring, clock):
    """A list of customers brings its keys together; unknown ones are passed over."""
    owners = [f"c_{n:02}" for n in range(20)]
    maker = Envelope(keys, keyring, clock)
    payloads = {}
    for owner in owners:
        maker.create(owner)
        payloads[owner] = maker.seal(owner, "name", owner)
    counting = CountingKeyring(keyring)
    envelope = Envelope(keys, counting, clock)

    envelope.load([*owners, *owners, "c_99"])

    assert [envelope.open(owner, "name", payloads[owner]) for owner in owners] == owners
    assert counting.reads == 0


def test_the_rotation_of_app_key_changes_no_payload(envelope, keys, key_file, keyring, clock):
    """After re-wrapping, the old version can go: everything still opens, nothing was sealed anew."""
    envelope.create(MAILBOX)
    payload = envelope.seal(MAILBOX, CONTEXT, "secret")
    keys.set_primary(keys.add_version(APP_KEY))

    assert envelope.rewrap(MAILBOX) is True
    assert envelope.rewrap(MAILBOX) is False
    assert envelope.rewrap("mb_unknown") is False
    keys.destroy_version("app-key/1")

    assert keyring.get(COLLECTION, MAILBOX).data["kid"] == "app-key/2"
    fresh = Envelope(FileKeys(key_file, clock), keyring, clock)
    assert fresh.open(MAILBOX, CONTEXT, payload) == "secret"


def test_a_lost_app_key_is_no_destroyed_mailbox(envelope, other_instance, keys):
    """Where APP_KEY's version is missing the answer is "not now", never "content destroyed"."""
    envelope.create(MAILBOX)
    keys.set_primary(keys.add_version(APP_KEY))
    keys.destroy_version("app-key/1")

    with pytest.raises(Unavailable, match=r"^keys\.unavailable$"):
        other_instance.seal(MAILBOX, CONTEXT, "x")


@pytest.mark.parametrize(
    "change",
    [
        lambda data, _: {"wrapped": data["wrapped"][:-4] + "AAA="},
        lambda _, other: {"wrapped": other["wrapped"]},
        lambda _, __: {"wrapped": ""},
    ],
)
def test_a_tampered_keyring_opens_nothing(envelope, other_instance, keyring, change):
    """A wrapped key that was damaged, or put under another owner's id, is refused."""
    for owner in (MAILBOX, "mb_02"):
        envelope.create(owner)
    data, other = (keyring.get(COLLECTION, owner).data for owner in (MAILBOX, "mb_02"))
    keyring.transact(lambda tx: tx.update(COLLECTION, MAILBOX, change(data, other)))

    with pytest.raises(Unopenable):
        other_instance.seal(MAILBOX, CONTEXT, "x")


def test_equality_tokens_are_equal_for_equal_texts_only(envelope, other_instance):
    """Tokens tell equality within one owner and purpose, and nothing across them."""
    envelope.create(MAILBOX)
    envelope.create("mb_02")

    token = envelope.token(MAILBOX, "message.sender", "ann@example.com")

    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", token)
    assert other_instance.token(MAILBOX, "message.sender", "ann@example.com") == token
    others = {
        envelope.token(MAILBOX, "message.subject", "ann@example.com"),
        envelope.token("mb_02", "message.sender", "ann@example.com"),
        envelope.token(MAILBOX, "message.sender", "Ann@example.com"),
        envelope.organisation_token("message.sender", "ann@example.com"),
        envelope.organisation_token("message.subject", "ann@example.com"),
    }
    assert len(others | {token}) == 6


def test_the_organisations_tokens_hang_on_its_index_key(envelope, keys):
    """They are the same on every instance while INDEX_KEY stays, and others after it changes."""
    before = envelope.organisation_token("customer.address", "ann@example.com")
    assert envelope.organisation_token("customer.address", "ann@example.com") == before

    keys.set_primary(keys.add_version(INDEX_KEY))

    assert envelope.organisation_token("customer.address", "ann@example.com") != before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text())
def test_any_text_has_a_token(envelope, text):
    """Text from a hostile mail, lone surrogates included, never makes a token fail."""
    assert len(envelope.organisation_token("any", text)) == 22


def test_threads_that_meet_an_unknown_key_read_it_once(keys, keyring, clock):
    """However many requests arrive together, the keyring is asked by one of them."""
    Envelope(keys, keyring, clock).create(MAILBOX)
    counting = CountingKeyring(keyring)
    envelope = Envelope(keys, counting, clock)
    barrier = threading.Barrier(8)
    sealed = []

    def seal():
        barrier.wait()
        sealed.append(envelope.seal(MAILBOX, CONTEXT, "x"))

    threads = [threading.Thread(target=seal) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(sealed) == 8
    assert counting.reads == 1


def test_nothing_secret_shows_in_text(envelope, keys):
    """Neither repr nor an error message holds a key or a value."""
    envelope.create(MAILBOX)
    payload = envelope.seal(MAILBOX, CONTEXT, "hunter2")

    shown = repr(envelope) + repr(vars(envelope)) + repr(keys.primary(APP_KEY))
    with pytest.raises(Unopenable) as caught:
        envelope.open(MAILBOX, "other", payload)

    assert "hunter2" not in shown + repr(caught.value)
    assert repr(keys.primary(APP_KEY)) == "Key(id='app-key/1')"
