"""Edits keep the tree legal, touch only their rows, and are taken back exactly."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.trees import codec, edits, several
from editor.trees.edits import Refused
from editor.trees.nodes import MISSING, PARKED, Images, Node, Tree
from editor.trees.places import Place, may_stand
from tests.trees.strategies import ids, texts, trees, values, workflows
from tests.trees.toy import TOYS

TYPES = [*TOYS.actions, "toy.unknown"]


def tree_of(wire) -> Tree:
    return codec.from_wire(wire, ids())


def shape(tree: Tree) -> str:
    """Everything there is of a tree, to the last bit, as text to compare."""
    rows = [(repr(node), json.dumps(node.params)) for node in everything(tree)]
    return repr((tree.array, len(tree), rows))


def everything(tree: Tree) -> list[Node]:
    """The workflow and what is parked, in document order."""
    return [node for top in (*tree.roots, *tree.parked) for node in tree.subtree(top.id)]


def forbidden_pairs(tree: Tree) -> set[tuple[str | None, str]]:
    """Pairs of known types that the catalogue forbids."""
    pairs = set()
    for node in tree.nodes.values():
        parent = tree.get(node.parent)
        known = node.type in TOYS.actions and (parent is None or parent.type in TOYS.actions)
        if known and not node.parked and not may_stand(TOYS, parent, node.type):
            pairs.add((parent.type if parent else None, node.type))
    return pairs


@st.composite
def random_edits(draw, tree: Tree, new_id) -> Images:
    """The images of one random edit, legal or refused."""
    some = st.sampled_from(sorted(tree.nodes) or ["gone"])
    types = st.sampled_from(TYPES)
    place = st.builds(Place, st.none() | some, st.integers(0, 3))
    names = texts.filter(lambda name: name not in codec.RESERVED)
    branches = workflows(TYPES).map(lambda wire: codec.from_wire(wire, new_id))
    chains = st.lists(types, max_size=3).map(lambda chain: edits.chain(chain, new_id))
    return draw(
        st.sampled_from(
            [
                lambda: edits.insert(tree, TOYS, draw(place), draw(branches)),
                lambda: edits.insert(tree, TOYS, draw(place), draw(chains)),
                lambda: edits.remove(tree, draw(some)),
                lambda: edits.lift_children(tree, TOYS, draw(some)),
                lambda: edits.duplicate(tree, draw(some), new_id),
                lambda: edits.move(tree, TOYS, draw(some), draw(place)),
                lambda: edits.move(tree, TOYS, draw(some), draw(place)),
                lambda: several.move(tree, TOYS, [draw(some)], draw(place), draw(chains)),
                lambda: edits.park(tree, draw(st.lists(some, min_size=1, max_size=3))),
                lambda: edits.insert_fitting(tree, TOYS, draw(place), draw(branches)),
                lambda: edits.wrap(
                    tree, TOYS, draw(some), draw(st.lists(types, max_size=2)), new_id
                ),
                lambda: edits.change_type(tree, TOYS, draw(some), draw(types)),
                lambda: edits.set_params(
                    tree,
                    draw(some),
                    draw(st.dictionaries(names, values, max_size=2)),
                    draw(st.lists(names, max_size=2)),
                ),
                lambda: edits.set_label(tree, draw(some), draw(texts | st.just(MISSING))),
                lambda: edits.set_note(tree, draw(some), draw(texts)),
                lambda: edits.set_disabled(tree, draw(some), draw(st.booleans())),
                lambda: edits.set_collapsed(tree, draw(some), draw(st.booleans())),
                lambda: edits.replace_all(tree, tree),
            ]
        )
    )()


@given(trees(TYPES), st.data())
def test_edits_make_nothing_illegal_and_are_taken_back_exactly(tree, data):
    new_id = new_ids()
    states, history = [tree], []
    for _ in range(data.draw(st.integers(1, 8))):
        before = states[-1]
        images = attempt(data, before, new_id)
        now = edits.apply(before, images, "after")
        check_step(before, images, now)
        states.append(now)
        history.append(images)
    now = states.pop()
    for images, earlier in zip(reversed(history), reversed(states), strict=True):
        assert edits.conflicts(now, images, "before") == ()
        back = edits.apply(now, images, "before")
        assert shape(back) == shape(earlier)
        assert edits.conflicts(back, images, "after") == ()
        assert shape(edits.apply(back, images, "after")) == shape(now)
        now = back


def new_ids():
    numbers = iter(range(10_000))
    return lambda: f"m{next(numbers)}"


def attempt(data, tree: Tree, new_id) -> Images:
    """The images of a random edit; none when it is refused, which it says in a sentence."""
    try:
        return data.draw(random_edits(tree, new_id))
    except Refused as refusal:
        complete = bool(refusal.code) and refusal.message.endswith(".")
    assert complete
    return Images()


def check_step(before: Tree, images: Images, after: Tree) -> None:
    assert forbidden_pairs(after) <= forbidden_pairs(before)
    assert len(everything(after)) == len(after), "a node hangs loose"
    assert has_own_positions(after) or not has_own_positions(before)
    for node_id, (old, new) in images.items():
        assert old == before.get(node_id)
        assert new == after.get(node_id)
        assert not edits.same_row(old, new), "an image that changes nothing"


def has_own_positions(tree: Tree) -> bool:
    """Whether no two siblings have the same position."""
    return all(
        len({child.position for child in tree.children(parent)}) == len(tree.children(parent))
        for parent in [None, PARKED, *tree.nodes]
    )


@given(trees(TYPES), st.data())
def test_several_edits_can_be_taken_back_as_one(tree, data):
    new_id = new_ids()
    now, together = tree, Images()
    for _ in range(3):
        images = attempt(data, now, new_id)
        now, together = edits.apply(now, images, "after"), edits.combine(together, images)
    assert shape(edits.apply(tree, together, "after")) == shape(now)
    assert shape(edits.apply(now, together, "before")) == shape(tree)
    assert all(not edits.same_row(old, new) for old, new in together.values())


# Stories


def open_with(*below, **more):
    return {"actionType": "toy.open", "url": "https://a.example", **more, "then": list(below)}


READ, WRITE = {"actionType": "toy.read"}, {"actionType": "toy.write", "text": "hello"}


def types_below(tree: Tree, node_id: str | None) -> list[str]:
    return [child.type for child in tree.children(node_id)]


def after(tree: Tree, images: Images) -> Tree:
    return edits.apply(tree, images, "after")


def test_insert_puts_an_action_between_two_others_and_touches_one_row():
    tree = tree_of(open_with(READ, READ))
    images = edits.insert(tree, TOYS, Place("n0", 1), edits.chain(["toy.write"], lambda: "new"))
    assert list(images) == ["new"]
    assert types_below(after(tree, images), "n0") == ["toy.read", "toy.write", "toy.read"]


def test_insert_at_the_end_whatever_the_index():
    tree = tree_of(open_with(READ))
    images = edits.insert(tree, TOYS, Place("n0", 999), edits.chain(["toy.write"], lambda: "new"))
    assert types_below(after(tree, images), "n0") == ["toy.read", "toy.write"]


def test_a_chain_carries_the_parameters_of_its_last_action():
    chain = edits.chain(["toy.search", "toy.loop", "toy.open"], ids(), {"card": True})
    assert codec.to_wire(chain) == {
        "actionType": "toy.search",
        "then": {"actionType": "toy.loop", "then": {"actionType": "toy.open", "card": True}},
    }


def test_inserting_again_and_again_in_one_gap_renumbers_only_when_it_is_used_up():
    tree, touched = tree_of(open_with(READ, READ)), []
    for number in range(12):
        images = edits.insert(
            tree, TOYS, Place("n0", 1), edits.chain(["toy.write"], f"w{number}".strip)
        )
        touched.append(len(images))
        tree = after(tree, images)
    assert [count for count in touched if count > 1], "the gap of 1024 is used up after ten"
    assert touched[:10] == [1] * 10
    ids_in_order = [node.id for node in tree.children("n0")]
    assert ids_in_order == ["n1", *[f"w{number}" for number in range(11, -1, -1)], "n2"]


def test_inserting_before_the_first_never_renumbers():
    tree = tree_of(open_with(READ))
    for number in range(50):
        images = edits.insert(
            tree, TOYS, Place("n0", 0), edits.chain(["toy.read"], f"w{number}".strip)
        )
        assert len(images) == 1
        tree = after(tree, images)
    assert tree.children("n0")[0].id == "w49"


def test_a_pasted_branch_is_refused_when_something_inside_is_not_legal():
    tree = tree_of(open_with())
    wire = {"actionType": "toy.open", "then": {"actionType": "toy.search"}}
    branch = codec.from_wire(wire, iter(["x", "y"]).__next__)
    with pytest.raises(Refused, match="Search cannot stand under Open"):
        edits.insert(tree, TOYS, Place("n0", 0), branch)


def test_a_branch_of_the_tree_itself_is_a_mistake_of_the_caller():
    tree = tree_of(open_with())
    with pytest.raises(ValueError, match="ids of its own"):
        edits.insert(tree, TOYS, Place(None, 0), tree)


def test_a_refusal_says_why_and_what_helps():
    tree = tree_of({"actionType": "toy.search"})
    with pytest.raises(Refused) as caught:
        edits.insert(tree, TOYS, Place("n0", 0), edits.chain(["toy.read"], lambda: "new"))
    assert caught.value.code == "wrong-parent"
    assert caught.value.message == "Read cannot stand under Search."
    assert caught.value.repairs == ("Put it under Open.",)


def test_removing_takes_everything_below_along():
    tree = tree_of([open_with(READ, WRITE), READ])
    images = edits.remove(tree, "n0")
    assert set(images) == {"n0", "n1", "n2"}
    assert codec.to_wire(after(tree, images)) == [READ]


def test_lifting_puts_the_children_into_the_place_of_their_parent():
    tree = tree_of(open_with(READ, open_with(WRITE, READ), READ))
    lifted = after(tree, edits.lift_children(tree, TOYS, "n2"))
    assert types_below(lifted, "n0") == ["toy.read", "toy.write", "toy.read", "toy.read"]
    assert "n2" not in lifted


def test_lifting_parks_a_child_that_may_not_stand_above():
    tree = tree_of(open_with(READ, open_with(WRITE)))
    lifted = after(tree, edits.lift_children(tree, TOYS, "n0"))
    assert [node.id for node in lifted.roots] == ["n2"]
    assert [node.id for node in lifted.parked] == ["n1"]


def test_a_copy_stands_right_after_and_has_ids_of_its_own():
    tree = tree_of([open_with(READ, label="a"), open_with()])
    copied = after(tree, edits.duplicate(tree, "n0", iter(["c0", "c1"]).__next__))
    assert [root.id for root in copied.roots] == ["n0", "c0", "n2"]
    assert copied.nodes["c0"].label == "a"
    assert [child.id for child in copied.children("c0")] == ["c1"]


def test_moving_keeps_the_parameters_even_where_the_new_place_forbids_them():
    tree = tree_of([open_with(), open_with()])
    moved = after(tree, edits.move(tree, TOYS, "n1", Place("n0", 0)))
    assert moved.nodes["n1"].parent == "n0"
    assert moved.nodes["n1"].params == {"url": "https://a.example"}


def test_nothing_moves_below_itself():
    tree = tree_of(open_with(open_with()))
    for place in (Place("n0", 0), Place("n1", 0)):
        with pytest.raises(Refused) as caught:
            edits.move(tree, TOYS, "n0", place)
        assert caught.value.code == "inside-itself"


def test_moving_to_where_it_stands_changes_nothing():
    tree = tree_of(open_with(READ, WRITE))
    assert edits.move(tree, TOYS, "n1", Place("n0", 0)) == {}
    moved = after(tree, edits.move(tree, TOYS, "n1", Place("n0", 1)))
    assert types_below(moved, "n0") == ["toy.write", "toy.read"]


def test_wrapping_puts_a_chain_between_an_action_and_what_is_above():
    tree = tree_of([{"actionType": "toy.search"}, open_with(READ)])
    wrapped = after(tree, edits.wrap(tree, TOYS, "n1", ["toy.search", "toy.loop"], ids_after(5)))
    assert types_below(wrapped, None) == ["toy.search", "toy.search"]
    assert [node.type for node in wrapped.path("n2")] == [
        "toy.search", "toy.loop", "toy.open", "toy.read",
    ]  # fmt: skip
    with pytest.raises(Refused, match="Open cannot stand under Search"):
        edits.wrap(tree, TOYS, "n1", ["toy.search"], ids_after(5))


def ids_after(number):
    return iter([f"w{number + step}" for step in range(9)]).__next__


def test_a_change_of_type_keeps_parameters_and_children():
    tree = tree_of({"actionType": "toy.serch", "limit": 3, "then": {"actionType": "toy.lop"}})
    tree = after(tree, edits.change_type(tree, TOYS, "n1", "toy.loop"))
    tree = after(tree, edits.change_type(tree, TOYS, "n0", "toy.search"))
    assert codec.to_wire(tree) == {
        "actionType": "toy.search",
        "limit": 3,
        "then": {"actionType": "toy.loop"},
    }


@pytest.mark.parametrize(
    ("node_id", "new_type", "why"),
    [
        ("n1", "toy.search", "Search cannot stand under Open"),
        ("n1", "toy.nothing", "There is no action"),
    ],
)
def test_a_change_of_type_is_refused_where_it_does_not_fit(node_id, new_type, why):
    tree = tree_of(open_with(READ))
    with pytest.raises(Refused, match=why):
        edits.change_type(tree, TOYS, node_id, new_type)


def test_a_change_of_type_parks_the_children_that_do_not_fit():
    tree = tree_of(open_with(READ, WRITE, {"actionType": "toy.unknown"}))
    changed = after(tree, edits.change_type(tree, TOYS, "n0", "toy.write"))
    assert [node.id for node in changed.parked] == ["n1", "n2"]
    assert [node.id for node in changed.children("n0")] == ["n3"]  # nobody knows what fits there


def test_parameters_are_merged_not_replaced():
    tree = tree_of({"actionType": "toy.search", "limit": 3, "filter": {}, "odd": 1})
    images = edits.set_params(tree, "n0", {"limit": 5, "more": None}, remove=["odd", "never"])
    changed = after(tree, images).nodes["n0"].params
    assert list(changed.items()) == [("limit", 5), ("filter", {}), ("more", None)]


def test_a_change_from_one_to_true_is_a_change():
    tree = tree_of({"actionType": "toy.search", "limit": 1})
    assert edits.set_params(tree, "n0", {"limit": 1}) == {}
    assert len(edits.set_params(tree, "n0", {"limit": True})) == 1
    assert len(edits.set_params(tree, "n0", {"limit": 1.0})) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"then": []}, "reserved-name"),
        ({"a": float("nan")}, "wrong-number"),
        ({"a": ["\ud800"]}, "wrong-text"),
        ({"a\0": 1}, "wrong-text"),
        ({"a": {1, 2}}, "wrong-value"),
    ],
)
def test_what_cannot_be_stored_is_refused(changes, code):
    tree = tree_of(READ)
    with pytest.raises(Refused) as caught:
        edits.set_params(tree, "n0", changes)
    assert caught.value.code == code


def test_a_note_or_label_that_cannot_be_stored_is_refused():
    tree = tree_of(READ)
    with pytest.raises(Refused, match="NUL"):
        edits.set_note(tree, "n0", "a\0")
    with pytest.raises(Refused, match="half of a character"):
        edits.set_label(tree, "n0", "\ud800")


def test_a_label_can_be_emptied_and_taken_out():
    tree = tree_of({"actionType": "toy.read", "label": "a"})
    emptied = after(tree, edits.set_label(tree, "n0", ""))
    assert codec.to_wire(emptied) == {"actionType": "toy.read", "label": ""}
    assert codec.to_wire(after(tree, edits.set_label(tree, "n0", MISSING))) == READ


def test_every_edit_of_a_node_that_is_gone_says_so():
    tree = tree_of(READ)
    for edit in (
        lambda: edits.remove(tree, "gone"),
        lambda: edits.insert(tree, TOYS, Place("gone", 0), edits.chain(["toy.read"], lambda: "x")),
        lambda: edits.move(tree, TOYS, "n0", Place("gone", 0)),
        lambda: edits.move(tree, TOYS, "gone", Place(None, 0)),
        lambda: edits.duplicate(tree, "gone", lambda: "x"),
        lambda: edits.lift_children(tree, TOYS, "gone"),
        lambda: edits.wrap(tree, TOYS, "gone", ["toy.open"], lambda: "x"),
        lambda: edits.change_type(tree, TOYS, "gone", "toy.open"),
        lambda: edits.set_params(tree, "gone", {}),
        lambda: edits.set_note(tree, "gone", ""),
    ):
        with pytest.raises(Refused) as caught:
            edit()
        assert caught.value.code == "gone"


@given(trees(TYPES), workflows(TYPES))
def test_another_tree_can_take_the_place_of_this_one_and_go_again(tree, wire):
    other = codec.from_wire(wire, iter([f"m{number}" for number in range(99)]).__next__)
    images = edits.replace_all(tree, other)
    assert shape(edits.apply(tree, images, "after")) == shape(other)
    assert shape(edits.apply(other, images, "before")) == shape(tree)


# Undo when somebody else was at work in between


def test_undo_of_a_row_that_somebody_changed_since_is_a_conflict():
    tree = tree_of(open_with(READ, WRITE))
    mine = edits.set_note(tree, "n1", "mine")
    now = after(tree, mine)
    theirs = after(now, edits.set_note(now, "n1", "theirs"))
    elsewhere = after(now, edits.set_note(now, "n2", "theirs"))
    assert edits.conflicts(theirs, mine, "before") == ("n1",)
    assert edits.conflicts(elsewhere, mine, "before") == ()


def test_undo_of_a_removal_whose_parent_is_gone_is_a_conflict():
    tree = tree_of(open_with(open_with(READ)))
    mine = edits.remove(tree, "n2")
    now = after(tree, mine)
    theirs = after(now, edits.remove(now, "n1"))
    assert edits.conflicts(theirs, mine, "before") == ("n2",)


def test_undo_of_an_insertion_that_has_got_children_since_is_a_conflict():
    tree = tree_of(open_with())
    mine = edits.insert(tree, TOYS, Place("n0", 0), edits.chain(["toy.open"], lambda: "mine"))
    now = after(tree, mine)
    chain = edits.chain(["toy.read"], lambda: "theirs")
    theirs = after(now, edits.insert(now, TOYS, Place("mine", 0), chain))
    assert edits.conflicts(theirs, mine, "before") == ("theirs",)


def test_undo_of_a_move_that_would_close_a_circle_is_a_conflict():
    tree = tree_of([open_with(open_with())])
    mine = edits.move(tree, TOYS, "n1", Place(None, 0))
    now = after(tree, mine)
    theirs = after(now, edits.move(now, TOYS, "n0", Place("n1", 0)))
    assert edits.conflicts(theirs, mine, "before") == ("n1",)


def test_a_node_knows_its_row_from_another_only_by_value():
    one = Node("a", None, 1, "toy.read", {"x": {"b": 1, "a": 2}})
    assert edits.same_row(one, Node("a", None, 1, "toy.read", {"x": {"a": 2, "b": 1}}))
    assert not edits.same_row(one, Node("a", None, 1, "toy.read", {"x": {"b": True, "a": 2}}))
    assert not edits.same_row(one, None)
    assert edits.same_row(None, None)
