"""Look back over many runs in the browser: which people did not get the invitation last week, and why?"""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from editor.lib.ids import new_id
from editor.review.indexing import take_in
from editor.review.models import RunTrait
from editor.runs import services
from editor.runs.models import Run
from editor.sandbox.models import SandboxAccount
from tests.browser.test_accessible import violations
from tests.browser.test_runs import Beside
from tests.runs.conftest import CHECK, dial, workflow_of

PERSON = "https://www.linkedin.com/in/example-ines-quintal"
INVITE = [
    {
        "actionType": "st.openPersonPage",
        "personUrl": f"{PERSON}-{number}",
        "then": [{"actionType": "st.sendConnectionRequest"}],
    }
    for number in range(2)
]
REFUSED = [
    *INVITE,
    {
        "actionType": "st.sendConnectionRequest",
        "personUrl": "https://www.linkedin.com/in/trellis-error-alreadyPending",
    },
]


@pytest.fixture
def last_week(ann):
    """Three runs, all of last week: invitations that went out, some that did not, and a look at somebody."""
    connection = ann.team.connections.get()
    account = SandboxAccount.objects.get(identification_token=connection.identification_token)
    dial(account, delay=0)
    worker, made = Beside(), []
    for name, wire in (("Invited", INVITE), ("Refused", REFUSED), ("Looked", CHECK)):
        run = services.start_run(
            workflow_of(ann.team, wire, name),
            connection=connection,
            actor=ann.user,
            submit_key=new_id(),
        )
        made.append(worker.advance(run))
    today = timezone.now()
    at = today - timedelta(days=today.weekday() + 4)
    Run.objects.update(created_at=at, finished_at=at)
    worker.apart(lambda: take_in(timezone.now()))
    assert RunTrait.objects.exists()
    return made


def test_which_people_did_not_get_the_invitation_last_week_and_why(ann, last_week, browse):
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/runs")
    rows = page.locator(".run-table tbody tr")
    expect(rows).to_have_count(3)

    def choose(words, choice):
        page.locator(".runs-add > summary").click()
        field = page.get_by_placeholder("Filter by…")
        expect(field).to_be_focused()
        field.press_sequentially(words)
        expect(page.locator("#filter-choices li:visible").first).to_contain_text(choice)
        field.press("Enter")
        page.wait_for_load_state()

    choose("last week", "Last week")
    choose("action send conn", "Send connection request")
    expect(rows).to_have_count(2)
    choose("error any", "Any")
    expect(rows).to_have_count(1)
    for part in ("when=last-week", "action=st.sendConnectionRequest", "error=any"):
        assert part in page.url
    assert violations(page) == []

    page.get_by_role("link", name="Refused").click()
    chosen = page.locator(".run-tree .node[aria-selected='true']")
    expect(chosen).to_have_attribute("data-action-type", "st.sendConnectionRequest")
    expect(chosen).to_have_attribute("data-node-state", "failed")
    expect(page.locator("#pane")).to_contain_text("pending")


def test_any_of_several_values_and_all_but_some(ann, last_week, browse):
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/runs")
    rows = page.locator(".run-table tbody tr")

    page.locator(".runs-add > summary").click()
    page.locator("#filter-choices summary", has_text="Workflow").click()
    for name in ("Invited", "Looked"):
        page.get_by_role("checkbox", name=f"{name}, with others").check()
    page.get_by_role("button", name="Show any of these").locator("visible=true").click()
    expect(rows).to_have_count(2)
    assert page.url.count("workflow=") == 2

    page.get_by_label("More for the filter Workflow").click()
    only = page.locator("#filter-choices-workflow")
    expect(only.get_by_placeholder("Workflow…")).to_be_focused()
    assert violations(page) == []
    only.get_by_role("button", name="All but these").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Refused")

    page.get_by_label("Remove the filter Workflow is not: Looked").click()
    expect(rows).to_have_count(2)
    page.get_by_text("Save list…").click()
    page.get_by_label("Name").fill("The others")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="All", exact=True).click()
    expect(rows).to_have_count(3)
    page.get_by_role("link", name="The others").click()
    expect(rows).to_have_count(2)

    page.get_by_text("Change list…").click()
    assert violations(page) == []
    page.get_by_label("Name").fill("All others")
    page.get_by_label("For the whole team").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="All others")).to_have_attribute("aria-current", "page")
    expect(rows).to_have_count(2)


def test_select_with_shift_and_delete(ann, last_week, browse):
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/runs")
    boxes = page.locator("[name='run']")
    boxes.nth(0).check()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(page.locator("[data-bulk-count]")).to_have_text("3 selected")
    boxes.nth(1).uncheck()
    page.get_by_role("button", name="Delete…").click()
    expect(page.get_by_role("heading", name="Delete 2 runs?")).to_be_visible()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.locator(".run-table tbody tr")).to_have_count(1)


def test_the_list_on_a_phone(ann, last_week, browse):
    page = browse(ann, size="phone", theme="dark")
    page.goto(f"/t/{ann.team.slug}/runs?came=failed")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator(".runs-add > summary").tap()
    page.locator("#filter-choices summary", has_text="State").tap()
    page.get_by_role("link", name="Cancelled").tap()
    expect(page.get_by_text("No such run")).to_be_visible()
    assert violations(page) == []


def test_a_row_that_moves_is_shown_anew_and_newer_runs_are_counted(ann, last_week, browse):
    connection = ann.team.connections.get()
    one = {"connection": connection, "actor": ann.user}
    run = services.start_run(workflow_of(ann.team, CHECK), submit_key=new_id(), **one)
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/runs")
    row = page.locator(f"tr#run-{run.public_id}")
    expect(row.locator(".state")).to_have_text("Queued")
    row.get_by_role("checkbox").check()

    Beside().advance(run)
    services.start_run(workflow_of(ann.team, CHECK), submit_key=new_id(), **one)

    expect(row.locator(".state")).to_have_text("Done")
    expect(row.locator("td")).to_have_count(7)
    expect(page.locator(".run-table table")).to_have_count(0)
    expect(row.get_by_role("checkbox")).to_be_checked()
    expect(page.locator(".run-table tbody > tr")).to_have_count(4)
    page.get_by_role("link", name="1 new").click()
    expect(page.locator(".run-table tbody > tr")).to_have_count(5)
