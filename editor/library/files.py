"""A template as one JSON file: for another server, and for the starters that come with this one.

    {"trellis": "template", "format": 1, "title", "summary", "category", "readme",
     "inputs": [declaration, ...], "examples": {input: value},
     "slots": [{"name", "options": [{"name", "at"}, ...]}, ...], "table": [column, ...],
     "workflow": action | [action, ...]}

`workflow` is Linked API JSON, with the branches of all slots in it; `at` is the JSON Pointer of such a branch. What
is switched off in the template, and its notes, do not travel.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from editor.catalog import Catalog
from editor.lib.ids import new_id
from editor.library import slots as choices
from editor.library.forms import AboutForm
from editor.library.slots import Option, Slot
from editor.trees import codec, table_choice, texts
from editor.trees.inputs import parse
from editor.trees.nodes import Tree
from editor.trees.problems import Problem
from editor.trees.table_choice import Choice
from editor.trees.validate import validate

KIND, FORMAT = "template", 1
MAX_BYTES = texts.MAX_BYTES
KEYS = (
    "trellis", "format", "title", "summary", "category", "readme", "inputs", "examples", "slots", "table", "workflow",
)  # fmt: skip


class BadFile(Exception):
    """The text is no template that could be taken in; `faults` says all that is wrong."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(" ".join(faults[:3]))
        self.faults = list(faults)


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds, or a version of a template. `about`: title, summary, category and readme."""

    about: Mapping[str, str]
    tree: Tree
    slots: tuple[Slot, ...]
    examples: Mapping[str, Any]
    table: Choice = field(default_factory=list)


# Writing


def write(content: Content) -> str:
    """The text of the file, for people to read too."""
    tree = _with_all_branches(content.tree, content.slots)
    at = codec.pointers(tree)
    value = {
        "trellis": KIND,
        "format": FORMAT,
        **content.about,
        "inputs": list(tree.inputs or ()),
        "examples": content.examples,
        "slots": [
            {"name": slot.name, "options": [{"name": o.name, "at": at[o.node]} for o in slot.options]}
            for slot in content.slots
        ],
        "table": content.table,
        "workflow": codec.to_wire(tree),
    }  # fmt: skip
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _with_all_branches(tree: Tree, slots: Sequence[Slot]) -> Tree:
    on = {option.node for slot in slots for option in slot.options}
    rows = (replace(n, disabled=False) if n.id in on else n for n in tree.nodes.values())
    return Tree(rows, tree.array, tree.inputs)


# Reading


def read(source: str | bytes, catalog: Catalog) -> Content:
    """What a file from anywhere holds. Raises BadFile when it cannot be a template that runs here."""
    parsed = texts.parse(source)
    if isinstance(parsed, Problem):
        raise BadFile([parsed.message])
    value = parsed.value
    if not isinstance(value, dict) or value.get("trellis") != KIND:
        raise BadFile(
            [
                "This is no Trellis template: its first key would be “trellis”, with the value “template”. "
                "Import a plain workflow on the page of workflows."
            ]
        )
    if value.get("format") != FORMAT or value["format"] is True:
        raise BadFile(
            [
                f"This server reads templates of format {FORMAT}; this one has another. Update Trellis."
            ]
        )
    strange = [key for key in value if key not in KEYS]
    faults = [f"{_short(key)} is nothing that a template has. Remove it." for key in strange[:5]]
    form = AboutForm({name: _text(value.get(name, "")) for name in AboutForm.base_fields})
    faults += form.faults
    tree = _tree(value, catalog, faults)
    if tree is None:
        raise BadFile(faults)
    slots = _slots(value.get("slots", []), tree, faults)
    faults += choices.faults(tree, slots, catalog)
    examples = _examples(value.get("examples", {}), tree, faults)
    if faults:
        raise BadFile(faults)
    return Content(
        dict(form.cleaned_data), tree, slots, examples, table_choice.clean(value.get("table", []))
    )


def _tree(value: Mapping[str, Any], catalog: Catalog, faults: list[str]) -> Tree | None:
    declared = value.get("inputs", [])
    inputs, wrong = parse(declared)
    faults += [f"Inputs{problem.path}: {problem.message}" for problem in wrong]
    if "workflow" not in value:
        faults.append("There is no “workflow” in it.")
        return None
    try:
        tree = codec.from_wire(value["workflow"], new_id)
    except codec.DecodeError as error:
        faults += [f"Workflow{problem.path}: {problem.message}" for problem in error.problems[:20]]
        return None
    tree = tree.declaring(tuple(each.as_json() for each in inputs))
    errors = [p for p in validate(tree, catalog) if p.severity == "error"]
    faults += [f"Workflow{problem.path}: {problem.message}" for problem in errors[:20]]
    return tree


def _slots(value: object, tree: Tree, faults: list[str]) -> tuple[Slot, ...]:
    by_pointer = {at: node_id for node_id, at in codec.pointers(tree).items()}
    found = []
    for entry in value if isinstance(value, list) else [None]:
        entry = entry if isinstance(entry, dict) else {}
        options = entry.get("options")
        if not isinstance(options, list) or not all(isinstance(o, dict) for o in options):
            faults.append("Slots are a list of {name, options: [{name, at}, …]}.")
            return ()
        made = tuple(
            Option(by_pointer.get(_text(o.get("at")), ""), _text(o.get("name"))[: choices.NAME_MAX])
            for o in options
        )
        first = tree.get(made[0].node) if made else None
        name = _text(entry.get("name"))[: choices.NAME_MAX]
        found.append(Slot(first.parent or "" if first else "-", name, made))
    return tuple(found)


def _examples(value: object, tree: Tree, faults: list[str]) -> dict[str, Any]:
    names = {declaration["name"] for declaration in tree.inputs or ()}
    if not isinstance(value, dict) or not all(_is_example(each) for each in value.values()):
        faults.append("Examples are {input: text, number, yes or no, or list of texts}.")
        return {}
    return {name: each for name, each in value.items() if name in names}


def _is_example(value: object) -> bool:
    texts_only = isinstance(value, list) and all(isinstance(entry, str) for entry in value)
    return texts_only or isinstance(value, str | int | float | bool)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _short(key: object) -> str:
    return f"“{str(key)[:40]}”"
