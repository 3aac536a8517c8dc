"""What does not fit: the tray, the bridge, the clipboard, and changing what an action is."""

import json

from playwright.sync_api import expect

from tests.browser.test_accessible import violations
from tests.browser.test_building import PERSON

VISIT = {
    "actionType": "st.openPersonPage",
    "personUrl": PERSON,
    "then": [{"actionType": "st.retrievePersonSkills"}, {"actionType": "st.retrievePersonPosts"}],
}
OPEN, SKILLS, POSTS = "1 Open person page", "2 Retrieve skills", "2 Retrieve person's posts"


def paste(editor, value) -> None:
    """What the browser does when somebody presses Ctrl+V with this on the clipboard."""
    editor.page.evaluate(
        """text => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(event);
        }""",
        value if isinstance(value, str) else json.dumps(value),
    )


def test_a_way_back_is_offered_only_while_it_leads_back(ann_edits):
    """Undo takes back what was done last: not that which the offer names, once something else was done."""
    editor = ann_edits(VISIT)
    page = editor.page
    offer = page.locator(".toast", has_text="Deleted Retrieve skills.")
    editor.select("Retrieve skills")
    page.keyboard.press("Delete")
    editor.expect_outline(OPEN, POSTS)
    offer.get_by_role("button", name="Undo").click()
    editor.expect_outline(OPEN, SKILLS, POSTS)

    editor.select("Retrieve skills")
    page.keyboard.press("Delete")
    expect(offer).to_be_visible()
    page.keyboard.press("d")
    editor.expect_outline(OPEN, POSTS, POSTS)
    expect(offer).to_have_count(0)


def test_deleting_an_action_but_nothing_below_it_offers_a_way_back(ann_edits):
    below = {"actionType": "nv.openPersonPage", "then": [{"actionType": "nv.syncConversation"}]}
    editor = ann_edits({**VISIT, "then": [below]})
    between = "2 Open person in Sales Navigator"
    sync = "Sync Sales Navigator conversation"
    editor.menu(between[2:], "Delete, keep what is below")
    editor.expect_outline(OPEN, f"2 {sync}")
    editor.page.locator(".toast").get_by_role("button", name="Undo").click()
    editor.expect_outline(OPEN, between, f"3 {sync}")


def test_an_action_is_laid_aside_and_put_back_by_keys(ann_edits):
    editor = ann_edits(VISIT)
    page = editor.page
    editor.select("Retrieve skills")
    page.keyboard.press("t")
    editor.expect_outline(OPEN, POSTS)
    tray = page.get_by_role("region", name="Laid aside")
    expect(tray.get_by_role("listitem")).to_contain_text("Retrieve skills")
    assert len(editor.wire()["then"]) == 1

    tray.get_by_role("button", name="Put back Retrieve skills").press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    editor.expect_outline(OPEN, POSTS, SKILLS)
    expect(tray).to_be_hidden()
    page.keyboard.press("Control+z")
    editor.expect_outline(OPEN, POSTS)
    expect(tray).to_be_visible()
    page.keyboard.press("Control+z")
    editor.expect_outline(OPEN, SKILLS, POSTS)
    expect(tray).to_be_hidden()
    assert editor.wire() == VISIT


def test_putting_back_begins_beside_what_is_selected(ann_edits):
    editor = ann_edits([VISIT, {"actionType": "st.openPersonPage", "personUrl": PERSON}])
    page = editor.page
    editor.select("Retrieve skills")
    page.keyboard.press("t")
    editor.expect_outline(OPEN, POSTS, OPEN)
    assert editor.selected() == "Retrieve person's posts"
    put_back = page.locator("#tray").get_by_role("button", name="Put back Retrieve skills")
    put_back.press("Enter")
    expect(page.locator("#announcer")).to_contain_text(
        "Under Open person page, after Retrieve person's posts."
    )
    page.keyboard.press("Escape")
    editor.select("Open person page", 1)
    put_back.press("Enter")
    page.keyboard.press("Enter")
    editor.expect_outline(OPEN, POSTS, OPEN, SKILLS)


def test_a_branch_is_dragged_out_of_the_tray(ann_edits):
    editor = ann_edits([VISIT, {"actionType": "st.openPersonPage", "personUrl": PERSON}])
    page = editor.page
    editor.select("Open person page", 1)
    page.keyboard.press("t")
    editor.expect_outline(OPEN, SKILLS, POSTS)
    page.locator("#tray .parked .node-name").hover()
    page.mouse.down()
    box = editor.card("Open person page").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 200, steps=4)
    page.mouse.move(box["x"] + 60, box["y"] + 2, steps=4)
    page.mouse.up()
    editor.expect_outline(OPEN, OPEN, SKILLS, POSTS)


def test_all_actions_can_be_chosen_and_the_way_is_built(ann_edits):
    editor = ann_edits({"actionType": "st.searchPeople"})
    page = editor.page
    editor.open_add_menu("Search people")
    menu = page.locator("#choice-menu")
    menu.get_by_role("searchbox").fill("skills")
    assert editor.offered("#choice-menu") == []
    menu.get_by_role("button", name="not fit here").click()
    skills = menu.locator("[data-misfit]").first
    expect(skills).to_contain_text("It fits under Open person page")
    skills.click()
    refusal = page.get_by_role("dialog", name="That cannot stand there")
    expect(refusal).to_contain_text("Retrieve skills cannot stand under Search people.")
    bridge = refusal.get_by_role("button", name="Insert For each person → Open person page")
    expect(bridge).to_be_focused()
    assert violations(page) == []
    bridge.press("Enter")
    editor.expect_outline(
        "1 Search people", "2 For each person", "3 Open person page", "4 Retrieve skills"
    )
    assert editor.selected() == "Retrieve skills"


def test_pasting_what_does_not_fit_shows_first_what_becomes_of_it(ann_edits):
    editor = ann_edits(VISIT)
    page = editor.page
    editor.select("Open person page")
    paste(editor, "just a sentence")
    expect(page.locator(".toast")).to_contain_text("There is no workflow on the clipboard")

    paste(
        editor,
        [{"actionType": "st.retrievePersonSkills"}, {"actionType": "st.retrieveCompanyPosts"}],
    )
    dialog = page.get_by_role("dialog", name="Paste")
    expect(dialog).to_contain_text("Retrieve company posts goes to the tray")
    assert violations(page) == []
    dialog.get_by_role("button", name="Put it in").click()
    editor.expect_outline(OPEN, SKILLS, POSTS, SKILLS)
    expect(page.locator("#tray")).to_contain_text("Retrieve company posts")
    assert violations(page) == []
    page.keyboard.press("Control+z")
    editor.expect_outline(OPEN, SKILLS, POSTS)
    expect(page.locator("#tray")).to_be_hidden()


def test_what_was_cut_from_the_menu_is_moved_by_the_menu(ann_edits):
    editor = ann_edits([VISIT, {"actionType": "st.openPersonPage", "personUrl": PERSON}])
    page = editor.page
    editor.menu("Retrieve skills", "Cut")
    expect(page.locator(".toast")).to_have_text("Cut Retrieve skills: it moves when you paste.")
    page.locator(".editor-bar").hover()
    editor.card("Open person page", 1).locator("[data-do=menu]").click()
    page.get_by_role("menuitem", name="Paste").click()
    editor.expect_outline(OPEN, POSTS, OPEN, SKILLS)
    expect(page.locator(".toast")).to_have_count(0)

    editor.menu("Retrieve person's posts", "Copy")
    expect(page.locator(".toast")).to_have_text("Copied Retrieve person's posts.")
    editor.card("Open person page", 1).locator("[data-do=menu]").click()
    page.get_by_role("menuitem", name="Paste").click()
    dialog = page.get_by_role("dialog", name="Paste")
    dialog.get_by_role("button", name="Put it in").click()
    editor.expect_outline(OPEN, POSTS, OPEN, SKILLS, POSTS)


def test_what_is_cut_stays_after_escape(ann_edits):
    editor = ann_edits(VISIT)
    page = editor.page
    editor.select("Retrieve skills")
    page.keyboard.press("Control+x")
    expect(page.locator(".toast")).to_have_text("Cut Retrieve skills: it moves when you paste.")
    page.keyboard.press("Escape")
    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("#announcer")).to_have_text("It stays here.")
    editor.expect_outline(OPEN, SKILLS, POSTS)


def test_actions_are_copied_and_cut_by_keys(ann_edits):
    editor = ann_edits([VISIT, {"actionType": "st.openPersonPage", "personUrl": PERSON}])
    page = editor.page
    editor.select("Retrieve skills")
    page.keyboard.press("Control+c")
    expect(page.locator(".toast")).to_contain_text("Copied Retrieve skills")
    editor.select("Open person page", 1)
    page.keyboard.press("Control+v")
    editor.expect_outline(OPEN, SKILLS, POSTS, OPEN, SKILLS)

    editor.select("Retrieve person's posts")
    page.keyboard.press("Control+x")
    expect(page.locator(".node--cut")).to_have_count(1)
    editor.select("Open person page", 1)
    page.keyboard.press("Control+v")
    editor.expect_outline(OPEN, SKILLS, OPEN, SKILLS, POSTS)
    page.keyboard.press("Control+z")
    editor.expect_outline(OPEN, SKILLS, POSTS, OPEN, SKILLS)


def test_another_type_lays_aside_what_does_not_fit_under_it(ann_edits):
    editor = ann_edits(VISIT)
    page = editor.page
    editor.select("Open person page")
    page.get_by_label("Change it to").select_option("st.openCompanyPage")
    editor.expect_outline("1 Open company page")
    expect(page.locator(".toast")).to_contain_text("2 actions do not fit under Open company page")
    expect(page.locator("#tray .parked")).to_have_count(2)
    page.keyboard.press("Escape")
    page.locator("#tree .node").focus()
    page.keyboard.press("Control+z")
    editor.expect_outline(OPEN, SKILLS, POSTS)


def test_an_action_is_wrapped_in_another(ann_edits):
    editor = ann_edits(VISIT)
    editor.menu("Open person page", "Wrap in")
    assert "nv.openPersonPage" in editor.offered("#choice-menu")
    editor.page.locator("#choice-menu [data-choice='nv.openPersonPage']").click()
    editor.expect_outline(
        "1 Open person in Sales Navigator",
        "2 Open person page",
        "3 Retrieve skills",
        "3 Retrieve person's posts",
    )
