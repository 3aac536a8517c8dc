"""While Bob writes JSON he is offered what is legal in the place, and nothing else."""

import json

import pytest
from playwright.sync_api import Page, expect

from editor import catalog
from editor.catalog.constraints import allowed_children, allowed_roots
from tests.browser.code_page import offered, put_cursor, textarea_value

CATALOG = catalog.default()


def test_at_the_root_just_the_actions_that_may_start_a_workflow_are_offered(show):
    page = show('{"actionType": ""}')
    put_cursor(page, '"actionType": "')
    page.keyboard.press("Control+Space")
    assert sorted(offered(page)) == sorted(allowed_roots(CATALOG))


@pytest.mark.parametrize(
    ("parent", "then"),
    [
        ("st.openPersonPage", '[{"actionType": "HERE"}]'),
        ("st.doForPeople", '{"actionType": "HERE"}'),
        (
            "st.retrieveConnections",
            '[{"actionType": "st.doForPeople"}, {"actionType": "HERE", "label": "x"}]',
        ),
    ],
)
def test_below_an_action_just_its_legal_children_are_offered(show, parent, then):
    text = f'{{"actionType": "{parent}", "then": {then}}}'
    page = show(text.replace("HERE", ""))
    put_cursor(page, text.partition("HERE")[0])
    page.keyboard.press("Control+Space")
    assert sorted(offered(page)) == sorted(allowed_children(CATALOG, parent))


def test_an_action_that_takes_nothing_below_it_is_offered_nothing(show):
    page = show('{"actionType": "st.reactToPost", "then": [{"actionType": ""}], "type": ""}')
    put_cursor(page, '[{"actionType": "')
    page.keyboard.press("Control+Space")
    put_cursor(page, '"type": "')
    page.keyboard.press("Control+Space")
    page.wait_for_selector(
        ".cm-tooltip-autocomplete li"
    )  # the second place has something, the first had not
    assert offered(page) == list(CATALOG.actions["st.reactToPost"].parameter("type").choices)


def test_types_are_found_by_their_plain_name_and_written_by_enter(show):
    page = show('[{"actionType": ""}]')
    put_cursor(page, '"actionType": "')
    page.keyboard.type("search peo")
    assert offered(page) == ["st.searchPeople", "nv.searchPeople"]
    page.keyboard.press("Enter")
    assert textarea_value(page) == '[{"actionType": "st.searchPeople"}]'


def test_the_parameters_of_an_action_are_offered_where_they_are_allowed(show):
    root = show('{"actionType": "st.openPersonPage", ""}')
    put_cursor(root, 'Page", "')
    root.keyboard.press("Control+Space")
    at_root = offered(root)
    below = show(
        '{"actionType": "st.doForPeople", "then": {"actionType": "st.openPersonPage", ""}}'
    )
    put_cursor(below, 'Page", "')
    below.keyboard.press("Control+Space")
    as_child = offered(below)
    action = CATALOG.actions["st.openPersonPage"]
    assert set(at_root) == {p.name for p in action.parameters} | {"label", "then"}
    assert set(at_root) - set(as_child) == {
        p.name for p in action.parameters if p.forbidden == "child"
    }
    assert at_root[0] == "personUrl"  # required here, so first


def test_what_is_there_already_is_not_offered_again(show):
    page = show('{"actionType": "st.searchPeople", "term": "x", "limit": 5, ""}')
    put_cursor(page, '5, "')
    page.keyboard.press("Control+Space")
    assert not {"actionType", "term", "limit"} & set(offered(page))


def test_fields_of_a_nested_group_are_offered_inside_it(show):
    page = show('{"actionType": "st.searchPeople", "filter": {""}}')
    put_cursor(page, '"filter": {"')
    page.keyboard.press("Control+Space")
    fields = CATALOG.actions["st.searchPeople"].parameter("filter").fields
    assert offered(page) == [field.name for field in fields]


def test_choices_are_offered_as_values_and_in_lists_only_those_not_chosen_yet(show):
    page = show('{"actionType": "st.searchPeople", "filter": {"connectionDegrees": ["first", ""]}}')
    degrees = CATALOG.actions["st.searchPeople"].parameter("filter").fields[-1].choices
    put_cursor(page, '"first", "')
    page.keyboard.press("Control+Space")
    assert offered(page) == [degree for degree in degrees if degree != "first"]


def test_a_parameter_is_written_with_its_value_and_the_commas_around_it(show):
    page = show('{\n  "actionType": "st.searchPeople"\n  \n  "limit": 5\n}')
    put_cursor(page, 'People"\n  ')
    page.keyboard.type('"ter')
    assert offered(page)[0] == "term"
    page.keyboard.press("Enter")
    page.keyboard.type("cold")
    assert json.loads(textarea_value(page)) == {
        "actionType": "st.searchPeople",
        "term": "cold",
        "limit": 5,
    }


def test_a_whole_action_is_written_with_what_it_cannot_do_without(show):
    page = show("")
    put_cursor(page, "")
    page.keyboard.press("Control+Space")
    offered(page)
    page.keyboard.type("comment")
    expect(page.locator(".cm-tooltip-autocomplete li").first).to_contain_text("st.commentOnPost")
    choose(page, "st.commentOnPost")
    written = json.loads(textarea_value(page))
    assert written == {"actionType": "st.commentOnPost", "postUrl": "", "text": ""}


def test_a_workflow_is_built_by_completions_alone(show):
    page = show("")
    put_cursor(page, "")
    page.keyboard.press("Control+Space")
    choose(page, "st.searchPeople")
    put_cursor(page, '"st.searchPeople"')
    page.keyboard.type(' "th')
    choose(page, "then")
    choose(page, "st.doForPeople")  # offered at once, in the new action
    assert json.loads(textarea_value(page)) == {
        "actionType": "st.searchPeople",
        "then": [{"actionType": "st.doForPeople"}],
    }


def choose(page: Page, label: str) -> None:
    assert label in offered(page)
    page.locator(".cm-tooltip-autocomplete li").filter(
        has=page.get_by_text(label, exact=True)
    ).click()


def test_inside_a_text_the_inputs_of_the_workflow_are_offered(show):
    page = show(
        '{"actionType": "st.sendMessage", "text": "Hi "}',
        attributes="""data-inputs='["first_name", "city"]'""",
    )
    put_cursor(page, "Hi ")
    page.keyboard.type("{{f")
    assert offered(page) == ["first_name"]
    page.keyboard.press("Enter")
    assert textarea_value(page) == '{"actionType": "st.sendMessage", "text": "Hi {{ first_name }}"}'
