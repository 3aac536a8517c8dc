"""How fast the editor is in a browser, beside Blockly: `python -m bench.editor [SIZE ...]`.

A server as `manage.py serve` starts it (collected static files, a temporary DATA_DIR on SQLite), a workflow of
`manage.py workflow grow`, and Chromium with an empty cache:

- open: in a window that has settled, from the navigation until every action is shown, the scripts are attached and
  two frames were drawn
- CPU: what the page's process worked for that, its start included: the figure to compare when the machine is busy
- kB: what came over the wire for it, compressed as it was; heap: JavaScript's memory after a collection
- an edit: from the click or call until the page says that it is saved, and two frames were drawn (each takes 17 ms)
- queries and bytes of an edit's answer
- frames a second while an action is dragged over the tree, and the longest time without one

The same work in Blockly, which saves nothing, stands below it with the ratio: over 1 is how many times more of it
Blockly needs. Without Chromium nothing is measured; without npm, only our side.
"""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SIZES = (1000, 5000)
ROUNDS = 20
OPENINGS = 5


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


os.environ["DJANGO_SETTINGS_MODULE"] = "editor.settings"
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="trellis-bench-")
os.environ["PORT"] = str(free_port())
os.environ["LOG_LEVEL"] = "ERROR"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in this thread
for name in ("DATABASE_URL", "DEBUG", "PUBLIC_URL", "ALLOWED_HOSTS"):
    os.environ.pop(name, None)

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from playwright.sync_api import Browser, Page  # noqa: E402

from accounts import services as accounts  # noqa: E402
from accounts.models import Team, User  # noqa: E402
from bench import _blockly, _chromium  # noqa: E402
from bench._chromium import Frames, Times, opened  # noqa: E402
from editor import catalog  # noqa: E402
from editor.lib.ids import new_id  # noqa: E402
from editor.trees.nodes import Tree  # noqa: E402
from editor.workflows import queries, services  # noqa: E402
from editor.workflows.grow import grow  # noqa: E402
from editor.workflows.models import Workflow  # noqa: E402

READY = "document.body.dataset.editorReady !== undefined"
KINDS = ("add", "move", "delete", "undo")


@dataclass
class Figures:
    """What one editor needs for a workflow of one size."""

    open: Times
    kilobytes: float
    requests: int
    megabytes: float
    cpu: float
    edits: dict[str, Times]
    answers: dict[str, float]  # median bytes of an edit's answer
    frames: Frames | None


def main(sizes: tuple[int, ...]) -> None:
    executable = _chromium.path()
    if executable is None:
        print("Skipped: no Chromium here. Install one, or name it: CHROMIUM=/path make bench")
        return
    with tempfile.TemporaryDirectory(prefix="trellis-blockly-") as folder:
        blockly = _blockly.install(Path(folder))
        if blockly is None:
            print("Without Blockly: npm is not here, or did not get it.")
        client = set_up()
        with server(), _chromium.chromium(executable) as browser:
            print(f"Load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
            for size in sizes:
                measure_size(browser, client, size, blockly)


def set_up() -> Client:
    """A team with one person, who is signed in."""
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("migrate", verbosity=0)
    user = accounts.create_user_with_team(
        email="bench@example.com", password=new_id(), name="Bench", team_name="Bench"
    )
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(user)
    return client


@contextmanager
def server() -> Iterator[None]:
    """`manage.py serve`, as long as the context lasts."""
    process = subprocess.Popen([sys.executable, "manage.py", "serve"], stdout=subprocess.DEVNULL)
    try:
        wait_for_answer()
        yield
    finally:
        process.terminate()
        process.wait()


def wait_for_answer() -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            asked = http.client.HTTPConnection("127.0.0.1", settings.PORT, timeout=2)
            asked.request("GET", "/healthz")
            asked.getresponse()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not start.")


def measure_size(browser: Browser, client: Client, size: int, blockly: Path | None) -> None:
    tree = grow(size, catalog.default())
    user, team = User.objects.get(), Team.objects.get()
    workflow = services.import_tree(team, actor=user, name=f"{size} actions", tree=tree)
    ours = measure_ours(browser, client, workflow)
    print(f"\n{size} actions")
    print_figures("Trellis", ours)
    print_answers(client, workflow, ours)
    if blockly is None:
        return
    with _blockly.served(blockly, tree) as url:
        theirs = measure_blockly(browser, url, tree)
    print_figures("Blockly, unsaved", theirs)
    print_ratios(ours, theirs)


# --- Ours ----------------------------------------------------------------------------------------


def measure_ours(browser: Browser, client: Client, workflow: Workflow) -> Figures:
    url = f"{settings.PUBLIC_URL}/t/{workflow.team.slug}/workflows/{workflow.public_id}"
    session = client.cookies["sessionid"].value
    cookies = [{"name": "sessionid", "value": session, "url": settings.PUBLIC_URL}]
    size = workflow.nodes.count()
    openings = []
    for _ in range(OPENINGS):
        with opened(browser, url, READY, cookies) as page:
            assert page.page.locator("#tree [role=treeitem]").count() == size
            openings.append(page.milliseconds)
    with opened(browser, url, READY, cookies) as page:
        edits, answers = edit_ours(page, workflow)
        frames = drag_ours(page)
        return Figures(
            Times(openings),
            page.kilobytes,
            page.requests,
            page.megabytes,
            page.cpu,
            edits,
            answers,
            frames,
        )


# Selecting is no part of the edit: the form of the selected action has come before the time is taken.
SELECT = """async (id) => {
  const node = document.querySelector(`[data-node-id="${id}"]`);
  node.firstElementChild.scrollIntoView({ block: "center" });
  node.firstElementChild.click();
  await new Promise((resolve) => setTimeout(resolve, 250));
}"""
# Of another revision than now: an edit may begin a moment after the key that asks for it.
SAVED = """(() => {
  const revision = () => document.getElementById("tree").dataset.revision;
  const before = revision();
  return () => document.body.dataset.saveState === "saved" && revision() !== before;
})()"""
MODULE = """(name) => performance.getEntriesByType("resource").map((one) => one.name)
  .find((url) => url.includes(`/editor/${name}.`))"""
ADD = f"""() => timed(() => document.querySelector('#palette-list [data-choice="st.sendMessage"]').click(), {SAVED})"""
MOVE = f"""async ([module, node, parent]) => {{
  const {{ edit }} = await import(module);
  return timed(() => edit("move", {{ node, parent, index: 0 }}), {SAVED});
}}"""
KEY = f"""([key, ctrlKey]) => timed(() => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", {{ key, ctrlKey, bubbles: true, cancelable: true }})), {SAVED})"""


def edit_ours(opened: Any, workflow: Workflow) -> tuple[dict[str, Times], dict[str, float]]:
    """ROUNDS of each kind of edit, on actions from all over the tree; answers: bytes, by kind."""
    page: Page = opened.page
    module = page.evaluate(MODULE, "edits")
    tree = queries.tree_of(workflow)
    parents = [node.id for node, _ in tree.walk() if node.type == "st.openPersonPage"]
    spread = [parents[number * len(parents) // ROUNDS] for number in range(ROUNDS)]
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    sizes: dict[str, list[float]] = {kind: [] for kind in KINDS}

    def take(kind: str, script: str, *argument: Any) -> None:
        with page.expect_response("**/edit/**") as answer:
            times[kind].append(page.evaluate(script, *argument))
        sizes[kind].append(answer.value.request.sizes()["responseBodySize"])

    for number, parent in enumerate(spread):
        page.evaluate(SELECT, parent)
        take("add", ADD)
        moved = page.evaluate("() => document.querySelector('[aria-selected=true]').dataset.nodeId")
        page.wait_for_timeout(250)
        take("move", MOVE, [module, moved, spread[number - 1]])
        page.evaluate(SELECT, moved)
        take("delete", KEY, ["Delete", False])
        page.wait_for_timeout(250)
        take("undo", KEY, ["z", True])
    middle = {kind: Times(all_).median for kind, all_ in sizes.items()}
    return {kind: Times(all_) for kind, all_ in times.items()}, middle


def drag_ours(opened: Any) -> Frames:
    """Drag an action from the middle of the screen down, along the left edge and up again."""
    page: Page = opened.page
    page.evaluate("() => document.getElementById('canvas').scrollTo(0, 0)")
    box = page.locator(".node-card .tile").nth(2).bounding_box()
    assert box
    start = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    return _chromium.drag(opened.cdp, page, start, path_over_the_tree())


def path_over_the_tree() -> list[tuple[float, float]]:
    """Down to the lower edge (where the tree scrolls), there for a while, and up."""
    down = [(0.5, 7.0)] * 90
    wait = [(1.0 if step % 2 else -1.0, 0.0) for step in range(90)]
    return [*down, *wait, *[(-0.5, -7.0)] * 80]


def print_answers(client: Client, workflow: Workflow, figures: Figures) -> None:
    """Queries of each kind of edit, counted in this process; bytes, as the browser got them."""
    page = f"/t/{workflow.team.slug}/workflows/{workflow.public_id}"
    parents = list(
        workflow.nodes.filter(action_type="st.openPersonPage").values_list("pk", flat=True)
    )
    counted = {}

    def post(kind: str, verb: str, **fields: Any) -> None:
        workflow.refresh_from_db()
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(f"{page}/edit/{verb}", {"base": workflow.revision, **fields})
        assert answer.status_code == 200, answer.content.decode()
        counted[kind] = len(captured)

    post("add", "add", type="st.sendMessage", parent=parents[0], index=0)
    node = (
        workflow.nodes.filter(parent=parents[0])
        .order_by("position")
        .values_list("pk", flat=True)[0]
    )
    post("move", "move", node=node, parent=parents[-1], index=0)
    post("delete", "remove", node=node)
    post("undo", "undo")
    told = (f"{kind} {counted[kind]} queries, {figures.answers[kind]:.0f} bytes" for kind in KINDS)
    print(f"    answers: {'; '.join(told)}")


# --- Blockly -------------------------------------------------------------------------------------


def measure_blockly(browser: Browser, url: str, tree: Tree) -> Figures:
    openings = []
    for _ in range(OPENINGS):
        with opened(browser, url, _blockly.READY) as page:
            openings.append(page.milliseconds)
    with opened(browser, url, _blockly.READY) as page:
        assert page.page.evaluate("() => workspace.getAllBlocks().length") == len(tree)
        edits = _blockly.edit(page.page, ROUNDS)
        cost = (page.kilobytes, page.requests, page.megabytes, page.cpu)
        return Figures(Times(openings), *cost, edits, {}, None)


# --- Printing ------------------------------------------------------------------------------------


def print_figures(name: str, figures: Figures) -> None:
    print(
        f"  {name}: open {figures.open.median:.0f} ms (worst {max(figures.open.all):.0f}),"
        f" {figures.cpu:.0f} ms of CPU, {figures.kilobytes:.0f} kB in {figures.requests} requests,"
        f" heap {figures.megabytes:.1f} MB"
    )
    edits = (f"{kind} {t.median:.0f} / {t.p95:.0f}" for kind, t in figures.edits.items())
    print(f"    edits, median / p95 ms: {', '.join(edits)}")
    if figures.frames:
        frames = figures.frames
        print(f"    drag: {frames.per_second:.0f} frames/s, worst {frames.worst:.0f} ms")


def print_ratios(ours: Figures, theirs: Figures) -> None:
    """How many times as much Blockly needs."""
    pairs = {
        "open": (theirs.open.median, ours.open.median),
        "CPU to open": (theirs.cpu, ours.cpu),
        "kB": (theirs.kilobytes, ours.kilobytes),
        "heap": (theirs.megabytes, ours.megabytes),
    }
    pairs |= {kind: (theirs.edits[kind].median, ours.edits[kind].median) for kind in KINDS}
    told = (f"{name} {their / our:.2f}" for name, (their, our) in pairs.items())
    print(f"  Blockly / Trellis: {', '.join(told)}")


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
