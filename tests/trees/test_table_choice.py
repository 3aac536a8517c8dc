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


@st.composite
def choices(draw: st.DrawFn) -> table_choice.Choice:
    """A choice as people make it, one change after the other."""
    choice: table_choice.Choice = []
    for _ in range(draw(st.integers(0, 4))):
        choice = draw(changes(choice))
    return choice


@st.composite
def changes(draw: st.DrawFn, choice: table_choice.Choice) -> table_choice.Choice:
    key, other = (draw(st.sampled_from([each.key for each in COLUMNS])) for _ in range(2))
    kind = draw(st.sampled_from(["turned", "renamed", "moved", "last"]))
    if kind == "turned":
        return table_choice.turned(COLUMNS, choice, key, draw(st.booleans()))
    if kind == "renamed":
        return table_choice.renamed(COLUMNS, choice, key, draw(st.sampled_from(["", "A", "B"])))
    return table_choice.moved(COLUMNS, choice, key, other if kind == "moved" else "")


def order(choice) -> list[str]:
    return [each.key for each in table_choice.picked(COLUMNS, choice)]


@given(choices(), st.sampled_from(COLUMNS), st.sampled_from([None, *COLUMNS]))
def test_a_move_changes_the_place_of_one_column_alone(choice, column, before):
    left = [key for key in order(choice) if key != column.key]
    if before is column:
        return
    left.insert(left.index(before.key) if before else len(left), column.key)
    assert (
        order(table_choice.moved(COLUMNS, choice, column.key, before.key if before else "")) == left
    )


@given(choices(), st.sampled_from(COLUMNS), st.sampled_from(["", "A"]), st.booleans())
def test_a_name_and_a_turn_leave_the_order(choice, column, title, on):
    for now in (
        table_choice.renamed(COLUMNS, choice, column.key, title),
        table_choice.turned(COLUMNS, choice, column.key, on),
    ):
        assert order(now) == order(choice)


@given(st.data(), choices())
def test_what_both_made_is_the_same_whoever_is_asked_and_has_what_only_one_said(data, base):
    mine, theirs = data.draw(changes(base)), data.draw(changes(base))
    both = table_choice.merged(COLUMNS, base, mine, theirs)
    again = table_choice.merged(COLUMNS, base, theirs, mine)
    if both is None:
        assert again is None
        return
    seen_by = [table_choice.picked(COLUMNS, choice) for choice in (both, again)]
    assert seen_by[0] == seen_by[1]
    before, one, other, now = (
        {each.key: (each.title, each.shown) for each in table_choice.picked(COLUMNS, choice)}
        for choice in (base, mine, theirs, both)
    )
    for key in before:
        if one[key] == before[key]:
            assert now[key] == other[key]
        if other[key] == before[key]:
            assert now[key] == one[key]


@given(st.data(), choices())
def test_taking_back_what_was_done_before_is_as_if_only_the_later_had_been_done(data, base):
    mine = data.draw(changes(base))
    theirs = data.draw(changes(mine))
    left = table_choice.merged(COLUMNS, mine, base, theirs)
    if left is not None and theirs != mine:
        back = table_choice.merged(COLUMNS, theirs, mine, left)
        assert back is None or table_choice.picked(COLUMNS, back) == table_choice.picked(
            COLUMNS, base
        )
