"""Looking back: the matrix by keyboard, and charts with something in them."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from editor.lib.ids import new_id
from editor.outgoing import services as outgoing
from editor.outgoing.models import Kind
from editor.review.models import DayCounts
from editor.runs.models import Run, RunOutcome, RunPlan
from editor.runs.results import outcome
from editor.workflows import queries, rows
from tests.browser.test_accessible import violations
from tests.runs.conftest import workflow_of

PAGE = {"actionType": "st.openPersonPage", "personUrl": "https://www.linkedin.com/in/ada"}
TWO = [PAGE | {"label": "first"}, PAGE | {"label": "second"}]


@pytest.fixture
def workflow(ann):
    """Ran four times; its second step fails since the third."""
    made = workflow_of(ann.team, TWO)
    tree = queries.tree_of(made)
    first, second = (node.id for node in tree.roots)
    now = timezone.now()
    for number, state in enumerate(("done", "done", "failed", "failed")):
        run = Run.objects.create(
            team=ann.team, workflow=made, workflow_name=made.name, version_number=1,
            connection=ann.team.connections.get(), started_by_name="Ann", submit_key=new_id(),
            state="completed", next_look_at=None, created_at=now - timedelta(hours=9 - number),
            finished_at=now,
        )  # fmt: skip
        plan = outcome.pack(rows.tree_to_json(tree))
        RunPlan.objects.create(run=run, definition=outcome.pack(TWO), tree=plan)
        errors = (
            {"errors": {"personNotFound": 1}, "failed": 1} if state == "failed" else {"done": 1}
        )
        nodes = {first: {"state": "done", "done": 1}, second: {"state": state} | errors}
        RunOutcome.objects.create(run=run, completion=outcome.pack([]), nodes=nodes, unexpected=[])
    return made


def test_since_when_does_this_step_fail(ann, workflow, browse):
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/workflows/{workflow.public_id}/matrix")
    expect(page.get_by_role("heading", name="One step fails")).to_be_visible()
    assert violations(page) == []

    began = page.locator("tbody .mx-first")
    began.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    expect(page.locator(":focus")).to_have_attribute("class", "mx-done")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    expect(began).to_be_focused()
    assert page.locator('tbody .mx > a[tabindex="0"]').count() == 1
    page.keyboard.press("Enter")

    third = Run.objects.order_by("pk")[2]
    page.wait_for_url(f"**/runs/{third.public_id}?node=*")
    expect(page.locator('[data-node-state="failed"][aria-selected="true"]')).to_contain_text(
        "second"
    )


def test_charts_and_their_tables(ann, browse):
    today = datetime.now(UTC).date()
    account = ann.team.connections.get().public_id
    counts = {
        "run completed": 3, "run failed": 1, "took 2": 4, "done st.sendMessage": 9,
        "failed st.sendMessage": 1, f"used stMessages {account}": 9,
    }  # fmt: skip
    DayCounts.objects.create(team=ann.team, day=today, counts=counts)
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/charts")
    expect(page.get_by_role("img", name="Runs by outcome")).to_be_visible()
    # The limits come from the service, after the page.
    expect(page.locator(".chart-asking")).to_have_count(0)
    page.locator("#chart-outcomes summary").click()
    expect(page.locator("#chart-outcomes table")).to_be_visible()
    assert violations(page) == []
    width = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert width <= 0


def test_a_webhook_and_its_log(ann, browse):
    wanted = outgoing.Wanted("https://hooks.example.com/t", "CRM", list(Kind.values))
    endpoint, _ = outgoing.create(ann.team, actor=ann.user, wanted=wanted, made_key="k")
    sent = outgoing.send_test(endpoint, timezone.now())
    endpoint.deliveries.update(state="failed", due_at=None, error="The receiver answered 500.")
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/team/webhooks/{endpoint.public_id}")
    assert violations(page) == []
    page.get_by_role("link", name="webhook.test").click()
    expect(page.get_by_text("The receiver answered 500.")).to_be_visible()
    assert json.loads(page.locator("#body").inner_text())["id"] == sent.event_id

    soon = timezone.now() + timedelta(seconds=50)
    endpoint.deliveries.update(state="pending", tried_at=timezone.now(), due_at=soon)
    page.reload()
    expect(page.get_by_text("the last just now, the next in a moment")).to_be_visible()
    assert violations(page) == []
