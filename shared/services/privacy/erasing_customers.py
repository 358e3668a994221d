"""Erasing a customer: what stands under other keys is rewritten first, their own key destroyed last."""

from __future__ import annotations

from dataclasses import replace

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain.customers import COLLECTION, Customer
from shared.domain.erasures import Erasure
from shared.services import audit_log, outbox
from shared.services.outbox import Outbox
from shared.services.privacy import erasure_steps
from shared.store.contract import Reader, Transaction


def step(app: App, erasure: Erasure) -> None:
    """Do the step that is due and commit it with the next. Raises Unavailable."""
    known = _known(app.store, erasure.target_id)
    ids = () if known is None else (erasure.target_id, *known.merged)
    for id in ids:
        app.envelope.destroy(id)

    def work(tx: Transaction, box: Outbox) -> None:
        if not erasure_steps.is_due(tx, erasure):
            return
        found = {id: customer for id in ids if (customer := _known(tx, id)) is not None}
        target = Target("customer", erasure.target_id)
        happened = Happened(Action.CUSTOMER_ERASED, audit_log.function(app), target)
        audit_id = audit_log.record(app, box, happened)
        done = replace(erasure.done(app.clock.now()), last_audit_id=audit_id)
        for id, customer in found.items():
            tx.put(COLLECTION, id, codec.to_document(_nobody(customer, audit_id)))
        erasure_steps.follow(tx, box, erasure, done)

    outbox.commit(app, work)


def _nobody(customer: Customer, audit_id: str) -> Customer:
    """Return what is left of a customer: an id that tickets and the audit log name."""
    return Customer(
        tokens=(),
        sealed=None,
        created_at=customer.created_at,
        version=customer.version + 1,
        last_audit_id=audit_id,
    )


def _known(reader: Reader, id: str) -> Customer | None:
    found = reader.get(COLLECTION, id)
    return None if found is None else codec.from_document(Customer, found.data)
