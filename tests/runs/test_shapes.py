"""What people see of the results of every action: cards and rows made from the catalogue's fields."""

import pytest

from editor import catalog
from editor.runs.results import shapes, tables
from editor.runs.results.cells import cell, item_name

ACTIONS = catalog.default().actions
WITH_DATA = sorted(
    name for name, action in ACTIONS.items() if action.result.shape in ("object", "array")
)
NO_SHAPE = {"st.syncConversation", "nv.syncConversation"}  # one moment, told as a fact


def values_of(name):
    data = ACTIONS[name].result.example["data"]
    values = data if isinstance(data, list) else [data]
    return [{key: value for key, value in one.items() if key != "then"} for one in values]


def texts_of(card):
    facts = [*card.numbers, *card.facts, *card.quiet]
    cells = [card.title, *card.badges, *(cell for fact in facts for cell in fact.cells)]
    raw = [fact.raw_text for fact in facts if fact.raw is not None]
    return " ".join([*(f"{c.text} {c.title} {c.href} {c.line}" for c in cells), card.text, *raw])


@pytest.mark.parametrize("name", WITH_DATA)
def test_every_action_with_results_has_a_shape(name):
    assert (shapes.shape_of(ACTIONS[name]) is None) == (name in NO_SHAPE)


@pytest.mark.parametrize("name", WITH_DATA)
def test_a_card_leaves_nothing_out(name):
    """Every text of a result stands somewhere on its card."""
    for value in values_of(name):
        card = shapes.card(value, ACTIONS[name])
        shown = texts_of(card)
        for key, one in value.items():
            if isinstance(one, str) and not one.isalpha():
                assert one.removeprefix("https://www.linkedin.com/")[:50] in shown, key
        assert card.title.text or card.numbers or name in NO_SHAPE


@pytest.mark.parametrize("name", [n for n in WITH_DATA if ACTIONS[n].result.shape == "array"])
def test_rows_of_lists_are_named(name):
    values = values_of(name)
    columns = tables.columns_of(ACTIONS[name], values, 3)
    for value in values:
        first = tables.named(value, ACTIONS[name], "4")
        assert first.text != "Item 5"
        assert first.opens == "4"
        assert len(columns.values(value)) == len(columns.heads)


def test_shapes_name_only_fields_of_the_catalogue():
    known = {path for a in ACTIONS.values() for path in shapes.fields_of(a)}
    known |= {"sender", "text"}  # messages come by other calls, and may come in results some day
    for shape in shapes.SHAPES:
        used = [shape.title, shape.link, *shape.line, *shape.badges, *shape.columns, shape.text]
        paths = {path for paths in [*used, *shape.numbers] for path in paths.split("|") if path}
        assert paths <= known, shape.name


def test_a_thing_that_nobody_knows_is_told_by_its_own_fields():
    known = shapes.card({"name": "Ada", "urn": "urn:li:member:1", "headline": "Founder"}, None)
    assert (known.kind, known.title.text, known.title.line) == ("person", "Ada", "Founder")
    new = shapes.card({"nonsense": {"deep": [1, {"a": 2}]}, "count": 3}, None)
    assert [fact.name for fact in new.facts] == ["Nonsense", "Count"]
    assert '"deep"' in new.facts[0].raw_text


@pytest.mark.parametrize("value", [None, 7, "text", [], ["a"], {}])
def test_what_is_no_object_has_no_card(value):
    assert shapes.card(value, None) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234567, "1,234,567"),
        (True, "yes"),
        ("", ""),
        ({"currency": "eur", "minAmount": 32000, "maxAmount": 38000, "period": "yearly"},
         "EUR 32,000 – 38,000 yearly"),
        ({"currency": "eur", "minAmount": 32000, "maxAmount": None}, "EUR 32,000"),
        ({"name": "Ada", "profileUrl": "https://www.linkedin.com/in/ada"}, "Ada"),
    ],
)  # fmt: skip
def test_values_in_words(value, text):
    assert cell(value).text == text


def test_only_addresses_that_a_browser_may_open_become_links():
    value = {"name": "Ada", "urn": "u", "publicUrl": "javascript:alert(1)"}
    assert shapes.title_of(value).href == ""
    assert cell("javascript:alert(1)").href == ""


def test_items_without_a_name_are_counted_from_one():
    assert (item_name("0"), item_name("3.0")) == ("Item 1", "Item 4.1")
