"""How many runs a second go from a queued row to stored results? `python bench/runs.py [runs] [seconds of delay]`

A real web server answers as the sandbox (delay 0), a real worker process drives: 10 connections, a
workflow of 10 actions, on the database of DATABASE_URL, or a throw-away one on SQLite (a scratch team
is made and removed again).
Prints runs per second, and where a run's time went.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, ".")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "editor.settings")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="trellis-bench-"))
PORT = os.environ.setdefault("PORT", "8019")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402

call_command("migrate", verbosity=0)

from django.db import connection as database  # noqa: E402

from accounts import services as accounts  # noqa: E402
from accounts.models import Team, User  # noqa: E402
from editor.lib.ids import new_id  # noqa: E402
from editor.runs import services  # noqa: E402
from editor.runs.models import ActionResult, Run  # noqa: E402
from editor.sandbox.models import SandboxAccount  # noqa: E402
from editor.workflows import services as workflows  # noqa: E402

CONNECTIONS = 10
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
    ActionResult.objects.filter(run__team=team).delete()
    Run.objects.filter(team=team).delete()
    team.workflows.all().delete()
    User.objects.filter(email=f"{name}@example.com").update(is_active=False)


def start(*command: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, *command], env=os.environ | {"LOG_LEVEL": "ERROR"})


def main(count: int, workers: int) -> None:
    name = f"bench-{new_id(6).lower()}"
    team, connections = set_up(name)
    workflow = workflows.import_wire(
        team, actor=None, name="Ten actions", source=json.dumps(TEN_ACTIONS)
    )
    began = time.perf_counter()
    for number in range(count):
        services.start_run(
            workflow,
            connection=connections[number % CONNECTIONS],
            actor=None,
            submit_key=new_id(),
        )
    queued = time.perf_counter() - began
    web = start(
        "-m", "granian", "editor.wsgi:application", "--interface", "wsgi", "--port", PORT,
        "--blocking-threads", "8", "--no-ws", "--log-level", "error",
    )  # fmt: skip
    processes = [web]
    try:
        time.sleep(3)
        processes += [start("manage.py", "worker") for _ in range(workers)]
        mine = Run.objects.filter(team=team)
        while mine.filter(state="completed").count() < count:
            time.sleep(0.1)
        ends = sorted(mine.values_list("finished_at", flat=True))
        starts = sorted(mine.values_list("submitted_at", flat=True))
        span = (ends[-1] - starts[0]).total_seconds()
        each = [
            (r.finished_at - r.submitted_at).total_seconds()
            for r in mine.only("finished_at", "submitted_at")
        ]
        rows = ActionResult.objects.filter(run__team=team).count()
        assert all(state == "completed" for state in mine.values_list("state", flat=True))
        print(f"{database.vendor}, {workers} worker(s), {CONNECTIONS} connections, sandbox delay 0")
        print(f"  queued: {count / queued:7.1f} runs/s through services.start_run")
        print(
            f"  driven: {count / span:7.1f} runs/s from the first start to the last stored result"
        )
        print(
            f"  a run:  {statistics.median(each) * 1000:7.1f} ms median, {max(each) * 1000:.0f} ms at most"
        )
        print(
            f"  stored: {rows} results; machine load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        )
    finally:
        for process in processes:
            process.terminate()
        for name_, process in zip(["web", *["worker"] * workers], processes, strict=True):
            usage = os.wait4(process.pid, 0)[2]
            seconds = usage.ru_utime + usage.ru_stime
            print(
                f"  {name_ + ':':7} {seconds / count * 1000:7.1f} ms of CPU per run, start-up included"
            )
        tear_down(team, name)


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 500, int(sys.argv[2]) if len(sys.argv) > 2 else 1
    )
