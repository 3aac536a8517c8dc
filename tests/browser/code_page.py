"""A page with one code editor and nothing else, under the app's own Content-Security-Policy.

No database and no account: what is tested is the editor in a browser, with the catalogue's real tables.
`show(text, ...)` opens the page; the functions at the end read and use it.
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

import pytest
from csp.utils import build_policy
from playwright.sync_api import Browser, Page

from editor import catalog
from editor.catalog.constraints import table
from editor.catalog.hints import parameter_table

STATIC = Path(__file__).resolve().parents[2] / "static"
AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe-core-4.14.1" / "axe.min.js"
CODEMIRROR = "/static/vendor/codemirror-6.43.15/codemirror.js"
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
<main class="page"><h1>Import</h1>
<form class="stack" method="post" action="/sent">
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
Show = Callable[..., Page]

SEARCH: dict[str, Any] = {
    "actionType": "st.searchPeople",
    "term": "cold chain",
    "limit": 2000,
    "then": [
        {
            "actionType": "st.doForPeople",
            "then": [{"actionType": "st.openPersonPage", "basicInfo": True}],
        }
    ],
}
TEXT = json.dumps(SEARCH, indent=2)


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
    """The pages of one server: `html` is what the address `/` answers, `asked` are the paths that were asked
    for, `sent` is what was posted."""

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


@pytest.fixture(scope="session")
def code_site() -> Iterator[tuple[CodePages, str]]:
    with serving() as served:
        yield served


@pytest.fixture
def site(code_site: tuple[CodePages, str]) -> CodePages:
    """The server's end of the page that `show` opened."""
    return code_site[0]


@pytest.fixture
def show(chromium: Browser, code_site: tuple[CodePages, str], complaints: Any) -> Iterator[Show]:
    """show(text, attributes=, problems=, theme=, script=, wait=) -> the page, once its editor is there."""
    pages, address = code_site
    context = chromium.new_context(viewport={"width": 1000, "height": 800}, reduced_motion="reduce")

    def open_page(text: str, *, wait: bool = True, **options: Any) -> Page:
        pages.html = page(text, **options)
        pages.asked.clear()
        pages.sent.clear()
        shown = context.new_page()
        complaints.listen(shown)
        shown.goto(address)
        if wait:
            shown.wait_for_selector(".cm-editor")
        return shown

    yield open_page
    context.close()


def textarea_value(page: Page) -> str:
    return page.locator("#definition").input_value()


def put_cursor(page: Page, after: str) -> None:
    """Place the cursor behind the first occurrence of a text."""
    in_the_editor(
        page,
        """({ view }, after) => {
            const anchor = view.state.doc.toString().indexOf(after) + after.length;
            view.dispatch({ selection: { anchor } });
            view.focus();
        }""",
        after,
    )


def send(page: Page, event: str, detail: dict[str, Any]) -> None:
    """Fire one of the component's events on its textarea, as the page's own scripts do."""
    page.locator("#definition").evaluate(
        """(textarea, [event, detail]) =>
            textarea.dispatchEvent(new CustomEvent(event, { bubbles: true, detail }))""",
        [event, detail],
    )


def offered(page: Page) -> list[str]:
    """The labels of the completions on show."""
    page.wait_for_selector(".cm-tooltip-autocomplete:not(.cm-tooltip-autocomplete-disabled) li")
    return page.locator(".cm-tooltip-autocomplete .cm-completionLabel").all_text_contents()


def in_the_editor(page: Page, script: str, argument: Any) -> Any:
    """What `script` answers: `({syntax, mistakes, complete, view, state}, argument) => …`.

    The first three are our modules; `view` is the editor's, `state(text)` makes the state of one.
    """
    return page.evaluate(
        f"""async (argument) => {{
            const cm = await import("{CODEMIRROR}");
            const syntax = await import("/static/js/code/syntax.js");
            const mistakes = await import("/static/js/code/mistakes.js");
            const complete = await import("/static/js/code/complete.js");
            const view = cm.EditorView.findFromDOM(document.querySelector(".cm-editor"));
            const state = (doc) => cm.EditorState.create({{ doc, extensions: [cm.json()] }});
            return ({script})({{ syntax, mistakes, complete, view, state }}, argument);
        }}""",
        argument,
    )


def axe_violations(page: Page) -> list[str]:
    """What axe has against the page as it is now: rule and place."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(
        """async () => (await axe.run()).violations.flatMap(
            ({ id, nodes }) => nodes.map(({ target }) => id + " " + target.join(" ")))"""
    )
    return found
