"""May this stand here, and why not: the questions that every other room asks."""

import itertools

from editor import catalog
from editor.catalog.constraints import (
    Verdict,
    allowed_children,
    allowed_roots,
    explain,
    may_be_child,
    may_be_root,
    table,
)

CATALOG = catalog.default()


def test_an_open_action_starts_a_workflow_only_with_its_address():
    assert may_be_root(CATALOG, "st.openPersonPage", {}) is Verdict.FORBIDDEN
    assert may_be_root(CATALOG, "st.openPersonPage", {"personUrl": "..."}) is Verdict.ALLOWED
    assert may_be_root(CATALOG, "st.openPersonPage") is Verdict.ALLOWED  # it could


def test_either_parameter_set_will_do():
    for name in ("postUrl", "postUrn"):
        assert may_be_root(CATALOG, "st.openPost", {name: "..."})


def test_a_list_of_the_opened_person_never_starts_a_workflow():
    assert not may_be_root(CATALOG, "st.retrievePersonSkills", {"personUrl": "..."})


def test_a_disputed_pair_is_allowed_and_marked():
    assert may_be_child(CATALOG, "st.retrieveConnections", "st.doForPeople") is Verdict.DISPUTED
    assert allowed_children(CATALOG, "st.retrieveConnections") == ("st.doForPeople",)


def test_namespaces_meet_where_the_pages_say_so():
    assert may_be_child(CATALOG, "st.openPersonPage", "nv.openPersonPage")
    assert may_be_child(CATALOG, "nv.openPersonPage", "st.openPersonPage")
    assert not may_be_child(CATALOG, "nv.doForPeople", "st.openPersonPage")


def test_unknown_types_are_forbidden_everywhere():
    assert not may_be_root(CATALOG, "st.fly")
    assert not may_be_child(CATALOG, "st.fly", "st.openPost")
    assert not may_be_child(CATALOG, "st.openPost", "st.fly")
    assert allowed_children(CATALOG, "st.fly") == ()


def test_list_verdict_and_explanation_agree_for_every_pair():
    for parent, child in itertools.product(CATALOG.actions, repeat=2):
        allowed = bool(may_be_child(CATALOG, parent, child))
        assert (child in allowed_children(CATALOG, parent)) == allowed
        assert (explain(CATALOG, parent, child) is None) == allowed


def test_roots_agree_with_their_explanation():
    for action_type in CATALOG.actions:
        allowed = action_type in allowed_roots(CATALOG)
        assert allowed == bool(may_be_root(CATALOG, action_type))
        assert allowed == (explain(CATALOG, None, action_type) is None)


def test_a_refusal_names_the_rule_and_the_ways_out():
    refusal = explain(CATALOG, "st.searchPeople", "st.commentOnPost")
    assert refusal is not None
    assert refusal.message == "Comment on post cannot stand under Search people."
    assert refusal.parents == ("st.openPost",)
    assert refusal.repairs == (
        "Put it under Open post.",
        "Let it start the workflow, with postUrl or postUrn.",
    )


def test_a_leaf_says_that_it_takes_nothing():
    refusal = explain(CATALOG, "st.reactToPost", "st.openPost")
    assert refusal is not None
    assert (refusal.code, refusal.message) == (
        "no-children",
        "React to post takes no actions below it.",
    )


def test_the_browser_gets_the_same_table():
    browser = table(CATALOG)["actions"]
    for parent in CATALOG.actions:
        assert tuple(browser[parent]["children"]) == allowed_children(CATALOG, parent)
    assert {t for t, row in browser.items() if row["root"]} == set(allowed_roots(CATALOG))
