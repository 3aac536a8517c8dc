"""Whose rows a results table shows: those of one run, of a workflow's runs, or of some chosen runs.

    of a workflow       last=N (the newest N runs), or from=DAY, to=DAY (both included, in the reader's time zone)
    of chosen runs      run=ID (repeats)
    of a batch          batch=ID

Only runs that were done have rows. What makes no sense raises BadQuestion.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from accounts.access import Access
from editor.review.asking import BadQuestion
from editor.runs import queries
from editor.runs.batches import queries as batches
from editor.runs.batches.reading import MAX_ROWS
from editor.runs.models import Batch, Run
from editor.runs.opening import open_run
from editor.runs.privacy import NOTHING, Hides, hides_from
from editor.trees.table_choice import Choice
from editor.workflows.edits.choosing import choice_of
from editor.workflows.models import Workflow

LASTS: Final = (1, 3, 10, 30, 100, 300)
LAST: Final = 30
SPANS: Final = (7, 30)
"""Days up to today that a table offers."""

MOST_RUNS: Final = 300

_NOT_READ: Final = (
    "connection__linked_api_token", "connection__identification_token",
    "outcome__completion", "outcome__nodes", "outcome__unexpected", "inputs", "evidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """`name` is what the table is about, `pairs` the part of an address that says which runs; `runs`, newest first.
    `more`: there are older runs that fit, and that are too many. `numbers`: by run key, its row in a `batch`.
    `hides`: what the reader does not see but in the runs that are `uncovered`, by key."""

    name: str
    runs: Sequence[Run]
    choice: Choice
    hides: Hides
    pairs: Sequence[tuple[str, str]] = ()
    workflow: Workflow | None = None
    run: Run | None = None
    last: int = 0
    since: str = ""
    until: str = ""
    more: bool = False
    batch: Batch | None = None
    numbers: Mapping[int, int] = field(default_factory=dict)
    uncovered: Collection[int] = frozenset()

    def hides_of(self, run: int) -> Hides:
        return NOTHING if run in self.uncovered else self.hides


def of_run(seat: Access, public_id: str) -> Scope:
    """Http404 for another team's."""
    run = open_run(seat, public_id)
    choice = choice_of(run.workflow) if run.workflow else []
    runs = [run] if hasattr(run, "outcome") else []
    return Scope(run.workflow_name, runs, choice, run.hides, workflow=run.workflow, run=run)


def of_workflow(seat: Access, workflow: Workflow, form: QueryDict) -> Scope:
    since, until = form.get("from", ""), form.get("to", "")
    found = _done(seat).filter(workflow=workflow)
    last = _last(form)
    pairs = [("last", str(last))] if last != LAST else []
    if since or until:
        found, last = _between(found, since, until), 0
        pairs = [pair for pair in (("from", since), ("to", until)) if pair[1]]
    most = last or MOST_RUNS
    runs = list(found[: most + 1])
    hides, uncovered = _hidden(seat, runs[:most])
    return Scope(
        workflow.name, runs[:most], choice_of(workflow), hides, pairs, workflow,
        last=last, since=since, until=until, more=not last and len(runs) > most, uncovered=uncovered,
    )  # fmt: skip


def of_chosen(seat: Access, form: QueryDict) -> Scope:
    """Http404 is for pages; runs that are not this team's are simply not among them."""
    if batch := form.get("batch"):
        return _of_batch(seat, batch)
    ids = list(dict.fromkeys(form.getlist("run")))
    if not 0 < len(ids) <= MOST_RUNS or any("\0" in each for each in ids):
        raise BadQuestion(f"Choose between one and {MOST_RUNS} runs.")
    runs = list(_done(seat).filter(public_id__in=ids))
    names = {run.workflow_name for run in runs}
    name = names.pop() if len(names) == 1 else "Several workflows"
    workflow = runs[0].workflow if runs and len({run.workflow_id for run in runs}) == 1 else None
    choice = choice_of(workflow) if workflow else []
    hides, uncovered = _hidden(seat, runs)
    pairs = [("run", each) for each in ids]
    return Scope(name, runs, choice, hides, pairs, workflow, uncovered=uncovered)


def _of_batch(seat: Access, public_id: str) -> Scope:
    try:
        batch = batches.batch(seat.team, public_id.replace("\0", ""))
    except Batch.DoesNotExist as error:
        raise BadQuestion("There is no such batch.") from error
    runs = list(_done(seat).filter(batch=batch, batch_row__isnull=False)[:MAX_ROWS])
    numbers = dict(batch.rows.exclude(run=None).values_list("run_id", "number"))
    choice = choice_of(batch.workflow) if batch.workflow else []
    hides, uncovered = _hidden(seat, runs)
    return Scope(
        batch.workflow_name, runs, choice, hides, [("batch", batch.public_id)],
        batch.workflow, batch=batch, numbers=numbers, uncovered=uncovered,
    )  # fmt: skip


def _hidden(seat: Access, runs: Sequence[Run]) -> tuple[Hides, Collection[int]]:
    """What the reader does not see, and the runs of which they see it for a while."""
    hides = hides_from(seat)
    uncovered = queries.uncovered(runs, seat.user) if hides else frozenset()
    return (NOTHING if 0 < len(runs) == len(uncovered) else hides), uncovered


def _done(seat: Access) -> QuerySet[Run]:
    # Only what was done has an outcome. Asked for the state too, SQLite would walk through all that are in it.
    found = seat.team.runs.filter(outcome__isnull=False)
    found = found.select_related("workflow", "outcome", "connection").defer(*_NOT_READ)
    return found.order_by("-created_at", "-pk")


def _last(form: QueryDict) -> int:
    text = form.get("last", "") or str(LAST)
    if text not in map(str, LASTS):
        raise BadQuestion(f"“last” is one of {', '.join(map(str, LASTS))}.")
    return int(text)


def _between(found: QuerySet[Run], since: str, until: str) -> QuerySet[Run]:
    if since:
        found = found.filter(created_at__gte=_midnight(_day(since)))
    if until:
        found = found.filter(created_at__lt=_midnight(_day(until) + timedelta(days=1)))
    return found


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadQuestion("Write a day as 2026-11-25.") from error
    if not 2000 <= day.year <= 2200:
        raise BadQuestion("That day is too far away.")
    return day


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
