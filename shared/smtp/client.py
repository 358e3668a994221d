"""The organisation's SMTP server, over verified TLS, at an address that was looked at first."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any, Final

from shared import network
from shared.errors import Conflict, Invalid, Unavailable
from shared.smtp import submission
from shared.smtp.contract import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TIMEOUT_SECONDS: Final = 15.0  # of one step
SEND_SECONDS: Final = 45.0  # of everything: who asks for a code waits
SUBMIT_SECONDS: Final = 120.0


class SmtpClient:
    """Sends by the server that `server` returns at each mail, or None where there is none yet.

    `private_allowed`: the server may stand in a private network, which the deployer has to say.
    `trust` is for tests: the certificates to believe in place of the system's.
    """

    def __init__(
        self,
        server: Callable[[], SmtpServer | None],
        *,
        private_allowed: bool = False,
        trust: ssl.SSLContext | None = None,
        submit_seconds: float = SUBMIT_SECONDS,
    ) -> None:
        self._server = server
        self._private_allowed = private_allowed
        self._trust = trust
        self._submit_seconds = submit_seconds

    def sender(self) -> str:
        """Return the sender that the server is configured with."""
        return self._configured().sender

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Hand one mail to the server."""
        server = self._configured()
        with _translated(), self._connected(server, SEND_SECONDS) as connection:
            connection.send_message(message, server.sender, [recipient])

    def submit(self, raw: bytes, sender: str, recipients: Sequence[str]) -> None:
        """Hand one message over, at most once."""
        submission.submit(
            lambda: self._connected(self._configured(), self._submit_seconds),
            raw,
            sender,
            recipients,
        )

    def check(self) -> None:
        """Connect and sign in, send nothing: what an administrator's "test" does first."""
        with _translated(), self._connected(self._configured(), SEND_SECONDS) as connection:
            connection.noop()

    def _configured(self) -> SmtpServer:
        server = self._server()
        if server is None:
            raise Conflict("smtp.not_configured")
        return server

    @contextmanager
    def _connected(self, server: SmtpServer, seconds: float) -> Iterator[smtplib.SMTP]:
        if self._private_allowed:
            address = network.resolve(server.host, server.port)[0]
        else:
            address = network.public_address(server.host, server.port)
        trust = self._trust or network.verifying()
        kind = _PinnedTls if server.security == "tls" else _Pinned
        connection = kind(address, server, trust)
        with _deadline(connection, seconds):
            try:
                code, words = connection.connect(server.host, server.port)
                if code != 220:
                    raise smtplib.SMTPConnectError(code, words)
                if server.security == "starttls":
                    connection.starttls(context=trust)
                if server.username:
                    connection.login(server.username, server.password)
                yield connection
            finally:
                # How the server says goodbye changes nothing of what it accepted.
                with suppress(smtplib.SMTPException, OSError):
                    connection.quit()
                connection.close()


class _Pinned(smtplib.SMTP):
    """Connects to the address that was looked at, not to whatever the name means by now."""

    line: socket.socket | None = None

    def __init__(self, address: str, server: SmtpServer, trust: ssl.SSLContext) -> None:
        del trust
        self._address = address
        super().__init__(timeout=TIMEOUT_SECONDS)
        self._host = (
            server.host
        )  # what a certificate is checked for; connecting is the caller's step

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        del host
        self.line = socket.create_connection((self._address, port), timeout)
        return self.line


class _PinnedTls(smtplib.SMTP_SSL):
    """The same with TLS from the first byte; the certificate is still checked for the name."""

    line: socket.socket | None = None

    def __init__(self, address: str, server: SmtpServer, trust: ssl.SSLContext) -> None:
        self._address = address
        super().__init__(timeout=TIMEOUT_SECONDS, context=trust)
        self._host = server.host

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        plain = socket.create_connection((self._address, port), timeout)
        try:
            self.line = self.context.wrap_socket(
                plain, server_hostname=host, do_handshake_on_connect=False
            )
            self.line.do_handshake()
        except BaseException:
            (self.line or plain).close()
            raise
        return self.line


@contextmanager
def _deadline(connection: _Pinned | _PinnedTls, seconds: float) -> Iterator[None]:
    """Cut the line when the time is up: a server that answers a letter a second keeps no step from ending."""

    def cut() -> None:
        for line in (connection.sock, connection.line):
            if line is not None:
                with suppress(OSError):
                    socket.socket.shutdown(line, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what smtplib raises into the contract's errors, without the server's words."""
    try:
        yield
    except smtplib.SMTPAuthenticationError:
        raise Invalid("smtp.credentials_refused") from None
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if all(code >= 500 for code in codes):
            raise Invalid("smtp.refused") from None
        raise Unavailable("smtp.unavailable") from None
    except smtplib.SMTPResponseException as error:
        if error.smtp_code >= 500:
            raise Invalid("smtp.refused") from None
        raise Unavailable("smtp.unavailable") from None
    except smtplib.SMTPNotSupportedError:
        raise Invalid("smtp.tls_not_offered") from None
    except (smtplib.SMTPException, OSError):  # ssl.SSLError is an OSError
        raise Unavailable("smtp.unavailable") from None
