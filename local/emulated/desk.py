"""A desk on Google's emulators: each function in its own process, served as Cloud Functions serves it.

Around the processes stands what Google would bring: topics and subscriptions made from the manifest, the
signature of each push, Cloud Tasks, a scheduler, an edge, and Gmail (the local one) with its topic.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from waitress.server import create_server

from local import home as homes
from local import manifest, sandbox_file, schedule, seed
from local.desk import create_keys
from local.emulated import apps, emulators, topics
from local.emulated.apps import Addresses, EmulatedApp
from local.emulated.cloud_tasks import CloudTasksServer
from local.emulated.gateway import gateway
from local.emulated.processes import Processes, free_ports
from local.emulated.pushes import GmailPublisher, PushTarget, SigningRelay
from local.home import RunningDesk
from local.manifest import FunctionRow
from local.sandbox_client import SandboxClient
from shared.bus.signer import PushSigner
from shared.settings import Settings

_PYTHON_PATH: Final = {"PYTHONPATH": str(manifest.ROOT)}
_SOURCE: Final = Path(__file__).parent / "function_source.py"
_THREADS: Final = 16
_STOP_SECONDS: Final = 5.0


class EmulatedDesk:
    """A desk in a new home. Its documents and events are in memory only, and end with it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.functions = manifest.load()
        create_keys(home)
        desk, self._sandbox_port, *ports = free_ports(2 + len(self.functions))
        self._listening = {
            name: f"127.0.0.1:{port}" for name, port in zip(self.functions, ports, strict=True)
        }
        self.url = f"http://127.0.0.1:{desk}"
        self.google = f"http://localhost:{self._sandbox_port}"
        self.settings = Settings.for_local_desk(home, url=self.url, google=self.google)

    @contextmanager
    def serving(self) -> Iterator[EmulatedDesk]:
        """Serve it, with its people and mailboxes made; processes write to <home>/logs/<name>.log.

        Raises NoEmulators, or ProcessError where a part does not start.
        """
        with ExitStack() as stack:
            self._start_processes(stack)
            self._route_events(stack)
            self._open_edge(stack)
            self._tick(stack)
            token = homes.control_token(self.home)
            homes.announce(self.home, RunningDesk(os.getpid(), self.url, self.google, token))
            stack.callback((self.home / "desk.json").unlink)
            seed.people(self)
            seed.mailboxes(self, SandboxClient(self.google, token), self.url)
            yield self

    def operator(self) -> EmulatedApp:
        """Return an app that may do everything."""
        return self._operator

    @cached_property
    def _operator(self) -> EmulatedApp:
        addresses = Addresses.read(self.home)
        assert addresses is not None
        return apps.build(self.home, addresses)

    def _start_processes(self, stack: ExitStack) -> None:
        """Start the emulators, Gmail and the functions, all at once, and wait until they answer."""
        processes = stack.enter_context(Processes(self.home / "logs"))
        firestore = emulators.start_firestore(processes)
        pubsub = emulators.start_pubsub(processes)
        accounts = [apps.service_account(self.settings, name) for name in self.functions]
        tasks = stack.enter_context(
            closing(CloudTasksServer(apps.queue_of(self.settings), accounts))
        )
        Addresses(self.url, self.google, firestore, pubsub, tasks.address).write(self.home)
        stack.callback((self.home / apps.FILE).unlink)
        self._start_gmail(stack, processes)
        for row in self.functions.values():
            self._start_function(processes, row)
        processes.wait_until_ready()

    def _start_gmail(self, stack: ExitStack, processes: Processes) -> None:
        """Start Google's side; what it pushes is published to the topic that Gmail publishes to."""
        app = stack.enter_context(closing(self.operator()))
        publisher = stack.enter_context(
            closing(
                GmailPublisher(
                    app.publisher,
                    self.settings.gmail_topic,
                    app.push_verifier,
                    self.settings.push_service_account,
                )
            )
        )
        config = sandbox_file.write(
            self.settings,
            app.keys,
            port=self._sandbox_port,
            push_url=publisher.url,
            push_audience=publisher.url,
        )
        command = (sys.executable, "-m", "local.gmail_sandbox", "--config", config)
        processes.start("gmail-sandbox", f"127.0.0.1:{self._sandbox_port}", command, _PYTHON_PATH)

    def _start_function(self, processes: Processes, row: FunctionRow) -> None:
        address = self._listening[row.name]
        host, _, port = address.partition(":")
        command = [
            *(sys.executable, "-m", "functions_framework"),
            *(f"--source={_SOURCE}", f"--target={row.name}", f"--host={host}", f"--port={port}"),
        ]
        environment = {"CMO_HOME": str(self.home), "THREADS": str(row.concurrency), **_PYTHON_PATH}
        processes.start(row.name, address, command, environment)

    def _route_events(self, stack: ExitStack) -> None:
        """Let Pub/Sub push to the functions; the pushes are signed on the way."""
        account = self.settings.push_service_account
        signer = PushSigner((self.home / "push_key.pem").read_bytes(), account)
        targets = {
            f"/{row.name}": PushTarget(
                f"http://{self._listening[row.name]}/",
                self.settings.audience_of(row.name),
                row.timeout + 30,
            )
            for row in self.functions.values()
        }
        relay = stack.enter_context(closing(SigningRelay(signer, targets)))
        app = self.operator()
        topics.make(
            app.publisher,
            app.subscriber,
            self.settings.project,
            self.functions.values(),
            relay.url,
        )

    def _open_edge(self, stack: ExitStack) -> None:
        host, _, port = self.url.removeprefix("http://").partition(":")
        server = create_server(
            gateway(self.functions, self.url, self._listening),
            host=host,
            port=int(port),
            threads=_THREADS,
            ident=None,
            clear_untrusted_proxy_headers=True,
            max_request_body_size=64 * 1024 * 1024,
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        stack.callback(thread.join, _STOP_SECONDS)
        stack.callback(server.close)

    def _tick(self, stack: ExitStack) -> None:
        """Strike once a minute, as Cloud Scheduler does."""
        stop = threading.Event()
        bus = self.operator().bus

        def strike() -> None:
            while not stop.wait(60 - datetime.now(UTC).second):
                for topic in schedule.due(self.functions.values(), datetime.now(UTC)):
                    bus.publish(topic, {})

        thread = threading.Thread(target=strike, daemon=True)
        thread.start()
        stack.callback(thread.join, _STOP_SECONDS)
        stack.callback(stop.set)
