"""Run a workflow in the browser, watch it without reloading, look at what came back."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import expect

from editor.lib.ids import new_id
from editor.runs import services
from editor.runs.models import Run
from editor.runs.results import outcome
from editor.sandbox.models import SandboxAccount
from tests.browser.test_accessible import violations
from tests.runs.conftest import INVITE_ALL, ByHand, dial, workflow_of
from tests.runs.test_advance import spoilt


@pytest.fixture
def account(ann):
    connection = ann.team.connections.get()
    account = SandboxAccount.objects.get(identification_token=connection.identification_token)
    dial(account, delay=0)
    return account


class Beside(ByHand):
    """A worker in a thread of its own: Playwright has an event loop in this one."""

    def advance(self, run):
        return self.apart(lambda: ByHand.advance(self, run))

    def apart(self, act):
        def piece():
            try:
                return act()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(piece).result()


@pytest.fixture
def worker():
    return Beside()


@pytest.fixture
def queue(ann, account):
    def queue(wire=INVITE_ALL):
        return services.start_run(
            workflow_of(ann.team, wire),
            connection=ann.team.connections.get(),
            actor=ann.user,
            submit_key=new_id(),
        )

    return queue


def path(run):
    return f"/t/{run.team.slug}/runs/{run.public_id}"


def test_run_watch_and_look(ann, account, worker, browse, complaints):
    complaints.excuse("422")
    page = browse(ann)
    dial(account, delay=3600)
    workflow = workflow_of(ann.team, INVITE_ALL)
    page.goto(f"/t/{ann.team.slug}/workflows/{workflow.public_id}/run")
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_text("Tick the box")).to_be_visible()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Run now").click()
    expect(page.locator("#run-live .state")).to_have_text("Queued")
    page.wait_for_load_state()

    loads = []
    page.on("load", lambda _: loads.append(page.url))
    run = worker.advance(Run.objects.get())
    expect(page.locator("#run-live .state")).to_have_text(re.compile("Running|In line"))
    page.locator('[data-action-type="st.openPersonPage"] > .node-card').click()
    page.locator('[data-action-type="st.openPersonPage"]').first.focus()
    account.workflows.update(starts_at=timezone.now(), ends_at=timezone.now())
    Run.objects.update(next_look_at=timezone.now())
    run = worker.advance(run)
    expect(page.locator('[data-node-state="done"]')).to_have_count(5)
    expect(page.locator("#run-live .state")).to_have_text("Done")
    expect(page).to_have_title(re.compile("Done"))
    expect(page.get_by_role("link", name="Table")).to_be_visible()
    assert loads == [], "live, without a reload"
    expect(page.locator("#pane h2")).to_have_text("Open person page")
    assert page.evaluate("() => document.activeElement.dataset.actionType") == "st.openPersonPage"

    page.locator('[data-action-type="st.sendConnectionRequest"] > .node-card').click()
    expect(page.locator("#pane h2")).to_have_text("Send connection request")
    expect(page.locator("#pane tbody tr")).to_have_count(3)
    page.locator("#pane").get_by_role("link", name="JSON").click()
    expect(page.locator("#pane .json").first).to_contain_text("success true")


def test_run_again_knowing_who_got_it_already(queue, worker, ann, browse, complaints):
    complaints.excuse("422")
    ada = "https://www.linkedin.com/in/example-ada"
    run = worker.advance(queue({"actionType": "st.sendMessage", "personUrl": ada, "text": "Hello"}))
    page = browse(ann)
    page.goto(path(run))
    page.get_by_text("Run again").click()
    page.get_by_role("link", name=re.compile("^As it was")).click()
    expect(page.get_by_text("this one already got it")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("checkbox", name="Yes, up to 1 act").check()
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_text("They got this before.")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Yes, up to 1 act")).to_be_checked()
    page.get_by_role("checkbox", name="Go on knowingly").check()
    page.get_by_role("button", name="Run now").click()
    expect(page.locator("#run-live .state")).to_have_text("Queued")
    assert Run.objects.count() == 2


def test_the_outline_is_walked_with_the_keyboard(queue, worker, ann, browse):
    run = worker.advance(queue())
    page = browse(ann)
    page.goto(path(run))
    page.locator('.run-tree .node[aria-selected="true"]').focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator("#pane h2")).to_have_text("Send connection request")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#pane h2")).to_have_text("For each person")
    assert page.evaluate("() => document.activeElement.dataset.actionType") == "st.doForPeople"


def test_from_what_failed_to_whom_and_back(queue, worker, ann, browse):
    page = browse(ann)
    page.goto(path(partly(queue, None, worker)))
    page.keyboard.press("F8")
    expect(page.locator("#pane h2")).to_have_text("Send connection request")
    page.get_by_role("checkbox", name="Only what failed").check()
    expect(page.locator(".run-tree .node:visible")).to_have_count(4)
    page.locator("#pane").get_by_role("link", name="Errors").click()
    page.locator("#pane .pane-who .pane-open").first.click()
    expect(page.locator('[data-done-state="failed"]')).to_contain_text("Already pending")
    page.keyboard.press("j")
    expect(page.locator('[data-done-state="failed"]')).to_have_count(0)
    page.go_back()
    expect(page.locator('[data-done-state="failed"]')).to_have_count(1)
    page.keyboard.press("f")
    page.keyboard.type("connection st")
    expect(page.locator("[data-run-found]")).to_have_text("1 found")
    page.keyboard.press("Enter")
    expect(page.locator("#pane h2")).to_contain_text("Check connection status")


def test_json_unfolds_what_is_big_and_copies_it(queue, account, worker, ann, browse):
    dial(account, results=60)
    page = browse(ann)
    page.goto(f"{path(worker.advance(queue(INVITE_ALL | {'limit': 60})))}?tab=json")
    page.locator(".json summary", has_text="data").click()
    people = page.locator(".json > .json-line" + " > details > .json-in > .json-line" * 2)
    expect(people).to_have_count(60)
    people.first.hover()
    page.get_by_role("button", name="Copy the value of data[0]", exact=True).click()
    expect(page.get_by_text("Copied.")).to_be_visible()


def test_results_that_do_not_come_say_so_and_can_be_asked_for_again(
    queue, worker, ann, browse, complaints
):
    complaints.excuse("Failed to")
    page = browse(ann)
    page.goto(path(worker.advance(queue())))
    page.route("**/nodes/**", lambda route: route.abort())
    page.locator('[data-action-type="st.openPersonPage"] > .node-card').click()
    expect(page.locator("#pane")).to_contain_text("The results did not come.")
    page.unroute("**/nodes/**")
    page.get_by_role("link", name="Try again").click()
    expect(page.locator("#pane h2")).to_have_text("Open person page")


def test_the_results_of_what_was_chosen_last_are_shown_although_others_take_their_time(
    queue, worker, ann, browse
):
    page = browse(ann)
    page.goto(path(worker.advance(queue())))

    def node(action):
        return page.locator(f'.run-tree .node[data-action-type="{action}"]')

    for slow in ("st.doForPeople", "st.openPersonPage"):
        page.route(f"**/nodes/{node(slow).get_attribute('data-node-id')}*", lambda route: None)
        node(slow).locator("> .node-card").click()
    node("st.sendConnectionRequest").locator("> .node-card").click()
    expect(page.locator("#pane h2")).to_have_text("Send connection request")


def test_results_are_a_sheet_on_a_phone(queue, worker, ann, browse):
    page = browse(ann, "phone")
    page.goto(path(worker.advance(queue())))
    expect(page.locator("#pane")).to_be_hidden()
    page.locator(".run-tree").get_by_text("Search people").tap()
    expect(page.locator("#pane")).to_be_in_viewport()
    page.get_by_role("button", name="Back to the outline").tap()
    expect(page.locator("#pane")).to_be_hidden()


def test_deciding_about_an_uncertain_run_asks_before_it_sends_again(
    queue, account, worker, ann, browse
):
    spoilt(account, "lost")
    run = worker.advance(worker.advance(queue()))
    page = browse(ann)
    page.goto(path(run))
    page.get_by_role("button", name="Send again").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("everything happens twice")
    dialog.get_by_role("button", name="Cancel").click()
    assert Run.objects.get().state == "uncertain"
    page.get_by_role("button", name="Send again").click()
    dialog.get_by_role("button", name="Send again").click()
    expect(page.locator("#run-live .state")).to_have_text("Queued")


def test_a_run_that_went_on_while_the_question_stood_there_is_cancelled_all_the_same(
    queue, account, worker, ann, browse
):
    dial(account, delay=3600)
    run = queue()
    page = browse(ann)
    page.goto(path(run))
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Let it run")).to_be_visible()
    worker.advance(run)
    expect(page.locator("#run-live .state")).not_to_have_text("Queued")
    page.get_by_role("dialog").get_by_role("button", name="Cancel the run").click()
    expect(page.locator("#run-live .state")).to_have_text("Cancelling")
    worker.advance(run)
    expect(page.locator("#by-then")).to_contain_text("What had already happened")


def uncertain(queue, account, worker):
    spoilt(account, "lost")
    return worker.advance(worker.advance(queue()))


def refused(queue, account, worker):
    spoilt(account, "plusPlanRequired")
    return worker.advance(queue())


def partly(queue, account, worker):
    return worker.advance(queue(INVITE_ALL | {"term": "trellis-error-alreadyPending-every-2"}))


KINDS = {
    "queued": lambda queue, account, worker: queue(),
    "done": lambda queue, account, worker: worker.advance(queue()),
    "partly": partly,
    "failed": refused,
    "uncertain": uncertain,
}


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_has_nothing_to_say_about_a_run(kind, size, queue, account, worker, ann, browse):
    run = KINDS[kind](queue, account, worker)
    page = browse(ann, size)
    page.goto(path(run))
    assert violations(page) == []
    search = outcome.tree_of(run.plan).roots[0].id
    for fields in ("tab=errors", "tab=json", "item=1") if run.state == "completed" else ():
        page.goto(f"{path(run)}?node={search}&{fields}")
        assert violations(page) == [], fields
    assert page.evaluate(
        "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_axe_has_nothing_to_say_about_the_form_and_the_list(size, queue, worker, ann, browse):
    run = worker.advance(queue())
    page = browse(ann, size)
    for address in (
        f"/t/{ann.team.slug}/workflows/{run.workflow.public_id}/run",
        f"/t/{ann.team.slug}/runs",
    ):
        page.goto(address)
        assert violations(page) == []
        assert page.evaluate(
            "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
