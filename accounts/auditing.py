"""The audit log: its page and its file. Rows come from `audit.record`, of all rooms."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import access, audit, queries
from accounts.models import AuditEvent, Team
from accounts.permissions import Can
from editor.lib import sheets
from editor.lib.agents import in_words
from editor.lib.htmx import Request
from editor.lib.paging import BadCursor, page

THINGS = (
    "team", "member", "invitation", "connection", "workflow", "version", "folder", "run", "results", "list", "batch",
    "schedule", "template", "link", "webhook", "person",
)  # fmt: skip
PAGES = {
    "run": "runs", "workflow": "workflows", "batch": "batches", "schedule": "schedules", "template": "templates",
}  # fmt: skip
"""Where the things are that are named by their keys, below the address of the team."""
HEADS = ("When (UTC)", "Who", "What", "To what", "More", "From", "With")


@dataclass(frozen=True, slots=True)
class Line:
    """An event on the page. `page`: of what it was done to, "" when that has none, or none any more; `others`: (what,
    page) of what else it tells of; `more`: the rest of it in words."""

    event: AuditEvent
    page: str
    others: Sequence[tuple[str, str]]
    more: str


class Filter(forms.Form):
    q = forms.CharField(required=False, max_length=200)
    thing = forms.ChoiceField(required=False, choices=[(thing, thing) for thing in THINGS])
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)


@require_GET
def show(request: Request, slug: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Can.AUDIT)
    form = Filter(request.GET)
    try:
        found = page(_filtered(seat.team, form), order="-at", cursor=request.GET.get("cursor", ""))
    except BadCursor as error:
        raise Http404("There is no such page of this list.") from error
    lines = [_line(event, seat.team) for event in found.rows]
    context = {
        "page": found,
        "lines": lines,
        "form": form,
        "things": THINGS,
        "narrowed": _narrowed(form),
    }
    return render(request, "accounts/audit.html", context, status=200 if form.is_valid() else 422)


@require_GET
def export(request: Request, slug: str) -> StreamingHttpResponse:
    """All that fits the filter, newest first, streamed; the record says that somebody took it."""
    seat = access.team(request, slug, at_least=Can.AUDIT)
    events = _filtered(seat.team, Filter(request.GET))
    audit.record(seat.team, seat.user, "team.audit_downloaded", seat.team.name)
    answer = StreamingHttpResponse(
        sheets.csv_lines(HEADS, _lines(events)), content_type="text/csv; charset=utf-8"
    )
    name = f"audit-{seat.team.slug}-{timezone.now():%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _line(event: AuditEvent, team: Team) -> Line:
    thing, _, done = event.verb.partition(".")
    pages = {
        key: f"/t/{team.slug}/{PAGES[key]}/{value}"
        for key, value in event.details.items()
        if key in PAGES and isinstance(value, str)
    }
    page = pages.pop(thing, "")
    return Line(event, "" if done == "deleted" else page, [*pages.items()], event.more_but(PAGES))


def _narrowed(form: Filter) -> bool:
    return any(form.cleaned_data.values()) if form.is_valid() else False


def _filtered(team: Team, form: Filter) -> QuerySet[AuditEvent]:
    """What fits; nothing for a filter that makes no sense, rather than everything."""
    events = queries.audit_of(team)
    if not form.is_valid():
        return events.none()
    asked: dict[str, Any] = form.cleaned_data
    for word in asked["q"].replace("\0", "").split():
        events = events.filter(
            Q(subject__icontains=word) | Q(actor_name__icontains=word) | Q(verb__icontains=word)
        )
    if asked["thing"]:
        events = events.filter(verb__startswith=asked["thing"])
    if asked["since"]:
        events = events.filter(at__gte=_begin(asked["since"]))
    if asked["until"]:
        events = events.filter(at__lte=_begin(asked["until"], time.max))
    return events


def _begin(day: date, clock: time = time.min) -> datetime:
    """That moment of the day in the reader's zone."""
    return timezone.make_aware(datetime.combine(day, clock))


def _lines(events: QuerySet[AuditEvent]) -> Iterator[list[str]]:
    for event in events.order_by("-at", "-pk").iterator(chunk_size=500):
        yield [
            f"{event.at:%Y-%m-%d %H:%M:%S}",
            event.actor_name,
            event.did,
            event.subject,
            event.more,
            event.ip or "",
            in_words(event.agent) if event.agent else "",
        ]
