"""Mail of the desk itself: codes, invitations, notices. Never about a ticket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import make_msgid
from functools import cache
from pathlib import Path
from typing import Final, Literal

from shared.app import App

Kind = Literal[
    "email_otp",
    "factor_changed",
    "invitation",
    "new_sign_in",
    "password_changed",
    "password_reset",
    "set_up",
]

_TEXTS: Final = Path(__file__).parent.parent / "texts"
_RIGHT_TO_LEFT: Final = frozenset({"ar"})


def send(app: App, *, to: str, kind: Kind, language: str, **params: str) -> None:
    """Send one mail of this kind, in this language, to one address.

    `params` fill its sentences. Raises what `Smtp.send` raises, Conflict("smtp.not_configured") where the
    organisation has named no server yet, KeyError for a parameter that the text needs and does not get.
    """
    language = language if language in ("en", "ar") else "en"
    text = _texts(language)[kind]
    values = {"organisation": app.settings.organisation, **params}
    message = EmailMessage()
    message["From"] = f"{app.settings.organisation} <{app.smtp_sender}>"
    message["To"] = to
    message["Subject"] = text["subject"].format(**values)
    message["Message-ID"] = make_msgid(domain=app.smtp_sender.rpartition("@")[2])
    message["Date"] = app.clock.now()
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = language
    lines = [line.format(**values) for line in text["lines"]]
    message.set_content("\n\n".join(lines) + "\n")
    app.smtp.send(message, sender=app.smtp_sender, recipient=to)


@cache
def _texts(language: str) -> Mapping[str, Mapping[str, list[str]]]:
    texts: Mapping[str, Mapping[str, list[str]]] = json.loads(
        (_TEXTS / f"{language}.json").read_text("utf-8")
    )
    return texts
