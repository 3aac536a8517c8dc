"""How Trellis does, for Prometheus: GET /metrics with `Authorization: Bearer METRICS_TOKEN`.

Counts and ages only: no names, no addresses, nothing of what teams do. The number of queries is always the same.
"""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from editor.lib.prometheus import CONTENT_TYPE, Metric, text
from editor.runs import queries as runs
from editor.runs.models import State


@login_not_required
@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """404 without a METRICS_TOKEN in the settings, 401 for whoever does not know it."""
    if not settings.METRICS_TOKEN:
        raise Http404("Metrics are off: set METRICS_TOKEN.")
    given = request.headers.get("Authorization", "")
    if not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        answer = HttpResponse("Say Authorization: Bearer METRICS_TOKEN\n", "text/plain", 401)
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    now = timezone.now()
    return HttpResponse(text([*_runs(now), *_connections(now), *_workers(now)]), CONTENT_TYPE)


def _runs(now: datetime) -> list[Metric]:
    standing = Metric("trellis_runs", "gauge", "Runs that have not ended, by state.")
    late = Metric(
        "trellis_look_late_seconds", "gauge", "How late the latest look at a run that was sent is."
    )
    waiting = Metric(
        "trellis_queue_oldest_seconds", "gauge", "How long the oldest queued run waits."
    )
    found = runs.under_way()
    for state in (State.QUEUED, State.SUBMITTING, State.WAITING):
        standing.add(found[state].count if state in found else 0, state=state)
    standing.add(runs.uncertain(), state=State.UNCERTAIN)
    due = [found[state].first_look for state in found if state != State.QUEUED]
    late.add(max([0.0, *((now - at).total_seconds() for at in due)]))
    waiting.add(_age(runs.oldest_queued(), now) or 0)
    return [standing, late, waiting]


def _connections(now: datetime) -> list[Metric]:
    hold = Metric(
        "trellis_connections_on_hold", "gauge", "Accounts whose queue waits for a person."
    )
    hold.add(runs.on_hold())
    taken = Metric("trellis_webhooks_total", "counter", "Genuine webhooks taken, repeats left out.")
    heard = Metric(
        "trellis_webhook_last_seconds", "gauge", "How long ago the last webhook came in."
    )
    number, at = runs.last_webhook()
    taken.add(number)
    age = _age(at, now)
    if age is not None:
        heard.add(age)
    return [hold, taken, heard]


def _workers(now: datetime) -> list[Metric]:
    seen = Metric(
        "trellis_worker_seen_seconds", "gauge", "How long ago a worker showed that it lives."
    )
    kinds = {
        "starts": Metric("trellis_starts_total", "counter", "Starts sent, by what came of it."),
        "looks": Metric("trellis_looks_total", "counter", "Looks at runs, by what was seen."),
        "refusals": Metric(
            "trellis_refusals_total", "counter", "Starts that did not count, by why."
        ),
    }
    for worker in runs.workers():
        seen.add(_age(worker.seen_at, now) or 0, worker=worker.worker_id)
        for name, number in sorted(worker.counts.items()):
            what, _, how = name.partition(" ")
            if what in kinds:
                kinds[what].add(number, worker=worker.worker_id, result=how)
    return [seen, *kinds.values()]


def _age(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else max(0.0, (now - at).total_seconds())
