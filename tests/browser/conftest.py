"""Chromium at a live server, signed in as one of our people, with an ear for everything that goes wrong in it.

The browser is the one that CHROMIUM names, else /usr/bin/chromium, else Playwright's own.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

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
def launch() -> Iterator[dict[str, Any]]:
    """How to launch a Chromium: what `launch` and `launch_persistent_context` of `launch["type"]` take."""
    expect.set_options(timeout=PATIENCE)
    installed = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    path = installed if Path(installed).exists() else None
    with sync_playwright() as playwright:
        yield {"type": playwright.chromium, "how": {"executable_path": path, "args": ARGUMENTS}}


@pytest.fixture(scope="session")
def chromium(launch: dict[str, Any]) -> Iterator[Browser]:
    browser = launch["type"].launch(**launch["how"])
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def kept(
    launch: dict[str, Any], live_server: Any, tmp_path_factory: Any
) -> Iterator[BrowserContext]:
    """A context whose cache outlives the test: a page has 90 files, which only the first test need fetch."""
    folder = tmp_path_factory.mktemp("chromium")
    how = {"base_url": live_server.url, "reduced_motion": "reduce", **SIZES["desktop"]}
    context = launch["type"].launch_persistent_context(folder, **launch["how"], **how)
    yield context
    context.close()


def forget(context: BrowserContext, origin: str) -> None:
    """Leave nothing of a test in the kept context but its cache, and one empty page, which holds it open."""
    blank, *pages = context.pages
    for page in pages:
        page.close()
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
        page.on(
            "console",
            lambda line: self.append(f"{page.url}: {line.text}") if line.type == "error" else None,
        )

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
def browse(
    request: pytest.FixtureRequest, live_server: Any, complaints: Complaints
) -> Iterator[Callable[..., Page]]:
    """browse(person, size="desktop", theme="light") -> a page at the live server; person None: signed out.

    Each is in a context of its own, the first one in the kept one when it is as that one is.
    """
    leaving: list[Callable[[], None]] = []

    def new_context(size: str, theme: str) -> BrowserContext:
        if not leaving and (size, theme) == ("desktop", "light"):
            kept = cast(BrowserContext, request.getfixturevalue("kept"))
            leaving.append(lambda: forget(kept, live_server.url))
            return kept
        browser = cast(Browser, request.getfixturevalue("chromium"))
        context = browser.new_context(
            base_url=live_server.url, color_scheme=theme, reduced_motion="reduce", **SIZES[size]
        )
        leaving.append(context.close)
        return context

    def open_page(person: Client | None, size: str = "desktop", theme: str = "light") -> Page:
        context = new_context(size, theme)
        context.set_default_timeout(PATIENCE)
        if person is not None:
            session = person.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        complaints.listen(page)
        return page

    yield open_page
    for leave in leaving:
        leave()


@pytest.fixture
def ann_edits(ann: Person, browse: Open) -> Callable[..., EditorPage]:
    """ann_edits(wire, size=..., theme=...): Ann's editor, open with a workflow of this wire form (None: empty)."""

    def open_editor(wire: Any = None, **how: str) -> EditorPage:
        return EditorPage.of_new_workflow(browse(ann, **how), ann, wire)

    return open_editor
