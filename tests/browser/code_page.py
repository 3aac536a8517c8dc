"""A page with code editors and nothing else, under the app's own Content-Security-Policy.

No database and no account: what is tested is the editor in a browser, with the catalogue's real tables.
"""

import contextlib
import html
import json
import mimetypes
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from csp.utils import build_policy

from editor import catalog
from editor.catalog.constraints import table
from editor.catalog.hints import parameter_table

STATIC = Path(__file__).resolve().parents[2] / "static"
TABLES = {
    "/table.json": table(catalog.default()),
    "/hints.json": parameter_table(catalog.default()),
}

PAGE = """<!doctype html>
<html lang="en" data-theme="{theme}">
<head>
  <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Code editor</title>
  <link rel="stylesheet" href="/static/css/tokens.css">
  <link rel="stylesheet" href="/static/css/base.css">
  <link rel="stylesheet" href="/static/css/ui.css">
  <link rel="stylesheet" href="/static/css/code.css">
  {script}
</head>
<body data-icons="/static/icons.svg">
<main class="page"><form class="stack" method="post" action="/sent">
  <p><button class="button" type="button" id="before">Before</button></p>
  <div class="field">
    <label for="definition">Workflow as JSON</label>
    <textarea id="definition" name="definition" rows="12" data-code="json" data-table="/table.json"
      data-hints="/hints.json" data-problems="problems" {attributes}>{text}</textarea>
  </div>
  <script type="application/json" id="problems">{problems}</script>
  <p><button class="button button--primary" type="submit" id="send">Send</button></p>
</form></main>
</body>
</html>"""

Answer = tuple[str, str, bytes]


def page(
    text: str,
    *,
    attributes: str = "",
    problems: list[dict[str, Any]] | None = None,
    theme: str = "light",
    script: bool = True,
) -> str:
    """The HTML of the page with this text in its editor."""
    module = '<script type="module" src="/static/js/ui/code.js"></script>'
    return PAGE.format(
        theme=theme,
        script=module if script else "",
        attributes=attributes,
        text=html.escape(text),
        problems=json.dumps(problems or []).replace("<", "\\u003c"),
    )


class CodePages:
    """The pages of one server: `show(...)` sets what the address `/` answers; `sent` is what was posted."""

    def __init__(self) -> None:
        self.html = ""
        self.sent: list[str] = []
        self.asked: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        status, kind, body = self._answer(environ)
        start_response(
            status, [("Content-Type", kind), ("Content-Security-Policy", build_policy())]
        )
        return [body]

    def _answer(self, environ: dict[str, Any]) -> Answer:
        path = environ["PATH_INFO"]
        self.asked.append(path)
        if path == "/favicon.ico":
            return "204 No Content", "image/x-icon", b""
        if path == "/":
            return "200 OK", "text/html; charset=utf-8", self.html.encode()
        if path == "/sent":
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
            self.sent.append(parse_qs(body)["definition"][0])
            return "200 OK", "text/plain", b"Thank you."
        if path in TABLES:
            return "200 OK", "application/json", json.dumps(TABLES[path]).encode()
        file = STATIC / path.removeprefix("/static/")
        if path.startswith("/static/") and file.is_file():
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            return "200 OK", kind, file.read_bytes()
        return "404 Not Found", "text/plain", b"Not here."


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


class _Server(ThreadingMixIn, WSGIServer):
    """A browser opens connections that it may never use; each waits in a thread of its own."""

    daemon_threads = True


@contextlib.contextmanager
def serving() -> Iterator[tuple[CodePages, str]]:
    """A server on a free port of this machine: the pages, and their address."""
    pages = CodePages()
    server = make_server("127.0.0.1", 0, pages, server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield pages, f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
