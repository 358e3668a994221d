"""A TCP server that misbehaves as it is told, one connection after another."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Self

Behaviour = Callable[[socket.socket], None]


class RawServer:
    """Answers each request, once it has arrived whole, by the next behaviour; the last one stays.

    `methods` are the requests so far, `connections` counts those that were opened.
    """

    def __init__(self, *behaviours: Behaviour) -> None:
        self._behaviours = list(behaviours)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self._open: list[socket.socket] = []
        self.methods: list[str] = []
        self.connections = 0
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join()
        for connection in (*self._open, self._listener):
            connection.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._open.append(connection)
                thread = threading.Thread(target=self._serve, args=(connection,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            for method in _requests(connection):
                self.methods.append(method)
                several = len(self._behaviours) > 1
                behaviour = self._behaviours.pop(0) if several else self._behaviours[0]
                behaviour(connection)
                if connection.fileno() < 0:
                    return


def answer(raw: bytes) -> Behaviour:
    """Send these bytes and keep the connection."""
    return lambda connection: connection.sendall(raw)


def answer_and_close(raw: bytes) -> Behaviour:
    """Send these bytes and close."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(raw)
        connection.close()

    return behave


def close(connection: socket.socket) -> None:
    """Close without a byte of an answer."""
    connection.close()


def reset(connection: socket.socket) -> None:
    """Break the connection off with RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def drip(connection: socket.socket) -> None:
    """Announce a long body and send it a byte at a time, until the other side has had enough."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    stop = threading.Event()
    while not stop.wait(0.02):
        connection.sendall(b"x")


def hang(connection: socket.socket) -> None:
    """Say nothing until the other side gives up."""
    connection.recv(1)


def _requests(connection: socket.socket) -> Iterator[str]:
    """Yield the method of each request once it has arrived whole."""
    buffer = b""
    while True:
        while b"\r\n\r\n" not in buffer:
            received = connection.recv(65536)
            if not received:
                return
            buffer += received
        head, _, buffer = buffer.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(buffer) < length:
            buffer += connection.recv(65536)
        buffer = buffer[length:]
        yield head.split(b" ", 1)[0].decode()
