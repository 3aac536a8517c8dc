"""What the strip in the editor and the form of a run say of a workflow."""

from editor import catalog
from editor.trees import codec
from editor.trees.nodes import Tree
from editor.trees.plan import plan_of
from tests.trees.strategies import ids
from tests.trees.test_effects import INVITE, SKILLS, per_person


def plan(wire):
    return plan_of(codec.from_wire(wire, ids()), catalog.default())


def test_acts_come_first_then_what_they_need():
    assert plan(per_person(25, INVITE)).headline == (
        "up to 25 connection requests · 25 profile views · 1 search"
    )


def test_acts_that_nobody_counts_are_named():
    found = plan({"actionType": "st.removeConnection", "personUrl": "https://x"})
    assert found.headline == "up to 1× Remove connection"
    assert str(found.act_count) == "1"


def test_what_has_no_known_length_comes_last_with_the_reason():
    found = plan(per_person(25, SKILLS))
    assert found.headline == "up to 25 profile views · 1 search · 25 or more endorsements"
    assert found.endless == ["Retrieve skills"]


def test_each_loop_says_how_often_it_goes_round():
    assert list(plan(per_person(25, SKILLS)).rounds.values()) == ["25", "25 or more"]


def test_what_only_reads_and_what_is_empty_has_no_headline():
    assert plan({"actionType": "st.retrieveSSI"}).headline == ""
    assert plan_of(Tree(), catalog.default()).actions == 0
