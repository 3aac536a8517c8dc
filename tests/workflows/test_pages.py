"""The list and the pages of one workflow, for everybody who may or may not see them."""

import json

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from editor import catalog
from editor.catalog import constraints
from editor.trees import codec
from editor.workflows import services
from editor.workflows.models import Node, Workflow
from tests.workflows.stories import VISIT, Desk, desk, problems_of


def list_of(person, **query) -> list[str]:
    page = person.get(f"/t/{person.team.slug}/workflows", query).context["page"]
    return [workflow.name for workflow in page.rows]


def test_a_new_workflow_opens_in_the_editor_and_stands_first_in_the_list(bob, ann):
    services.create(ann.team, actor=ann.user, name="Older")

    answer = bob.post(
        f"/t/{bob.team.slug}/workflows/new", {"name": "  Leads  ", "description": "For May"}
    )

    workflow = Workflow.objects.get(name="Leads")
    assert answer.url == Desk(bob, workflow).url
    assert (workflow.created_by, workflow.description) == (bob.user, "For May")
    assert list_of(ann) == ["Leads", "Older"]
    assert "Leads" in bob.get(answer.url).content.decode()


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "a\0b"])
def test_a_name_that_cannot_be_is_refused_and_stays_in_the_form(bob, name):
    answer = bob.post(f"/t/{bob.team.slug}/workflows/new", {"name": name})
    assert answer.status_code == 422
    assert answer.context["form"].errors["name"]
    assert not Workflow.objects.exists()


def test_an_edit_brings_a_workflow_to_the_top(bob):
    first = desk(bob, name="First")
    desk(bob, name="Second")
    assert list_of(bob) == ["Second", "First"]
    first.edit("note", node=first.tree.roots[0].id, note="x")
    assert list_of(bob) == ["First", "Second"]


def test_search_by_name_and_pages(bob):
    for number in range(60):
        services.create(bob.team, actor=bob.user, name=f"Harbour {number}")
    services.create(bob.team, actor=bob.user, name="Quay")
    assert list_of(bob, search="QUAY") == ["Quay"]
    assert list_of(bob, search="nothing like it") == []
    assert list_of(bob, search="a\0b") == []

    url = f"/t/{bob.team.slug}/workflows"
    page = bob.get(url, {"search": "harbour"}).context["page"]
    rest = bob.get(url, {"search": "harbour", "cursor": page.next}).context["page"]
    names = [workflow.name for workflow in (*page.rows, *rest.rows)]
    assert names == [f"Harbour {number}" for number in reversed(range(60))]
    assert bob.get(url, {"cursor": "made-up"}).status_code == 404


def test_the_list_shows_the_last_run_and_the_problems(bob):
    at = desk(bob, {"actionType": "st.wrong"})
    services.note_run(at.workflow.pk, run_id="run1", state="failed", at=at.workflow.created_at)
    html = bob.get(f"/t/{bob.team.slug}/workflows").content.decode()
    assert f"/t/{bob.team.slug}/runs/run1" in html
    assert 'data-state="failed"' in html
    assert "1 problem" in html


def test_nobody_sees_what_another_team_has(bob, eve):
    at = desk(bob)
    assert list_of(eve) == []
    assert Desk(eve, at.workflow).get().status_code == 404
    hers = desk(eve)
    smuggled = f"/t/{bob.team.slug}/workflows/{hers.workflow.public_id}"
    assert bob.get(smuggled).status_code == 404


def test_archive_takes_it_out_of_the_list_and_restore_brings_it_back(bob):
    at = desk(bob, name="Old")
    bob.post(f"{at.url}/archive")
    assert list_of(bob) == []
    assert list_of(bob, archived="1") == ["Old"]
    bob.post(f"{at.url}/restore")
    assert list_of(bob) == ["Old"]


def test_delete_is_for_good_and_on_record(bob):
    at = desk(bob, name="Gone")
    at.edit("note", node=at.tree.roots[0].id, note="x")
    services.snapshot(at.workflow, actor=bob.user, reason="run")

    answer = bob.post(f"{at.url}/delete")

    assert answer.status_code == 302
    assert not Workflow.objects.exists()
    assert not Node.objects.exists()
    verbs = AuditEvent.objects.filter(subject="Gone").values_list("verb", flat=True)
    assert list(verbs.order_by("pk")) == ["workflow.created", "workflow.deleted"]


def test_rename(bob):
    at = desk(bob, name="Old")
    Workflow.objects.update(description="kept")
    assert bob.post(f"{at.url}/rename", {"name": "New"}).status_code == 302
    at.workflow.refresh_from_db()
    assert (at.workflow.name, at.workflow.description) == ("New", "kept")
    answer = bob.post(f"{at.url}/rename", {"name": ""})
    assert (answer.status_code, at.workflow.name) == (422, "New")


def test_the_editor_shows_every_action_in_order_with_its_level(bob):
    at = desk(bob, [VISIT, {"actionType": "st.wrong", "label": "<script>alert(1)</script>"}])
    answer = at.get()
    rows = answer.context["rows"]
    assert [(row.type, row.level, row.closes) for row in rows] == [
        ("st.openPersonPage", 1, 0),
        ("st.retrievePersonSkills", 2, 1),
        ("st.retrievePersonPosts", 2, 2),
        ("st.wrong", 1, 1),
    ]
    html = answer.content.decode()
    assert html.count("data-node-id=") == 4
    assert 'data-action-type="st.wrong"' in html
    assert "<script>alert" not in html
    assert (answer.context["counts"].errors, answer.context["revision"]) == (1, 0)


def test_a_card_says_what_matters_of_the_parameters(bob):
    wire = {
        "actionType": "st.searchPeople",
        "odd": {"x": [True, None]},
        "filter": {"locations": ["Porto", "Lisbon"], "firstName": "Ines"},
        "limit": 25,
        "term": "a very long word " * 20,
    }
    [row] = desk(bob, wire).get().context["rows"]
    assert [(chip.title, chip.value) for chip in row.chips] == [
        ("Search words", "a very long word " * 3 + "a very l…"),
        ("Limit", "25"),
        ("First name", "Ines"),
    ]
    assert row.more == 2  # the places, and what nobody knows


def test_the_tree_alone_for_a_page_that_fell_behind(bob):
    at = desk(bob)
    html = at.get("/tree").content.decode()
    assert html.count("data-node-id=") == 3
    assert "<html" not in html


def test_problems_say_where_and_offer_repairs(bob):
    at = desk(bob, [VISIT, {"actionType": "st.retrievePersonSkills"}])
    html = at.get("/problems").content.decode()
    assert "cannot start a workflow" in html
    assert "<code>/1</code>" in html
    assert 'data-fix="not-a-root"' in html


def test_json_and_export_are_the_wire_form(bob):
    at = desk(bob, name="Visit / Ada “now”")
    answer = at.get("/export")
    assert json.loads(answer.content) == VISIT
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == 'attachment; filename="visit-ada-now.json"'
    assert at.get("/json").json()["text"] == codec.encode(at.tree)


def test_the_constraint_table_is_sent_once(bob):
    url = reverse("workflows:table", args=[bob.team.slug])
    answer = bob.get(url)
    assert json.loads(answer.content) == json.loads(
        json.dumps(constraints.table(catalog.default()))
    )
    again = bob.get(url, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "private" in answer["Cache-Control"]


def test_a_run_is_noted_unless_a_later_one_stands_there(bob):
    workflow = desk(bob).workflow
    first, second = workflow.created_at, workflow.updated_at
    assert first < second or first == second
    services.note_run(workflow.pk, run_id="new", state="waiting", at=second)
    services.note_run(workflow.pk, run_id="old", state="completed", at=first.replace(year=2000))
    services.note_run(workflow.pk, run_id="new", state="completed", at=second)
    workflow.refresh_from_db()
    assert (workflow.last_run_id, workflow.last_run_state) == ("new", "completed")


def test_a_version_is_kept_once_per_revision_and_is_exact(bob):
    at = desk(bob)
    first = services.snapshot(at.workflow, actor=bob.user, reason="run")
    assert services.snapshot(at.workflow, actor=bob.user, reason="run").pk == first.pk

    at.edit("disabled", node=at.node("st.retrievePersonSkills").id, on=1)
    second = services.snapshot(at.workflow, actor=bob.user, reason="run")
    at.edit("undo")

    assert (first.number, second.number) == (1, 2)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.definition == VISIT
    assert len(second.definition["then"]) == 1, "switched off actions are not sent"
    assert len(second.tree["nodes"]) == 3, "but they are kept"
    assert problems_of(at.workflow) == []
