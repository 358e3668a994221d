"""Where the keys of an issuer come from, and how seldom it is asked for them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from shared.auth.oidc import JwksFile, JwksUrl, TokenVerifier
from shared.bus.signer import PushSigner
from shared.errors import Unauthenticated, Unavailable
from tests.stopped_clock import StoppedClock
from tests.unit.auth.tokens import (
    ACCOUNT,
    AUDIENCE,
    OTHER_KEY,
    SIGNER,
    a_file_of,
    a_key_set,
    a_token,
)


def test_a_key_of_unknown_id_is_looked_for_in_the_file_again(tmp_path: Path) -> None:
    """After the local desk has made a new key, a running function finds it."""
    keys = a_file_of(tmp_path, SIGNER)
    verifier = TokenVerifier(keys)
    verifier.verify(a_token(), audience=AUDIENCE)
    other = PushSigner(OTHER_KEY, ACCOUNT)

    (tmp_path / "keys.json").write_bytes(a_key_set(SIGNER, other))

    assert verifier.verify(other.token(AUDIENCE), audience=AUDIENCE)


@pytest.mark.parametrize("content", [None, b"", b"{}", b"[]", b'{"keys": []}', b'{"keys": [{}]}'])
def test_a_file_without_keys_is_not_the_senders_fault(
    tmp_path: Path, content: bytes | None
) -> None:
    """Where the keys cannot be read the push is to come again, so it is not called unauthenticated."""
    if content is not None:
        (tmp_path / "keys.json").write_bytes(content)

    with pytest.raises(Unavailable) as caught:
        TokenVerifier(JwksFile(tmp_path / "keys.json")).verify(a_token(), audience=AUDIENCE)

    assert caught.value.code == "auth.keys_unavailable"


class KeyServer:
    """Serves a key set over HTTP, counts the requests, and answers as it is told."""

    def __init__(self) -> None:
        self.requests = 0
        self.answer: Callable[[], tuple[int, bytes]] = lambda: (200, a_key_set(SIGNER))
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.requests += 1
                status, body = server.answer()
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/certs"

    def close(self) -> None:
        """Free the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def key_server() -> Iterator[KeyServer]:
    """Give a server of one key."""
    server = KeyServer()
    yield server
    server.close()


def test_keys_are_fetched_once_for_many_tokens(key_server: KeyServer) -> None:
    """Verifying costs no request, also when many tokens come at once to a cold instance."""
    verifier = TokenVerifier(JwksUrl(key_server.url, StoppedClock()))
    token = a_token()
    verified = []

    def verify() -> None:
        verified.append(verifier.verify(token, audience=AUDIENCE))

    threads = [threading.Thread(target=verify) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(verified) == 16
    assert key_server.requests == 1


def test_invented_key_ids_do_not_make_us_call_google(key_server: KeyServer) -> None:
    """A sender of forged tokens makes one request in half a minute, however many he sends."""
    clock = StoppedClock()
    verifier = TokenVerifier(JwksUrl(key_server.url, clock))
    verifier.verify(a_token(), audience=AUDIENCE)
    requests = []

    for _ in range(3):
        for n in range(10):
            with pytest.raises(Unauthenticated):
                verifier.verify(a_token(kid=f"invented-{n}"), audience=AUDIENCE)
        requests.append(key_server.requests)
        clock.advance(30)

    assert requests == [1, 2, 3]


def test_a_new_key_of_the_issuer_is_found(key_server: KeyServer) -> None:
    """When Google changes keys, the first token under the new one fetches it."""
    clock = StoppedClock()
    verifier = TokenVerifier(JwksUrl(key_server.url, clock))
    verifier.verify(a_token(), audience=AUDIENCE)
    other = PushSigner(OTHER_KEY, ACCOUNT)
    key_server.answer = lambda: (200, a_key_set(SIGNER, other))
    clock.advance(30)

    assert verifier.verify(other.token(AUDIENCE), audience=AUDIENCE)


def test_a_withdrawn_key_serves_for_an_hour_at_most(key_server: KeyServer) -> None:
    """A key that the issuer gave up is forgotten here too."""
    clock = StoppedClock()
    verifier = TokenVerifier(JwksUrl(key_server.url, clock))
    token = a_token()
    verifier.verify(token, audience=AUDIENCE)
    key_server.answer = lambda: (200, a_key_set(PushSigner(OTHER_KEY, ACCOUNT)))

    clock.advance(3599)
    assert verifier.verify(token, audience=AUDIENCE)
    clock.advance(1)
    with pytest.raises(Unauthenticated):
        verifier.verify(token, audience=AUDIENCE)


def test_known_keys_serve_while_the_issuer_is_down(key_server: KeyServer) -> None:
    """A forged key id during an outage of the issuer does not lock out the genuine pushes."""
    clock = StoppedClock()
    verifier = TokenVerifier(JwksUrl(key_server.url, clock))
    verifier.verify(a_token(), audience=AUDIENCE)
    key_server.answer = lambda: (503, b"")
    clock.advance(30)

    with pytest.raises(Unavailable):
        verifier.verify(a_token(kid="invented"), audience=AUDIENCE)

    assert verifier.verify(a_token(), audience=AUDIENCE)


@pytest.mark.parametrize(
    "answer",
    [
        (500, b""),
        (404, b""),
        (302, b""),
        (200, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"keys": []}'),
        (200, b'{"keys": [{"kty": "oct", "k": "AA"}]}'),
    ],
    ids=str,
)
def test_an_issuer_that_does_not_answer_well_is_unavailable(
    key_server: KeyServer, answer: tuple[int, bytes]
) -> None:
    """Google's trouble is not the sender's: the push comes again, and is not let in meanwhile."""
    key_server.answer = lambda: answer
    verifier = TokenVerifier(JwksUrl(key_server.url, StoppedClock()))

    with pytest.raises(Unavailable) as caught:
        verifier.verify(a_token(), audience=AUDIENCE)

    assert caught.value.code == "auth.keys_unavailable"


def test_a_failing_issuer_is_left_in_peace_for_five_seconds(key_server: KeyServer) -> None:
    """While the issuer is down, requests fail at once instead of each waiting for its time-out."""
    clock = StoppedClock()
    key_server.answer = lambda: (503, b"")
    verifier = TokenVerifier(JwksUrl(key_server.url, clock))
    token = a_token()

    for _ in range(5):
        with pytest.raises(Unavailable):
            verifier.verify(token, audience=AUDIENCE)
    while_down = key_server.requests
    key_server.answer = lambda: (200, a_key_set(SIGNER))
    clock.advance(5)

    assert verifier.verify(token, audience=AUDIENCE)
    assert while_down == 1


def test_keys_are_not_fetched_in_the_clear() -> None:
    """Whoever can change the keys on their way can forge every token."""
    with pytest.raises(ValueError, match="https"):
        JwksUrl("http://keys.example.com/certs", StoppedClock())
