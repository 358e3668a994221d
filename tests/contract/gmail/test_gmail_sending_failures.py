"""The contract of Gmail where sending fails: one POST, and an outcome that says whether it may have gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared.clock import SystemClock
from shared.gmail.api import JSON_BYTES, GmailApi
from shared.gmail.contract import (
    Down,
    GmailError,
    Gone,
    Misconfigured,
    NeedsReauth,
    NotSent,
    Refused,
    Throttled,
)
from tests.contract.gmail.test_gmail_sending import CUSTOMER, QUESTION, answer
from tests.local_google import MAILBOX

SMALL = answer()
LARGE = answer(body=b"x" * JSON_BYTES)
UNKNOWN = [
    {"kind": "close"},
    {"kind": "reset"},
    {"kind": "hang", "seconds": 30},
    {"kind": "status", "status": 408},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 502},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 504},
    {"kind": "html", "status": 503},
    {"kind": "html", "status": 400},
    {"kind": "html", "status": 413},
    {"kind": "html", "status": 200},
    {"kind": "html", "status": 302},
]


def failure(gmail: object, raw: bytes = SMALL, thread_id: str | None = None) -> GmailError:
    """Return the error of a send that does not end well."""
    with pytest.raises(GmailError) as caught:
        gmail.send(raw, thread_id)
    assert caught.value.__cause__ is None
    return caught.value


@pytest.fixture
def gmail(google):
    """Be the desk, connected, with little patience: more than a busy machine needs to hear a send."""
    google.timeout_seconds = 2.0
    return google.gmail(google.connect())


@pytest.mark.parametrize("raw", [SMALL, LARGE], ids=["json", "upload"])
@pytest.mark.parametrize(("when", "count"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("fault", UNKNOWN, ids=lambda fault: " ".join(map(str, fault.values())))
def test_without_a_clear_answer_the_outcome_is_unknown_after_one_post(
    gmail, sandbox, fault, when, count, raw
):
    """Whether it took effect cannot be told from here, so nothing asks Gmail a second time."""
    sandbox.add_account(CUSTOMER, "Ann")
    sandbox.plant("messages.send", **fault, when=when, times=None)
    sandbox.reset_calls()

    error = failure(gmail, raw)

    assert type(error) is Down
    assert sandbox.calls() == {"messages.send": 1}
    assert len(sandbox.sends()) == len(sandbox.messages(CUSTOMER)) == count


def test_a_broken_answer_to_a_message_that_went_is_unknown(gmail, sandbox):
    """Half a JSON is no answer; the message is found by our mark."""
    question = sandbox.deliver(MAILBOX, QUESTION)
    sandbox.plant("messages.send", "truncate")

    error = failure(gmail, SMALL, question["threadId"])

    thread = gmail.thread_headers(question["threadId"], ["X-CMO-Send-Id"])
    assert type(error) is Down
    assert sandbox.calls(MAILBOX)["messages.send"] == 1
    assert [headers.get("x-cmo-send-id") for headers in thread.values()] == [None, "send-1"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "error", "status": 400, "reason": "invalidArgument"}, Refused),
        ({"kind": "error", "status": 400, "reason": "failedPrecondition"}, Refused),
        ({"kind": "error", "status": 413, "reason": "uploadTooLarge"}, Refused),
        ({"kind": "forbidden", "reason": "forbidden"}, Refused),
        ({"kind": "forbidden", "reason": "insufficientPermissions"}, NeedsReauth),
        ({"kind": "forbidden", "reason": "domainPolicy"}, NeedsReauth),
        ({"kind": "forbidden", "reason": "accessNotConfigured"}, Misconfigured),
        ({"kind": "too_many_requests"}, Throttled),
        ({"kind": "quota"}, Throttled),
        ({"kind": "forbidden", "reason": "userRateLimitExceeded"}, Throttled),
        ({"kind": "forbidden", "reason": "dailyLimitExceeded"}, Throttled),
    ],
)
def test_a_refusal_means_that_nothing_was_sent(gmail, sandbox, fault, error):
    """For ever or for now, the kind of error says which; either way after one POST."""
    sandbox.plant("messages.send", **fault, times=None)
    sandbox.reset_calls()

    assert type(failure(gmail)) is error
    assert sandbox.calls() == {"messages.send": 1}
    assert sandbox.sends() == []


def test_what_is_wrong_with_the_message_is_refused_for_ever(gmail, sandbox):
    """Nobody to send to; the text of the mail is in no error."""
    error = failure(gmail, b"Subject: Secret\r\n\r\nSecret\r\n")

    assert (type(error), error.reason) == (Refused, "http_400")
    assert sandbox.sends() == []


def test_a_thread_that_is_gone_is_told_apart(gmail, sandbox):
    """Nothing was sent, so the caller may send without the thread."""
    question = sandbox.deliver(MAILBOX, QUESTION)
    sandbox.act(MAILBOX, "delete", question["id"])

    assert type(failure(gmail, SMALL, question["threadId"])) is Gone
    with pytest.raises(Gone):
        gmail.thread_headers(question["threadId"], ["Message-ID"])
    assert sandbox.sends() == []


def test_a_throttled_send_knows_when_to_come_back(gmail, sandbox):
    """Sending limits last hours; the time stands in Google's message."""
    sandbox.plant("messages.send", "too_many_requests", retry_after=7200)
    before = datetime.now(UTC)

    error = failure(gmail)

    assert timedelta(seconds=7190) < error.retry_at - before < timedelta(seconds=7260)


def test_a_used_up_quota_sends_nothing(gmail, sandbox):
    """100 units a send."""
    sandbox.set_quota(199)

    gmail.send(SMALL, None)

    assert type(failure(gmail)) is Throttled
    assert len(sandbox.sends()) == 1


@pytest.mark.parametrize("raw", [SMALL, LARGE], ids=["json", "upload"])
def test_an_expired_access_token_costs_one_refresh_and_sends_once(gmail, sandbox, raw):
    """A 401 was not looked at, so the POST that follows is the first that counts."""
    sandbox.expire_access_tokens(MAILBOX)
    sandbox.reset_calls()

    gmail.send(raw, None)

    assert sandbox.calls() == {"messages.send": 2, "oauth.token": 1}
    assert len(sandbox.sends()) == 1


def test_without_an_access_token_nothing_is_sent(gmail, sandbox):
    """Google's token endpoint is down: that much is known, and no message is in doubt."""
    sandbox.expire_access_tokens(MAILBOX)
    sandbox.plant("oauth.token", "status", status=503, times=None)

    assert type(failure(gmail)) is NotSent
    assert sandbox.sends() == []


def test_a_gmail_that_cannot_be_reached_got_nothing(google, sandbox):
    """A refused connection is known to have carried nothing; it counts as Down for reads."""
    gmail = GmailApi(
        lambda _force: "a-token",
        google.transport,
        SystemClock(),
        root=sandbox.url,
        timeout_seconds=1,
    )
    sandbox.stop()

    assert type(failure(gmail)) is NotSent
    with pytest.raises(Down):
        gmail.profile()


def test_errors_of_sending_tell_nothing_of_the_mail(gmail, sandbox):
    """Neither address nor subject nor Google's text is in the error."""
    sandbox.plant("messages.send", "error", status=403, reason="x", message=f"no {CUSTOMER}")

    error = failure(gmail, answer(subject="Secret"))

    assert error.reason == "http_403"
    assert CUSTOMER not in repr(error)
    assert "Secret" not in repr(error)
