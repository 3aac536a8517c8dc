"""Time, queries and answer size of edits, through Django's test client: `.venv/bin/python bench/edits.py [SIZE ...]`.

A throw-away database in a temporary DATA_DIR (or DATABASE_URL, whose tables are made and a team left behind).
Each figure is the median of ROUNDS edits on a workflow of `manage.py workflow grow`. "cpu" is our process's own
work: it tells a busy machine from a slow edit.
"""

import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROUNDS = 15
SIZES = (100, 1000, 5000)

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "editor.settings")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="trellis-bench-"))
os.environ["LOG_LEVEL"] = "ERROR"

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from accounts import services as accounts  # noqa: E402
from accounts.models import Team  # noqa: E402
from editor import catalog  # noqa: E402
from editor.lib.ids import new_id  # noqa: E402
from editor.workflows import queries, services  # noqa: E402
from editor.workflows.grow import grow  # noqa: E402
from editor.workflows.models import Workflow  # noqa: E402


def main(sizes: tuple[int, ...]) -> None:
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.ALLOWED_HOSTS.append("testserver")
    call_command("migrate", verbosity=0)
    user = accounts.create_user_with_team(
        email=f"{new_id().lower()}@example.com", password=new_id(), name="Bench", team_name=new_id()
    )
    team = Team.objects.get(memberships__user=user)
    client = Client()
    client.force_login(user)
    print(f"{connection.vendor}, median of {ROUNDS}")
    print(
        f"{'actions':>8} {'edit':<8} {'ms':>7} {'p95 ms':>7} {'cpu ms':>7} {'queries':>8} {'bytes':>8}"
    )
    for size in sizes:
        tree = grow(size, catalog.default())
        workflow = services.import_tree(team, actor=user, name=str(size), tree=tree)
        for name, measured in measure(client, workflow):
            print(f"{size:>8} {name:<8} {measured}", flush=True)


def measure(client: Client, workflow: Workflow) -> Iterator[tuple[str, str]]:
    """Each kind of edit ROUNDS times, on actions from all over the tree; then opening the editor."""
    page = f"/t/{workflow.team.slug}/workflows/{workflow.public_id}"
    tree = queries.tree_of(workflow)
    parents = [node.id for node, _ in tree.walk() if node.type == "st.openPersonPage"]
    spread = [parents[number * len(parents) // ROUNDS] for number in range(ROUNDS)]
    revision = 0

    def post(verb: str, **fields: Any) -> Any:
        nonlocal revision
        answer = client.post(f"{page}/edit/{verb}", {"base": revision, **fields})
        assert answer.status_code == 200, answer.content.decode()
        revision += 1
        return answer

    def added() -> str:
        return re.search(r'data-focus="(\w+)"', last.content.decode())[1]  # type: ignore[index]

    client.get(page)  # warm
    new = []
    times = Times()
    for parent in spread:
        last = times.of(
            lambda parent=parent: post("add", type="st.sendMessage", parent=parent, index=0)
        )
        new.append(added())
    yield "add", str(times)
    times = Times()
    for node, parent in zip(new, reversed(spread), strict=True):
        times.of(lambda node=node, parent=parent: post("move", node=node, parent=parent, index=1))
    yield "move", str(times)
    times = Times()
    for node in new:
        times.of(
            lambda node=node: post("param", node=node, field="/text", value="Hello from the quay")
        )
    yield "param", str(times)
    times = Times()
    for node in new:
        times.of(lambda node=node: post("remove", node=node))
    yield "delete", str(times)
    times = Times()
    for _ in range(ROUNDS):
        times.of(lambda: post("undo"))
    yield "undo", str(times)
    times = Times()
    for _ in range(3):
        times.of(lambda: client.get(page))
    yield "open", str(times)


class Times:
    """Milliseconds of each round, by the clock and of our own work; queries and bytes of the last."""

    def __init__(self) -> None:
        self.milliseconds: list[float] = []
        self.cpu: list[float] = []
        self.queries = self.size = 0

    def of(self, act: Callable[[], Any]) -> Any:
        with CaptureQueriesContext(connection) as captured:
            start, cpu = time.perf_counter(), time.process_time()
            answer = act()
            self.milliseconds.append((time.perf_counter() - start) * 1000)
            self.cpu.append((time.process_time() - cpu) * 1000)
        self.queries, self.size = len(captured), len(answer.content)
        return answer

    def __str__(self) -> str:
        ranked = sorted(self.milliseconds)
        p95 = ranked[min(len(ranked) - 1, int(len(ranked) * 0.95))]
        cpu = statistics.median(self.cpu)
        return (
            f"{statistics.median(ranked):7.1f} {p95:7.1f} {cpu:7.1f} {self.queries:8} {self.size:8}"
        )


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
