"""Pub/Sub function `erase`, subscribed to the topic `erasure-requested`, and ticked daily.

Does one bounded step of an erasure. A step that dies is delivered again and done once. A tick begins what
the mailboxes' rules of retention ask for, goes on with what a legal hold had stopped, and tells of requests
whose month runs out.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.erasures import ErasureKind, erasure_id
from shared.domain.events import ErasureRequested
from shared.entry import subscriber
from shared.services.disconnecting import disconnect_running
from shared.services.privacy import (
    erasing_customers,
    erasing_people,
    erasure_steps,
    privacy_requests,
)
from shared.services.retention import retention_rules, retention_steps


@subscriber(ErasureRequested)
def erase(app: App, event: ErasureRequested) -> None:
    """Do the step that is due, unless it was done; at a tick, begin with what is too old.

    Raises Unavailable, and the bus asks again.
    """
    if event.kind is None:
        retention_rules.tick(app)
        erasure_steps.resume_held(app)
        privacy_requests.remind(app)
        return
    if event.kind is ErasureKind.MAILBOX:  # a disconnect, which has a document of its own
        disconnect_running.step(app, event)
        return
    erasure = erasure_steps.load(app.store, erasure_id(event.kind, event.id))
    if erasure is None or not erasure.active or erasure.step != event.step:
        return
    erasure_steps.taken(app, erasure)
    match event.kind:
        case ErasureKind.CUSTOMER:
            erasing_customers.step(app, erasure)
        case ErasureKind.PERSON:
            erasing_people.step(app, erasure)
        case ErasureKind.RETENTION:
            retention_steps.step(app, erasure)
