"""A server that misbehaves on the level of sockets, where the sandbox cannot."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Script = Callable[[socket.socket], None]


@dataclass
class FaultyServer:
    url: str
    requests: list[bytes] = field(default_factory=list)


@contextmanager
def faulty_server(script: Script, *, reads: bool = True) -> Iterator[FaultyServer]:
    """Every connection's request is read (unless `reads` is false), then `script` has the socket."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = FaultyServer(f"http://127.0.0.1:{listener.getsockname()[1]}")
    open_sockets: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            open_sockets.append(connection)
            if reads:
                server.requests.append(_request(connection))
            script(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for connection in open_sockets:
            connection.close()


def _request(connection: socket.socket) -> bytes:
    """One whole request: head, and as much body as it announces."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def says(answer: bytes) -> Script:
    """Send these bytes and close."""

    def script(connection: socket.socket) -> None:
        connection.sendall(answer)
        connection.close()

    return script


def closes(connection: socket.socket) -> None:
    """Close without a word."""
    connection.close()


def resets(connection: socket.socket) -> None:
    """Break the connection hard."""
    linger_for_no_time = b"\x01\x00\x00\x00\x00\x00\x00\x00"
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_for_no_time)
    connection.close()


def is_silent(connection: socket.socket) -> None:
    """Keep the connection open and say nothing."""


def drips(connection: socket.socket) -> None:
    """Begin an answer that gets longer as long as somebody listens."""
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n")
    try:
        while True:
            connection.sendall(b" ")
    except OSError:
        connection.close()


def answer(body: bytes, status: str = "200 OK", headers: str = "") -> Script:
    """A well-formed HTTP answer, the only one of its connection: no second request goes into one that closes."""
    head = f"HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {len(body)}\r\n{headers}\r\n"
    return says(head.encode() + body)
