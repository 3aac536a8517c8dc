"""What an edit and a page cost the database: the same for a small workflow and a large one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from editor import catalog
from editor.workflows import services
from editor.workflows.edits import choosing
from editor.workflows.grow import grow
from tests.workflows.stories import Desk

SIZES = (3, 300)
# An edit asks for: session, person, seat, workflow; then in one transaction (begin, commit) the workflow's row, its
# tree, the touched rows, the change, the workflow again; then the history for the answer (two) and, as here the page is
# always behind, what happened since (two).


def grown(person, size: int) -> Desk:
    """A workflow of that size; the person has looked at it once, so the session knows the team."""
    tree = grow(size, catalog.default())
    at = Desk(person, services.import_tree(person.team, actor=None, name=str(size), tree=tree))
    at.get("/json")
    return at


def queries_of(ask, *arguments, **fields) -> list[str]:
    """The first word of each statement that a request made."""
    with CaptureQueriesContext(connection) as captured:
        answer = ask(*arguments, **fields)
    assert answer.status_code in (200, 204), answer.content
    return [query["sql"].partition(" ")[0] for query in captured]


def leaf(at: Desk) -> str:
    """The last action that has none below it."""
    tree = at.tree
    return [node.id for node, _ in tree.walk() if not tree.children(node.id)][-1]


def root(at: Desk) -> str:
    return at.tree.roots[0].id


EDITS = {
    "add": lambda at: {"type": "st.retrieveSSI"},
    "param": lambda at: {"node": root(at), "field": "/limit", "value": "7"},
    "note": lambda at: {"node": leaf(at), "note": "x"},
    "move": lambda at: {"node": root(at), "index": 9},
    "duplicate": lambda at: {"node": leaf(at)},
    "remove": lambda at: {"node": leaf(at)},
    "column-hide": lambda at: {"column": choosing.columns_of(at.workflow)[0].key},
    "undo": lambda at: {},
    "redo": lambda at: {},
    "collapsed": lambda at: {"node": leaf(at), "on": 1},
}


@pytest.mark.django_db
def test_an_edit_asks_no_more_of_a_large_workflow(bob):
    asked: dict[int, dict[str, list[str]]] = {}
    for size in SIZES:
        at = grown(bob, size)
        asked[size] = {
            verb: queries_of(at.try_to, verb, **fields(at)) for verb, fields in EDITS.items()
        }

    assert asked[SIZES[0]] == asked[SIZES[1]]
    assert max(len(statements) for statements in asked[3].values()) <= 17


@pytest.mark.django_db
def test_an_answer_is_no_longer_for_a_large_workflow(bob):
    few, many = (grown(bob, size).try_to("add", type="st.retrieveSSI") for size in (30, 3000))
    assert abs(len(few.content) - len(many.content)) < 20  # ids and counts differ by some digits


@pytest.mark.django_db
@pytest.mark.parametrize(
    "page", ["", "/tree", "/problems", "/json", "/code/curl", "/effects", "/export"]
)
def test_a_page_asks_no_more_of_a_large_workflow(bob, page):
    few, many = (queries_of(grown(bob, size).get, page) for size in SIZES)
    assert few == many


@pytest.mark.django_db
def test_what_is_shown_of_an_action_asks_no_more_of_a_large_workflow(bob):
    desks = [grown(bob, size) for size in SIZES]
    few, many = (queries_of(at.get, f"/inspector/{leaf(at)}") for at in desks)
    assert few == many


@pytest.mark.django_db
def test_the_list_asks_no_more_for_many_workflows(bob, ann):
    def asked() -> list[str]:
        return queries_of(ann.get, f"/t/{ann.team.slug}/workflows")

    def create(count: int) -> None:
        for number in range(count):
            services.create(bob.team, actor=bob.user, name=str(number))

    create(3)
    asked()
    few = asked()
    create(40)
    assert asked() == few
