"""The organisation's SMTP server, over verified TLS, at an address that was looked at first."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import contextmanager
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any, Final

from shared import network
from shared.errors import Conflict, Invalid, Unavailable
from shared.smtp.contract import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMEOUT_SECONDS: Final = 15.0


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
    ) -> None:
        self._server = server
        self._private_allowed = private_allowed
        self._trust = trust

    def sender(self) -> str:
        """Return the sender that the server is configured with."""
        return self._configured().sender

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Hand one mail to the server."""
        server = self._configured()
        with _translated(), self._connected(server) as connection:
            connection.send_message(message, server.sender, [recipient])

    def check(self) -> None:
        """Connect and sign in, send nothing: what an administrator's "test" does first."""
        with _translated(), self._connected(self._configured()) as connection:
            connection.noop()

    def _configured(self) -> SmtpServer:
        server = self._server()
        if server is None:
            raise Conflict("smtp.not_configured")
        return server

    @contextmanager
    def _connected(self, server: SmtpServer) -> Iterator[smtplib.SMTP]:
        if self._private_allowed:
            address = network.resolve(server.host, server.port)[0]
        else:
            address = network.public_address(server.host, server.port)
        trust = self._trust or _verifying()
        kind = _PinnedTls if server.security == "tls" else _Pinned
        with kind(address, server, trust) as connection:
            if server.security == "starttls":
                connection.starttls(context=trust)
            if server.username:
                connection.login(server.username, server.password)
            yield connection


def _verifying() -> ssl.SSLContext:
    """Return a context that verifies name and chain, TLS 1.2 or newer."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class _Pinned(smtplib.SMTP):
    """Connects to the address that was looked at, not to whatever the name means by now."""

    def __init__(self, address: str, server: SmtpServer, trust: ssl.SSLContext) -> None:
        del trust
        self._address = address
        super().__init__(server.host, server.port, timeout=TIMEOUT_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        del host
        return socket.create_connection((self._address, port), timeout)


class _PinnedTls(smtplib.SMTP_SSL):
    """The same with TLS from the first byte; the certificate is still checked for the name."""

    def __init__(self, address: str, server: SmtpServer, trust: ssl.SSLContext) -> None:
        self._address = address
        super().__init__(server.host, server.port, timeout=TIMEOUT_SECONDS, context=trust)

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        plain = socket.create_connection((self._address, port), timeout)
        try:
            return self.context.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise


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
