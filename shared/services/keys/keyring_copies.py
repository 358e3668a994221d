"""The copies of wrapped data keys in another region: compared with the keyring, mended, brought back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shared.app import App
from shared.domain import customers, mailboxes
from shared.domain.people import USERS
from shared.errors import NotFound
from shared.keys.envelope import COLLECTION as KEYS
from shared.services.organisation.organisation import OWNER
from shared.store.contract import Document, Query, Store

_PAGE: Final = 100
_OWNERS: Final = (USERS, mailboxes.COLLECTION, customers.COLLECTION)
READ: Final = (KEYS, *_OWNERS)


@dataclass(frozen=True, slots=True)
class Checked:
    """How many keys there are, and whose copies are missing or hold another wrapping.

    `stray` are copies of owners who have no key: it was lost, or destroyed without its copy, which `destroy`
    does not leave.
    """

    keys: int
    wrong: tuple[str, ...]
    stray: tuple[str, ...]


def check(app: App, *, mend: bool) -> Checked:
    """Compare each key with its copy, and make those anew that differ where `mend`. Raises Unavailable."""
    keys, wrong = 0, []
    for document in _all(app.keyring, KEYS):
        keys += 1
        if _copy(app, document.id) != document.data["wrapped"]:
            wrong.append(document.id)
            if mend:
                app.envelope.mend(document.id)
    stray = (owner for owner in app.key_copies.names() if app.keyring.get(KEYS, owner) is None)
    return Checked(keys, tuple(wrong), tuple(sorted(stray)))


def restore(app: App) -> tuple[int, int]:
    """Enter the copies of all owners whom the desk knows into a keyring that lost them; idempotent.

    Returns how many were entered, and how many owners have neither key nor copy: theirs were destroyed.
    """
    entered = without = 0
    for owner in _owners(app):
        try:
            entered += app.envelope.restore(owner)
        except NotFound:
            without += app.keyring.get(KEYS, owner) is None
    return entered, without


def _owners(app: App) -> Iterator[str]:
    yield OWNER
    for collection in _OWNERS:
        yield from (document.id for document in _all(app.store, collection))


def _all(store: Store, collection: str) -> Iterator[Document]:
    cursor = None
    while True:
        page = store.query(Query(collection, limit=_PAGE, cursor=cursor))
        yield from page.documents
        cursor = page.next
        if cursor is None:
            return


def _copy(app: App, owner: str) -> str | None:
    try:
        with app.key_copies.open(owner) as stream:
            return stream.read().decode("latin-1")
    except NotFound:
        return None
