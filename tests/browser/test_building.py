"""Ann builds workflows with the mouse, and everything she does is saved, shown and can be taken back."""

import json

import pytest
from playwright.sync_api import expect

from editor import catalog
from editor.catalog import constraints

PERSON = "https://www.linkedin.com/in/example-ines-quintal"
VISIT = {
    "actionType": "st.openPersonPage",
    "personUrl": PERSON,
    "then": [
        {"actionType": "st.checkConnectionStatus"},
        {"actionType": "st.sendConnectionRequest", "note": "Hello"},
    ],
}


def test_ann_builds_visit_check_and_invite_from_what_is_offered(ann_edits):
    editor = ann_edits()
    page = editor.page
    expect(page.get_by_role("heading", name="What should happen first?")).to_be_visible()
    page.locator("#empty-choices").get_by_role("button", name="Open person page").click()
    editor.expect_outline("1 Open person page")
    assert editor.selected() == "Open person page"

    editor.field("Person URL").locator("input").fill(PERSON)
    editor.expect_saved()
    editor.add_under("Open person page", "Check connection status")
    editor.expect_outline("1 Open person page", "2 Check connection status")
    # A leaf is selected now: the palette offers what may stand behind it.
    expect(page.locator("#palette-place")).to_have_text("Fits after Check connection status")
    page.locator("#palette-list").get_by_role("button", name="Send connection request").click()
    built = ("1 Open person page", "2 Check connection status", "2 Send connection request")
    editor.expect_outline(*built)
    expect(editor.node("Send connection request")).to_be_focused()
    expect(page.locator("#save-state")).to_contain_text("Saved")
    assert editor.wire() == {
        "actionType": "st.openPersonPage",
        "personUrl": PERSON,
        "then": [
            {"actionType": "st.checkConnectionStatus"},
            {"actionType": "st.sendConnectionRequest"},
        ],
    }

    undo, redo = page.get_by_role("button", name="Undo"), page.get_by_role("button", name="Redo")
    undo.click()
    editor.expect_outline(*built[:2])
    redo.click()
    editor.expect_outline(*built)
    expect(redo).to_be_disabled()
    editor.reload()
    editor.expect_outline(*built)
    page.get_by_role("button", name="Undo").click()
    editor.expect_outline(*built[:2])


@pytest.mark.parametrize("parent", ["st.openPersonPage", "st.openPost", "nv.openCompanyPage"])
def test_the_menu_offers_exactly_what_the_catalogue_allows(ann_edits, parent):
    known = catalog.default()
    editor = ann_edits([{"actionType": parent}])
    editor.open_add_menu(known.actions[parent].name)
    assert set(editor.offered("#choice-menu")) == set(constraints.allowed_children(known, parent))
    editor.select(known.actions[parent].name)
    assert set(editor.offered("#palette-list")) == set(constraints.allowed_children(known, parent))


def test_first_actions_are_exactly_the_roots_of_the_catalogue(ann_edits):
    editor = ann_edits([VISIT])
    editor.page.get_by_role("button", name="Add another first action").click()
    assert set(editor.offered("#choice-menu")) == set(constraints.allowed_roots(catalog.default()))
    editor.page.locator("#choice-menu").get_by_role("button", name="Retrieve SSI").click()
    editor.expect_outline(
        "1 Open person page",
        "2 Check connection status",
        "2 Send connection request",
        "1 Retrieve SSI",
    )


def test_searching_the_menu_and_enter_take_the_first_match(ann_edits):
    editor = ann_edits(VISIT)
    editor.open_add_menu("Open person page")
    editor.page.keyboard.type("experience")
    assert editor.offered("#choice-menu") == ["st.retrievePersonExperience"]
    editor.page.keyboard.press("Enter")
    editor.expect_outline(
        "1 Open person page",
        "2 Check connection status",
        "2 Send connection request",
        "2 Retrieve experience",
    )


def test_the_plus_in_the_gap_above_a_card_inserts_there(ann_edits):
    editor = ann_edits(VISIT)
    box = editor.card("Send connection request").bounding_box()
    editor.page.mouse.move(box["x"] + 40, box["y"] - 1)
    editor.page.get_by_role("button", name="Insert here").click()
    expect(editor.page.locator("#choice-menu")).to_contain_text(
        "Fits before Send connection request"
    )
    editor.page.locator("#choice-menu").get_by_role("button", name="Retrieve skills").click()
    editor.expect_outline(
        "1 Open person page",
        "2 Check connection status",
        "2 Retrieve skills",
        "2 Send connection request",
    )


def test_what_acts_and_what_is_wrong_is_marked_on_the_card(ann_edits):
    editor = ann_edits(
        [{"actionType": "st.openPersonPage"}, {"actionType": "st.sendMessage", "text": "Hi"}]
    )
    expect(editor.card("Open person page").locator("[data-problem=error]")).to_have_text(
        "1 problem"
    )
    expect(editor.card("Send message").get_by_text("acts")).to_be_visible()


def test_a_wrong_address_is_refused_at_its_field_and_stays_visible(ann_edits, complaints):
    complaints.excuse("status of 422")  # the console's own line about the refusal
    editor = ann_edits(VISIT)
    page = editor.page
    editor.select("Open person page")
    field = editor.field("Person URL")
    field.locator("input").fill("nobody")
    expect(field.locator(".error")).to_contain_text("Not saved.")
    expect(field.locator("input")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("body")).to_have_attribute("data-save-state", "failed")
    expect(page.locator("#save-state")).to_contain_text("One value is not saved")

    # It waits there while Ann looks elsewhere, and the mark at the top leads back to it.
    editor.select("Check connection status")
    page.locator("#save-state").click()
    expect(editor.field("Person URL").locator("input")).to_have_value("nobody")
    assert editor.wire() == VISIT

    editor.field("Person URL").locator("input").fill("https://www.linkedin.com/in/example-rui")
    editor.expect_saved()
    expect(editor.field("Person URL").locator(".error")).to_have_count(0)
    assert editor.wire()["personUrl"] == "https://www.linkedin.com/in/example-rui"


def test_fields_of_every_kind_save_what_is_entered(ann_edits):
    editor = ann_edits({"actionType": "st.searchPeople", "term": "founder"})
    page = editor.page
    editor.select("Search people")
    editor.field("Limit").locator("input").fill("25")
    editor.expect_saved()
    places = editor.field("Locations").locator("input[type=text]")
    for place in ("Lisbon", "Porto"):
        places.fill(place)
        places.press("Enter")
        expect(editor.field("Locations").locator(".chip", has_text=place)).to_be_visible()
    editor.field("Connection degrees").get_by_text("2nd").click()
    editor.expect_saved()
    assert editor.wire() == {
        "actionType": "st.searchPeople",
        "term": "founder",
        "limit": 25,
        "filter": {"locations": ["Lisbon", "Porto"], "connectionDegrees": ["2nd"]},
    }
    page.get_by_role("button", name="Remove Lisbon").click()
    editor.expect_saved()
    assert editor.wire()["filter"]["locations"] == ["Porto"]


def test_a_list_of_objects_grows_and_shrinks_entry_by_entry(ann_edits):
    editor = ann_edits({"actionType": "st.createPost", "text": "Hello @[oda]"})
    page = editor.page
    editor.select("Create post")
    mentions = page.locator("[data-field='/mentions']")
    mentions.get_by_role("button", name="Add").click()
    expect(page.locator("[data-field='/mentions/0/key'] input")).to_be_focused()
    page.keyboard.type("oda")
    page.keyboard.press("Tab")
    page.keyboard.type("Oda Bakke")
    page.keyboard.press("Enter")
    editor.expect_saved()
    mention = {"key": "oda", "name": "Oda Bakke"}
    assert editor.wire() == {
        "actionType": "st.createPost",
        "text": "Hello @[oda]",
        "mentions": [mention],
    }
    mentions.get_by_role("button", name="Remove").click()
    expect(page.locator("[data-field='/mentions/0']")).to_have_count(0)
    editor.expect_saved()
    assert "mentions" not in editor.wire()


def test_label_team_note_and_skipping(ann_edits):
    editor = ann_edits(VISIT)
    editor.select("Check connection status")
    editor.field("Label").locator("input").fill("check-first")
    editor.field("Team note").locator("textarea").fill("Ask Bob first.")
    editor.expect_saved()
    expect(editor.card("Check connection status").locator(".node-label")).to_have_text(
        "check-first"
    )
    expect(editor.card("Check connection status").locator(".node-note")).to_be_visible()
    editor.page.get_by_role("checkbox", name="Skip it").check()
    expect(editor.card("Check connection status").get_by_text("off", exact=True)).to_be_visible()
    editor.expect_saved()
    assert [action["actionType"] for action in editor.wire()["then"]] == [
        "st.sendConnectionRequest"
    ]


def test_problems_lead_to_their_action(ann_edits):
    editor = ann_edits([VISIT, {"actionType": "st.openPersonPage"}])
    page = editor.page
    page.get_by_role("tab", name="Problems").click()
    page.locator("#panel-problems").get_by_role("button", name="Open person page").click()
    expect(editor.node("Open person page", 1)).to_have_attribute("aria-selected", "true")
    expect(editor.field("Person URL").locator(".error")).to_be_visible()
    expect(page.locator("#problem-count")).to_have_text("1")


def test_moving_duplicating_and_deleting_by_menu(ann_edits):
    editor = ann_edits(VISIT)
    page = editor.page
    first, second = "2 Check connection status", "2 Send connection request"
    editor.menu("Send connection request", "Move up")
    editor.expect_outline("1 Open person page", second, first)
    editor.menu("Send connection request", "Move down")
    editor.expect_outline("1 Open person page", first, second)
    editor.menu("Check connection status", "Duplicate")
    editor.expect_outline("1 Open person page", first, first, second)
    editor.menu("Send connection request", "Delete")
    editor.expect_outline("1 Open person page", first, first)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    editor.expect_outline("1 Open person page", first, first, second)


def test_moving_by_clicks_alone(ann_edits):
    second = {"actionType": "st.openPersonPage", "label": "second", "personUrl": PERSON}
    editor = ann_edits([VISIT, second])
    page = editor.page
    editor.menu("Check connection status", "Move")
    bar = page.get_by_role("group", name="Move")
    expect(bar).to_contain_text("Move Check connection status")
    bar.get_by_role("button", name="Place below").click()
    expect(bar).to_contain_text("Place 3 of 5")
    editor.card("Send connection request").click()  # nothing stands below that one: beside it
    editor.expect_outline(
        "1 Open person page",
        "2 Send connection request",
        "2 Check connection status",
        "1 Open person page",
    )
    expect(bar).to_be_hidden()
    editor.menu("Check connection status", "Move")
    editor.card("Open person page", 1).click()
    editor.expect_outline(
        "1 Open person page",
        "2 Send connection request",
        "1 Open person page",
        "2 Check connection status",
    )
    expect(editor.node("Check connection status")).to_be_focused()


def test_folding_hides_and_counts(ann_edits):
    editor = ann_edits(VISIT)
    editor.card("Open person page").get_by_role("button", name="Fold").click()
    expect(editor.card("Open person page").get_by_text("2 hidden")).to_be_visible()
    expect(editor.card("Check connection status")).to_be_hidden()
    editor.expect_saved()
    editor.reload()
    expect(editor.card("Open person page").get_by_text("2 hidden")).to_be_visible()
    assert editor.wire() == VISIT


def test_renaming_in_place(ann_edits):
    editor = ann_edits(VISIT)
    page = editor.page
    page.locator(".workflow-name > button").click()
    page.get_by_label("Name of the workflow").fill("People of Porto")
    page.keyboard.press("Enter")
    expect(page.locator(".workflow-name > button")).to_have_text("People of Porto")
    editor.expect_saved()
    editor.reload()
    expect(page.get_by_role("heading", name="People of Porto")).to_be_visible()


def test_pasting_json_puts_it_in_or_says_what_is_wrong(ann_edits, complaints):
    complaints.excuse("status of 422")
    editor = ann_edits()
    page = editor.page
    page.locator("#editor-empty").get_by_role("button", name="Paste JSON").click()
    text = page.get_by_label("Actions as Linked API JSON")
    text.fill('{"actionType": "st.openPersonPage",}')
    page.get_by_role("button", name="Put it in").click()
    expect(page.locator("#paste-error")).not_to_be_empty()
    text.fill(json.dumps(VISIT))
    page.get_by_role("button", name="Put it in").click()
    editor.expect_outline(
        "1 Open person page", "2 Check connection status", "2 Send connection request"
    )
    assert editor.wire() == VISIT


def test_a_viewer_looks_and_cannot_change(ann_edits, vic, browse):
    editor = ann_edits(VISIT)
    page = browse(vic)
    page.goto(editor.url)
    expect(page.locator("body[data-editor-ready]")).to_be_attached()
    expect(page.locator("[role=treeitem]")).to_have_count(3)
    expect(page.locator(".node-button, .palette, [data-do=undo]")).to_have_count(0)
    page.locator(".node-name", has_text="Check connection status").click()
    expect(page.locator("#own-label-input")).to_be_disabled()
    page.keyboard.press("Delete")
    expect(page.locator("[role=treeitem]")).to_have_count(3)
