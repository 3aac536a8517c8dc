"""A schedule is made in the browser: the preview follows what is chosen, on a desk and on a phone."""

import pytest
from playwright.sync_api import expect

from editor.runs.models import Run, Schedule
from tests.browser.test_accessible import violations
from tests.runs.conftest import INVITE_ALL, workflow_of


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_make_a_schedule_pause_it_and_run_it_now(ann, browse, size, complaints):
    complaints.excuse("422")
    page = browse(ann, size=size)
    workflow = workflow_of(ann.team, INVITE_ALL, name="Freight people")
    page.goto(f"/t/{ann.team.slug}/workflows/{workflow.public_id}")
    page.locator("summary[aria-label=More]").click()
    page.get_by_role("link", name="Schedule…").click()
    page.wait_for_url("**/schedule")

    times = page.locator("#schedule-times")
    page.get_by_label("How often").select_option("Every week")
    expect(times).to_contain_text("Every week on Monday at 09:00")
    page.get_by_label("Thursday").check()
    expect(times).to_contain_text("Monday and Thursday")
    page.get_by_label("Time zone").fill("Europe/Atlantis")
    expect(times).to_contain_text("no such time zone")
    page.get_by_label("Time zone").fill("Europe/Lisbon")
    expect(times.locator("li")).to_have_count(5)
    page.get_by_role("button", name="Start the schedule").click()
    expect(page.get_by_text("Tick the box")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("checkbox", name="up to 3 connection requests each time").check()
    page.get_by_role("button", name="Start the schedule").click()

    row = page.get_by_role("listitem").filter(has_text="Freight people").last
    expect(row).to_contain_text("Every week on Monday and Thursday at 09:00")
    assert violations(page) == []
    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    row.get_by_role("button", name="Pause").click()
    expect(row.get_by_role("button", name="Resume")).to_be_visible()
    row.get_by_role("button", name="Run now").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("up to 3 connection requests")
    dialog.get_by_role("button", name="Run now").click()
    expect(page.locator("#run-live")).to_contain_text("started by the schedule")
    assert Run.objects.get().schedule == Schedule.objects.get()


def test_whoever_never_chose_a_zone_gets_that_of_the_browser(ann, browse):
    page = browse(ann)
    workflow = workflow_of(ann.team, INVITE_ALL)
    page.add_init_script(
        "const options = Intl.DateTimeFormat.prototype.resolvedOptions;"
        "Intl.DateTimeFormat.prototype.resolvedOptions = function () {"
        "  return { ...options.call(this), timeZone: 'America/Bogota' }; };"
    )
    page.goto(f"/t/{ann.team.slug}/workflows/{workflow.public_id}/schedule")
    expect(page.get_by_label("Time zone")).to_have_value("America/Bogota")
    expect(page.locator("#schedule-times")).to_contain_text("America/Bogota")
