"""Erasures of people as who manages privacy sees them: how far each is, and its signed receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared import codec, ids
from shared.app import App
from shared.domain.erasures import COLLECTION, Erasure, ErasureKind, ErasureState, erasure_id
from shared.errors import NotFound
from shared.services.privacy import erasure_steps
from shared.store.contract import Filter, Order, Query

_OF_PEOPLE: Final = (ErasureKind.CUSTOMER, ErasureKind.PERSON)
_IDS: Final = {ErasureKind.CUSTOMER: ids.CUSTOMER, ErasureKind.PERSON: ids.USER}


@dataclass(frozen=True, slots=True)
class ErasureView:
    """An erasure: how far it is, and its signed receipt once it is done."""

    kind: ErasureKind
    target_id: str
    state: ErasureState
    requested_at: datetime
    finished_at: datetime | None
    receipt: str | None


@dataclass(frozen=True, slots=True)
class ErasurePage:
    """A page of erasures, the newest first."""

    items: tuple[ErasureView, ...]
    next: str | None


def list_erasures(app: App, limit: int, cursor: str | None) -> ErasurePage:
    """Return the erasures of customers and of people who worked here, the newest first."""
    of_people = (Filter("kind", "in", [kind.value for kind in _OF_PEOPLE]),)
    newest = (Order("requested_at", descending=True),)
    page = app.store.query(Query(COLLECTION, of_people, newest, limit, cursor))
    found = (codec.from_document(Erasure, document.data) for document in page.documents)
    return ErasurePage(tuple(view(erasure) for erasure in found), page.next)


def read(app: App, kind: ErasureKind, target_id: str) -> ErasureView:
    """Return one person's erasure. Raises NotFound("erasure.not_found")."""
    known = ids.is_id(_IDS[kind], target_id)
    found = erasure_steps.load(app.store, erasure_id(kind, target_id)) if known else None
    if found is None:
        raise NotFound("erasure.not_found")
    return view(found)


def view(erasure: Erasure) -> ErasureView:
    """Return an erasure as it is shown."""
    return ErasureView(
        erasure.kind,
        erasure.target_id,
        erasure.state,
        erasure.requested_at,
        erasure.finished_at,
        erasure.receipt,
    )
