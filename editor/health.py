"""Is the process up; is all it needs there. For load balancers and `make run`, without sign-in."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from editor.runs import queries as runs

WORKER_SEEN_WITHIN = timedelta(seconds=30)


@login_not_required
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every check holds, else 503; the body names each: `{"ready": false, "worker": "..."}`."""
    found = {name: check() for name, check in CHECKS.items()}
    ready = all(answer == "ok" for answer in found.values())
    return JsonResponse({"ready": ready} | found, status=200 if ready else 503)


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} not applied: run ./manage.py migrate" if waiting else "ok"


def worker() -> str:
    if runs.worker_seen(WORKER_SEEN_WITHIN):
        return "ok"
    return f"not seen for {WORKER_SEEN_WITHIN.seconds} s: start ./manage.py worker"


def guarded(check: Callable[[], str]) -> Callable[[], str]:
    """A check that says so when the database does not answer; details are for the log, not for strangers."""

    def answer() -> str:
        try:
            return check()
        except DatabaseError:
            return "the database does not answer"

    return answer


CHECKS = {check.__name__: guarded(check) for check in (database, migrations, worker)}
