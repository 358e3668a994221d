"""How a job goes from one step to the next: the change and the event of what follows, committed together."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from shared import codec, log
from shared.app import App
from shared.domain.events import JOB_DUE
from shared.domain.jobs import COLLECTION, MAX_ACTIVE, Job
from shared.errors import Conflict
from shared.services import outbox
from shared.services.outbox import Outbox
from shared.store.contract import Filter, Order, Query, Reader, Transaction

_LOOKED_AT: Final = 50  # an older one that is still active is stuck


def load(reader: Reader, job_id: str) -> Job | None:
    """Return a job, None where there is none."""
    found = reader.get(COLLECTION, job_id)
    return None if found is None else codec.from_document(Job, found.data)


def require_room(reader: Reader, user_id: str) -> None:
    """Raise Conflict("job.too_many") where a person has as many jobs going as they may."""
    query = Query(
        COLLECTION,
        (Filter("user_id", "==", user_id),),
        (Order("created_at", descending=True),),
        limit=_LOOKED_AT,
    )
    found = (codec.from_document(Job, d.data) for d in reader.query(query).documents)
    if sum(job.active for job in found) >= MAX_ACTIVE:
        raise Conflict("job.too_many", most=MAX_ACTIVE)


def is_due(reader: Reader, job_id: str, job: Job) -> bool:
    """Say whether the step that was begun is still the one to do: nobody did it, nobody cancelled."""
    now = load(reader, job_id)
    return now is not None and now.active and now.step == job.step


def follow(tx: Transaction, box: Outbox, job_id: str, before: Job, after: Job) -> None:
    """Write what a step made of a job, and the event of the next step where there is one."""
    following = replace(after, step=before.step + 1)
    tx.put(COLLECTION, job_id, codec.to_document(following))
    if following.active:
        announce(box, job_id, following)


def announce(box: Outbox, job_id: str, job: Job) -> None:
    """Put the event of the step that is due into the outbox."""
    box.add(_event_id(job_id, job.step), JOB_DUE, _event(job_id, job))


def taken(app: App, job_id: str, job: Job) -> None:
    """Take the event of a step out of the outbox: from here on the bus repeats it until it is done."""
    app.store.transact(lambda tx: tx.delete(outbox.COLLECTION, _event_id(job_id, job.step)))


def put_off(app: App, job_id: str, job: Job, until: datetime, reason: str) -> None:
    """Ask for the same step again at that time. Raises Unavailable."""
    log.event("WARNING", "job.put_off", job=job_id, reason=reason)
    app.bus.publish(JOB_DUE, _event(job_id, job), until)


def _event_id(job_id: str, step: int) -> str:
    return f"{job_id}.{step}"


def _event(job_id: str, job: Job) -> dict[str, str | int]:
    return {"job_id": job_id, "step": job.step}
