"""What stands around the functions of an emulated desk: its edge, and who signs or publishes pushes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import urllib3
from werkzeug.test import Client

from local import manifest
from local.emulated.gateway import gateway
from local.emulated.processes import free_ports
from local.emulated.pushes import GmailPublisher, PushTarget, SigningRelay
from shared.auth.oidc import JwksFile, TokenVerifier, verify_push
from shared.bus import envelope
from shared.bus.signer import PushSigner
from shared.clock import SystemClock
from tests.desk import push_key
from tests.unit.bus.publisher_server import PublisherServer

URL = "http://127.0.0.1:8080"
ACCOUNT = "push@local.iam.example.com"
TOPIC = "projects/local/topics/gmail-push"


class Function:
    """Stands for a function's process: remembers the last request, answers 201 with a cookie."""

    def __init__(self) -> None:
        self.seen: dict[str, Any] = {}
        seen = self.seen

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                seen.update(path=self.path, headers=self.headers, body=body)
                self.send_response(201)
                self.send_header("Set-Cookie", "a=1")
                self.send_header("Set-Cookie", "b=2")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.address = f"127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Free the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def function() -> Iterator[Function]:
    """Give a function's process."""
    function = Function()
    yield function
    function.close()


@pytest.fixture
def edge(function: Function) -> Client:
    """Give a browser before an edge; of the functions `session` alone answers."""
    [nobody] = free_ports(1)
    functions = manifest.load()
    addresses = dict.fromkeys(functions, f"127.0.0.1:{nobody}") | {"session": function.address}
    return Client(gateway(functions, URL, addresses))


@pytest.fixture
def verifier(tmp_path: Path) -> TokenVerifier:
    """Give what knows the key that signs pushes."""
    keys = tmp_path / "jwks.json"
    keys.write_bytes(PushSigner(push_key(), ACCOUNT).jwks_json())
    return TokenVerifier(JwksFile(keys))


def test_the_edge_passes_a_request_and_its_answer_on_whole(
    edge: Client, function: Function
) -> None:
    """Path, query, body and headers arrive as they were sent, and every cookie comes back."""
    answer = edge.post(
        "/api/session/a%2Fb?c=%20d",
        base_url=URL,
        data=b'{"email": "x"}',
        headers={"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"},
    )

    assert (answer.status_code, answer.data) == (201, b"{}")
    assert answer.headers.getlist("Set-Cookie") == ["a=1", "b=2"]
    assert function.seen["path"] == "/api/session/a%2Fb?c=%20d"
    assert function.seen["body"] == b'{"email": "x"}'
    assert function.seen["headers"]["Host"] == "127.0.0.1:8080"
    assert function.seen["headers"]["Sec-Fetch-Site"] == "same-origin"
    assert function.seen["headers"]["Content-Type"] == "application/json"


def test_the_edge_never_routes_a_push(edge: Client) -> None:
    """Who comes through the edge does not reach a function of Pub/Sub, whatever they sign."""
    for row in manifest.load().values():
        assert edge.post(f"/push/{row.name}", base_url=URL).status_code == 404


def test_the_edge_refuses_another_name(edge: Client) -> None:
    """A page of another site that lets its name point here is not served."""
    assert edge.get("/", base_url="http://evil.example.com").status_code == 421


def test_a_function_that_does_not_answer_is_a_bad_gateway(edge: Client) -> None:
    """A process that died is told as what it is."""
    answer = edge.get("/api/tickets/", base_url=URL)

    assert answer.status_code == 502


def test_the_relay_signs_for_the_function_that_it_calls(
    function: Function, verifier: TokenVerifier
) -> None:
    """The emulator's bare push arrives as Pub/Sub would send it, and only where a function is."""
    target = PushTarget(f"http://{function.address}/", "https://desk.example.com/create-ticket", 10)
    relay = SigningRelay(PushSigner(push_key(), ACCOUNT), {"/create_ticket": target})

    answer = urllib3.request("POST", f"{relay.url}/create_ticket", body=b"{}")
    elsewhere = urllib3.request("POST", f"{relay.url}/session", body=b"{}")
    foreign = urllib3.request(
        "POST", f"{relay.url}/create_ticket", body=b"{}", headers={"Host": "evil.example.com"}
    )
    relay.close()

    assert (answer.status, elsewhere.status, foreign.status) == (201, 404, 421)
    assert (function.seen["path"], function.seen["body"]) == ("/", b"{}")
    verify_push(verifier, function.seen["headers"]["Authorization"], target.audience, ACCOUNT)


def test_gmail_alone_publishes_notifications(verifier: TokenVerifier) -> None:
    """What the local Gmail signs is published as it is; what somebody else posts is not."""
    pubsub = PublisherServer()
    gmail = GmailPublisher(pubsub.client, TOPIC, verifier, ACCOUNT)
    notification = {"emailAddress": "support@example.com", "historyId": 18446744073709551615}
    body = envelope.write(envelope.encode(notification), "1", SystemClock().now(), "gmail-push", 1)
    token = PushSigner(push_key(), ACCOUNT).token(gmail.url)

    refused = urllib3.request("POST", gmail.url, body=body)
    taken = urllib3.request(
        "POST", gmail.url, body=body, headers={"Authorization": f"Bearer {token}"}
    )
    gmail.close()
    pubsub.close()

    assert (refused.status, taken.status) == (401, 204)
    [call] = pubsub.calls
    assert call.topic == TOPIC
    assert json.loads(call.messages[0].data) == notification
