"""Mail of the desk itself: codes, invitations, notices. Never about a ticket.

Texts stand in shared/texts/<language>.json, each a subject and paragraphs; `params` fill them. A paragraph
that is one parameter alone, such as a code or a link, is shown apart, in its own direction. No code stands
in a subject, which phones show on their lock screens.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from functools import cache
from pathlib import Path
from typing import Final, Literal, TypedDict

from shared.app import App
from shared.smtp.contract import Smtp

Kind = Literal[
    "data_code",
    "desk_notice",
    "email_otp",
    "factor_changed",
    "invitation",
    "log_checkpoint",
    "new_sign_in",
    "notice",
    "password_changed",
    "password_reset",
    "smtp_test",
]

LANGUAGES: Final = ("en", "ar")

_TEXTS: Final = Path(__file__).parent.parent.parent / "texts"
_RIGHT_TO_LEFT: Final = frozenset({"ar"})
_ALONE: Final = re.compile(r"\{(\w+)\}")


class Text(TypedDict):
    """One mail in one language."""

    subject: str
    lines: list[str]


def send(
    app: App,
    *,
    to: str,
    kind: Kind,
    language: str,
    own_id: str | None = None,
    attached: tuple[str, str] | None = None,
    **params: str,
) -> None:
    """Send one mail of this kind to one address, by the organisation's server.

    `own_id` becomes its Message-ID, so that one which had to be sent again is known for the same; `attached`
    is a file's name and text. Raises what `Smtp.send` raises, and KeyError for a parameter that the text
    needs and does not get.
    """
    send_by(
        app,
        app.smtp,
        to=to,
        kind=kind,
        language=language,
        own_id=own_id,
        attached=attached,
        **params,
    )


def send_by(
    app: App,
    smtp: Smtp,
    *,
    to: str,
    kind: Kind,
    language: str,
    own_id: str | None = None,
    attached: tuple[str, str] | None = None,
    **params: str,
) -> None:
    """Send one mail by a server of the caller's choice."""
    language = language if language in LANGUAGES else LANGUAGES[0]
    values = {"organisation": app.settings.organisation, **params}
    sender = smtp.sender()
    message = EmailMessage()
    message["From"] = f'"{_quoted(app.settings.organisation)}" <{sender}>'
    message["To"] = to
    message["Subject"] = texts(language)[kind]["subject"].format(**values)
    domain = sender.rpartition("@")[2]
    message["Message-ID"] = f"<{own_id}@{domain}>" if own_id else make_msgid(domain=domain)
    message["Date"] = format_datetime(app.clock.now())
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers a code
    message["Content-Language"] = language
    lines = texts(language)[kind]["lines"]
    message.set_content("\n\n".join(line.format(**values) for line in lines) + "\n")
    message.add_alternative(_html(lines, values, language), subtype="html")
    if attached is not None:
        name, text = attached
        # As bytes: a signature is of every byte, and a text's line ends are the way's to change.
        message.add_attachment(
            text.encode(), maintype="application", subtype="octet-stream", filename=name
        )
    smtp.send(message, to)


@cache
def texts(language: str) -> Mapping[str, Text]:
    """Return the texts of one language, by kind."""
    found: Mapping[str, Text] = json.loads((_TEXTS / f"{language}.json").read_text("utf-8"))
    return found


def _html(lines: list[str], values: Mapping[str, str], language: str) -> str:
    """Return the same as HTML: no image, no script, nothing from elsewhere."""
    direction = "rtl" if language in _RIGHT_TO_LEFT else "ltr"
    paragraphs = "".join(_paragraph(line, values) for line in lines)
    return (
        f'<!doctype html><html lang="{language}" dir="{direction}"><body style="font:16px/1.5 '
        f'system-ui,sans-serif;max-width:34em">{paragraphs}</body></html>'
    )


def _paragraph(line: str, values: Mapping[str, str]) -> str:
    alone = _ALONE.fullmatch(line)
    if alone is None:
        return f"<p>{html.escape(line.format(**values))}</p>"
    value = html.escape(values[alone[1]])
    if alone[1] == "link":
        return f'<p><a href="{value}"><bdi dir="ltr">{value}</bdi></a></p>'
    return f'<p style="font-size:1.6em;letter-spacing:.1em"><bdi dir="ltr">{value}</bdi></p>'


def _quoted(name: str) -> str:
    return name.replace("\\", "").replace('"', "'")
