"""The outline as HTML: what a row says, and that no text of a workflow becomes a part of the page."""

from dataclasses import replace
from html.parser import HTMLParser

from editor import catalog
from editor.trees import codec, edits
from editor.trees.nodes import Tree
from editor.trees.validate import validate
from editor.workflows.grow import grow
from editor.workflows.shown import cards
from editor.workflows.templatetags.outline import rows as rows_html

EVIL = "</ul><script>alert('\"&amp;\"')</script>"


def drawn(tree: Tree, may_edit: bool = True) -> str:
    problems: dict[str, list] = {}
    for problem in validate(tree, catalog.default()):
        problems.setdefault(problem.node_id or "", []).append(problem)
    return rows_html(
        cards.rows_of(tree, list(tree.walk()), catalog.default(), problems), may_edit=may_edit
    )


def tree_of(*wire: dict) -> Tree:
    numbers = iter(range(100))
    return codec.from_wire(list(wire), lambda: f"n{next(numbers)}")


class Reader(HTMLParser):
    """The elements of a piece of HTML and its text; fails where a tag is closed that is not open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict]] = []
        self.text = ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.seen.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_texts_of_a_workflow_stay_texts():
    tree = tree_of({"actionType": EVIL, "label": EVIL, EVIL: EVIL, "x": {"y": EVIL}})
    tree = tree.with_rows(edits.set_note(tree, tree.roots[0].id, EVIL))

    read = Reader(drawn(tree))

    assert "script" not in {tag for tag, _ in read.seen}
    assert read.text.count("</ul><script>") >= 4  # name, type, label, parameter
    assert {EVIL} <= {value for _, attributes in read.seen for value in attributes.values()}


def test_a_row_stands_in_the_list_of_its_parent():
    tree = tree_of(
        {"actionType": "st.openPersonPage", "then": [{"actionType": "st.sendMessage"}]},
        {"actionType": "st.retrieveSSI"},
    )

    read = Reader(drawn(tree))

    items = [attributes for tag, attributes in read.seen if tag == "li"]
    assert [(item["data-node-id"], item["aria-level"]) for item in items] == [
        (node.id, str(depth + 1)) for node, depth in tree.walk()
    ]
    assert [item.get("aria-expanded") for item in items] == ["true", None, None]


def test_who_may_not_edit_gets_no_buttons_but_the_one_that_folds():
    tree = tree_of({"actionType": "st.openPersonPage", "then": [{"actionType": "st.sendMessage"}]})
    buttons = [attributes for tag, attributes in Reader(drawn(tree, False)).seen if tag == "button"]
    assert [button["data-do"] for button in buttons] == ["toggle"]


def test_problems_are_counted_and_the_worst_is_named():
    tree = tree_of({"actionType": "st.sendMessage"})
    read = Reader(drawn(tree))
    badge = next(attributes for _, attributes in read.seen if "data-problem" in attributes)
    assert badge["data-problem"] == "error"
    assert badge["title"] in {problem.message for problem in validate(tree, catalog.default())}


def test_a_long_outline_is_cut_into_blocks_that_cover_it_once():
    tree = grow(500, catalog.default())
    rows = cards.rows_of(tree, list(tree.walk()), catalog.default(), {})

    blocks = cards.blocks(rows)

    branches = {top: list(tree.subtree(top)) for top in blocks}
    assert all(len(branch) <= cards.BLOCK_ROWS for branch in branches.values())
    covered = [node.id for branch in branches.values() for node in branch]
    assert len(covered) == len(set(covered)) > 400
    assert all(
        blocks[top] >= len(branch) * cards.ROW_TALL - 0.1 for top, branch in branches.items()
    )
    marked = [a for tag, a in Reader(str(rows_html(rows, True, blocks))).seen if "data-block" in a]
    assert [float(each["data-block"]) for each in marked] == list(blocks.values())


def test_a_short_outline_needs_no_blocks_and_what_is_folded_takes_no_room():
    short = grow(cards.BLOCK_ROWS, catalog.default())
    assert cards.blocks(cards.rows_of(short, list(short.walk()), catalog.default(), {})) == {}

    tree = grow(500, catalog.default())
    rows = cards.rows_of(tree, list(tree.walk()), catalog.default(), {})
    top = next(top for top in cards.blocks(rows) if tree.children(top))
    folded = [replace(row, collapsed=row.id == top) for row in rows]
    assert cards.blocks(folded)[top] < cards.ROW_TALL + cards.CHIPS_TALL + 0.1
