"""Bounces, with a delivery report or without one.

RFC 3464 reports say what happened. Many systems (qmail, older Exim, Exchange, Lotus Notes, mobile
carriers) say it in prose only, so evidence is weighed: who sends, what the subject begins with, what the
text says, whether the mail encloses another. One kind of evidence alone never makes a bounce: people
forward bounces, answer them and write about them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from shared.mail.addresses import strict_address
from shared.mail.bounce_phrases import (
    DAEMON_NAMES,
    DELAYED,
    FOR_GOOD,
    OPENINGS,
    RETURNED,
    SUBJECTS,
    TEXTS,
)
from shared.mail.html_text import html_to_text
from shared.mail.listed import listed
from shared.mail.parse import ParsedMail
from shared.mail.report import DeliveryStatus, status_code
from shared.mail.subjects import base_subject

_ENOUGH = 4
_TEXT = 6_000
# Evidence that no person's mail has: without any of it the bar is higher.
_BY_MACHINE = frozenset(
    ("x_failed_recipients", "sender_is_mail_system", "null_return_path", "multipart_report"),
)
_RECIPIENTS = 100
MAX_NOTIFICATION = 100_000
_SAID = frozenset(("subject_of_bounce", "text_of_bounce", "x_failed_recipients"))

_DAEMONS = frozenset(
    listed(
        """
        mailer-daemon | mailerdaemon | mailer_daemon | mail-daemon | maildaemon | mail.daemon
        mdaemon | mmdf | daemon | postmaster | postmast | postoffice | microsoftexchange
        mailadm | mailsystem | mail-system | bounce | bounces | mail_delivery_subsystem
        undeliverable | smtpd | smtp-daemon | bounceadmin | mail-delivery-subsystem
        """
    )
)


@dataclass(frozen=True, slots=True)
class Bounced:
    """A recipient that a mail did not reach. `permanent`: trying again is of no use (RFC 3463)."""

    recipient: str
    status: str
    action: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Bounce:
    """Why a message counts as a bounce, and of whom."""

    reasons: tuple[str, ...]
    recipients: tuple[Bounced, ...]


def read_bounce(mail: ParsedMail) -> Bounce | None:
    """Return the bounce that this message is, or None."""
    report = mail.report
    if report.kind == "delivery-status" and not _passed_on(mail):
        failed = [found for found in report.recipients if not _succeeded(found)]
        if report.recipients and not failed:
            return None  # a notice of success
        return Bounce(("delivery_status",), _of_report(mail, failed))
    if report.kind:
        return None
    if mail.media_type == "multipart/report" and _states_delivery(mail):
        return Bounce(("delivery_status_announced",), _of_text(mail, _text(mail)))
    notified = _of_notification(mail)
    if notified:
        return Bounce(("bounce_notification",), notified)
    reasons, weight = _evidence(mail)
    if weight < _ENOUGH or not reasons & _SAID:
        return None
    text = _text(mail)
    if not reasons & _BY_MACHINE and (weight <= _ENOUGH or not _code_of(text)):
        return None  # couriers write "delivery failed" too, and people about what came back to them
    return Bounce(tuple(sorted(reasons)), _of_text(mail, text))


def _of_notification(mail: ParsedMail) -> tuple[Bounced, ...]:
    """Return the recipients in a notice of Amazon SES, whose body is JSON, and none for other mail."""
    text = mail.text[:MAX_NOTIFICATION].lstrip()
    if not text.startswith("{") or '"bouncedRecipients"' not in text:
        return ()
    try:
        notice, _ = json.JSONDecoder().raw_decode(text)
        inner = notice.get("Message", notice)
        bounce = (json.loads(inner) if isinstance(inner, str) else inner)["bounce"]
        permanent = bounce.get("bounceType") == "Permanent"
        found = [
            (str(one["emailAddress"]), str(one.get("status", "")))
            for one in bounce["bouncedRecipients"]
        ]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ()
    return tuple(
        Bounced(_canonical(address), status_code(status), "failed", permanent)
        for address, status in found[:_RECIPIENTS]
    )


def _passed_on(mail: ParsedMail) -> bool:
    """Return whether a person sends a report that they got themselves."""
    is_answer = base_subject(mail.subject) != mail.subject.strip()
    return mail.media_type != "multipart/report" and is_answer and not from_daemon(mail)


def _states_delivery(mail: ParsedMail) -> bool:
    stated = mail.headers.get("content-type").lower().replace('"', "").replace(" ", "")
    return "report-type=delivery-status" in stated


def from_daemon(mail: ParsedMail) -> bool:
    """Return whether the sender is a mail system by its address or name."""
    local = mail.sender.address.rpartition("@")[0].lower() or mail.headers.get("from").lower()
    if local.startswith(("mailer-daemon", "mailerdaemon", "microsoftexchange", "postmaster")):
        return True
    if local.partition("+")[0].partition("-")[0] in ("bounce", "bounces") or local in _DAEMONS:
        return True
    return mail.sender.name.lower().startswith(DAEMON_NAMES)


def _evidence(mail: ParsedMail) -> tuple[set[str], int]:
    reasons: set[str] = set()
    weight = 0
    subject = mail.subject.lower().lstrip("[*( ")
    is_answer = base_subject(subject) != subject.strip()
    if "x-failed-recipients" in mail.headers:
        reasons.add("x_failed_recipients")
        weight += 3
    if from_daemon(mail):
        reasons.add("sender_is_mail_system")
        weight += 2
    if mail.headers.get("return-path").strip() == "<>" or not (
        mail.sender.address or mail.headers.get("from").strip(" <>")
    ):
        reasons.add("null_return_path")
        weight += 1
    if mail.headers.get("auto-submitted").lower().startswith("auto-"):
        weight += 1
    if mail.media_type == "multipart/report":
        reasons.add("multipart_report")
        weight += 2
    if subject.startswith(SUBJECTS) and not is_answer:
        reasons.add("subject_of_bounce")
        weight += 2
    if not weight:
        return reasons, 0  # ordinary mail leaves here, before its text is looked at
    text = _text(mail)[:_TEXT].lower()
    if text.lstrip().startswith(OPENINGS):
        weight += 1
    if any(phrase in text for phrase in TEXTS):
        reasons.add("text_of_bounce")
        weight += 2
    if mail.report.returned is not None or any(phrase in text for phrase in RETURNED):
        weight += 1
    if "sender_is_mail_system" not in reasons and (is_answer or "in-reply-to" in mail.headers):
        weight -= 2
    return reasons, weight


def _text(mail: ParsedMail) -> str:
    return mail.text or html_to_text(mail.html[:50_000])


def _succeeded(found: DeliveryStatus) -> bool:
    if found.action in ("delivered", "relayed", "expanded"):
        return True
    return not found.action and found.status.startswith("2")


def _of_report(mail: ParsedMail, failed: list[DeliveryStatus]) -> tuple[Bounced, ...]:
    found: dict[str, Bounced] = {}
    for status in failed:
        code = status.status
        if code[:1] not in ("4", "5") or code in ("5.0.0", "4.0.0"):
            code = status_code(status.diagnostic) or code
        permanent = status.action != "delayed" and not code.startswith("4")
        recipient = _canonical(status.recipient)
        found.setdefault(recipient, Bounced(recipient, code, status.action or "failed", permanent))
    if not found:
        return _of_text(mail, _text(mail))
    return tuple(found.values())


def _of_text(mail: ParsedMail, text: str) -> tuple[Bounced, ...]:
    """Read recipients and code from prose."""
    lowered = f"{mail.subject}\n{text[:_TEXT]}".lower()
    code = _code_of(text)
    delayed = any(word in lowered for word in DELAYED)
    given_up = not delayed or any(word in lowered for word in FOR_GOOD)
    permanent = not code.startswith("4") if code else given_up
    stated = [
        _canonical(piece)
        for value in mail.headers.all("x-failed-recipients")
        for piece in value.split(",")
    ]
    recipients = [found for found in stated if found] or _addresses_in(mail, text)
    action = "failed" if permanent else "delayed"
    return tuple(Bounced(found, code, action, permanent) for found in recipients[:_RECIPIENTS])


def _canonical(recipient: str) -> str:
    bare = recipient.strip().strip("<>\"'")
    return strict_address(bare) or bare[:320]


def _code_of(text: str) -> str:
    """Return the status of failure that the beginning of a text names, "" where it names none."""
    return status_code(text[:_TEXT]) or _smtp_code(text[:_TEXT])


def _smtp_code(text: str) -> str:
    """Return an SMTP reply code of failure as a status ("550" as "5.0.0"), "" where there is none."""
    for word in text.split():
        bare = word.strip("(<[:.,;-#>])")
        code = bare[:3]
        is_code = code.isdecimal() and len(code) == 3 and bare[3:4] in ("", "-", "_")
        if is_code and len(bare) <= 12 and code[0] in "45" and code[1] in "2350":
            return f"{code[0]}.0.0"
    return ""


def _addresses_in(mail: ParsedMail, text: str) -> list[str]:
    """Return the addresses that a bounce's own text names, without ours and its sender's."""
    others = {mail.sender.address.lower(), *(address.address.lower() for address in mail.to)}
    found: dict[str, None] = {}
    for line in text[:_TEXT].split("\n")[:150]:
        lowered = line.strip("-_ =\t").lower()
        if lowered.startswith(RETURNED) or (
            found and lowered.startswith(("received:", "return-path:"))
        ):
            break
        if "@" not in line:
            continue
        for word in line.replace("<", " ").replace(">", " ").replace("mailto:", " ").split():
            bare = word.strip("\"'()[]:;,.").removeprefix("rfc822;").removeprefix("SMTP:")
            if "@" not in bare:
                continue
            address = strict_address(bare)
            if address and address.lower() not in others and "." in address.rpartition("@")[2]:
                found.setdefault(address)
    return list(found)
