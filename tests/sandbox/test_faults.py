"""Planted faults: each kind as a client meets it, at the call asked for, before or after."""

import json
import socket
from typing import Any

import pytest
import urllib3
from googleapiclient.errors import HttpError

from local.gmail_sandbox import Sandbox

from .conftest import SALES, SUPPORT, Desk, mail
from .google_client import TOPIC, Browser


def profile(gmail: Any) -> dict[str, Any]:
    """Call getProfile once."""
    answer: dict[str, Any] = gmail.getProfile(userId="me").execute(num_retries=0)
    return answer


def refusal(gmail: Any) -> tuple[int, dict[str, Any]]:
    """Return status and JSON error of a getProfile that is refused."""
    with pytest.raises(HttpError) as refused:
        profile(gmail)
    return int(refused.value.resp.status), json.loads(refused.value.content)["error"]


@pytest.mark.parametrize(
    ("kind", "options", "status", "reason", "text"),
    [
        ("unauthorized", {}, 401, "authError", "invalid authentication"),
        ("forbidden", {"reason": "rateLimitExceeded"}, 403, "rateLimitExceeded", "Rate Limit"),
        ("forbidden", {"reason": "userRateLimitExceeded"}, 403, "userRateLimitExceeded", "User"),
        ("forbidden", {"reason": "dailyLimitExceeded"}, 403, "dailyLimitExceeded", "Daily"),
        ("forbidden", {"reason": "domainPolicy"}, 403, "domainPolicy", "administrators"),
        ("forbidden", {"reason": "accessNotConfigured"}, 403, "accessNotConfigured", "disabled"),
        ("quota", {}, 429, "rateLimitExceeded", "Queries per minute per user"),
        ("status", {"status": 500}, 500, "backendError", "Backend"),
        ("status", {"status": 503}, 503, "backendError", "unavailable"),
        (
            "error",
            {"status": 400, "reason": "failedPrecondition", "message": "Mail service not enabled"},
            400,
            "failedPrecondition",
            "Mail service not enabled",
        ),
    ],
)
def test_refusals_have_gmails_form(
    sandbox: Sandbox,
    gmail: Any,
    kind: str,
    options: dict[str, Any],
    status: int,
    reason: str,
    text: str,
) -> None:
    """Status, reason and message are those that Gmail sends, and the next call is well."""
    sandbox.plant("getProfile", kind, **options)

    answer, error = refusal(gmail)

    assert answer == error["code"] == status
    assert error["errors"][0]["reason"] == reason
    assert text in error["message"]
    assert profile(gmail)["emailAddress"] == SUPPORT


def test_a_429_names_the_time_to_come_back(sandbox: Sandbox, gmail: Any) -> None:
    """The time stands in the message only, as Gmail gives it."""
    sandbox.plant("getProfile", "too_many_requests", retry_after=900)

    status, error = refusal(gmail)

    assert status == 429
    prefix, _, moment = error["message"].partition("Retry after ")
    assert prefix == "User-rate limit exceeded.  "
    assert moment.endswith("Z")
    assert moment[10] == "T"


def test_the_nth_call_is_struck_so_many_times(sandbox: Sandbox, gmail: Any) -> None:
    """Faults count calls from their planting."""
    sandbox.plant("getProfile", "status", nth=2, times=2)

    outcomes = []
    for _ in range(5):
        try:
            profile(gmail)
            outcomes.append(200)
        except HttpError as error:
            outcomes.append(int(error.resp.status))

    assert outcomes == [200, 503, 503, 200, 200]
    assert sandbox.faults()[0]["fired"] == 2


def test_faults_choose_method_and_mailbox(sandbox: Sandbox, browser: Browser, gmail: Any) -> None:
    """Another method and another mailbox are not struck; a star strikes all methods."""
    sandbox.plant("getProfile", "status", mailbox=SALES.upper(), times=None)
    sales = browser.gmail(browser.connect(SALES)["access_token"])

    assert profile(gmail)
    assert sales.labels().list(userId="me").execute()["labels"]
    assert refusal(sales)[0] == 503
    sandbox.clear_faults()
    assert profile(sales)
    sandbox.plant("*", "status")
    assert refusal(gmail)[0] == 503


def test_before_has_no_effect_and_after_has(sandbox: Sandbox, gmail: Any, desk: Desk) -> None:
    """A watch that fails before does nothing; one that fails after is in place."""
    for when, pushes in (("before", 0), ("after", 1)):
        sandbox.plant("watch", "status", when=when)  # type: ignore[arg-type]
        with pytest.raises(HttpError):
            gmail.watch(userId="me", body={"topicName": TOPIC}).execute()
        sandbox.settle(5)
        assert len(desk.received) == pushes


def test_a_code_is_used_up_by_an_exchange_whose_answer_is_lost(
    sandbox: Sandbox, browser: Browser
) -> None:
    """After the effect the code is gone: a second try is invalid_grant."""
    code = browser.consent(SUPPORT)
    sandbox.plant("oauth.token", "close", when="after")

    with pytest.raises(urllib3.exceptions.ProtocolError):
        browser.redeem(code)

    assert browser.redeem(code)[1]["error"] == "invalid_grant"


def test_a_hang_answers_nothing_until_the_client_gives_up(
    sandbox: Sandbox, browser: Browser
) -> None:
    """The client's own time-out ends it; the sandbox stays well."""
    token = browser.connect(SUPPORT)["access_token"]
    sandbox.plant("getProfile", "hang")

    with pytest.raises(TimeoutError):
        profile(browser.gmail(token, timeout=0.3))

    assert profile(browser.gmail(token))


def test_a_reset_is_a_reset(sandbox: Sandbox, gmail: Any) -> None:
    """The connection ends with RST."""
    sandbox.plant("getProfile", "reset")

    with pytest.raises(ConnectionResetError):
        profile(gmail)

    assert profile(gmail)


def test_close_without_reply_makes_the_stock_client_ask_twice(sandbox: Sandbox, gmail: Any) -> None:
    """httplib2 repeats a request on a connection that closed unanswered: the counts show it."""
    sandbox.reset_calls()
    sandbox.plant("watch", "close", when="after")

    gmail.watch(userId="me", body={"topicName": TOPIC}).execute(num_retries=0)

    assert sandbox.calls() == {"watch": 2}


def test_truncated_json_is_whole_http(sandbox: Sandbox, gmail: Any) -> None:
    """Only reading the JSON finds the break; Google's client hands such a body over as text."""
    sandbox.plant("getProfile", "truncate")

    answer: Any = gmail.getProfile(userId="me").execute()

    assert isinstance(answer, str)
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer)
    assert profile(gmail)


def test_a_slow_body_arrives_in_the_end(sandbox: Sandbox, gmail: Any) -> None:
    """The answer dribbles in, complete."""
    sandbox.plant("getProfile", "slow", seconds=0.2)

    assert profile(gmail)["emailAddress"] == SUPPORT


def test_an_html_error_page_is_no_json(sandbox: Sandbox, gmail: Any) -> None:
    """Google's front end may answer HTML."""
    sandbox.plant("getProfile", "html", status=502)

    with pytest.raises(HttpError) as refused:
        profile(gmail)

    assert refused.value.resp.status == 502
    assert refused.value.resp["content-type"].startswith("text/html")


def test_an_empty_history_page_has_a_next_token(sandbox: Sandbox, gmail: Any) -> None:
    """The records come with the next page: an empty page is not the end."""
    start = profile(gmail)["historyId"]
    ids = [sandbox.deliver(SUPPORT, mail(message_id=f"<{n}@e.example>"))["id"] for n in range(4)]
    sandbox.plant("history.list", "empty_page", nth=2)
    history = gmail.history()

    first = history.list(userId="me", startHistoryId=start, maxResults=2).execute()
    empty = history.list(
        userId="me", startHistoryId=start, maxResults=2, pageToken=first["nextPageToken"]
    ).execute()
    last = history.list(
        userId="me", startHistoryId=start, maxResults=2, pageToken=empty["nextPageToken"]
    ).execute()

    assert "history" not in empty
    records = [*first["history"], *last["history"]]
    assert [record["messages"][0]["id"] for record in records] == ids
    assert "nextPageToken" not in last


@pytest.mark.parametrize(
    ("error", "status"),
    [("invalid_grant", 400), ("admin_policy_enforced", 400), ("internal_failure", 500)],
)
def test_the_token_endpoint_can_refuse_one_mailbox(
    sandbox: Sandbox, browser: Browser, error: str, status: int
) -> None:
    """A refresh of that mailbox is struck, another's is not."""
    support, sales = (browser.connect(name)["refresh_token"] for name in (SUPPORT, SALES))
    sandbox.plant("oauth.token", "oauth_error", mailbox=SUPPORT, error=error, status=status)

    assert browser.refresh(sales)[0] == 200
    answer = browser.refresh(support)
    assert (answer[0], answer[1]["error"]) == (status, error)
    assert browser.refresh(support)[0] == 200


@pytest.mark.parametrize(
    "arguments",
    [
        {"method": "getProfile", "kind": "earthquake"},
        {"method": "getProfile", "kind": "empty_page"},
        {"method": "getProfile", "kind": "status", "nth": 0},
        {"method": "getProfile", "kind": "status", "when": "during"},
        {"method": "getProfile", "kind": "forbidden", "reason": "because"},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(
    sandbox: Sandbox, arguments: dict[str, Any]
) -> None:
    """Planting checks what it can: a fault that never strikes would prove nothing."""
    with pytest.raises(ValueError, match=r"."):
        sandbox.plant(**arguments)


def test_concurrent_calls_of_a_user_can_be_limited(
    sandbox: Sandbox, browser: Browser, gmail: Any
) -> None:
    """Above the limit Gmail answers 429 at once; the peak is reported."""
    token = browser.connect(SUPPORT)["access_token"]
    sandbox.set_quota(concurrent=0)

    status, error = refusal(browser.gmail(token))

    assert status == 429
    assert error["message"] == "Too many concurrent requests for user."
    sandbox.set_quota(concurrent=4)
    assert profile(gmail)
    assert sandbox.quota(SUPPORT)["peak_concurrent"] == 1


def test_stopping_ends_a_hang(sandbox: Sandbox, browser: Browser) -> None:
    """A sandbox that stops leaves no client waiting."""
    sandbox.plant("*", "hang")
    request = f"GET /oauth2/v1/certs HTTP/1.1\r\nHost: {browser.url[7:]}\r\n\r\n"

    with socket.create_connection(("127.0.0.1", int(browser.url.rpartition(":")[2]))) as client:
        client.settimeout(10)
        client.sendall(request.encode())
        while not sandbox.faults()[0]["fired"]:
            pass
        sandbox.stop()
        received = client.recv(100)

    assert received == b""
