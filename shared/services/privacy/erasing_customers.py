"""Erasing a customer: what stands under other keys is rewritten first, their own key destroyed last.

Other people's tickets that name them, their own tickets, files and views that name them, what is written
about them. In this order: a backup from the middle of it, of which a restored desk has no key of theirs any
more, says in their own tickets whom to look for, or nobody else's says anything of them.
Mail itself stays in Gmail, which is the mailbox's own; the receipt says so, and when backups forget.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from shared import codec
from shared.app import App
from shared.audit.entry import Happened, Target
from shared.audit.events import Action
from shared.domain import accesses, customers, jobs, views
from shared.domain.customers import COLLECTION, NOTES, Customer, Details
from shared.domain.erasures import Erasure, ErasureKind
from shared.domain.events import ERASURE_REQUESTED
from shared.domain.jobs import Job, JobKind, JobState
from shared.services import audit_log, outbox, statements
from shared.services.customers import customer_matching
from shared.services.customers import customers as reading
from shared.services.outbox import Outbox
from shared.services.privacy import (
    erased_again,
    erasing_mentions,
    erasing_tickets,
    erasure_holds,
    erasure_steps,
    receipts,
)
from shared.services.privacy.erasure_holds import OnHold
from shared.store.contract import Filter, Query, Reader, Transaction

_PAGE: Final = 50
# By then a restored desk has every mailbox's mail since the backup.
_LISTED_AGAIN: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Erased:
    """Who is erased: the ids of all that were made one person, and what is known of them until the end."""

    ids: tuple[str, ...]
    known: Details
    mailbox_ids: tuple[str, ...]


def step(app: App, erasure: Erasure) -> None:
    """Do the step that is due and commit it with the next; a hold that came meanwhile stops it.

    Raises Unavailable.
    """
    try:
        erasure_holds.require_none(app.store, erasure)  # before what is done outside of the store
        _step(app, erasure)
    except OnHold:
        erasure_steps.wait(app, erasure)


def hide(app: App, erasure: Erasure) -> None:
    """Do the first step of one that a restore begins, before any mail comes in. Raises Unavailable."""
    if erasure.kind is ErasureKind.CUSTOMER and erasure.phase == "" and erasure.active:
        step(app, erasure)


def _step(app: App, erasure: Erasure) -> None:
    erased = _erased(app, erasure.target_id)
    if erasure.phase == "":
        _hide(app, erasure, erased)
    elif erasure.phase in _LATER:
        _LATER[erasure.phase](app, erasure, erased)
    elif not erasing_tickets.step(app, erasure, erased.ids):
        erasure_steps.go_on(app, erasure, erasure.at("files"))


def _erased(app: App, customer_id: str) -> Erased:
    customer = _known(app.store, customer_id)
    if customer is None:
        return Erased((customer_id,), Details(), ())
    ids = (customer_id, *customer.merged)
    known = _details(app, customer_id, customer)
    for merged_id in customer.merged:
        merged = _known(app.store, merged_id)
        if merged is not None:
            known = customers.together(known, _details(app, merged_id, merged))
    return Erased(ids, known, customer.mailbox_ids or customer.mailboxes_before)


def _details(app: App, customer_id: str, customer: Customer) -> Details:
    """Return what is known of somebody; nothing where their key is gone, in a restored database."""
    from shared.keys.laravel import Unopenable  # noqa: PLC0415 - loads cryptography

    try:
        return reading.opened(app, customer_id, customer)
    except Unopenable:  # who writes from their address by now made a key of that name
        return Details()


def _hide(app: App, erasure: Erasure, erased: Erased) -> None:
    """Let nobody find them any more, and let new mail of theirs be somebody new's.

    Mail that came before and is still on its way, as it is after a restore, is found as theirs until the end.
    """
    target = _known(app.store, erasure.target_id)
    sealed, tokens = None, tuple[str, ...]()
    if target is not None:
        known, sealed = erased.known, target.sealed
        if not known.addresses and sealed is not None:
            known = erased_again.details(app, erased.ids, target.tokens)
            sealed = erased_again.sealed(app, erasure.target_id, known)
        of_addresses = {customer_matching.token_of(app, one) for one in known.addresses}
        tokens = tuple(sorted({*target.tokens, *of_addresses}))

    def work(tx: Transaction, box: Outbox) -> None:
        if not erasure_steps.is_due(tx, erasure):
            return
        found = {id: customer for id in erased.ids if (customer := _known(tx, id)) is not None}
        for id, customer in found.items():
            hidden = replace(
                customer,
                tokens=tokens if id == erasure.target_id else (),
                sealed=sealed if id == erasure.target_id else customer.sealed,
                erased_until=erasure.requested_at,
                search_tokens=(),
                mailbox_ids=(),
                mailboxes_before=customer.mailbox_ids or customer.mailboxes_before,
                version=customer.version + 1,
            )
            tx.put(COLLECTION, id, codec.to_document(hidden))
        erasure_steps.follow(tx, box, erasure, erasure.at(erasing_mentions.PHASE))

    outbox.commit(app, work)


def _mentions(app: App, erasure: Erasure, erased: Erased) -> None:
    following = erasing_tickets.FIRST
    erasing_mentions.step(app, erasure, erased.known, erased.ids, following)


def _files(app: App, erasure: Erasure, erased: Erased) -> None:
    """Let exports and imported files of their mailboxes go now; the minute's sweep deletes them."""
    page = app.store.query(Query(jobs.COLLECTION, limit=_PAGE, cursor=erasure.cursor))
    keys = [(jobs.COLLECTION, document.id) for document in page.documents]

    def work(tx: Transaction, box: Outbox) -> None:
        if not erasure_steps.is_due(tx, erasure):
            return
        again = [document for document in tx.get_all(keys) if document is not None]
        ended = 0
        for document in again:
            job = codec.from_document(Job, document.data)
            after = _without_files(app, job, erased)
            if after != job:
                tx.put(jobs.COLLECTION, document.id, codec.to_document(after))
                ended += 1
        after_page = erasure.at("files", page.next) if page.next else erasure.at("views")
        erasure_steps.follow(tx, box, erasure, after_page.counting(files=ended))

    outbox.commit(app, work)


def _without_files(app: App, job: Job, erased: Erased) -> Job:
    own = job.user_id in erased.ids or job.subject_id in erased.ids
    # In what is put together of somebody else they are blackened, and in a renaming of tags nobody is named.
    without = job.kind in (JobKind.DATA, JobKind.RETAG)
    if not own and (without or not set(job.mailbox_ids) & set(erased.mailbox_ids)):
        return job
    now = app.clock.now()
    if job.active and job.kind is JobKind.IMPORT:
        return job  # its file goes at its end
    if job.state is JobState.CANCELLED or job.expires_at <= now:
        return job
    return replace(job, state=JobState.CANCELLED, finished_at=now, expires_at=now)


def _views(app: App, erasure: Erasure, erased: Erased) -> None:
    page = app.store.query(Query(views.COLLECTION, limit=_PAGE, cursor=erasure.cursor))
    naming = [d.id for d in page.documents if _names(d.data.get("filters"), erased.ids)]

    def work(tx: Transaction, box: Outbox) -> None:
        if not erasure_steps.is_due(tx, erasure):
            return
        for id in naming:
            tx.delete(views.COLLECTION, id)
        after = erasure.at("views", page.next) if page.next else erasure.at("customer_notes")
        erasure_steps.follow(tx, box, erasure, after.counting(views=len(naming)))

    outbox.commit(app, work)


def _names(filters: object, ids: Sequence[str]) -> bool:
    return isinstance(filters, Mapping) and filters.get("customer_id") in ids


def _customer_notes(app: App, erasure: Erasure, erased: Erased) -> None:
    of_them = (Filter("customer_id", "in", list(erased.ids)),)
    erasure_steps.delete(app, erasure, Query(NOTES, of_them, limit=_PAGE), erasure.at("accesses"))


def _accesses(app: App, erasure: Erasure, erased: Erased) -> None:
    of_them = Query(
        accesses.COLLECTION, (Filter("subject_id", "in", list(erased.ids)),), limit=_PAGE
    )
    erasure_steps.delete(app, erasure, of_them, erasure.at("key"))


def _key(app: App, erasure: Erasure, erased: Erased) -> None:
    """Leave ids that mean nobody: from here on there is nothing that a hold could keep."""
    if erasure.restored_at is not None and not erasure.again:
        listed_by = erasure.restored_at + _LISTED_AGAIN
        if app.clock.now() < listed_by:
            event = {"kind": erasure.kind.value, "id": erasure.target_id, "step": erasure.step}
            app.bus.publish(ERASURE_REQUESTED, event, listed_by)
            return
        once_more = replace(erasure.at(erasing_mentions.PHASE), item=None, again=True)
        erasure_steps.go_on(app, erasure, once_more)
        return

    def work(tx: Transaction, box: Outbox) -> None:
        if not erasure_steps.is_due(tx, erasure):
            return
        found = {id: customer for id in erased.ids if (customer := _known(tx, id)) is not None}
        for id, customer in found.items():
            # Whose keys are to be destroyed is known until they are, and whose mail is on its way.
            left = replace(customer, sealed=None, version=customer.version + 1)
            tx.put(COLLECTION, id, codec.to_document(left))
        erasure_steps.follow(tx, box, erasure, erasure.at(erasure_holds.RECEIPT))

    outbox.commit(app, work)


def _receipt(app: App, erasure: Erasure, erased: Erased) -> None:
    """Destroy the keys with their copies, and sign the receipt."""
    for id in erased.ids:
        app.envelope.destroy(id)

    def work(tx: Transaction, box: Outbox) -> None:
        if not erasure_steps.is_due(tx, erasure):
            return
        found = {id: customer for id in erased.ids if (customer := _known(tx, id)) is not None}
        receipt = statements.issue(app, "erasure", receipts.body(app, erasure))
        happened = Happened(
            Action.CUSTOMER_ERASED,
            audit_log.function(app),
            Target("customer", erasure.target_id),
            changes=({"field": "receipt", "before": None, "after": receipt.sha256},),
        )
        audit_id = audit_log.record(app, box, happened)
        for id, customer in found.items():
            tx.put(COLLECTION, id, codec.to_document(_nobody(customer, audit_id)))
        done = erasure.done(app.clock.now(), receipt.text)
        erasure_steps.follow(tx, box, erasure, replace(done, last_audit_id=audit_id))

    outbox.commit(app, work)


_LATER: Final[Mapping[str, Callable[[App, Erasure, Erased], None]]] = {
    erasing_mentions.PHASE: _mentions,
    "files": _files,
    "views": _views,
    "customer_notes": _customer_notes,
    "accesses": _accesses,
    "key": _key,
    erasure_holds.RECEIPT: _receipt,
}


def _nobody(customer: Customer, audit_id: str) -> Customer:
    """Return what is left of a customer: an id that the audit log names."""
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
