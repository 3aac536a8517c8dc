"""Results as JSON that folds."""

import re

import pytest

from editor.runs.results import json_tree
from editor.runs.results.json_tree import NoSuchPart, part, tree

VALUE = {"a": [{"b/c": "x<y", "d": None}], "n": 0, "t": True, "long": "é" * 1000}


def test_everything_from_outside_is_escaped():
    html = tree({"<b>": "<script>", "u": 'https://x.example/"><script>'}, "/j?at=0")
    assert "<script>" not in html
    assert "<b>" not in html


def test_pointers_lead_to_parts_and_say_where_they_are():
    assert part(VALUE, "").value is VALUE
    found = part(VALUE, "/a/0/b~1c")
    assert (found.value, found.path) == ("x<y", 'a[0]["b/c"]')
    assert part(VALUE, found.pointer).value == "x<y"


@pytest.mark.parametrize(
    "pointer", ["/x", "/a/1", "/a/-1", "/a/x", "/a/²", "/n/0", "/a/99999999999"]
)
def test_a_pointer_to_nowhere_is_refused(pointer):
    with pytest.raises(NoSuchPart):
        part(VALUE, pointer)


def test_words_are_json():
    html = tree({"n": 0, "t": True, "x": None, "e": []}, "/j?at=0")
    for kind, text in (("number", "0"), ("word", "true"), ("word", "null"), ("word", "[]")):
        assert f'<span class="json-{kind}">{text}</span>' in html


def test_what_is_big_is_fetched_when_it_is_opened():
    html = tree({"items": [{"name": f"p{i}"} for i in range(5000)]}, "/j?at=0")
    assert len(html) < 2000
    (href,) = re.findall(r'<details hx-get="([^"]+)"', html)
    assert href == "/j?at=0&amp;pointer=/items"
    inside = json_tree.inside(part({"items": list(range(250))}, "/items"), "/j?at=0", 100)
    assert inside.count('class="json-line"') == 100
    assert "from=200" in inside
    assert "50 more" in inside


def test_a_long_text_is_fetched_too():
    assert "é" * 1000 not in tree(VALUE, "/j?at=0")
    assert "é" * 1000 in json_tree.inside(part(VALUE, "/long"), "/j?at=0")


def test_deep_and_odd_values_are_drawn():
    deep = value = {}
    for _ in range(500):
        value["x"] = value = {}
    assert "hx-get" in tree(deep, "/j?at=0")
    for odd in ([], "", {"": {"": 1}}, None):
        assert "json-line" in tree(odd, "/j?at=0")
