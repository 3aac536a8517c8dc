"""What is kept of a tree between two edits is always what is stored."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from editor.trees.nodes import Tree
from editor.trees.places import Place
from editor.workflows import kept_trees, queries, services
from editor.workflows.models import Workflow
from tests.workflows.stories import Desk
from tests.workflows.test_cost import grown, leaf, root

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_kept_before(monkeypatch):
    monkeypatch.setattr(kept_trees, "_kept", type(kept_trees._kept)())


@pytest.fixture
def bobs(bob) -> Desk:
    return grown(bob, 300)


def kept_and_stored(at: Desk) -> tuple[Tree, Tree]:
    with transaction.atomic():
        workflow = Workflow.objects.get(pk=at.workflow.pk)
        return kept_trees.tree_to_edit(workflow), queries.tree_of(workflow)


def expect_same(at: Desk) -> None:
    kept, stored = kept_and_stored(at)
    assert at.workflow.public_id in kept_trees._kept
    assert kept == stored
    assert list(kept.walk()) == list(stored.walk())


def reads_all(at: Desk, verb: str, **fields) -> bool:
    """Whether an edit reads all rows of the workflow."""
    with CaptureQueriesContext(connection) as captured:
        at.edit(verb, **fields)
    return any("action_type" in query["sql"].partition(" FROM ")[0] and query["sql"].startswith("SELECT")
               for query in captured)  # fmt: skip


def test_the_second_edit_reads_what_changed_and_not_the_rest(bobs):
    assert reads_all(bobs, "add", type="st.retrieveSSI")
    assert not reads_all(bobs, "add", type="st.retrieveSSI")
    assert not reads_all(bobs, "undo")


def test_after_every_kind_of_edit_it_is_what_is_stored(bobs):
    steps = [
        ("add", {"type": "st.retrieveSSI"}),
        ("param", {"node": root(bobs), "field": "/limit", "value": "7"}),
        ("input-add", {"name": "term", "kind": "text"}),
        ("move", {"node": root(bobs), "index": 1}),
        ("collapsed", {"node": root(bobs), "on": 1}),
        ("duplicate", {"node": leaf(bobs)}),
        ("disabled", {"node": leaf(bobs), "on": 1}),
        ("park", {"node": leaf(bobs)}),
        ("undo", {}),
        ("collapsed", {"node": root(bobs), "on": 0}),
        ("redo", {}),
        ("remove", {"node": root(bobs)}),
        ("undo", {}),
        ("undo", {}),
    ]
    for verb, fields in steps:
        if verb == "collapsed":
            bobs.try_to(verb, **fields)
        else:
            bobs.edit(verb, **fields)
        expect_same(bobs)


WRITES = {
    "create", "bulk_create", "bulk_update", "get_or_create", "update", "update_or_create", "delete", "save",
}  # fmt: skip
ROWS = ("Node.objects", "models.Node", "workflow.nodes")
"""How code outside of `editor.trees` comes to rows of actions."""


def writers_of_rows() -> Iterator[tuple[str, str]]:
    """Every function that writes rows of actions: its file and its name."""
    for file in sorted(Path(settings.BASE_DIR, "editor").rglob("*.py")):
        for function in ast.walk(ast.parse(file.read_text())):
            if not isinstance(function, ast.FunctionDef):
                continue
            code = ast.unparse(function)
            calls = {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
            if calls & WRITES and any(name in code for name in ROWS):
                yield file.name, function.name


def test_only_edits_write_rows_and_folding_which_is_asked_for_each_time():
    """What is kept learns of every other change from the edits alone: another writer must be an edit, or tell it."""
    assert set(writers_of_rows()) == {("store.py", "_write"), ("changing.py", "set_collapsed")}


def test_what_another_process_did_since_is_known(bobs):
    bobs.edit("add", type="st.retrieveSSI")
    earlier = dict(kept_trees._kept)
    bobs.edit("note", node=root(bobs), note="Ask Ann")
    bobs.edit("remove", node=leaf(bobs))
    kept_trees._kept.update(earlier)
    expect_same(bobs)


def add_twice_and_fail(workflow: Workflow) -> None:
    with transaction.atomic():
        for _ in range(2):
            services.add_action(workflow, "st.retrieveSSI", Place(None, 0), actor=None)
        raise ZeroDivisionError


def test_what_was_rolled_back_is_not_kept(bobs):
    bobs.edit("add", type="st.retrieveSSI")

    with pytest.raises(ZeroDivisionError):
        add_twice_and_fail(bobs.workflow)

    bobs.edit("note", node=root(bobs), note="another second revision")
    expect_same(bobs)


def test_only_so_much_is_kept(bobs, bob, monkeypatch):
    monkeypatch.setattr(kept_trees, "MOST_ROWS", 700)
    desks = [bobs, grown(bob, 300), grown(bob, 300), grown(bob, 30)]
    for at in desks:
        at.edit("add", type="st.retrieveSSI")
    assert list(kept_trees._kept) == [at.workflow.public_id for at in desks[1:3]]
