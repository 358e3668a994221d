"""Deleting what jobs left: a week after their end, and of a cancelled one at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from shared import codec
from shared.app import App
from shared.domain.jobs import COLLECTION, PIECES, Job, Piece
from shared.services import sealed_files
from shared.store.contract import Filter, Order, Query, Transaction

_JOBS: Final = 3  # in one tick
_PIECES: Final = 100


def sweep(app: App) -> None:
    """Delete jobs whose time is over, files first; a large one takes several ticks. Raises Unavailable."""
    query = Query(
        COLLECTION,
        (Filter("expires_at", "<", app.clock.now()),),
        (Order("expires_at"),),
        limit=_JOBS,
    )
    for document in app.store.query(query).documents:
        _delete(app, document.id, codec.from_document(Job, document.data))


def _delete(app: App, id: str, job: Job) -> None:
    page = app.store.query(Query(PIECES, (Filter("job_id", "==", id),), limit=_PIECES))
    for document in page.documents:
        sealed_files.delete(app, codec.from_document(Piece, document.data).object)
    app.store.transact(partial(_forget, PIECES, [document.id for document in page.documents]))
    if page.next is not None:
        return  # the rest with the next tick
    if job.imported is not None:
        sealed_files.delete(app, job.imported.object)
    app.store.transact(partial(_forget, COLLECTION, [id]))


def _forget(collection: str, ids: Sequence[str], tx: Transaction) -> None:
    for id in ids:
        tx.delete(collection, id)
