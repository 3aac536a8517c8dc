"""How fast trees are compared and put together: `python -m bench.diff [NODES]` (10,000).

The workflow of `bench.trees`; mine and theirs differ from it in one action of every hundred, by
edits, moves, removals and new actions. Prints what `bench.trees` prints: best of five.
"""

import dataclasses
import json
import random
import sys

from bench.trees import best, new_id, workflow
from editor import catalog
from editor.trees import codec, placeholders, results, table
from editor.trees.diff import diff
from editor.trees.inputs import Input
from editor.trees.merge import merge, take
from editor.trees.nodes import Node, Tree
from editor.trees.pairing import adopt
from editor.trees.snippets import snippet
from editor.trees.validate import validate


def changed(tree: Tree, chance: random.Random) -> Tree:
    """The tree after one change for every hundred actions."""
    rows = dict(tree.nodes)
    for node_id in chance.sample(sorted(rows), len(rows) // 100):
        node = rows.get(node_id)
        if node is None:
            continue
        match chance.randrange(4):
            case 0:
                rows[node_id] = dataclasses.replace(node, params={**node.params, "limit": 7})
            case 1:
                rows[node_id] = dataclasses.replace(node, position=chance.choice([-1, 10**6]))
            case 2:
                for gone in tree.subtree(node_id):
                    rows.pop(gone.id, None)
            case _:
                new = Node(new_id(), node.parent, node.position + 1, node.type, node.params)
                rows[new.id] = new
    return Tree(rows.values(), tree.array)


def with_inputs(tree: Tree) -> Tree:
    """Every action of it uses an input in its label."""
    rows = (dataclasses.replace(node, label="To {{ name }}") for node in tree.nodes.values())
    return Tree(rows, tree.array)


def people(count: int) -> tuple[Tree, list[object]]:
    """A search with its people opened, and an answer that found so many."""
    wire = json.loads(
        '{"actionType": "st.searchPeople", "then": {"actionType": "st.doForPeople",'
        ' "then": {"actionType": "st.openPersonPage"}}}'
    )
    opened = {"actionType": "st.openPersonPage", "success": True, "data": {"headline": "Chef"}}
    found = [{"name": f"Person {number}", "then": opened} for number in range(count)]
    return codec.from_wire(wire, new_id), [
        {"actionType": "st.searchPeople", "success": True, "data": found}
    ]


def main(size: int) -> None:
    known, chance = catalog.default(), random.Random(2)
    text = workflow(size)
    base, foreign = codec.decode(text, new_id), codec.decode(text, new_id)
    mine, theirs = changed(base, chance), changed(base, chance)
    other = changed(foreign, chance)
    found = diff(base, mine)
    half = [entry.id for entry in found.differing[::2]]
    asking = with_inputs(base)
    print(f"{len(base):,} actions; {len(found.differing):,} differ")
    best("diff of equal trees", lambda: diff(base, base))
    best("diff", lambda: diff(base, mine))
    best("diff of an import (pairing)", lambda: diff(base, other))
    best("adopt ids for edited JSON", lambda: adopt(base, foreign))
    best("take half of it", lambda: take(found, half, known))
    best("merge", lambda: merge(base, mine, theirs, known))
    best("uses of inputs", lambda: placeholders.uses(asking))
    best("substitute", lambda: placeholders.substitute(asking, {"name": "Ann"}))
    best("validate with inputs", lambda: validate(asking, known, [Input("name")]))
    best("snippet", lambda: snippet("python", base))
    tree, completion = people(size)
    folded, columns = results.fold(tree, completion, known), table.columns(tree, known)
    best(f"table of {size:,} people", lambda: list(table.rows(tree, known, folded, columns)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
