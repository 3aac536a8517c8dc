"""The tables of runs that ended before rows were stored: made when somebody looks at them first."""

from collections.abc import Iterable
from typing import Final

from editor import catalog
from editor.lib import bulk
from editor.lib.tx import writing
from editor.runs.models import ResultRow, Run, RunOutcome
from editor.trees import results

from . import outcome, rows

AT_ONCE: Final = 20


def fill(runs: Iterable[Run]) -> int:
    """Make the rows of the first few of these runs that have none. Returns how many are left without."""
    keys = [run.pk for run in runs]
    without = RunOutcome.objects.filter(pk__in=keys, rows=None).order_by("-pk")
    waiting = list(without.values_list("pk", flat=True)) if keys else []
    for key in waiting[:AT_ONCE]:
        _fill(key)
    return len(waiting[AT_ONCE:])


def _fill(key: int) -> None:
    run = Run.objects.select_related("plan", "outcome").get(pk=key)
    ran = outcome.tree_of(run.plan)
    completion = outcome.unpack(run.outcome.completion)
    found = results.fold(ran, completion, catalog.default())
    made = rows.rows_of(run.pk, outcome.form_of(run.plan), ran, found, catalog.default())
    with writing():
        mine = RunOutcome.objects.select_for_update().filter(pk=key, rows=None)
        if mine.first():  # nobody else was quicker
            bulk.insert(ResultRow, rows.FIELDS, made)
            mine.update(rows=len(made))
