"""Bob changes a workflow by writing its JSON: what stays, what is refused, and what others did meanwhile."""

import json

import pytest

from editor.lib.ids import new_id
from editor.trees.nodes import Node, Tree
from editor.workflows import rows, services
from editor.workflows.models import Workflow
from tests.workflows.stories import PERSON_URL, VISIT, Desk, desk


@pytest.fixture
def at_work(bob) -> Desk:
    """Bob before the visit of Ada's page."""
    return desk(bob)


def shown(at: Desk) -> dict:
    """What the JSON view gets to show."""
    return at.get("/json").json()


def stored(at: Desk) -> str:
    """All that is kept of the tree, byte for byte."""
    return json.dumps(rows.tree_to_json(at.tree))


def write(at: Desk, wire, **fields):
    return at.edit("json", text=json.dumps(wire), read=at.revision, **fields)


def test_the_view_shows_the_export_with_its_problems_and_where_each_action_stands(bob):
    at = desk(bob, [VISIT, {"actionType": "st.openPersonPage"}])
    told = shown(at)
    first, second = at.tree.roots
    assert told["text"] == at.get("/export").content.decode()
    assert told["revision"] == 0
    assert told["places"][second.id] == "/1"
    assert told["places"][at.tree.children(first.id)[1].id] == "/0/then/1"
    [problem] = told["problems"]
    assert (problem["node"], problem["path"]) == (second.id, "/1/personUrl")


def test_writing_is_one_edit_that_keeps_ids_and_what_json_does_not_show(at_work):
    page, skills, posts = (node for node, _ in at_work.tree.walk())
    at_work.edit("note", node=posts.id, note="ask Ann")
    at_work.try_to("collapsed", node=page.id, on=1)
    at_work.edit("disabled", node=skills.id, on=1)
    before = stored(at_work)

    wire = at_work.wire
    wire["then"][0]["limit"] = 7
    wire["then"].append({"actionType": "st.checkConnectionStatus", "unheardOf": [None, {"a": 1}]})
    told = write(at_work, wire)

    new = at_work.node("st.checkConnectionStatus").id
    assert sorted(told.operations) == [("card", posts.id), ("insert", new)]
    assert told.marks["undo"] == "Edit the JSON"
    assert told.marks["focus"] == ""
    assert at_work.wire == wire
    assert at_work.tree.nodes[posts.id].note == "ask Ann"
    assert at_work.tree.nodes[skills.id].disabled
    assert at_work.tree.nodes[page.id].collapsed
    assert [node.id for node in at_work.tree.children(page.id)] == [skills.id, posts.id, new]

    at_work.edit("undo")
    assert stored(at_work) == before


def test_what_is_laid_aside_and_the_inputs_stay(bob):
    aside = Node(new_id(), None, 0, "st.openPersonPage", parked=True)
    below = Node(new_id(), aside.id, 0, "st.retrievePersonSkills")
    who = {"name": "who", "kind": "text"}
    tree = Tree([Node(new_id(), None, 0, "st.retrieveSSI"), aside, below], inputs=(who,))
    at = Desk(bob, services.import_tree(bob.team, actor=bob.user, name="Aside", tree=tree))

    write(at, [{"actionType": "st.openPersonPage", "personUrl": "{{ who }}"}])

    assert at.tree.subtree(aside.id) == (aside, below)
    assert at.tree.parked == (aside,)
    assert at.tree.inputs == (who,)
    assert shown(at)["inputs"] == ["who"]


@pytest.mark.parametrize(
    "wire",
    [
        {"actionType": "st.openPersonPage", "then": {"actionType": "st.retrievePersonSkills"}},
        {"actionType": "st.openPersonPage", "then": [{"actionType": "st.retrievePersonSkills"}]},
        [{"actionType": "st.openPersonPage", "then": []}],
        {"actionType": "st.unheardOf", "label": None, "x": {"y": [1, 2.5, "ü"]}},
        [],
    ],
)
def test_what_is_written_is_what_is_exported(at_work, wire):
    """Legal or not, with its form of `then` and its unknown parameters: problems are shown, not refused."""
    write(at_work, wire)
    assert (
        at_work.get("/export").content.decode()
        == json.dumps(wire, ensure_ascii=False, indent=2) + "\n"
    )


def test_what_was_not_changed_makes_no_edit(at_work):
    told = at_work.edit("json", text=shown(at_work)["text"], read=0)
    assert told.operations == []
    assert told.revision == 0


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ('{\n  "actionType": "st.retrieveSSI",\n}', "not-json", 3),
        ('{\n  "actionType": "st.retrieveSSI",\n  "then": 5\n}', "wrong-then", None),
        ("[1]", "not-an-action", None),
        ("", "empty-text", None),
    ],
)
def test_what_is_no_workflow_is_refused_with_the_place_and_changes_nothing(
    at_work, text, code, line
):
    before = stored(at_work)
    answer = at_work.try_to("json", text=text, read=0)
    assert answer.status_code == 422
    html = answer.content.decode()
    [marks] = [json.loads(part.partition("</script>")[0]) for part in html.split('json">')[1:]]
    assert (marks[0]["code"], marks[0].get("line")) == (code, line)
    assert stored(at_work) == before
    assert Workflow.objects.get(pk=at_work.workflow.pk).revision == 0


def test_what_others_did_meanwhile_stays(at_work, ann):
    wire = at_work.wire
    posts = at_work.node("st.retrievePersonPosts").id
    Desk(ann, at_work.workflow).edit("param", node=posts, field="/limit", value="9")
    Desk(ann, at_work.workflow, 1).edit("add", type="st.retrieveSSI")

    wire["then"][0]["label"] = "mine"
    at_work.edit("json", text=json.dumps(wire), read=0)

    visit, added = at_work.wire
    assert visit["then"][0]["label"] == "mine"
    assert visit["then"][1]["limit"] == 9
    assert added == {"actionType": "st.retrieveSSI"}


def test_where_both_changed_the_same_the_writer_decides(at_work, ann):
    wire = at_work.wire
    posts = at_work.node("st.retrievePersonPosts").id
    Desk(ann, at_work.workflow).edit("param", node=posts, field="/limit", value="9")
    wire["then"][1]["limit"] = 3

    answer = at_work.try_to("json", text=json.dumps(wire), read=0)
    assert answer.status_code == 422
    assert 'data-refused="conflicts"' in answer.content.decode()
    assert (
        "Retrieve person&#x27;s posts, /limit: Both of you changed this." in answer.content.decode()
    )
    assert at_work.wire["then"][1]["limit"] == 9

    at_work.edit("json", text=json.dumps(wire), read=0, mine=1)
    assert at_work.wire == wire


@pytest.mark.parametrize("fields", [{"read": "x"}, {"mine": "yes"}, {"base": ""}])
def test_a_form_that_makes_no_sense_is_called_so(at_work, fields):
    answer = at_work.try_to("json", **{"text": "[]", **fields})
    assert answer.status_code == 400
    assert at_work.wire == VISIT


@pytest.mark.parametrize("read", ["5", "999999999"])
def test_a_text_of_a_revision_that_nobody_knows_is_refused(at_work, read):
    answer = at_work.try_to("json", text="[]", read=read)
    assert answer.status_code == 422
    assert at_work.wire == VISIT


# --- As code


@pytest.mark.parametrize("language", ["curl", "python", "node"])
def test_code_sends_the_workflow_to_the_real_service_or_to_the_sandbox(at_work, language):
    answer = at_work.get(f"/code/{language}")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    text = answer.content.decode()
    assert PERSON_URL in text
    assert "LINKED_API_TOKEN" in text
    assert "/sandbox" not in text
    assert "/sandbox" in at_work.get(f"/code/{language}", at="sandbox").content.decode()


def test_code_says_which_placeholders_want_a_value(bob):
    wire = {"actionType": "st.openPersonPage", "personUrl": "{{ person }}"}
    told = desk(bob, wire).get("/code/curl").content.decode()
    assert "Put values in place of {{ person }}" in told


def test_other_languages_are_not_there(at_work):
    assert at_work.get("/code/cobol").status_code == 404
