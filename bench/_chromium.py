"""Chromium for benchmarks of pages: what it loads, how long, how much memory, how many frames a second."""

import os
import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Milliseconds that a new window gets for itself: Chromium loads some 400 files of its own user interface then.
START = 2500

# `window.readyAt`: milliseconds from the navigation until READY was true and two frames were drawn.
# `window.timed(act, done)`: the same from calling act() until done() is true, looked at whenever the page says so.
SCRIPT = """
window.frame = () => new Promise(requestAnimationFrame);
const whenReady = new MutationObserver(async () => {
  if (!document.body || !(READY)) return;
  whenReady.disconnect();
  await frame(); await frame();
  window.readyAt = performance.now();
});
whenReady.observe(document, { attributes: true, childList: true, subtree: true });
window.timed = async (act, done) => {
  const start = performance.now();
  act();
  await new Promise((resolve) => {
    const observer = new MutationObserver(look);
    function look() { if (done()) { observer.disconnect(); resolve(); } }
    observer.observe(document.body, { attributes: true });
    look();
  });
  await frame(); await frame();
  return performance.now() - start;
};
window.watchFrames = () => {
  window.frames_ = [];
  let last = performance.now();
  const next = (now) => { frames_.push(now - last); last = now; window.watching = requestAnimationFrame(next); };
  window.watching = requestAnimationFrame(next);
};
window.stopFrames = () => { cancelAnimationFrame(window.watching); return frames_.slice(1); };
"""


def path() -> str | None:
    """$CHROMIUM, the system's or Playwright's own Chromium; None when there is none."""
    named = [os.environ.get("CHROMIUM", ""), *NAMES]
    if found := next(filter(None, map(shutil.which, filter(None, named))), None):
        return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if os.path.exists(own) else None


@contextmanager
def chromium(executable: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Opened:
    """A page that was opened with an empty cache: after how many milliseconds it was ready, what it cost."""

    page: Page
    cdp: CDPSession
    milliseconds: float
    kilobytes: float
    requests: int
    megabytes: float
    cpu: float  # milliseconds that the page's process worked until now: tells a busy machine from a slow page
    answers: list[float] = field(default_factory=list)  # bytes of each answer since it was opened


@contextmanager
def opened(
    browser: Browser, url: str, ready: str, cookies: list[dict[str, Any]] | None = None
) -> Iterator[Opened]:
    """`ready`: a JavaScript expression that is true once the page can be used."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies(cookies or [])  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script(SCRIPT.replace("READY", ready))
    cdp = context.new_cdp_session(page)
    answers: list[float] = []
    cdp.on("Network.loadingFinished", lambda event: answers.append(event["encodedDataLength"]))
    cdp.send("Network.enable")
    cdp.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.wait_for_timeout(START)
    page.goto(url)
    page.wait_for_function("() => window.readyAt")
    page.wait_for_load_state("networkidle")
    cdp.send("Performance.enable")
    metrics = {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}
    cdp.send("HeapProfiler.enable")
    cdp.send("HeapProfiler.collectGarbage")
    heap = cdp.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    cost = (sum(answers) / 1000, len(answers), heap, metrics["ProcessTime"] * 1000)
    answers.clear()
    yield Opened(page, cdp, page.evaluate("() => window.readyAt"), *cost, answers)
    context.close()


@dataclass(frozen=True)
class Times:
    """Milliseconds of a thing that was done several times."""

    all: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.all)

    @property
    def p95(self) -> float:
        return sorted(self.all)[min(len(self.all) - 1, int(len(self.all) * 0.95))]


@dataclass(frozen=True)
class Frames:
    """Milliseconds between the frames that were drawn while something moved."""

    all: list[float]

    @property
    def per_second(self) -> float:
        return len(self.all) * 1000 / sum(self.all) if self.all else 0.0

    @property
    def worst(self) -> float:
        return max(self.all, default=0.0)


def drag(
    cdp: CDPSession, page: Page, start: tuple[float, float], by: list[tuple[float, float]]
) -> Frames:
    """Press at a point, go along a line of points, one per frame at most, and let go with Escape's help."""
    x, y = start
    mouse: dict[str, Any] = {
        "button": "left",
        "buttons": 1,
        "pointerType": "mouse",
        "clickCount": 1,
    }

    def send(kind: str) -> None:
        cdp.send("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **mouse})

    send("mousePressed")
    x, y = x + 8, y + 8
    send("mouseMoved")
    page.evaluate("() => watchFrames()")
    for dx, dy in by:
        x, y = x + dx, y + dy
        send("mouseMoved")
    frames = page.evaluate("() => stopFrames()")
    page.keyboard.press("Escape")
    send("mouseReleased")
    return Frames(frames)
