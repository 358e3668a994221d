"""Pub/Sub function `witness`, subscribed to `checkpoint-signed`: cosigns checkpoints of the audit log.

It runs as an account of its own, with a key and a memory that nothing else of the desk may touch.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.events import CheckpointSigned
from shared.entry import subscriber
from shared.services.audit import witnessing


@subscriber(CheckpointSigned)
def witness(app: App, event: CheckpointSigned) -> None:
    """Cosign the checkpoint where it goes on from the last one seen; report it where it does not."""
    witnessing.witness(app, event.size)
