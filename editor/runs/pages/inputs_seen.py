"""What was filled in before a run, as its reader may see it (`privacy`)."""

from typing import Any

from editor.runs import privacy
from editor.runs.models import Run
from editor.runs.results import outcome


def inputs_of(run: Run) -> dict[str, Any]:
    """By name; what is hidden says so."""
    if not run.inputs:
        return {}
    return privacy.inputs(run.inputs, outcome.tree_as_written(run.plan), run.hides)


def known_inputs(run: Run) -> dict[str, Any]:
    """Only those that the reader sees as they are: to fill a form in, or to keep them elsewhere."""
    seen = inputs_of(run)
    return {name: value for name, value in run.inputs.items() if seen[name] == value}
