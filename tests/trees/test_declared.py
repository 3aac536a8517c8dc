"""Declared inputs in versions of a workflow: compared, taken in part, merged; and the tray, which is in no version."""

from hypothesis import given
from hypothesis import strategies as st

from editor.trees.copies import restored, with_new_ids, with_tray, without_tray
from editor.trees.declared import compare, taken
from editor.trees.diff import diff
from editor.trees.edits import replace_all, set_collapsed
from editor.trees.merge import merge, take
from editor.trees.nodes import GAP, Node, Tree
from editor.trees.pairing import adopt, edited
from tests.trees.strategies import ids
from tests.trees.toy import TOYS

WHO = {"name": "who", "kind": "text", "required": True}
WHERE = {"name": "where", "kind": "text", "required": False}
MANY = {"name": "many", "kind": "number", "required": True}


def tree(*inputs, text="Hi", nodes=()) -> Tree:
    top = Node("top", None, GAP, "toy.open", {"url": "https://example.com/a"})
    write = Node("write", "top", GAP, "toy.write", {"text": text})
    return Tree([top, write, *nodes], inputs=tuple(inputs))


def kinds(before, after) -> dict[str, str]:
    return {entry.name: entry.kind for entry in diff(before, after).inputs}


# What differs


def test_inputs_are_compared_by_name():
    after = ({**WHO, "help": "Whom to greet"}, MANY)
    assert kinds(tree(WHO, WHERE), tree(*after)) == {
        "who": "changed",
        "many": "added",
        "where": "removed",
    }
    assert not diff(tree(WHO), tree(*after)).empty


def test_the_order_of_inputs_is_a_difference_and_that_of_their_keys_is_not():
    assert sorted(kinds(tree(WHO, WHERE), tree(WHERE, WHO)).values()) == ["moved", "same"]
    assert diff(tree(WHO), tree(dict(reversed(WHO.items())))).empty


def test_where_a_side_says_nothing_of_inputs_nothing_differs():
    silent = Tree(tree().nodes.values())
    assert diff(silent, tree(WHO)).empty
    assert diff(tree(WHO), silent).empty


def test_declarations_that_cannot_be_told_apart_by_name_are_all_compared():
    doubled = {**WHO, "help": "again"}
    found = diff(tree(WHO, doubled, {"kind": "text"}), tree(WHO))
    assert [entry.kind for entry in found.inputs] == ["same", "removed", "removed"]


# A part of it


def test_an_input_can_be_taken_alone():
    found = diff(tree(WHO, WHERE), tree(MANY, WHO, text="Bye"))
    part = take(found, [], TOYS, ["many"]).tree
    assert part.inputs == (MANY, WHO, WHERE)
    assert part.nodes["write"].params == {"text": "Hi"}
    assert take(found, [], TOYS, ["where"]).tree.inputs == (WHO,)


def test_an_action_brings_the_inputs_that_it_uses():
    found = diff(tree(), tree(WHO, WHERE, text="Hi {{ who }}"))
    part = take(found, ["write"], TOYS)
    assert part.tree.inputs == (WHO,)
    assert part.conflicts == ()


def test_an_input_taken_away_from_an_action_that_uses_it_is_told():
    found = diff(tree(WHO, text="Hi {{ who }}"), tree())
    part = take(found, [], TOYS, ["who"])
    assert [(conflict.code, conflict.node_id) for conflict in part.conflicts] == [
        ("invalid", "write")
    ]


declarations = st.lists(
    st.builds(
        lambda name, more: {"name": name, **more},
        st.sampled_from("abcde"),
        st.sampled_from([{}, {"kind": "url"}, {"required": True}, {"kind": "url", "help": "h"}]),
    ),
    max_size=5,
    unique_by=lambda declaration: declaration["name"],
).map(tuple)


@given(declarations, declarations, st.sets(st.sampled_from("abcde")))
def test_any_part_of_the_inputs_is_as_it_says(before, after, names):
    part = taken(before, after, names)
    told = {entry.name: entry for entry in compare(before, part)}
    for entry in compare(before, after):
        wanted = entry.after if entry.name in names else entry.before
        assert (told[entry.name].after if entry.name in told else None) == wanted
    assert taken(before, after, ()) == before
    assert taken(before, after, set("abcde")) == after


# Both as one


def test_different_inputs_changed_by_both_come_together():
    base = tree(WHO, WHERE)
    mine, theirs = tree({**WHO, "help": "Whom"}, WHERE), tree({**WHO, "required": False}, MANY)
    merged = merge(base, mine, theirs, TOYS)
    assert merged.conflicts == ()
    assert merged.tree.inputs == ({**WHO, "help": "Whom", "required": False}, MANY)


def test_the_same_word_of_an_input_changed_by_both_keeps_mine_and_tells_theirs():
    base, mine = tree(WHO), tree({**WHO, "kind": "url"})
    [conflict] = merge(base, mine, tree({**WHO, "kind": "number"}), TOYS).conflicts
    assert (conflict.code, conflict.node_id, conflict.path) == ("value", None, "/who/kind")
    assert (conflict.mine, conflict.theirs) == ("url", "number")

    removed = merge(base, mine, tree(), TOYS)
    assert removed.tree.inputs == mine.inputs
    assert [conflict.path for conflict in removed.conflicts] == ["/who"]


@given(declarations, declarations, declarations)
def test_merging_inputs_without_conflicts_is_the_same_whoever_is_called_mine(base, mine, theirs):
    one = merge(tree(*base), tree(*mine), tree(*theirs), TOYS)
    other = merge(tree(*base), tree(*theirs), tree(*mine), TOYS)
    assert bool(one.conflicts) == bool(other.conflicts)
    names = [{d["name"]: d for d in found.tree.inputs} for found in (one, other)]
    assert one.conflicts or names[0] == names[1]
    assert merge(tree(*base), tree(*base), tree(*theirs), TOYS).tree.inputs == theirs
    assert merge(tree(*base), tree(*mine), tree(*base), TOYS).tree.inputs == mine


def test_who_says_nothing_of_inputs_has_changed_nothing():
    silent = Tree(tree().nodes.values())
    assert merge(tree(WHO), tree(WHO), silent, TOYS).tree.inputs == (WHO,)
    assert merge(tree(WHO), silent, tree(MANY), TOYS).tree.inputs == (MANY,)


def test_edited_json_leaves_inputs_and_tray_alone():
    ours = tree(WHO, nodes=[ASIDE, BELOW])
    foreign = with_new_ids(Tree(tree(text="Bye").nodes.values()), ids())
    assert adopt(ours, foreign).inputs is None
    assert edited(ours, foreign) == tree(WHO, text="Bye", nodes=[ASIDE, BELOW])


# The tray

ASIDE = Node("aside", None, GAP, "toy.open", {}, parked=True)
BELOW = Node("below", "aside", GAP, "toy.read")


def test_what_is_laid_aside_counts_as_removed():
    aside = Node("write", None, GAP, "toy.write", {"text": "Hi"}, parked=True)
    now = Tree([tree().nodes["top"], aside], inputs=())
    assert [(e.id, e.kind) for e in diff(tree(), now).entries] == [
        ("top", "same"),
        ("write", "removed"),
    ]
    assert diff(now, now).empty


def test_restoring_keeps_the_tray_and_the_folding():
    now = tree(MANY, text="Bye", nodes=[ASIDE, BELOW])
    now = now.with_rows(set_collapsed(now, "top", True))
    then = tree(WHO)
    new = restored(now, then)
    assert diff(new, then).empty
    assert new.nodes["top"].collapsed
    assert new.inputs == (WHO,)
    assert [node.id for node in new.subtree("aside")] == ["aside", "below"]
    assert restored(now, Tree(then.nodes.values())).inputs == (MANY,)


def test_what_comes_back_from_the_tray_leaves_there_what_was_put_below_it():
    now = Tree([tree().nodes["top"], ASIDE, BELOW], inputs=())
    came_back = Node("aside", "top", GAP, "toy.open")
    new = restored(now, Tree([tree().nodes["top"], came_back], inputs=()))
    assert [node.id for node, _ in new.walk()] == ["top", "aside"]
    assert [node.id for node in new.parked] == ["below"]
    assert now.with_rows(replace_all(now, new)) == new


def test_a_tree_without_a_tray_is_itself():
    plain = tree(WHO)
    assert without_tray(plain) is plain
    assert with_tray(plain, plain) is plain
    assert without_tray(tree(WHO, nodes=[ASIDE, BELOW])) == plain


def test_a_merge_keeps_my_tray():
    mine = tree(nodes=[ASIDE, BELOW])
    merged = merge(tree(), mine, tree(text="Bye"), TOYS)
    assert merged.conflicts == ()
    assert merged.tree == tree(text="Bye", nodes=[ASIDE, BELOW])


def test_new_ids_are_all_that_is_new():
    old = tree(WHO, text="Hi {{ who }}")
    new = with_new_ids(old, ids())
    assert new.nodes.keys().isdisjoint(old.nodes)
    assert adopt(old, new) == old
