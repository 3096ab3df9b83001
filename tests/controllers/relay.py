"""What connects to one socket is connected to another one. Standard library alone: it also runs inside of a container's network."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

BUFFER = 65536


def listen_at(path: str) -> socket.socket:
    """A Unix socket that listens at this path."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    return listener


def listen_on(port: int) -> socket.socket:
    """A socket that listens on this port of the loopback network."""
    listener = socket.create_server(("127.0.0.1", port))
    listener.listen(64)
    return listener


def connect_to(path: str) -> socket.socket:
    """A connection to a Unix socket."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    return connection


def connect_on(port: int) -> socket.socket:
    """A connection to a port of the loopback network."""
    return socket.create_connection(("127.0.0.1", port))


def serve(listener: socket.socket, connect: Callable[[], socket.socket]) -> None:
    """Connect each connection of the listener, in threads that end with the process or with the listener."""
    threading.Thread(target=_accept, args=(listener, connect), daemon=True).start()


@contextlib.contextmanager
def served(listener: socket.socket, connect: Callable[[], socket.socket]) -> Iterator[None]:
    """The same, until it is left."""
    serve(listener, connect)
    with listener:
        yield
        listener.shutdown(socket.SHUT_RDWR)  # wakes who accepts


def _accept(listener: socket.socket, connect: Callable[[], socket.socket]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:  # it was closed
            return
        try:
            other = connect()
        except OSError:  # nothing listens there yet
            connection.close()
            continue
        for ends in ((connection, other), (other, connection)):
            threading.Thread(target=_pass_on, args=ends, daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while read := source.recv(BUFFER):
            target.sendall(read)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
