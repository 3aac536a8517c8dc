"""What a page does to show a changed tree, tried on a page made of dictionaries."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor import catalog
from editor.catalog import Catalog
from editor.trees import codec, edits
from editor.trees.nodes import Node, Tree
from editor.trees.places import Place
from editor.trees.validate import validate, validate_node
from editor.workflows.grow import grow
from editor.workflows.shown import cards, render
from editor.workflows.shown.cards import Counts, Row
from editor.workflows.shown.render import Operation
from tests.trees.strategies import ids
from tests.workflows.edits import any_edit, any_trees

KNOWN: Catalog = catalog.default()


class Page:
    """The outline as the browser keeps it: children in order, and a card for each action."""

    def __init__(self, tree: Tree) -> None:
        self.children: dict[str, list[str]] = {"": []}
        self.cards: dict[str, Row] = {}
        self.put(all_rows(tree), "", "")

    def put(self, rows: list[Row], parent: str, after: str) -> None:
        """Write the nested list as the template does: open each row, then close as many as it says."""
        open_lists = [parent]
        for row in rows:
            assert row.id not in self.cards
            siblings = self.children[open_lists[-1]]
            index = siblings.index(after) + 1 if open_lists == [parent] and after else len(siblings)
            if open_lists == [parent]:
                index = siblings.index(after) + 1 if after else 0
                after = row.id
            siblings.insert(index, row.id)
            self.cards[row.id] = row
            self.children[row.id] = []
            open_lists.append(row.id)
            del open_lists[len(open_lists) - row.closes :]
        assert open_lists == [parent]

    def apply(self, step: Operation) -> None:
        if step.kind == "insert":
            self.put(list(step.rows), step.parent, step.after)
        elif step.kind == "move":
            assert step.parent not in self.below(step.id), "an element cannot go into itself"
            self.detach(step.id)
            siblings = self.children[step.parent]
            siblings.insert(siblings.index(step.after) + 1 if step.after else 0, step.id)
        elif step.kind == "remove":
            gone = self.below(step.id)
            self.detach(step.id)
            for node_id in gone:
                del self.cards[node_id], self.children[node_id]
        else:
            assert step.id in self.cards
            [self.cards[step.id]] = step.rows

    def detach(self, node_id: str) -> None:
        [parent] = [parent for parent, below in self.children.items() if node_id in below]
        self.children[parent].remove(node_id)

    def below(self, node_id: str) -> set[str]:
        return {node_id}.union(*(self.below(child) for child in self.children[node_id]))

    def seen(self) -> object:
        """What somebody looking at the page sees: the nesting, and each card's face."""
        faces = {
            node_id: replace(row, parent="", level=0, closes=0, collapsed=False, problems=())
            for node_id, row in self.cards.items()
        }
        marks = {
            node_id: [(p.code, p.severity, p.message, p.fix) for p in row.problems]
            for node_id, row in self.cards.items()
        }
        return self.children, faces, marks


def all_rows(tree: Tree) -> list[Row]:
    problems = {node_id: validate_node(tree, node_id, KNOWN) for node_id in tree.nodes}
    return cards.rows_of(tree, list(tree.walk()), KNOWN, problems)


@given(any_trees(), st.data())
def test_after_its_steps_a_page_shows_the_changed_tree(before, data):
    images = any_edit(data, before)
    if data.draw(st.booleans()):  # two edits at once, as when somebody else made the first
        images = edits.combine(images, any_edit(data, before.with_rows(images)))
    after = before.with_rows(images)
    page = Page(before)

    for step in render.operations(before, after, images, KNOWN):
        page.apply(step)

    assert page.seen() == Page(after).seen()


@given(any_trees(), st.data())
def test_steps_lead_back_as_well(before, data):
    images = any_edit(data, before)
    after = before.with_rows(images)
    page = Page(after)

    for step in render.operations(after, before, edits.inverse(images), KNOWN):
        page.apply(step)

    assert page.seen() == Page(before).seen()


@given(any_trees(), st.data())
def test_problems_are_counted_from_the_touched_rows_alone(before, data):
    images = any_edit(data, before)
    after = before.with_rows(images)

    grown = render.problem_counts(before, after, images, KNOWN)

    assert counted(before) + grown == counted(after)


def counted(tree: Tree) -> Counts:
    return Counts.of(problem for problem in validate(tree, KNOWN) if problem.node_id)


PERSON = "https://www.linkedin.com/in/ada"
THREE = {
    "actionType": "st.openPersonPage",
    "personUrl": PERSON,
    "then": [
        {"actionType": "st.retrievePersonSkills"},
        {"actionType": "st.retrievePersonPosts"},
        {"actionType": "st.sendMessage", "text": "Hello"},
    ],
}


@pytest.fixture
def page_with_three() -> Tree:
    """n0: a person's page with three actions below, n1 to n3."""
    return codec.from_wire(THREE, ids())


def steps(before: Tree, images: edits.Images) -> list[tuple[str, str, str, str]]:
    found = render.operations(before, before.with_rows(images), images, KNOWN)
    return [(step.kind, step.id, step.parent, step.after) for step in found]


def test_only_the_moved_action_moves(page_with_three):
    images = edits.move(page_with_three, KNOWN, "n1", Place("n0", 2))

    assert steps(page_with_three, images) == [("move", "n1", "n0", "n3")]


def test_renumbered_siblings_stay_where_they_are():
    nodes = [Node(f"n{i}", None, i, "st.retrieveSSI") for i in range(50)]
    crowded = Tree(nodes)  # no gap is left between the positions
    images = edits.move(crowded, KNOWN, "n49", Place(None, 1))
    assert len(images) > 40, "this test is about renumbering"

    assert steps(crowded, images) == [("move", "n49", "", "n0")]


def test_lifted_children_leave_before_their_parent_goes(page_with_three):
    inner = edits.wrap(page_with_three, KNOWN, "n0", ["nv.openPersonPage"], lambda: "top")
    wrapped = page_with_three.with_rows(inner)

    kinds = [step[0] for step in steps(wrapped, edits.lift_children(wrapped, KNOWN, "top"))]

    assert kinds.index("move") < kinds.index("remove")


def test_an_inserted_parent_gets_its_old_child_without_sending_it_again(page_with_three):
    images = edits.wrap(page_with_three, KNOWN, "n0", ["nv.openPersonPage"], lambda: "top")
    after = page_with_three.with_rows(images)

    insert, move, *cards_changed = render.operations(page_with_three, after, images, KNOWN)

    assert (insert.kind, [row.id for row in insert.rows]) == ("insert", ["top"])
    assert (move.kind, move.id, move.parent) == ("move", "n0", "top")
    assert [(step.kind, step.id) for step in cards_changed] == [
        ("card", "n0")
    ]  # its URL is too much now


@pytest.mark.parametrize("size", [30, 3000])
def test_the_steps_of_an_edit_do_not_grow_with_the_tree(size):
    tree = grow(size, KNOWN)
    parent = next(node for node in tree.nodes.values() if node.type == "st.openPersonPage")
    branch = edits.chain(["st.retrievePersonSkills"], ids())

    found = steps(tree, edits.insert(tree, KNOWN, Place(parent.id, 0), branch))

    assert [step[0] for step in found] in (["insert"], ["insert", "card"])


def test_switching_off_sends_only_cards_that_look_different(page_with_three):
    images = edits.set_disabled(page_with_three, "n0", True)

    assert [step[:2] for step in steps(page_with_three, images)] == [("card", "n0")]


def test_true_and_one_look_different(page_with_three):
    one = page_with_three.with_rows(edits.set_params(page_with_three, "n0", {"basicInfo": 1}))

    assert steps(one, edits.set_params(one, "n0", {"basicInfo": True}))[0][:2] == ("card", "n0")


def test_what_is_selected_after_an_edit(page_with_three):
    def selected(images: edits.Images, innermost: bool = False) -> str:
        after = page_with_three.with_rows(images)
        return render.focus(page_with_three, after, images, innermost)

    chain = edits.chain(["nv.openPersonPage", "st.openPersonPage"], ids_from(7))
    assert selected(edits.insert(page_with_three, KNOWN, Place("n0", 0), chain), True) == "n8"
    assert selected(edits.insert(page_with_three, KNOWN, Place("n0", 0), chain)) == "n7"
    assert selected(edits.remove(page_with_three, "n1")) == "n2"  # the next one
    assert selected(edits.remove(page_with_three, "n3")) == "n2"  # the last one's neighbour
    assert selected(edits.remove(page_with_three, "n0")) == ""


def ids_from(number: int):
    new_id = ids()
    for _ in range(number):
        new_id()
    return new_id
