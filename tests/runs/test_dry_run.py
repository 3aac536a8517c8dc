"""See what the result will look like: a run on the sandbox that asks for no confirmation and says what it is."""

import pytest

from accounts import services as accounts
from editor.runs import services
from editor.runs.models import Run
from editor.workflows import services as workflows
from tests.runs.conftest import INVITE_ALL, workflow_of
from tests.runs.test_batches import made, url


@pytest.fixture
def real(ann):
    return accounts.add_linkedapi(
        team=ann.team, actor=ann.user, name="Real",
        linked_api_token="linked_12345678", identification_token="id_12345678",
    )  # fmt: skip


def form_of(workflow):
    return f"/t/outreach/workflows/{workflow.public_id}/run"


def test_it_goes_to_the_sandbox_whatever_account_is_chosen_and_reaches_nobody(ann, rae, real):
    workflow = workflow_of(ann.team, INVITE_ALL)
    form = {"submit_key": "key", "connection": real.public_id, "dry": "1"}
    answer = rae.post(form_of(workflow), form)
    run = Run.objects.get()
    assert answer.url == f"/t/outreach/runs/{run.public_id}"
    assert (run.connection.kind, run.origin) == ("sandbox", "dry")
    assert "A dry run: nothing reached anyone." in rae.get(answer.url).content.decode()
    assert "dry run" in rae.get("/t/outreach/runs").content.decode()
    rae.post(form_of(workflow), form)
    assert Run.objects.count() == 1, "a double click is one run"


def test_it_asks_for_inputs_like_any_run(ann, rae):
    workflow = made(ann.team)
    answer = rae.post(form_of(workflow), {"submit_key": "key", "dry": "1"})
    assert answer.status_code == 422
    assert not Run.objects.exists()
    name = workflows.Workflow.objects.get().inputs[0]["name"]
    form = {"submit_key": "key", "dry": "1", f"input.{name}": url("ada")}
    rae.post(form_of(workflow), form)
    assert Run.objects.get().inputs[name] == url("ada")


def test_without_a_sandbox_there_is_none_and_it_is_said(ann, rae, real):
    workflow = workflow_of(ann.team, INVITE_ALL)
    ann.team.connections.filter(kind="sandbox").delete()
    assert "See what the result" not in rae.get(form_of(workflow)).content.decode()
    answer = rae.post(form_of(workflow), {"submit_key": "key", "dry": "1"})
    assert answer.status_code == 422
    assert "no sandbox that you may use" in answer.content.decode()


def test_a_dry_run_on_a_real_account_is_refused_whoever_asks(ann, real):
    workflow = workflow_of(ann.team, INVITE_ALL)
    with pytest.raises(services.Refused):
        services.start_run(workflow, connection=real, actor=ann.user, submit_key="k", dry=True)
