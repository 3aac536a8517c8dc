"""Chromium at a live server, signed in as one of our people, with an ear for everything that goes wrong in it.

The browser is the one that CHROMIUM names, else /usr/bin/chromium, else Playwright's own.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests.browser.code_page import code_site, show, site  # noqa: F401
from tests.browser.editor_page import EditorPage
from tests.people import Person

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 15_000  # milliseconds; a busy machine is no failure

SIZES = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "laptop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
        "device_scale_factor": 2,
    },
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What talks to a live server needs its data really committed."""
    for item in items:
        if Path(__file__).parent in item.path.parents and "live_server" in item.fixturenames:
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    installed = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    path = installed if Path(installed).exists() else None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


Kept = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def kept(chromium: Browser, live_server: Any) -> Iterator[Kept]:
    """kept(size, theme, nth) -> a context that outlives the test, the nth of its kind, for its cache: a page has
    90 files, which only the first test need fetch."""
    contexts: dict[tuple[str, str, int], BrowserContext] = {}

    def context(size: str, theme: str, nth: int) -> BrowserContext:
        key = (size, theme, nth)
        if key not in contexts:
            contexts[key] = chromium.new_context(
                base_url=live_server.url, color_scheme=theme, reduced_motion="reduce", **SIZES[size]
            )
            contexts[key].new_page()  # where `forget` stands
        return contexts[key]

    yield context
    for each in contexts.values():
        each.close()


def forget(context: BrowserContext, origin: str) -> None:
    """Leave nothing of a test in a kept context but its cache and the empty page that it began with.

    Clocks, routes and scripts of a context cannot be taken back: a test does such things to its page.
    """
    blank, *pages = context.pages
    for page in pages:
        page.close()
    ahead = blank.evaluate("Date.now() / 1000") - time.time()
    assert abs(ahead) < 60, (
        "A clock that was set stays in the context: time stands still for the tests that come."
    )
    context.clear_cookies()
    context.clear_permissions()
    context.set_offline(False)
    storages = {"origin": origin, "storageTypes": "local_storage,indexeddb,service_workers"}
    session = context.new_cdp_session(blank)
    session.send("Storage.clearDataForOrigin", storages)
    session.detach()


class Complaints(list[str]):
    """What a page complained about: script errors, console errors, breaches of the content security policy.

    `excuse(pattern)` says that a complaint is meant, such as the console's line about an answer 422.
    """

    def __init__(self) -> None:
        self.excused: list[str] = []

    def excuse(self, pattern: str) -> None:
        self.excused.append(pattern)

    def listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.append(f"{page.url}: {error}"))
        page.on("console", lambda line: self.hear(page, line) if line.type == "error" else None)

    def hear(self, page: Page, line: ConsoleMessage) -> None:
        """With the address that could not be loaded, where it is about one."""
        where = line.location["url"]
        self.append(f"{page.url}: {line.text}{f' {where}' if where != page.url else ''}")

    def left(self) -> list[str]:
        return [line for line in self if not any(re.search(each, line) for each in self.excused)]


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Fails the test when a page complained."""
    heard = Complaints()
    yield heard
    assert heard.left() == []


Open = Callable[..., Page]


@pytest.fixture
def browse(kept: Kept, live_server: Any, complaints: Complaints) -> Iterator[Callable[..., Page]]:
    """browse(person, size="desktop", theme="light") -> a page at the live server; person None: signed out.

    Each is in a context of its own.
    """
    used: dict[tuple[str, str, int], BrowserContext] = {}

    def open_page(person: Client | None, size: str = "desktop", theme: str = "light") -> Page:
        nth = sum(kind[:2] == (size, theme) for kind in used)
        context = used[size, theme, nth] = kept(size, theme, nth)
        context.set_default_timeout(PATIENCE)
        if person is not None:
            session = person.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        complaints.listen(page)
        return page

    yield open_page
    for context in used.values():
        forget(context, live_server.url)


@pytest.fixture
def ann_edits(ann: Person, browse: Open) -> Callable[..., EditorPage]:
    """ann_edits(wire, size=..., theme=...): Ann's editor, open with a workflow of this wire form (None: empty)."""

    def open_editor(wire: Any = None, **how: str) -> EditorPage:
        return EditorPage.of_new_workflow(browse(ann, **how), ann, wire)

    return open_editor
