"""Versions: kept, named, compared, and brought back whole or in part without losing anything."""

import dataclasses
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent
from editor.trees.edits import Refused
from editor.trees.nodes import GAP, Images, Node, Tree
from editor.workflows import queries, rows, services
from editor.workflows.edits.keeping import Clashes, since
from editor.workflows.models import Workflow
from tests.workflows.edits import any_edit, any_trees
from tests.workflows.stories import VISIT, Desk, desk

pytestmark = pytest.mark.django_db

WHO = {"name": "who", "kind": "text", "required": True}


@pytest.fixture
def at_work(bob) -> Desk:
    """Bob's workflow, with the first version kept by hand."""
    at = desk(bob)
    services.name_present(at.workflow, actor=bob.user, name="As begun")
    return at


def everything(at: Desk) -> str:
    """The stored tree to the last bit, with what lies in the tray."""
    tree = at.tree
    nodes = sorted(tree.nodes.values(), key=lambda node: node.id)
    return json.dumps([rows.tree_to_json(tree), [rows.node_to_json(node) for node in nodes]])


def kept_aside(tree: Tree) -> set[str]:
    """The ids of what lies in the tray."""
    return {node.id for top in tree.parked for node in tree.subtree(top.id)}


def without_ids(tree: Tree) -> list[Any]:
    """All that is said in a tree: ids are new where everything was replaced."""
    return [tree.array, tree.inputs or ()] + [
        (
            depth,
            node.type,
            json.dumps(node.params, sort_keys=True),
            repr(node.label),
            node.note,
            node.disabled,
            node.then_array,
        )
        for node, depth in tree.walk()
    ]


def declare(at: Desk, *inputs) -> None:
    """Another declaration of the inputs, as one edit."""

    def edit(tree):
        images = Images()
        images.inputs = (tree.inputs, inputs)
        return images

    services.apply(at.workflow, actor=at.person.user, label="Inputs", edit=edit)
    at.revision += 1


def park(at: Desk, node_id: str) -> None:
    def edit(tree):
        node = tree.nodes[node_id]
        aside = dataclasses.replace(node, parent=None, parked=True, position=GAP)
        return Images({node_id: (node, aside)})

    services.apply(at.workflow, actor=at.person.user, label="Lay aside", edit=edit)
    at.revision += 1


def text_of(html: str) -> str:
    """What is read, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def page(at: Desk, number: int = 1, **query) -> str:
    return at.get(f"/versions/{number}", **query).content.decode()


def take(at: Desk, number: int, **fields):
    return at.person.post(f"{at.url}/versions/{number}/take", {"base": at.revision, **fields})


# The History tab


def test_versions_and_edits_are_listed_newest_first(at_work):
    at_work.edit("label", node=at_work.node("st.retrievePersonSkills").id, label="skills")
    at_work.edit("remove", node=at_work.node("st.retrievePersonPosts").id)
    at_work.edit("undo")
    services.snapshot(at_work.workflow, actor=None, reason="run")

    told = text_of(at_work.get("/versions").content.decode())
    assert told.index("Version 2") < told.index("As begun")
    assert "used by a run" in told
    assert "kept by hand" in told
    assert "Undid: Delete Retrieve person&#x27;s posts" in told
    assert "Delete Retrieve person&#x27;s posts undone" in told
    assert told.index("Undid") < told.index("Label Retrieve skills")


def test_a_version_that_a_run_used_leads_to_its_runs(at_work):
    assert "/runs?" not in at_work.get("/versions").content.decode()
    services.snapshot(at_work.workflow, actor=None, reason="run")
    html = at_work.get("/versions").content.decode()
    assert f"/runs?workflow={at_work.workflow.public_id}&amp;version=1" in html
    assert "As begun" in html


def test_lists_go_on_page_by_page_at_the_same_cost(at_work):
    node = at_work.node("st.retrievePersonSkills").id

    def asked(path: str) -> tuple[int, str]:
        with CaptureQueriesContext(connection) as captured:
            html = at_work.get(path).content.decode()
        return len(captured), html

    at_work.get("/versions")
    few, _ = asked("/versions")
    for number in range(25):
        at_work.edit("note", node=node, note=str(number))
        services.snapshot(at_work.workflow, actor=None, reason="run")
    many, html = asked("/versions")
    assert many == few

    versions = re.findall(r'data-version="(\d+)"', html)
    seen, older = list(versions), re.findall(r'data-older="[^"]*/versions\?([^"]+)"', html)
    while older:
        cost, html = asked(f"/versions?{older[0]}")
        assert cost < few
        assert "history-edits" not in html
        seen += re.findall(r'data-version="(\d+)"', html)
        older = re.findall(r'data-older="[^"]*\?([^"]+)"', html)
    assert seen == [str(number) for number in range(26, 0, -1)]

    [more] = re.findall(r'data-older="[^"]*/edits\?([^"]+)"', asked("/versions")[1])
    _, html = asked(f"/versions/edits?{more}")
    assert html.count('<li class="done') == 5


@pytest.mark.parametrize("path", ["/versions?cursor=x", "/versions/edits?cursor=x", "/versions/99"])
def test_what_is_not_there_is_not_found(at_work, path):
    assert at_work.get(path).status_code == 404
    assert at_work.get("/versions/1?with=99").status_code == 404
    assert at_work.get("/versions/1?with=all").status_code == 404
    assert at_work.get(f"/versions/{10**40}").status_code == 404


# Names


def test_a_name_is_given_changed_and_taken_away(at_work):
    url = f"{at_work.url}/versions"
    at_work.edit("note", node=at_work.tree.roots[0].id, note="x")
    assert at_work.person.post(f"{url}/name", {"name": "Better"}).status_code == 204
    assert at_work.person.post(f"{url}/1/name", {"name": "Old"}).status_code == 204
    assert [v.name for v in at_work.workflow.versions.order_by("number")] == ["Old", "Better"]
    assert at_work.person.post(f"{url}/1/name", {"name": ""}).status_code == 204
    assert "Version 1" in text_of(at_work.get("/versions").content.decode())

    events = AuditEvent.objects.filter(verb="version.named").order_by("pk")
    assert [event.subject for event in events] == ["As begun", "Better", "Old", "Version 1"]


def test_a_name_must_be_one(at_work):
    for name, words in (("", "Give the version a name"), ("x" * 121, "at most 120 characters")):
        answer = at_work.person.post(f"{at_work.url}/versions/name", {"name": name})
        assert answer.status_code == 422
        assert words in answer.content.decode()


def test_names_are_text_wherever_they_are_shown(at_work):
    services.name_version(
        at_work.workflow.versions.get(), actor=None, name="<img src=x onerror=alert(1)>"
    )
    at_work.edit("note", node=at_work.tree.roots[0].id, note="<script>")
    for html in (at_work.get("/versions").content.decode(), page(at_work)):
        assert "&lt;img" in html
        assert "<img" not in html
        assert "<script>" not in html


# Compare


def test_the_page_says_in_words_what_changed(at_work):
    at_work.edit(
        "param", node=at_work.node("st.retrievePersonPosts").id, field="/limit", value="15"
    )
    at_work.edit("remove", node=at_work.node("st.retrievePersonSkills").id)
    at_work.edit("add", type="st.retrieveSSI")
    declare(at_work, WHO)

    told = text_of(page(at_work))
    assert "1 added, 1 removed, 1 changed, 1 input added" in told
    assert "Limit Before 5 After 15" in told
    assert "Retrieve SSI added" in told
    assert "Retrieve skills removed" in told
    assert "who added" in told
    assert "Kind Before nothing After a text" in told


def test_the_changed_part_of_a_long_text_is_marked(at_work):
    note = "Dear reader. " * 30
    node = at_work.tree.roots[0].id
    at_work.edit("note", node=node, note=f"{note}We met in Porto. {note}")
    services.snapshot(at_work.workflow, actor=None, reason="run")
    at_work.edit("note", node=node, note=f"{note}We met in Lisbon. {note}")
    html = page(at_work, 2)
    assert "<del>Porto</del>" in html
    assert "<ins>Lisbon</ins>" in html
    assert " … " in html
    assert html.count("Dear reader.") < 40


def test_branches_without_a_difference_are_folded_and_counted(at_work):
    at_work.edit("duplicate", node=at_work.tree.roots[0].id)
    told = text_of(page(at_work))
    assert "3 unchanged actions" in told
    assert told.count("added") >= 3


def test_any_two_versions_can_be_compared(at_work):
    at_work.edit("add", type="st.retrieveSSI")
    services.snapshot(at_work.workflow, actor=None, reason="run")
    at_work.edit("remove", node=at_work.node("st.retrieveSSI").id)

    assert "No differences" in page(at_work)
    assert "1 added" in text_of(page(at_work, 1, **{"with": 2}))
    assert "1 removed" in text_of(page(at_work, 2, **{"with": 1}))
    chosen = at_work.get("/versions/1", **{"from": "2", "with": "1"})
    assert chosen["Location"] == f"{at_work.url}/versions/2?with=1"


def test_who_only_looks_is_offered_nothing_to_change(at_work, vic):
    at_work.edit("add", type="st.retrieveSSI")
    looking = Desk(vic, at_work.workflow)
    html = page(looking) + looking.get("/versions").content.decode()
    assert "1 added" in html
    assert "Take back" not in html
    assert "data-restore" not in html
    assert "data-name-version" not in html


def test_comparing_costs_the_same_for_many_differences(at_work):
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(at_work)
        return len(captured)

    page(at_work)
    few = cost()
    for _ in range(4):
        at_work.edit("duplicate", node=at_work.tree.roots[0].id)
    assert cost() == few


# Restore


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=any_trees(), data=st.data())
def test_restoring_any_version_and_undoing_it_is_exact(bob, first, data):
    """All but the tray, which belongs to no version: what lies there now stays."""
    workflow = services.import_tree(bob.team, actor=bob.user, name="Any", tree=first)
    at = Desk(bob, workflow)
    then = rows.tree_to_json(at.tree)
    services.snapshot(workflow, actor=None, reason="run")
    for _ in range(data.draw(st.integers(1, 5))):
        services.apply(workflow, actor=None, label="x", edit=lambda tree: any_edit(data, tree))
    tree, now = at.tree, everything(at)
    try:
        services.restore_version(workflow, 1, actor=bob.user)
    except Refused:
        assert rows.tree_to_json(at.tree) == then
        return
    restored = everything(at)
    assert rows.tree_to_json(at.tree) == then
    assert kept_aside(tree) <= {*at.tree.nodes}
    services.undo(workflow, actor=bob.user)
    assert everything(at) == now
    services.redo(workflow, actor=bob.user)
    assert everything(at) == restored


def test_restoring_keeps_what_was_here_and_says_what_it_did(at_work):
    at_work.edit("remove", node=at_work.node("st.retrievePersonSkills").id)
    at_work.edit("add", type="st.retrieveSSI")
    before = at_work.wire
    told = at_work.edit("restore", version=1)
    assert told.marks["message"] == "Restore version 1 “As begun”: 1 added, 1 removed"
    assert {kind for kind, _ in told.operations} == {"insert", "remove"}
    assert at_work.wire == VISIT

    kept = at_work.workflow.versions.get(number=2)
    assert (kept.reason, kept.revision, kept.definition) == ("restore", 2, before)


def test_a_restored_version_brings_its_inputs_and_leaves_the_tray(at_work):
    declare(at_work, WHO)
    services.snapshot(at_work.workflow, actor=None, reason="run")
    declare(at_work)
    at_work.edit("add", type="st.retrieveSSI")
    park(at_work, at_work.node("st.retrieveSSI").id)

    at_work.edit("restore", version=2)
    assert at_work.tree.inputs == (WHO,)
    assert [node.type for node in at_work.tree.parked] == ["st.retrieveSSI"]


def test_what_lies_in_the_tray_comes_back_from_there(at_work):
    skills = at_work.node("st.retrievePersonSkills").id
    park(at_work, skills)
    assert "Retrieve skills removed" in text_of(page(at_work))
    at_work.edit("restore", version=1)
    assert at_work.wire == VISIT
    assert at_work.tree.parked == ()
    at_work.edit("undo")
    assert [node.id for node in at_work.tree.parked] == [skills]


def test_there_must_be_something_to_restore(at_work):
    refused = at_work.try_to("restore", version=1)
    assert refused.status_code == 422
    assert "already" in refused.content.decode()
    assert at_work.workflow.versions.count() == 1
    assert at_work.try_to("restore", version=7).status_code == 404
    assert at_work.try_to("restore", version="x").status_code == 400


def test_the_page_restores_as_well(at_work):
    at_work.edit("add", type="st.retrieveSSI")
    answer = at_work.person.post(f"{at_work.url}/versions/1/restore")
    assert answer["Location"] == at_work.url
    assert at_work.wire == VISIT


def test_replacing_everything_keeps_what_was_here_and_the_tray(at_work):
    at_work.edit("add", type="st.retrieveSSI")
    park(at_work, at_work.node("st.retrieveSSI").id)
    at_work.edit("replace", text='{"actionType": "st.retrievePerformance"}')
    kept = at_work.workflow.versions.get(number=2)
    assert (kept.reason, kept.definition) == ("replace", VISIT)
    assert [node.type for node in at_work.tree.parked] == ["st.retrieveSSI"]
    at_work.edit("restore", version=2)
    assert at_work.wire == VISIT


def test_json_that_replaces_most_of_it_keeps_what_was_here(at_work):
    at_work.edit("json", text=json.dumps({**VISIT, "then": VISIT["then"][:1]}))
    assert at_work.workflow.versions.count() == 1
    at_work.edit("note", node=at_work.tree.roots[0].id, note="x")
    at_work.edit("json", text='{"actionType": "st.retrieveSSI"}')
    assert at_work.workflow.versions.get(number=2).reason == "replace"


# A part of it


def test_single_differences_are_taken_back(at_work):
    posts = at_work.node("st.retrievePersonPosts").id
    skills = at_work.node("st.retrievePersonSkills").id
    at_work.edit("param", node=posts, field="/limit", value="15")
    at_work.edit("remove", node=skills)
    declare(at_work, WHO)

    answer = take(at_work, 1, node=[skills])
    assert answer["Location"] == f"{at_work.url}/versions/1"
    assert at_work.wire["then"][0] == VISIT["then"][0]
    assert at_work.wire["then"][1]["limit"] == 15
    assert at_work.workflow.versions.count() == 2

    at_work.revision += 1
    take(at_work, 1, node=[posts], input=["who"])
    assert at_work.wire == VISIT
    assert at_work.tree.inputs == ()
    services.undo(at_work.workflow, actor=at_work.person.user)
    services.undo(at_work.workflow, actor=at_work.person.user)
    assert [node.id for node, _ in at_work.tree.walk()] == [at_work.tree.roots[0].id, posts]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=any_trees(), data=st.data())
def test_all_parts_taken_back_are_the_whole(bob, first, data):
    workflow = services.import_tree(bob.team, actor=bob.user, name="Any", tree=first)
    services.snapshot(workflow, actor=None, reason="run")
    for _ in range(data.draw(st.integers(1, 5))):
        services.apply(workflow, actor=None, label="x", edit=lambda tree: any_edit(data, tree))
    now = queries.tree_of(Workflow.objects.get(pk=workflow.pk))
    ids = [None, *(entry.id for entry in since(first, now).differing)]
    try:
        services.take_back(workflow, 1, ids, actor=bob.user)
    except Refused as refusal:
        if refusal.code != "nothing-to-restore":
            raise
    assert without_ids(queries.tree_of(Workflow.objects.get(pk=workflow.pk))) == without_ids(first)


def test_two_actions_that_changed_places_change_back_by_either(at_work):
    skills = at_work.node("st.retrievePersonSkills").id
    root = at_work.tree.roots[0].id
    at_work.edit("move", node=skills, parent=root, index=1)
    [shown] = re.findall(r'name="node" value="(\w+)"', page(at_work))
    take(at_work, 1, node=[shown])
    assert at_work.wire == VISIT


def test_parts_that_are_wrong_alone_are_refused_in_words_unless_insisted(at_work):
    posts = at_work.node("st.retrievePersonPosts").id
    declare(at_work, WHO)
    at_work.edit("label", node=posts, label="{{ who }}")

    answer = take(at_work, 1, input=["who"])
    told = text_of(answer.content.decode())
    assert answer.status_code == 422
    assert "Without the other differences this would make a problem" in told
    assert "who" in told
    assert "Take them back all the same" in told
    assert 'value="who" form="take" checked' in answer.content.decode()
    assert at_work.tree.inputs == (WHO,)
    with pytest.raises(Clashes):
        services.take_back(at_work.workflow, 1, [], ["who"], actor=None)

    assert take(at_work, 1, input=["who"], force="1").status_code == 302
    assert at_work.tree.inputs == ()
    assert at_work.tree.nodes[posts].label == "{{ who }}"


def test_differences_chosen_before_somebody_else_changed_something_are_shown_again(at_work, ann):
    skills = at_work.node("st.retrievePersonSkills").id
    at_work.edit("remove", node=skills)
    Desk(ann, at_work.workflow, at_work.revision).edit("add", type="st.retrieveSSI")

    answer = take(at_work, 1, node=[skills])
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Somebody changed this workflow meanwhile" in html
    assert f'name="base" value="{at_work.revision + 1}"' in html
    assert f'value="{skills}" form="take" checked' in html


def test_nothing_chosen_is_said(at_work):
    at_work.edit("add", type="st.retrieveSSI")
    assert "Choose at least one difference" in take(at_work, 1).content.decode()


def test_a_part_comes_back_though_everything_was_replaced_as_json(at_work):
    other = {**VISIT, "then": [VISIT["then"][0]]}
    at_work.edit("replace", text=json.dumps(other))
    [gone] = re.findall(r'name="node" value="(\w+)"', page(at_work))
    take(at_work, 1, node=[gone])
    assert at_work.wire == VISIT


def test_the_form_of_the_first_actions_is_taken_back(at_work):
    at_work.edit("replace", text=json.dumps([VISIT]))
    assert "written as a list now" in page(at_work)
    take(at_work, 1, roots="1")
    assert at_work.wire == VISIT


def test_a_version_without_inputs_leaves_them_alone(at_work):
    """As versions were before workflows had inputs."""
    version = at_work.workflow.versions.get()
    del version.tree["inputs"]
    version.save()
    declare(at_work, WHO)
    at_work.edit("add", type="st.retrieveSSI")
    at_work.edit("restore", version=1)
    assert at_work.tree.inputs == (WHO,)
    assert queries.tree_of(Workflow.objects.get(pk=at_work.workflow.pk)).inputs == (WHO,)
    assert isinstance(at_work.tree.roots[0], Node)
