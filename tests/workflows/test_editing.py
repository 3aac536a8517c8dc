"""Bob changes a workflow through the editor's addresses: every verb, what it answers, and what it refuses."""

import json

import pytest

from editor import catalog
from editor.catalog import constraints
from editor.trees.nodes import MISSING
from editor.workflows import services
from editor.workflows.pages.verbs import VERBS
from tests.workflows.stories import PERSON_URL, VISIT, Desk, desk, problems_of


@pytest.fixture
def at_work(bob) -> Desk:
    """Bob before the visit of Ada's page."""
    return desk(bob)


def types_below(at: Desk, action_type: str) -> list[str]:
    return [node.type for node in at.tree.children(at.node(action_type).id)]


def test_add_puts_an_action_into_the_place_that_was_chosen(at_work):
    page = at_work.node("st.openPersonPage")

    told = at_work.edit("add", type="st.checkConnectionStatus", parent=page.id, index=1)

    assert types_below(at_work, "st.openPersonPage") == [
        "st.retrievePersonSkills",
        "st.checkConnectionStatus",
        "st.retrievePersonPosts",
    ]
    new = at_work.node("st.checkConnectionStatus").id
    assert told.operations == [("insert", new)]
    assert told.marks["focus"] == new
    assert told.marks["undo"] == "Add Check connection status"


def test_add_without_an_index_goes_to_the_end_and_without_a_parent_to_the_root(at_work):
    at_work.edit("add", type="st.retrieveSSI")
    assert [node.type for node in at_work.tree.roots] == ["st.openPersonPage", "st.retrieveSSI"]


@pytest.mark.parametrize(
    ("action_type", "parent", "reason"),
    [
        ("st.retrievePostComments", "st.openPersonPage", "cannot stand under Open person page"),
        ("st.retrievePersonSkills", None, "cannot start a workflow"),
        ("st.retrievePersonPosts", "st.retrieveSSI", "takes no actions below it"),
        ("st.unheardOf", "st.openPersonPage", "There is no action"),
    ],
)
def test_what_may_not_stand_there_is_refused_with_the_reason(at_work, action_type, parent, reason):
    at_work.edit("add", type="st.retrieveSSI")
    before = at_work.wire
    below = at_work.node(parent).id if parent else ""

    answer = at_work.try_to("add", type=action_type, parent=below)

    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert at_work.wire == before


def test_every_action_that_the_table_offers_is_accepted_and_no_other(bob):
    known = catalog.default()
    for parent in ("st.openPersonPage", "st.searchPeople", "st.retrieveSSI", "nv.doForPeople"):
        at = desk(bob, {"actionType": parent})
        above = at.tree.roots[0].id
        accepted = []
        for action_type in known.actions:
            answer = at.try_to("add", type=action_type, parent=above)
            accepted += [action_type] if answer.status_code == 200 else []
        assert set(accepted) == set(constraints.allowed_children(known, parent))


def test_bridge_inserts_what_is_missing_between(bob):
    at = desk(bob, {"actionType": "st.searchPeople"})

    told = at.edit("add", type="st.retrievePersonSkills", parent=at.tree.roots[0].id, bridge=1)

    assert [node.type for node, _ in at.tree.walk()] == [
        "st.searchPeople",
        "st.doForPeople",
        "st.openPersonPage",
        "st.retrievePersonSkills",
    ]
    assert [kind for kind, _ in told.operations] == ["insert", "card"], "one subtree comes at once"
    asked_for = at.node("st.retrievePersonSkills").id
    assert told.marks["focus"] == asked_for
    at.edit("undo")
    assert at.wire == {"actionType": "st.searchPeople"}


def test_bridge_that_cannot_be_is_refused(at_work):
    answer = at_work.try_to(
        "add", type="st.searchPeople", parent=at_work.node("st.openPersonPage").id, bridge=1
    )
    assert answer.status_code == 422


def test_remove_takes_all_below_along_and_selects_the_neighbour(at_work):
    at_work.edit("add", type="st.retrieveSSI")
    gone, left = at_work.node("st.openPersonPage").id, at_work.node("st.retrieveSSI").id

    told = at_work.edit("remove", node=gone)

    assert [node.type for node in at_work.tree.nodes.values()] == ["st.retrieveSSI"]
    assert told.operations == [("remove", gone)]
    assert told.marks["focus"] == left


def test_several_go_at_once_and_one_undo_brings_them_all_back(at_work):
    two = [at_work.node("st.retrievePersonSkills").id, at_work.node("st.retrievePersonPosts").id]
    at_work.edit("remove", node=two)
    assert types_below(at_work, "st.openPersonPage") == []
    told = at_work.edit("undo")
    assert at_work.wire == VISIT
    assert sorted(told.operations)[-2:] == sorted([("insert", two[0]), ("insert", two[1])])


def test_a_parent_and_its_child_chosen_together_are_removed_once(at_work):
    both = [at_work.node("st.openPersonPage").id, at_work.node("st.retrievePersonPosts").id]
    at_work.edit("remove", node=both)
    assert len(at_work.tree) == 0


def test_lift_keeps_what_is_below(bob):
    at = desk(
        bob, {"actionType": "nv.openPersonPage", "personHashedUrl": PERSON_URL, "then": VISIT}
    )
    at.edit("lift", node=at.node("nv.openPersonPage").id)
    assert [node.type for node in at.tree.roots] == ["st.openPersonPage"]


def test_lift_lays_aside_what_may_not_stand_there(at_work):
    told = at_work.edit("lift", node=at_work.node("st.openPersonPage").id)
    assert told.marks["note"] == "2 actions do not fit at the start; they are in the tray."
    assert (told.marks["parked"], "data-tray" in told.html) == ("2", True)
    assert at_work.wire == []
    at_work.edit("undo")
    assert at_work.wire == VISIT


def test_move_among_siblings_counts_places_without_the_moved_one(at_work):
    page, posts = at_work.node("st.openPersonPage"), at_work.node("st.retrievePersonPosts")

    told = at_work.edit("move", node=posts.id, parent=page.id, index=0)

    assert types_below(at_work, "st.openPersonPage") == [
        "st.retrievePersonPosts",
        "st.retrievePersonSkills",
    ]
    assert told.operations == [("move", posts.id)]


def test_move_into_itself_is_refused(at_work):
    page, posts = at_work.node("st.openPersonPage"), at_work.node("st.retrievePersonPosts")
    answer = at_work.try_to("move", node=page.id, parent=posts.id)
    assert answer.status_code == 422


def test_duplicate_copies_all_below_right_behind(at_work):
    told = at_work.edit("duplicate", node=at_work.node("st.openPersonPage").id)
    assert at_work.wire == [VISIT, VISIT]
    assert told.marks["focus"] == at_work.tree.roots[1].id


def test_wrap_puts_an_action_between(at_work):
    at_work.edit("wrap", node=at_work.node("st.openPersonPage").id, type="nv.openPersonPage")
    assert at_work.wire == {"actionType": "nv.openPersonPage", "then": VISIT}


def test_change_type_keeps_parameters_for_validation_to_judge(at_work):
    told = at_work.edit(
        "type", node=at_work.node("st.retrievePersonPosts").id, type="st.retrievePersonComments"
    )
    changed = at_work.node("st.retrievePersonComments")
    assert (changed.label, changed.params) == ("posts", {"limit": 5})
    assert told.operations == [("card", changed.id)]


def test_label_and_note(at_work):
    node = at_work.node("st.retrievePersonSkills").id
    at_work.edit("label", node=node, label=" lead <b> ")
    told = at_work.edit("note", node=node, note="ask Ann\nfirst")
    assert at_work.tree.nodes[node].label == "lead <b>"
    assert at_work.tree.nodes[node].note == "ask Ann\nfirst"
    assert "lead &lt;b&gt;" in told.html

    at_work.edit("label", node=node, label="")
    assert at_work.tree.nodes[node].label is MISSING


@pytest.mark.parametrize("verb", ["label", "note"])
def test_text_that_no_database_takes_is_refused(at_work, verb):
    answer = at_work.try_to(verb, node=at_work.tree.roots[0].id, **{verb: "a\0b"})
    assert answer.status_code == 422
    assert "NUL" in answer.content.decode()


def test_switched_off_actions_are_left_out_until_they_are_on_again(at_work):
    skills = at_work.node("st.retrievePersonSkills").id
    at_work.edit("disabled", node=skills, on=1)
    assert [action["actionType"] for action in at_work.wire["then"]] == ["st.retrievePersonPosts"]
    at_work.edit("disabled", node=skills, on=0)
    assert at_work.wire == VISIT


def test_folding_is_kept_and_says_nothing(at_work):
    page = at_work.node("st.openPersonPage").id
    answer = at_work.try_to("collapsed", node=page, on=1)
    assert (answer.status_code, answer.content) == (204, b"")
    assert at_work.tree.nodes[page].collapsed
    at_work.edit("note", node=page, note="same revision")


def test_paste_puts_json_into_a_place(at_work):
    page = at_work.node("st.openPersonPage").id
    text = json.dumps(
        [{"actionType": "st.retrievePersonEducation"}, {"actionType": "st.checkConnectionStatus"}]
    )
    told = at_work.edit("paste", parent=page, index=0, text=text)
    assert types_below(at_work, "st.openPersonPage")[:2] == [
        "st.retrievePersonEducation",
        "st.checkConnectionStatus",
    ]
    assert told.marks["undo"] == "Paste 2 actions"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{'single': quotes}", "this is not JSON"),
        ("", "There is no text"),
        ('{"actionType": "st.retrieveFeed"}', "cannot stand under"),
    ],
)
def test_paste_of_what_cannot_stand_there_is_refused(at_work, text, reason):
    answer = at_work.try_to("paste", parent=at_work.node("st.openPersonPage").id, text=text)
    assert answer.status_code == 422
    assert reason in answer.content.decode()


def test_pasting_nothing_changes_nothing(at_work):
    told = at_work.edit("paste", text="[]")
    assert (told.revision, told.operations) == (0, [])


def test_replace_puts_another_workflow_here_and_can_be_undone(at_work):
    at_work.edit("replace", text='[{"actionType": "st.wrong", "x": 1}]')
    assert at_work.wire == [{"actionType": "st.wrong", "x": 1}]
    at_work.edit("undo")
    assert at_work.wire == VISIT


def test_fix_makes_the_repair_that_a_problem_offers(bob):
    at = desk(bob, {"actionType": "st.retrievePersonSkills"})
    [problem] = problems_of(at.workflow)

    at.edit("fix", node=problem.node_id, code=problem.code, title=problem.fix.title)

    assert [node.type for node, _ in at.tree.walk()][-1] == "st.retrievePersonSkills"
    assert len(at.tree) > 1
    answer = at.try_to("fix", node=problem.node_id, code=problem.code, title=problem.fix.title)
    assert answer.status_code == 404, "it is mended already"


def test_undo_and_redo_tell_what_comes_next(at_work):
    node = at_work.node("st.retrievePersonSkills").id
    at_work.edit("label", node=node, label="one")
    told = at_work.edit("label", node=node, label="two")
    assert (told.marks["undo"], told.marks["redo"]) == ("Label Retrieve skills", "")
    at_work.edit("undo")
    told = at_work.edit("undo")
    assert (told.marks["undo"], told.marks["redo"]) == ("", "Label Retrieve skills")
    answer = at_work.try_to("undo")
    assert (answer.status_code, "nothing of yours to undo" in answer.content.decode()) == (
        422,
        True,
    )
    told = at_work.edit("redo")
    assert at_work.tree.nodes[node].label == "one"


def test_problem_counts_follow_each_edit(at_work):
    told = at_work.edit("add", type="st.sendMessage", parent=at_work.node("st.openPersonPage").id)
    assert told.marks["errors"] == "1", "a message needs a text"
    assert 'data-problem="error"' in told.html
    told = at_work.edit("undo")
    assert told.marks["errors"] == "0"


def test_an_edit_on_an_old_page_goes_through_and_brings_the_page_up_to_date(at_work, ann):
    skills, posts = at_work.node("st.retrievePersonSkills"), at_work.node("st.retrievePersonPosts")
    theirs = Desk(ann, at_work.workflow)
    theirs.edit("note", node=posts.id, note="Ann was here")

    told = at_work.edit("label", node=skills.id, label="Bob")

    assert told.operations == [("card", skills.id), ("card", posts.id)]
    assert (told.marks["base"], told.revision) == ("0", 2)


def test_somebody_elses_removal_is_told_not_hidden(at_work, ann):
    skills = at_work.node("st.retrievePersonSkills")
    Desk(ann, at_work.workflow).edit("remove", node=skills.id)

    answer = at_work.try_to("label", node=skills.id, label="late")

    assert answer.status_code == 404
    assert "no longer there" in answer.content.decode()


def test_a_page_asks_what_others_did(at_work, ann):
    assert at_work.get("/changes", base=0).status_code == 204
    posts = at_work.node("st.retrievePersonPosts").id
    Desk(ann, at_work.workflow).edit("remove", node=posts)

    html = at_work.get("/changes", base=0).content.decode()

    assert f'data-op="remove" data-id="{posts}"' in html
    assert 'data-revision="1"' in html


@pytest.mark.parametrize("base", [{}, {"base": "x"}])
def test_a_page_that_does_not_say_what_it_shows_is_asked(at_work, base):
    answer = at_work.get("/changes", **base)
    assert answer.status_code == 400
    assert "base" in answer.content.decode()


def test_a_page_from_nowhere_is_told_to_start_again(at_work):
    assert "data-reload" in at_work.get("/changes", base=99).content.decode()


BAD_FORMS = [
    ("dance", {}),
    ("add", {}),
    ("add", {"type": "st.retrieveSSI", "index": "first"}),
    ("add", {"type": "st.retrieveSSI", "index": "-1"}),
    ("add", {"type": "st.retrieveSSI", "bridge": "yes"}),
    ("add", {"type": "st.retrieveSSI", "base": ""}),
    ("add", {"type": "st.retrieveSSI", "base": "-1"}),
    ("add", {"type": "st.retrieveSSI", "base": "9" * 50}),
    ("remove", {}),
    ("disabled", {"node": "x", "on": "maybe"}),
    ("collapsed", {}),
    ("param", {"node": "x"}),
]


@pytest.mark.parametrize(("verb", "fields"), BAD_FORMS)
def test_a_form_that_makes_no_sense_is_called_so(at_work, verb, fields):
    answer = at_work.try_to(verb, **fields)
    assert answer.status_code == 400
    assert "data-refused" in answer.content.decode()
    assert at_work.wire == VISIT


# Those that name no action, or one that is gone ("bring-back").
OF_NO_ACTION = {"add", "paste", "replace", "json", "restore", "bring-back", "undo", "redo"} | {
    v for v in VERBS if v.startswith(("input-", "column"))
}


@pytest.mark.parametrize("verb", sorted(set(VERBS) - OF_NO_ACTION | {"input-from"}))
@pytest.mark.parametrize("node", ["made-up", "a\0b", "x" * 500, "' OR 1=1"])
def test_an_action_that_is_not_there_is_never_an_accident(at_work, verb, node):
    fields = {
        "field": "/limit",
        "type": "st.retrieveSSI",
        "on": "1",
        "code": "x",
        "title": "x",
        "label": "x",
    }
    answer = at_work.try_to(verb, node=node, **fields)
    assert answer.status_code == 404
    assert "no longer there" in answer.content.decode()


def test_another_teams_actions_are_out_of_reach(at_work, eve):
    hers = desk(eve)
    stolen = hers.node("st.retrievePersonSkills").id

    assert at_work.try_to("remove", node=stolen).status_code == 404
    assert at_work.try_to("collapsed", node=stolen, on=1).status_code == 204
    assert not hers.tree.nodes[stolen].collapsed
    assert hers.wire == VISIT
    for verb in ("remove", "collapsed"):
        intruder = Desk(eve, at_work.workflow)
        assert intruder.try_to(verb, node=at_work.tree.roots[0].id, on=1).status_code == 404


def test_vic_looks_and_does_not_touch(at_work, vic):
    looking = Desk(vic, at_work.workflow)
    assert looking.get().status_code == 200
    for verb in [*VERBS, "collapsed"]:
        assert looking.try_to(verb, node=at_work.tree.roots[0].id, on=1).status_code == 403
    assert at_work.wire == VISIT


def test_edits_are_posts(at_work):
    assert at_work.get("/edit/undo").status_code == 405


def test_a_workflow_deleted_meanwhile_is_gone(at_work, ann):
    services.delete(at_work.workflow, actor=ann.user)
    assert at_work.try_to("undo").status_code == 404
