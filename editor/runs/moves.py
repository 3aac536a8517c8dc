"""How a row moves from one state to another: only if it still is as we know it."""

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from django.db.models import Q

from editor.lib import bulk
from editor.lib.tx import joining
from editor.workflows.services import note_run

from . import nudging
from .models import Run, State

Changes = Mapping[str, Any]
"""New values by the names of their fields."""


def move(
    run: Run, *where: Q, to: State, tell: bool = False, claim: bool = False, **changes: Any
) -> bool:
    """Move the row if it still is as `run` and `where` say; `run` then has the new values too.

    `tell`: write the state down for the list of workflows. Not for states that last a moment.
    `claim`: whoever moves it has it in hand, until `next_look_at`. Otherwise workers are told when it is due next, and
    that its queue goes on without it.
    """
    changes["state"] = to
    still = Run.objects.filter(*where, pk=run.pk, state=run.state, attempts=run.attempts)
    nudges = not claim and _nudges(changes)
    # One statement is a transaction by itself.
    with joining() if tell or nudges else nullcontext():
        if still.update(**changes) != 1:
            return False
        if tell and run.workflow_id is not None:
            note_run(run.workflow_id, run_id=run.public_id, state=to, at=run.created_at)
        if nudges:
            nudging.nudge(run.connection_id, changes.get("next_look_at"))
    _set(run, changes)
    return True


def move_all(
    changes: Mapping[Run, Changes],
    *still: str,
    claim: bool = False,
    skip_locked: bool = False,
    **same: Any,
) -> dict[Run, Changes]:
    """`move` for several at once, each with changes of its own, of the same fields, and with those that are the `same`
    for all. A row moves if it is as its run says, also in the fields `still`.

    Returns those that it moved, with all that is new in them: for `take_over`. Inside a transaction; a `claim` is one
    statement.
    """
    if not changes:
        return {}
    expected = ("state", "attempts", *still)
    fields = tuple(next(iter(changes.values())))
    rows = [
        (run.pk, *(getattr(run, name) for name in expected), *(own[name] for name in fields))
        for run, own in changes.items()
    ]
    keys = bulk.update(Run, expected, fields, rows, skip_locked=skip_locked, **same)
    moved: dict[Run, Changes] = {
        run: {**same, **own} for run, own in changes.items() if run.pk in keys
    }
    for run, new in moved.items():
        if not claim and _nudges(new):
            nudging.nudge(run.connection_id, new.get("next_look_at"))
    return moved


def take_over(moved: Mapping[Run, Changes]) -> None:
    """Give the runs what their rows have; after the commit, if they are to be as they were when it fails."""
    for run, new in moved.items():
        _set(run, new)


def _nudges(changes: Changes) -> bool:
    """Whether workers are to be told."""
    return nudging.wanted() and bool(changes.get("next_look_at") or "holds_queue" in changes)


def _set(run: Run, changes: Changes) -> None:
    for name, value in changes.items():
        setattr(run, name, value)
