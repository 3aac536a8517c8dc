"""How fast are runs? `python -m bench.runs [runs] [waiting]`, on the database of DATABASE_URL or a throw-away SQLite.
`CONNECTIONS=40` drives on 40 accounts instead of 10, which have that many runs at a time.

A real web server answers as the sandbox, real worker processes drive. A scratch team is made and removed again.

- driven: a workflow of 10 actions, sandbox delay 0; with one worker, then with two
- waiting: so many runs that the service has not finished, one a connection, in one worker: how late it looks
- large: a completion with 10,000 item results, made ready and stored

Processor time is told for each process without its start-up: on a machine with few cores their sum is the limit.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, ".")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "editor.settings")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="trellis-bench-"))
PORT = os.environ.setdefault("PORT", "8019")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402

call_command("migrate", verbosity=0)

from django.conf import settings  # noqa: E402
from django.db import connection as database  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts import services as accounts  # noqa: E402
from accounts.models import Connection, Kind, Team, User, client_key_of  # noqa: E402
from editor import catalog  # noqa: E402
from editor.lib.ids import new_id  # noqa: E402
from editor.runs import policy, services, transitions  # noqa: E402
from editor.runs.models import Act, ActionResult, Run, RunOutcome  # noqa: E402
from editor.runs.results import outcome  # noqa: E402
from editor.runs.workers import storing  # noqa: E402
from editor.sandbox import services as sandbox  # noqa: E402
from editor.sandbox.models import SandboxAccount  # noqa: E402
from editor.workflows import services as workflows  # noqa: E402

CONNECTIONS = int(os.environ.get("CONNECTIONS", "10"))
LATE = policy.LOOK_EVERY * 1.1
TEN_ACTIONS = [
    {
        "actionType": "st.openPersonPage",
        "personUrl": f"https://www.linkedin.com/in/example-person-{i}",
        "basicInfo": True,
        "then": [
            {"actionType": "st.retrievePersonExperience"},
            {"actionType": "st.retrievePersonSkills"},
            {"actionType": "st.checkConnectionStatus"},
            {"actionType": "st.sendMessage", "text": "Hello"},
        ],
    }
    for i in range(2)
]
TICKS = os.sysconf("SC_CLK_TCK")


def set_up(name: str) -> tuple[Team, list]:
    user = accounts.create_user_with_team(
        email=f"{name}@example.com", password=new_id(24), name=name, team_name=name
    )
    team = Team.objects.get(memberships__user=user)
    for number in range(CONNECTIONS - 1):
        accounts.add_sandbox(team=team, actor=user, name=f"Account {number}")
    connections = list(team.connections.all())
    tokens = [connection.identification_token for connection in connections]
    SandboxAccount.objects.filter(identification_token__in=tokens).update(dials={"delay": 0})
    return team, connections


def tear_down(team: Team, name: str) -> None:
    for model in (ActionResult, Act, RunOutcome):
        model.objects.filter(run__team=team).delete()
    Run.objects.filter(team=team).delete()
    team.workflows.all().delete()
    User.objects.filter(email=f"{name}@example.com").update(is_active=False)


# --- Processes ---------------------------------------------------------------------------------


def start(*command: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, *command], env=os.environ | {"LOG_LEVEL": "ERROR"})


def cpu(pids: list[int]) -> float:
    """Seconds of processor time of processes and the children that they still have."""
    seconds = 0.0
    for pid in {*pids, *(child for parent in pids for child in children(parent))}:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        seconds += (int(fields[11]) + int(fields[12])) / TICKS
    return seconds


def children(pid: int) -> list[int]:
    try:
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
    except OSError:
        return []


def servers() -> list[int]:
    """The database's processes that serve us, when it is PostgreSQL on this machine."""
    if database.vendor != "postgresql":
        return []
    with database.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return [pid for (pid,) in cursor.fetchall()]


def used_by(web: subprocess.Popen, driving: list[subprocess.Popen]) -> dict[str, float]:
    """Seconds of processor time so far; of the database's connections that are there now."""
    pids = {"web": [web.pid], "workers": [each.pid for each in driving], "database": servers()}
    return {name: cpu(each) for name, each in pids.items()}


def tidy() -> None:
    """As a database that looks after itself is (autovacuum); some have that switched off."""
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")


def memory(pid: int) -> float:
    """Resident megabytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def running(workers: int) -> Iterator[tuple[subprocess.Popen, list[subprocess.Popen]]]:
    """A web server and workers that have begun."""
    with socket.socket() as asking:
        if asking.connect_ex(("127.0.0.1", int(PORT))) == 0:
            sys.exit(f"Something answers on port {PORT} already; name another one: PORT=…")
    web = start(
        "-m", "granian", "editor.wsgi:application", "--interface", "wsgi", "--port", PORT,
        "--blocking-threads", str(settings.WEB_THREADS), "--no-ws", "--log-level", "error",
    )  # fmt: skip
    driving = [start("manage.py", "worker") for _ in range(workers)]
    try:
        time.sleep(5)
        yield web, driving
    finally:
        for process in (web, *driving):
            process.terminate()
        for process in (web, *driving):
            process.wait()


# --- What is measured --------------------------------------------------------------------------


def driven(team: Team, connections: list[Connection], count: int, workers: int) -> None:
    workflow = workflows.import_wire(
        team, actor=None, name="Ten actions", source=json.dumps(TEN_ACTIONS)
    )
    held = timezone.now() + timedelta(days=1)
    began = time.perf_counter()
    for number in range(count):
        services.start_run(
            workflow,
            connection=connections[number % CONNECTIONS],
            actor=None,
            submit_key=new_id(),
        )
    queued = time.perf_counter() - began
    mine = Run.objects.filter(workflow=workflow)
    mine.update(next_look_at=held)
    tidy()
    with running(workers) as (web, driving):
        before = used_by(web, driving)
        mine.update(next_look_at=timezone.now())
        while mine.filter(state="completed").count() < count:
            time.sleep(0.2)
        used = {name: each - before[name] for name, each in used_by(web, driving).items()}
    first = mine.earliest("submitted_at").submitted_at
    span = (mine.latest("finished_at").finished_at - first).total_seconds()
    print(f"driven by {workers} worker(s), {CONNECTIONS} accounts: {count / span:.1f} runs/s")
    print(f"  queued before by services.start_run: {count / queued:.1f} runs/s")
    each = [f"{name} {seconds / count * 1000:.1f} ms" for name, seconds in used.items() if seconds]
    print(f"  processor time per run: {', '.join(each)}")
    cores = sum(used.values()) / span
    print(f"  together {cores:.1f} of {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")


def waiting(team: Team, count: int) -> None:
    """Runs that the service has in hand; nothing of theirs ends while we watch."""
    workflow = workflows.import_wire(team, actor=None, name="Long", source=json.dumps(TEN_ACTIONS))
    now = timezone.now()
    for number in range(count):
        account = sandbox.create_account(f"Waiting {number}")
        account.dials = {"delay": 24 * 3600}
        account.save(update_fields=["dials"])
        token = account.client.linked_api_token
        connection = Connection.objects.create(
            team=team, name=f"Waiting {number}", kind=Kind.SANDBOX, linked_api_token=token,
            identification_token=account.identification_token, client_key=client_key_of(Kind.SANDBOX, token),
        )  # fmt: skip
        run = services.start_run(workflow, connection=connection, actor=None, submit_key=new_id())
        remote = sandbox.start(account, json.dumps(TEN_ACTIONS).encode(), now)
        Run.objects.filter(pk=run.pk).update(
            state="waiting", holds_queue=True, remote_id=remote.remote_id, looks=10, accepted_at=now,
            next_look_at=now + timedelta(seconds=5 + number / count * policy.LOOK_EVERY),
        )  # fmt: skip
    mine = Run.objects.filter(workflow=workflow)
    with running(1) as (web, [worker]):
        time.sleep(15)
        looks, used = sum(mine.values_list("looks", flat=True)), cpu([worker.pid])
        worst, began, size = 0.0, time.perf_counter(), 0.0
        while time.perf_counter() - began < 20:
            late = timezone.now() - mine.earliest("next_look_at").next_look_at
            worst, size = max(worst, late.total_seconds()), max(size, memory(worker.pid))
            time.sleep(0.25)
        looks = sum(mine.values_list("looks", flat=True)) - looks
        used, web_used = cpu([worker.pid]) - used, cpu([web.pid])
    span = time.perf_counter() - began
    print(f"{count} runs waiting remotely in one worker: {looks / span:.0f} looks/s")
    interval = f"every {policy.LOOK_EVERY:.0f} s"
    print(f"  {interval}, at most {max(worst, 0) + LATE:.1f} s apart; {size:.0f} MB of memory")
    print(f"  worker {used / span:.2f} of a core; web {web_used:.0f} s of processor time in all")


def large(team: Team, connection: Connection) -> None:
    """A search that found 10,000 people, each with a page that was opened."""
    source = [{
        "actionType": "st.searchPeople", "term": "engineer",
        "then": {"actionType": "st.doForPeople", "then": {"actionType": "st.openPersonPage", "basicInfo": True}},
    }]  # fmt: skip
    workflow = workflows.import_wire(team, actor=None, name="Large", source=json.dumps(source))
    run = services.start_run(workflow, connection=connection, actor=None, submit_key=new_id())
    person = {"name": "Ana Example", "headline": "Engineer at Example", "location": "Lisbon"}
    items = [
        person | {
            "publicUrl": f"https://www.linkedin.com/in/example-{number}",
            "then": {"actionType": "st.openPersonPage", "success": True, "data": person},
        }
        for number in range(10_000)
    ]  # fmt: skip
    completion = [{"actionType": "st.searchPeople", "success": True, "data": items}]
    run = Run.objects.select_related("plan", "connection").get(pk=run.pk)
    transitions.claim_start(run, "bench", timezone.now())
    began, used = time.perf_counter(), time.process_time()
    stored = outcome.prepare(run.pk, outcome.tree_of(run.plan), completion, catalog.default())
    prepared = time.perf_counter() - began
    storing.store([(run, stored)], timezone.now())
    took, used = time.perf_counter() - began, time.process_time() - used
    rows = run.results.count()
    print(f"a completion with {rows - 1} item results: {took:.2f} s ({prepared:.2f} s to prepare)")
    print(f"  {used:.2f} s of processor time")


def main(count: int, remotely: int) -> None:
    name = f"bench-{new_id(6).lower()}"
    team, connections = set_up(name)
    print(f"{database.vendor}, {settings.RUN_DRIVER}")
    try:
        large(team, connections[0])
        for workers in (1, 2):
            driven(team, connections, count, workers)
        waiting(team, remotely)
    finally:
        tear_down(team, name)


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 500,
        int(sys.argv[2]) if len(sys.argv) > 2 else 2000,
    )
