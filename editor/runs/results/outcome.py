"""What came back, made ready to be stored and to be read again. Pure but for the model classes."""

import json
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from editor.catalog import Catalog
from editor.catalog import default as default_catalog
from editor.runs import ledger
from editor.runs.models import RunPlan
from editor.runs.texts import fit
from editor.trees import codec, placeholders, results
from editor.trees.nodes import MISSING, Node, Tree
from editor.trees.results import NodeResult, Results
from editor.workflows.rows import tree_from_json, tree_to_json

from . import rows


def pack(value: Any) -> bytes:
    """A JSON value, small. ASCII inside, so that half surrogate pairs survive."""
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 6)


def unpack(packed: bytes | memoryview) -> Any:
    return json.loads(zlib.decompress(packed))


def pack_plan(tree: Any, values: Mapping[str, Any]) -> dict[str, bytes]:
    """The columns of a RunPlan, from a tree as JSON and the values of its inputs. Raises placeholders.NoValue."""
    sent = placeholders.substitute(tree_from_json(tree), values)
    return {"definition": pack(codec.to_wire(sent)), "tree": pack(tree)}


def switched_off(tree: Any, node_ids: Collection[str]) -> Any:
    """A tree as JSON, with these actions disabled."""
    whole = tree_from_json(tree)
    nodes = (
        replace(each, disabled=True) if each.id in node_ids else each
        for each in whole.nodes.values()
    )
    return tree_to_json(Tree(nodes, whole.array, whole.inputs))


def definition_of(plan: RunPlan) -> bytes:
    """The bytes to send."""
    return zlib.decompress(plan.definition)


def tree_of(plan: RunPlan) -> Tree:
    """What ran: with the values in place of the inputs, and with node ids and disabled actions."""
    written = tree_as_written(plan)
    try:
        return placeholders.substitute(written, plan.run.inputs)
    except (
        placeholders.NoValue
    ):  # from before there were inputs: its braces went out as they stood there
        return written


def tree_as_written(plan: RunPlan) -> Tree:
    """The workflow that ran, with its inputs."""
    return _tree(bytes(plan.tree))


def form_of(plan: RunPlan) -> rows.Form:
    """What the results table of the workflow that ran looks like."""
    return _form(bytes(plan.tree))


# Many runs of one workflow end one after another. Trees never change.
@lru_cache(maxsize=32)
def _tree(packed: bytes) -> Tree:
    return tree_from_json(unpack(packed))


@lru_cache(maxsize=8)
def _form(packed: bytes) -> rows.Form:
    return rows.form_of(_tree(packed), default_catalog())


@dataclass(frozen=True, slots=True)
class Summary:
    """What the outline shows of one node, without its results.

    `found`: items in the lists that the action returned, None when it returned none. `items`: for a
    loop [total, passed over, failed], else None. `errors`: how often each error type came.
    """

    state: results.State
    done: int = 0
    failed: int = 0
    not_reached: int = 0
    found: int | None = None
    items: tuple[int, int, int] | None = None
    errors: dict[str, int] | None = None


def summary_to_json(summary: Summary) -> dict[str, Any]:
    """Only what says something: a tree may have thousands of nodes. An empty list does: `found` is 0."""
    fields = {name: getattr(summary, name) for name in Summary.__slots__}
    return {
        name: value
        for name, value in fields.items()
        if value not in (None, {}) and (value != 0 or name == "found")
    }


def summary_from_json(value: dict[str, Any]) -> Summary:
    items = value.get("items")
    return Summary(**value | ({"items": tuple(items)} if items else {}))


def summaries(found: Results) -> dict[str, Summary]:
    return {node_id: _summary(node) for node_id, node in found.nodes.items()}


def _summary(node: NodeResult) -> Summary:
    lists = [len(o.data) for o in node.occurrences if isinstance(o.data, list)]
    items = node.items
    return Summary(
        state=node.state,
        done=node.done,
        failed=node.failed,
        not_reached=node.not_reached,
        found=sum(lists) if lists else None,
        items=(items.total, items.passed_over, items.failed) if items else None,
        errors=dict(
            Counter(fit(o.error_type, 80) for o in node.occurrences if not o.success).most_common(9)
        ),
    )


COLUMNS: Final = (
    "run", "node_id", "ordinal", "path", "action_type", "label", "success", "error_type", "error_message", "data",
)  # fmt: skip
"""Of ActionResult, in the order of `Stored.results`."""


BIG: Final = 5_000
"""So many values in a completion are many."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything that the end of a completed run writes."""

    completion: bytes
    nodes: dict[str, Any]
    unexpected: list[dict[str, Any]]
    counts: dict[str, int]
    results: list[tuple[Any, ...]]
    acts: list[ledger.Done]
    rows: list[rows.NewRow]


def prepare(
    run_id: int, tree: Tree, completion: Any, catalog: Catalog, form: rows.Form | None = None
) -> Stored:
    """Fold a completion and make its rows. The costly part of an end, and without the database.

    `tree`: what ran, `tree_of`; `form`: `form_of` the same plan, if there were inputs or it is at hand.
    """
    found = results.fold(tree, completion, catalog)
    return Stored(
        completion=pack(completion),
        nodes={node_id: summary_to_json(s) for node_id, s in summaries(found).items()},
        unexpected=[
            {"parent": u.parent, "path": list(u.path), "value": u.value} for u in found.unexpected
        ],
        counts={
            "done": found.done,
            "failed": found.failed,
            "not_reached": found.not_reached,
            "acted": sum(
                found.nodes[node.id].done for node in tree.nodes.values() if _acts(node, catalog)
            ),
        },
        results=list(_rows(run_id, tree, found)),
        acts=ledger.acts_of(tree, found, catalog),
        rows=rows.rows_of(run_id, form or rows.form_of(tree, catalog), tree, found, catalog),
    )


def is_big(completion: Any) -> bool:
    """Whether it takes long enough to fold and to store for others to notice: tens of milliseconds and more."""
    seen, left = 0, [completion]
    while left and seen + len(left) <= BIG:
        value = left.pop()
        if isinstance(value, dict | list):
            left.extend(value.values() if isinstance(value, dict) else value)
        seen += 1
    return bool(left)


def _acts(node: Node, catalog: Catalog) -> bool:
    action = catalog.actions.get(node.type)
    return action is not None and action.acts


def _rows(run_id: int, tree: Tree, found: Results) -> Iterator[tuple[Any, ...]]:
    for node_id, node in found.nodes.items():
        action_type = fit(tree.nodes[node_id].type, 200)
        for ordinal, occurrence in enumerate(node.occurrences):
            label = occurrence.label
            yield (
                run_id,
                node_id,
                ordinal,
                fit(".".join(map(str, occurrence.path)), 200),
                action_type,
                fit(label, 200) if isinstance(label, str) else "",
                occurrence.success,
                fit(occurrence.error_type, 80),
                fit(occurrence.error_message, 2000),
                None if occurrence.data is MISSING else occurrence.data,
            )
