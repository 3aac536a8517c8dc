"""Take in runs that have ended: their traits and their words, so that lists find them. A duty of the worker.

The end of a run only leaves a mark (`Ended`). What is done here is done in pieces, and once: whoever removes the mark
writes the rest in the same transaction.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, groupby, islice
from operator import attrgetter, itemgetter
from typing import Any, Final

from accounts.models import Team
from editor.lib import bulk
from editor.lib.tx import writing
from editor.review import daily, traits, words
from editor.review.models import RunTrait, RunWords
from editor.runs import privacy
from editor.runs.models import ActionResult, Ended, Run
from editor.runs.results import outcome

PIECE: Final = 50
PIECES_AT_ONCE: Final = 20
RESULTS_AT_MOST: Final = 20_000
"""How many results of one run are looked into for words."""


def take_in(now: datetime) -> int:
    """Some of what has ended, the earliest first. Returns how many runs it took in."""
    taken = 0
    for _ in range(PIECES_AT_ONCE):
        keys = Ended.objects.order_by("pk").values("pk")[:PIECE]
        runs = list(
            Run.objects.select_related("plan").filter(
                pk__in=list(keys.values_list("pk", flat=True))
            )
        )
        if not runs:
            break
        taken += _take_in(runs)
    return taken


def _take_in(runs: Sequence[Run]) -> int:
    had = traits.of(runs)
    held = {run.pk: words.gather(chain(_of_run(run), results)) for run, results in _results(runs)}
    with writing():
        marks = Ended.objects.filter(pk__in=held).select_for_update(skip_locked=True)
        mine = set(marks.values_list("pk", flat=True))
        _write([run for run in runs if run.pk in mine], had, held)
        Ended.objects.filter(pk__in=mine).delete()
    return len(mine)


Parts = Iterator[tuple[list[str], list[str]]]
"""Texts, and the same without what a team may hide."""


def _of_run(run: Run) -> Parts:
    yield [run.workflow_name], [run.workflow_name]
    if run.inputs:
        tree = outcome.tree_as_written(run.plan)
        shown = privacy.inputs(run.inputs, tree, privacy.EVERYTHING)
        yield list(words.texts_in(run.inputs)), list(words.texts_in(shown))


def _results(runs: Sequence[Run]) -> Iterator[tuple[Run, Parts]]:
    """Each run with its results, in one query for all. Use up the results of one before you go on to the next."""
    rows = (
        ActionResult.objects.filter(run__in=runs)
        .order_by("run", "node_id", "ordinal")
        .values_list("run", "action_type", "label", "error_message", "data")
        .iterator(chunk_size=500)
    )
    of_run = groupby(rows, itemgetter(0))
    run_id, results = next(of_run, (None, iter(())))
    for run in sorted(runs, key=attrgetter("pk")):
        if run.pk == run_id:
            yield run, map(_of_result, islice(results, RESULTS_AT_MOST))
            run_id, results = next(of_run, (None, iter(())))
        else:
            yield run, iter(())


def _of_result(row: tuple[int, str, str, str, Any]) -> tuple[list[str], list[str]]:
    _, action, label, message, data = row
    texts = [label, message, *words.texts_in(data)]  # before the data is changed in place
    shown = privacy.redacted([label, message, data], privacy.EVERYTHING, action)
    return texts, list(words.texts_in(shown))


def _write(
    runs: Sequence[Run], had: dict[int, set[traits.Pair]], held: dict[int, set[str]]
) -> None:
    # What was taken in before has been counted, also where the words were forgotten since.
    known = set(RunWords.objects.filter(run__in=runs).values_list("pk", flat=True))
    known.update(RunTrait.objects.filter(run__in=runs).values_list("run", flat=True))
    daily.count([run for run in runs if run.pk not in known])
    if known:
        RunTrait.objects.filter(run__in=known).delete()
        RunWords.objects.filter(run__in=known).delete()
    of_team: dict[int, list[Run]] = defaultdict(list)
    for run in runs:
        of_team[run.team_id].append(run)
    for team, theirs in of_team.items():
        pairs = {pair for run in theirs for pair in had[run.pk]}
        keys = traits.keys_of(Team(pk=team), pairs)
        bulk.insert(
            RunTrait,
            ("trait", "created_at", "run"),
            [(keys[pair], run.created_at, run.pk) for run in theirs for pair in had[run.pk]],
        )
    bulk.insert(
        RunWords,
        ("run", "team", "created_at"),
        [(run.pk, run.team_id, run.created_at) for run in runs],
    )
    words.keep({run.pk: held[run.pk] for run in runs})
