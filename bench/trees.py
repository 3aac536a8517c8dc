"""How fast the tree code is: `python -m bench.trees [NODES]` (10,000).

Prints the best of five, on the clock and of the processor (which other programs disturb less), for a
legal workflow made of the recipes, with texts and addresses of its own in every action, so that
nothing is found in a cache. Compare figures of one machine only.
"""

import itertools
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from editor import catalog
from editor.trees import codec, edits, parameters, places
from editor.trees.bridges import bridge
from editor.trees.nodes import Tree
from editor.trees.places import Place
from editor.trees.validate import validate, validate_node

RECIPES = Path(__file__).parent.parent / "tests" / "recipes"
numbers = itertools.count()


def new_id() -> str:
    return f"n{next(numbers)}"


def workflow(size: int) -> str:
    """JSON text of at least `size` actions."""
    recipes = [json.loads(path.read_text()) for path in sorted(RECIPES.glob("*.json"))]
    chance, roots, count = random.Random(1), [], 0
    while count < size:
        recipe = json.loads(json.dumps(chance.choice(recipes)))
        for root in recipe if isinstance(recipe, list) else [recipe]:
            for action in walk(root):
                make_unlike(action)
                count += 1
            roots.append(root)
    return json.dumps(roots)


def walk(action: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield action
    then = action.get("then", [])
    for child in then if isinstance(then, list) else [then]:
        yield from walk(child)


def make_unlike(action: dict[str, Any]) -> None:
    for name, value in action.items():
        if isinstance(value, str) and name not in (
            "actionType",
            "since",
            "type",
            "operation",
            "sort",
        ):
            action[name] = f"{value}{next(numbers)}"


def best(what: str, run: Callable[[], object], before: Callable[[], object] = str) -> None:
    clock, processor = [], []
    for _ in range(5):
        before()
        start, busy = time.perf_counter(), time.process_time()
        run()
        clock.append(time.perf_counter() - start)
        processor.append(time.process_time() - busy)
    print(f"{what:<30}{min(clock) * 1000:12.3f} ms {min(processor) * 1000:12.3f} ms processor")


def main(size: int) -> None:
    known = catalog.default()
    text = workflow(size)
    tree = codec.decode(text, new_id)
    nodes = list(tree.nodes.values())
    assert not validate(tree, known), "the workflow should be right"
    middle = tree.roots[len(tree.roots) // 2].id
    forget = parameters.forget
    branch = edits.chain(["st.openPersonPage"], new_id)
    print(f"{len(tree):,} actions, {len(text):,} bytes of JSON")
    best("decode", lambda: codec.decode(text, new_id))
    best("encode", lambda: codec.encode(tree))
    best("to_wire", lambda: codec.to_wire(tree))
    best("build and index rows", lambda: Tree(nodes, True).roots)
    best("validate, nothing kept", lambda: validate(tree, known), forget)
    best("validate, parameters kept", lambda: validate(tree, known))
    best("validate one node", lambda: validate_node(tree, middle, known), forget)
    best("legal places", lambda: places.legal_places(tree, known, "st.openPersonPage"))
    best("legal moves", lambda: places.legal_moves(tree, known, middle))
    best("insert", lambda: edits.insert(tree, known, Place(None, 9), branch))
    images = edits.insert(tree, known, Place(None, 9), branch)
    best("with_rows and index", lambda: tree.with_rows(images).roots)
    best(
        "bridge", lambda: bridge(known, "st.searchCompanies", "nv.sendMessage"), bridge.cache_clear
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
