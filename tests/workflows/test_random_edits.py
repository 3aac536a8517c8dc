"""Fifty random edits through the services, and all of them taken back.

Hypothesis picks a few sequences in every run of the tests; RANDOM_EDITS=200 picks so many.
"""

import contextlib
import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from editor import catalog
from editor.catalog import constraints
from editor.trees import codec
from editor.trees.edits import Refused
from editor.trees.nodes import MISSING, Tree
from editor.trees.places import Place
from editor.trees.validate import validate
from editor.workflows import models, queries, services
from editor.workflows.edits import choosing
from editor.workflows.models import Workflow
from editor.workflows.shown.cards import Counts
from tests.trees.strategies import parameters_of, real_trees
from tests.workflows.edits import any_trees, fresh
from tests.workflows.stories import problems_of

KNOWN = catalog.default()
TYPES = st.sampled_from(sorted(KNOWN.actions))
MANY = int(os.environ.get("RANDOM_EDITS", "3"))
STEPS = 50


@pytest.mark.django_db
@settings(
    max_examples=MANY,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
@given(first=any_trees(), data=st.data())
def test_any_fifty_edits_leave_a_tree_that_tells_what_is_wrong_and_are_taken_back_exactly(
    ann, first, data
):
    workflow = services.import_tree(ann.team, actor=ann.user, name="Any", tree=first)
    at_first = stored(workflow)
    for _ in range(STEPS):
        name = data.draw(st.sampled_from(sorted(EDITS)), label="edit")
        with contextlib.suppress(Refused):
            EDITS[name](Hand(workflow, data.draw), actor=ann.user)
        check(workflow)
    while queries.next_undo(workflow, ann.user):
        services.undo(workflow, actor=ann.user)
        check(workflow)
    assert stored(workflow) == at_first


def stored(workflow: Workflow) -> tuple[str, str, str]:
    """Every row of the tree, its wire form and the choice of columns, to the last byte."""
    rows = models.Node.objects.filter(workflow=workflow).order_by("id").values()
    columns = json.dumps(Workflow.objects.get(pk=workflow.pk).table)
    return json.dumps(list(rows), sort_keys=True), codec.encode(queries.tree_of(workflow)), columns


def check(workflow: Workflow) -> None:
    """Whatever is forbidden is told, and the counts in the list are those of a fresh look."""
    now = Workflow.objects.get(pk=workflow.pk)
    tree = queries.tree_of(now)
    problems = [problem for problem in validate(tree, KNOWN) if problem.node_id]
    assert Counts(now.errors, now.warnings) == Counts.of(problems)
    told = {problem.node_id for problem in problems}
    for top in (*tree.roots, *tree.parked):
        for node in tree.subtree(top.id):
            if node.parked:
                continue  # it stands nowhere
            parent = tree.get(node.parent)
            refusal = constraints.explain(KNOWN, parent.type if parent else None, node.type)
            is_sent = codec.pointer(tree, node.id) is not None
            assert not refusal or not is_sent or node.id in told
    ids = [node.id for top in (*tree.roots, *tree.parked) for node in tree.subtree(top.id)]
    assert sorted(ids) == sorted(tree.nodes), "an action hangs loose"


class Hand:
    """Picks what an edit is about, from the tree as it stands."""

    def __init__(self, workflow: Workflow, draw: Callable[..., Any]) -> None:
        self.workflow, self.draw = workflow, draw
        self.tree: Tree = queries.tree_of(workflow)
        tops = (*self.tree.roots, *self.tree.parked)
        # In the order of the document: the ids are random, what Hypothesis picks must not be.
        self.ids = [node.id for top in tops for node in self.tree.subtree(top.id)]

    def node(self) -> str:
        return self.draw(st.sampled_from(self.ids or ["gone"]))

    def nodes(self) -> list[str]:
        return self.draw(st.lists(st.sampled_from(self.ids or ["gone"]), min_size=1, max_size=3))

    def place(self) -> Place:
        return Place(self.draw(st.sampled_from([None, *self.ids])), self.draw(st.integers(0, 4)))

    def type(self) -> str:
        return self.draw(TYPES)

    def column(self) -> str:
        columns = choosing.columns_of(self.workflow)
        return self.draw(st.sampled_from([each.key for each in columns[:40]] or ["gone"]))

    def flag(self) -> bool:
        return self.draw(st.booleans())

    def text(self) -> str:
        return self.draw(st.sampled_from(["", "lead", "why not"]))

    def branch(self) -> Tree:
        return fresh(self.draw(real_trees()))


def set_params(hand: Hand, **by: Any) -> None:
    node = hand.tree.get(hand.node())
    if node and node.type in KNOWN.actions:
        changes = hand.draw(parameters_of(KNOWN.actions[node.type]))
        gone = hand.draw(st.lists(st.sampled_from(sorted(node.params) or ["x"]), max_size=2))
        services.set_params(hand.workflow, node.id, changes, gone, **by)


def redo_after_undo(hand: Hand, **by: Any) -> None:
    """There and back, as an edit among the others."""
    services.undo(hand.workflow, **by)
    services.redo(hand.workflow, **by)


def repair(hand: Hand, **by: Any) -> None:
    repairs = [p for p in problems_of(hand.workflow) if p.fix and p.node_id]
    if repairs:
        problem = hand.draw(st.integers(0, len(repairs) - 1).map(repairs.__getitem__))
        services.fix(hand.workflow, problem.node_id, problem.code, problem.fix.title, **by)


EDITS: dict[str, Callable[..., Any]] = {
    "add": lambda hand, **by: services.add_action(
        hand.workflow, hand.type(), hand.place(), bridge=hand.flag(), **by
    ),
    "paste": lambda hand, **by: services.add_subtree(
        hand.workflow, hand.branch(), hand.place(), bridge=hand.flag(), tray=hand.flag(), **by
    ),
    "remove": lambda hand, **by: services.remove(hand.workflow, hand.nodes(), **by),
    "lift": lambda hand, **by: services.lift_children(hand.workflow, hand.node(), **by),
    "duplicate": lambda hand, **by: services.duplicate(hand.workflow, hand.nodes(), **by),
    "move": lambda hand, **by: services.move(
        hand.workflow, hand.nodes(), hand.place(), bridge=hand.flag(), **by
    ),
    "put back": lambda hand, **by: services.move(
        hand.workflow, [top.id for top in hand.tree.parked][:1] or ["gone"], hand.place(), **by
    ),
    "park": lambda hand, **by: services.park(hand.workflow, hand.nodes(), **by),
    "wrap": lambda hand, **by: services.wrap(hand.workflow, hand.node(), [hand.type()], **by),
    "type": lambda hand, **by: services.change_type(
        hand.workflow, hand.node(), hand.type(), **by
    ),
    "label": lambda hand, **by: services.set_label(
        hand.workflow, hand.node(), hand.text() or MISSING, **by
    ),
    "note": lambda hand, **by: services.set_note(hand.workflow, hand.node(), hand.text(), **by),
    "disabled": lambda hand, **by: services.set_disabled(
        hand.workflow, hand.nodes(), hand.flag(), **by
    ),
    "param": set_params,
    "fix": repair,
    "column": lambda hand, **by: choosing.turn(hand.workflow, hand.column(), hand.flag(), **by),
    "name of a column": lambda hand, **by: choosing.rename(
        hand.workflow, hand.column(), hand.text(), **by
    ),
    "order of columns": lambda hand, **by: choosing.move(
        hand.workflow, hand.column(), hand.draw(st.sampled_from(["", hand.column()])), **by
    ),
    "columns": lambda hand, **by: choosing.reset(hand.workflow, **by),
    "replace": lambda hand, **by: services.replace_all(hand.workflow, hand.branch(), **by),
    "undo and redo": redo_after_undo,
}  # fmt: skip
