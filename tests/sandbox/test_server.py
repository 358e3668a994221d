"""The HTTP server under requests that no honest client sends, and under those that all do."""

import errno
import socket

import pytest

from local.gmail_sandbox import Sandbox

from .google_client import Browser


def exchange(sandbox: Sandbox, request: bytes) -> bytes:
    """Send bytes, end the sending side, and return all that comes back."""
    port = int(sandbox.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(request.replace(b"HOST", f"127.0.0.1:{port}".encode()))
        client.shutdown(socket.SHUT_WR)
        received = b""
        while piece := client.recv(65536):
            received += piece
    return received


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"rubbish\r\n\r\n", b"400"),
        (b"GET /oauth2/v1/certs HTTP/9.9\r\nHost: HOST\r\n\r\n", b"505"),
        (b"GET /oauth2/v1/certs HTTP/1.1\r\n\r\n", b"403"),
        (b"GET /oauth2/v1/certs HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n", b"403"),
        (b"POST /token HTTP/1.1\r\nHost: HOST\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST /token HTTP/1.1\r\nHost: HOST\r\nContent-Length: 9\r\n\r\nshort", b"400"),
        (b"POST /token HTTP/1.1\r\nHost: HOST\r\nContent-Length: 999999999\r\n\r\n", b"413"),
        (
            b"POST /token HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"411",
        ),
        (b"BREW /token HTTP/1.1\r\nHost: HOST\r\n\r\n", b"404"),
        (b"GET /%00%ff/../ HTTP/1.1\r\nHost: HOST\r\n\r\n", b"404"),
        (b"GET http://example.org/oauth2/v1/certs HTTP/1.1\r\nHost: HOST\r\n\r\n", b"404"),
        (b"GET /x HTTP/1.1\r\nHost: HOST\r\n" + b"A: b\r\n" * 200 + b"\r\n", b"431"),
    ],
    ids=lambda value: value[:40].decode("latin-1") if len(value) > 3 else None,
)
def test_bad_requests_get_an_error_and_the_server_lives(
    sandbox: Sandbox, browser: Browser, request_bytes: bytes, status: bytes
) -> None:
    """Each is answered with its status, and the next client is served."""
    answer = exchange(sandbox, request_bytes)

    assert answer.startswith(b"HTTP/1.1 " + status), answer[:200]
    assert browser.get(browser.url + "/oauth2/v1/certs").status == 200


def test_a_connection_serves_many_requests(sandbox: Sandbox) -> None:
    """Two requests sent at once on one connection get two answers in order."""
    first = b"GET /oauth2/v1/certs HTTP/1.1\r\nHost: HOST\r\n\r\n"
    second = b"GET /oauth2/v3/certs HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n"

    answer = exchange(sandbox, first + second)

    assert answer.count(b"HTTP/1.1 200 OK") == 2
    assert answer.index(b"BEGIN CERTIFICATE") < answer.index(b'"keys"')


def test_head_has_no_body(sandbox: Sandbox) -> None:
    """An answer to HEAD ends after its headers."""
    answer = exchange(sandbox, b"HEAD /nothing HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 404")
    assert answer.endswith(b"\r\n\r\n")


def test_only_loopback_is_listened_on(sandbox: Sandbox) -> None:
    """The port is bound to 127.0.0.1, not to every address of the machine."""
    port = int(sandbox.url.rpartition(":")[2])

    with socket.socket() as other_address:
        refused = other_address.connect_ex(("127.0.0.2", port))

    assert refused == errno.ECONNREFUSED
