"""Pages of batches: a workflow, run once for each row of a table. B is `/t/<team>/batches/<id>`.

GET, POST W/batch            new     W: a workflow's address. Paste or choose a table; POST makes a draft of it
GET  B                       show    batch_draft.html until it is started, then batch.html; `?show=` (a key of
                                     batch_queries.SHOWS), `?cursor=`; `?per_day=`, `?working_days=` as typed so far
GET  B/live                  live    batch.html#live: head and rows; 304 when nothing changed (HX-PTag)
POST B/do/<verb>             do      columns (`from.NAME`: a column's index, "value" or ""; `value.NAME`),
                                     names, no-names, skip-bad, discard; start (`confirmed`: batching.mark;
                                     `per_day`, `working_days`); pause, resume, stop
POST B/rows/<number>/<verb>  row     fix (`value.NAME`), skip, keep: of a draft
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import access, health
from accounts.access import Access
from accounts.models import Kind, Role, Team
from editor.lib.htmx import Request
from editor.lib.paging import BadCursor
from editor.runs import acting, privacy
from editor.runs.models import Batch, BatchRow, RowState
from editor.runs.opening import render, workflow_of
from editor.runs.privacy import Hides
from editor.runs.services import CannotRun, Refused
from editor.runs.words import Standing, standing
from editor.trees.effects import Amount
from editor.trees.inputs import Input, by_name
from editor.trees.nodes import MISSING
from editor.workflows import queries as workflows

from . import queries, reading, seen
from . import services as batching

SAMPLE = 40
_PACE = ("per_day", "working_days")


@dataclass(frozen=True, slots=True)
class Source:
    """Where an input gets its value: a column (with those that there are, as options), one value, or its default."""

    declared: Input
    options: tuple[tuple[int, str, bool], ...]
    fixed: str | None

    @property
    def has_default(self) -> bool:
        return self.declared.default is not MISSING


@dataclass(frozen=True, slots=True)
class Line:
    """A row on the page: its values in the order of the inputs, and how it stands."""

    row: BatchRow
    values: tuple[tuple[str, str], ...]
    standing: Standing


@require_http_methods(["GET", "POST"])
def new(request: Request, slug: str, workflow: str) -> HttpResponse:
    """Take a table in; what becomes of it is settled on the page of the draft."""
    seat = access.team(request, slug, at_least=Role.RUNNER)
    found = workflow_of(seat, workflow)
    connections = list(seat.connections)
    chosen = request.POST.get("connection") or (connections[0].public_id if connections else "")
    fault = ""
    if request.method == "POST":
        connection = seat.connections.filter(public_id=chosen.replace("\0", "")).first()
        try:
            if connection is None:
                raise Refused("Choose the account that it runs on.")
            made = batching.create(
                found, connection=connection, actor=seat.user, lines=_lines(request)
            )
            return redirect("runs:batch", slug, made.public_id)
        except (Refused, CannotRun, reading.Unreadable) as refusal:
            fault = str(refusal)
    context = {
        "team": seat.team, "workflow": found, "may_build": seat.may_build, "connections": connections, "chosen": chosen,
        "sandbox": Kind.SANDBOX, "fault": fault, "text": request.POST.get("text", ""),
        "inputs": list(by_name(workflows.tree_of(found).inputs or ()).values()),
        "most": reading.MAX_ROWS, "megabytes": reading.MAX_BYTES // 1_000_000,
    }  # fmt: skip
    return render(request, "runs/batch_new.html", context, status=422 if fault else 200)


def _lines(request: Request) -> list[reading.Line]:
    """The table that came: a file goes before what was pasted."""
    if file := request.FILES.get("file"):
        return reading.read(file.read(reading.MAX_BYTES + 1))
    return reading.read_text(request.POST.get("text", ""))


@require_GET
def show(request: Request, slug: str, batch: str) -> HttpResponse:
    """A draft to settle, or a batch to watch."""
    seat = access.team(request, slug)
    found = _batch(seat, batch)
    template = "runs/batch_draft.html" if found.is_draft else "runs/batch.html"
    return render(request, template, _page(request, seat, found))


@require_GET
def live(request: Request, slug: str, batch: str) -> HttpResponse:
    """How it stands now."""
    seat = access.team(request, slug)
    found = _batch(seat, batch)
    if request.headers.get("HX-PTag") == _tag(found, queries.counts(found)):
        return HttpResponseNotModified()
    context = _page(request, seat, found)
    answer = render(request, "runs/batch.html#live", context)
    answer["HX-PTag"] = context["tag"]
    return answer


@require_POST
def do(request: Request, slug: str, batch: str, verb: str) -> HttpResponse:
    """What is done with a batch as a whole."""
    seat = access.team(request, slug, at_least=Role.RUNNER)
    found = _batch(seat, batch)
    acts: dict[str, Callable[[], None]] = {
        "columns": lambda: batching.choose(found, dict(_sources(request, found))),
        "names": lambda: batching.name_columns(found, True),
        "no-names": lambda: batching.name_columns(found, False),
        "skip-bad": lambda: batching.skip(found),
        "discard": lambda: batching.discard(found),
        "start": lambda: _start(request, seat, found),
        "pause": lambda: batching.pause(found, actor=seat.user),
        "resume": lambda: batching.resume(found, actor=seat.user),
        "stop": lambda: batching.stop(found, actor=seat.user),
    }
    if verb not in acts:
        raise Http404("There is no such thing to do with a batch.")
    answer = _acted(request, seat, found, acts[verb])
    return redirect("review:runs", slug) if verb == "discard" and found.pk is None else answer


@require_POST
def row(request: Request, slug: str, batch: str, number: int, verb: str) -> HttpResponse:
    """What is done with one row of a draft."""
    seat = access.team(request, slug, at_least=Role.RUNNER)
    found = _batch(seat, batch)
    values = {
        name.removeprefix("value."): value.replace("\r\n", "\n")
        for name, value in request.POST.items()
        if name.startswith("value.") and isinstance(value, str)
    }
    acts: dict[str, Callable[[], None]] = {
        "fix": lambda: batching.mend(found, number, values),
        "skip": lambda: batching.skip(found, number),
        "keep": lambda: batching.keep(found, number),
    }
    if verb not in acts or not found.rows.filter(number=number).exists():
        raise Http404("There is no such row, or nothing like that to do with it.")
    return _acted(request, seat, found, acts[verb])


def _start(request: Request, seat: Access, batch: Batch) -> None:
    per_day = request.POST.get("per_day", "").strip()
    if per_day and not (per_day.isascii() and per_day.isdigit() and len(per_day) < 8):
        raise Refused("How many rows a day is a number, or empty for no limit.")
    batching.start(
        batch, actor=seat.user, confirmed=request.POST.get("confirmed", ""),
        per_day=int(per_day) if per_day else None,
        working_days="working_days" in request.POST,
    )  # fmt: skip


def _sources(request: Request, batch: Batch) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the form says of each input."""
    first = batch.rows.order_by("number").first()
    width = len(first.cells) if first else 0
    for name in by_name(batching.tree_of(batch).inputs or ()):
        chosen = request.POST.get(f"from.{name}", "")
        if chosen == "value":
            value = request.POST.get(f"value.{name}", "")[: reading.MAX_CELL]
            yield name, {"value": value.replace("\r\n", "\n")}
        elif chosen.isascii() and chosen.isdigit() and int(chosen[:4]) < width:
            yield name, {"column": int(chosen[:4])}


def _acted(request: Request, seat: Access, batch: Batch, act: Callable[[], None]) -> HttpResponse:
    """Back to the list that it was done from; what was refused stays as it was typed."""
    public_id = batch.public_id
    shows = request.POST.get("show", "")
    kept = {"show": shows} if shows in queries.SHOWS else {}
    try:
        if batch.is_draft and seen.hides_in(seat, batch):
            raise Refused(
                "Whoever made this batch settles it: part of its rows is hidden from you."
            )
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
        kept |= {name: request.POST[name][:8] for name in _PACE if request.POST.get(name)}
    answer = redirect("runs:batch", seat.team.slug, public_id)
    if kept:
        answer["Location"] += f"?{urlencode(kept)}"
    return answer


def _batch(seat: Access, public_id: str) -> Batch:
    try:
        return queries.batch(seat.team, public_id.replace("\0", ""))
    except Batch.DoesNotExist as error:
        raise Http404("There is no such batch in this team.") from error


# --- The page ----------------------------------------------------------------------------------


def _page(request: Request, seat: Access, batch: Batch) -> dict[str, Any]:
    counts = queries.counts(batch)
    shows = request.GET.get("show") or ("bad" if batch.is_draft and counts.bad else "all")
    if shows == "bad" and not counts.bad:  # the last one has just been mended
        shows = "all"
    if shows not in queries.SHOWS:
        raise Http404("There is no such part of a batch.")
    try:
        page = queries.rows(batch, show=shows, cursor=request.GET.get("cursor", ""))
    except BadCursor as error:
        raise Http404("There is no such page of these rows.") from error
    names, hides = _names(batch), seen.hides_in(seat, batch)
    values = seen.values(seat, batch, page.rows, hides)
    may_run = seat.may_run and not (batch.is_draft and hides)
    return {
        "barred": _barred(seat, batch) if batch.is_draft else "",
        "team": seat.team, "batch": batch, "counts": counts, "may_run": may_run, "hides": hides,
        "may_build": seat.may_build,
        "typed": {name: request.GET.get(name, "") for name in _PACE},
        "tag": _tag(batch, counts), "show": shows, "page": page, "names": names,
        "lines": [_line(*each, names, hides, batch) for each in zip(page.rows, values, strict=True)],
        "tabs": list(_tabs(counts, shows, batch.is_over)),
        "sources": list(_offered(batch)) if batch.is_draft and may_run else [],
        "mark": batching.mark(batch, counts), "acts": Amount(counts.acts, batch.endless),
        "trouble": batch.connection.trouble if batch.state == "running" else None,
        "wants_tokens": health.wants_tokens(batch.connection),
        "next_day": batch.next_at if batch.next_at > timezone.now() else None,
        "zone": batch.time_zone if not batch.is_draft else seat.user.time_zone,
    }  # fmt: skip


def _barred(seat: Access, batch: Batch) -> str:
    if batch.version is None or batch.workflow is None:
        return ""
    return acting.barred(batch.connection, seat.user, batching.tree_of(batch))


NEVER = "Never begun"
_TABS = (
    ("all", "All"),
    ("bad", "Bad"),
    ("waiting", "To run"),
    ("moving", "Running"),
    ("uncertain", "Not sure"),
    ("failed", "With errors"),
    ("cancelled", "Cancelled"),
    ("skipped", "Skipped"),
)


def _tabs(counts: queries.Counts, shows: str, over: bool) -> Iterator[tuple[str, str, int]]:
    """The parts that have rows, and the one that is shown."""
    for name, label in _TABS:
        if name in ("all", shows) or getattr(counts, name):
            never = over and name == "waiting"
            yield name, NEVER if never else label, getattr(counts, name)


def _names(batch: Batch) -> list[str]:
    """The inputs, in their order; those that the rows tell of when the workflow is gone."""
    if batch.version is None or batch.workflow is None:
        return list(batch.mapping)
    return list(by_name(batching.tree_of(batch).inputs or ()))


def _offered(batch: Batch) -> Iterator[Source]:
    if batch.version is None or batch.workflow is None:
        return
    first = batch.rows.order_by("number").first()
    cells = first.cells if first else []
    for name, declared in by_name(batching.tree_of(batch).inputs or ()).items():
        source = batch.mapping.get(name, {})
        options = tuple(
            (index, _column(batch, index, cell), source.get("column") == index)
            for index, cell in enumerate(cells)
        )
        yield Source(declared, options, source.get("value"))


def _column(batch: Batch, index: int, sample: str) -> str:
    """A column in words: its name, or what stands in it first."""
    name = batch.columns[index].strip() if index < len(batch.columns) else ""
    short = sample.strip()[:SAMPLE] + ("…" if len(sample.strip()) > SAMPLE else "")
    return f"{name} ({short})" if name and short else name or short or f"Column {index + 1}"


def _line(
    row: BatchRow, values: dict[str, str], names: list[str], hides: Hides, batch: Batch
) -> Line:
    shown = tuple((name, values.get(name, "")) for name in names)
    stands = _standing(row, batch.team, batch.is_over)
    return Line(row, shown, replace(stands, brief=privacy.text(stands.brief, hides)))


def _standing(row: BatchRow, team: Team, over: bool) -> Standing:
    match RowState(row.state):
        case RowState.RUN if row.run:
            return standing(row.run, team)
        case RowState.RUN:
            return Standing("cancelled", "Run deleted")
        case RowState.BAD:
            return Standing("failed", "Bad", brief=row.note)
        case RowState.SKIPPED:
            return Standing("cancelled", "Skipped", brief=row.note)
        case RowState.WAITING if over:
            return Standing("cancelled", NEVER, brief=row.note)
        case RowState.WAITING:
            return Standing("queued", "To run", brief=row.note)


def _tag(batch: Batch, counts: queries.Counts) -> str:
    """Changes when the page would."""
    facts = (batch.state, batch.held, batch.next_at, counts, batch.connection.error_type)
    return hashlib.sha256(repr(facts).encode("utf-8", "replace")).hexdigest()[:16]
