"""Batches, through the client's own BatchHttpRequest."""

from typing import Any

import pytest
from googleapiclient.errors import BatchError, HttpError

from local.gmail_sandbox import Sandbox

from .conftest import SUPPORT, mail
from .google_client import Browser


@pytest.fixture
def service(browser: Browser) -> Any:
    """Connect Google's client to the support mailbox."""
    return browser.service(browser.connect(SUPPORT)["access_token"])


def run(service: Any, requests: list[Any]) -> list[Any]:
    """Run requests as one batch; return answers or errors in their order."""
    results: dict[str, Any] = {}
    batch = service.new_batch_http_request(
        callback=lambda id_, answer, error: results.__setitem__(id_, error or answer)
    )
    for request in requests:
        batch.add(request)
    batch.execute()
    return [results[str(number)] for number in range(1, len(requests) + 1)]


def test_each_call_has_its_own_answer(sandbox: Sandbox, service: Any) -> None:
    """One failing call does not fail the others, and each is charged."""
    id_ = sandbox.deliver(SUPPORT, mail("Café"))["id"]
    messages = service.users().messages()

    answers = run(
        service,
        [
            messages.get(userId="me", id=id_, format="metadata", metadataHeaders=["Subject"]),
            messages.get(userId="me", id="1900000000000000"),
            service.users().getProfile(userId="me"),
        ],
    )

    assert answers[0]["payload"]["headers"] == [{"name": "Subject", "value": "Café"}]
    assert isinstance(answers[1], HttpError)
    assert answers[1].resp.status == 404
    assert answers[2]["emailAddress"] == SUPPORT
    assert sandbox.quota(SUPPORT)["used"] == 41
    assert sandbox.calls(SUPPORT) == {"messages.get": 2, "getProfile": 1}


def test_calls_of_a_batch_run_at_the_same_time(sandbox: Sandbox, service: Any) -> None:
    """A batch runs into the concurrency limit as parallel calls do."""
    sandbox.set_quota(concurrent=2, latency=0.5)

    answers = run(service, [service.users().getProfile(userId="me") for _ in range(6)])

    refused = [answer for answer in answers if isinstance(answer, HttpError)]
    assert len(refused) == 4
    assert {error.resp.status for error in refused} == {429}


def test_a_batch_above_100_calls_is_refused(sandbox: Sandbox, service: Any) -> None:
    """The client allows 1,000, Gmail 100."""
    requests = [service.users().getProfile(userId="me") for _ in range(101)]

    with pytest.raises((BatchError, HttpError), match="exceeds the limit"):
        run(service, requests)

    assert sandbox.calls(SUPPORT) == {}


def test_what_is_no_batch_is_refused(browser: Browser) -> None:
    """A body of another kind is 400."""
    answer = browser.http.request("POST", browser.url + "/batch", body=b"{}")

    assert answer.status == 400
