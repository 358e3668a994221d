"""Receivers of webhooks in tests: made and verified as an administrator does, and looked at."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

from tests.desk import DeskBrowser, DeskUnderTest
from tests.stopped_clock import StoppedClock
from tests.stranger import Asked, Stranger

PATH: Final = "/api/admin/webhooks"


def echo(asked: Asked) -> tuple[int, dict[str, str], bytes]:
    """Answer with the challenge that was asked for."""
    content = json.loads(asked.body)
    return 200, {}, json.dumps({"challenge": content["data"].get("challenge")}).encode()


def made(admin: DeskBrowser, url: str, **choices: Any) -> dict[str, Any]:
    """Make a webhook; return it, and its secret."""
    body = {"name": "Stock", "url": url, "actions": ["ticket.created"]} | choices
    answer = admin.send("POST", PATH, body)
    assert answer.status_code == 201, answer.data
    found: dict[str, Any] = answer.json
    return found


def verified(admin: DeskBrowser, receiver: Stranger, **choices: Any) -> dict[str, Any]:
    """Make a webhook and have it verified."""
    hook = made(admin, f"{receiver.url}/hook", **choices)
    answer = admin.send("POST", f"{PATH}/{hook['webhook']['id']}/verify")
    assert answer.status_code == 200, answer.data
    receiver.asked.clear()
    return hook | {"webhook": answer.json}


def deliveries(admin: DeskBrowser, webhook: dict[str, Any]) -> list[dict[str, Any]]:
    """Return how telling the webhook went, the newest first."""
    items: list[dict[str, Any]] = admin.get(f"{PATH}/{webhook['id']}/deliveries").json["items"]
    return items


def state(admin: DeskBrowser, webhook: dict[str, Any]) -> tuple[str, str | None]:
    """Return its state, and why it was disabled."""
    row = admin.get(f"{PATH}/{webhook['id']}").json
    return row["state"], row["disabled_reason"]


def advance(desk: DeskUnderTest, **duration: float) -> None:
    """Let time pass, and what was due by then happen."""
    assert isinstance(desk.clock, StoppedClock)
    desk.clock.advance(timedelta(**duration).total_seconds())
    desk.settle()
