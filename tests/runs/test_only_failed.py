"""Run again for the people that failed: from the run page to a run of its own."""

import json

from accounts.models import AuditEvent
from editor.review import queries
from editor.runs.models import Run
from editor.runs.results import outcome
from tests.runs.conftest import CHECK

BAD = {
    "actionType": "st.checkConnectionStatus",
    "personUrl": "https://www.linkedin.com/in/trellis-error-personNotFound",
}


def test_it_runs_what_failed_and_nothing_else(rae, make_run, worker):
    run = worker.advance(make_run([CHECK, BAD]))
    assert (run.done, run.failed) == (1, 1)
    address = f"/t/outreach/runs/{run.public_id}"
    assert f"{address}/failed" in rae.get(address).content.decode()
    shown = rae.get(f"{address}/failed")
    assert "A new run with 1 root:" in shown.content.decode()
    form = {"submit_key": "key", "connection": run.connection.public_id}
    for _ in range(2):
        answer = rae.post(f"{address}/failed", form)
    made = Run.objects.exclude(pk=run.pk).get()
    assert answer.url == f"/t/outreach/runs/{made.public_id}"
    assert json.loads(outcome.definition_of(made.plan)) == BAD
    assert made.workflow_name.endswith("only what failed")
    assert (made.workflow, made.version, made.part) == (run.workflow, run.version, True)
    assert AuditEvent.objects.latest("pk").details["again"] == run.public_id


def test_it_is_a_run_of_the_workflow_in_its_list_and_table_but_no_column_of_its_matrix(
    rae, make_run, worker
):
    run = worker.advance(make_run([CHECK, BAD]))
    form = {"submit_key": "key", "connection": run.connection.public_id}
    rae.post(f"/t/outreach/runs/{run.public_id}/failed", form)
    [made] = worker.take_all_due()
    assert made.failed == 1
    workflow = f"/t/outreach/workflows/{run.workflow.public_id}"
    its_runs = rae.get(f"/t/outreach/runs?workflow={run.workflow.public_id}").text
    assert run.public_id in its_runs
    assert made.public_id in its_runs
    assert made.public_id in rae.get(f"{workflow}/table").text
    matrix = rae.get(f"{workflow}/matrix").text
    assert run.public_id in matrix
    assert made.public_id not in matrix
    assert queries.run_before(made) == run
    later = worker.advance(make_run([CHECK, BAD]))
    Run.objects.filter(pk=later.pk).update(workflow=run.workflow)
    later.refresh_from_db()
    assert queries.run_before(later) == run, "what was only a part says nothing of the whole"


def test_a_run_where_nothing_failed_offers_nothing(rae, make_run, worker):
    run = worker.advance(make_run(CHECK))
    address = f"/t/outreach/runs/{run.public_id}"
    assert f"{address}/failed" not in rae.get(address).content.decode()
    assert "Nothing that failed" in rae.get(f"{address}/failed").content.decode()
    answer = rae.post(
        f"{address}/failed", {"submit_key": "key", "connection": run.connection.public_id}
    )
    assert answer.status_code == 422
    assert Run.objects.count() == 1
