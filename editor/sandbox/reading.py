"""Workflows in the bodies of calls. Those that were just read are kept: they are run when somebody looks at them."""

import functools
import itertools

from editor import catalog
from editor.catalog import Catalog
from editor.sandbox.errors import ApiError
from editor.trees import codec
from editor.trees.nodes import Tree
from editor.trees.problems import Problem
from editor.trees.validate import validate

PROBLEMS_TOLD = 10
KEPT, LONGEST_KEPT = 128, 8 * 1024
"""So many bodies of so many bytes at most; as trees they take some ten times as much."""

# Codes of trees.codec that say "this is no workflow at all"; the others are faults inside one.
_NOT_A_WORKFLOW = frozenset(
    {"too-large", "wrong-encoding", "empty-text", "not-json", "not-a-workflow"}
)


def read(body: bytes) -> Tree:
    """The workflow in a body, checked. Raises ApiError: invalidRequestPayload, or invalidWorkflow with
    the places and words of what is wrong."""
    check = _check if len(body) <= LONGEST_KEPT else _check.__wrapped__
    return check(body, catalog.default())


def tree_of(body: bytes) -> Tree:
    """The workflow in a body that was checked when it came. Raises DecodeError."""
    return (_tree if len(body) <= LONGEST_KEPT else _tree.__wrapped__)(body)


@functools.lru_cache(maxsize=KEPT)
def _tree(body: bytes) -> Tree:
    return codec.decode(body, map(str, itertools.count()).__next__)


@functools.lru_cache(maxsize=KEPT)
def _check(body: bytes, catalog: Catalog) -> Tree:
    try:
        tree = tree_of(body)
    except codec.DecodeError as error:
        no_workflow = all(problem.code in _NOT_A_WORKFLOW for problem in error.problems)
        kind = "invalidRequestPayload" if no_workflow else "invalidWorkflow"
        raise ApiError(kind, _told(error.problems)) from error
    problems = [p for p in validate(tree, catalog) if p.severity == "error"]
    if problems:
        empty = problems[0].code == "empty-workflow"
        raise ApiError("invalidRequestPayload" if empty else "invalidWorkflow", _told(problems))
    return tree


def _told(problems: list[Problem]) -> str:
    lines = [f"{p.path}: {p.message}" if p.path else p.message for p in problems[:PROBLEMS_TOLD]]
    more = len(problems) - PROBLEMS_TOLD
    return " ".join(lines) + (f" And {more} more problems." if more > 0 else "")
