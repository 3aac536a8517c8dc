"""Every page opens without a word of complaint from the browser, and the pieces that all pages share work."""

import pytest
from playwright.sync_api import Route, expect

from editor.workflows import services
from editor.workflows.models import Workflow
from tests.browser.test_accessible import PAGES


@pytest.mark.parametrize("size", ["desktop", "laptop", "phone"])
def test_no_page_complains_or_sticks_out(ann, browse, size):
    page = browse(ann, size=size)
    for path in PAGES.values():
        page.goto(path.format(team=ann.team.slug))
        wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{path} is {wide} pixels too wide"


def test_ann_signs_in_makes_a_workflow_and_signs_out(ann, browse):
    page = browse(None)
    page.goto("/")
    page.get_by_label("E-mail").fill(ann.user.email)
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="No workflows yet")).to_be_visible()

    page.get_by_role("button", name="New workflow").first.click()
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    page.keyboard.type("Founders in Lisbon")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What should happen first?")).to_be_visible()
    page.get_by_role("link", name="All workflows").click()
    search = page.get_by_role("searchbox", name="Search workflows")
    search.fill("porto")
    expect(page.get_by_role("heading", name="Nothing is called that")).to_be_visible()
    search.fill("lisb")
    expect(page.get_by_role("link", name="Founders in Lisbon")).to_be_visible()

    page.locator("header").get_by_label("Your account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


def test_what_is_typed_last_is_searched_although_the_answer_before_takes_its_time(ann, browse):
    for name in ("Founders in Lisbon", "Cooks in Bergen"):
        services.create(ann.team, actor=ann.user, name=name)
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/workflows")
    search = page.get_by_role("searchbox", name="Search workflows")
    page.route("**/workflows?*porto*", lambda route: None)  # which gets no answer
    with page.expect_request("**/workflows?*porto*"):
        search.fill("porto")
    search.fill("lisb")
    expect(page.get_by_role("link", name="Cooks in Bergen")).to_have_count(0)
    expect(page.get_by_role("link", name="Founders in Lisbon")).to_be_visible()


def test_archiving_asks_first_and_can_be_taken_back(ann_edits):
    editor = ann_edits()
    page = editor.page
    page.locator(".editor-bar").get_by_label("More").click()
    page.locator(".editor-bar").get_by_role("button", name="Archive").click()
    dialog = page.get_by_role("dialog", name="Archive “Founders”?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    page.locator(".editor-bar").get_by_label("More").click()
    page.locator(".editor-bar").get_by_role("button", name="Archive").click()
    dialog.get_by_role("button", name="Archive").click()
    expect(page.locator(".toast")).to_contain_text("is in the archive")
    page.get_by_role("link", name="Archive").click()
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_role("link", name="Founders")).to_be_visible()


def test_what_is_archived_can_be_deleted_for_good(ann, browse):
    made = services.create(ann.team, actor=ann.user, name="Founders")
    services.archive(made, actor=ann.user)
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/workflows?archived=1")
    page.get_by_role("button", name="Delete…").click()
    dialog = page.get_by_role("dialog", name="Delete “Founders” for good?")
    expect(dialog).to_contain_text("Its runs and what they found are kept")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.locator(".toast")).to_contain_text("is deleted")
    assert not Workflow.objects.exists()


@pytest.mark.parametrize(
    ("where", "button", "dialog"),
    [
        ("", "New workflow", "New workflow"),
        ("?archived=1", "Delete…", "Delete “Founders” for good?"),
    ],
)
def test_what_is_pressed_before_the_scripts_have_come_waits_for_them(
    ann, browse, where, button, dialog
):
    made = services.create(ann.team, actor=ann.user, name="Founders")
    if where:
        services.archive(made, actor=ann.user)
    page = browse(ann)
    held: list[Route] = []
    page.route("**/js/app.js", lambda route: held.append(route))
    page.goto(f"/t/{ann.team.slug}/workflows{where}", wait_until="commit")
    page.get_by_role("button", name=button).first.click()
    for route in held:
        route.continue_()
    expect(page.get_by_role("dialog", name=dialog)).to_be_visible()
    assert Workflow.objects.exists()


def test_the_theme_is_chosen_and_remembered(ann, browse):
    page = browse(ann)
    page.goto("/actions")
    page.locator("header").get_by_label("Your account").click()
    with page.expect_response("**/profile/theme"):
        page.get_by_role("radio", name="Dark").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 19, 21)"


def test_somebody_signed_out_has_a_theme_too(db, browse):
    page = browse(None)
    page.goto("/accounts/login/")
    page.get_by_role("radio", name="Dark").click()
    page.reload()
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_importing_tells_problems_with_their_lines_first(ann, browse, complaints):
    complaints.excuse("status of 422")
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/workflows/import")

    def write(text):
        page.locator(".cm-content").click()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.press("Delete")
        page.keyboard.insert_text(text)

    write('{\n  "actionType": "st.openPersonPage",\n  "personUrl": "nobody"\n}')
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".problem")).to_contain_text("Line 3")
    expect(page.locator(".cm-lintRange-error")).to_contain_text('"nobody"')
    write("{ this is not JSON")
    page.get_by_role("button", name="Import").click()
    expect(page.locator(".problem")).to_have_count(1)
    write('{"actionType": "st.retrieveSSI"}')
    page.get_by_role("button", name="Import").click()
    expect(page.locator("[role=treeitem]")).to_have_count(1)
