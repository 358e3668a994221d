"""A real SMTP server with TLS on loopback, and a certificate authority of its own."""

from __future__ import annotations

import fcntl
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class MailServer:
    """What a running server got, and what it answers."""

    port: int = 0
    received: list[Envelope] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    answer: str = "250 accepted"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Take one mail."""
        if self.answer.startswith("250"):
            self.received.append(envelope)
        return self.answer

    def authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _how: str, data: Any
    ) -> Any:
        """Let one name and password in."""
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        right = data.password == b"right"
        return AuthResult(success=right, handled=right)  # not handled: the server answers 535


@contextmanager
def mail_server(
    folder: Path, *, implicit_tls: bool, host: str = "localhost"
) -> Iterator[tuple[MailServer, ssl.SSLContext]]:
    """Run a server whose certificate names `host`; gives it and a context that trusts it."""
    certificate, key = _certificate(folder, host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = MailServer()
    options: dict[str, Any] = {
        "authenticator": server.authenticate,
        "auth_require_tls": not implicit_tls,
    }
    if implicit_tls:
        options["ssl_context"] = context
    else:
        options |= {"tls_context": context, "require_starttls": True}
    # One of the few ports that the desk speaks to; unprivileged, so that a test may listen there.
    server.port = 2465 if implicit_tls else 2587
    with _alone(server.port):
        controller = Controller(server, hostname="127.0.0.1", port=server.port, **options)
        controller.start()
        try:
            yield server, ssl.create_default_context(cafile=str(certificate))
        finally:
            controller.stop()


@contextmanager
def _alone(port: int) -> Iterator[None]:
    """Wait until no other test of this machine listens at the port."""
    with (Path(tempfile.gettempdir()) / f"mail_server_{port}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _certificate(folder: Path, host: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_path, key_path = folder / "certificate.pem", folder / "key.pem"
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_path, key_path
