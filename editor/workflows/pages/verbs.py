"""The edits that a page can ask for: from the fields of a form to one call of a service."""

import re
from collections.abc import Callable

from django.http import QueryDict

from accounts.models import User
from editor.lib.ids import new_id
from editor.trees import codec
from editor.trees.inputs import KEYS
from editor.trees.nodes import MISSING, Tree
from editor.trees.places import Place
from editor.workflows import services
from editor.workflows.edits import choosing, clashes
from editor.workflows.models import Workflow
from editor.workflows.pages import clips
from editor.workflows.services import Applied, By


class BadForm(ValueError):
    """The form makes no sense: no page of ours sends it. The message names the field."""


Run = Callable[[Workflow, QueryDict, By], Applied]

VERBS: dict[str, Run] = {
    "add": lambda w, form, by: services.add_action(
        w, _text(form, "type"), place_of(form), bridge=_flag(form, "bridge"), **by
    ),
    "paste": lambda w, form, by: services.add_subtree(
        w,
        tree_in(form),
        place_of(form),
        bridge=_flag(form, "bridge"),
        tray=_flag(form, "tray"),
        **by,
    ),
    "remove": lambda w, form, by: services.remove(w, _nodes(form), **by),
    "lift": lambda w, form, by: services.lift_children(w, _text(form, "node"), **by),
    "move": lambda w, form, by: services.move(
        w, _nodes(form), place_of(form), bridge=_flag(form, "bridge"), **by
    ),
    "park": lambda w, form, by: services.park(w, _nodes(form), **by),
    "duplicate": lambda w, form, by: services.duplicate(w, _nodes(form), **by),
    "wrap": lambda w, form, by: services.wrap(w, _text(form, "node"), form.getlist("type"), **by),
    "type": lambda w, form, by: services.change_type(
        w, _text(form, "node"), _text(form, "type"), **by
    ),
    "label": lambda w, form, by: services.set_label(
        w, _text(form, "node"), form.get("label", "").strip() or MISSING, **by
    ),
    "note": lambda w, form, by: services.set_note(
        w, _text(form, "node"), form.get("note", ""), **by
    ),
    "disabled": lambda w, form, by: services.set_disabled(w, _nodes(form), _flag(form, "on"), **by),
    "param": lambda w, form, by: services.save_field(
        w, _text(form, "node"), _text(form, "field"), form.getlist("value"), **by
    ),
    "fix": lambda w, form, by: services.fix(
        w, _text(form, "node"), _text(form, "code"), _text(form, "title"), **by
    ),
    "input-add": lambda w, form, by: services.declare_input(
        w, form.get("name", "").strip(), _text(form, "kind"), **by
    ),
    "input-change": lambda w, form, by: services.change_input(
        w, _text(form, "input"), _input_key(form), form.getlist("value"), **by
    ),
    "input-move": lambda w, form, by: services.move_input(
        w, _text(form, "input"), form.get("before", ""), **by
    ),
    "input-remove": lambda w, form, by: services.remove_input(w, _text(form, "input"), **by),
    "input-from": lambda w, form, by: services.input_from_field(
        w, _text(form, "node"), _text(form, "field"), **by
    ),
    "column-show": lambda w, form, by: choosing.turn(w, _text(form, "column"), True, **by),
    "column-hide": lambda w, form, by: choosing.turn(w, _text(form, "column"), False, **by),
    "column-rename": lambda w, form, by: choosing.rename(
        w, _text(form, "column"), form.get("value", ""), **by
    ),
    "column-move": lambda w, form, by: choosing.move(
        w, _text(form, "column"), form.get("before", ""), **by
    ),
    "columns-reset": lambda w, form, by: choosing.reset(w, **by),
    "replace": lambda w, form, by: services.replace_all(w, tree_in(form), **by),
    "json": lambda w, form, by: services.write_json(
        w,
        form.get("text", ""),
        read=_number(form, "read") if form.get("read") else None,
        keep_mine=_flag(form, "mine"),
        **by,
    ),
    "restore": lambda w, form, by: services.restore_version(w, _number(form, "version"), **by),
    "bring-back": lambda w, form, by: services.bring_back(w, _text(form, "node"), **by),
    "undo": lambda w, form, by: services.undo(w, **by),
    "redo": lambda w, form, by: services.redo(w, **by),
}


def by(workflow: Workflow, verb: str, form: QueryDict, actor: User) -> By:
    """Who edits, on which revision, under which key, and over which value of a field."""
    key = form.get("key", "")
    if not re.fullmatch(r"[A-Za-z0-9]{0,32}", key):
        raise BadForm("The field “key” must be at most 32 letters and digits.")
    who: By = {"actor": actor, "base_revision": base_revision(form), "key": key}
    check = clashes.guard(workflow, verb, form)
    return {**who, "check": check} if check else who


def base_revision(form: QueryDict) -> int:
    """The revision that the page shows."""
    return _number(form, "base")


def fold(workflow: Workflow, form: QueryDict) -> None:
    """`collapsed`, which is no edit: see services.set_collapsed."""
    services.set_collapsed(workflow, _nodes(form), _flag(form, "on"))


def _text(form: QueryDict, name: str) -> str:
    text = form.get(name, "")
    if not text:
        raise BadForm(f"The field “{name}” is missing.")
    return text


def _input_key(form: QueryDict) -> str:
    key = _text(form, "field")
    if key not in KEYS:
        raise BadForm(f"The field “field” must be one of {', '.join(KEYS)}.")
    return key


def _nodes(form: QueryDict) -> list[str]:
    return form.getlist("node") if _text(form, "node") else []


def _number(form: QueryDict, name: str) -> int:
    text = _text(form, name)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadForm(f"The field “{name}” must be a whole number.")
    return int(text)


def _flag(form: QueryDict, name: str) -> bool:
    text = form.get(name, "0")
    if text not in ("0", "1"):
        raise BadForm(f"The field “{name}” must be 1 or 0.")
    return text == "1"


def place_of(form: QueryDict) -> Place:
    """`parent` and `index`; without an index, the end."""
    index = _number(form, "index") if form.get("index") else services.LAST
    return Place(form.get("parent") or None, index)


def tree_in(form: QueryDict) -> Tree:
    """The workflow in `text`, or in `clip` where there is one, with new ids. Raises codec.DecodeError."""
    if not form.get("clip"):
        return codec.decode(form.get("text", ""), new_id)
    try:
        return clips.read(form["clip"])
    except codec.DecodeError:
        raise
    except ValueError as error:
        raise BadForm("The field “clip” is nothing that Trellis copied.") from error
