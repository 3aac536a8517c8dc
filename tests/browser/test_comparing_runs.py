"""Since when does this step fail, and who is new: two runs compared in the browser."""

import pytest
from playwright.sync_api import expect

from editor.lib.ids import new_id
from editor.runs import services
from editor.trees.codec import from_wire
from editor.workflows import services as workflows
from tests.browser.test_accessible import violations
from tests.browser.test_runs import Beside, account, path
from tests.runs.conftest import INVITE_ALL, workflow_of

__all__ = ["account"]


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_from_a_run_to_what_is_another_since_the_one_before(ann, account, browse, size):
    workflow = workflow_of(ann.team, INVITE_ALL)
    worker = Beside()

    def run():
        started = services.start_run(
            workflow, connection=ann.team.connections.get(), actor=ann.user, submit_key=new_id()
        )
        return worker.advance(started)

    run()
    workflow.refresh_from_db()
    worse = from_wire(INVITE_ALL | {"term": "trellis-error-alreadyPending-every-2"}, new_id)
    workflows.replace_all(workflow, worse, actor=ann.user, base_revision=workflow.revision)
    page = browse(ann, size)
    page.goto(path(run()))
    page.get_by_role("link", name="Compare").click()
    expect(page.locator('[data-verdict="bad"]')).to_contain_text(
        ["For each person", "Send connection request"]
    )
    expect(page.locator("#rows")).to_contain_text("new")
    assert violations(page) == []
    assert page.evaluate(
        "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    check = page.locator(".fared__row", has_text="Check connection status")
    expect(check).to_be_hidden()
    page.locator(".fared").get_by_text("Only differences").click()
    expect(check).to_be_visible()
