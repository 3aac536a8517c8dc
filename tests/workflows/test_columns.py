"""The Results tab: columns are known before a run, chosen by anybody who builds, and stored with the workflow."""

import re
from html import unescape

import pytest

from editor.workflows import services
from editor.workflows.edits import choosing
from editor.workflows.models import Workflow

PEOPLE = """{"actionType": "st.searchPeople", "term": "cook", "then": {"actionType": "st.doForPeople",
    "then": {"actionType": "st.openPersonPage", "basicInfo": true}}}"""


@pytest.fixture
def workflow(ann) -> Workflow:
    return services.import_wire(ann.team, actor=ann.user, name="Cooks", source=PEOPLE)


def address(workflow, verb="") -> str:
    return f"/t/{workflow.team.slug}/workflows/{workflow.public_id}/columns" + (verb and f"/{verb}")


def shown(answer) -> list[tuple[str, str]]:
    """(key, title) of the columns that are shown, in their order."""
    html = answer.content.decode()
    start = html.find('id="columns-shown"')
    part = html[start : html.find("</ol>", start)] if start >= 0 else ""
    found = re.findall(r'data-key="([^"]+)".*?value="([^"]*)"', part, re.DOTALL)
    return [(unescape(key), unescape(title)) for key, title in found]


def test_the_columns_of_a_workflow_that_never_ran(workflow, bob):
    found = shown(bob.get(address(workflow)))
    assert found[0] == ("st.searchPeople.name", "Name")
    assert not any(key.endswith("urn") for key, _ in found)


def test_they_follow_an_edit(workflow, bob):
    before = len(shown(bob.get(address(workflow))))
    page = choosing.columns_of(workflow)[-1].node_ids[0]
    services.set_disabled(workflow, [page], True, actor=bob.user)
    assert 0 < len(shown(bob.get(address(workflow)))) < before


def test_rename_move_hide_and_back(workflow, bob):
    first, second = shown(bob.get(address(workflow)))[:2]
    bob.post(address(workflow, "rename"), {"key": first[0], "title": "Who", "was": first[1]})
    bob.post(address(workflow, "move"), {"key": second[0], "before": first[0]})
    found = shown(bob.get(address(workflow)))
    assert found[:2] == [second, (first[0], "Who")]
    bob.post(address(workflow, "hide"), {"key": second[0]})
    answer = bob.post(address(workflow, "move"), {"key": first[0], "before": ""})
    assert shown(answer)[-1] == (first[0], "Who")
    assert second not in shown(answer)
    assert shown(bob.post(address(workflow, "reset")))[:2] == [first, second]


def test_two_who_rename_one_column_are_told(workflow, ann, bob):
    key, title = shown(bob.get(address(workflow)))[0]
    ann.post(address(workflow, "rename"), {"key": key, "title": "Ann's", "was": title})
    answer = bob.post(address(workflow, "rename"), {"key": key, "title": "Bob's", "was": title})
    assert answer.status_code == 422
    assert "Ann&#x27;s” meanwhile" in answer.content.decode()
    assert shown(answer)[0] == (key, "Ann's")


def test_two_who_change_different_columns_both_count(workflow, ann, bob):
    (first, one), (second, other) = shown(bob.get(address(workflow)))[:2]
    ann.post(address(workflow, "rename"), {"key": first, "title": "A", "was": one})
    bob.post(address(workflow, "rename"), {"key": second, "title": "B", "was": other})
    assert [title for _, title in shown(bob.get(address(workflow)))[:2]] == ["A", "B"]


@pytest.mark.parametrize("verb", ["show", "hide", "rename", "move"])
def test_a_column_that_is_gone(workflow, bob, verb):
    answer = bob.post(address(workflow, verb), {"key": "made up", "title": "x"})
    assert answer.status_code == 422
    assert "no longer there" in answer.content.decode()


def test_hostile_names_are_one_harmless_line(workflow, bob):
    key, title = shown(bob.get(address(workflow)))[0]
    answer = bob.post(
        address(workflow, "rename"), {"key": key, "title": "<b>\x00\n=1" + "x" * 500, "was": title}
    )
    assert shown(answer)[0][1] == ("<b> =1" + "x" * 500)[:80]


def test_a_viewer_sees_them_and_changes_nothing(workflow, vic):
    html = vic.get(address(workflow)).content.decode()
    assert "Public URL" in html
    assert "data-column-do" not in html
    assert vic.post(address(workflow, "reset")).status_code == 403


def test_no_such_change(workflow, bob):
    assert bob.post(address(workflow, "made-up")).status_code == 404


def test_a_choice_can_be_put_into_another_workflow(workflow, ann, bob):
    key, title = shown(bob.get(address(workflow)))[0]
    bob.post(address(workflow, "rename"), {"key": key, "title": "Who", "was": title})
    other = services.import_wire(ann.team, actor=None, name="Copy", source=PEOPLE)
    choosing.choose_all(other, choosing.choice_of(Workflow.objects.get(pk=workflow.pk)))
    assert shown(bob.get(address(other)))[0] == (key, "Who")
