"""What the compare page is told of a diff: whole, in order, nothing folded that differs."""

from hypothesis import given, settings
from hypothesis import strategies as st

from editor import catalog
from editor.trees.diff import diff
from editor.trees.inputs import Input
from editor.trees.nodes import GAP, MISSING, Node, Tree
from editor.workflows.shown.differences import compared, full_words, input_lines, steps
from tests.workflows.edits import any_edit, any_trees

KNOWN = catalog.default()


@st.composite
def two_versions(draw):
    before = draw(any_trees())
    after = before
    for _ in range(draw(st.integers(0, 6))):
        after = after.with_rows(any_edit(draw(st.data()), after))
    return before, after


@settings(max_examples=25)
@given(two_versions())
def test_every_action_is_written_once_in_order_and_what_differs_stands_in_no_fold(both):
    found = diff(*both)
    lines, open_elements, folds = [], [], []
    for step in steps(found, KNOWN):
        if step.do in ("open", "same"):
            lines.append((step.line.id, open_elements.count("item")))
            open_elements.append("item")
            assert not (folds and step.do == "open")
            assert (step.do == "open") == (found.by_id[step.line.id].kind != "same")
        elif step.do == "close":
            assert open_elements.pop() == "item"
        elif step.do == "fold":
            folds.append((step.hidden, len(lines)))
            open_elements.append("fold")
        else:
            hidden, start = folds.pop()
            assert open_elements.pop() == "fold"
            assert len(lines) - start == hidden
    assert open_elements == []
    assert lines == [(entry.id, entry.depth) for entry in found.entries]


texts = st.text("ab .\n", max_size=30)


@given(texts, texts)
def test_short_texts_are_in_their_pieces_in_full(before, after):
    left, right = compared(before, after)
    assert "".join(piece.text for piece in left) == before
    assert "".join(piece.text for piece in right) == after
    same = ["".join(p.text for p in side if not p.differs) for side in (left, right)]
    assert same[0] == same[1]
    if before == after:
        assert not any(piece.differs for piece in left)


def test_long_texts_show_the_changed_part_with_what_stands_around_it():
    before = "word " * 3000 + "old" + " more" * 3000
    left, right = compared(before, before.replace("old", "new thing"))
    assert [piece.text for piece in left if piece.differs] == ["old"]
    assert [piece.text for piece in right if piece.differs] == ["new thing"]
    assert sum(len(piece.text) for piece in left) < 400


def test_texts_with_nothing_in_common_are_not_compared_for_long():
    left, right = compared("a b " * 5000, "c d " * 5000)
    assert left[0].text.startswith("a b")
    assert left[0].differs
    assert right[0].text.startswith("c d")
    assert right[0].differs


def test_values_are_written_in_full_and_in_words():
    assert full_words(True) == "yes"
    assert full_words(None) == "nothing"
    assert full_words(MISSING) == ""
    assert full_words(["Oslo, Norway", 2]) == "Oslo, Norway, 2"
    assert full_words({"a": [1], "b": "x" * 100}) == "a: 1; b: " + "x" * 100


def test_what_is_not_sent_is_told_too():
    one = Node("n", None, GAP, "st.openPersonPage")
    other = Node("n", None, GAP, "made.up", {"a": {"b": 1}}, "", True, True, note="why")
    [line] = [step.line for step in steps(diff(Tree([one]), Tree([other])), KNOWN) if step.line]
    told = {told.title: (told.before, told.after) for told in line.changes}
    words = {
        title: tuple("".join(piece.text for piece in side) for side in sides)
        for title, sides in told.items()
    }
    assert words == {
        "Action": ("Open person page", "made.up"),
        "Label": ("", "(empty)"),
        "How JSON writes what is below it": ("alone", "as a list"),
        "Note": ("", "why"),
        "Skipped in runs": ("no", "yes"),
        "a": ("", "b: 1"),
    }


def test_inputs_are_told_key_by_key():
    who, many = Input("who", "text", help="Whom").as_json(), Input("many", "number").as_json()
    before = Tree(inputs=(who,))
    after = Tree(inputs=({**who, "kind": ["no kind"], "choices": ["Ada", "Bob"]}, many))
    changed, added = input_lines(diff(before, after).inputs)
    assert [told.title for told in changed.changes] == ["Kind", "Choices"]
    assert (added.name, added.mark.word) == ("many", "added")
    assert [told.title for told in added.changes] == ["Kind", "Required"]
