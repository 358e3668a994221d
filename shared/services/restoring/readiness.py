"""Whether a database may be served from: a restored one not before `after-restore` has made it good.

A backup is restored into a database of another name, which the setting `database` then names. The document
`serving` says of which name it was made; the database that a deployment began with has none. So a copy
under another name tells by itself that it is one, and nobody has to remember to close it:

    serving/database   {"database": the name that it may be served under, "epoch": how many restores,
                        "made_good_at": when the last of them was over}

The epochs stand in the database `audit` too, collection `epochs`, out of any restore's reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from shared import codec
from shared.errors import Unavailable
from shared.keys.cache import Cache
from shared.store.contract import Reader

if TYPE_CHECKING:
    from shared.app import App

COLLECTION: Final = "serving"
ID: Final = "database"
EPOCHS: Final = "epochs"  # of the database `audit`
FIRST_DATABASE: Final = "(default)"
# What an App remembers of people, their mail and their keys, for minutes.
_MEMORIES: Final = ("envelope", "mailboxes", "rules", "recent_mail", "webhooks")


@dataclass(frozen=True, slots=True)
class Serving:
    """The document `serving`; `database` is None while a restore is being made good."""

    database: str | None = FIRST_DATABASE
    epoch: int = 0
    made_good_at: datetime | None = None


class Readiness:
    """Asks the database at the first request of an instance, and every five minutes; no more.

    As often it lets the instance forget what it remembers and may not use any more.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._cache: Cache[Serving] = Cache(app.clock, size=1)

    def require(self) -> None:
        """Raise Unavailable("store.restored_not_ready") for a restored database that is not ready."""
        self._cache.get(ID, self._check)

    def made_good_at(self) -> datetime | None:
        """Return when the last restore was over, None where there was none; no read after `require`.

        What came in until then may have been dealt with by the desk that was lost.
        """
        return self._cache.get(ID, self._check).made_good_at

    def _check(self) -> Serving:
        self._forget_expired()
        found = serving(self._app.store)
        if found.database != self._app.settings.database:
            raise Unavailable("store.restored_not_ready")
        return found

    def _forget_expired(self) -> None:
        """Let go of what this instance may not use any more: it may have been destroyed elsewhere."""
        for name in _MEMORIES:
            remembered = vars(self._app).get(name)
            if remembered is not None:
                remembered.forget_expired()


def serving(store: Reader) -> Serving:
    """Return under which name a database may be served. One read."""
    found = store.get(COLLECTION, ID)
    return Serving() if found is None else codec.from_document(Serving, found.data)
