"""The copies of wrapped keys: the keyring can be lost, and a destroyed key cannot come back."""

from __future__ import annotations

import pytest

from shared.blobs.folder import FolderBlobs
from shared.errors import NotFound, Unavailable
from shared.keys.contract import APP_KEY
from shared.keys.envelope import COLLECTION, Envelope
from shared.keys.laravel import Unopenable
from shared.keys.local import FileKeys

MAILBOX = "mb_01"
CONTEXT = "mailboxes/mb_01/refresh_token"


class Fault(Exception):
    """Stands for the death of an instance between two steps."""


class Faulty:
    """Passes calls on and fails at the k-th of all that share `steps`, before or after its effect."""

    def __init__(self, inner, steps: list[str], fail_at: int, *, after: bool) -> None:
        self._inner = inner
        self._steps = steps
        self._fail_at = fail_at
        self._after = after

    def __getattr__(self, name):
        call = getattr(self._inner, name)

        def step(*arguments):
            self._steps.append(name)
            fails = len(self._steps) == self._fail_at
            if fails and not self._after:
                raise Fault
            result = call(*arguments)
            if fails:
                raise Fault
            return result

        return step


@pytest.fixture
def bucket(tmp_path):
    """Hold the copies."""
    return FolderBlobs(tmp_path / "copies")


@pytest.fixture
def instance(key_file, keyring, bucket, clock):
    """Make an instance of the product with a memory of its own, perhaps one that dies at a step."""

    def make(fail_at: int = 0, *, after: bool = False) -> Envelope:
        steps: list[str] = []
        keys = FileKeys(key_file, clock)
        seams = [Faulty(seam, steps, fail_at, after=after) for seam in (keyring, bucket)]
        return Envelope(keys, seams[0], clock, seams[1])

    return make


def lose_key(keyring, owner: str) -> None:
    """Let a document of the keyring vanish, as if the database were lost."""
    keyring.transact(lambda tx: tx.delete(COLLECTION, owner))


def copy_of(bucket, owner: str) -> str | None:
    """Return the wrapped key in the bucket."""
    try:
        with bucket.open(owner) as stream:
            return stream.read().decode()
    except NotFound:
        return None


def test_a_lost_keyring_is_restored_from_the_copies(instance, keyring):
    """What was sealed opens again; a second restore does nothing."""
    envelope = instance()
    envelope.create(MAILBOX)
    payload = envelope.seal(MAILBOX, CONTEXT, "secret")
    lose_key(keyring, MAILBOX)

    assert instance().restore(MAILBOX) is True
    assert instance().restore(MAILBOX) is False

    assert instance().open(MAILBOX, CONTEXT, payload) == "secret"
    assert keyring.get(COLLECTION, MAILBOX).data["kid"] == "app-key/1"


def test_a_destroyed_key_cannot_be_restored(instance, bucket):
    """Keyring and copy go together."""
    envelope = instance()
    envelope.create(MAILBOX)

    envelope.destroy(MAILBOX)

    assert copy_of(bucket, MAILBOX) is None
    with pytest.raises(NotFound, match=r"^key\.not_found$"):
        instance().restore(MAILBOX)


def test_a_damaged_copy_is_not_restored(instance, keyring, bucket):
    """A key that does not open is worse than one that is missing."""
    instance().create(MAILBOX)
    instance().create("mb_02")
    other = copy_of(bucket, "mb_02")
    lose_key(keyring, MAILBOX)
    for damaged in (other.encode(), b"", b"\xff"):
        bucket.delete(MAILBOX)
        bucket.put(MAILBOX, [damaged])

        with pytest.raises(Unopenable):
            instance().restore(MAILBOX)

    assert keyring.get(COLLECTION, MAILBOX) is None


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("fail_at", range(1, 4))
def test_creating_may_die_at_any_step(instance, keyring, bucket, fail_at, after):
    """Tried again, there is one key, and its copy is the same."""
    try:
        instance(fail_at, after=after).create(MAILBOX)
        died = False
    except Fault:
        died = True
    assert died == (fail_at <= 2)

    instance().create(MAILBOX)

    payload = instance().seal(MAILBOX, CONTEXT, "secret")
    assert copy_of(bucket, MAILBOX) == keyring.get(COLLECTION, MAILBOX).data["wrapped"]
    assert instance().open(MAILBOX, CONTEXT, payload) == "secret"


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("fail_at", [1, 2])
def test_destroying_may_die_at_any_step(instance, keyring, bucket, fail_at, after):
    """Tried again, neither is left; a copy never outlives its key's document."""
    instance().create(MAILBOX)
    with pytest.raises(Fault):
        instance(fail_at, after=after).destroy(MAILBOX)
    assert keyring.get(COLLECTION, MAILBOX) is not None or copy_of(bucket, MAILBOX) is None

    instance().destroy(MAILBOX)

    assert (keyring.get(COLLECTION, MAILBOX), copy_of(bucket, MAILBOX)) == (None, None)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("fail_at", range(1, 5))
def test_rewrapping_may_die_at_any_step(instance, keyring, bucket, keys, fail_at, after):
    """Tried again, key and copy are wrapped by the new APP_KEY, and everything opens."""
    envelope = instance()
    envelope.create(MAILBOX)
    payload = envelope.seal(MAILBOX, CONTEXT, "secret")
    keys.set_primary(keys.add_version(APP_KEY))
    with pytest.raises(Fault):
        instance(fail_at, after=after).rewrap(MAILBOX)
    assert instance().open(MAILBOX, CONTEXT, payload) == "secret"

    instance().rewrap(MAILBOX)

    document = keyring.get(COLLECTION, MAILBOX)
    assert document.data["kid"] == "app-key/2"
    assert copy_of(bucket, MAILBOX) is not None
    lose_key(keyring, MAILBOX)
    instance().restore(MAILBOX)
    keys.destroy_version("app-key/1")
    assert instance().open(MAILBOX, CONTEXT, payload) == "secret"


def test_a_key_from_before_there_were_copies_gets_one(instance, keyring, bucket, keys, clock):
    """Creating again copies the key that stands, never another one."""
    before = Envelope(keys, keyring, clock)
    before.create(MAILBOX)
    payload = before.seal(MAILBOX, CONTEXT, "secret")

    instance().create(MAILBOX)

    assert copy_of(bucket, MAILBOX) == keyring.get(COLLECTION, MAILBOX).data["wrapped"]
    assert instance().open(MAILBOX, CONTEXT, payload) == "secret"


class Meanwhile:
    """A bucket; `happens` takes place once, right after its next put."""

    def __init__(self, bucket, happens) -> None:
        self._bucket = bucket
        self._happens = happens

    def put(self, name, content):
        """Pass on, then let it happen."""
        self._bucket.put(name, content)
        happens, self._happens = self._happens, lambda: None
        happens()

    def __getattr__(self, name):
        return getattr(self._bucket, name)


@pytest.mark.parametrize("made_anew", [False, True])
def test_rewrapping_does_not_bring_a_destroyed_key_back(
    instance, keyring, bucket, keys, clock, made_anew
):
    """A key that is destroyed while it is re-wrapped stays destroyed, in the keyring and as a copy."""
    envelope = instance()
    envelope.create(MAILBOX)
    old = envelope.seal(MAILBOX, CONTEXT, "old")
    keys.set_primary(keys.add_version(APP_KEY))
    other = instance()

    def destroy():
        other.destroy(MAILBOX)
        if made_anew:
            other.create(MAILBOX)

    rewrapping = Envelope(keys, keyring, clock, Meanwhile(bucket, destroy))
    assert rewrapping.rewrap(MAILBOX) is False

    document = keyring.get(COLLECTION, MAILBOX)
    assert copy_of(bucket, MAILBOX) == (document.data["wrapped"] if document else None)
    assert (document is not None) == made_anew
    with pytest.raises(Unopenable if made_anew else NotFound):
        instance().open(MAILBOX, CONTEXT, old)


def test_an_owner_whose_key_is_just_being_destroyed_is_tried_later(keyring, bucket, keys, clock):
    """Neither the old key nor a silent failure: the caller comes again."""
    bucket.put(MAILBOX, [b"x"])

    class Vanishing:
        def put(self, name, content):
            try:
                bucket.put(name, content)
            finally:
                bucket.delete(name)

        def __getattr__(self, name):
            return getattr(bucket, name)

    with pytest.raises(Unavailable):
        Envelope(keys, keyring, clock, Vanishing()).create(MAILBOX)

    Envelope(keys, keyring, clock, bucket).create(MAILBOX)
    assert copy_of(bucket, MAILBOX) == keyring.get(COLLECTION, MAILBOX).data["wrapped"]


def test_a_key_whose_copy_is_just_being_mended_is_there(instance, keyring, bucket, keys, clock):
    """Three mails of one new sender at once: the copy is away for a moment, the key is not."""
    instance().create(MAILBOX)

    class Mending:
        def put(self, name, content):
            try:
                bucket.put(name, content)
            finally:
                bucket.delete(name)

        def __getattr__(self, name):
            return getattr(bucket, name)

    second = Envelope(keys, keyring, clock, Mending())
    second.create(MAILBOX)

    sealed = second.seal(MAILBOX, "a place", "words")
    assert instance().open(MAILBOX, "a place", sealed) == "words"
