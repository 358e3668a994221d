"""One request, one answer: what servers and networks do, and what is never done twice."""

from __future__ import annotations

import gzip
import socket

import pytest

from shared.gmail.transport import NoAnswer, Transport
from tests.unit.gmail.raw_server import (
    RawServer,
    answer,
    answer_and_close,
    close,
    drip,
    hang,
    reset,
)

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Name: Value\r\n\r\nok"


def send(server: RawServer, method: str, transport: Transport | None = None, **options):
    """Send one request with a small deadline."""
    body = None if method == "GET" else b"a=b"
    options = {"timeout_seconds": 5.0} | options
    return (transport or Transport()).request(method, server.url + "/path", body=body, **options)


@pytest.mark.parametrize("behaviour", [close, reset])
def test_a_post_that_breaks_unanswered_was_sent_once(behaviour):
    """The one rule that keeps a customer from getting a mail twice."""
    with RawServer(behaviour, answer(OK)) as server:
        with pytest.raises(NoAnswer, match=r"^connection$"):
            send(server, "POST")

        assert server.methods == ["POST"]


def test_a_post_after_others_is_sent_once_too():
    """A warm connection that the server closes without a word does not tempt to repeat."""
    with RawServer(answer(OK), answer(OK), close, answer(OK)) as server:
        transport = Transport()
        send(server, "GET", transport)
        send(server, "POST", transport)
        with pytest.raises(NoAnswer, match=r"^connection$"):
            send(server, "POST", transport)

        assert server.methods == ["GET", "POST", "POST"]


def test_a_post_has_a_connection_of_its_own():
    """It never meets an idle connection that the server may be closing at that moment."""
    with RawServer(answer(OK)) as server:
        transport = Transport()
        for method in ("GET", "POST", "GET", "POST"):
            send(server, method, transport)

        assert server.connections == 3


@pytest.mark.parametrize("behaviour", [close, reset])
def test_a_get_that_breaks_unanswered_is_sent_twice_at_most(behaviour):
    """Reading again does no harm; a third time would only add load."""
    with RawServer(behaviour, answer(OK)) as server:
        assert send(server, "GET").body == b"ok"
        assert server.methods == ["GET", "GET"]

    with RawServer(behaviour) as server:
        with pytest.raises(NoAnswer, match=r"^connection$"):
            send(server, "GET")
        assert server.methods == ["GET", "GET"]


def test_reading_reuses_its_connection():
    """Thirty reads, one connection."""
    with RawServer(answer(OK)) as server:
        transport = Transport()
        for _ in range(30):
            send(server, "GET", transport)

        assert server.connections == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "truncated"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal", "truncated"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
            "truncated",
        ),
        (b"HTTP/1.", "connection"),
        (b"no http at all\r\n\r\n", "connection"),
    ],
)
def test_half_an_answer_is_none_and_is_not_repeated(method, raw, reason):
    """Once a byte has come, the request may have taken effect."""
    with RawServer(answer_and_close(raw)) as server:
        with pytest.raises(NoAnswer, match=f"^{reason}$"):
            send(server, method)

        assert len(server.methods) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("behaviour", [hang, drip])
def test_a_request_ends_at_its_deadline(method, behaviour):
    """Neither silence nor a body that trickles in keeps a function waiting; nothing is repeated."""
    with RawServer(behaviour) as server:
        with pytest.raises(NoAnswer, match=r"^timeout$"):
            send(server, method, timeout_seconds=0.2)

        assert len(server.methods) == 1


def test_a_server_that_is_not_there_is_no_answer():
    """A refused connection is told like any other loss."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(NoAnswer, match=r"^connection$"):
        Transport().request("GET", f"http://127.0.0.1:{port}/", timeout_seconds=5)


def test_an_answer_beyond_the_limit_is_cut_off():
    """Memory is bounded, also for what gzip blows up."""
    packed = gzip.compress(bytes(1_000_000))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    with (
        RawServer(answer(head + packed)) as server,
        pytest.raises(NoAnswer, match=r"^too_large$"),
    ):
        send(server, "GET", max_bytes=1000)


def test_a_compressed_answer_is_unpacked():
    """Google compresses; callers see the content, and header names in lower case."""
    packed = gzip.compress(b"content")
    head = b"HTTP/1.1 203 X\r\nContent-Encoding: gzip\r\nX-Name: V\r\nContent-Length: %d\r\n\r\n"
    with RawServer(answer(head % len(packed) + packed)) as server:
        found = send(server, "GET")

    assert (found.status, found.body, found.headers["x-name"]) == (203, b"content", "V")


@pytest.mark.parametrize("status", [301, 302, 307, 401, 429, 500, 503])
def test_any_status_is_an_answer(status):
    """Redirects are not followed, errors not retried."""
    raw = b"HTTP/1.1 %d X\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n" % status
    with RawServer(answer(raw)) as server:
        assert send(server, "GET").status == status
        assert server.methods == ["GET"]


@pytest.mark.parametrize(
    "url", ["http://gmail.example.com/", "http://127.0.0.1.example.com/", "ftp://x/"]
)
def test_plain_http_stays_on_this_machine(url):
    """A token never leaves the machine in the clear."""
    with pytest.raises(ValueError, match="this machine only"):
        Transport().request("GET", url, timeout_seconds=1)


def test_answers_show_no_content():
    """A logged answer tells neither headers nor body."""
    with RawServer(answer(OK)) as server:
        assert repr(send(server, "GET")) == "Answer(status=200)"
