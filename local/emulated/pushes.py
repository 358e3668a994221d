"""What stands between the Pub/Sub emulator and the rest: the signature of its pushes, and Gmail's account.

The emulator pushes without the OIDC token that a subscription asks for, and Gmail publishes to a topic,
which the local Gmail cannot.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

import urllib3
from google.api_core.exceptions import GoogleAPIError
from google.pubsub_v1 import PublisherClient, PubsubMessage

from shared.auth.oidc import TokenVerifier, verify_push
from shared.bus import envelope
from shared.bus.signer import PushSigner
from shared.errors import ProductError

PUBLISH_SECONDS: Final = 10.0
_CONNECTIONS: Final = 32

Answer = Callable[[str, str | None, bytes], int]
"""What a POST is answered with: (path, Authorization, body) → status."""


class PostServer:
    """Takes POSTs on a port of loopback, in threads, until `close`."""

    def __init__(self, answer: Answer) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                own = self.headers["Host"] == host
                status = answer(self.path, self.headers["Authorization"], body) if own else 421
                with contextlib.suppress(OSError):  # the caller has given up waiting
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, *_values: object) -> None:
                """Say nothing: the functions log what they are sent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{host}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        """Free the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@dataclass(frozen=True, slots=True)
class PushTarget:
    """Whither the pushes to one endpoint go: a URL, the audience of their token, how long it may take."""

    url: str
    audience: str
    timeout_seconds: float


class SigningRelay:
    """Passes the emulator's pushes on, signed as Pub/Sub signs them.

    `targets` are by the path of the endpoint; `url` is what stands before the path.
    """

    def __init__(self, signer: PushSigner, targets: Mapping[str, PushTarget]) -> None:
        self._signer = signer
        self._targets = targets
        self._pool = urllib3.PoolManager(maxsize=_CONNECTIONS, retries=False)
        self._server = PostServer(self._pass_on)
        self.url = self._server.url

    def close(self) -> None:
        """End its threads and connections."""
        self._server.close()
        self._pool.clear()

    def _pass_on(self, path: str, authorization: str | None, body: bytes) -> int:
        del authorization
        target = self._targets.get(path)
        if target is None:
            return 404
        headers = {
            "Authorization": f"Bearer {self._signer.token(target.audience)}",
            "Content-Type": "application/json",
        }
        try:
            answer = self._pool.request(
                "POST",
                target.url,
                body=body,
                headers=headers,
                timeout=target.timeout_seconds,
                redirect=False,
            )
        except urllib3.exceptions.HTTPError:
            return 504
        return answer.status


class GmailPublisher:
    """Publishes what the local Gmail pushes, as gmail-api-push@system.gserviceaccount.com does.

    Takes POSTs signed for its own `url` and answers 204 once Pub/Sub has the notification.
    """

    def __init__(
        self, publisher: PublisherClient, topic: str, verifier: TokenVerifier, account: str
    ) -> None:
        self._publisher = publisher
        self._topic = topic
        self._verifier = verifier
        self._account = account
        self._server = PostServer(self._publish)
        self.url = self._server.url

    def close(self) -> None:
        """Free the port."""
        self._server.close()

    def _publish(self, path: str, authorization: str | None, body: bytes) -> int:
        del path
        try:
            verify_push(self._verifier, authorization, self.url, self._account)
            notification = envelope.encode(envelope.read(body).event)
            self._publisher.publish(
                topic=self._topic,
                messages=[PubsubMessage(data=notification)],
                timeout=PUBLISH_SECONDS,
            )
        except ProductError as error:
            return error.status
        except GoogleAPIError:
            return 503
        return 204
