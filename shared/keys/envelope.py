"""Sealing: one data key for each mailbox, user and customer, wrapped by the organisation's APP_KEY.

What a person owns is sealed under that owner's data key, so that destroying one small document makes
all of it unreadable, in every backup too. Wrapped data keys stand in the database `keyring`,
collection `keys`, under the owner's id:

    wrapped     payload of {"id": key id, "key": base64} under APP_KEY, context "dek:<owner>"
    kid         the version of APP_KEY that wraps it, so that a rotation can count what is left
    created_at  server time

A data key's id is "<owner>/<generation>"; the generation is random, so that the key which an owner
gets after a destruction is never taken for the destroyed one.

The keyring has no backup, since a backup would keep what was destroyed. Against its loss each wrapped
key is also an object of a bucket elsewhere, without versions, under the owner's id. The copy is written
before the key is first used and removed before the key is: so there is no key without its copy, and no
copy is left behind of a key that nobody knows of.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.blobs.contract import AlreadyExists as CopyExists
from shared.blobs.contract import Blobs
from shared.clock import Clock
from shared.errors import NotFound, Unavailable
from shared.keys.cache import Cache
from shared.keys.contract import APP_KEY, INDEX_KEY, REFRESH_SECONDS, Key, Keys
from shared.keys.laravel import KEY_BYTES, Json, Payload, Unopenable, read, seal, unseal
from shared.store.contract import SERVER_TIME, AlreadyExists, Store, Transaction, Value

COLLECTION: Final = "keys"
TOKEN_BYTES: Final = 16  # 128 bits: 22 characters

_OWNER: Final = re.compile(r"(?:mb|u|c|o)_[0-9A-Za-z]{1,64}", re.ASCII)
_MEMORY: Final = 4096  # data keys in memory: far more than one instance meets in 5 minutes


@dataclass(frozen=True, slots=True)
class _DataKey:
    """A data key and the equality keys derived from it so far, by purpose."""

    key: Key
    derived: dict[str, bytes] = field(default_factory=dict, repr=False)


class Envelope:
    """Seals and opens values under data keys, which it keeps in memory for 5 minutes.

    A context says what a value is and where it stands ("mailboxes/mb_.../refresh_token"); the caller
    forms it from the place that it reads, so a value that was moved does not open. Thread-safe.
    """

    def __init__(
        self, keys: Keys, keyring: Store, clock: Clock, copies: Blobs | None = None
    ) -> None:
        self._keys = keys
        self._keyring = keyring
        self._copies = copies
        self._data_keys: Cache[_DataKey] = Cache(clock, size=_MEMORY)

    def create(self, owner: str) -> None:
        """Give `owner` ("mb_...", "u_...", "c_...") a data key; one that exists stays. One write.

        Idempotent, also after a failure on the way. Raises Unavailable.
        """
        if _OWNER.fullmatch(owner) is None:
            raise ValueError("only mailboxes, users, customers and the organisation own a data key")
        key = Key(f"{owner}/{secrets.token_hex(8)}", secrets.token_bytes(KEY_BYTES))
        wrapped = self._wrap(owner, key)
        if self._copies is not None and not self._put_copy(owner, wrapped):
            # Of an earlier attempt, or of another instance at this moment: that key it shall be.
            try:
                self.restore(owner)
            except NotFound:  # another instance mends the copy, or somebody destroys the key
                if self._keyring.get(COLLECTION, owner) is None:
                    raise Unavailable("keys.unavailable") from None
        elif self._enter(owner, wrapped):
            self._data_keys.put(owner, _DataKey(key))
        elif self._copies is not None:
            self.mend(owner)

    def forget_expired(self) -> None:
        """Let go of the data keys that are used no more without being read again."""
        self._data_keys.forget_expired()

    def restore(self, owner: str) -> bool:
        """Enter the copy of an owner's key into a keyring that has lost it; False where it has it.

        Raises NotFound("key.not_found") without a copy, Unopenable where the copy is damaged.
        """
        if self._copies is None:
            raise NotFound("key.not_found")
        try:
            with self._copies.open(owner) as stream:
                wrapped = stream.read().decode("latin-1")
        except NotFound:
            raise NotFound("key.not_found") from None
        self._unwrap(owner, wrapped)
        return self._enter(owner, wrapped)

    def load(self, owners: Sequence[str]) -> None:
        """Bring the data keys of many owners into memory, unknown ones passed over.

        A read for each that is not there yet.
        """
        wanted = [owner for owner in dict.fromkeys(owners) if not self._data_keys.holds(owner)]
        documents = self._keyring.get_all([(COLLECTION, owner) for owner in wanted])
        for document in documents:
            if document is not None:
                data_key = self._unwrap(document.id, document.data["wrapped"])
                self._data_keys.put(document.id, data_key)

    def seal(self, owner: str, context: str, value: Json) -> str:
        """Return `value` sealed under the owner's data key, as text.

        Raises NotFound("key.not_found") without a key, ValueError for what RFC 8785 cannot write.
        """
        return seal(value, context, self._data_key(owner).key)

    def open(self, owner: str, context: str, payload: str) -> Any:
        """Return the value sealed for this owner and context.

        Raises NotFound("key.not_found") where the owner's key was destroyed, Unopenable on any
        deviation of the payload from what `seal` wrote for exactly this owner and context.
        """
        parts = read(payload)
        return unseal(parts, context, self._sealing_key(owner, parts))

    def token(self, owner: str, purpose: str, text: str) -> str:
        """Return the equality token of a text: equal for equal (owner, purpose, text), else unrelated.

        22 characters of url-safe base64 (128 bits). Raises NotFound("key.not_found").
        """
        return _token(self._data_key(owner), purpose, text)

    def organisation_token(self, purpose: str, text: str) -> str:
        """Return an equality token under the organisation's INDEX_KEY, for what no owner's key covers.

        A new primary INDEX_KEY changes every token: whoever rotates it rewrites them.
        """
        return _token(_DataKey(self._keys.primary(INDEX_KEY)), purpose, text)

    def destroy(self, owner: str) -> None:
        """Destroy the owner's data key for ever; what was sealed under it opens nowhere again.

        Idempotent. Other instances forget it within 5 minutes at the latest.
        """
        try:
            if self._copies is not None:
                self._copies.delete(owner)
            self._keyring.transact(lambda tx: tx.delete(COLLECTION, owner))
        finally:
            self._data_keys.discard(owner)

    def rewrap(self, owner: str) -> bool:
        """Wrap the owner's data key under the primary APP_KEY; False where nothing was to be done.

        What the data key has sealed stays as it is. Idempotent, safe beside `create` and `destroy`.
        """
        document = self._keyring.get(COLLECTION, owner)
        if document is None or document.data["kid"] == self._keys.primary(APP_KEY).id:
            return False
        wrapped = self._wrap(owner, self._unwrap(owner, document.data["wrapped"]).key)
        if self._copies is not None:
            self._copies.delete(owner)
            self._put_copy(owner, wrapped)

        def replace(tx: Transaction) -> bool:
            now = tx.get(COLLECTION, owner)
            if now is None or now.data["wrapped"] != document.data["wrapped"]:
                return False
            tx.update(COLLECTION, owner, _fields(wrapped))
            return True

        replaced = self._keyring.transact(replace)
        if not replaced and self._copies is not None:
            self.mend(owner)  # the key was destroyed meanwhile, or made anew
        return replaced

    def mend(self, owner: str) -> None:
        """Replace the copy of an owner's key by one of what the keyring has, or of nothing by nothing."""
        assert self._copies is not None
        document = self._keyring.get(COLLECTION, owner)
        self._copies.delete(owner)
        if document is not None:
            self._put_copy(owner, str(document.data["wrapped"]))

    def _data_key(self, owner: str, max_age_seconds: float | None = None) -> _DataKey:
        return self._data_keys.get(
            owner, lambda: self._read(owner), max_age_seconds=max_age_seconds
        )

    def _sealing_key(self, owner: str, payload: Payload) -> Key:
        if payload.kid is None or payload.kid.rpartition("/")[0] != owner:
            raise Unopenable
        key = self._data_key(owner).key
        if key.id != payload.kid:  # perhaps another instance has just made the owner a new key
            key = self._data_key(owner, max_age_seconds=REFRESH_SECONDS).key
        return key

    def _read(self, owner: str) -> _DataKey:
        document = self._keyring.get(COLLECTION, owner)
        if document is None:
            raise NotFound("key.not_found")
        return self._unwrap(owner, document.data["wrapped"])

    def _wrap(self, owner: str, key: Key) -> str:
        value = {"id": key.id, "key": base64.b64encode(key.value).decode()}
        return seal(value, _context(owner), self._keys.primary(APP_KEY))

    def _unwrap(self, owner: str, wrapped: Value) -> _DataKey:
        parts = read(str(wrapped))
        try:
            app_key = self._keys.by_id(parts.kid or "")
        except NotFound:
            # Not the owner's key is gone but ours: nothing may be taken for destroyed.
            raise Unavailable("keys.unavailable") from None
        value = unseal(parts, _context(owner), app_key)
        try:
            return _DataKey(Key(value["id"], base64.b64decode(value["key"], validate=True)))
        except (KeyError, TypeError, binascii.Error):
            raise Unopenable from None

    def _enter(self, owner: str, wrapped: str) -> bool:
        """Write a new key document; False where there is one."""
        fields = _fields(wrapped) | {"created_at": SERVER_TIME}
        try:
            self._keyring.transact(lambda tx: tx.create(COLLECTION, owner, fields))
        except AlreadyExists:
            return False
        return True

    def _put_copy(self, owner: str, wrapped: str) -> bool:
        """Write a copy; False where there is one."""
        assert self._copies is not None
        try:
            self._copies.put(owner, [wrapped.encode()])
        except CopyExists:
            return False
        return True


def _context(owner: str) -> str:
    return f"dek:{owner}"


def _fields(wrapped: str) -> dict[str, Value]:
    return {"wrapped": wrapped, "kid": read(wrapped).kid}


def _token(data_key: _DataKey, purpose: str, text: str) -> str:
    key = data_key.derived.get(purpose)
    if key is None:
        info = b"cmo1/token/" + purpose.encode()
        key = HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(data_key.key.value)
        data_key.derived[purpose] = key
    digest = hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")
    return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).rstrip(b"=").decode()
