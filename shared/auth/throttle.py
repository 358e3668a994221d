"""Throttling without a hot document: an attempt claims one of a window's slots by creating it.

Slots are documents of their own, under hashed ids, tried in random order: no counter is written twice, so
nothing is contended, and the count is exact: `slots` attempts of a window succeed and no more. A window
ends by itself; nobody is locked out for good.
"""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.clock import Clock
from shared.errors import TooMany
from shared.store.contract import AlreadyExists, Data, Store, Transaction

COLLECTION: Final = "throttle"


def claim(
    store: Store, clock: Clock, *, kind: str, subject: str, slots: int, window_seconds: int
) -> str:
    """Take one of the slots of `subject` in this window; return it, for `give_back`.

    Raises TooMany("sign_in.too_many_attempts") with the seconds until the window ends where none is left.
    """
    now = clock.now().timestamp()
    window = int(now // window_seconds)
    ends = (window + 1) * window_seconds
    key = hashlib.sha256(f"{kind}|{subject}|{window_seconds}|{window}".encode()).hexdigest()
    expires = datetime.fromtimestamp(ends, UTC) + timedelta(minutes=1)
    data: Data = {"kind": kind, "expires_at": expires}
    for slot in random.sample(range(slots), slots):
        try:
            store.transact(lambda tx, slot=slot: tx.create(COLLECTION, f"{key}-{slot}", data))  # type: ignore[misc]
        except AlreadyExists:
            continue
        return f"{key}-{slot}"
    raise TooMany("sign_in.too_many_attempts", retry_after_seconds=max(1, int(ends - now)))


def give_back(tx: Transaction, slot: str) -> None:
    """Free a slot, in the transaction that shows the attempt to be rightful: only failures are counted."""
    tx.delete(COLLECTION, slot)
