"""Choosing columns: what is stored, and what a table makes of it when the tree is another one by then."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.trees import table_choice
from editor.trees.table import Column


def column(key: str, *, shown: bool = True) -> Column:
    return Column(key, "", key.upper(), ("n",), (key,), "text", shown)


NAME, URN, HEADLINE, STATE = COLUMNS = (
    column("name"), column("urn", shown=False), column("headline"), column("state"),
)  # fmt: skip


def seen(columns, choice) -> list[str]:
    return [each.title for each in table_choice.shown(columns, choice)]


def test_without_a_choice_a_table_shows_what_the_catalogue_suggests():
    assert seen(COLUMNS, []) == ["NAME", "HEADLINE", "STATE"]


def test_choose_rename_and_order():
    choice = table_choice.turned(COLUMNS, [], "urn", True)
    choice = table_choice.renamed(COLUMNS, choice, "headline", "  What they\ndo ")
    choice = table_choice.moved(COLUMNS, choice, "state", "name")
    choice = table_choice.moved(COLUMNS, choice, "name", "")
    assert seen(COLUMNS, choice) == ["STATE", "URN", "What they do", "NAME"]
    back = table_choice.renamed(COLUMNS, choice, "headline", "HEADLINE")
    assert "title" not in next(entry for entry in back if entry["key"] == "headline")


def test_keys_of_actions_that_are_gone_survive_and_come_back_where_they_were():
    choice = table_choice.renamed(COLUMNS, [], "headline", "What they do")
    without = (NAME, URN, STATE)
    choice = table_choice.moved(without, choice, "state", "urn")
    assert seen(without, choice) == ["NAME", "STATE"]
    assert seen(COLUMNS, choice) == ["NAME", "STATE", "What they do"]


def test_a_new_column_stands_behind_its_neighbour_and_is_shown():
    choice = table_choice.moved((NAME, URN, STATE), [], "state", "name")
    choice = table_choice.turned((NAME, URN, STATE), choice, "name", False)
    assert seen(COLUMNS, choice) == ["STATE", "HEADLINE"]


def test_no_such_column():
    with pytest.raises(table_choice.NoColumn):
        table_choice.turned(COLUMNS, [], "made up", True)
    with pytest.raises(table_choice.NoColumn):
        table_choice.moved(COLUMNS, [], "name", "made up")


@pytest.mark.parametrize(
    "value", [None, {}, "x", [1, None, {}, {"key": 4}, {"key": ""}, {"key": "x" * 5000}]]
)
def test_what_is_no_choice_is_none(value):
    assert table_choice.clean(value) == []


keys = st.sampled_from(["name", "urn", "headline", "state", "gone", "also gone"])
entries = st.fixed_dictionaries(
    {"key": keys}, optional={"title": st.text(), "shown": st.booleans()}
)


@given(st.lists(entries), keys, keys)
def test_whatever_is_chosen_every_column_is_there_once(value, key, before):
    choice = table_choice.clean(value)
    assert table_choice.clean(choice) == choice
    assert {each.key for each in table_choice.picked(COLUMNS, choice)} == {c.key for c in COLUMNS}
    if {key, before} <= {c.key for c in COLUMNS} and key != before:
        order = [
            each.key
            for each in table_choice.picked(
                COLUMNS, table_choice.moved(COLUMNS, choice, key, before)
            )
        ]
        assert order.index(key) + 1 == order.index(before)
        assert len(order) == len(COLUMNS)
