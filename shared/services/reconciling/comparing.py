"""One bounded part of a reconciliation: pages of Gmail compared with the store, what was missing looked up.

Nothing here is committed: a part returns the run as it is after it, and the step that called it writes that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final, Literal

from shared import ids
from shared.app import App
from shared.domain import messages, reconciliations
from shared.domain.events import MESSAGE_RECEIVED
from shared.domain.mailboxes import PARKED
from shared.domain.reconciliations import (
    GET_UNITS,
    LIST_UNITS,
    MAX_NAMED,
    SHARE,
    Missing,
    Phase,
    Run,
    Tally,
    Why,
)
from shared.gmail.contract import Gone, Refused
from shared.store.contract import Document, Transaction

ASKED_AT_ONCE: Final = 500
_TOGETHER: Final = 100
SECONDS: Final = 60.0  # of one part, as far as it is not one call that is slow
NOT_MAIL: Final = "-in:drafts -in:chats"  # spam and trash are listed only where they are asked for
_HIDDEN: Final = frozenset({"SPAM", "TRASH", "DRAFT", "CHAT"})

Account = Literal["ticket", "muted", "sent", "erased"]


class Part:
    """A part of a run. `run` is how far it has come, also where Gmail ended it early."""

    def __init__(self, app: App, mailbox_id: str, connected_at: datetime, run: Run) -> None:
        self._app = app
        self._mailbox_id = mailbox_id
        self._connected_at = connected_at
        self._gmail = app.mailboxes(mailbox_id)
        self._ends = app.clock.monotonic() + SECONDS
        self._spent = 0
        self.run = run

    def work(self) -> bool:
        """Go on until the run is over (True), or the share of the quota or the time is. Raises GmailError."""
        self._ask()
        while self._may_go_on():
            if self.run.phase is Phase.LOOKING_UP and self.run.to_look_up:
                self._look_up()
            elif self.run.phase is Phase.LOOKING_UP or not self._list():
                following = reconciliations.following(self._connected_at, self.run)
                self.run = replace(self.run, phase=following)
        return self.run.phase is Phase.OVER and not self.run.to_ask_for

    def _may_go_on(self) -> bool:
        return (
            self.run.phase is not Phase.OVER
            and len(self.run.to_ask_for) < ASKED_AT_ONCE
            and self._spent < SHARE
            and self._app.clock.monotonic() < self._ends
        )

    def _ask(self) -> None:
        """Ask by the ordinary way for what an earlier part named as missing.

        Only what is committed as missing is asked for: else a part that died after asking would find it
        there when it is done again, and nobody would ever hear of it. One that was buried as deleted is not
        deleted, since Gmail lists it.
        """
        wanted = tuple(dict.fromkeys(self.run.to_ask_for))
        keys = [(messages.COLLECTION, ids.message_id(self._mailbox_id, one)) for one in wanted]
        for first in range(0, len(keys), _TOGETHER):
            some = keys[first : first + _TOGETHER]
            if any(document is not None for document in self._app.store.get_all(some)):
                self._app.store.transact(partial(_dig_up, keys=some))
        events = [{"mailbox_id": self._mailbox_id, "gmail_id": gmail_id} for gmail_id in wanted]
        if events:
            self._app.bus.publish_all(MESSAGE_RECEIVED, events)
        self.run = replace(self.run, to_ask_for=())

    def _list(self) -> bool:
        """Compare the next page of a phase; say whether there is another one."""
        since, until = reconciliations.window(self.run, self._connected_at)
        query = f"after:{_seconds(since)} before:{_seconds(until)} {NOT_MAIL}"
        try:
            page = self._gmail.messages(query, self.run.page)
        except Refused:
            if self.run.page is None:
                raise
            # Gmail does not say how long it knows a page: what was counted is counted anew.
            self._pay(LIST_UNITS)
            self.run = _from_the_top(self.run, self._connected_at)
            return True
        self._pay(LIST_UNITS)
        self._compare(list(dict.fromkeys(gmail_id for gmail_id, _ in page.ids)))
        self.run = replace(self.run, page=page.next_page)
        return page.next_page is not None

    def _compare(self, gmail_ids: Sequence[str]) -> None:
        """Account for the messages of one page, and ask for those that are missing."""
        named = {ids.message_id(self._mailbox_id, gmail_id): gmail_id for gmail_id in gmail_ids}
        found = self._documents(messages.COLLECTION, named)
        absent = {id: g for id, g in named.items() if id not in found or _is_buried(found[id])}
        accounts = [_account(document) for id, document in found.items() if id not in absent]
        tally = self.run.tally
        counts = {name: getattr(tally, name) + accounts.count(name) for name in _ACCOUNTS}
        tally = replace(tally, **counts, gmail=tally.gmail + len(named))
        tally = replace(tally, seen_stored=tally.seen_stored + self._of_period(found.values()))
        if self.run.phase is Phase.OLDER:
            older = tally.before_connection + len(absent)
            self.run = replace(self.run, tally=replace(tally, before_connection=older))
            return
        parked = self._documents(PARKED, absent)
        lost = {id: gmail_id for id, gmail_id in absent.items() if id not in parked}
        before = {one.gmail_id: one.why for one in self.run.still_open}
        new = tuple(Missing(g, before.get(g, Why.ASKED_FOR)) for g in lost.values())
        self.run = replace(
            self.run,
            tally=replace(
                tally, parked=tally.parked + len(parked), missing=tally.missing + len(lost)
            ),
            missing=(*self.run.missing, *new)[:MAX_NAMED],
            to_ask_for=(*self.run.to_ask_for, *lost.values()),
        )

    def _look_up(self) -> None:
        """Say what became of one message that the last statement named as missing."""
        gmail_id, rest = self.run.to_look_up[0], self.run.to_look_up[1:]
        document_id = ids.message_id(self._mailbox_id, gmail_id)
        document = self._app.store.get(messages.COLLECTION, document_id)
        if document is not None:
            if _is_buried(document):
                self.run = replace(self.run, gone=self.run.gone + 1)
            else:
                self.run = replace(self.run, repaired=(*self.run.repaired, gmail_id))
        elif (why := self._why(gmail_id)) is None:
            self.run = replace(self.run, gone=self.run.gone + 1)
        else:
            self.run = replace(
                self.run,
                still_open=(*self.run.still_open, Missing(gmail_id, why)),
                to_ask_for=(*self.run.to_ask_for, gmail_id),
            )
        self.run = replace(self.run, to_look_up=rest)

    def _why(self, gmail_id: str) -> Why | None:
        """Return why a message is still missing; None where Gmail has it no longer, or as no mail."""
        self._pay(GET_UNITS)
        try:
            with self._app.mailboxes.gate.fetching(self._mailbox_id):
                labels = self._gmail.message(gmail_id).labels
        except Gone:
            return None
        except Refused:
            return Why.UNREADABLE
        hidden = labels & _HIDDEN and "INBOX" not in labels
        return None if hidden or "DRAFT" in labels else Why.ON_ITS_WAY

    def _documents(self, collection: str, wanted: Iterable[str]) -> dict[str, Document]:
        keys = [(collection, id) for id in wanted]
        found = self._app.store.get_all(keys) if keys else []
        return {document.id: document for document in found if document is not None}

    def _of_period(self, found: Iterable[Document]) -> int:
        """Count the documents that the count of what is stored in the period counts too."""
        return sum(
            isinstance(at := document.data.get("received_at"), datetime)
            and self.run.since <= at < self.run.until
            for document in found
        )

    def _pay(self, units: int) -> None:
        self._spent += units
        self.run = replace(self.run, units=self.run.units + units)


_ACCOUNTS: Final[tuple[Account, ...]] = ("ticket", "muted", "sent", "erased")


def _dig_up(tx: Transaction, keys: Sequence[tuple[str, str]]) -> None:
    for document in tx.get_all(keys):
        if document is not None and _is_buried(document):
            tx.delete(messages.COLLECTION, document.id)


def _account(document: Document) -> Account:
    """Say how a message that is stored is accounted for."""
    if document.data["state"] != "stored":
        return "erased"
    if document.data["direction"] == messages.Direction.OUT:
        return "sent"
    return "muted" if document.data["muted"] else "ticket"


def _is_buried(document: Document) -> bool:
    """Say whether this only notes that a message was deleted in Gmail before it was fetched."""
    return document.data["state"] == messages.GONE


def _from_the_top(run: Run, connected_at: datetime) -> Run:
    phase = Phase.OLDER if run.since < connected_at else Phase.COMPARING
    return replace(run, phase=phase, page=None, tally=Tally(), missing=())


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
