"""Edits through the one door, and the way back: nothing is lost, to the last byte."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from editor import catalog
from editor.lib.ids import new_id
from editor.trees import codec
from editor.trees.edits import Refused, replace_all
from editor.trees.nodes import MISSING
from editor.trees.places import Place
from editor.trees.validate import validate
from editor.workflows import queries, rows, services
from editor.workflows.models import Change, Node, Workflow
from editor.workflows.shown.cards import Counts
from tests.workflows.edits import any_edit, any_trees

pytestmark = pytest.mark.django_db


def everything(workflow: Workflow) -> str:
    """The stored tree to the last bit, and what is sent of it."""
    tree = queries.tree_of(Workflow.objects.get(pk=workflow.pk))
    return json.dumps([rows.tree_to_json(tree), codec.encode(tree)])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=any_trees(), data=st.data())
def test_undoing_every_edit_brings_the_first_tree_back_byte_for_byte(ann, first, data):
    workflow = services.import_tree(ann.team, actor=ann.user, name="Any", tree=first)
    seen = [everything(workflow)]

    for number in range(data.draw(st.integers(1, 12))):
        applied = services.apply(
            workflow, actor=ann.user, label=str(number), edit=lambda tree: any_edit(data, tree)
        )
        if applied.images or applied.images.array:
            seen.append(everything(workflow))
        assert_counts_are_right(workflow)

    for expected in reversed(seen[:-1]):
        services.undo(workflow, actor=ann.user)
        assert everything(workflow) == expected
        assert_counts_are_right(workflow)
    with pytest.raises(Refused):
        services.undo(workflow, actor=ann.user)

    for expected in seen[1:]:
        services.redo(workflow, actor=ann.user)
        assert everything(workflow) == expected
    with pytest.raises(Refused):
        services.redo(workflow, actor=ann.user)


def assert_counts_are_right(workflow: Workflow) -> None:
    stored = Workflow.objects.get(pk=workflow.pk)
    problems = validate(queries.tree_of(stored), catalog.default())
    counts = Counts.of(problem for problem in problems if problem.node_id)
    assert (stored.errors, stored.warnings) == (counts.errors, counts.warnings)


@pytest.fixture
def workflow(ann) -> Workflow:
    return services.create(ann.team, actor=ann.user, name="Small")


def add(workflow: Workflow, action_type: str) -> str:
    """A root action; its id."""
    applied = services.add_action(workflow, action_type, Place(None, services.LAST), actor=None)
    return next(iter(applied.images))


def types(workflow: Workflow) -> list[str]:
    return [node.type for node in queries.tree_of(workflow).roots]


def test_undo_and_redo_walk_along_the_history(workflow):
    add(workflow, "st.retrieveSSI")
    add(workflow, "st.retrievePerformance")
    assert queries.history(workflow, None) == queries.History(
        undo="Add Retrieve dashboard numbers", redo=""
    )

    services.undo(workflow, actor=None)
    assert types(workflow) == ["st.retrieveSSI"]
    assert queries.history(workflow, None) == queries.History(
        undo="Add Retrieve SSI", redo="Add Retrieve dashboard numbers"
    )
    services.undo(workflow, actor=None)
    assert types(workflow) == []

    services.redo(workflow, actor=None)
    services.redo(workflow, actor=None)
    assert types(workflow) == ["st.retrieveSSI", "st.retrievePerformance"]
    assert queries.history(workflow, None).redo == ""


def test_a_new_edit_ends_the_way_forward_for_good(workflow):
    add(workflow, "st.retrieveSSI")
    add(workflow, "st.retrievePerformance")
    services.undo(workflow, actor=None)
    add(workflow, "st.retrieveInvitations")
    with pytest.raises(Refused, match="nothing of yours to redo"):
        services.redo(workflow, actor=None)

    services.undo(workflow, actor=None)  # takes the invitations back
    assert queries.history(workflow, None) == queries.History(
        undo="Add Retrieve SSI", redo="Add Retrieve invitations"
    )
    services.redo(workflow, actor=None)
    assert types(workflow) == ["st.retrieveSSI", "st.retrieveInvitations"]
    with pytest.raises(Refused):
        services.redo(workflow, actor=None)


def test_each_edit_is_one_revision_and_one_change_with_its_author(ann, workflow):
    services.add_action(workflow, "st.retrieveSSI", Place(None, 0), actor=ann.user)
    services.undo(workflow, actor=ann.user)

    workflow.refresh_from_db()
    changes = list(
        workflow.changes.order_by("revision").values_list("revision", "kind", "of", "actor")
    )
    assert workflow.revision == 2
    assert changes == [(1, "edit", None, ann.user.pk), (2, "undo", 1, ann.user.pk)]


def test_an_edit_that_changes_nothing_makes_no_revision(workflow):
    node = add(workflow, "st.retrieveSSI")
    services.set_note(workflow, node, "", actor=None)
    workflow.refresh_from_db()
    assert workflow.revision == 1
    assert Change.objects.count() == 1


def test_a_refused_edit_changes_nothing(workflow):
    add(workflow, "st.retrieveSSI")
    before = everything(workflow)

    with pytest.raises(Refused):
        services.add_action(workflow, "st.retrievePostComments", Place(None, 0), actor=None)

    assert everything(workflow) == before
    assert Change.objects.count() == 1


def test_folding_is_no_edit_and_undo_leaves_it_alone(workflow):
    node = add(workflow, "st.retrieveSSI")
    services.set_label(workflow, node, "mine", actor=None)
    services.set_collapsed(workflow, [node], True)
    workflow.refresh_from_db()
    assert workflow.revision == 2

    services.undo(workflow, actor=None)

    row = Node.objects.get()
    assert row.collapsed
    assert queries.tree_of(workflow).nodes[node].label is MISSING


def test_undo_brings_back_the_list_form_of_a_replaced_workflow(ann):
    workflow = services.import_wire(
        ann.team, actor=None, name="List", source='[{"actionType": "st.retrieveSSI"}]'
    )
    one = codec.decode('{"actionType": "st.retrievePerformance"}', new_id)
    services.replace_all(workflow, one, actor=None)
    services.undo(workflow, actor=None)
    stored = Workflow.objects.get()
    assert codec.to_wire(queries.tree_of(stored)) == [{"actionType": "st.retrieveSSI"}]
    services.redo(workflow, actor=None)
    stored = Workflow.objects.get()
    assert codec.to_wire(queries.tree_of(stored)) == {"actionType": "st.retrievePerformance"}


@pytest.mark.parametrize(
    "text",
    [
        '{"actionType": "st.x", "zeta": 1, "alpha": {"b": 2, "a": 1}, "10": 0, "9": 0}',
        '{"actionType": "st.x", "id": 12345678901234567890123456789012345678901234567890}',
        '{"actionType": "st.x", "half": 0.1, "whole": 1.0, "big": 1e300, "small": -0.0}',
        '{"actionType": "st.x", "label": null}',
        '{"actionType": "st.x", "label": ""}',
        '{"actionType": "st.x", "label": {"deep": [true, 1, 1.0]}}',
        '{"actionType": "st.x", "then": []}',
        '[{"actionType": "", "text": "\\u00e9\\ud83d\\ude00 \\\\ \\" \\n"}]',
        "[]",
    ],
)
def test_what_is_stored_comes_back_exactly(ann, text):
    workflow = services.import_wire(ann.team, actor=None, name="Exact", source=text)

    wire = codec.to_wire(queries.tree_of(Workflow.objects.get(pk=workflow.pk)))

    assert json.dumps(wire) == json.dumps(json.loads(text))


def test_an_edit_from_an_older_page_tells_what_others_did_since(workflow):
    mine = add(workflow, "st.retrieveSSI")
    theirs = add(workflow, "st.retrievePerformance")  # the page does not show this one yet

    applied = services.set_note(workflow, mine, "weekly", actor=None, base_revision=1)

    assert set(applied.images) == {mine}
    assert set(applied.since) == {mine, theirs}
    assert (applied.base, applied.workflow.revision) == (1, 3)


def test_what_came_and_went_meanwhile_is_not_told(workflow):
    mine = add(workflow, "st.retrieveSSI")
    theirs = add(workflow, "st.retrievePerformance")
    services.remove(workflow, [theirs], actor=None)

    assert services.set_note(
        workflow, mine, "weekly", actor=None, base_revision=1
    ).since.keys() == {mine}


@pytest.mark.parametrize("base", [0, 10**6])
def test_a_page_too_far_behind_or_from_the_future_starts_again(workflow, base):
    node = add(workflow, "st.retrieveSSI")
    for number in range(queries.MOST_CHANGES_BEHIND + 1 if base == 0 else 1):
        services.set_note(workflow, node, str(number), actor=None)

    assert services.set_note(workflow, node, "last", actor=None, base_revision=base).since is None


def test_a_new_catalogue_makes_the_next_edit_count_all_problems_anew(ann):
    source = '[{"actionType": "st.openPost"}, {"actionType": "st.retrieveSSI"}]'
    workflow = services.import_wire(ann.team, actor=None, name="Old", source=source)
    Workflow.objects.update(errors=7, warnings=7, checked_with="another")

    services.set_note(workflow, queries.tree_of(workflow).roots[1].id, "touch", actor=None)

    assert_counts_are_right(workflow)


def test_replacing_everything_by_the_same_rows_is_no_edit(workflow):
    add(workflow, "st.retrieveSSI")
    same = queries.tree_of(workflow)
    applied = services.apply(
        workflow, actor=None, label="Same", edit=lambda tree: replace_all(tree, same)
    )
    assert applied.workflow.revision == 1


def test_what_was_built_upon_outside_the_history_is_not_overwritten(workflow):
    node = add(workflow, "st.retrieveSSI")
    services.set_note(workflow, node, "mine", actor=None)
    Node.objects.update(note="somebody's, by another way")
    with pytest.raises(Refused, match="built upon"):
        services.undo(workflow, actor=None)
    assert Node.objects.get().note == "somebody's, by another way"
    assert queries.history(workflow, None).undo == "Note on Retrieve SSI"


def test_whole_parameters_are_set_and_taken_out_at_once(workflow):
    node = add(workflow, "st.searchPeople")
    services.set_params(workflow, node, {"term": "quay", "odd": [1]}, actor=None)
    services.set_params(workflow, node, {"limit": 3}, ["odd"], actor=None)
    assert queries.tree_of(workflow).nodes[node].params == {"term": "quay", "limit": 3}


def test_an_edit_of_a_deleted_workflow_is_an_error_of_its_own(workflow):
    Workflow.objects.all().delete()
    with pytest.raises(Workflow.DoesNotExist):
        add(workflow, "st.retrieveSSI")
