"""The document of a disconnect, and how one step of it follows the other."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from shared import codec
from shared.app import App
from shared.domain.disconnects import COLLECTION, Disconnect
from shared.domain.erasures import ErasureKind
from shared.domain.events import ERASURE_REQUESTED, ErasureRequested
from shared.services import outbox
from shared.services.outbox import Outbox
from shared.store.contract import Reader, Transaction

BEGIN: Final = 0


def load(reader: Reader, mailbox_id: str) -> Disconnect | None:
    """Return the disconnect of a mailbox, None where it was never disconnected."""
    found = reader.get(COLLECTION, mailbox_id)
    return None if found is None else codec.from_document(Disconnect, found.data)


def put(tx: Transaction, mailbox_id: str, disconnect: Disconnect) -> None:
    """Write a disconnect's document."""
    tx.put(COLLECTION, mailbox_id, codec.to_document(disconnect))


def follow(
    tx: Transaction, box: Outbox, mailbox_id: str, before: Disconnect, after: Disconnect
) -> Disconnect:
    """Write what a step made of a disconnect, and the event of the next one where there is one.

    What is gone over again waits until no instance remembers the key.
    """
    following = replace(after, step=before.step + 1)
    put(tx, mailbox_id, following)
    if following.swept_at is None:
        announce(box, mailbox_id, following)
    return following


def announce(box: Outbox, mailbox_id: str, disconnect: Disconnect) -> None:
    """Put the event of the step that is due into the outbox."""
    event = codec.to_json(event_of(mailbox_id, disconnect))
    box.add(row_id(mailbox_id, disconnect.step), ERASURE_REQUESTED, event, disconnect.due_at)


def taken(app: App, mailbox_id: str, step: int) -> None:
    """Take the event of a step out of the outbox: from here on the bus repeats it until it is done."""
    app.store.transact(lambda tx: tx.delete(outbox.COLLECTION, row_id(mailbox_id, step)))


def event_of(mailbox_id: str, disconnect: Disconnect) -> ErasureRequested:
    """Return the event of the step that is due."""
    return ErasureRequested(ErasureKind.MAILBOX, mailbox_id, disconnect.step)


def row_id(mailbox_id: str, step: int) -> str:
    """Return the id of the outbox's row of a step."""
    return f"{mailbox_id}.{step}"
