"""Pub/Sub function `send_data_code`, subscribed to the topic `data-code-asked`.

Finds out whether an address is a customer's, and mails them the code that opens what is held on them.
"""

from __future__ import annotations

from shared.app import App
from shared.domain.events import DataCodeAsked
from shared.entry import subscriber
from shared.services.privacy import data_visits


@subscriber(DataCodeAsked)
def send_data_code(app: App, event: DataCodeAsked) -> None:
    """Mail one code, where it was asked for by an address that is a customer's."""
    data_visits.send_code(app, event)
