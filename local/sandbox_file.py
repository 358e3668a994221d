"""The file that a desk starts its Gmail sandbox with: see local/gmail_sandbox/config.py."""

from __future__ import annotations

import json
from pathlib import Path

from local.home import control_token, write_private
from shared.keys.contract import OAUTH_CLIENT, Keys
from shared.settings import Settings


def write(
    settings: Settings, keys: Keys, *, port: int, push_url: str, push_audience: str, **more: object
) -> Path:
    """Write the file into the desk's home, readable by its owner alone; returns its path.

    `more` are further members of SandboxConfig.
    """
    assert settings.local is not None
    home = settings.local.home
    config = {
        "path": str(home / "gmail.sqlite"),
        "port": port,
        "control_token": control_token(home),
        "push_url": push_url,
        "push_audience": push_audience,
        "push_service_account": settings.push_service_account,
        "push_key": (home / "push_key.pem").read_text("utf-8"),
        "client_id": settings.oauth_client_id,
        "client_secret": keys.primary(OAUTH_CLIENT).value.decode(),
        "redirect_uris": [f"{settings.public_url}/api/oauth/callback"],
        "topic": settings.gmail_topic,
        **more,
    }
    path = home / "sandbox.json"
    write_private(path, json.dumps(config).encode())
    return path
