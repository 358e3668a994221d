"""Google's emulators of Firestore and Pub/Sub: found in the Cloud SDK, run on loopback, in memory only.

Both take any project. Firestore's enforces no composite index and deletes nothing by TTL; a lock that
another transaction holds makes it wait for about two seconds. Pub/Sub's sends no OIDC token and counts no
attempts in the envelope. (https://cloud.google.com/sdk/gcloud/reference/beta/emulators)
"""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final

import grpc
from google.cloud.tasks_v2 import CloudTasksClient
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport
from google.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from local.emulated.processes import NoEmulators, Processes, free_ports

_JAVA_OPTIONS: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m")
_FIRESTORE_JAR: Final = ("cloud-firestore-emulator", "cloud-firestore-emulator.jar")
_PUBSUB_JAR: Final = ("pubsub-emulator", "lib/cloud-pubsub-emulator-*-all.jar")
_FIRESTORE_MAIN: Final = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
_ASK_SECONDS: Final = 60.0


def require() -> None:
    """Raise NoEmulators unless both, and the Java that runs them, are on this machine."""
    _java()
    _jar(*_FIRESTORE_JAR)
    _jar(*_PUBSUB_JAR)


def start_firestore(processes: Processes) -> str:
    """Start Firestore's emulator, without waiting; returns its host:port. Raises NoEmulators."""
    command = ("-cp", _jar(*_FIRESTORE_JAR), _FIRESTORE_MAIN)
    return _start(processes, "firestore-emulator", *command)


def start_pubsub(processes: Processes) -> str:
    """Start Pub/Sub's emulator, without waiting; returns its host:port. Raises NoEmulators."""
    return _start(processes, "pubsub-emulator", "-jar", _jar(*_PUBSUB_JAR))


def channel(address: str) -> Any:
    """Return a connection of gRPC to a server on this machine; who makes it closes it."""
    return grpc.insecure_channel(address)


def publisher(channel: Any) -> PublisherClient:
    """Return Pub/Sub's client for publishing, over a connection to the emulator."""
    return PublisherClient(transport=PublisherGrpcTransport(channel=channel))


def subscriber(channel: Any) -> SubscriberClient:
    """Return Pub/Sub's client for subscriptions, over a connection to the emulator."""
    return SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))


def tasks(channel: Any) -> CloudTasksClient:
    """Return the client of Cloud Tasks, over a connection to the local one."""
    return CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))


def _start(processes: Processes, name: str, *what: str | Path) -> str:
    [port] = free_ports(1)
    address = f"127.0.0.1:{port}"
    where = ("--host=127.0.0.1", f"--port={port}")
    processes.start(name, address, [_java(), *_JAVA_OPTIONS, *what, *where])
    return address


def _java() -> str:
    java = shutil.which("java")
    if java is None:
        raise NoEmulators("Google's emulators need Java, which is not here")
    return java


def _jar(component: str, pattern: str) -> Path:
    found = sorted((_sdk() / "platform" / component).glob(pattern))
    if not found:
        raise NoEmulators(
            f"the Cloud SDK has no {component}: `gcloud components install {component}`"
        )
    return found[-1]


@cache
def _sdk() -> Path:
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        raise NoEmulators("Google's emulators come with the Cloud SDK, which is not here")
    asked = [gcloud, "info", "--format=value(installation.sdk_root)"]
    answer = subprocess.run(  # noqa: S603 - the Cloud SDK's own command
        asked, capture_output=True, check=True, text=True, timeout=_ASK_SECONDS
    )
    return Path(answer.stdout.strip())
