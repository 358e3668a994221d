"""Pub/Sub function `send_password_reset`, subscribed to the topic `password-reset-asked`.

Finds out whether an address is somebody's, and mails them a link. Nobody waits for its answer.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.events import PasswordResetAsked
from shared.entry import subscriber
from shared.services.accounts import password_resets


@subscriber(PasswordResetAsked)
def send_password_reset(app: App, event: PasswordResetAsked) -> None:
    """Mail one link, where it was asked for by an address that is somebody's."""
    password_resets.send(app, event)
