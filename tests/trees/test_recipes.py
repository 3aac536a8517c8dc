"""Every recipe of the reference is read, found right, and written as it was."""

import json
from pathlib import Path

import pytest

from editor import catalog
from editor.trees import codec
from editor.trees.validate import validate
from tests.trees.strategies import ids
from tests.trees.test_codec import same_json

RECIPES = sorted((Path(__file__).parent.parent / "recipes").glob("*.json"))


def test_the_recipes_are_there():
    assert len(RECIPES) == 22


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_is_right_and_keeps_its_form(path):
    tree = codec.decode(path.read_bytes(), ids())
    assert validate(tree, catalog.default()) == []
    assert same_json(codec.to_wire(tree), json.loads(path.read_text(encoding="utf-8")))
    assert codec.decode(codec.encode(tree), ids()) == tree
