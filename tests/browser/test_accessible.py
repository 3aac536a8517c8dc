"""axe finds nothing to complain about, in light and dark, on pages as they open and with their menus up."""

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts import health
from editor.linkedapi import Refused
from editor.runs import services
from tests.browser.test_building import VISIT
from tests.runs.conftest import CHECK, workflow_of

AXE = (Path(__file__).parent.parent / "vendor" / "axe-core-4.14.1" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What is in order stays in the page: to hand all of it over costs more than to look.
FIND = "async tags => (await axe.run({runOnly: tags, resultTypes: ['violations']})).violations"

PAGES = {
    "workflows": "/t/{team}/workflows",
    "archive": "/t/{team}/workflows?archived=1",
    "import": "/t/{team}/workflows/import",
    "runs": "/t/{team}/runs",
    "schedules": "/t/{team}/schedules",
    "notices": "/notices",
    "actions": "/actions",
    "one action": "/actions/st.openPersonPage",
    "team": "/t/{team}/team",
    "keeping": "/t/{team}/team/keeping",
    "privacy": "/t/{team}/team/privacy",
    "webhooks": "/t/{team}/team/webhooks",
    "new webhook": "/t/{team}/team/webhooks/new",
    "new connection": "/t/{team}/team/connections/new",
    "profile": "/profile",
    "sandbox": "/sandbox/",
}


def violations(page: Page) -> list[str]:
    """What axe finds in light and in dark, a line each: theme, rule, element, what is wrong with it."""
    page.evaluate(AXE)
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(
            "() => document.getAnimations().every(one => one.playState !== 'running')"
        )
        broken = page.evaluate(FIND, RULES)
        found += [
            f"{theme}: {rule['id']}: {node['html'][:160]} ({node['failureSummary']})"
            for rule in broken
            for node in rule["nodes"]
        ]
    return found


@pytest.mark.parametrize("name", PAGES)
def test_a_page(ann, browse, name):
    page = browse(ann)
    page.goto(PAGES[name].format(team=ann.team.slug))
    assert violations(page) == []


def test_pages_about_a_connection_that_does_not_work(ann, browse):
    connection = ann.team.connections.get()
    workflow = workflow_of(ann.team, CHECK)
    run = services.start_run(workflow, connection=connection, actor=ann.user, submit_key="k")
    signed_out = Refused("Signed out.", type="linkedinAccountSignedOut")
    health.pause(connection, signed_out, timezone.now())
    page = browse(ann)
    for path in ("team", f"runs/{run.public_id}", "runs", f"workflows/{workflow.public_id}/run"):
        page.goto(f"/t/{ann.team.slug}/{path}")
        assert "signed out" in page.inner_text("main")
        assert violations(page) == [], path


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"]
)
def test_a_page_of_somebody_signed_out(db, browse, path):
    page = browse(None)
    page.goto(path)
    assert violations(page) == []


def test_an_empty_editor(ann_edits):
    assert violations(ann_edits().page) == []


def test_the_editor_with_an_action_selected(ann_edits):
    editor = ann_edits([VISIT, {"actionType": "st.openPersonPage", "nonsense": 1}])
    editor.select("Open person page", 1)
    assert violations(editor.page) == []
    editor.page.get_by_role("tab", name="Problems").click()
    expect(editor.page.get_by_role("tabpanel", name="Problems")).not_to_be_empty()
    assert violations(editor.page) == []


def test_lists_filters_and_entries_in_the_inspector(ann_edits):
    editor = ann_edits({"actionType": "st.searchPeople", "filter": {"locations": ["Lisbon"]}})
    editor.select("Search people")
    assert violations(editor.page) == []


def test_menus_and_dialogs_of_the_editor(ann_edits):
    editor = ann_edits(VISIT)
    page = editor.page
    editor.open_add_menu("Open person page")
    assert violations(page) == []
    page.keyboard.press("Escape")
    editor.card("Check connection status").locator("[data-do=menu]").click()
    expect(page.locator("#node-menu")).to_be_visible()
    assert violations(page) == []
    page.locator("#node-menu [data-do=move]").click()
    expect(page.locator("#move-bar")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert violations(page) == []


def test_the_editor_on_a_phone(ann_edits):
    editor = ann_edits(VISIT, size="phone")
    editor.card("Open person page").locator(".node-name").tap()
    expect(editor.page.locator("#inspector")).to_be_in_viewport()
    assert violations(editor.page) == []
