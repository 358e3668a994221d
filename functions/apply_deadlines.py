"""Pub/Sub function `apply_deadlines`, ticked every minute: what is due is done.

Publishes again what a dying instance left in the outbox; deletes uploads that no reply took and
exports that are over; ends snoozes and records promised times that passed.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.events import Tick
from shared.entry import subscriber
from shared.services import outbox
from shared.services.exchange import job_cleaning
from shared.services.replies import uploads
from shared.services.tickets import deadlines


@subscriber(Tick)
def apply_deadlines(app: App, event: Tick) -> None:
    """Sweep the outbox, uploads and jobs, then look at the tickets that are due."""
    del event
    outbox.sweep(app)
    uploads.sweep(app)
    job_cleaning.sweep(app)
    deadlines.apply(app)
