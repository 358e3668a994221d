"""An SMTP door, so that any mail program can write to a sandbox mailbox. It never relays.

Rules: RFC 5321; what Gmail adds to a message that it accepts is in support.google.com/mail/29436.
"""

import asyncio
import email.utils
import logging
import threading
from collections.abc import Callable

from aiosmtpd.smtp import SMTP, Envelope, Session

HTTP_VERBS = frozenset(
    (
        b"GET",
        b"HEAD",
        b"POST",
        b"PUT",
        b"DELETE",
        b"CONNECT",
        b"OPTIONS",
        b"TRACE",
        b"PATCH",
        b"PRI",
    )
)
# Gmail takes 50 MB from outside, and lines far beyond the 998 of RFC 5322 §2.1.1.
MAX_MESSAGE_BYTES = 52_428_800
MAX_LINE_BYTES = MAX_MESSAGE_BYTES
MAX_RECIPIENTS = 100
IDLE_SECONDS = 60.0
STOP_SECONDS = 5.0

Known = Callable[[str], str | None]
Deliver = Callable[[str, bytes], object]


class SmtpDoor:
    """Listens on 127.0.0.1; `known` returns a recipient's mailbox or None, `deliver` accepts."""

    def __init__(self, port: int, known: Known, deliver: Deliver) -> None:
        # aiosmtpd writes addresses and whole messages to its log.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        self._handler = _Handler(known, deliver)
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(
            self._loop.create_server(self._connection, "127.0.0.1", max(port, 0))
        )
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._connections: set[_Connection] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Serve in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Close the port and every connection."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(STOP_SECONDS)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(STOP_SECONDS)
        else:
            self._loop.run_until_complete(self._close())
        self._loop.close()

    def _connection(self) -> "_Connection":
        return _Connection(self._handler, self._connections, self._loop)

    async def _close(self) -> None:
        self._server.close()
        for connection in list(self._connections):
            connection.abort()
        await self._server.wait_closed()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Connection(SMTP):
    line_length_limit = MAX_LINE_BYTES

    def __init__(
        self, handler: "_Handler", live: set["_Connection"], loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(
            handler,
            data_size_limit=MAX_MESSAGE_BYTES,
            enable_SMTPUTF8=True,
            hostname="mx.example.com",
            ident="Gmail sandbox",
            timeout=IDLE_SECONDS,
            loop=loop,
        )
        self._first = True
        self._live = live

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._live.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._live.discard(self)
        super().connection_lost(error)

    def abort(self) -> None:
        """Cut the connection without a word."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        # A web page can make a browser post to this port: what speaks HTTP is cut off unheard.
        if self._first and data.split(b" ", 1)[0].upper() in HTTP_VERBS:
            self.abort()
            return
        self._first = False
        super().data_received(data)


class _Handler:
    def __init__(self, known: Known, deliver: Deliver) -> None:
        self._known = known
        self._deliver = deliver

    async def handle_RCPT(  # noqa: N802  (aiosmtpd calls it by this name)
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        mailbox = self._known(address)
        if mailbox is None:
            return "550 5.1.1 The email account that you tried to reach does not exist."
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        if mailbox not in envelope.rcpt_tos:
            envelope.rcpt_tos.append(mailbox)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802  (aiosmtpd calls it by this name)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        for mailbox in envelope.rcpt_tos:
            trace = _trace(mailbox, envelope.mail_from or "")
            await asyncio.to_thread(self._deliver, mailbox, trace + content)
        return "250 2.0.0 OK"


def _trace(mailbox: str, sender: str) -> bytes:
    # RFC 5321 §4.4 and RFC 8601: nobody's SPF, DKIM or DMARC is known on a loopback connection.
    accepted = email.utils.formatdate()
    lines = (
        f"Delivered-To: {mailbox}",
        f"Return-Path: <{sender}>",
        f"Received: from localhost (localhost [127.0.0.1]) by mx.google.com for <{mailbox}>; {accepted}",
        f"Authentication-Results: mx.google.com; spf=none smtp.mailfrom={sender or '<>'}",
    )
    return ("\r\n".join(lines) + "\r\n").encode("utf-8", "surrogateescape")
