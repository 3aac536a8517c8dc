"""Pages of charts. T is `/t/<team>/charts`, of the whole team, or `W/charts`, of one workflow.

GET  T          charts         charts.html; `?days=30` or `?from=`, `?to=` (days); `?account=`: for what was used
GET  T/use      charts_use     charts.html#use: what was used, with the limits, which the service is asked for
GET  limits/ID  limits_of      limits.html, for a connection's own page and for forms that start runs
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import access
from accounts.access import Access
from editor import catalog
from editor.lib.htmx import Request
from editor.review import charts, daily, limits
from editor.review.days import day
from editor.runs.opening import render, workflow_of
from editor.workflows.models import Workflow

SPANS: Final = {7: "7 days", 30: "30 days", 90: "90 days", 365: "a year"}
LONGEST: Final = 366


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last day, both included. `days`: the key of SPANS that it is, 0 for another one."""

    first: date
    last: date
    days: int = 0


def span_of(request: Request, today: date) -> Span:
    """What the address asks for; whatever makes no sense is the last 30 days. A year at most: later days count."""
    first, last = day(request.GET.get("from", "")), day(request.GET.get("to", ""))
    if first and last and first <= last:
        return Span(max(first, last - timedelta(days=LONGEST - 1)), last)
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, SPANS) else 30
    return Span(today - timedelta(days=days - 1), today, days)


@require_GET
def of_team(request: Request, slug: str) -> HttpResponse:
    seat = access.team(request, slug)
    return render(request, "review/charts.html", _page(request, seat, None))


@require_GET
def of_workflow(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat = access.team(request, slug)
    found = workflow_of(seat, workflow)
    return render(request, "review/charts.html", _page(request, seat, found))


@require_GET
def use(request: Request, slug: str) -> HttpResponse:
    """Limits are of accounts, so this part is of the team alone."""
    seat = access.team(request, slug)
    account = request.GET.get("account", "")
    standings = limits.of(seat.team)
    shown = [each for each in standings if account in ("", each.connection.public_id)]
    context = _page(
        request, seat, None, {id_: n for id_ in _categories() if (n := _allowed(shown, id_))}
    )
    return render(request, "review/charts.html#use", context | {"standings": shown})


@require_GET
def limits_of(request: Request, slug: str, connection: str) -> HttpResponse:
    """How much of an account's limits is used up; `?CATEGORY=NUMBER`: what a run would add at most."""
    seat = access.team(request, slug)
    found = seat.team.connections.filter(public_id=connection.replace("\0", "")).first()
    if found is None:
        raise Http404("There is no such connection.")
    [standing] = limits.standings([found])
    adds = {name: _number(request.GET[name]) for name in _categories() if name in request.GET}
    context = {"standing": standing, "lines": limits.lines(standing, adds), "asked_for": adds}
    return render(request, "review/limits.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _categories() -> list[str]:
    return list(catalog.default().limit_categories)


def _allowed(standings: list[limits.Standing], category: str) -> int | None:
    """How much a day allows on all of these accounts; None when one of them has no such limit."""
    found = [each.daily(category) for each in standings]
    return sum(n for n in found if n is not None) if found and None not in found else None


def _page(
    request: Request, seat: Access, workflow: Workflow | None, allowed: dict[str, int] | None = None
) -> dict[str, Any]:
    span = span_of(request, datetime.now(UTC).date())
    days = daily.between(seat.team, workflow, span.first, span.last)
    total, facts = daily.total(days), catalog.default()
    account = request.GET.get("account", "")
    connections = list(seat.team.connections.order_by("name", "pk")) if workflow is None else []
    return {
        "team": seat.team,
        "workflow": workflow,
        "span": span,
        "spans": SPANS,
        "outcomes": charts.outcomes(days, span.first, span.last),
        "success": charts.success(total, facts),
        "times": charts.times(total),
        "uses": charts.uses(days, span.first, span.last, facts, allowed or {}, account),
        "account": account,
        "connections": connections,
        "asked": allowed is not None,
        "now": timezone.now(),
    }
