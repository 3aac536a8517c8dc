"""What can this tree do at most? Counted from loops and limits, before anything runs."""

import itertools
from dataclasses import replace

from editor import catalog
from editor.trees import codec
from editor.trees.effects import Amount, effects
from editor.trees.nodes import Tree

CATALOG = catalog.default()


def effects_of(value):
    numbers = itertools.count()
    return effects(codec.from_wire(value, lambda: f"n{next(numbers)}"), CATALOG)


def per_person(limit, *actions):
    opened = {"actionType": "st.openPersonPage", "then": list(actions)}
    search = {"actionType": "st.searchPeople", "term": "founder"}
    if limit is not None:
        search["limit"] = limit
    return search | {"then": {"actionType": "st.doForPeople", "then": opened}}


INVITE = {"actionType": "st.sendConnectionRequest"}
SKILLS = {
    "actionType": "st.retrievePersonSkills",
    "then": {"actionType": "st.doForSkills", "then": {"actionType": "st.endorsePersonSkill"}},
}


def test_a_loop_multiplies_by_the_limit_of_its_list():
    found = effects_of(per_person(25, INVITE))
    assert found.acts == {"st.sendConnectionRequest": Amount(25)}
    assert found.categories == {
        "stPersonProfileViews": Amount(25),
        "stConnectionRequests": Amount(25),
        "stSearchQueries": Amount(1),
    }


def test_without_a_limit_the_default_of_the_action_counts():
    assert effects_of(per_person(None, INVITE)).acts == {"st.sendConnectionRequest": Amount(10)}


def test_loops_inside_loops_multiply():
    employees = {
        "actionType": "st.retrieveCompanyEmployees",
        "limit": 2,
        "then": {
            "actionType": "st.doForPeople",
            "then": {"actionType": "st.openPersonPage", "then": INVITE},
        },
    }
    companies = {
        "actionType": "st.searchCompanies",
        "limit": 3,
        "then": {
            "actionType": "st.doForCompanies",
            "then": {"actionType": "st.openCompanyPage", "then": employees},
        },
    }
    found = effects_of(companies)
    assert found.acts == {"st.sendConnectionRequest": Amount(6)}
    assert found.categories["stCompanyPageViews"] == Amount(3)


def test_a_list_of_unknown_length_is_said_to_be_open():
    found = effects_of(per_person(5, SKILLS))
    assert found.acts == {"st.endorsePersonSkill": Amount(5, open=True)}
    assert str(found.acts["st.endorsePersonSkill"]) == "5 or more"


def test_a_bad_limit_is_open_rather_than_wrong():
    assert effects_of(per_person("many", INVITE)).acts["st.sendConnectionRequest"].open


def test_an_unknown_action_does_not_stop_the_count():
    unknown = {"actionType": "st.fly", "then": [INVITE]}
    assert effects_of([unknown]).acts == {"st.sendConnectionRequest": Amount(1)}


def test_what_is_disabled_does_nothing():
    numbers = itertools.count()
    tree = codec.from_wire(per_person(5, INVITE, INVITE), lambda: f"n{next(numbers)}")
    last = list(tree.nodes)[-1]
    disabled = [replace(n, disabled=n.id == last) for n in tree.nodes.values()]
    assert effects(Tree(disabled), CATALOG).acts == {"st.sendConnectionRequest": Amount(5)}
