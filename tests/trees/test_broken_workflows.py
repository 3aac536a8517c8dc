"""Broken workflows get precise problems, and nothing worse: see broken.py."""

import json

import pytest

from editor import catalog
from editor.trees import codec
from editor.trees.codec import DecodeError
from editor.trees.validate import validate
from tests.trees.broken import BROKEN
from tests.trees.strategies import ids


def problems_of(source: bytes):
    """The problems, and whether the text became a tree."""
    try:
        tree = codec.decode(source, ids())
    except DecodeError as error:
        return error.problems, False
    return validate(tree, catalog.default()), True


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_each_has_exactly_its_problems(case):
    problems, readable = problems_of(case.source)
    assert [(problem.code, problem.path) for problem in problems] == list(case.problems)
    assert readable == case.readable
    assert any(problem.severity == "error" for problem in problems)
    for problem in problems:
        assert problem.message[-1] in ".?"
        json.dumps(problem.as_json())


def test_there_are_enough_of_them_and_each_is_different():
    assert len(BROKEN) >= 40
    assert len({case.name for case in BROKEN}) == len(BROKEN)
    assert len({case.source for case in BROKEN}) == len(BROKEN)
