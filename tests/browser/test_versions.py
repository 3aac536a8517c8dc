"""Versions in the editor: named, compared, restored whole and in part."""

from playwright.sync_api import Page, expect

from editor.workflows import services
from editor.workflows.models import Node
from tests.browser.test_accessible import violations
from tests.browser.test_phone import sideways

VISIT = {
    "actionType": "st.openPersonPage",
    "personUrl": "https://www.linkedin.com/in/ada",
    "then": [{"actionType": "st.retrievePersonSkills"}, {"actionType": "st.retrievePersonPosts"}],
}
VISITED = ("1 Open person page", "2 Retrieve skills", "2 Retrieve person's posts")


def show_history(page: Page) -> None:
    page.get_by_role("tab", name="History").click()
    expect(page.get_by_role("heading", name="Versions")).to_be_visible()


def name_this_version(page: Page, name: str) -> None:
    page.get_by_role("button", name="Name this version").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.keyboard.press("Enter")
    expect(page.locator(".version__name", has_text=name)).to_be_visible()


def test_a_version_is_named_compared_restored_and_that_undone(ann_edits):
    editor = ann_edits(VISIT)
    page = editor.page
    show_history(page)
    name_this_version(page, "Before the fair")
    expect(page.locator("#name-present")).to_be_focused()
    editor.menu("Retrieve skills", "Delete")
    editor.expect_outline("1 Open person page", "2 Retrieve person's posts")
    show_history(page)
    expect(page.locator(".done").first).to_contain_text("Delete Retrieve skills")
    assert violations(page) == []

    page.get_by_role("link", name="Compare version 1 with now").click()
    expect(page.locator(".compare__counts")).to_have_text("1 removed")
    page.get_by_role("button", name="Next difference").click()
    expect(page.get_by_role("group", name="Retrieve skills: removed")).to_be_focused()
    expect(page.get_by_text("1 unchanged action")).to_be_visible()
    expect(page.get_by_text("Retrieve person's posts")).to_be_hidden()
    page.get_by_label("Only differences").uncheck()
    expect(page.get_by_text("Retrieve person's posts")).to_be_visible()
    assert violations(page) == []

    page.get_by_role("button", name="Restore all of it").click()
    page.get_by_role("dialog").get_by_role("button", name="Restore").click()
    editor.wait_until_ready()
    editor.expect_outline(*VISITED)
    page.keyboard.press("Control+z")
    editor.expect_outline("1 Open person page", "2 Retrieve person's posts")


def test_the_history_restores_in_place_and_brings_itself_up_to_date(ann_edits):
    editor = ann_edits(VISIT)
    page = editor.page
    show_history(page)
    name_this_version(page, "All of it")
    editor.menu("Retrieve person's posts", "Delete")
    editor.expect_outline(*VISITED[:2])
    show_history(page)
    page.get_by_role("button", name="Restore version 1").click()
    editor.expect_outline(*VISITED)
    expect(page.locator(".done").first).to_contain_text("Restore version 1 “All of it”: 1 added")
    expect(page.locator(".version").first).to_contain_text("before a restore")
    page.locator(".toast", has_text="Restored version 1").get_by_role("button", name="Undo").click()
    editor.expect_outline(*VISITED[:2])

    page.get_by_role("button", name="Rename version 1").click()
    page.get_by_label("Name", exact=True).fill("")
    page.keyboard.press("Enter")
    expect(page.locator(".version__name", has_text="Version 1")).to_be_visible()


def test_a_part_is_taken_back_on_a_phone(ann_edits):
    editor = ann_edits(VISIT, size="phone")
    page, workflow = editor.page, editor.workflow
    services.snapshot(workflow, actor=None, reason="named")
    skills, posts = list(Node.objects.exclude(parent=None).order_by("position"))
    services.remove(workflow, [skills.id], actor=None)
    services.duplicate(workflow, [posts.parent_id], actor=None)
    services.set_label(workflow, posts.id, "posts of " + "everybody " * 20, actor=None)

    editor.reload()
    page.locator(".editor-bar summary").tap()
    page.get_by_role("button", name="Versions and history").tap()
    expect(page.locator("#panel-history h2").first).to_be_in_viewport()
    page.get_by_role("link", name="Compare version 1 with now").tap()
    expect(page.locator(".compare__counts")).to_have_text("2 added, 1 removed, 1 changed")
    assert sideways(page) <= 0
    assert violations(page) == []

    page.get_by_label("Take back: Open person page, added").check()
    expect(page.get_by_label("Take back: Retrieve person's posts, added")).to_be_checked()
    page.get_by_role("button", name="Take back 2 of 4").tap()
    expect(page.locator(".compare__counts")).to_have_text("1 removed, 1 changed")
    page.get_by_label("Take back: Retrieve skills, removed").check()
    page.get_by_role("button", name="Take back 1 of 2").tap()
    expect(page.locator(".compare__counts")).to_have_text("1 changed")
    assert [child["actionType"] for child in editor.wire()["then"]] == [
        child["actionType"] for child in VISIT["then"]
    ]
