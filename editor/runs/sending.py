"""From a workflow as it is written, and the values of its inputs, to what is sent. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from editor import catalog
from editor.trees import placeholders
from editor.trees.codec import pointer, step
from editor.trees.inputs import check_values, parse
from editor.trees.nodes import Node, Tree
from editor.trees.placeholders import NoValue
from editor.trees.problems import Problem
from editor.trees.validate import validate


def errors_of(tree: Tree) -> list[Problem]:
    """What keeps a tree from running, whatever the values are."""
    return _errors(validate(tree, catalog.default()))


def values_of(tree: Tree, raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The typed values of a tree's inputs, and what is wrong: with one (path "/name"), or with what would be sent.

    The tree itself has no errors (`errors_of`).
    """
    declared, wrong = parse(list(tree.inputs or ()))
    values, problems = check_values(declared, raw)
    if wrong or problems:
        return values, [*wrong, *problems]
    try:
        sent = placeholders.substitute(tree, values)
    except NoValue as error:
        message = (
            f"{error} Nothing is sent with a hole in it: look at the workflow and run it again."
        )
        return values, [Problem("", None, "no-value", "error", message)]
    return values, [_of_input(tree, problem) for problem in errors_of(sent)]


def _errors(problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity == "error"]


def _of_input(tree: Tree, problem: Problem) -> Problem:
    """A problem of what would be sent, as one of the input that brought it; it names the action."""
    node = tree.get(problem.node_id)
    if node is None:
        return problem
    action = catalog.default().actions.get(node.type)
    where = f"In {action.name if action else node.type}"
    place = problem.path.removeprefix(pointer(tree, node.id) or "")
    names = list(_inputs_at(node, place)) or list(_inputs_at(node, ""))
    if not names:
        return problem
    return Problem(step(names[0]), None, problem.code, "error", f"{where}: {problem.message}")


def _inputs_at(node: Node, place: str) -> Iterator[str]:
    """The inputs that an action uses at a JSON Pointer, inside it or around it."""
    for path, text in placeholders.braced(node):
        here = f"{step(*path)}/"
        if here.startswith(f"{place}/") or f"{place}/".startswith(here):
            yield from placeholders.names_in(text)
