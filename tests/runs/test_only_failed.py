"""Run again for the people that failed: from the run page to a run of its own."""

import json

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
