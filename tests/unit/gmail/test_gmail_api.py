"""Where the client of Gmail sends what it is asked, and with what."""

from __future__ import annotations

import json

import pytest

from shared.clock import SystemClock
from shared.gmail import api
from shared.gmail.api import GmailApi
from shared.gmail.transport import Answer


class RecordingTransport:
    """Answers every request with the same profile and keeps what was asked."""

    def __init__(self) -> None:
        self.requests: list[dict] = []

    def request(self, method, url, **options):
        """Keep and answer."""
        self.requests.append({"method": method, "url": url} | options)
        profile = {"emailAddress": "Support@Example.com", "historyId": "7"}
        return Answer(200, {}, json.dumps(profile).encode())


@pytest.fixture
def transport():
    """Record requests."""
    return RecordingTransport()


@pytest.fixture
def gmail(transport):
    """Be Gmail with a token."""
    return GmailApi(lambda _: "the-token", transport, SystemClock(), timeout_seconds=3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GOOGLE_CLOUD_UNIVERSE_DOMAIN", "example.net"),
        ("GOOGLE_API_USE_MTLS_ENDPOINT", "always"),
        ("GMAIL_EMULATOR_HOST", "example.net"),
    ],
)
def test_the_environment_does_not_choose_the_host(gmail, transport, monkeypatch, name, value):
    """In production tokens go to Google and nowhere else."""
    monkeypatch.setenv(name, value)
    api._resources.cache_clear()

    gmail.profile()
    api._resources.cache_clear()

    url = transport.requests[0]["url"]
    assert url.startswith("https://gmail.googleapis.com/gmail/v1/users/me/profile")


def test_a_request_carries_its_token_and_its_deadline(gmail, transport):
    """The token stands in the header, never in the address; a whole message may take twice as long."""
    gmail.profile()
    with pytest.raises(Exception, match=r"^broken_answer$"):
        gmail.message("18c0ffee")

    for request in transport.requests:
        assert request["headers"]["authorization"] == "Bearer the-token"
        assert "the-token" not in request["url"]
        assert "gzip" in request["headers"]["accept-encoding"]
    assert [request["timeout_seconds"] for request in transport.requests] == [3, 6]


def test_an_id_stays_one_part_of_the_address(gmail, transport):
    """Whatever an event names, it cannot reach another method of the API."""
    with pytest.raises(Exception, match=r"^broken_answer$"):
        gmail.message("../drafts?x=1#/y")

    path = transport.requests[0]["url"].split("?")[0]
    assert path.startswith(
        "https://gmail.googleapis.com/gmail/v1/users/me/messages/..%2Fdrafts%3Fx"
    )
