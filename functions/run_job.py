"""Pub/Sub function `run_job`, subscribed to the topic `job-due`.

Does one bounded step of an export, an import or a renaming of tags. A step that dies is delivered again
and done once; what Gmail refuses for now is published again for later.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.events import JobDue
from shared.entry import subscriber
from shared.services.exchange import running_jobs


@subscriber(JobDue)
def run_job(app: App, event: JobDue) -> None:
    """Do the step that is due."""
    running_jobs.run(app, event)
