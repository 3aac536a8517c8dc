"""Search in a workflow: what is looked at, and what is told about it."""

import pytest

from editor import catalog
from editor.lib.ids import new_id
from editor.trees import codec, edits
from editor.workflows import services
from editor.workflows.pages.finding import find_in
from tests.workflows.stories import PERSON_URL, Desk

LONG = {"actionType": "st.sendMessage", "text": "x" * 200 + " Ahoy!"}
WIRE = [
    {
        "actionType": "st.searchPeople",
        "term": "Harbour masters",
        "filter": {"locations": ["Lisbon", "Porto"], "position": "Pilot"},
        "then": [{"actionType": "st.doForPeople", "then": [LONG]}],
    },
    {"actionType": "st.openPersonPage", "personUrl": PERSON_URL, "label": "The first one", "more": {"odd": True}},
]  # fmt: skip


@pytest.fixture(scope="module")
def tree():
    made = codec.from_wire(WIRE, new_id)
    return made.with_rows(edits.set_note(made, made.roots[1].id, "Ask Ada\nbefore Friday"))


@pytest.mark.parametrize(
    ("words", "types", "where"),
    [
        ("open person", ["st.openPersonPage"], "Name"),
        ("ST.SEND", ["st.sendMessage"], "Type"),
        ("first one", ["st.openPersonPage"], "Label"),
        ("ahoy", ["st.sendMessage"], "Text"),
        ("porto", ["st.searchPeople"], "Locations"),
        ("odd: yes", ["st.openPersonPage"], "odd"),
        ("ada before", ["st.openPersonPage"], "Note"),
        ("nowhere", [], None),
    ],
)
def test_words_are_found_wherever_an_action_says_them(tree, words, types, where):
    found = list(find_in(tree, catalog.default(), words))
    assert [tree.nodes[match.id].type for match in found] == types
    assert [match.where for match in found] == [where] * len(types)
    assert all(words.casefold() in match.text.casefold() for match in found)
    assert all(len(match.text) < 80 for match in found)


def test_matches_come_in_the_order_of_the_tree(tree):
    found = [match.id for match in find_in(tree, catalog.default(), "st.")]
    assert found == [node.id for node, _ in tree.walk()]


@pytest.mark.django_db
def test_the_page_gets_the_matches_of_its_words(bob, tree):
    workflow = services.import_tree(bob.team, actor=bob.user, name="Harbour", tree=tree)
    at = Desk(bob, workflow)
    found = at.get("/find", words="  harbour   MASTERS ").json()["found"]
    assert [(match["id"], match["where"]) for match in found] == [
        (tree.roots[0].id, "Search words")
    ]
    assert at.get("/find", words="   ").json() == {"found": []}
    assert at.get("/find", words="\0" * 300).status_code == 200
