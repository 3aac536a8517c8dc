"""Acts on many runs: a page that says what would happen to how many, and the doing.

POST /t/<team>/review/bulk           ask   `verb`, and `run` (many) or `all` with `query` and `top`; bulk.html, or
                                           the selection as CSV for the verb `export`; for `table` a
                                           redirect to the results of them all, or to the rows in which is
                                           what the list was searched for
POST /t/<team>/review/bulk/<verb>    do    `runs`: the public ids that the page named, with commas between
"""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import access
from accounts.access import Access
from editor.lib.htmx import Request
from editor.lib.ids import new_id
from editor.lib.paging import BadCursor
from editor.review import bulk, queries
from editor.review.listing import NO_PAGE, as_csv, selection_of
from editor.review.scopes import MOST_RUNS
from editor.review.tables import address_of_runs
from editor.runs import services
from editor.runs.models import Run
from editor.runs.opening import render

MOST_KEY = 40


@require_POST
def ask(request: Request, slug: str) -> HttpResponseBase:
    """What it would do, to how many; nothing happens yet."""
    seat = access.team(request, slug)
    name = request.POST.get("verb", "")
    if name == "export":
        return as_csv(_exported(seat, request.POST))
    if name == "table":
        return _table(request, seat)
    verb = _verb(name)
    access.team(request, slug, at_least=verb.least)
    picked = _picked(seat, request.POST, verb.at_most + 1)
    runs, others = bulk.split(verb, picked)
    more = len(runs) + others > verb.at_most
    return _page(request, seat, name, runs[: verb.at_most], others=0 if more else others, more=more)


@require_POST
def do(request: Request, slug: str, verb: str) -> HttpResponse:
    """The same to exactly the runs that the page named; what has changed since is left alone."""
    what = _verb(verb)
    seat = access.team(request, slug, at_least=what.least)
    ids = request.POST.get("runs", "").split(",")[: what.at_most]
    runs, _ = bulk.split(what, seat.team.runs.filter(public_id__in=ids))
    if not runs:
        messages.info(request, "There was nothing left to do: these runs have changed meanwhile.")
        return redirect("review:runs", slug)
    if verb == "again":
        return _again(request, seat, runs)
    if verb == "cancel":
        done = bulk.cancel(runs, actor=seat.user)
        messages.success(
            request, f"{_runs(done)} cancelled. What was sent stops as soon as the service knows."
        )
        return _back(request, seat)
    try:
        done = bulk.delete(seat.team, runs, actor=seat.user)
    except services.Refused as refusal:
        return _page(request, seat, verb, runs, faults={"all": str(refusal)})
    messages.success(request, f"{_runs(done)} deleted.")
    return _back(request, seat)


def _table(request: Request, seat: Access) -> HttpResponse:
    picked = list(_picked(seat, request.POST, MOST_RUNS + 1))
    if not picked:
        return _back(request, seat)
    if len(picked) > MOST_RUNS:
        messages.warning(request, f"A table has at most {MOST_RUNS} runs: these are the newest.")
    searched = selection_of(seat, QueryDict(request.POST.get("query", ""))).asked
    # The list takes "name*" for what begins so; a table looks for parts of words anyway.
    search = searched.replace("*", "")
    return redirect(address_of_runs(seat.team.slug, picked[:MOST_RUNS], search))


def _again(request: Request, seat: Access, runs: list[Run]) -> HttpResponse:
    again, key = bulk.Again.of(runs), request.POST.get("submit_key", "")
    faults = again.faults(request.POST.get("confirmed", ""), request.POST.get("knowingly", ""))
    if not (key.isascii() and key.isalnum() and len(key) <= MOST_KEY):
        faults["all"] = "The form was incomplete. Look at it and send it again."
    if faults:
        return _page(request, seat, "again", runs, faults=faults)
    made = again.start(actor=seat.user, submit_key=key)
    messages.success(request, f"{_runs(len(made))} in line.")
    return redirect(reverse("review:runs", args=[seat.team.slug]) + "?via=again")


def _page(
    request: Request, seat: Access, name: str, runs: list[Run], *, others: int = 0, more: bool = False,
    faults: dict[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "team": seat.team,
        "name": name,
        "verb": bulk.VERBS[name],
        "runs": runs,
        "shown": runs[:20],
        "ids": ",".join(run.public_id for run in runs),
        "query": request.POST.get("query", ""),
        "others": others,
        "more": more,
        "faults": faults or {},
        "submit_key": request.POST.get("submit_key", "") or new_id(24),
    }
    if name == "again":
        context["again"] = bulk.Again.of(runs)
    if name == "delete":
        context["results"] = bulk.results_of(runs)
    return render(request, "review/bulk.html", context, status=422 if faults else 200)


def _picked(seat: Access, form: QueryDict, at_most: int) -> QuerySet[Run]:
    """The runs that are ticked, or all that match the list as it was shown."""
    if form.get("all"):
        chosen = selection_of(seat, QueryDict(form.get("query", "")))
        try:
            return queries.all_that_match(chosen, form.get("top", ""), at_most)
        except BadCursor as error:
            raise Http404(NO_PAGE) from error
    runs = seat.team.runs.filter(public_id__in=form.getlist("run")[:at_most])
    return runs.order_by("-created_at", "-pk")


def _exported(seat: Access, form: QueryDict) -> Any:
    if not form.get("all"):
        return queries.rows(seat.team, form.getlist("run"))
    chosen = selection_of(seat, QueryDict(form.get("query", "")))
    try:
        return queries.walk(chosen, form.get("top", ""))
    except BadCursor as error:
        raise Http404(NO_PAGE) from error


def _verb(name: str) -> bulk.Verb:
    if name not in bulk.VERBS:
        raise Http404("There is no such act on runs.")
    return bulk.VERBS[name]


def _back(request: Request, seat: Access) -> HttpResponse:
    """To the list that it was done from."""
    chosen = selection_of(seat, QueryDict(request.POST.get("query", "")))
    address = reverse("review:runs", args=[seat.team.slug])
    return redirect(f"{address}?{chosen.query}" if chosen else address)


def _runs(count: int) -> str:
    return f"{count:,} run{'' if count == 1 else 's'}"
