"""What is asked of Secret Manager, how often, and what its failures become."""

from __future__ import annotations

import google.auth.credentials
import pytest
from google.auth.transport.requests import AuthorizedSession

from shared.errors import NotFound, Unavailable
from shared.keys.contract import APP_KEY
from shared.keys.secret_manager import SecretManagerKeys
from tests.contract.secret_manager_server import SecretManagerServer


@pytest.fixture
def server():
    """Serve one secret of one version."""
    server = SecretManagerServer()
    server.start()
    server.add_version(APP_KEY, b"a" * 32)
    yield server
    server.close()


@pytest.fixture
def keys(server, clock):
    """Be one instance of the product."""
    with AuthorizedSession(google.auth.credentials.AnonymousCredentials()) as session:
        yield SecretManagerKeys("desk", clock, session=session, endpoint=server.url)


def test_a_key_is_accessed_once_in_five_minutes(keys, server, clock):
    """Secret Manager bills each access."""
    for _ in range(100):
        keys.primary(APP_KEY)
    assert server.accesses == 1

    clock.advance(300)
    keys.primary(APP_KEY)
    assert server.accesses == 2


def test_an_invented_id_is_never_asked_for(keys, server):
    """Only what has the form of a key id goes into an address."""
    for key_id in ("app-key/primary", "app-key/1:access", "../x/1", "app-key/01", "APP/1"):
        with pytest.raises(NotFound):
            keys.by_id(key_id)

    assert server.accesses == 0


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_short_outage_is_not_noticed(keys, server, status):
    """The third attempt succeeds."""
    server.failing, server.failures_left = status, 2

    assert keys.primary(APP_KEY).value == b"a" * 32
    assert server.accesses == 3


@pytest.mark.parametrize(("status", "accesses"), [(503, 3), (429, 3), (403, 1), (302, 1)])
def test_a_lasting_failure_is_unavailable_after_bounded_attempts(keys, server, status, accesses):
    """A missing grant is not repeated; nothing is taken for a destroyed key."""
    server.failing = status

    with pytest.raises(Unavailable, match=r"^keys\.unavailable$"):
        keys.by_id("app-key/1")

    assert server.accesses == accesses


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"name": "projects/1/secrets/app-key/versions/1"}',
        b'{"name": "projects/1/secrets/app-key/versions/x", "payload": {"data": "AAAA"}}',
        b'{"name": "projects/1/secrets/app-key/versions/1", "payload": {"data": "secret!"}}',
    ],
)
def test_a_broken_answer_is_no_key(keys, server, answer):
    """Nothing is sealed under half a key, and the answer is not quoted."""
    server.answer = answer

    with pytest.raises(Unavailable, match=r"^keys\.unavailable$") as caught:
        keys.primary(APP_KEY)

    assert caught.value.__cause__ is None


def test_a_holder_that_is_not_there_is_unavailable(clock):
    """Refused connections are an outage."""
    server = SecretManagerServer()
    server.start()
    server.close()
    with AuthorizedSession(google.auth.credentials.AnonymousCredentials()) as session:
        keys = SecretManagerKeys("desk", clock, session=session, endpoint=server.url)

        with pytest.raises(Unavailable):
            keys.primary(APP_KEY)
