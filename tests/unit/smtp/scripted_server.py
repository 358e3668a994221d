"""An SMTP server that says what a script says, and breaks where it says so, inside real TLS on loopback."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PORT: Final = 2465
# A loopback address of this process alone: the ports that the desk speaks to are few.
HOST: Final = f"127.{os.getpid() % 200 + 20}.{os.getpid() // 200 % 250}.7"

CLOSE: Final = "close"
HANG: Final = "hang"
TRICKLE: Final = "trickle"  # a letter at a time, without an end

USUAL: Final = {
    "connect": "220 ready",
    "EHLO": "250-here\r\n250-SIZE 1000000\r\n250 AUTH PLAIN",
    "AUTH": "235 welcome",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "end": "250 accepted",
    "QUIT": "221 goodbye",
    "RSET": "250 ok",
}


@dataclass
class ScriptedServer:
    """What a server answers to each command (to a whole one in capitals first), and what it was given."""

    script: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)  # whole ones, up to the dot
    connections: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def serve(self, line: ssl.SSLSocket) -> None:
        """Speak with one client."""
        self.connections += 1
        with contextlib.suppress(OSError), line, line.makefile("rb") as lines:
            if not self._answer(line, "connect"):
                return
            while command := lines.readline():
                text = command.decode("ascii").strip()
                self.commands.append(text)
                verb = text.partition(" ")[0].upper()
                exact = text.upper() if text.upper() in self.script else verb
                if not self._answer(line, exact):
                    return
                if verb == "DATA" and self._reply("DATA").startswith("354"):
                    mail = self._mail(lines)
                    if mail is None:
                        return
                    self.mails.append(mail)
                    if not self._answer(line, "end"):
                        return
                if verb == "QUIT":
                    return

    def _mail(self, lines: object) -> bytes | None:
        """Read up to the dot; a script may close in the middle."""
        read = []
        for text in lines:  # type: ignore[attr-defined]
            if self.script.get("middle") == CLOSE:
                return None
            if text == b".\r\n":
                return b"".join(read)
            read.append(text)
        return None

    def _reply(self, event: str) -> str:
        return (USUAL | self.script).get(event, "500 what")

    def _answer(self, line: ssl.SSLSocket, event: str) -> bool:
        reply = self._reply(event)
        if reply == CLOSE:
            return False
        if reply == HANG:
            self.stopped.wait(30)
            return False
        if reply == TRICKLE:
            while not self.stopped.is_set():
                line.sendall(b"2")
                time.sleep(0.02)
            return False
        line.sendall(reply.encode() + b"\r\n")
        return True


@contextmanager
def scripted_server(folder: Path, **script: str) -> Iterator[tuple[ScriptedServer, ssl.SSLContext]]:
    """Run a server with this script; gives it and a context that trusts it."""
    certificate, key = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ScriptedServer(dict(script))
    door = socket.create_server((HOST, PORT))

    def accept() -> None:
        while True:
            try:
                plain, _ = door.accept()
            except OSError:
                return
            try:
                line = context.wrap_socket(plain, server_side=True)
            except OSError:
                plain.close()
                continue
            threading.Thread(target=server.serve, args=(line,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server, ssl.create_default_context(cafile=str(certificate))
    finally:
        server.stopped.set()
        door.shutdown(socket.SHUT_RDWR)
        door.close()


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address(HOST))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_path, key_path = folder / "scripted.pem", folder / "scripted_key.pem"
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_path, key_path
