"""How fast are the pages that look back over many runs? `python bench/review.py [runs] [words of names of lines]`,
or `[runs] pairs` for every two filters of the list.

On the database of DATABASE_URL: on PostgreSQL one of its own, e.g.
`DATABASE_URL=postgres://postgres@127.0.0.1/trellis_review_bench` (made when it is not there), with 1,000,000 runs and
10,000,000 results; on SQLite in DATA_DIR, with a tenth of that. Seeding takes a while and is done once.

Prints for each page the time in the server (whole request: sign-in, queries, template), best, median and worst of
several; and of that, the CPU time of this process and of the database's (on PostgreSQL), and what the queries
took: the rest is what else runs on the machine.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

sys.path[:0] = [".", "bench"]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "editor.settings")
os.environ.setdefault("DATA_DIR", f"{tempfile.gettempdir()}/trellis-review-bench")
os.environ.setdefault("LOG_LEVEL", "ERROR")


def _make_database(url: str) -> None:
    """On PostgreSQL, when it is not there yet."""
    import psycopg

    parts = urlsplit(url)
    if not parts.scheme.startswith("postgres"):
        return
    server = urlunsplit(parts._replace(scheme="postgresql", path="/postgres"))
    with psycopg.connect(server, autocommit=True) as connection:
        name = parts.path.removeprefix("/")
        if not connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [name]
        ).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"')


_make_database(os.environ.get("DATABASE_URL", ""))

import django  # noqa: E402

django.setup()

import _review_list  # noqa: E402
import _seed  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection as database  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import Team  # noqa: E402

TIMES = 7
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)


class Asked:
    """Counts queries and the time that they took."""

    count, ms = 0, 0.0

    def __call__(self, execute: Callable, *args: object) -> object:
        began = time.perf_counter()
        try:
            return execute(*args)
        finally:
            self.count += 1
            self.ms += (time.perf_counter() - began) * 1000


def database_cpu() -> float:
    """Seconds that the process on PostgreSQL's side took until now, if it is on this machine; 0 on SQLite."""
    if database.vendor != "postgresql":
        return 0
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(name: str, act: Callable[[], object], target: float) -> None:
    """Print how long `act` takes, in milliseconds, beside its target."""
    act()
    took, here, asked, there = [], [], Asked(), database_cpu()
    for _ in range(TIMES):
        began, own = time.perf_counter(), time.process_time()
        with database.execute_wrapper(asked):
            act()
        took.append((time.perf_counter() - began) * 1000)
        here.append((time.process_time() - own) * 1000)
    there = (database_cpu() - there) * 1000 / TIMES
    middle = statistics.median(took)
    print(
        f"  {'ok  ' if middle <= target else 'SLOW'} {name:44} {min(took):7.1f} {middle:7.1f} {max(took):7.1f} ms"
        f"  (at most {target:.0f})  CPU {min(here):.0f} + {there:.0f} ms,"
        f" {asked.count // TIMES} queries {asked.ms / TIMES:.0f} ms",
        flush=True,
    )


def measure_pairs(client: Client, team: Team) -> None:
    """Print those pairs of filters that are slow, and the slowest: the better of two times, after one that warms up."""
    took = {}
    for name, address, target in _review_list.pairs(team):
        get = page(client, address)
        get()
        times = []
        for _ in range(2):
            began = time.perf_counter()
            get()
            times.append((time.perf_counter() - began) * 1000)
        took[name] = min(times)
        if took[name] > target:
            print(f"  SLOW {name} {took[name]:.1f} ms", flush=True)
    worst = max(took, key=took.__getitem__)
    middle = statistics.median(took.values())
    print(f"  {len(took)} pairs: median {middle:.1f} ms, slowest {took[worst]:.1f} ms ({worst})")


def signed_in(team: Team) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(team.memberships.order_by("pk").first().user)
    return client


def page(client: Client, address: str) -> Callable[[], object]:
    def get() -> object:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer

    return get


def main(runs: int, only: list[str]) -> None:
    from _review_charts import lines as of_charts
    from _review_run import lines as of_one_run
    from _review_table import files
    from _review_table import lines as of_tables

    call_command("migrate", verbosity=0)
    team = _seed.team() or _seed.seed(runs)
    client = signed_in(team)
    print(f"{database.vendor}: best, median and worst of {TIMES}")
    for name, address, target in [
        *_review_list.lines(team),
        *of_one_run(team),
        *of_tables(team),
        *of_charts(team),
    ]:
        if all(word in name for word in only):
            measure(name, page(client, address), target)
    if "pairs" in only:
        measure_pairs(client, team)
    if not only or "table" in only:
        files(client, team)


if __name__ == "__main__":
    count = (
        int(sys.argv[1])
        if len(sys.argv) > 1
        else 1_000_000
        if database.vendor == "postgresql"
        else 100_000
    )
    main(count, sys.argv[2:])
