"""What happens to runs reaches the team's other tools, in the transaction in which it happens."""

import json

import pytest
from django.utils import timezone

from editor.linkedapi import Refused
from editor.outgoing import services
from editor.outgoing.models import Delivery, Kind
from editor.runs import queries, transitions
from editor.runs import services as runs
from editor.runs.batches import feeding, reading
from editor.runs.batches import services as batching
from editor.runs.models import Batch, BatchRow, Run
from editor.workflows import services as workflows
from tests.runs.conftest import CHECK, INVITE_ALL, workflow_of


@pytest.fixture
def listening(ann):
    wanted = services.Wanted("https://hooks.example.com/t", "CRM", list(Kind.values))
    return services.create(ann.team, actor=ann.user, wanted=wanted, made_key="made")[0]


def told():
    return [(d.type, json.loads(d.body)["data"]) for d in Delivery.objects.order_by("pk")]


def to_the_end(worker, run):
    for _ in range(9):
        if run.is_final:
            return run
        Run.objects.filter(pk=run.pk).update(next_look_at=timezone.now())
        run = worker.advance(run)
    raise AssertionError(run.state)


def test_a_run_that_invited_people_is_told_once_and_its_acts_by_kind(
    ann, listening, make_run, worker, settings
):
    settings.PUBLIC_URL = "https://trellis.example.com"
    run = to_the_end(worker, make_run(INVITE_ALL))
    (finished, end), (act, acts) = told()
    assert (finished, act) == ("run.finished", "act.done")
    assert end["run"]["state"] == "completed"
    assert end["run"]["url"] == (
        f"https://trellis.example.com/t/{ann.team.slug}/runs/{run.public_id}"
    )
    assert end["run"]["acts"] == run.acted > 0
    assert end["workflow"]["name"] == "Founders in Lisbon"
    assert end["batch"] is None
    assert acts["actionType"] == "st.sendConnectionRequest"
    assert acts["count"] == run.acted == len(acts["targets"])
    assert all("linkedin.com/in/" in target for target in acts["targets"])


def test_a_run_that_only_reads_tells_of_no_act(listening, make_run, worker):
    to_the_end(worker, make_run(CHECK))
    assert [kind for kind, _ in told()] == ["run.finished"]


def test_a_failed_run_tells_its_error_type_and_no_text(listening, make_run):
    run = queries.for_worker(make_run(CHECK).pk)
    transitions.fail(run, "invalidWorkflow", "the words of the secret message", timezone.now())
    ((kind, data),) = told()
    assert (kind, data["run"]["failureReason"]) == ("run.failed", "invalidWorkflow")
    assert "secret message" not in Delivery.objects.get().body


def test_a_cancelled_and_an_uncertain_run_are_told(ann, listening, make_run):
    runs.cancel(make_run(CHECK), actor=ann.user)
    lost = queries.for_worker(make_run(CHECK).pk)
    transitions.claim_start(lost, "me", timezone.now())
    transitions.lose(lost, "No answer.", timezone.now())
    assert [(kind, data["run"]["state"]) for kind, data in told()] == [
        ("run.finished", "cancelled"),
        ("run.needsPerson", "uncertain"),
    ]


def test_who_lost_the_race_tells_nothing(ann, listening, make_run):
    run = make_run(CHECK)
    late = queries.for_worker(run.pk)
    runs.cancel(run, actor=ann.user)
    assert not transitions.fail(late, "unknownError", "late", timezone.now())
    assert len(told()) == 1


def test_a_connection_that_needs_somebody_is_told_once(listening, make_run):
    run = queries.for_worker(make_run(CHECK).pk)
    signed_out = Refused("Signed out.", type="linkedinAccountSignedOut")
    transitions.claim_start(run, "me", timezone.now())
    transitions.hold(run, signed_out, timezone.now())
    ((kind, data),) = told()
    assert kind == "connection.needsAttention"
    assert data["errorType"] == "linkedinAccountSignedOut"
    assert data["connection"]["id"] == run.connection.public_id


def test_a_batch_is_told_when_it_is_over_with_its_counts(ann, listening, account, connection):
    source = {"actionType": "st.openPersonPage", "personUrl": "{{ person }}"}
    workflow = workflow_of(ann.team, source)
    workflows.declare_input(workflow, "person", "url", actor=ann.user)
    lines = reading.read_text("https://www.linkedin.com/in/ada\nhttps://www.linkedin.com/in/bea")
    batch = batching.create(workflow, connection=connection, actor=ann.user, lines=lines)
    BatchRow.objects.filter(batch=batch).update(state="skipped")
    Batch.objects.filter(pk=batch.pk).update(state="running", started_at=timezone.now())
    feeding.feed(timezone.now())
    feeding.feed(timezone.now())
    ((kind, data),) = told()
    assert kind == "batch.finished"
    assert (data["batch"]["id"], data["batch"]["skipped"]) == (batch.public_id, 2)


def test_runs_of_a_batch_say_which_row_they_are(
    ann, listening, account, connection, make_run, worker
):
    run = make_run(CHECK)
    lines = reading.read_text("https://www.linkedin.com/in/ada")
    source = {"actionType": "st.openPersonPage", "personUrl": "{{ person }}"}
    workflow = workflow_of(ann.team, source)
    workflows.declare_input(workflow, "person", "url", actor=ann.user)
    batch = batching.create(workflow, connection=connection, actor=ann.user, lines=lines)
    BatchRow.objects.filter(batch=batch).update(state="run", run=run)
    to_the_end(worker, run)
    assert told()[0][1]["batch"] == {"id": batch.public_id, "row": 1}
