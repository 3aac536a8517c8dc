"""Vic looks up what an action does before she asks Bob to build with it."""

import pytest

from editor import catalog
from editor.catalog_pages.views import _example_request
from editor.trees import codec
from editor.trees.validate import validate

CATALOG = catalog.default()
pytestmark = pytest.mark.django_db


def test_the_list_names_every_action(vic):
    html = vic.get("/actions").content.decode()
    for action in CATALOG.actions.values():
        assert f'href="/actions/{action.type}"' in html


@pytest.mark.parametrize("action_type", CATALOG.actions)
def test_every_action_has_a_page_that_says_all_the_catalogue_knows(vic, action_type):
    response = vic.get(f"/actions/{action_type}")
    assert response.status_code == 200
    html = response.content.decode()
    action = CATALOG.actions[action_type]
    for name in (*action.parents, *action.children, *action.disputed_children):
        assert f'href="/actions/{name}"' in html
    for parameter in action.parameters:
        assert f"<code>{parameter.name}</code>" in html
    for field in action.result.fields:
        assert f"<code>{field.name}</code>" in html
    for error in action.errors:
        assert error.type in html


def test_an_unknown_action_is_not_found(vic):
    assert vic.get("/actions/st.fly").status_code == 404


def test_the_pages_ask_no_more_of_the_database_than_who_is_there(
    vic, django_assert_max_num_queries
):
    with django_assert_max_num_queries(5):  # session, user, teams of the switcher
        vic.get("/actions")
    with django_assert_max_num_queries(5):
        vic.get("/actions/st.openPersonPage")


@pytest.mark.parametrize("action_type", CATALOG.actions)
def test_the_example_workflow_on_the_page_is_right(action_type):
    numbers = iter(range(100))
    request = _example_request(CATALOG, CATALOG.actions[action_type])
    tree = codec.from_wire(request, lambda: f"n{next(numbers)}")
    problems = validate(tree, CATALOG)
    # A search example may lack its loop, a loop example its children; nothing may be wrong.
    assert [p for p in problems if p.severity == "error"] == []
