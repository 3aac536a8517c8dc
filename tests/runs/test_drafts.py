"""What ran, opened as a workflow of its own; and the way from a run to what changed since."""

import json

import pytest

from accounts.models import AuditEvent, Connection
from editor.runs import services
from editor.runs.models import Run
from editor.trees import codec
from editor.workflows import queries as workflow_queries
from editor.workflows import services as workflows
from editor.workflows.models import Workflow
from tests.people import Person
from tests.runs.conftest import INVITE_ALL

pytestmark = pytest.mark.django_db


@pytest.fixture
def ran(ann: Person) -> Run:
    """A run of a workflow with a note and an action that is switched off."""
    workflow = workflows.import_wire(
        ann.team, actor=ann.user, name="Invite all", source=json.dumps(INVITE_ALL)
    )
    tree = workflow_queries.tree_of(workflow)
    *_, last = (node.id for node, _ in tree.walk())
    workflows.set_note(workflow, tree.roots[0].id, "Ask Rae first", actor=ann.user)
    workflows.set_disabled(workflow, [last], True, actor=ann.user)
    connection = Connection.objects.get(team=ann.team)
    return services.start_run(workflow, connection=connection, actor=ann.user, submit_key="once")


def url(run: Run) -> str:
    return f"/t/{run.team.slug}/runs/{run.public_id}"


def rows(workflow: Workflow) -> list[tuple]:
    """The tree without its ids."""
    return [
        (depth, node.type, node.params, node.label, node.note, node.disabled)
        for node, depth in workflow_queries.tree_of(workflow).walk()
    ]


def test_what_ran_opens_as_a_draft(ann, bob, ran):
    before = rows(ran.workflow)
    workflows.replace_all(ran.workflow, codec.from_wire([], workflows.new_id), actor=ann.user)

    answer = bob.post(f"{url(ran)}/draft")
    draft = Workflow.objects.latest("pk")
    assert answer["Location"] == f"/t/{ran.team.slug}/workflows/{draft.public_id}"
    assert draft.name == f"Invite all (run of {ran.created_at:%-d %b})"
    assert rows(draft) == before
    assert rows(ran.workflow) == []

    event = AuditEvent.objects.get(verb="run.drafted")
    assert event.actor == bob.user
    assert event.details == {"run": ran.public_id, "workflow": draft.public_id}


def test_a_run_whose_workflow_is_deleted_opens_too(ann, ran):
    before = rows(ran.workflow)
    workflows.delete(ran.workflow, actor=ann.user)
    html = ann.get(url(ran)).content.decode()
    assert "Compare with now" not in html
    assert "Open as draft" in html
    ann.post(f"{url(ran)}/draft")
    assert rows(Workflow.objects.get()) == before


def test_a_draft_keeps_the_inputs_with_what_was_filled_in(ann):
    who = {"name": "who", "kind": "text", "required": True}
    tree = codec.from_wire(INVITE_ALL, workflows.new_id)
    tree.inputs = (who,)
    workflow = workflows.import_tree(ann.team, actor=ann.user, name="x" * 120, tree=tree)
    connection = Connection.objects.get(team=ann.team)
    run = services.start_run(
        workflow, connection=connection, actor=None, submit_key="once", inputs={"who": "Ada"}
    )
    ann.post(f"{url(run)}/draft")
    draft = Workflow.objects.latest("pk")
    assert tuple(draft.inputs) == (who | {"default": "Ada"},)
    assert len(draft.name) == 120
    assert draft.name.endswith(f"(run of {run.created_at:%-d %b})")


def test_who_may_not_build_is_offered_no_draft(rae, eve, ran):
    assert "Open as draft" not in rae.get(url(ran)).content.decode()
    assert rae.post(f"{url(ran)}/draft").status_code == 403
    assert eve.post(f"{url(ran)}/draft").status_code == 404
    assert Workflow.objects.count() == 1


def test_a_run_leads_to_what_changed_since_it(vic, ran):
    link = f"/t/{ran.team.slug}/workflows/{ran.workflow.public_id}/versions/{ran.version_number}"
    assert f'href="{link}"' in vic.get(url(ran)).content.decode()
    assert "No differences" in vic.get(link).content.decode()


def test_the_runs_of_one_version(ann, ran):
    runs = f"/t/{ran.team.slug}/runs?workflow={ran.workflow.public_id}"
    html = ann.get(f"{runs}&version=1").content.decode()
    assert ran.public_id in html
    assert ran.public_id not in ann.get(f"{runs}&version=2").content.decode()
    assert "asks for what is not there" in ann.get(f"{runs}&version=x").content.decode()
