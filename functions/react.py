"""Pub/Sub function `react`, subscribed to the topic `audit-recorded` beside `write_audit`.

Does what follows by itself from what happened. Each follower may be called again with the same event and
finds its own work; none reads anything, memory warm, for an event that does not concern it.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.recorded import Recorded
from shared.entry import subscriber
from shared.services.notifications import notifications
from shared.services.privacy import access_ledger
from shared.services.replies import acknowledgement
from shared.services.rules import rule_running
from shared.services.webhooks import webhooks


@subscriber(Recorded)
def react(app: App, event: Recorded) -> None:
    """Let each follower do its part, in this order; one that fails is asked again, with those after it."""
    for follower in (rule_running, acknowledgement, notifications, webhooks, access_ledger):
        follower.react_to(app, event)
