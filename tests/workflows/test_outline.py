"""The outline as HTML: what a row says, and that no text of a workflow becomes a part of the page."""

from html.parser import HTMLParser

from editor import catalog
from editor.trees import codec, edits
from editor.trees.nodes import Tree
from editor.trees.validate import validate
from editor.workflows import cards
from editor.workflows.templatetags.outline import rows

EVIL = "</ul><script>alert('\"&amp;\"')</script>"


def drawn(tree: Tree, may_edit: bool = True) -> str:
    problems: dict[str, list] = {}
    for problem in validate(tree, catalog.default()):
        problems.setdefault(problem.node_id or "", []).append(problem)
    return rows(
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
