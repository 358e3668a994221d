"""Google's error answers, in every form that was seen, and what each stands for."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.gmail.contract import (
    Down,
    GmailError,
    Gone,
    Misconfigured,
    NeedsReauth,
    Refused,
    Throttled,
)
from shared.gmail.faults import translate

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def body(code=400, message="", status=None, reason=None, detail=None) -> bytes:
    """Return an error as Google writes it."""
    error: dict = {"code": code, "message": message}
    if reason:
        error["errors"] = [{"message": message, "domain": "global", "reason": reason}]
    if status:
        error["status"] = status
    if detail:
        error["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": detail}]
    return json.dumps({"error": error}).encode()


@pytest.mark.parametrize(
    ("status", "content", "kind", "reason"),
    [
        (
            400,
            body(400, "Invalid id value", "INVALID_ARGUMENT", "invalidArgument"),
            Refused,
            "http_400",
        ),
        (400, body(400, "Bad", None, "badRequest"), Refused, "http_400"),
        (400, body(400, "Invalid startHistoryId: 7", None, "invalidArgument"), Gone, "not_found"),
        (
            400,
            body(400, "Mail service not enabled", "FAILED_PRECONDITION", "failedPrecondition"),
            NeedsReauth,
            "mail_service_not_enabled",
        ),
        (
            400,
            body(400, "Precondition check failed.", "FAILED_PRECONDITION"),
            Down,
            "failed_precondition",
        ),
        (
            400,
            body(400, "Only one user push notification client allowed per developer (call /stop)"),
            Misconfigured,
            "other_watch_client",
        ),
        (
            401,
            body(401, "Invalid Credentials", "UNAUTHENTICATED", "authError"),
            NeedsReauth,
            "unauthorized",
        ),
        (403, body(403, "", None, "insufficientPermissions"), NeedsReauth, "insufficient_scopes"),
        (
            403,
            body(403, "", "PERMISSION_DENIED", None, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
            NeedsReauth,
            "insufficient_scopes",
        ),
        (403, body(403, "", None, "domainPolicy"), NeedsReauth, "domain_policy"),
        (403, body(403, "", None, "accessNotConfigured"), Misconfigured, "api_disabled"),
        (
            403,
            body(403, "", "PERMISSION_DENIED", None, "SERVICE_DISABLED"),
            Misconfigured,
            "api_disabled",
        ),
        (403, body(403, "Delegation denied", None, "forbidden"), Refused, "http_403"),
        (403, body(403, "", None, "rateLimitExceeded"), Throttled, "rate_limited"),
        (403, body(403, "", None, "userRateLimitExceeded"), Throttled, "rate_limited"),
        (403, body(403, "", None, "quotaExceeded"), Throttled, "rate_limited"),
        (403, body(403, "", "RESOURCE_EXHAUSTED"), Throttled, "rate_limited"),
        (403, body(403, "", None, None, "RATE_LIMIT_EXCEEDED"), Throttled, "rate_limited"),
        (403, body(403, "", None, "dailyLimitExceeded"), Throttled, "daily_limit"),
        (429, body(429, "Too many concurrent requests for user"), Throttled, "rate_limited"),
        (429, b"<html>", Throttled, "rate_limited"),
        (
            404,
            body(404, "Requested entity was not found.", "NOT_FOUND", "notFound"),
            Gone,
            "not_found",
        ),
        (404, body(404, "", "NOT_FOUND"), Gone, "not_found"),
        (404, body(404, "Method not found"), Refused, "http_404"),
        (404, b"<!DOCTYPE html><title>Error 404 (Not Found)</title>", Down, "not_google"),
        (404, b"", Down, "not_google"),
        (413, body(413, "Request entity too large"), Refused, "too_large"),
        (410, body(410, "Gone"), Refused, "http_410"),
        (408, b"", Down, "http_408"),
        (500, body(500, "", "INTERNAL", "backendError"), Down, "http_500"),
        (503, body(503, "", None, "invalid_grant"), Down, "http_503"),
        (302, b"", Down, "not_google"),
        (400, b"<html>Bad Request</html>", Down, "not_google"),
        (403, b'{"error": "invalid_grant"}', Down, "not_google"),
        (403, b'{"error": {"errors": "x"}}', Down, "not_google"),
        (403, b'{"error": {"message": 7}}', Refused, "http_403"),
        (403, b"[" * 100_000, Down, "not_google"),
    ],
)
def test_each_answer_stands_for_one_error(status, content, kind, reason):
    """Only Google's own JSON can condemn a message or a mailbox."""
    error = translate(status, {}, content, NOW)

    assert type(error) is kind
    assert error.reason == reason


@pytest.mark.parametrize(
    ("message", "headers", "retry_at"),
    [
        (
            "User-rate limit exceeded.  Retry after 2026-01-05T09:59:37.302Z",
            {},
            datetime(2026, 1, 5, 9, 59, 37, 302_000, UTC),
        ),
        (
            "User-rate limit exceeded.  Retry after 2026-01-05T10:00:00+01:00 (Mail sending)",
            {},
            NOW,
        ),
        (
            "Retry after 2026-01-05T09:30:00Z",
            {"retry-after": "7"},
            datetime(2026, 1, 5, 9, 30, tzinfo=UTC),
        ),
        ("Retry after 2026-02-31T09:30:00Z", {}, None),
        ("Retry after tomorrow", {}, None),
        ("", {"retry-after": "120"}, NOW + timedelta(minutes=2)),
        ("", {"retry-after": "9" * 50}, NOW + timedelta(days=2)),
        ("", {"retry-after": "Mon, 05 Jan 2026 10:00:00 GMT"}, None),
        ("Retry after 2099-01-01T00:00:00Z", {}, NOW + timedelta(days=2)),
        ("", {}, None),
    ],
)
def test_the_time_to_come_back_is_read_where_google_gives_it(message, headers, retry_at):
    """From the message first, then the header; never further ahead than two days."""
    content = body(429, message, None, "rateLimitExceeded")

    assert translate(429, headers, content, NOW).retry_at == retry_at


@pytest.mark.parametrize(
    ("now", "turn"),
    [
        (datetime(2026, 1, 5, 7, 59, tzinfo=UTC), datetime(2026, 1, 5, 8, tzinfo=UTC)),
        (datetime(2026, 1, 5, 8, 0, tzinfo=UTC), datetime(2026, 1, 6, 8, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), datetime(2027, 1, 1, 8, tzinfo=UTC)),
    ],
)
def test_a_used_up_day_ends_when_the_day_turns_in_california(now, turn):
    """Google counts days in Pacific time."""
    assert translate(403, {}, body(403, "", None, "dailyLimitExceeded"), now).retry_at == turn


@given(st.integers(300, 599), st.binary(max_size=80))
def test_no_answer_makes_the_reader_crash(status, content):
    """Whatever comes, it stands for one of the contract's errors."""
    assert isinstance(translate(status, {}, content, NOW), GmailError)
