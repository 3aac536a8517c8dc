"""Results tables: pages and files.

    GET /t/<team>/runs/<id>/table             of_run        the rows of one run
    GET /t/<team>/workflows/<id>/table        of_workflow   of a workflow's runs: `last` or `from` and `to` (`scopes`)
    GET /t/<team>/table?run=ID&run=ID         of_chosen     of some runs, or with batch=ID of those of a batch; without
                                                            either, tables.html: which tables there are
    GET the same with .csv, .xlsx or .json    ..._file      exactly what the page with that query shows, all of it

Each takes the query of `asking`, and `cursor`. `table.html` gets `sheet` (Sheet).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from accounts import access, audit
from accounts.access import Access
from editor.lib.htmx import Request
from editor.lib.paging import BadCursor
from editor.review import (
    asking,
    columns,
    drawing,
    exporting,
    queries,
    row_units,
    scopes,
    table_rows,
)
from editor.review.asking import Asked, BadQuestion
from editor.review.cells import STATES, state_in_words
from editor.review.columns import Shown
from editor.review.scopes import Scope
from editor.review.table_rows import Source
from editor.runs import privacy
from editor.runs.models import Run, RunOutcome
from editor.runs.opening import render, workflow_of
from editor.runs.results import row_filling
from editor.runs.results.rows import is_identity


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column. `sort`: where a click leads, "" when it cannot be sorted; `order`: of aria-sort."""

    column: Shown
    sort: str
    order: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in words, and the same question without it."""

    text: str
    without: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page shows. `kept`: hidden fields for the form of each control, all that it does not set itself."""

    scope: Scope
    asked: Asked
    heads: Sequence[Head]
    every: Sequence[Shown]
    rows: Sequence[SafeString]
    chips: Sequence[Chip]
    count: int
    is_more: bool
    next: str
    unprepared: int
    unit: str
    units: Sequence[tuple[str, str, bool]]
    onces: Sequence[tuple[str, str, bool]]
    keeps: Sequence[tuple[str, str, bool]]
    lasts: Sequence[tuple[int, str, bool]]
    spans: Sequence[tuple[int, str, bool]]
    files: Sequence[tuple[str, str]]
    kept: dict[str, list[tuple[str, str]]]
    own_columns: str

    @property
    def many(self) -> bool:
        """Whether rows of more than one run can be in it."""
        return self.scope.run is None

    @property
    def span(self) -> int:
        """Of so many last days; 0 when it is not."""
        return next((days for days, _, now in self.spans if now), 0)

    @property
    def shown(self) -> set[str]:
        return {head.column.id for head in self.heads}


# --- Addresses ---------------------------------------------------------------------------------


@require_GET
def of_run(request: Request, slug: str, run: str) -> HttpResponse:
    seat = access.team(request, slug)
    return _page(request, seat, scopes.of_run(seat, run))


@require_GET
def of_workflow(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat = access.team(request, slug)
    return _page(request, seat, _of_workflow(request, seat, workflow))


@require_GET
def of_chosen(request: Request, slug: str) -> HttpResponse:
    seat = access.team(request, slug)
    if not {"run", "batch"} & request.GET.keys():
        context = {"team": seat.team, "workflows": queries.workflows_that_ran(seat.team)}
        return render(request, "review/tables.html", context)
    return _page(request, seat, _of_chosen(request, seat))


@require_GET
def run_file(request: Request, slug: str, run: str, ending: str) -> HttpResponseBase:
    seat = access.team(request, slug)
    return _file(request, seat, scopes.of_run(seat, run), ending)


@require_GET
def workflow_file(request: Request, slug: str, workflow: str, ending: str) -> HttpResponseBase:
    seat = access.team(request, slug)
    return _file(request, seat, _of_workflow(request, seat, workflow), ending)


@require_GET
def chosen_file(request: Request, slug: str, ending: str) -> HttpResponseBase:
    seat = access.team(request, slug)
    return _file(request, seat, _of_chosen(request, seat), ending)


def _of_workflow(request: Request, seat: Access, public_id: str) -> Scope:
    try:
        return scopes.of_workflow(seat, workflow_of(seat, public_id), request.GET)
    except BadQuestion as error:
        raise Http404(str(error)) from error


def _of_chosen(request: Request, seat: Access) -> Scope:
    try:
        return scopes.of_chosen(seat, request.GET)
    except BadQuestion as error:
        raise Http404(str(error)) from error


# --- What they answer --------------------------------------------------------------------------


def _page(request: Request, seat: Access, scope: Scope) -> HttpResponse:
    unprepared = _prepare(scope.runs)
    source, asked, shown = _question(scope, request.GET)
    try:
        cursor = request.GET.get("cursor", "")
        found = table_rows.page(source, asked, cursor)
    except BadCursor as error:
        raise Http404("There is no such page of this table.") from error
    on_page = set() if scope.run else {row.run_id for row in found.rows}
    runs = {run.pk: (run, _called(scope, run)) for run in scope.runs if run.pk in on_page}
    sheet = Sheet(
        scope=scope, asked=asked, heads=_heads(scope, asked, shown), every=source.columns,
        rows=[drawing.row(row, shown, scope.hides_of(row.run_id), runs, seat.team.slug) for row in found.rows],
        chips=_chips(scope, asked, source.columns), count=found.count, is_more=found.is_more,
        next=found.next,
        unprepared=unprepared, unit=source.units.words, units=_units(scope, source, asked, shown),
        onces=_onces(scope, asked, source.columns),
        keeps=_keeps(scope, asked), lasts=_lasts(scope, asked), spans=_spans(scope, asked),
        files=_files(request, scope, asked), kept=_kept(scope, asked),
        own_columns=_link(scope, asked.but(columns=())),
    )  # fmt: skip
    context = {
        "team": seat.team, "sheet": sheet, "run": scope.run, "workflow": scope.workflow,
        "may_build": seat.may_build, "may_uncover": seat.may(seat.team.uncover_for),
        "ops": asking.OPS.items(), "states": sorted({state_in_words(each) for each in STATES}, key=str.casefold),
    }  # fmt: skip
    return render(request, "review/table.html", context)


def _file(request: Request, seat: Access, scope: Scope, ending: str) -> HttpResponseBase:
    if ending not in exporting.FORMATS:
        raise Http404("There is no such file: it is a CSV, XLSX or JSON.")
    while _prepare(scope.runs):
        pass
    source, asked, shown = _question(scope, request.GET)
    _, content_type, made = exporting.FORMATS[ending]
    runs = {} if scope.run else {run.pk: _called(scope, run, "Y-m-d H:i") for run in scope.runs}
    every, head = table_rows.every(source, asked), "Row" if scope.batch else "Run"
    table = exporting.Table(shown, every, scope.hides_of, runs, head)
    # The log is for others than those who may see addresses, and one may have been searched for.
    query = privacy.text(request.GET.urlencode(), privacy.hides_from_somebody(seat.team))
    audit.record(
        seat.team, seat.user, "results.downloaded", scope.name,
        format=ending, runs=len(scope.runs), query=query[:500],
        **{"uncovered": len(scope.uncovered)} if scope.uncovered else {},
    )  # fmt: skip
    answer = StreamingHttpResponse(made(table), content_type=content_type)
    answer["Content-Disposition"] = content_disposition_header(True, _file_name(scope, ending))
    return answer


def _question(scope: Scope, form: QueryDict) -> tuple[Source, Asked, list[Shown]]:
    """And the columns that are shown: with those to sort by, they decide what a row is."""
    every = columns.all_of(columns.of_runs(scope.runs), scope.choice, scope.hides)
    known = columns.by_id(every)
    try:
        asked = asking.read(form, known)
    except BadQuestion as error:
        raise Http404(str(error)) from error
    shown = columns.shown_of(every, scope.choice, asked.columns)
    if not asked.columns and any(known[each.by].kind == "state" for each in asked.filters):
        shown = columns.with_states(shown, every)
    used = [*shown, *(known[each] for each in (asked.by, asked.per) if each)]
    levels = columns.levels_of(scope.runs)
    units = row_units.of(levels, every, [each.column.level for each in used])
    source = Source(scope.runs, every, scope.hides, units, scope.uncovered, scope.numbers)
    return source, asked, shown


def _prepare(runs: Sequence[Run]) -> int:
    """Rows for runs from before there were any. Returns how many still have none."""
    without = [run for run in runs if run.outcome.rows is None]
    if not without:
        return 0
    left = row_filling.fill(without)
    made = RunOutcome.objects.filter(pk__in=[run.pk for run in without]).values_list("pk", "rows")
    counts = dict(made)
    for run in without:
        run.outcome.rows = counts.get(run.pk)
    return left


def _file_name(scope: Scope, ending: str) -> str:
    at = timezone.localtime(scope.run.created_at if scope.run else None)
    return f"{slugify(scope.name)[:80] or 'results'}-{at:%Y-%m-%d}.{ending}"


def _called(scope: Scope, run: Run, moment: str = "j M, H:i") -> str:
    """What the column of the run says: when it started, or its row in the table of the batch."""
    number = scope.numbers.get(run.pk)
    return str(number) if number else formatted(timezone.localtime(run.created_at), moment)


# --- Controls ----------------------------------------------------------------------------------


def _link(scope: Scope, asked: Asked) -> str:
    return asking.query([*scope.pairs, *asked.pairs()])


def _heads(scope: Scope, asked: Asked, shown: Sequence[Shown]) -> list[Head]:
    orders = {asked.by: "descending" if asked.descending else "ascending"}
    return [
        Head(
            column,
            "" if column.hidden else _link(scope, asked.sorted_by(column.id)),
            orders.get(column.id, ""),
        )
        for column in shown
    ]


def _chips(scope: Scope, asked: Asked, every: Sequence[Shown]) -> list[Chip]:
    heads = columns.by_id(every)
    chips = [
        Chip(
            f"{heads[each.by].head} {asking.OPS[each.op]} {each.value}".strip(),
            _link(scope, asked.without(number)),
        )
        for number, each in enumerate(asked.filters)
    ]
    if asked.search:
        chips.insert(0, Chip(f"“{asked.search}”", _link(scope, asked.but(search=""))))
    return chips


def _units(
    scope: Scope, source: Source, asked: Asked, shown: Sequence[Shown]
) -> list[tuple[str, str, bool]]:
    """(words, link, is it so) of what a row may be; [] when there is no choice. The link chooses the columns."""
    levels = columns.levels_of(scope.runs)
    found = []
    for words, used, ids in row_units.choices(levels, source.columns, shown):
        sort = asked.sort if asked.by in ids else ""
        per = asked.per if asked.per in ids else ""
        link = _link(scope, asked.but(columns=tuple(ids), sort=sort, per=per))
        found.append((words, link, used == source.units.used))
    return found if len(found) > 1 else []


def _onces(scope: Scope, asked: Asked, every: Sequence[Shown]) -> list[tuple[str, str, bool]]:
    """(words, link, is it so) of what is done about doubles: all stay, or or one row per address."""
    once = asked.once or "newest"
    choices = [("With doubles", "", ""), ("Without doubles", once, "")]
    addresses = [each for each in every if is_identity(each.column) and not each.hidden]
    addresses = [each for each in addresses if each.kind == "url"]
    choices += [(f"Without doubles by {each.head}", once, each.id) for each in addresses]
    return [
        (words, _link(scope, asked.but(once=once, per=per)), (asked.once, asked.per) == (once, per))
        for words, once, per in choices
    ]


def _keeps(scope: Scope, asked: Asked) -> list[tuple[str, str, bool]]:
    """Which of the doubles is kept, where there is more than one run."""
    if scope.run or not asked.once:
        return []
    return [
        (f"Keep the {once}", _link(scope, asked.but(once=once)), asked.once == once)
        for once in asking.ONCE
    ]


def _lasts(scope: Scope, asked: Asked) -> list[tuple[int, str, bool]]:
    chosen = scope.run or scope.batch or any(name == "run" for name, _ in scope.pairs)
    if scope.workflow is None or chosen:
        return []
    return [
        (last, asking.query([("last", str(last)), *asked.pairs()]), last == scope.last)
        for last in scopes.LASTS
    ]


def _spans(scope: Scope, asked: Asked) -> list[tuple[int, str, bool]]:
    """(days, link, is it so) of the last days, today among them."""
    found = []
    for days in scopes.SPANS:
        since = str(timezone.localdate() - timedelta(days=days - 1))
        link = asking.query([("from", since), *asked.pairs()])
        found.append((days, link, (scope.since, scope.until) == (since, "")))
    return found


def _files(request: Request, scope: Scope, asked: Asked) -> list[tuple[str, str]]:
    return [
        (name, f"{request.path}.{ending}{_link(scope, asked)}")
        for ending, (name, _, _) in exporting.FORMATS.items()
    ]


def _kept(scope: Scope, asked: Asked) -> dict[str, list[tuple[str, str]]]:
    runs = list(scope.pairs)
    return {
        "search": runs + asked.but(search="").pairs(),
        "filter": runs + asked.pairs(),
        "columns": runs + asked.but(columns=()).pairs(),
        "days": asked.pairs(),
    }


def address_of_runs(slug: str, runs: Sequence[Run], search: str) -> str:
    """The table of some runs together; of the rows that say what was searched for, if any does."""
    pairs = [("run", run.public_id) for run in runs]
    if search and table_rows.holds(runs, search):
        pairs.append(("search", search))
    return reverse("review:runs_table", args=[slug]) + asking.query(pairs)
