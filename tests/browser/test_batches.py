"""A table in the browser: pasted, mended, started and watched."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from editor.runs.batches import feeding
from editor.runs.models import Batch
from tests.browser.test_accessible import violations
from tests.browser.test_runs import account, worker  # noqa: F401
from tests.runs.test_batches import made, url


@pytest.fixture
def beside(worker):  # noqa: F811
    """Lets the worker go on, in a thread that Playwright does not run in."""

    def go_on(condition):
        while not condition():
            worker.apart(lambda: feeding.feed(timezone.now()))
            worker.take_all_due()

    return go_on


def test_a_long_text_in_a_bad_row_leaves_the_others_of_its_columns_in_view(ann, account, browse):  # noqa: F811
    workflow = made(ann.team)
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/workflows/{workflow.public_id}/batch")
    page.get_by_label("Paste rows").fill(
        f"person\tnote\n{url('ada')}\tHi\nben\t{'Hello there ' * 40}"
    )
    page.get_by_role("button", name="Look at the rows").click()
    page.wait_for_url("**/batches/*")
    wide = page.locator(".table-wrap").evaluate("table => table.scrollWidth - table.clientWidth")
    assert wide <= 0
    assert page.locator(".batch-note").bounding_box()["width"] > 150


def test_three_rows_are_pasted_one_is_mended_and_all_are_done(ann, account, beside, browse):  # noqa: F811
    workflow = made(ann.team)
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/workflows/{workflow.public_id}/run")
    page.get_by_role("link", name="Run for many rows").click()
    page.get_by_label("Paste rows").fill(
        f"person\tnote\n{url('ada')}\tHi\nben\tHi\n{url('cleo')}\t"
    )
    assert violations(page) == []
    page.get_by_role("button", name="Look at the rows").click()

    expect(page.get_by_text("1 row cannot run")).to_be_visible()
    expect(page.get_by_role("button", name="Start 2 runs")).to_be_disabled()
    assert violations(page) == []
    page.get_by_label("person of row 3").fill(url("ben"))
    page.get_by_role("button", name="Save row 3").click()
    page.get_by_label("3 rows with up to 3 acts").check()
    page.get_by_role("button", name="Start 3 runs").click()

    expect(page.locator("#batch-live .state")).to_have_text("Running")
    beside(lambda: Batch.objects.get().is_over)
    expect(page.locator("#batch-live .state")).to_have_text("Finished")
    expect(page.locator("tr .state", has_text="Done")).to_have_count(3)
    assert violations(page) == []
    page.get_by_role("row", name="2 https").get_by_role("link", name="Done").click()
    expect(page.locator("#run-live .state")).to_have_text("Done")
