"""What keeps a customer from being erased: a legal hold on them, on a mailbox or on a ticket of theirs.

Asked inside of each step's transaction, so that a hold which is set at the same time is met by the step, or
finds gone only what was gone before it.
"""

from __future__ import annotations

from typing import Final

from shared import codec
from shared.domain import customers, tickets
from shared.domain.customers import Customer
from shared.domain.erasures import Erasure, ErasureKind
from shared.services.retention import legal_holds
from shared.store.contract import Filter, Query, Reader

RECEIPT: Final = "receipt"  # the last phase: by then nothing is left that could be held


class OnHold(Exception):
    """The transaction of a step met a hold and wrote nothing."""


def require_none(reader: Reader, erasure: Erasure) -> None:
    """Raise OnHold where something of theirs is held by now."""
    if erasure.kind is not ErasureKind.CUSTOMER or erasure.phase == RECEIPT:
        return
    ids, mailbox_ids = [erasure.target_id], list[str]()
    found = reader.get(customers.COLLECTION, erasure.target_id)
    if found is not None:
        customer = codec.from_document(Customer, found.data)
        ids += customer.merged
        mailbox_ids += customer.mailbox_ids or customer.mailboxes_before
    if legal_holds.held(reader, customer_ids=ids, mailbox_ids=mailbox_ids):
        raise OnHold
    theirs = Filter("customer_id", "in", ids)
    held = Query(tickets.COLLECTION, (theirs, Filter("held", "==", True)), limit=1)
    if reader.query(held).documents:
        raise OnHold
