"""The Results tab: columns are known before a run, chosen by anybody who builds, and an edit like any other."""

import re
from html import unescape

import pytest

from editor.workflows import services
from editor.workflows.edits import choosing
from editor.workflows.models import Workflow
from tests.workflows.stories import Desk

PEOPLE = """{"actionType": "st.searchPeople", "term": "cook", "then": {"actionType": "st.doForPeople",
    "then": {"actionType": "st.openPersonPage", "basicInfo": true}}}"""


@pytest.fixture
def anns(ann) -> Desk:
    made = services.import_wire(ann.team, actor=ann.user, name="Cooks", source=PEOPLE)
    return Desk(ann, made)


@pytest.fixture
def bobs(anns, bob) -> Desk:
    """Bob, before the same workflow."""
    return Desk(bob, anns.workflow)


def shown(at: Desk) -> list[tuple[str, str]]:
    """(key, title) of the columns that are shown, in their order."""
    html = at.get("/columns").content.decode()
    start = html.find('id="columns-shown"')
    part = html[start : html.find("</ol>", start)] if start >= 0 else ""
    found = re.findall(r'data-key="([^"]+)".*?value="([^"]*)"', part, re.DOTALL)
    return [(unescape(key), unescape(title)) for key, title in found]


def mark_of(at: Desk, key: str) -> str:
    """What the name of a column says that it was typed over."""
    found = dict(
        re.findall(r'data-key="([^"]+)"[^>]*data-was="(\w*)"', at.get("/columns").content.decode())
    )
    return found[key]


def stored(at: Desk) -> list:
    return Workflow.objects.get(pk=at.workflow.pk).table


def test_the_columns_of_a_workflow_that_never_ran(anns):
    found = shown(anns)
    assert found[0] == ("st.searchPeople.name", "Name")
    assert not any(key.endswith("urn") for key, _ in found)


def test_they_follow_an_edit(anns):
    before = len(shown(anns))
    anns.edit("disabled", node=anns.node("st.openPersonPage").id, on=1)
    assert 0 < len(shown(anns)) < before


def test_rename_move_hide_and_back(anns):
    first, second = shown(anns)[:2]
    anns.edit("column-rename", column=first[0], value="Who")
    anns.edit("column-move", column=second[0], before=first[0])
    assert shown(anns)[:2] == [second, (first[0], "Who")]
    anns.edit("column-hide", column=second[0])
    anns.edit("column-move", column=first[0], before="")
    assert shown(anns)[-1] == (first[0], "Who")
    assert second not in shown(anns)
    anns.edit("columns-reset")
    assert shown(anns)[:2] == [first, second]
    assert stored(anns) == []


def test_each_change_has_its_name_in_the_history_and_is_undone_and_brought_again(anns):
    (name, _), (other, title) = shown(anns)[:2]
    steps = [
        ("column-rename", {"column": name, "value": "Who {}"}, "Rename column Name to Who {}"),
        ("column-move", {"column": other, "before": name}, f"Move column {title}"),
        ("column-hide", {"column": name}, "Hide column Who {}"),
        ("column-show", {"column": name}, "Show column Who {}"),
        ("columns-reset", {}, "Reset the columns"),
    ]
    states = [stored(anns)]
    for verb, fields, label in steps:
        assert unescape(anns.edit(verb, **fields).marks["undo"]) == label
        states.append(stored(anns))
    for state in reversed(states[:-1]):
        anns.edit("undo")
        assert stored(anns) == state
    for state in states[1:]:
        anns.edit("redo")
        assert stored(anns) == state


def test_what_says_nothing_is_no_edit(anns):
    key, title = shown(anns)[0]
    anns.edit("column-rename", column=key, value=title)
    told = anns.edit("column-move", column=key, before=key)
    assert (told.revision, told.marks["undo"]) == (0, "")


def test_a_name_that_was_typed_in_one_go_is_undone_in_one_go(anns):
    key, title = shown(anns)[0]
    for number, typed in enumerate(("W", "Wh", "Who")):
        anns.edit("column-rename", column=key, value=typed, key=f"k{number}")
    anns.edit("undo")
    assert shown(anns)[0] == (key, title)


def test_the_other_hears_of_it(anns, bobs):
    key, _ = shown(anns)[0]
    anns.edit("column-rename", column=key, value="Who")
    answer = bobs.get("/changes", base=bobs.revision)
    assert "Ann renamed column Name to Who." in answer.content.decode()


def test_two_who_rename_one_column_see_both_names(anns, bobs):
    key, _ = shown(anns)[0]
    was = mark_of(bobs, key)
    anns.edit("column-rename", column=key, value="Ann's", was=was)
    answer = bobs.try_to("column-rename", column=key, value="Bob's", was=was)
    assert answer.status_code == 409
    assert "Ann changed this meanwhile." in answer.content.decode()
    assert shown(bobs)[0] == (key, "Ann's")
    [theirs] = re.findall(r'data-was="(\w+)"', answer.content.decode())
    told = bobs.edit("column-rename", column=key, value="Bob's", was=theirs)
    assert shown(anns)[0] == (key, "Bob's")
    assert told.marks["was"] == mark_of(bobs, key)


def test_two_who_change_different_columns_both_count_and_each_undoes_their_own(anns, bobs):
    (first, one), (second, other) = shown(anns)[:2]
    anns.edit("column-rename", column=first, value="A")
    bobs.edit("column-rename", column=second, value="B")
    assert [title for _, title in shown(bobs)[:2]] == ["A", "B"]
    anns.edit("undo")
    assert [title for _, title in shown(bobs)[:2]] == [one, "B"]
    bobs.edit("undo")
    assert [title for _, title in shown(bobs)[:2]] == [one, other]
    assert stored(anns) == []


def test_undo_of_an_order_leaves_the_names_that_others_gave_since(anns, bobs):
    before = shown(anns)
    anns.edit("column-move", column=before[0][0], before="")
    bobs.edit("column-rename", column=before[1][0], value="B")
    anns.edit("undo")
    assert shown(anns) == [before[0], (before[1][0], "B"), *before[2:]]


@pytest.mark.parametrize("verb", ["undo", "redo"])
def test_undo_and_redo_say_who_changed_the_same_column_since(anns, bobs, verb):
    key, _ = shown(anns)[0]
    anns.edit("column-rename", column=key, value="A")
    if verb == "redo":
        anns.edit("undo")
    bobs.edit("column-rename", column=key, value="B")
    answer = anns.try_to(verb)
    assert answer.status_code == 422
    words = f"Bob changed the same columns since; {verb} would overwrite that."
    assert words in answer.content.decode()
    assert shown(anns)[0] == (key, "B")


def test_a_version_has_its_columns(anns):
    (first, _), (second, _) = shown(anns)[:2]
    anns.edit("column-rename", column=first, value="Who")
    kept = services.name_present(anns.workflow, actor=anns.person.user, name="Before")
    anns.edit("column-hide", column=second)
    hidden = stored(anns)
    page = anns.get(f"/versions/{kept.number}").content.decode()
    assert "The results table has other columns" in page
    assert "Take back what is ticked" not in page
    told = anns.edit("restore", version=kept.number)
    assert "other columns of the results" in told.marks["message"]
    assert stored(anns) == kept.table
    assert "No differences" in anns.get(f"/versions/{kept.number}").content.decode()
    assert shown(anns)[:2] == [(first, "Who"), (second, shown(anns)[1][1])]
    anns.edit("undo")
    assert stored(anns) == hidden


def test_a_version_from_before_columns_were_kept_leaves_them(anns):
    kept = services.name_present(anns.workflow, actor=anns.person.user, name="Before")
    anns.workflow.versions.update(table=None)
    key, _ = shown(anns)[0]
    anns.edit("column-rename", column=key, value="Who")
    anns.edit("note", node=anns.tree.roots[0].id, note="x")
    anns.edit("restore", version=kept.number)
    assert shown(anns)[0] == (key, "Who")


@pytest.mark.parametrize("verb", ["column-show", "column-hide", "column-rename", "column-move"])
def test_a_column_that_is_gone(anns, verb):
    answer = anns.try_to(verb, column="made up", value="x")
    assert answer.status_code == 404
    assert "no longer there" in answer.content.decode()


def test_hostile_names_are_one_harmless_line(anns):
    key, _ = shown(anns)[0]
    anns.edit("column-rename", column=key, value="<b>\x00\n=1" + "x" * 500)
    assert shown(anns)[0][1] == ("<b> =1" + "x" * 500)[:80]


def test_a_viewer_sees_them_and_changes_nothing(anns, vic):
    vics = Desk(vic, anns.workflow)
    html = vics.get("/columns").content.decode()
    assert "Public URL" in html
    assert "data-column-do" not in html
    assert "data-field" not in html
    assert vics.try_to("columns-reset").status_code == 403


def test_a_choice_can_be_put_into_another_workflow(anns):
    key, _ = shown(anns)[0]
    anns.edit("column-rename", column=key, value="Who")
    other = services.import_wire(anns.workflow.team, actor=None, name="Copy", source=PEOPLE)
    choosing.choose_all(other, choosing.choice_of(Workflow.objects.get(pk=anns.workflow.pk)))
    assert shown(Desk(anns.person, other))[0] == (key, "Who")
