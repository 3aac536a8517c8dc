"""Everybody undoes their own edits; what somebody else did since is never overwritten."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from editor import catalog
from editor.catalog import constraints
from editor.trees import edits, several
from editor.trees.edits import Refused
from editor.trees.nodes import MISSING, PARKED, Images, Node, Tree
from editor.trees.places import Place
from editor.trees.replay import as_now
from editor.trees.validate import validate
from editor.workflows import queries, services
from editor.workflows.models import Change, Workflow
from tests.people import Person
from tests.workflows.edits import any_edit, any_trees
from tests.workflows.stories import Desk, desk

pytestmark = pytest.mark.django_db

SKILLS, POSTS = "st.retrievePersonSkills", "st.retrievePersonPosts"


@pytest.fixture
def anns(ann) -> Desk:
    return desk(ann)


@pytest.fixture
def bobs(anns, bob) -> Desk:
    """Bob, before the same workflow."""
    return Desk(bob, anns.workflow)


def label_of(at: Desk, action_type: str) -> object:
    return at.node(action_type).label


def test_undo_takes_back_my_last_edit_and_leaves_what_others_did_since(anns, bobs):
    anns.edit("label", node=anns.node(SKILLS).id, label="hers")
    told = bobs.edit("label", node=bobs.node(POSTS).id, label="his")
    assert told.marks["undo"] == "Label Retrieve person&#x27;s posts"

    told = anns.edit("undo")

    assert (told.marks["undo"], told.marks["redo"]) == ("", "Label Retrieve skills")
    assert told.marks["message"] == "Undone: Label Retrieve skills"
    assert (label_of(anns, SKILLS), label_of(anns, POSTS)) == (MISSING, "his")


def test_undo_says_who_changed_the_same_action_since_and_changes_nothing(anns, bobs):
    node = anns.node(SKILLS).id
    anns.edit("label", node=node, label="hers")
    bobs.edit("note", node=node, note="his")

    answer = anns.try_to("undo")

    assert answer.status_code == 422
    assert "Bob changed Retrieve skills since; undo would overwrite it." in answer.content.decode()
    assert "Undo Bob’s change first, or change it by hand." in answer.content.decode()
    assert (label_of(anns, SKILLS), anns.node(SKILLS).note) == ("hers", "his")

    bobs.edit("undo")
    anns.edit("undo")
    assert (label_of(anns, SKILLS), anns.node(SKILLS).note) == (MISSING, "")


def test_undo_of_an_action_under_which_somebody_built_would_delete_that(anns, bobs):
    top = anns.edit("add", type="st.openPersonPage").marks["focus"]
    bobs.edit("add", type=SKILLS, parent=top)
    words = anns.try_to("undo").content.decode()
    assert "Bob added Retrieve skills since; undo would delete it." in words


def test_undo_of_a_delete_needs_the_action_above_to_be_there(anns, bobs):
    anns.edit("remove", node=anns.node(SKILLS).id)
    bobs.edit("remove", node=anns.node("st.openPersonPage").id)
    assert "Bob deleted Open person page since" in anns.try_to("undo").content.decode()


def test_redo_brings_my_edits_back_in_their_order_though_others_edit_in_between(anns, bobs):
    for number in range(3):
        anns.edit("add", type="st.retrieveSSI", index=number)
    added = [node.id for node in anns.tree.roots[:3]]
    anns.edit("undo")
    bobs.edit("label", node=bobs.node(POSTS).id, label="his")
    anns.edit("undo")
    anns.edit("undo")

    told = anns.edit("redo")
    assert told.marks["message"] == "Done again: Add Retrieve SSI"
    assert anns.tree.roots[0].id == added[0]
    bobs.edit("undo")
    anns.edit("redo")
    told = anns.edit("redo")

    assert told.marks["redo"] == ""
    assert [node.id for node in anns.tree.roots[:3]] == added


def test_undo_of_an_input_leaves_those_that_others_declared_since(anns, bobs):
    anns.edit("input-add", name="hers", kind="text")
    bobs.edit("input-add", name="his", kind="text")
    anns.edit("undo")
    assert [each["name"] for each in anns.tree.inputs] == ["his"]
    anns.edit("redo")
    assert {each["name"] for each in anns.tree.inputs} == {"hers", "his"}
    bobs.edit("undo")
    assert [each["name"] for each in anns.tree.inputs] == ["hers"]


def test_undo_of_an_input_of_which_somebody_said_something_since_tells_who(anns, bobs):
    anns.edit("input-add", name="hers", kind="text")
    bobs.edit("input-change", input="hers", field="help", value="Whose?")
    said = anns.tree.inputs
    answer = anns.try_to("undo")
    assert answer.status_code == 422
    assert "Bob changed the same inputs since; undo would overwrite" in answer.content.decode()
    assert anns.tree.inputs == said


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_move_within_one_list_can_always_be_undone_right_away_and_redone(data):
    places = data.draw(st.lists(st.integers(-4, 2000), min_size=2, max_size=6, unique=True))
    tree = Tree([Node(f"n{n}", None, at, "st.retrieveSSI") for n, at in enumerate(places)])
    ids = data.draw(st.lists(st.sampled_from(sorted(tree.nodes)), min_size=1, unique=True))
    place = Place(None, data.draw(st.integers(0, len(places) - len(ids))))
    images = several.move(tree, catalog.default(), ids, place)
    after = tree.with_rows(images)
    for now, step, then in ((after, edits.inverse(images), tree), (tree, images, after)):
        again = as_now(now, step)
        assert edits.conflicts(now, again, "after") == ()
        assert now.with_rows(again) == then


def test_my_new_edit_ends_my_way_forward_and_nobody_elses(anns, bobs):
    anns.edit("label", node=anns.node(SKILLS).id, label="hers")
    bobs.edit("label", node=bobs.node(POSTS).id, label="his")
    anns.edit("undo")
    bobs.edit("undo")
    anns.edit("add", type="st.retrieveSSI")
    assert anns.try_to("redo").status_code == 422
    bobs.edit("redo")
    assert label_of(bobs, POSTS) == "his"


def test_redo_does_not_overwrite_what_somebody_did_since(anns, bobs):
    node = anns.node(SKILLS).id
    anns.edit("label", node=node, label="hers")
    anns.edit("undo")
    bobs.edit("label", node=node, label="his")
    words = anns.try_to("redo").content.decode()
    assert "Bob changed Retrieve skills since; redo would overwrite it." in words


def test_what_somebody_puts_beside_it_is_not_in_the_way(anns, bobs):
    """The first dozen of newcomers in one place numbers all siblings anew."""
    skills, posts = anns.node(SKILLS).id, anns.node(POSTS).id
    top = anns.node("st.openPersonPage").id
    anns.edit("param", node=posts, field="/limit", value="9")
    for _ in range(12):
        bobs.edit("add", type="st.checkConnectionStatus", parent=top, index=1)

    anns.edit("undo")

    assert anns.tree.nodes[posts].params == {"limit": 5}
    below = [node.id for node in anns.tree.children(top)]
    assert (below[0], below[-1], len(below)) == (skills, posts, 14)


def test_what_comes_back_to_a_place_that_was_taken_shares_it(anns, bobs):
    top, posts = anns.node("st.openPersonPage").id, anns.node(POSTS).id
    anns.edit("remove", node=posts)
    new = bobs.edit("add", type="st.checkConnectionStatus", parent=top).marks["focus"]

    anns.edit("undo")
    below = anns.tree.children(top)
    assert [node.id for node in below[1:]] == [posts, new]
    assert len({node.position for node in below}) == 3

    anns.edit("redo")
    anns.edit("undo")
    assert [node.id for node in anns.tree.children(top)[1:]] == [posts, new]


def crowd(at: Desk, top: str, index: int, count: int = 12) -> None:
    """So many newcomers in one place that all siblings are numbered anew, if it is a dozen."""
    for _ in range(count):
        at.edit("add", type="st.checkConnectionStatus", parent=top, index=index)


def places(at: Desk, top: str, *nodes: str) -> list[int]:
    below = [node.id for node in at.tree.children(top)]
    return [below.index(node) for node in nodes]


def test_a_move_can_be_undone_and_redone_in_a_list_that_was_numbered_anew(anns, bobs):
    top, skills = anns.node("st.openPersonPage").id, anns.node(SKILLS).id
    posts = anns.node(POSTS).id
    last = anns.edit("add", type="st.checkConnectionStatus", parent=top).marks["focus"]
    anns.edit("move", node=skills, parent=top)
    crowd(bobs, top, 1)
    assert places(anns, top, posts, last, skills) == [0, 13, 14]

    anns.edit("undo")
    assert places(anns, top, skills, posts, last) == [0, 1, 14]
    anns.edit("redo")
    assert places(anns, top, posts, last, skills) == [0, 13, 14]
    anns.edit("undo")
    assert places(anns, top, skills, posts, last) == [0, 1, 14]


def test_what_comes_back_finds_its_place_in_a_list_that_was_numbered_anew(anns, bobs):
    """Its number of before lies elsewhere among the new ones."""
    top = anns.node("st.openPersonPage").id
    crowd(bobs, top, 1, 9)
    before, node, behind = [node.id for node in anns.tree.children(top)[1:4]]
    anns.edit("remove", node=node)
    crowd(bobs, top, 1, 3)

    anns.edit("undo")

    assert places(anns, top, before, node, behind) == [4, 5, 6]


def test_what_somebody_else_moved_in_a_list_that_was_numbered_anew_stays(anns, bobs):
    top, skills = anns.node("st.openPersonPage").id, anns.node(SKILLS).id
    anns.edit("add", type="st.checkConnectionStatus", parent=top)
    anns.edit("move", node=skills, parent=top)
    bobs.edit("move", node=skills, parent=top, index=1)
    crowd(bobs, top, 1)
    assert "Bob changed Retrieve skills since" in anns.try_to("undo").content.decode()
    assert places(anns, top, skills) == [13]


def test_several_come_back_where_there_is_no_room():
    first = Tree([Node(name, None, number, "st.x") for number, name in enumerate("abc")])
    removed = edits.combine(edits.remove(first, "a"), edits.remove(first, "b"))
    taken = first.with_rows(removed).with_rows(
        Images({name: (None, Node(name, None, at, "st.x")) for at, name in enumerate("xy")})
    )

    back = taken.with_rows(as_now(taken, edits.inverse(removed)))

    assert [node.id for node in back.roots] == ["a", "x", "b", "y", "c"]
    assert len({node.position for node in back.roots}) == 5


# What is typed in one go


def typing(at: Desk, *texts: str) -> None:
    for number, text in enumerate(texts):
        key = f"k{at.revision}x{number}"
        at.edit("note", node=at.node(SKILLS).id, note=text, key=key)


def test_what_was_typed_in_one_go_is_undone_and_redone_in_one_go(anns):
    typing(anns, "a", "ab", "abc")
    told = anns.edit("undo")
    assert (anns.node(SKILLS).note, told.marks["undo"]) == ("", "")
    told = anns.edit("redo")
    assert (anns.node(SKILLS).note, told.marks["redo"]) == ("abc", "")


def test_a_pause_ends_what_is_undone_in_one_go(anns):
    typing(anns, "a", "ab")
    Change.objects.update(made_at=Change.objects.latest("revision").made_at - timedelta(minutes=1))
    typing(anns, "abc", "abcd")
    anns.edit("undo")
    assert anns.node(SKILLS).note == "ab"


def test_another_field_or_another_person_ends_what_is_undone_in_one_go(anns, bobs):
    typing(anns, "a")
    bobs.edit("label", node=bobs.node(SKILLS).id, label="his", key="his")
    typing(anns, "ab")
    anns.edit("param", node=anns.node(POSTS).id, field="/limit", value="9", key="limit")

    anns.edit("undo")
    assert anns.node(POSTS).params == {"limit": 5}
    anns.edit("undo")
    assert (anns.node(SKILLS).note, label_of(anns, SKILLS)) == ("a", "his")


def test_typing_that_came_to_nothing_is_undone_step_by_step(anns):
    typing(anns, "a", "")
    anns.edit("undo")
    assert anns.node(SKILLS).note == "a"


# Any edits of two people


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=any_trees(), data=st.data())
def test_whatever_two_people_edit_and_undo_the_tree_stays_right(ann, bob, first, data):
    workflow = services.import_tree(ann.team, actor=ann.user, name="Any", tree=first)
    for number in range(data.draw(st.integers(2, 15))):
        person = data.draw(st.sampled_from([ann, bob]), label="person")
        what = data.draw(st.sampled_from(["edit", "edit", "undo", "redo"]), label="what")
        if what == "edit":
            services.apply(
                workflow,
                actor=person.user,
                label=str(number),
                edit=lambda tree: any_edit(data, tree),
            )
        else:
            replay(workflow, person, what)
        workflow = Workflow.objects.get(pk=workflow.pk)
        assert_whole(queries.tree_of(workflow))

    for person in (ann, bob):
        while replay(workflow, person, "undo"):
            assert_whole(queries.tree_of(workflow))


def replay(workflow: Workflow, person: Person, what: str) -> bool:
    """Undo or redo: done exactly, or refused with nothing changed."""
    ask, act = {
        "undo": (queries.next_undo, services.undo),
        "redo": (queries.next_redo, services.redo),
    }[what]
    before, edit = queries.tree_of(workflow), ask(workflow, person.user)
    try:
        applied = act(workflow, actor=person.user)
    except Refused:
        assert queries.tree_of(workflow) == before
        return False
    assert edit.actor == person.user
    stored = queries.tree_of(Workflow.objects.get(pk=workflow.pk))
    assert stored == applied.after
    for node_id, pair in edit.images["rows"].items():
        wanted = pair[0 if what == "undo" else 1]
        node = stored.get(node_id)
        assert (node is None) == (wanted is None)
        if node:
            assert (node.type, node.parent, node.note) == (
                wanted["type"], wanted["parent"], wanted.get("note", ""),
            )  # fmt: skip
            assert dict(node.params) == wanted["params"]
    return True


def assert_whole(tree: Tree) -> None:
    """Every action can be reached, no two siblings have one place, and what is forbidden is told."""
    tops = (*tree.roots, *tree.parked)
    assert {node.id for top in tops for node in tree.subtree(top.id)} == set(tree.nodes)
    for parent in (None, PARKED, *tree.nodes):
        positions = [node.position for node in tree.children(parent)]
        assert len(set(positions)) == len(positions)
    told = {problem.node_id for problem in validate(tree, catalog.default())}
    for node, _ in tree.walk():
        off = any(step.disabled for step in tree.path(node.id))
        if not off and is_forbidden(tree, node):
            assert node.id in told


def is_forbidden(tree: Tree, node: Node) -> bool:
    parent = tree.get(node.parent)
    return constraints.explain(catalog.default(), parent and parent.type, node.type) is not None


# What somebody else deleted


def test_what_was_deleted_can_be_brought_back_with_all_that_went_with_it(anns, bobs):
    before = anns.tree
    top = anns.node("st.openPersonPage").id
    bobs.edit("remove", node=top)

    told = anns.edit("bring-back", node=top)

    assert anns.tree == before
    assert told.marks["undo"] == "Bring back Open person page"
    anns.edit("undo")
    assert top not in anns.tree


def test_what_has_no_place_to_go_back_to_stays_away(anns, bobs):
    node = anns.node(SKILLS).id
    bobs.edit("remove", node=node)
    bobs.edit("remove", node=bobs.node("st.openPersonPage").id)
    answer = anns.try_to("bring-back", node=node)
    assert (answer.status_code, "gone too" in answer.content.decode()) == (422, True)
    assert anns.try_to("bring-back", node="nosuchnode12").status_code == 422
