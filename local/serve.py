"""`make run`: the desk over HTTP, the Gmail sandbox beside it, events flowing, ticks striking."""

from __future__ import annotations

import errno
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Final
from urllib.parse import urlsplit

from waitress.server import create_server

from local import home as homes
from local import sandbox_file, schedule, seed
from local.desk import CHAOS, Desk
from local.doors import FrontDoor
from local.home import NoDesk, RunningDesk
from local.newcomer import NewcomerPage
from local.sandbox_client import SandboxClient
from shared import log
from shared.bus.courier import HttpPost
from shared.domain.events import GMAIL_PUSH

SMTP_PORT: Final = "CMO_SMTP_PORT"  # the door for any mail program; 0 keeps it shut
_SMTP_PORT: Final = 2525
_HOST: Final = "127.0.0.1"
_THREADS: Final = 16
_COURIERS: Final = 6
_SANDBOX_START_SECONDS: Final = 20.0


def serve(home: Path, port: int) -> int:
    """Serve until SIGINT or SIGTERM; returns the exit status, 1 where the desk could not start."""
    try:
        other = homes.running(home)
    except NoDesk:
        pass
    else:
        print(f"a desk is running in {home} already: {other.url} (pid {other.pid})")
        return 1
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = f"http://{_HOST}:{port}"
    google = f"http://localhost:{port + 1}"
    chaos = secrets.randbits(32) if os.environ.get(CHAOS) == "1" else None
    desk = Desk(home, url=url, google=google, chaos_seed=chaos)
    try:
        listener = socket.create_server((_HOST, port))
    except OSError as error:
        desk.close()
        if error.errno != errno.EADDRINUSE:
            raise
        print(f"port {port} is taken: choose another by PORT", file=sys.stderr)
        return 1
    desk.recover()
    with (home / "desk.log").open("a", encoding="utf-8") as stream, desk.installed():
        log.write_to(stream)
        return _Running(desk, url, google, listener).until_stopped()


class _Running:
    """The desk's parts while they run: sandbox process, HTTP server, courier, scheduler."""

    def __init__(self, desk: Desk, url: str, google: str, listener: socket.socket) -> None:
        self._desk = desk
        self._url = url
        self._google = google
        self._stop = threading.Event()
        self._post = HttpPost()
        self._threads: list[threading.Thread] = []
        self._server = create_server(
            FrontDoor(desk.functions, url, newcomer=self._newcomer()),
            sockets=[listener],
            threads=_THREADS,
            ident=None,
            clear_untrusted_proxy_headers=True,
            max_request_body_size=64 * 1024 * 1024,
        )

    def until_stopped(self) -> int:
        """Start everything, seed, say that it is ready, and wait."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        token = homes.control_token(self._desk.home)
        sandbox = self._start_sandbox()
        try:
            self._start(self._server.run)
            courier = self._desk.courier(self._post)
            courier.recover()
            self._start(lambda: courier.run(self._stop, _COURIERS))
            self._start(self._tick)
            homes.announce(
                self._desk.home, RunningDesk(os.getpid(), self._url, self._google, token)
            )
            client = SandboxClient(self._google, token)
            mailboxes = seed.mailboxes(self._desk, client, self._url)
            seed.customers(client)
            self._look_at_all(mailboxes.values())
            for role, (address, password) in seed.people(self._desk).items():
                print(f"demo {role} {address} {password}")
            print(f"customer {self._url}/local/")
            print(f"ready {self._url}", flush=True)
            while not self._stop.wait(0.5):
                if sandbox.poll() is not None:
                    print("the Gmail sandbox has stopped; see sandbox.log", file=sys.stderr)
                    return 1
        finally:
            self._shut_down(sandbox)
        return 0

    def _newcomer(self) -> NewcomerPage:
        client = SandboxClient(self._google, homes.control_token(self._desk.home))
        organisation = self._desk.settings.organisation
        return NewcomerPage(client, organisation, list(seed.MAILBOXES), seed.CUSTOMERS)

    def _start_sandbox(self) -> subprocess.Popen[bytes]:
        """Start Google's side as a process of its own, so that it may fail and restart alone."""
        home, settings = self._desk.home, self._desk.settings
        path = sandbox_file.write(
            settings,
            self._desk.keys,
            port=urlsplit(self._google).port or 0,
            push_url=f"{settings.push_audience}/gmail_push",
            push_audience=settings.audience_of("gmail_push"),
            chaos=os.environ.get(CHAOS) == "1",
            smtp_port=int(os.environ.get(SMTP_PORT) or _SMTP_PORT),
        )
        with (home / "sandbox.log").open("ab") as errors:
            process = subprocess.Popen(  # noqa: S603 - our own module, our own file
                [
                    *(sys.executable, "-m", "local.gmail_sandbox"),
                    *("--config", str(path), "--with-parent"),
                ],
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop it
            )
        assert process.stdout is not None
        guard = threading.Timer(_SANDBOX_START_SECONDS, process.kill)
        guard.start()
        line = process.stdout.readline()
        guard.cancel()
        if not line.startswith(b"sandbox ready"):
            process.kill()
            raise SystemExit(f"the Gmail sandbox did not start: see {home / 'sandbox.log'}")
        return process

    def _look_at_all(self, mailbox_ids: Iterable[str]) -> None:
        """After a restart, look at every mailbox at once: pushes may have come meanwhile."""
        for mailbox_id in mailbox_ids:
            self._desk.bus.publish(GMAIL_PUSH, {"mailbox_id": mailbox_id})

    def _tick(self) -> None:
        """Strike once a minute, as Cloud Scheduler does."""
        while not self._stop.wait(60 - datetime.now(UTC).second):
            for topic in schedule.due(self._desk.functions.values(), datetime.now(UTC)):
                self._desk.bus.publish(topic, {})

    def _start(self, work: object) -> None:
        assert callable(work)
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _shut_down(self, sandbox: subprocess.Popen[bytes]) -> None:
        self._stop.set()
        sandbox.terminate()
        self._server.close()
        for thread in self._threads:
            thread.join(5)
        self._desk.close()
        (self._desk.home / "desk.json").unlink(missing_ok=True)
