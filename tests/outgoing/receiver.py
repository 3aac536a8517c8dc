"""Another tool of the team: a small HTTP server on this machine that answers as it is told, and a worker's share
that is called by hand."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asgiref.sync import async_to_sync

from editor.outgoing.sending import Sender, send_due


@dataclass
class Receiver:
    """`answers`: status, headers and body for one request after another; the last again and again."""

    url: str = ""
    answers: list[tuple[int, dict[str, str], bytes]] = field(
        default_factory=lambda: [(204, {}, b"")]
    )
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    def answer(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        self.answers = [(status, headers or {}, body)]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens. It answers at once, unless its `gate` is cleared."""
    receiver = Receiver()
    receiver.gate.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.got.append((headers, body))
            receiver.gate.wait(20)
            status, extra, text = receiver.answers[0]
            del receiver.answers[: len(receiver.answers) > 1]
            self.send_response(status)
            for name, value in extra.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield receiver
        receiver.gate.set()
        server.shutdown()
        thread.join()


def send_all_due(sender: Sender) -> None:
    """Send what is due now, and wait for the answers."""

    async def all_of_it() -> None:
        await send_due(sender)
        await asyncio.gather(*sender.tasks)

    async_to_sync(all_of_it)()
