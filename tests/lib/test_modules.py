"""The modules that a page asks for in advance are those that its scripts import."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template import engines

from editor.lib.modules import IMPORT, imports_of


def test_all_storeys_of_imports_are_found():
    found = imports_of("js/editor/main.js")
    assert {"js/editor/tree.js", "js/editor/page.js", "js/lib/dom.js"} <= set(found)
    assert len(found) == len(set(found))


def test_imports_over_several_lines_and_exports_count_too():
    assert IMPORT.findall(
        """import { a,\n  b } from "./one.js";\nimport "../two.js";\nexport { c } from "./three.js";\n"""
        """const later = () => import("./four.js"); // from "./five.js"\n"""
    ) == ["./one.js", "../two.js", "./three.js"]


def test_a_page_has_a_link_for_each():
    page = engines["django"].from_string('{% modulepreload "js/editor/main.js" %}').render()
    assert page.count('rel="modulepreload"') == len(imports_of("js/editor/main.js")) + 1


def test_what_is_imported_when_asked_for_comes_soon_after_the_start_in_any_case():
    """Dialogs and menus work without a connection too; what a tab shows comes from the server anyway."""
    later, start = (
        imports_of("js/editor/later.js"),
        ("js/editor/main.js", *imports_of("js/editor/main.js")),
    )
    asked_for = {
        f"js/editor/{name}"
        for module in start
        for name in re.findall(
            r"""import\("\./(\w+\.js)"\)""", Path(str(finders.find(module))).read_text()
        )
    }

    assert {"js/editor/dialogs.js", "js/editor/nodemenu.js", "js/editor/inputs.js"} <= asked_for
    assert asked_for.isdisjoint(start)
    of_tabs = {"js/editor/columns.js", "js/editor/history.js"}
    assert asked_for - set(later) == {"js/editor/later.js", *of_tabs}
