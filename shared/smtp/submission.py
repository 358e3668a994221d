"""One mail handed over by SMTP, at most once, with an outcome that can be told from every other.

Until the line that ends DATA is sent, a server has nothing that it may deliver: a connection that breaks
before it leaves no mail behind (RFC 5321 §4.1.1.4). So that line is sent by itself, after all others; from
there on only the server's answer says what became of the mail.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Final

from shared.errors import Conflict, Invalid, Unavailable
from shared.smtp import transmission
from shared.smtp.contract import NotSubmitted, SubmitError, SubmitRefused, SubmitUnknown

ANSWER_SECONDS: Final = 60.0  # a server may look at a whole mail before it answers
_TOO_LARGE: Final = (552, 523)  # RFC 1870 §6; Microsoft's
_ANSWER_LINES: Final = 100
_LINE_BYTES: Final = 8192
_LOGIN_NEEDED: Final = (530, 535, 538)

Open = Callable[[], AbstractContextManager[smtplib.SMTP]]


def submit(connect: Open, raw: bytes, sender: str, recipients: Sequence[str]) -> None:
    """Hand over a mail by the connection that `connect` opens; see `Smtp.submit` for what is raised."""
    transmission.require_addresses(sender, recipients)
    data = transmission.as_data(raw)
    try:
        with connect() as connection:
            verdict = _hand_over(connection, data, sender, recipients)
    except (smtplib.SMTPException, OSError, Conflict, Invalid, Unavailable) as error:
        verdict = _not_connected(error)
    if verdict is not None:
        raise verdict


def _hand_over(
    connection: smtplib.SMTP, data: bytes, sender: str, recipients: Sequence[str]
) -> SubmitError | None:
    """Return why the mail was not accepted, or None where it was."""
    try:
        refused = _envelope(connection, len(data), sender, recipients) or _announce(connection)
        if refused is not None:
            return refused
        connection.send(data)
    except (smtplib.SMTPException, OSError):
        return NotSubmitted("broken_off")
    try:
        connection.sock.settimeout(ANSWER_SECONDS)  # type: ignore[union-attr]
        connection.send(b".\r\n")
        code = _last_answer(connection)
    except (smtplib.SMTPException, OSError, ValueError):
        return SubmitUnknown("no_answer")
    if 200 <= code < 300:
        return None
    if 400 <= code < 600:
        return _answered(code, "message")
    return SubmitUnknown("no_answer")


def _last_answer(connection: smtplib.SMTP) -> int:
    """Return the code of an answer that came whole; 0 for any other.

    smtplib also takes the beginning of a line for one, on which a broken connection is an acceptance.
    """
    lines = connection.file
    assert lines is not None  # earlier answers were read from it
    for _ in range(_ANSWER_LINES):
        line = lines.readline(_LINE_BYTES)
        if not line.endswith(b"\n") or not line[:3].isdigit():
            return 0
        if line[3:4] != b"-":
            return int(line[:3])
    return 0


def _envelope(
    connection: smtplib.SMTP, size: int, sender: str, recipients: Sequence[str]
) -> SubmitError | None:
    connection.ehlo_or_helo_if_needed()
    options = []
    if connection.has_extn("size"):
        limit = connection.esmtp_features["size"].strip()
        if limit.isascii() and limit.isdigit() and 0 < int(limit) < size:
            return SubmitRefused("too_large")
        options = [f"SIZE={size}"]
    code, _ = connection.mail(sender, options)
    if code != 250:
        return _answered(code, "sender")
    answers = {recipient: connection.rcpt(recipient)[0] for recipient in recipients}
    denied = [recipient for recipient, code in answers.items() if code >= 500]
    if denied:
        return SubmitRefused("recipients", recipients=denied)
    later = [recipient for recipient, code in answers.items() if code not in (250, 251)]
    return NotSubmitted("recipients", recipients=later) if later else None


def _announce(connection: smtplib.SMTP) -> SubmitError | None:
    code, _ = connection.docmd("DATA")
    return None if code == 354 else _answered(code, "message")


def _answered(code: int, what: str) -> SubmitError:
    """Return what a refusal with this code means; a code that is none is of a server out of its mind."""
    if code < 500:
        return NotSubmitted(what)
    if code in _LOGIN_NEEDED:
        return SubmitRefused("credentials")
    return SubmitRefused("too_large" if code in _TOO_LARGE else what)


def _not_connected(error: Exception) -> SubmitError:
    """Return why no connection came about, on which a mail could have been sent."""
    if isinstance(error, Conflict):
        return SubmitRefused("not_configured")
    if isinstance(error, Invalid):
        return SubmitRefused("private_address")
    if isinstance(error, ssl.SSLCertVerificationError):
        return SubmitRefused("certificate")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return SubmitRefused("tls_not_offered")
    if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code >= 500:
        return SubmitRefused("credentials")
    return NotSubmitted("not_reached")
