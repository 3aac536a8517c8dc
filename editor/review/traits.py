"""What runs have in common, for filters of the list: worked out once, when a run has ended.

action          an action type that ran             "st.openPersonPage"
error           an error type that came             "personNotFound", and ANY for any
action-error    both, of one and the same action    "st.openPersonPage personNotFound", "st.openPersonPage *"
label           a label of an action that ran
took            how long it took                    a key of TOOK
came            what came of it                     "failed": an action failed, "acted": others can see something
failed          any of these, of a run that failed  "label step 1"
cancelled       ... of a run that was cancelled

Most runs that ended are done. What the others have in common is a trait of its own: else whoever asks for failed runs
with a common trait would go through all runs that have it.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from typing import Final

from django.db.models import Count

from accounts.models import Team
from editor.review.models import Trait
from editor.runs.models import ActionResult, Run, State

ANY: Final = "*"

TOOK: Final = {
    "1m": ("under a minute", timedelta(minutes=1)),
    "10m": ("1 to 10 minutes", timedelta(minutes=10)),
    "1h": ("10 minutes to an hour", timedelta(hours=1)),
    "1d": ("an hour to a day", timedelta(days=1)),
    "long": ("more than a day", timedelta.max),
}

RARE_ENDS: Final = frozenset({State.FAILED.value, State.CANCELLED.value})

Pair = tuple[str, str]
"""Kind and value."""


def of(runs: Iterable[Run]) -> dict[int, set[Pair]]:
    """The traits of runs that have ended, by key, in one query."""
    ended = list(runs)
    found = {run.pk: set(of_the_run(run)) for run in ended}
    rows = (
        ActionResult.objects.filter(run__in=found)
        .order_by()
        .values_list("run_id", "action_type", "label", "success", "error_type")
        .annotate(Count("pk"))
    )
    for run_id, action, label, success, error, _ in rows:
        found[run_id].update(of_an_action(action, label, "" if success else error or "unknown"))
    for run in ended:
        found[run.pk] |= in_states(found[run.pk], {run.state} & RARE_ENDS)
    return found


def in_states(pairs: Iterable[Pair], states: Collection[str]) -> set[Pair]:
    """What a run has when it has one of these traits and ended in one of these states, which are not those of most."""
    return {(state, f"{kind} {value}") for state in states for kind, value in pairs}


def of_the_run(run: Run) -> Iterator[Pair]:
    yield "took", took(run)
    if run.failed:
        yield "came", "failed"
    if run.acted:
        yield "came", "acted"
    if run.state == State.FAILED:
        yield from _of_an_error(run.failure_reason or "unknown")


def of_an_action(action: str, label: str, error: str) -> Iterator[Pair]:
    yield "action", action
    if label:
        yield "label", label
    if error:
        yield from _of_an_error(error)
        yield "action-error", f"{action} {ANY}"
        yield "action-error", f"{action} {error}"


def _of_an_error(error: str) -> Iterator[Pair]:
    yield "error", ANY
    yield "error", error


def took(run: Run) -> str:
    """The key of TOOK."""
    passed = (run.finished_at or run.created_at) - run.created_at
    return next(key for key, (_, below) in TOOK.items() if passed < below)


def keys_of(team: Team, pairs: Iterable[Pair]) -> dict[Pair, int]:
    """The traits of a team by kind and value; those that are new are made. Inside a transaction."""
    wanted = set(pairs)
    known = _known(team, wanted)
    if missing := wanted - known.keys():
        rows = [Trait(team=team, kind=kind, value=value) for kind, value in sorted(missing)]
        Trait.objects.bulk_create(rows, ignore_conflicts=True)
        known |= _known(team, missing)
    return known


def _known(team: Team, wanted: set[Pair]) -> dict[Pair, int]:
    rows = Trait.objects.filter(
        team=team, kind__in={kind for kind, _ in wanted}, value__in={value for _, value in wanted}
    )
    return {(row.kind, row.value): row.pk for row in rows}
