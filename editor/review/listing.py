"""The list of runs.

GET  /t/<team>/runs                runs      list.html; filters as `filters` has them, `?cursor=`, `?top=`
GET  /t/<team>/review/news         news      list.html#news: how many runs came since `?top=`, and the rows that the
                                             page shows as moving (`?moving=`); 304 when nothing changed (HX-PTag)
GET  /t/<team>/review/filters      filters   filters.html: everything that can be chosen; a part of it for htmx
GET  /t/<team>/review/runs.csv     export    the list as a table, all pages of it

POST /t/<team>/review/saved        saved.save;  POST .../saved/<id> saved.change, and .../remove saved.remove
POST /t/<team>/review/bulk         bulk_pages.ask, and POST .../bulk/<verb> bulk_pages.do
"""

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import access
from accounts.access import Access
from accounts.models import Team
from editor.lib import paging
from editor.lib.htmx import Request
from editor.lib.paging import BadCursor
from editor.lib.sheets import harmless
from editor.review import filters as table
from editor.review import queries
from editor.review.selection import Selection
from editor.runs import privacy
from editor.runs.batches import queries as batch_queries
from editor.runs.models import Run
from editor.runs.opening import render
from editor.runs.words import explain, standing
from editor.workflows.models import Workflow

TABS = (
    ("", "All"),
    ("state=active", "Under way"),
    ("state=failed", "Failed"),
    ("came=failed", "With errors"),
    ("state=uncertain", "Not sure"),
    ("starred=yes", "Starred"),
)
NO_PAGE = "There is no such page of this list."


@require_GET
def runs(request: Request, slug: str) -> HttpResponse:
    """The team's runs, newest first."""
    seat = access.team(request, slug)
    chosen = selection_of(seat, request.GET)
    if (
        "not" in request.GET
    ):  # from the form of a filter; elsewhere it stands in the address as the list has it
        return redirect(f"{request.path}?{chosen.query}")
    top, cursor = request.GET.get("top", ""), request.GET.get("cursor", "")
    page = _or_404(lambda: queries.list_page(chosen, cursor=cursor, top=top))
    if not top and not cursor:
        top = paging.place_of(page.rows[0], "created_at") if page.rows else queries.now()
    context = {
        "team": seat.team,
        "page": page,
        "chosen": chosen,
        "cursor": cursor,
        "top": top,
        "tabs": TABS,
        "workflow": _workflow(seat, chosen),
        "batches": [] if chosen or cursor else batch_queries.under_way(seat.team),
    }
    context |= _lists(seat, chosen) | _rows(seat.team, page.rows, chosen, top)
    return render(request, "review/list.html", context)


def _workflow(seat: Access, chosen: Selection) -> Workflow | None:
    """The workflow whose runs these are, if there is one chosen: its next run begins here."""
    key = chosen.one("workflow")
    return Workflow.objects.filter(team=seat.team, public_id=key).first() if key else None


def _lists(seat: Access, chosen: Selection) -> dict[str, Any]:
    """The lists that are kept, and which of them is shown."""
    saved = queries.saved_filters(seat.team, seat.user)
    current = next((each for each in saved if each.query == chosen.query), None)
    return {
        "saved": saved,
        "current": current,
        "may_change": current and (current.owner_id == seat.user.pk or seat.may_manage),
        "keepable": chosen.query not in {query for query, _ in TABS},
    }


def _rows(team: Team, runs: Iterable[Run], chosen: Selection, top: str) -> dict[str, Any]:
    """What the table and its news need: rows with how they stand, and those that move by themselves."""
    rows = [(run, standing(run, team)) for run in runs]
    moving = [run for run, _ in rows if run.is_moving]
    return {
        "rows": rows,
        "onto": chosen.onto,
        "moving": ",".join(run.public_id for run in moving),
        "tag": _tag(0, moving),
        "top": top,
    }


@require_GET
def news(request: Request, slug: str) -> HttpResponse:
    """What changed since the page was made: one cheap query, and one more for rows that move."""
    seat = access.team(request, slug)
    chosen, top = selection_of(seat, request.GET), request.GET.get("top", "")
    count = _or_404(lambda: queries.count_of_news(chosen, top))
    asked = request.GET.get("moving", "")
    moved = queries.rows(seat.team, asked.split(",")) if asked else []
    tag = _tag(count, moved)
    if request.headers.get("HX-PTag") == tag:
        return HttpResponseNotModified()
    context = {"team": seat.team, "chosen": chosen, "count": count, "many": queries.NEWS_AT_MOST}
    rows = _rows(seat.team, moved, chosen, top)
    answer = render(request, "review/list.html#news_and_rows", context | rows | {"tag": tag})
    answer["HX-PTag"] = tag
    return answer


def _tag(count: int, moving: Iterable[Run]) -> str:
    """Changes when what the page shows would."""
    facts = [
        (
            run.public_id,
            run.state,
            run.pending_reason,
            run.pending_message,
            run.failed_looks,
            bool(run.cancel_asked_at),
            run.connection.paused,
            run.done,
            run.failed,
        )
        for run in moving
    ]
    return hashlib.sha256(repr((count, facts)).encode("utf-8", "replace")).hexdigest()[:16]


@require_GET
def filters(request: Request, slug: str) -> HttpResponse:
    """Everything that the list can be narrowed to, or one filter (`?only=`), as links and small forms."""
    seat = access.team(request, slug)
    chosen = selection_of(seat, request.GET)
    only = table.BY_KEY.get(request.GET.get("only", ""))
    theirs = queries.choices(seat.team, chosen.one("workflow"))
    groups = [
        (each, found)
        for each in ([only] if only else table.TABLE)
        if (found := _choices(each, chosen, theirs))
    ]
    context = {
        "team": seat.team, "chosen": chosen, "groups": groups, "only": only, "today": timezone.localdate(),
    }  # fmt: skip
    part = "#choices" if request.htmx else ""
    return render(request, f"review/filters.html{part}", context)


def _choices(
    each: table.Filter, chosen: Selection, theirs: dict[str, list[tuple[str, str]]]
) -> list[dict[str, Any]]:
    """What a filter has to choose from; what is chosen and not there any more can be given up."""
    known = list(each.choices or theirs.get(each.key.removeprefix(table.NOT), []))
    if not known:
        return []
    values = chosen.values.get(each.key, ())
    among = {value for value, _ in known}
    for value, what in zip(values, chosen.chosen.get(each.key, ()), strict=True):
        if value not in among:
            known.append((value, what.words if what else "not there"))
    return [
        {
            "value": value,
            "words": words,
            "query": chosen.choosing(each.key, value),
            "on": value in values,
        }
        for value, words in known
    ]


# --- The list as a table -----------------------------------------------------------------------

COLUMNS: dict[str, Callable[[Run], Any]] = {
    "Run": lambda run: run.public_id,
    "State": lambda run: standing(run).word,
    "Workflow": lambda run: run.workflow_name,
    "Version": lambda run: run.version_number,
    "Started": lambda run: _moment(run.created_at),
    "Ended": lambda run: _moment(run.finished_at),
    "Seconds": lambda run: (
        (run.finished_at - run.created_at).total_seconds() if run.finished_at else ""
    ),
    "Started by": lambda run: run.get_origin_display(),
    "Person": lambda run: run.started_by_name,
    "Account": lambda run: run.connection.name,
    "Batch": lambda run: run.batch.public_id if run.batch else "",
    "Done": lambda run: run.done,
    "Failed": lambda run: run.failed,
    "Not reached": lambda run: run.not_reached,
    "Others can see": lambda run: run.acted,
    "Error": lambda run: explain(run.failure_reason).title if run.failure_reason else "",
    "Star": lambda run: "yes" if run.starred_at else "",
    "Note": lambda run: run.note,
}


def _moment(at: Any) -> str:
    return timezone.localtime(at).isoformat(sep=" ", timespec="seconds") if at else ""


@require_GET
def export(request: Request, slug: str) -> StreamingHttpResponse:
    """Every run of the snapshot, streamed."""
    seat = access.team(request, slug)
    chosen = selection_of(seat, request.GET)
    found = _or_404(lambda: queries.walk(chosen, request.GET.get("top", "")))
    return as_csv(found)


def as_csv(runs: Iterable[Run]) -> StreamingHttpResponse:
    """The columns of the list; times in the reader's zone, cells that no spreadsheet takes for a formula."""
    zone = timezone.get_current_timezone()  # the lines are written when the request is over

    def lines() -> Iterator[str]:
        write = csv.writer(_Echo()).writerow
        with timezone.override(zone):
            yield "\ufeff" + write(COLUMNS)  # the mark by which Excel knows UTF-8
            for run in runs:
                yield write([harmless(str(read(run))) for read in COLUMNS.values()])

    answer = StreamingHttpResponse(
        (line.encode("utf-8", "replace") for line in lines()),
        content_type="text/csv; charset=utf-8",
    )
    name = f"runs-{timezone.localdate():%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


# --- For the pages of this room ----------------------------------------------------------------


def selection_of(seat: Access, query: Any) -> Selection:
    return Selection.read(seat.team, query, privacy.hides_from(seat))


def _or_404(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except BadCursor as error:
        raise Http404(NO_PAGE) from error
