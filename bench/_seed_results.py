"""What came of a seeded run: results, and the rows of its table just as the engine makes them.

The rows are made once for each workflow by `rows.rows_of`, of results with marks in the place of their texts, and then
filled in for each run: a hundred times as fast.
"""

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any, Final

from editor import catalog
from editor.runs.results import rows
from editor.trees import results
from editor.trees.nodes import Node, Tree

DATA: Final = {
    "st.openPersonPage": (
        '{"name":"%(name)s","publicUrl":"https://www.linkedin.com/in/%(slug)s",'
        '"headline":"%(word)s at %(company)s","location":"%(place)s"}'
    ),
    "st.retrievePersonExperience": '[{"position":"%(word)s","companyName":"%(company)s","location":"%(place)s"}]',
    "st.retrievePersonSkills": '[{"name":"%(word)s"}]',
    "st.retrievePersonEducation": '[{"schoolName":"%(company)s"}]',
    "st.checkConnectionStatus": '{"connectionStatus":"connected"}',
}
"""By action, as JSON; what is not here gives nothing back."""

FAILS: Final = 4
"""Of a run with an error this node has it, in the order of the tree."""

_TEXTS: Final = ("name", "slug", "word", "company", "place")
_MARK: Final = re.compile("zz([a-z]+[0-9]*)zz")
_ERROR: Final = "zzerrorzz"


def texts(facts: SimpleNamespace, place: int) -> dict[str, str]:
    """What the node at that place found."""
    first, name, company = facts.names[place % 10].split()
    return {
        "name": f"{first} {name}",
        "slug": f"{first}-{name}".lower(),
        "word": facts.words[place % 6],
        "company": company,
        "place": facts.words[0],
    }


def results_of(facts: SimpleNamespace, pk: int, per_run: int) -> Iterator[tuple[Any, ...]]:
    """ActionResults: as many as the run has nodes, or more of its last one."""
    last = itertools.repeat(facts.nodes[-1])
    nodes = itertools.islice(itertools.chain(facts.nodes, last), per_run)
    for place, (node_id, action, label) in enumerate(nodes):
        ordinal = max(0, place - len(facts.nodes) + 1)
        bad = facts.error and place == FAILS
        data = "null" if bad else DATA.get(action, "null") % texts(facts, place)
        yield (
            pk + place, facts.row["id"], node_id, ordinal, str(ordinal) if ordinal else "", action, label,
            int(not bad), facts.error if bad else "", "It did not work." if bad else "", data,
        )  # fmt: skip


def rows_of(facts: SimpleNamespace) -> list[tuple[Any, ...]]:
    """ResultRows, each the values of `rows.FIELDS`, JSON as text."""
    found = {
        f"{name}{place}": text
        for place in range(len(facts.nodes))
        for name, text in texts(facts, place).items()
    } | {"error": facts.error}
    low = {name: text.lower() for name, text in found.items()}
    return [
        (facts.row["id"], *plain, *(text % found for text in told), *(text % low for text in searched))
        for plain, told, searched in facts.table[bool(facts.error)]
    ]  # fmt: skip


Table = tuple[list[Any], list[Any]]


def table(tree: Tree) -> Table:
    """What `rows_of` fills in for runs of this workflow: of those without and of those with an error."""
    return _templates(tree, fails=False), _templates(tree, fails=True)


def _templates(tree: Tree, *, fails: bool) -> list[Any]:
    """Per row: values that are the same for all runs, texts to be filled in, and such of the search."""
    known = catalog.default()
    found = results.fold(tree, _completion(tree, fails), known)
    return [
        (
            (row.ordinal, row.node_id, row.path, row.level, json.dumps(row.leads)),
            (_template(json.dumps(row.cells)), _template(json.dumps(row.keys)), _template(row.identity)),
            (_template(row.words), _template(row.private)),
        )
        for row in rows.rows_of(0, rows.form_of(tree, known), tree, found, known)
    ]  # fmt: skip


def _template(text: str) -> str:
    return _MARK.sub(r"%(\1)s", text.replace("%", "%%"))


def _completion(tree: Tree, fails: bool) -> list[Any]:
    places = {node_id: place for place, node_id in enumerate(tree.nodes)}
    return [_answer(tree, root, places, FAILS if fails else -1) for root in tree.children(None)]


def _answer(tree: Tree, node: Node, places: Mapping[str, int], fails: int) -> dict[str, Any]:
    place = places[node.id]
    answer: dict[str, Any] = {"actionType": node.type, "success": place != fails}
    if node.label:
        answer["label"] = node.label
    if place == fails:
        return answer | {"error": {"type": _ERROR, "message": "It did not work."}}
    if node.type in DATA:
        answer["data"] = json.loads(
            DATA[node.type] % {name: f"zz{name}{place}zz" for name in _TEXTS}
        )
    if below := tree.children(node.id):
        answer["data"]["then"] = [_answer(tree, each, places, fails) for each in below]
    return answer
