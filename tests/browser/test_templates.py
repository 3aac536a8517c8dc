"""What works is shared: published by one, used by another in a minute, looked at by a third; and brought up to date."""

import re

import pytest
from playwright.sync_api import expect

from accounts import services as people
from accounts.models import Role
from editor.library import services
from editor.library.models import Template
from editor.runs.models import Run
from editor.trees.places import Place
from editor.workflows import services as workflows
from editor.workflows.models import Workflow
from editor.workflows.queries import tree_of
from tests.browser.test_accessible import violations
from tests.browser.test_runs import account, worker  # noqa: F401
from tests.library.conftest import EXAMPLES, greet, node
from tests.people import Person, member, owner


@pytest.fixture
def ana(ann):
    """Builds in Ann's team."""
    return member(ann.team, "Ana", Role.BUILDER)


@pytest.fixture
def ben(ann):
    """Runs in Ann's team, and builds in one of his own."""
    return member(ann.team, "Ben", Role.RUNNER)


@pytest.fixture
def cleo(ann):
    return member(ann.team, "Cleo", Role.VIEWER)


def fill(page):
    for name, text in EXAMPLES.items():
        page.locator(f'[name="input.{name}"]').fill(text)


def test_ana_publishes_ben_uses_it_cleo_looks_on(
    ana,
    ben,
    cleo,
    eve,
    account,  # noqa: F811
    worker,  # noqa: F811
    browse,
    complaints,
):
    complaints.excuse("422|403|404")
    workflow = worker.apart(lambda: greet(ana))

    page = browse(ana)
    page.goto(f"/t/{ana.team.slug}/workflows/{workflow.public_id}")
    page.get_by_label("More", exact=True).first.click()
    page.get_by_role("link", name="Publish as template").click()
    page.get_by_label("Title").fill("Greet somebody")
    page.get_by_label("In one sentence").fill("Opens the page, then says hello.")
    for name, text in EXAMPLES.items():
        page.locator(f'[name="example.{name}"]').fill(text)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", name="Greet somebody")).to_be_visible()
    expect(page.get_by_role("cell", name="Oda Bakke").first).to_be_visible()
    assert violations(page) == []

    page = browse(ben)
    page.goto(f"/t/{ben.team.slug}/templates")
    assert violations(page) == []
    page.get_by_label("Search templates").fill("hello")
    expect(page.locator(".template-card")).to_have_count(1)
    page.get_by_role("link", name="Greet somebody").click()
    page.get_by_role("link", name="Use it").click()
    fill(page)
    page.get_by_label(re.compile("acts that other people see")).check()
    assert violations(page) == []
    page.get_by_role("button", name="Run now").click()
    expect(page.locator("#run-live .state")).to_have_text("Queued")
    run = worker.apart(lambda: Run.objects.get())
    assert run.inputs == EXAMPLES
    for _ in range(6):
        worker.advance(run)

    page = browse(cleo)
    page.goto(f"/t/{cleo.team.slug}/runs/{run.public_id}")
    expect(page.locator("#run-live .state")).to_have_text("Done")
    template = worker.apart(lambda: Template.objects.get(team=ana.team))
    address = f"/t/{cleo.team.slug}/templates/{template.public_id}"
    page.goto(address)
    expect(page.get_by_text("1 run went well")).to_be_visible()
    expect(page.get_by_role("link", name="Use it")).to_have_count(0)
    assert page.goto(address + "/use").status == 403

    page = browse(eve)
    for path in (address, address + "/use", f"/t/{eve.team.slug}/templates/{template.public_id}"):
        assert page.goto(path).status == 404


@pytest.fixture
def own_team(ben, worker):  # noqa: F811
    """Ben's."""
    own = owner("Benedikt", "Ben and sons")
    people.add_member(team=own.team, actor=own.user, user=ben.user, role=Role.BUILDER)
    return own.team


def test_ben_takes_one_branch_of_version_2(ana, ben, own_team, account, worker, browse, complaints):  # noqa: F811
    workflow = worker.apart(lambda: greet(ana))
    about = {"title": "Greet somebody", "summary": "Says hello.", "category": "network"}

    def publish(**more):
        return services.publish(
            workflow, actor=ana.user, about=about, visibility="everyone", examples=EXAMPLES, **more
        )

    template = worker.apart(publish).template
    page = browse(Person.signed_in(ben.user, own_team))
    page.goto(f"/t/{own_team.slug}/templates/{template.public_id}/use")
    fill(page)
    page.get_by_role("button", name="Make an editable copy").click()
    expect(page.locator("body")).to_have_attribute("data-editor-ready", "")
    expect(page.get_by_label("A copy of the template Greet somebody")).to_be_visible()

    def next_version():
        top = node(workflow, "st.openPersonPage")
        for kind in ("st.retrievePersonExperience", "st.retrievePersonSkills"):
            workflows.add_action(workflow, kind, Place(top, 0), actor=ana.user)
        return publish(notes="Reads what they did.")

    worker.apart(next_version)
    page.goto(f"/t/{own_team.slug}/workflows")
    page.locator(".behind").get_by_role("link", name="Greet somebody").click()
    expect(page.get_by_text("Reads what they did.")).to_be_visible()
    assert violations(page) == []
    page.get_by_label(re.compile("Take: Retrieve experience")).check()
    page.get_by_role("button", name="Take 1 of 2").click()
    expect(page.get_by_text("Take a part of version 2")).to_be_visible()

    def types():
        copy = Workflow.objects.get(team=own_team)
        return {action.type for action, _ in tree_of(copy).walk()}

    assert "st.retrievePersonExperience" in worker.apart(types)
    assert "st.retrievePersonSkills" not in worker.apart(types)
    expect(page.get_by_label(re.compile("Take: Retrieve skills"))).to_be_visible()
