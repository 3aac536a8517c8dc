"""What was filled in before a run, as its reader may see it (`privacy`)."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

from editor.runs import privacy
from editor.runs.models import Run
from editor.runs.results import outcome
from editor.trees.nodes import Node, Tree


def inputs_of(run: Run) -> dict[str, Any]:
    """By name; what is hidden says so."""
    if not run.inputs:
        return {}
    return privacy.inputs(run.inputs, outcome.tree_as_written(run.plan), run.hides)


def known_inputs(run: Run) -> dict[str, Any]:
    """Only those that the reader sees as they are: to fill a form in, or to keep them elsewhere."""
    seen = inputs_of(run)
    return {name: value for name, value in run.inputs.items() if seen[name] == value}


def tree_seen(run: Run) -> Tree:
    """What ran as it was written. A part of a run has the values of inputs in it: hidden ones are left out, so that
    nobody reads them there, or sends a mark in their place."""
    tree = outcome.tree_as_written(run.plan)
    if not (run.part and run.hides):
        return tree

    def seen(node: Node) -> Node:
        shown = privacy.redacted(deepcopy(dict(node.params)), run.hides, node.type)
        params = {key: value for key, value in node.params.items() if shown.get(key) == value}
        return replace(node, params=params)

    return Tree(map(seen, tree.nodes.values()), tree.array, tree.inputs)
