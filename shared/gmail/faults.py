"""Turns an error answer of the Gmail API into one of the contract's errors.

Google's `HttpError.error_details` hides `errors[].reason` wherever `details` stands, so the body is
read here: error.code, error.status, error.errors[].reason, error.details[].reason, error.message
(https://developers.google.com/workspace/gmail/api/guides/handle-errors). An answer that is no such body
comes from something between us and Gmail: nothing is decided on it, it counts as no answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.gmail.contract import (
    Down,
    GmailError,
    Gone,
    Misconfigured,
    NeedsReauth,
    Refused,
    Throttled,
)

_RATE: Final = frozenset(
    {
        "rateLimitExceeded",
        "userRateLimitExceeded",
        "quotaExceeded",
        "RESOURCE_EXHAUSTED",
        "RATE_LIMIT_EXCEEDED",
    }
)
_SCOPES: Final = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})
_DISABLED: Final = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})
_PRECONDITION: Final = frozenset({"failedPrecondition", "FAILED_PRECONDITION"})
_MISSING: Final = frozenset({"notFound", "NOT_FOUND"})

# "User-rate limit exceeded.  Retry after 2026-01-05T09:59:37.302Z": the time stands in the text only.
_RETRY_AFTER: Final = re.compile(
    r"Retry after (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d))", re.ASCII
)
_LONGEST_WAIT: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class _Error:
    message: str
    reasons: frozenset[str]


def translate(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> GmailError:
    """Return the error that an answer of status 300 or above stands for."""
    if status >= 500 or status == 408:
        return Down(f"http_{status}")
    error = _parse(body)
    if status == 429:
        return Throttled("rate_limited", retry_at=_retry_at(error, headers, now))
    if error is None or status < 400:
        return Down("not_google")
    if "dailyLimitExceeded" in error.reasons:
        return Throttled("daily_limit", retry_at=_next_day(now))
    if error.reasons & _RATE:
        return Throttled("rate_limited", retry_at=_retry_at(error, headers, now))
    match status:
        case 400:
            return _bad_request(error)
        case 401:
            return NeedsReauth("unauthorized")
        case 403:
            return _forbidden(error)
        case 404 if error.reasons & _MISSING:
            return Gone("not_found")
        case 413:
            return Refused("too_large")
        case _:
            return Refused(f"http_{status}")


def _bad_request(error: _Error) -> GmailError:
    message = error.message.lower()
    if "mail service not enabled" in message:  # an account without Gmail: only its owner can help
        return NeedsReauth("mail_service_not_enabled")
    if "only one user push notification client" in message:
        return Misconfigured("other_watch_client")
    if "starthistoryid" in message:  # some answers say 400 for a start that is too old
        return Gone("not_found")
    if error.reasons & _PRECONDITION:
        return Down("failed_precondition")
    return Refused("http_400")


def _forbidden(error: _Error) -> GmailError:
    if error.reasons & _SCOPES:
        return NeedsReauth("insufficient_scopes")
    if "domainPolicy" in error.reasons:  # the mailbox's own administrator has closed it
        return NeedsReauth("domain_policy")
    if error.reasons & _DISABLED:
        return Misconfigured("api_disabled")
    return Refused("http_403")


def _parse(body: bytes) -> _Error | None:
    try:
        error = json.loads(body)["error"]
        words = [error.get("status")]
        for list_name in ("errors", "details"):
            words += [item.get("reason") for item in error.get(list_name, [])]
        message: Any = error.get("message", "")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    reasons = frozenset(word for word in words if isinstance(word, str))
    return _Error(message if isinstance(message, str) else "", reasons)


def _retry_at(error: _Error | None, headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Return when Google said to come again, None where it did not; never more than two days ahead."""
    moment = None
    if error is not None and (match := _RETRY_AFTER.search(error.message)):
        try:
            moment = datetime.fromisoformat(match[1])
        except ValueError:
            moment = None
    seconds = headers.get("retry-after", "")
    if moment is None and seconds.isascii() and seconds.isdecimal():
        moment = now + timedelta(seconds=min(int(seconds[:9]), _LONGEST_WAIT.total_seconds()))
    return None if moment is None else min(moment.astimezone(UTC), now + _LONGEST_WAIT)


def _next_day(now: datetime) -> datetime:
    """Return the next 08:00 UTC: then the day of Google's quotas has turned, winter and summer."""
    turn = now.astimezone(UTC).replace(hour=8, minute=0, second=0, microsecond=0)
    return turn if turn > now else turn + timedelta(days=1)
