"""The contract of Gmail where something fails: each failure is one of its errors, and costs what it says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared.gmail.contract import (
    Down,
    GmailError,
    Misconfigured,
    NeedsReauth,
    Refused,
    Throttled,
)
from tests.local_google import MAILBOX, TOPIC, deliver


def test_an_expired_access_token_is_refreshed_once(gmail, sandbox):
    """The call succeeds, at the price of one refresh."""
    delivered = deliver(sandbox)
    sandbox.expire_access_tokens(MAILBOX)
    sandbox.reset_calls()

    assert gmail.message(delivered).gmail_id == delivered
    assert sandbox.calls() == {"messages.get": 2, "oauth.token": 1}


def test_a_grant_that_gmail_keeps_refusing_needs_its_owner(gmail, sandbox):
    """After one refresh, a second 401 is final."""
    sandbox.plant("getProfile", "unauthorized", times=None)
    sandbox.reset_calls()

    with pytest.raises(NeedsReauth):
        gmail.profile()

    assert sandbox.calls() == {"getProfile": 2, "oauth.token": 1}


def test_a_revoked_grant_needs_its_owner(gmail, sandbox):
    """Revoked by its owner: the refresh says so."""
    sandbox.revoke_grant(MAILBOX)

    with pytest.raises(NeedsReauth, match="invalid_grant"):
        gmail.profile()


def test_a_grant_that_is_too_small_needs_its_owner(gmail, sandbox):
    """Without gmail.readonly nothing can be read, and no retry will help."""
    sandbox.set_scopes(MAILBOX, ["openid"])

    with pytest.raises(NeedsReauth, match="insufficient_scopes"):
        gmail.profile()


def test_an_account_without_gmail_needs_its_owner(gmail, sandbox):
    """Google says "Mail service not enabled"; the mailbox stands still instead of failing mail by mail."""
    sandbox.plant(
        "getProfile",
        "error",
        status=400,
        reason="failedPrecondition",
        message="Mail service not enabled",
        status_name="FAILED_PRECONDITION",
    )

    with pytest.raises(NeedsReauth, match="mail_service_not_enabled"):
        gmail.profile()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "too_many_requests"}, Throttled),
        ({"kind": "quota"}, Throttled),
        ({"kind": "forbidden", "reason": "rateLimitExceeded"}, Throttled),
        ({"kind": "forbidden", "reason": "userRateLimitExceeded"}, Throttled),
        ({"kind": "forbidden", "reason": "quotaExceeded"}, Throttled),
        ({"kind": "forbidden", "reason": "dailyLimitExceeded"}, Throttled),
        ({"kind": "forbidden", "reason": "insufficientPermissions"}, NeedsReauth),
        ({"kind": "forbidden", "reason": "domainPolicy"}, NeedsReauth),
        ({"kind": "forbidden", "reason": "accessNotConfigured"}, Misconfigured),
        ({"kind": "forbidden", "reason": "forbidden"}, Refused),
        ({"kind": "error", "status": 400, "reason": "invalidArgument"}, Refused),
        ({"kind": "error", "status": 400, "reason": "failedPrecondition"}, Down),
        ({"kind": "status", "status": 500}, Down),
        ({"kind": "status", "status": 502}, Down),
        ({"kind": "status", "status": 503}, Down),
        ({"kind": "status", "status": 504}, Down),
        ({"kind": "status", "status": 408}, Down),
        ({"kind": "html", "status": 503}, Down),
        ({"kind": "html", "status": 404}, Down),
        ({"kind": "html", "status": 400}, Down),
        ({"kind": "html", "status": 200}, Down),
        ({"kind": "html", "status": 302}, Down),
        ({"kind": "truncate"}, Down),
        ({"kind": "reset"}, Down),
    ],
)
def test_each_failure_is_one_of_the_contracts(gmail, sandbox, fault, error):
    """A use case decides on the kind of error alone; no page of a proxy is taken for Gmail's word."""
    delivered = deliver(sandbox)
    sandbox.plant("messages.get", **fault, times=None)

    with pytest.raises(GmailError) as caught:
        gmail.message(delivered)

    assert type(caught.value) is error
    assert caught.value.__cause__ is None


def test_a_throttled_call_knows_when_to_come_back(gmail, sandbox):
    """The time stands in Google's message alone."""
    sandbox.plant("getProfile", "too_many_requests", retry_after=600)
    before = datetime.now(UTC)

    with pytest.raises(Throttled) as caught:
        gmail.profile()

    waits = caught.value.retry_at - before
    assert timedelta(seconds=590) < waits < timedelta(seconds=660)


def test_a_used_up_quota_is_throttled_and_other_calls_go_on(gmail, sandbox):
    """6,000 units a minute, 20 a message."""
    delivered = deliver(sandbox)
    sandbox.set_quota(19)

    with pytest.raises(Throttled):
        gmail.message(delivered)

    assert gmail.profile().address == MAILBOX


def test_a_call_has_a_deadline(google, sandbox):
    """A server that hangs costs seconds, not the function's life."""
    google.timeout_seconds = 0.3
    gmail = google.gmail(google.connect())
    sandbox.plant("getProfile", "hang", seconds=30)

    with pytest.raises(Down, match="timeout"):
        gmail.profile()


def test_a_topic_that_gmail_may_not_use_is_our_own_fault(gmail, sandbox):
    """No mailbox is blamed for a missing grant, a foreign project or a missing topic."""
    sandbox.set_topic(granted=False)
    for topic in (TOPIC, "projects/other/topics/gmail-push", "projects/desk/topics/none"):
        with pytest.raises(Misconfigured, match="watch_topic"):
            gmail.watch(topic)


def test_another_watching_client_is_told_apart(gmail, sandbox):
    """The caller may stop the other watch and begin its own."""
    sandbox.second_watch_client(MAILBOX)

    with pytest.raises(Misconfigured, match="other_watch_client"):
        gmail.watch(TOPIC)

    gmail.stop()
    assert gmail.watch(TOPIC)


@pytest.mark.parametrize("kind", ["close", "reset"])
def test_a_post_is_sent_once_however_the_connection_ends(gmail, sandbox, kind):
    """Whether it took effect is unknown, so it is never repeated."""
    sandbox.plant("watch", kind, when="after")

    with pytest.raises(Down, match="connection"):
        gmail.watch(TOPIC)

    assert sandbox.calls(MAILBOX)["watch"] == 1


def test_a_get_is_repeated_once_where_no_answer_began(gmail, sandbox):
    """A connection closed without a byte is tried again, once."""
    sandbox.plant("getProfile", "close")
    assert gmail.profile().address == MAILBOX
    assert sandbox.calls(MAILBOX)["getProfile"] == 2

    sandbox.plant("getProfile", "close", times=2)
    with pytest.raises(Down, match="connection"):
        gmail.profile()
    assert sandbox.calls(MAILBOX)["getProfile"] == 4


def test_errors_tell_nothing_of_the_mailbox(gmail, sandbox):
    """Neither message nor reason nor chain quotes a token, an address or Google's text."""
    sandbox.plant("getProfile", "error", status=403, reason="x", message=f"secret of {MAILBOX}")

    with pytest.raises(Refused) as caught:
        gmail.profile()

    assert caught.value.reason == "http_403"
    assert MAILBOX not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
