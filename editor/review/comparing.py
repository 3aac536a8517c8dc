"""Two runs side by side (R is `/t/<team>/runs/<id>`).

    GET R/compare                  pick     redirect to the run before it of the same workflow; `?with=<id>`: to that
    GET R/compare/<other>          compare  compare.html
    GET R/compare/<other>/rows     rows     compare.html#rows: which rows are new, gone or changed

The older one is always `before`, whichever the address names first.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from accounts import access
from accounts.access import Access
from editor import catalog
from editor.lib.htmx import Request
from editor.review import fared, queries
from editor.review.rows_diff import rows_diff
from editor.runs import privacy
from editor.runs.models import Run, State
from editor.runs.opening import open_run, render
from editor.runs.pages.inputs_seen import tree_seen
from editor.runs.results import outcome, outline
from editor.runs.results.outcome import Summary
from editor.runs.words import inputs_in_words, standing
from editor.trees import pairing
from editor.trees.diff import Diff
from editor.trees.nodes import Tree
from editor.workflows.edits import choosing, keeping
from editor.workflows.shown import differences


@require_GET
def pick(request: Request, slug: str, run: str) -> HttpResponse:
    seat = access.team(request, slug)
    found = open_run(seat, run)
    if wanted := request.GET.get("with", ""):
        other: Run | None = open_run(seat, wanted)
    else:
        other = queries.run_before(found)
    if other and other != found:
        return redirect("review:compare", slug, run, other.public_id)
    context = {"team": seat.team, "run": found, "choices": _choices(found)}
    return render(request, "review/compare_none.html", context)


@require_GET
def compare(request: Request, slug: str, run: str, other: str) -> HttpResponse:
    seat = access.team(request, slug)
    before, after = _both(seat, run, other)
    found, names = _difference(before, after)
    old, new = (_summaries(each) for each in (before, after))
    actions = fared.compare(
        found, {names.get(node, node): s for node, s in old.items()}, new, catalog.default()
    )
    context = {
        "team": seat.team,
        "this": run,
        "before": before,
        "after": after,
        "sides": [("Before", before, standing(before)), ("After", after, standing(after))],
        "choices": _choices(after if run == after.public_id else before, before, after),
        "diff": found,
        "counts": keeping.in_counts(found),
        "steps": [] if found.empty else differences.steps(found, catalog.default()),
        "inputs": differences.input_lines(found.inputs),
        "values": _values(before, after),
        "actions": actions,
        "differing": sum(bool(each.verdict) for each in actions),
        "has_rows": _has_rows(before, after),
    }
    return render(request, "review/compare.html", context)


@require_GET
def rows(request: Request, slug: str, run: str, other: str) -> HttpResponse:
    seat = access.team(request, slug)
    before, after = _both(seat, run, other)
    workflow = after.workflow or before.workflow
    choice = choosing.choice_of(workflow) if workflow else []
    found = rows_diff(before, after, choice) if _has_rows(before, after) else None
    return render(request, "review/compare.html#rows", {"team": seat.team, "rows": found})


def _both(seat: Access, run: str, other: str) -> tuple[Run, Run]:
    """The older and the later one."""
    first, second = sorted(
        (open_run(seat, each) for each in (run, other)), key=lambda r: (r.created_at, r.pk)
    )
    return first, second


def _has_rows(before: Run, after: Run) -> bool:
    return before.state == after.state == State.COMPLETED


def _difference(before: Run, after: Run) -> tuple[Diff, Mapping[str, str]]:
    """What differs in what they ran; and, where everything had new ids, the earlier ids' later ones."""
    then, now = (tree_seen(run) for run in (before, after))
    names = pairing.pair(now, then) if then.nodes.keys().isdisjoint(now.nodes) else {}
    return keeping.since(then, now), names


def _summaries(run: Run) -> dict[str, Summary]:
    tree: Tree = outcome.tree_as_written(run.plan)
    return outline.summaries_of(run, tree)


def _values(before: Run, after: Run) -> list[tuple[str, str, str]]:
    """(input, what was filled in before, and after) where that differs, as the reader may see it."""
    old, new = (
        {
            name: whole
            for name, _, whole in inputs_in_words(
                privacy.inputs(run.inputs, outcome.tree_as_written(run.plan), run.hides)
            )
        }
        for run in (before, after)
    )
    names = dict.fromkeys([*old, *new])
    return [
        (name, old.get(name, ""), new.get(name, ""))
        for name in names
        if old.get(name) != new.get(name)
    ]


def _choices(run: Run, *shown: Run) -> Sequence[tuple[Run, str]]:
    """Runs to choose from, and how they ended: the latest of the workflow, and those that the page shows."""
    found: dict[Any, Run] = {each.pk: each for each in queries.runs_to_compare(run)}
    found |= {each.pk: each for each in shown}
    found.pop(run.pk, None)
    latest_first = sorted(found.values(), key=lambda each: each.created_at, reverse=True)
    return [(each, _ended(each)) for each in latest_first]


def _ended(run: Run) -> str:
    return standing(run).word if run.state == State.COMPLETED else run.get_state_display()
