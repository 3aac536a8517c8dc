"""Laying aside, what does not fit, and the ways out: through the pages of the editor."""

import json

import pytest

from editor.workflows.pages import clips
from tests.workflows.stories import PERSON_URL, VISIT, Desk, desk

pytestmark = pytest.mark.django_db

PAGE, SKILLS, POSTS = "st.openPersonPage", "st.retrievePersonSkills", "st.retrievePersonPosts"


@pytest.fixture
def at_work(bob) -> Desk:
    return desk(bob)


def parked(at: Desk) -> list[str]:
    return [node.type for node in at.tree.parked]


# Laying aside


def test_what_is_laid_aside_leaves_the_outline_and_the_json(at_work):
    skills = at_work.node(SKILLS).id
    told = at_work.edit("park", node=skills)

    assert (told.marks["undo"], told.marks["parked"]) == ("Lay aside Retrieve skills", "1")
    assert ("remove", skills) in told.operations
    assert [action["actionType"] for action in at_work.wire["then"]] == [POSTS]
    shown = at_work.get("/tray").content.decode()
    assert f'data-node-id="{skills}"' in shown
    assert "Goes under Open person page" in shown


def test_putting_back_brings_it_with_all_below_it(bob):
    at = desk(bob, [VISIT, {"actionType": PAGE, "personUrl": PERSON_URL}])
    at.edit("park", node=at.tree.roots[0].id)
    top = at.tree.parked[0]
    told = at.edit("move", node=top.id, index=0)
    assert told.operations == [("insert", top.id)]
    assert told.html.count('role="treeitem"') == 3
    assert told.marks["undo"] == "Put back Open person page"
    assert at.wire[0] == VISIT
    assert parked(at) == []


def test_undo_of_laying_aside_restores_exactly(at_work):
    before = at_work.tree
    at_work.edit("park", node=[node.id for node in before.children(before.roots[0].id)])
    assert len(parked(at_work)) == 2
    at_work.edit("undo")
    assert at_work.tree == before


def test_problems_of_what_is_laid_aside_do_not_count(bob):
    at = desk(bob, {"actionType": PAGE})
    assert at.get().context["counts"].errors == 1
    told = at.edit("park", node=at.tree.roots[0].id)
    assert told.marks["errors"] == "0"
    assert at.edit("undo").marks["errors"] == "1"


def test_what_is_laid_aside_can_be_deleted(at_work):
    skills = at_work.node(SKILLS).id
    at_work.edit("park", node=skills)
    told = at_work.edit("remove", node=skills)
    assert (told.marks["parked"], told.operations) == ("0", [])
    at_work.edit("undo")
    assert parked(at_work) == [SKILLS]


def test_the_tray_stands_on_the_page_from_the_start(at_work, vic):
    at_work.edit("park", node=at_work.node(POSTS).id)
    assert "data-put-back" in at_work.get().content.decode()
    assert "data-put-back" not in Desk(vic, at_work.workflow).get().content.decode()


# Changing the type


def test_a_change_of_type_keeps_what_fits_and_lays_the_rest_aside(bob):
    at = desk(bob, {**VISIT, "then": [*VISIT["then"], {"actionType": "nv.openPersonPage"}]})
    told = at.edit("type", node=at.tree.roots[0].id, type="st.openCompanyPage")
    assert told.marks["note"].endswith("do not fit under Open company page; they are in the tray.")
    assert SKILLS in parked(at)
    assert at.tree.roots[0].params == {"personUrl": PERSON_URL}
    at.edit("undo")
    assert at.tree.roots[0].type == PAGE
    assert parked(at) == []


# Pasting


def test_paste_puts_in_what_fits_and_lays_the_rest_aside(at_work):
    text = json.dumps([{"actionType": SKILLS}, {"actionType": "st.retrieveFeed"}])
    told = at_work.edit("paste", parent=at_work.node(PAGE).id, text=text)
    assert parked(at_work) == ["st.retrieveFeed"]
    assert told.marks["note"] == "Retrieve feed does not fit there; it is in the tray." or (
        told.marks["note"].endswith("does not fit there; it is in the tray.")
    )
    at_work.edit("undo")
    assert at_work.wire == VISIT
    assert parked(at_work) == []


def test_paste_of_which_nothing_fits_goes_over_a_bridge_or_into_the_tray(bob):
    at = desk(bob, {"actionType": "st.searchPeople"})
    where = {"parent": at.tree.roots[0].id, "text": json.dumps({"actionType": SKILLS})}
    assert at.try_to("paste", **where).status_code == 422

    at.edit("paste", **where, tray=1)
    assert parked(at) == [SKILLS]
    at.edit("paste", **where, bridge=1)
    assert [node.type for node, _ in at.tree.walk()][1:] == ["st.doForPeople", PAGE, SKILLS]


def test_the_preview_says_what_fits_and_why_the_rest_does_not(at_work):
    text = json.dumps(
        [
            {"actionType": POSTS, "label": "x", "then": {"actionType": SKILLS}},
            {"actionType": "st.no"},
        ]
    )
    before = at_work.tree
    answer = at_work.person.post(
        f"{at_work.url}/fits", {"text": text, "parent": at_work.node(PAGE).id}
    )
    lines = answer.context["lines"]
    assert [bool(line.why) for line in lines] == [False, True, True]
    assert lines[0].name.endswith("“x”")
    assert "cannot stand under" in lines[1].why
    assert "There is no action “st.no”" in lines[2].why
    assert answer.context["ways"] == []
    assert at_work.tree == before


def test_the_preview_offers_ways_when_nothing_fits(bob):
    at = desk(bob, [{"actionType": "st.searchPeople"}, VISIT])
    text = json.dumps({"actionType": SKILLS})
    answer = at.person.post(f"{at.url}/fits", {"text": text, "parent": at.tree.roots[0].id})
    assert [way.title for way in answer.context["ways"]] == [
        "Insert For each person → Open person page above it",
        "Put it under Open person page",
        "Lay it aside, in the tray",
    ]
    for way in answer.context["ways"]:
        at.edit("paste", text=text, **way.fields)
    assert len(at.tree) == 3 + 1 + 3 + 1 + 1


def test_the_preview_of_what_is_no_json_says_so(at_work):
    answer = at_work.person.post(f"{at_work.url}/fits", {"text": "{"})
    assert answer.status_code == 200
    assert "data-refused" in answer.content.decode()
    gone = at_work.person.post(f"{at_work.url}/fits", {"text": "[]", "parent": "gone"})
    assert gone.status_code == 404


# Copying


def test_a_copy_is_plain_json_and_beside_it_what_json_does_not_carry(at_work):
    skills = at_work.node(SKILLS).id
    at_work.edit("note", node=skills, note="ask first")
    at_work.edit("disabled", node=skills, on=1)
    answer = at_work.person.post(f"{at_work.url}/clip", {"node": at_work.tree.roots[0].id})
    copied = answer.json()
    assert [one["actionType"] for one in json.loads(copied["text"])["then"]] == [POSTS]

    at_work.edit("paste", text=copied["text"], clip=copied["clip"])
    fresh = at_work.tree.children(at_work.tree.roots[1].id)[0]
    assert (fresh.type, fresh.note, fresh.disabled) == (SKILLS, "ask first", True)
    assert fresh.id != skills


def test_several_copied_actions_are_an_array(at_work):
    both = [node.id for node in at_work.tree.children(at_work.tree.roots[0].id)]
    answer = at_work.person.post(f"{at_work.url}/clip", {"node": both})
    assert json.loads(answer.json()["text"]) == VISIT["then"]


@pytest.mark.parametrize(
    "clip",
    ["{", "[]", '{"marks": 1}', "[" * 100_000, '{"workflow": {"actionType": "st.retrieveSSI"}}'],
)
def test_a_clip_that_is_none_of_ours_is_refused(at_work, clip):
    assert at_work.try_to("paste", text="[]", clip=clip).status_code == 400
    assert at_work.wire == VISIT


def test_marks_that_make_no_sense_are_left_out():
    clip = {
        "workflow": {"actionType": SKILLS},
        "marks": {"0": {"note": 7, "disabled": "x", "id": "a"}},
    }
    [node] = clips.read(json.dumps(clip)).roots
    assert (node.note, node.disabled) == ("", False)


# Why not, and what then


def test_a_refusal_explains_and_offers_the_bridge_and_the_nearest_place(bob):
    at = desk(bob, [{"actionType": "st.searchPeople"}, VISIT])
    answer = at.get("/refusal", type=SKILLS, parent=at.tree.roots[0].id)
    assert "Retrieve skills cannot stand under Search people." in answer.content.decode()
    ways = answer.context["repairs"]
    assert [way.title for way in ways] == [
        "Insert For each person → Open person page → Retrieve skills",
        "Put it under Open person page",
    ]
    at.edit(ways[0].verb, **ways[0].fields)
    assert [node.type for node, _ in at.tree.walk()][:4] == [
        "st.searchPeople", "st.doForPeople", PAGE, SKILLS,
    ]  # fmt: skip


def test_a_refused_move_can_be_wrapped_or_laid_aside(bob):
    at = desk(bob, [{"actionType": "st.searchPeople"}, VISIT])
    skills = at.node(SKILLS).id
    answer = at.get("/refusal", node=skills, parent=at.tree.roots[0].id)
    ways = {way.title: way for way in answer.context["repairs"]}
    assert list(ways) == [
        "Wrap it in For each person → Open person page", "Lay it aside, in the tray",
    ]  # fmt: skip
    for way in ways.values():
        at.edit(way.verb, **way.fields)
    assert parked(at) == [SKILLS]
    at.edit("undo")
    assert at.tree.nodes[skills].parent != at.node(PAGE).parent


def test_what_may_start_a_tree_is_offered_to(at_work):
    answer = at_work.get("/refusal", type="st.searchPeople", parent=at_work.node(SKILLS).id)
    assert [way.title for way in answer.context["repairs"]] == ["Let it start a new tree"]


def test_there_is_no_refusal_where_it_may_stand(at_work):
    assert at_work.get("/refusal", type=SKILLS, parent=at_work.node(PAGE).id).status_code == 204
    assert at_work.get("/refusal", type="st.searchPeople").status_code == 204


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"type": SKILLS, "parent": "gone"}, 404),
        ({"node": "gone"}, 404),
        ({"type": SKILLS, "index": "x"}, 400),
        ({"type": "st.nothing"}, 200),
    ],
)
def test_questions_that_make_no_sense_are_answered_in_words(at_work, asked, status):
    answer = at_work.get("/refusal", **asked)
    assert answer.status_code == status
    assert "data-refused" in answer.content.decode()
