"""Store what came back for completed runs, several in one transaction."""

from collections.abc import Sequence
from copy import copy
from datetime import datetime
from itertools import chain
from typing import Any, Final

from editor.lib import bulk
from editor.lib.tx import writing
from editor.runs import ledger
from editor.runs import transitions as to
from editor.runs.models import ActionResult, ResultRow, Run, RunOutcome, State
from editor.runs.notices import announcing
from editor.runs.results import outcome, rows
from editor.runs.results.outcome import Stored

_COLUMNS: Final = ("run", "completion", "nodes", "unexpected", "rows")


def store(completed: Sequence[tuple[Run, Stored]], now: datetime) -> list[bool]:
    """End the runs and write what came of them: all or nothing. Which of them had not ended before."""
    # Copies: what is rolled back is not to be seen in the runs.
    found = {copy(run): stored for run, stored in completed}
    with writing():
        ended = to.end_all(
            {run: stored.counts for run, stored in found.items()}, State.COMPLETED, now
        )
        mine = [(run, found[run]) for run in ended]
        bulk.insert(RunOutcome, _COLUMNS, (_outcome(run, stored) for run, stored in mine))
        results = chain.from_iterable(stored.results for _, stored in mine)
        bulk.insert(ActionResult, outcome.COLUMNS, results)
        tables = chain.from_iterable(stored.rows for _, stored in mine)
        bulk.insert(ResultRow, rows.FIELDS, tables)
        acts = [(run, stored.acts) for run, stored in mine]
        ledger.enter(acts, now)
        announcing.acts_done(acts, now)
    return [run in ended for run, _ in completed]


def _outcome(run: Run, stored: Stored) -> tuple[Any, ...]:
    return run.pk, stored.completion, stored.nodes, stored.unexpected, len(stored.rows)
