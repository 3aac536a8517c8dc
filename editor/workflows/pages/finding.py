"""Search in a workflow. On the server, because the page shows only a part of what an action says.

Looked at are, without regard to case: the name and type of an action, its label, the titles and whole values of its
parameters, and the note. What is laid aside is not searched: it is not a part of the workflow.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from editor import catalog
from editor.catalog import Catalog, Parameter
from editor.lib.htmx import Request
from editor.trees.nodes import Node, Tree
from editor.workflows import queries
from editor.workflows.opening import open_workflow

LONGEST = 200
AROUND = 30
"""How much of a text is shown on each side of what was found."""


@dataclass(frozen=True, slots=True)
class Found:
    """An action, and the first place in it where the words stand: `where` names it ("Note"), `text` is what it says."""

    id: str
    where: str
    text: str


@require_GET
def find(request: Request, slug: str, workflow: str) -> HttpResponse:
    """{found: [{id, where, text}, ...]} in document order, for `words`."""
    _, found = open_workflow(request, slug, workflow)
    words = " ".join(request.GET.get("words", "").split())[:LONGEST]
    matches = find_in(queries.tree_of(found), catalog.default(), words) if words else ()
    return JsonResponse({"found": [asdict(match) for match in matches]})


def find_in(tree: Tree, known: Catalog, words: str) -> Iterator[Found]:
    wanted = words.casefold()
    for node, _ in tree.walk():
        for where, text in _texts(node, known):
            if wanted in text.casefold():
                yield Found(node.id, where, _piece(text, wanted))
                break


def _texts(node: Node, known: Catalog) -> Iterator[tuple[str, str]]:
    """Everything that an action says, with the name of its place, in the order of the card."""
    action = known.actions.get(node.type)
    yield "Name", action.name if action else ""
    yield "Type", node.type
    if isinstance(node.label, str):
        yield "Label", _on_one_line(node.label)
    yield from _values(node.params, action.parameters if action else ())
    yield "Note", _on_one_line(node.note)


def _values(params: Any, parameters: Sequence[Parameter]) -> Iterator[tuple[str, str]]:
    """Each parameter with its title; those of an object one by one."""
    known = {parameter.name: parameter for parameter in parameters}
    for name, value in params.items():
        parameter = known.get(name)
        title = parameter.title if parameter else name
        if isinstance(value, dict):
            yield from _values(value, parameter.fields if parameter else ())
        else:
            yield title, f"{title}: {_on_one_line(_written(value))}"


def _written(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(_written, value))
        case None:
            return ""
        case _:
            return str(value)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _piece(text: str, wanted: str) -> str:
    """What stands around the words; where folding the case changes lengths, the piece may lie a little beside them."""
    at = text.casefold().index(wanted)
    start, end = max(0, at - AROUND), at + len(wanted) + AROUND
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
