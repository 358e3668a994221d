"""Doing the step of a job that an event names, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from shared.app import App
from shared.domain.events import JobDue
from shared.domain.jobs import Job, JobKind
from shared.services.exchange import exporting, importing, job_steps
from shared.services.privacy import data_exports
from shared.services.tagging import retagging

_STEPS: Final[Mapping[JobKind, Callable[[App, str, Job], None]]] = {
    JobKind.DATA: data_exports.step,
    JobKind.EXPORT: exporting.step,
    JobKind.IMPORT: importing.step,
    JobKind.RETAG: retagging.step,
}


def run(app: App, event: JobDue) -> None:
    """Do a step, unless it was done or the job is over. Raises Unavailable, and the bus asks again."""
    job = job_steps.load(app.store, event.job_id)
    if job is None or not job.active or job.step != event.step:
        return
    job_steps.taken(app, event.job_id, job)
    _STEPS[job.kind](app, event.job_id, job)
