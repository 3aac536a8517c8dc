"""What changed between two trees, part of it taken, and two people's changes made into one."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.trees import codec, order
from editor.trees.conflicts import CONFLICT_CODES
from editor.trees.diff import Change, changes, diff, same
from editor.trees.merge import merge, needed, take
from editor.trees.nodes import GAP, MISSING, Node, Tree
from editor.trees.pairing import adopt, edited, pair
from editor.trees.places import may_stand
from tests.trees.strategies import ids
from tests.trees.toy import TOYS

URL = "https://example.com/a"


def same_document(one: Tree, other: Tree) -> bool:
    """Node for node: not as rows, whose positions may differ."""
    return one.nodes.keys() == other.nodes.keys() and diff(one, other).empty


def tree_of(wire, prefix="n") -> Tree:
    new_id = ids()
    return codec.from_wire(wire, lambda: prefix + new_id()[1:])


def changed(tree: Tree, node_id: str, **fields) -> Tree:
    rows = {**tree.nodes, node_id: dataclasses.replace(tree.nodes[node_id], **fields)}
    return Tree(rows.values(), tree.array)


def without(tree: Tree, *node_ids: str) -> Tree:
    gone = {node.id for node_id in node_ids for node in tree.subtree(node_id)}
    return Tree((node for node in tree.nodes.values() if node.id not in gone), tree.array)


def with_node(tree: Tree, node_id: str, parent: str | None, position: int, kind="toy.read") -> Tree:
    return Tree([*tree.nodes.values(), Node(node_id, parent, position, kind)], tree.array)


def outline(found) -> list[str]:
    """One line per entry: depth, mark, id."""
    marks = {"added": "+", "removed": "-", "moved": ">", "changed": "~", "same": "="}
    return [". " * entry.depth + marks[entry.kind] + entry.id for entry in found.entries]


def ids_below(tree: Tree, parent: str | None) -> list[str]:
    return [node.id for node in tree.children(parent)]


OPEN = {
    "actionType": "toy.open",
    "url": URL,
    "then": [
        {"actionType": "toy.read", "label": "first"},
        {"actionType": "toy.write", "text": "Hi", "then": [{"actionType": "toy.close"}]},
        {"actionType": "toy.read", "label": "last"},
    ],
}
"""n0 open ─ n1 read, n2 write (n3 close), n4 read"""


# Diff


def test_the_outline_shows_what_is_gone_where_it_was():
    before = tree_of(OPEN)
    after = with_node(without(before, "n2"), "new", "n0", 5000)
    assert outline(diff(before, after)) == ["=n0", ". =n1", ". -n2", ". . -n3", ". =n4", ". +new"]


def test_a_moved_action_stands_where_it_went_and_says_whence():
    before = tree_of(OPEN)
    after = changed(before, "n3", parent="n0", position=1)
    found = diff(before, after)
    assert outline(found) == ["=n0", ". >n3", ". =n1", ". =n2", ". =n4"]
    assert found.by_id["n3"].before.parent == "n2"


def test_the_fewest_siblings_count_as_moved():
    before = tree_of([{"actionType": "toy.list"} for _ in range(6)])
    after = changed(before, "n5", position=1)
    assert outline(diff(before, after)) == [">n5", "=n0", "=n1", "=n2", "=n3", "=n4"]


def test_children_lifted_out_of_a_removed_action_are_moved():
    before = tree_of(OPEN)
    after = without(changed(before, "n3", parent="n0", position=2048), "n2")
    assert outline(diff(before, after)) == ["=n0", ". =n1", ". -n2", ". >n3", ". =n4"]


def test_parameters_are_compared_one_by_one():
    before = {"limit": 5, "filter": {"places": ["Oslo"], "role": "cook"}, "old": 1, "same": [1]}
    after = {
        "limit": 5.0,
        "filter": {"places": ["Oslo", "Porto"], "role": "cook"},
        "same": [1],
        "new/": 2,
    }
    found = changes(Node("a", None, 0, "x", before), Node("a", None, 9, "x", after))
    assert list(found) == [
        Change("parameter", "/limit", 5, 5.0),
        Change("parameter", "/filter/places", ["Oslo"], ["Oslo", "Porto"]),
        Change("parameter", "/old", 1, MISSING),
        Change("parameter", "/new~1", MISSING, 2),
    ]


def test_everything_else_of_an_action_is_compared_too():
    before = Node("a", None, 0, "x", label="one", note="why")
    after = Node("a", None, 7, "y", label=MISSING, then_array=True, disabled=True, collapsed=True)
    assert list(changes(before, after)) == [
        Change("type", "/actionType", "x", "y"),
        Change("label", "/label", "one", MISSING),
        Change("form", "/then", False, True),
        Change("note", "", "why", ""),
        Change("disabled", "", False, True),
    ]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (1, 1.0, False),
        (1, True, False),
        ([0], [False], False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        (MISSING, None, False),
        (MISSING, MISSING, True),
    ],
)
def test_values_are_the_same_when_they_are_written_alike(one, other, alike):
    assert same(one, other) is alike


def test_the_form_of_the_roots_is_a_difference():
    found = diff(tree_of(OPEN), Tree(tree_of(OPEN).nodes.values(), array=True))
    assert found.array
    assert not found.empty
    assert found.differing == ()


# Without common ids


def test_an_import_of_the_same_is_no_difference():
    assert diff(tree_of(OPEN), tree_of(OPEN, "x")).empty


def test_an_import_is_matched_by_label_type_and_place():
    wire = json.loads(json.dumps(OPEN))
    wire["then"].reverse()
    wire["then"][1]["text"] = "Hello"
    wire["then"].insert(0, {"actionType": "toy.close"})
    ours, foreign = tree_of(OPEN), tree_of(wire, "x")
    # close, read "last", write (close), read "first"
    assert pair(ours, foreign) == {"x0": "n0", "x2": "n4", "x3": "n2", "x4": "n3", "x5": "n1"}
    found = diff(ours, foreign)
    assert sorted((entry.id, entry.kind) for entry in found.differing if entry.id != "n0") == [
        ("n2", "moved"),
        ("n4", "moved"),
        ("x1", "added"),
    ]
    assert found.by_id["n2"].changes == (Change("parameter", "/text", "Hi", "Hello"),)


def test_a_subtree_is_found_again_in_another_place():
    first = {
        "actionType": "toy.open",
        "url": URL,
        "then": {"actionType": "toy.write", "text": "Hi"},
    }
    second = {"actionType": "toy.open", "url": URL + "b"}
    ours = tree_of([first, second])
    moved = [{**first, "then": []}, {**second, "then": first["then"]}]
    assert pair(ours, tree_of(moved, "x")) == {"x0": "n0", "x1": "n2", "x2": "n1"}


def test_the_same_action_many_times_is_matched_in_order():
    ours = tree_of([{"actionType": "toy.list"}] * 500)
    longer = tree_of([{"actionType": "toy.list"}] * 501, "x")
    assert [entry.kind for entry in diff(ours, longer).differing] == ["added"]


def test_edited_json_keeps_ids_notes_and_what_json_does_not_show():
    ours = changed(changed(tree_of(OPEN), "n2", disabled=True), "n4", note="ask Ann")
    wire = codec.to_wire(ours)
    wire["then"][1]["label"] = "end"
    wire["then"].append({"actionType": "toy.close"})
    after = edited(ours, tree_of(wire, "x"))
    assert ids_below(after, "n0") == ["n1", "n2", "n4", "x3"]
    assert after.nodes["n2"] == ours.nodes["n2"]
    assert (after.nodes["n4"].note, after.nodes["n4"].label) == ("ask Ann", "end")
    assert codec.to_wire(after) == wire
    touched = [node.id for node in after.nodes.values() if ours.get(node.id) != node]
    assert sorted(touched) == ["n4", "x3"]


def test_edited_json_keeps_what_is_laid_aside():
    lying = [Node("p", None, 0, "toy.open", parked=True), Node("q", "p", 0, "toy.read")]
    ours = Tree([*tree_of(OPEN).nodes.values(), *lying], inputs=({"name": "who"},))
    after = edited(ours, tree_of([{"actionType": "toy.close"}], "x"))
    assert codec.to_wire(after) == [{"actionType": "toy.close"}]
    assert [after.nodes["p"], after.nodes["q"]] == lying
    assert after.inputs == ours.inputs


# Take


def test_a_part_of_the_differences_can_be_taken():
    before = tree_of(OPEN)
    after = with_node(
        changed(without(before, "n1"), "n2", params={"text": "Hello"}), "new", "n0", 9999
    )
    found = diff(before, after)
    assert ids_below(take(found, ["n1"], TOYS).tree, "n0") == ["n2", "n4"]
    assert ids_below(take(found, ["new"], TOYS).tree, "n0") == ["n1", "n2", "n4", "new"]
    assert take(found, ["n2"], TOYS).tree == changed(before, "n2", params={"text": "Hello"})
    assert take(found, [], TOYS).tree == before


def test_the_form_of_the_roots_is_taken_by_none():
    before = tree_of(OPEN)
    after = Tree(before.nodes.values(), array=True)
    assert take(diff(before, after), [], TOYS).tree == before
    assert take(diff(before, after), [None], TOYS).tree == after


def test_what_a_difference_needs_is_taken_along():
    before = tree_of(OPEN)
    wrapped = with_node(before, "new", "n0", 9999, "toy.open")
    after = without(changed(wrapped, "n3", parent="new"), "n2")
    found = diff(before, after)
    assert needed(found, ["n3"]) == {"n3", "new"}
    assert needed(found, ["n2"]) == {"n2", "n3", "new"}
    assert needed(found, ["new", "n0", "nobody"]) == {"new"}


def test_an_action_never_ends_below_itself():
    chain = {"actionType": "toy.open", "then": {"actionType": "toy.open"}}
    before = tree_of([chain])
    after = changed(changed(before, "n1", parent=None), "n0", parent="n1")
    assert take(diff(before, after), ["n0"], TOYS).tree == after


def test_parts_that_are_wrong_without_the_rest_are_reported():
    before = tree_of([{"actionType": "toy.open", "url": URL, "then": {"actionType": "toy.read"}}])
    after = changed(changed(before, "n0", type="toy.list"), "n1", parent=None, type="toy.search")
    part = take(diff(before, after), ["n0"], TOYS)
    assert [(c.code, c.node_id) for c in part.conflicts] == [("not-allowed", "n1")]
    assert take(diff(before, after), ["n0", "n1"], TOYS).conflicts == ()


# Merge


def test_changes_in_different_places_come_together():
    base = tree_of(OPEN)
    mine = with_node(changed(base, "n2", params={"text": "Hello"}), "mine", "n0", 1500)
    theirs = without(changed(base, "n2", label="greet"), "n1")
    merged = merge(base, mine, theirs, TOYS)
    assert merged.conflicts == ()
    assert ids_below(merged.tree, "n0") == ["mine", "n2", "n4"]
    assert (merged.tree.nodes["n2"].params, merged.tree.nodes["n2"].label) == (
        {"text": "Hello"},
        "greet",
    )


def test_changes_within_one_object_come_together():
    base = tree_of({"actionType": "toy.search", "filter": {"places": ["Oslo"], "a": 1}})
    mine = changed(base, "n0", params={"filter": {"places": ["Porto"], "a": 1}})
    theirs = changed(base, "n0", params={"filter": {"places": ["Oslo"], "b": 2}, "limit": 3})
    merged = merge(base, mine, theirs, TOYS)
    assert merged.conflicts == ()
    assert merged.tree.roots[0].params == {"filter": {"places": ["Porto"], "b": 2}, "limit": 3}


def test_the_same_parameter_changed_by_both_keeps_mine_and_tells_theirs():
    base = tree_of(OPEN)
    mine = changed(base, "n2", params={"text": "Hello"})
    theirs = changed(base, "n2", params={"text": "Good day"})
    merged = merge(base, mine, theirs, TOYS)
    assert merged.tree == mine
    (found,) = merged.conflicts
    assert (found.code, found.node_id, found.path) == ("value", "n2", "/text")
    assert (found.base, found.mine, found.theirs) == ("Hi", "Hello", "Good day")


def test_what_i_removed_stays_removed_and_their_change_is_told():
    base = tree_of(OPEN)
    theirs = with_node(changed(base, "n3", label="bye"), "new", "n2", 9999, "toy.close")
    merged = merge(base, without(base, "n2"), theirs, TOYS)
    assert merged.tree == without(base, "n2")
    told = [(c.code, c.node_id, c.theirs) for c in merged.conflicts]
    assert told == [
        ("removed-here", "n3", theirs.nodes["n3"]),
        ("removed-here", "new", theirs.nodes["new"]),
    ]


def test_what_they_removed_stays_where_i_changed_it_or_put_something():
    base = tree_of(OPEN)
    for mine in (changed(base, "n3", label="bye"), with_node(base, "new", "n2", 9999, "toy.close")):
        merged = merge(base, mine, without(base, "n2"), TOYS)
        assert "n2" in merged.tree
        assert {c.code for c in merged.conflicts} == {"removed-there"}
        assert all(node.id in merged.tree for node in mine.nodes.values() if node.id != "n3") or (
            "n3" not in merged.tree
        )


def test_what_they_removed_and_i_left_alone_is_gone():
    base = tree_of(OPEN)
    merged = merge(base, changed(base, "n1", label="me"), without(base, "n2"), TOYS)
    assert (ids_below(merged.tree, "n0"), merged.conflicts) == (["n1", "n4"], ())


def test_two_moves_of_one_action_keep_mine():
    base = tree_of([{**OPEN}, {"actionType": "toy.open"}, {"actionType": "toy.open"}])
    mine, theirs = changed(base, "n2", parent="n5"), changed(base, "n2", parent="n6")
    merged = merge(base, mine, theirs, TOYS)
    assert merged.tree == mine
    assert [(c.code, c.node_id) for c in merged.conflicts] == [("place", "n2")]


def test_moves_that_would_go_round_in_a_circle_are_told():
    base = tree_of([{"actionType": "toy.open"}, {"actionType": "toy.open"}])
    mine, theirs = changed(base, "n0", parent="n1"), changed(base, "n1", parent="n0")
    merged = merge(base, mine, theirs, TOYS)
    assert merged.tree == mine
    assert [(c.code, c.node_id) for c in merged.conflicts] == [("place", "n1")]


def test_different_siblings_moved_by_both_are_both_moved():
    base = tree_of([{"actionType": "toy.list"} for _ in range(4)])
    mine, theirs = changed(base, "n3", position=0), changed(base, "n0", position=9999)
    merged = merge(base, mine, theirs, TOYS)
    assert (ids_below(merged.tree, None), merged.conflicts) == (["n3", "n1", "n2", "n0"], ())


def test_one_sibling_moved_apart_by_both_stays_where_i_put_it():
    base = tree_of([{"actionType": "toy.list"} for _ in range(5)])
    mine, theirs = changed(base, "n2", position=0), changed(base, "n2", position=9999)
    merged = merge(base, mine, theirs, TOYS)
    assert ids_below(merged.tree, None) == ["n2", "n0", "n1", "n3", "n4"]
    assert [(c.code, c.node_id) for c in merged.conflicts] == [("order", "n2")]


def test_a_pair_that_nobody_made_alone_is_told_and_lost_by_nobody():
    base = tree_of({"actionType": "toy.open", "url": URL})
    mine = changed(base, "n0", type="toy.list", params={})
    theirs = with_node(base, "new", "n0", GAP)
    merged = merge(base, mine, theirs, TOYS)
    assert "new" in merged.tree
    assert [(c.code, c.node_id) for c in merged.conflicts] == [("not-allowed", "new")]
    assert (
        "cannot stand" in merged.conflicts[0].message or "takes no" in merged.conflicts[0].message
    )


def test_parameters_that_are_wrong_only_together_are_told():
    base = tree_of({"actionType": "toy.search", "limit": 3, "then": {"actionType": "toy.loop"}})
    mine = changed(without(base, "n1"), "n0", params={"limit": 8})
    theirs = with_node(base, "new", "n0", 4096, "toy.loop")
    merged = merge(base, mine, theirs, TOYS)
    assert [(c.code, c.node_id, c.path) for c in merged.conflicts] == [("invalid", "n0", "/limit")]


# What holds for all trees


types = st.sampled_from(["toy.open", "toy.open", "toy.write", "toy.read", "toy.loop", "toy.list"])
some_values = st.sampled_from([1, 1.0, True, "a", "b", ["a"], {"a": 1}, {"a": 2, "b": 1}, {}])
fields = st.sampled_from(
    [
        {},
        {"label": "L"},
        {"label": "M"},
        {"note": "N"},
        {"disabled": True},
        {"then_array": True},
        {"collapsed": True},
        {"type": "toy.list"},
    ]
)
some_params = st.dictionaries(st.sampled_from(["text", "limit", "filter"]), some_values, max_size=2)
places = st.integers(0, 9)
spots = st.sampled_from([-1, 0, 1, 2, 3, GAP, 1500, 2 * GAP, 5000])


def grown(rows, array: bool, prefix: str = "n") -> Tree:
    """A tree of rows (parent's number, type, params, fields), each below an earlier one."""
    nodes: list[Node] = []
    for number, (above, kind, params, more) in enumerate(rows):
        parent = nodes[above].id if above < number else None
        plain = Node(f"{prefix}{number}", parent, (number + 1) * GAP, kind, params)
        nodes.append(dataclasses.replace(plain, **more))
    return Tree(nodes, array)


outlines = st.builds(
    grown, st.lists(st.tuples(places, types, some_params, fields), max_size=9), st.booleans()
)


def edit(tree: Tree, what: str, one: int, other: int, spot: int, node: Node, more) -> Tree:
    """The tree after one change, legal or not; `one` and `other` say which actions it is about."""
    rows, known = dict(tree.nodes), sorted(tree.nodes)
    parent = known[other] if other < len(known) else None
    if what == "add":
        rows[node.id] = dataclasses.replace(node, parent=parent, position=spot)
    elif what == "array":
        return Tree(rows.values(), not tree.array)
    elif one >= len(known):
        return tree
    elif what == "remove":
        return without(tree, known[one])
    elif what == "lift":
        for child in tree.children(known[one]):
            above = rows[known[one]].parent
            rows[child.id] = dataclasses.replace(child, parent=above, position=spot)
        del rows[known[one]]
    elif what == "move" and known[one] not in {step.id for step in tree.path(parent)}:
        rows[known[one]] = dataclasses.replace(rows[known[one]], parent=parent, position=spot)
    elif what == "params":
        params = {**rows[known[one]].params, **node.params}
        rows[known[one]] = dataclasses.replace(rows[known[one]], params=params)
    elif what == "field":
        rows[known[one]] = dataclasses.replace(rows[known[one]], **more)
    return Tree(rows.values(), tree.array)


KINDS = [
    "add",
    "add",
    "array",
    "remove",
    "lift",
    "move",
    "move",
    "move",
    "params",
    "params",
    "field",
]
edit_lists = st.lists(
    st.tuples(st.sampled_from(KINDS), places, places, spots, types, some_params, fields), max_size=4
)


def version(tree: Tree, edits, name: str) -> Tree:
    """The tree after some changes; ids of new actions begin with `name`."""
    for number, (what, one, other, spot, kind, params, more) in enumerate(edits):
        tree = edit(
            tree, what, one, other, spot, Node(f"{name}{number}", None, 0, kind, params), more
        )
    return tree


two_versions = st.builds(lambda tree, e: (tree, version(tree, e, "m")), outlines, edit_lists)
three_versions = st.builds(
    lambda tree, one, other: (tree, version(tree, one, "m"), version(tree, other, "t")),
    outlines,
    edit_lists,
    edit_lists,
)


def is_whole(tree: Tree) -> bool:
    """Every node is reached from the top: no parent is missing and nothing goes in a circle."""
    return sum(1 for _ in tree.walk()) == len(tree)


def positions_are_told_apart(tree: Tree) -> bool:
    below = [[n.position for n in tree.children(p)] for p in [None, *tree.nodes]]
    return all(len(set(found)) == len(found) for found in below)


def forbidden(tree: Tree) -> set[tuple[str, str, str]]:
    pairs = ((tree.get(node.parent), node) for node in tree.nodes.values())
    return {
        (parent.type if parent else "", node.type, node.id)
        for parent, node in pairs
        if not may_stand(TOYS, parent, node.type)
    }


@given(two_versions)
def test_nothing_differs_from_itself(both):
    for tree in both:
        assert diff(tree, tree).empty
        assert same_document(tree, tree)


@given(two_versions)
def test_the_outline_has_every_action_once_and_parents_first(both):
    before, after = both
    found = diff(before, after)
    after = found.after  # with ids of before, where the two had none in common
    assert sorted(entry.id for entry in found.entries) == sorted({*before.nodes, *after.nodes})
    shown = [entry.id for entry in found.entries if entry.after]
    assert shown == [node.id for node, _ in after.walk()]
    depths = [entry.depth for entry in found.entries]
    assert all(later <= earlier + 1 for earlier, later in zip([-1, *depths], depths, strict=False))
    assert found.empty == same_document(before, after)


@given(two_versions)
def test_all_differences_taken_give_the_other_tree(both):
    before, after = both
    found = diff(before, after)
    taken = take(found, [None, *(entry.id for entry in found.differing)], TOYS)
    assert same_document(taken.tree, found.after)
    assert taken.conflicts == ()
    assert positions_are_told_apart(taken.tree)
    assert same_document(take(found, [], TOYS).tree, before)


@given(two_versions, st.data())
def test_any_part_gives_a_whole_tree_and_what_is_newly_wrong_is_told(both, data):
    before, after = both
    found = diff(before, after)
    wanted = data.draw(st.sets(st.sampled_from([e.id for e in found.entries] or ["none"])))
    part = take(found, wanted, TOYS)
    assert is_whole(part.tree)
    newly = forbidden(part.tree) - forbidden(before) - forbidden(after)
    assert newly <= {(parent, kind, c.node_id) for parent, kind, _ in newly for c in part.conflicts}
    for entry in found.differing:
        if entry.id in needed(found, wanted):
            assert (entry.after is None) == (entry.id not in part.tree)


@given(two_versions)
def test_merging_with_no_change_gives_the_change(both):
    base, changed_tree = both
    for mine, theirs in ((base, changed_tree), (changed_tree, base), (changed_tree, changed_tree)):
        merged = merge(base, mine, theirs, TOYS)
        assert merged.conflicts == ()
        assert same_document(merged.tree, changed_tree)


@given(three_versions)
def test_without_conflicts_it_does_not_matter_who_is_called_mine(three):
    base, mine, theirs = three
    one, other = merge(base, mine, theirs, TOYS), merge(base, theirs, mine, TOYS)
    assert bool(one.conflicts) == bool(other.conflicts)
    if not one.conflicts:
        assert same_document(one.tree, other.tree)


@given(three_versions)
def test_a_merge_is_whole_keeps_mine_and_tells_what_it_left_out(three):
    base, mine, theirs = three
    merged = merge(base, mine, theirs, TOYS)
    told = {conflict.node_id for conflict in merged.conflicts}
    assert is_whole(merged.tree)
    assert positions_are_told_apart(merged.tree)
    assert {conflict.code for conflict in merged.conflicts} <= set(CONFLICT_CODES)
    for entry in diff(base, mine).differing:
        assert_kept(entry, merged.tree, told if entry.moved else set())
    for entry in diff(base, theirs).differing:
        assert_kept(entry, merged.tree, told)
    newly = {
        node_id for *_, node_id in forbidden(merged.tree) - forbidden(mine) - forbidden(theirs)
    }
    assert newly <= told


def assert_kept(entry, tree: Tree, told: set[str]) -> None:
    """The change is in the tree, or somebody is told of it."""
    if entry.id in told:
        return
    if entry.after is None:
        return  # removed: stays when something of the other is below it, which is told of that
    if entry.id not in tree and entry.before and entry.before.parent == entry.after.parent:
        assert not entry.changes
        return  # only its order was changed, which keeps nobody from removing it
    node = tree.nodes[entry.id]
    if entry.before is None or entry.before.parent != entry.after.parent:
        assert node.parent == entry.after.parent
    for change in entry.changes:
        if change.what == "parameter":
            found = codec_get(node.params, change.path)
            assert same(found, change.after) or isinstance(change.after, dict)
        else:
            field = "then_array" if change.what == "form" else change.what
            assert same(getattr(node, field), change.after)


def codec_get(params, path: str):
    for key in path.split("/")[1:]:
        params = params.get(key, MISSING) if isinstance(params, dict) else MISSING
    return params


@given(two_versions, outlines)
def test_adopted_trees_are_the_same_document_with_known_ids(both, other):
    ours, version_of_it = both
    for foreign in (renamed(version_of_it), renamed(other)):
        check_adopted(ours, foreign)


def renamed(tree: Tree) -> Tree:
    """The same tree with ids of its own."""
    named = {None: None} | {node_id: f"x{node_id}" for node_id in tree.nodes}
    rows = tree.nodes.values()
    return Tree(
        (dataclasses.replace(n, id=named[n.id], parent=named[n.parent]) for n in rows), tree.array
    )


def check_adopted(ours: Tree, foreign: Tree) -> None:
    pairs = pair(ours, foreign)
    assert len(set(pairs.values())) == len(pairs)
    assert all(ours.nodes[b].type == foreign.nodes[a].type for a, b in pairs.items())
    taken = adopt(ours, foreign)
    assert codec.to_wire(taken) == codec.to_wire(foreign)
    assert set(taken.nodes) & set(ours.nodes) == set(pairs.values())


@given(outlines, st.data())
def test_json_that_was_not_edited_changes_nothing(tree, data):
    parked = data.draw(st.sets(st.sampled_from([node.id for node in tree.roots] or [""])))
    rows = [dataclasses.replace(n, parked=n.id in parked) for n in tree.nodes.values()]
    ours = Tree(rows, tree.array, ({"name": "who"},))
    new_id = ids()
    again = codec.from_wire(codec.to_wire(ours), lambda: f"x{new_id()}")
    assert edited(ours, again) == ours


# Orders


@given(st.lists(st.integers(0, 20)))
def test_a_longest_rising_run_rises(numbers):
    found = order.longest_rising(numbers)
    run = [numbers[index] for index in found]
    assert found == sorted(found)
    assert run == sorted(set(run))
    if len(numbers) <= 8:
        assert len(run) == longest_by_trying(numbers)


def longest_by_trying(numbers) -> int:
    best = [1] * len(numbers)
    for later, number in enumerate(numbers):
        for earlier in range(later):
            if numbers[earlier] < number:
                best[later] = max(best[later], best[earlier] + 1)
    return max(best, default=0)


@given(st.lists(st.none() | st.integers(-5, 5) | st.sampled_from([GAP, 2 * GAP])))
def test_positions_rise_and_stay_where_they_can(wanted):
    found = order.positions(wanted)
    assert found == sorted(set(found))
    if all(position is not None for position in wanted) and wanted == sorted(set(wanted)):
        assert found == wanted


def test_positions_are_numbered_anew_only_without_room():
    assert order.positions([0, None, 10]) == [0, 5, 10]
    assert order.positions([None, 0, None]) == [-GAP, 0, GAP]
    assert order.positions([5, None, 6]) == [GAP, 2 * GAP, 3 * GAP]
