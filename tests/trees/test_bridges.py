"""A bridge is legal, and there is no shorter one; found by trying all chains on random catalogues."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from editor import catalog
from editor.catalog import constraints
from editor.catalog.constraints import Verdict
from editor.trees.bridges import bridge
from tests.trees.toy import TOYS, action, catalogue

NAMES = ["t.a", "t.b", "t.c", "t.d", "t.e"]


@st.composite
def random_catalogues(draw):
    """Up to five actions; every pair and every root allowed, disputed or forbidden at random."""
    names = NAMES[: draw(st.integers(1, 5))]
    return catalogue(
        action(
            name,
            root=draw(st.sampled_from(["allowed", "forbidden", [("url",)]])),
            children=(below := draw(st.sets(st.sampled_from(names)))),
            disputed=draw(st.sets(st.sampled_from(names))) - below,
        )
        for name in names
    )


def link(known, parent, child) -> Verdict:
    if parent is None:
        return constraints.may_be_root(known, child)
    return constraints.may_be_child(known, parent, child)


def every_chain(known, start, goal, least):
    """All chains whose links are at least `least`, shortest first, then in catalogue order."""
    for length in range(len(known.actions) + 1):
        for chain in itertools.product(known.actions, repeat=length):
            steps = [start, *chain, goal]
            if all(link(known, a, b) >= least for a, b in itertools.pairwise(steps)):
                yield chain


@given(random_catalogues(), st.sampled_from([None, *NAMES, "t.unknown"]), st.sampled_from(NAMES))
def test_a_bridge_is_the_first_of_the_shortest_chains(known, start, goal):
    without = next(every_chain(known, start, goal, Verdict.ALLOWED), None)
    with_disputed = next(every_chain(known, start, goal, Verdict.DISPUTED), None)
    assert bridge(known, start, goal) == (with_disputed if without is None else without)


def test_a_direct_place_needs_no_bridge():
    assert bridge(TOYS, "toy.open", "toy.read") == ()
    assert bridge(TOYS, None, "toy.write") == ()


def test_a_disputed_pair_is_the_last_resort():
    assert bridge(TOYS, None, "toy.loop") == ("toy.search",)
    assert bridge(TOYS, "toy.list", "toy.read") == ("toy.loop", "toy.open")


def test_where_no_chain_leads_there_is_no_bridge():
    assert bridge(TOYS, "toy.read", "toy.open") is None
    assert bridge(TOYS, "toy.unknown", "toy.open") is None
    assert bridge(TOYS, None, "toy.unknown") is None


def test_every_bridge_of_the_real_catalogue_is_legal():
    known = catalog.default()
    for start, goal in itertools.product([None, *known.actions], known.actions):
        chain = bridge(known, start, goal)
        if chain is not None:
            steps = [start, *chain, goal]
            assert all(link(known, a, b) for a, b in itertools.pairwise(steps)), (start, goal)


def test_every_action_can_be_reached_from_the_root():
    known = catalog.default()
    assert all(bridge(known, None, goal) is not None for goal in known.actions)
