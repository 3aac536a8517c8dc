"""Every recipe of the reference can be built in the editor: by dragging with the mouse, by keys alone, by touch."""

import json

import pytest

from tests.browser.builders import ByKeys, ByMouse, ByTouch
from tests.browser.editor_page import EditorPage
from tests.trees.test_recipes import RECIPES

MEANS = {"mouse": (ByMouse, "desktop"), "keys": (ByKeys, "desktop"), "touch": (ByTouch, "phone")}
SHARES = 4  # recipes share a browser window: opening one costs more than building


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("means", MEANS)
def test_recipes_are_built(ann, browse, means, share):
    builder, size = MEANS[means]
    page = browse(ann, size=size)
    for path in RECIPES[share::SHARES]:
        recipe = json.loads(path.read_text(encoding="utf-8"))
        editor = EditorPage.of_new_workflow(page, ann)
        builder(editor).build(recipe)
        assert (path.stem, editor.wire()) == (path.stem, recipe)
