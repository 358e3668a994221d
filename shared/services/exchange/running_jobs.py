"""Doing the step of a job that an event names, once."""

from __future__ import annotations

from shared.app import App
from shared.domain.events import JobDue
from shared.domain.jobs import JobKind
from shared.services.exchange import exporting, importing, job_steps


def run(app: App, event: JobDue) -> None:
    """Do a step, unless it was done or the job is over. Raises Unavailable, and the bus asks again."""
    job = job_steps.load(app.store, event.job_id)
    if job is None or not job.active or job.step != event.step:
        return
    job_steps.taken(app, event.job_id, job)
    work = exporting.step if job.kind is JobKind.EXPORT else importing.step
    work(app, event.job_id, job)
