"""The browser works out the same legal places as the server, for every action and every move of grown trees."""

import random

from editor import catalog
from editor.trees import codec, places
from editor.trees.nodes import Tree
from editor.workflows import queries
from editor.workflows.grow import grow
from tests.browser.editor_page import EditorPage
from tests.browser.test_building import VISIT

KNOWN = catalog.default()
WRONG = [
    VISIT,
    {"actionType": "st.retrievePersonSkills", "then": {"actionType": "made.up", "then": VISIT}},
]

IN_THE_PAGE = """async ({types, moves}) => {
    const {legalPlaces, legalMoves} = await import("/static/js/editor/legal.js");
    const {nodeOf} = await import("/static/js/editor/page.js");
    const plain = (legal, moved) => legal.places().places.map(({parent, behind}) => {
        const siblings = [...(parent ? parent.querySelector(":scope > ul") : document.getElementById("tree")).children];
        const staying = siblings.filter(node => !moved.includes(node));
        return [parent?.dataset.nodeId ?? null, staying.indexOf(behind) + 1];
    });
    return [
        types.map(type => plain(legalPlaces(type), [])),
        moves.map(ids => { const nodes = ids.map(nodeOf); return plain(legalMoves(nodes), nodes); }),
    ];
}"""


def listed(found: list[places.Place]) -> list[list[object]]:
    return [[place.parent, place.index] for place in found]


def some_moves(tree: Tree) -> list[list[str]]:
    """Each node alone, and some groups of siblings and of any nodes that do not stand below each other."""
    chance = random.Random(3)
    ids = [node.id for node, _ in tree.walk()]
    groups = [[node_id] for node_id in ids]
    for _ in range(25):
        picked = set(chance.sample(ids, 3))
        groups.append(
            [
                i
                for i in ids
                if i in picked
                and not picked & {step.id for step in tree.path(tree.nodes[i].parent)}
            ]
        )
        siblings = tree.children(tree.nodes[chance.choice(ids)].parent)
        groups.append([node.id for node in siblings[: chance.randint(1, 3)]])
    return groups


def test_the_same_places_as_on_the_server(ann_edits):
    types = [*KNOWN.actions, "made.up"]
    for wire in (codec.to_wire(grow(120, KNOWN)), WRONG, None):
        editor: EditorPage = ann_edits(wire)
        tree = queries.tree_of(editor.workflow)
        moves = some_moves(tree) if len(tree) > 2 else []
        for_types, for_moves = editor.page.evaluate(IN_THE_PAGE, {"types": types, "moves": moves})
        assert for_types == [listed(places.legal_places(tree, KNOWN, each)) for each in types]
        assert for_moves == [listed(places.legal_moves(tree, KNOWN, *ids)) for ids in moves]
