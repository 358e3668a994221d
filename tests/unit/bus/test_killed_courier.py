"""A process that is killed while it delivers: what it had in flight comes again, and nothing else does."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shared.bus.courier import Courier
from shared.bus.delivery import Retry
from shared.bus.local import LocalBus, Subscription
from shared.bus.signer import PushSigner, new_private_key_pem
from shared.clock import SystemClock

# It takes a message, says so, and then hangs in the middle of its delivery.
HANGING_PROGRAM = """
import sys, time
from pathlib import Path
from shared.bus.courier import Courier
from shared.bus.local import LocalBus, Subscription
from shared.bus.signer import PushSigner, new_private_key_pem
from shared.clock import SystemClock

def hang(url, headers, body, timeout_seconds):
    print("in flight", flush=True)
    time.sleep(600)

subscription = Subscription("create-ticket", "create_ticket", "http://127.0.0.1/", "a", 600)
bus = LocalBus(Path(sys.argv[1]), {"message-received": [subscription]}, SystemClock())
Courier(bus, hang, PushSigner(new_private_key_pem(), "push@example.com"), SystemClock()).deliver_due()
"""


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[LocalBus]:
    """Give a bus in a file, with one message that waits for its delivery."""
    subscription = Subscription("create-ticket", "create_ticket", "http://127.0.0.1/", "a", 600)
    bus = LocalBus(tmp_path / "bus.sqlite", {"message-received": [subscription]}, SystemClock())
    bus.publish("message-received", {"n": 1})
    yield bus
    bus.close()


@pytest.fixture
def hanging(tmp_path: Path, bus: LocalBus) -> Iterator[subprocess.Popen[str]]:
    """Give another process that has the message in flight."""
    process = subprocess.Popen(
        [sys.executable, "-c", HANGING_PROGRAM, str(tmp_path / "bus.sqlite")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "in flight\n"
    assert bus.next_turn() is not None
    yield process
    process.kill()
    process.communicate()


def test_a_killed_process_gives_its_deliveries_back(
    bus: LocalBus, hanging: subprocess.Popen[str]
) -> None:
    """After a SIGKILL the next courier need not wait for ten minutes of ack deadline."""
    courier = a_courier(bus)
    hanging.send_signal(signal.SIGKILL)
    hanging.wait()

    before = courier.deliver_due()
    recovered = courier.recover()
    afterwards = courier.deliver_due()

    assert (before, recovered, afterwards) == (0, 1, 1)
    assert bus.pending() == 0


def test_a_desk_that_starts_looks_after_the_one_that_was_killed(
    bus: LocalBus, hanging: subprocess.Popen[str]
) -> None:
    """Nobody has to call for the recovery: running begins with it."""
    hanging.send_signal(signal.SIGKILL)
    hanging.wait()
    stop = threading.Event()
    running = threading.Thread(target=a_courier(bus).run, args=(stop,))

    running.start()
    settled = bus.settle(30)
    stop.set()
    running.join()

    assert settled


def test_a_living_process_keeps_its_deliveries(
    bus: LocalBus, hanging: subprocess.Popen[str]
) -> None:
    """Starting a second courier does not double what the first is doing."""
    courier = a_courier(bus)

    assert hanging.poll() is None
    assert courier.recover() == 0
    assert courier.deliver_due() == 0


def test_a_process_that_has_the_id_of_a_dead_one_knows_the_difference(
    bus: LocalBus, tmp_path: Path
) -> None:
    """In a container every run has the same process id; the deliveries of the last run come back."""
    taken = bus.queue.exchange([], 1, Retry())
    earlier_run = f"{os.getpid()}:0123456789abcdef"
    with closing(sqlite3.connect(tmp_path / "bus.sqlite", isolation_level=None)) as connection:
        connection.execute("UPDATE deliveries SET taken_by = ?", (earlier_run,))

    assert len(taken) == 1
    assert a_courier(bus).recover() == 1


def test_what_this_process_delivers_is_not_recovered(bus: LocalBus) -> None:
    """Two couriers of one process do not take each other for dead."""
    taken = bus.queue.exchange([], 1, Retry())

    assert len(taken) == 1
    assert a_courier(bus).recover() == 0


def a_courier(bus: LocalBus) -> Courier:
    """Return a courier whose deliveries are acknowledged."""
    signer = PushSigner(new_private_key_pem(), "push@example.com")
    return Courier(bus, lambda *_: 204, signer, SystemClock())
