"""Every recipe of the reference can be built in the editor: by dragging with the mouse, by keys alone, by touch."""

import json

import pytest

from tests.browser.builders import ByKeys, ByMouse, ByTouch
from tests.trees.test_recipes import RECIPES

MEANS = {"mouse": (ByMouse, "desktop"), "keys": (ByKeys, "desktop"), "touch": (ByTouch, "phone")}


@pytest.mark.parametrize("means", MEANS)
@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_is_built(ann_edits, path, means):
    recipe = json.loads(path.read_text(encoding="utf-8"))
    builder, size = MEANS[means]
    editor = ann_edits(size=size)
    builder(editor).build(recipe)
    assert editor.wire() == recipe
