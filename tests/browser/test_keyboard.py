"""Ann builds without a mouse: the ARIA tree pattern, and one letter for each act."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser.test_building import PERSON, VISIT

SHORT = ("1 Open person page", "2 Check connection status", "2 Send connection request")


def focused_node(editor) -> str:
    """The name of the action that has the focus."""
    return editor.page.evaluate(
        """() => document.activeElement.matches("[role=treeitem]")
            ? document.activeElement.querySelector(".node-name").textContent : "" """
    )


def test_the_whole_story_by_keyboard_alone(ann_edits):
    editor = ann_edits()
    page = editor.page
    page.keyboard.press("/")
    page.keyboard.type("open person page")
    page.keyboard.press("Enter")
    editor.expect_outline("1 Open person page")
    page.keyboard.press("Escape")  # out of the search field's words
    page.locator("#tree [tabindex='0']").focus()
    page.keyboard.press("a")
    page.keyboard.type("check conn")
    page.keyboard.press("Enter")
    editor.expect_outline(*SHORT[:2])
    assert focused_node(editor) == "Check connection status"
    page.keyboard.press("s")
    page.keyboard.type("send connection")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    editor.expect_outline(*SHORT)
    assert focused_node(editor) == "Send connection request"

    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.locator("#field-personUrl-input")).to_be_focused()
    page.keyboard.type(PERSON)
    page.keyboard.press("Enter")
    editor.expect_saved()
    page.keyboard.press("Escape")
    assert focused_node(editor) == "Open person page"
    page.keyboard.press("Control+z")
    expect(editor.card("Open person page").locator("[data-problem]")).to_be_visible()
    page.keyboard.press("Control+Shift+Z")
    expect(editor.card("Open person page").locator("[data-problem]")).to_have_count(0)
    editor.expect_saved()
    assert editor.wire()["personUrl"] == PERSON
    assert focused_node(editor) == "Open person page"


def test_the_focus_is_in_the_tree_after_the_first_action_and_after_the_last_came_back(ann_edits):
    editor = ann_edits()
    page = editor.page
    page.get_by_role("button", name="All first actions…").press("Enter")
    page.keyboard.type("retrieve ssi")
    page.keyboard.press("Enter")
    editor.expect_outline("1 Retrieve SSI")
    expect(editor.node("Retrieve SSI")).to_be_focused()
    page.keyboard.press("Delete")
    editor.expect_outline()
    page.keyboard.press("Control+z")
    editor.expect_outline("1 Retrieve SSI")
    expect(editor.node("Retrieve SSI")).to_be_focused()


def test_a_key_pressed_before_the_table_of_what_fits_has_come_is_not_lost(ann_edits):
    editor = ann_edits(VISIT)
    page = editor.page
    held: list[Route] = []
    page.route("**/table.json", lambda route: held.append(route))
    page.reload()
    page.wait_for_function("() => import('/static/js/editor/keys.js').then(() => true)")
    editor.card("Open person page").locator(".node-name").click()
    page.keyboard.press("a")
    for route in held:
        route.continue_()
    expect(page.locator("#choice-menu")).to_be_visible()
    assert "st.retrievePersonSkills" in editor.offered("#choice-menu")


def test_arrows_walk_fold_and_unfold(ann_edits):
    editor = ann_edits([VISIT, {"actionType": "st.retrieveSSI"}])
    page = editor.page
    page.locator("#tree [tabindex='0']").focus()
    steps = [
        ("ArrowDown", "Check connection status"),
        ("ArrowDown", "Send connection request"),
        ("ArrowDown", "Retrieve SSI"),
        ("ArrowUp", "Send connection request"),
        ("ArrowLeft", "Open person page"),
        ("ArrowLeft", "Open person page"),  # folds
        ("ArrowDown", "Retrieve SSI"),
        ("Home", "Open person page"),
        ("ArrowRight", "Open person page"),  # unfolds
        ("ArrowRight", "Check connection status"),
        ("End", "Retrieve SSI"),
    ]
    for key, name in steps:
        page.keyboard.press(key)
        assert focused_node(editor) == name, key
    assert page.locator("#tree [tabindex='0']").count() == 1


def test_letters_find_an_action_and_capitals_are_no_commands(ann_edits):
    editor = ann_edits(VISIT)
    page = editor.page
    page.locator("#tree [tabindex='0']").focus()
    page.keyboard.type("ch")
    assert focused_node(editor) == "Check connection status"
    page.keyboard.press("Home")
    page.keyboard.press("Shift+S")
    page.keyboard.type("end")
    assert focused_node(editor) == "Send connection request"
    expect(page.locator("#choice-menu")).to_be_hidden()


@pytest.mark.parametrize(
    ("keys", "outline"),
    [
        (("Alt+ArrowUp",), (SHORT[0], SHORT[2], SHORT[1])),
        (("d",), (*SHORT, SHORT[2])),
        (("Delete",), SHORT[:2]),
        (("Delete", "Control+z"), SHORT),
        (("Delete", "Control+z", "Control+y"), SHORT[:2]),
    ],
)
def test_acts_on_the_last_action(ann_edits, complaints, keys, outline):
    complaints.excuse("status of 404")  # its form may be on its way while the action itself goes
    editor = ann_edits(VISIT)
    editor.page.locator("#tree [tabindex='0']").focus()
    editor.page.keyboard.press("End")
    for key in keys:
        editor.page.keyboard.press(key)
        editor.page.wait_for_function("() => document.body.dataset.saveState === 'saved'")
    editor.expect_outline(*outline)
    assert focused_node(editor) != ""


def test_when_nothing_is_left_to_undo_or_redo_it_is_said_in_words(ann_edits):
    editor = ann_edits(VISIT)
    page = editor.page
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.url) if "/edit/" in request.url else None
    )
    page.locator("#tree [tabindex='0']").focus()
    for key, words in [
        ("Control+y", "There is nothing of yours to redo."),
        ("Control+z", "There is nothing of yours to undo."),
        ("Control+z", "There is nothing of yours to undo."),
    ]:
        page.keyboard.press(key)
        expect(page.locator(".toast")).to_have_text(words)
    assert asked == []
    assert focused_node(editor) == SHORT[0][2:]


def test_moving_by_keyboard_steps_through_the_legal_places(ann_edits):
    editor = ann_edits([VISIT, {"actionType": "st.openPersonPage", "label": "second"}])
    page = editor.page
    heard, mark = page.locator("#announcer"), page.locator(".drop-mark")
    page.locator("#tree [tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("m")
    expect(heard).to_have_text(
        "Under Open person page, after Send connection request. Place 2 of 5"
    )
    for key, words in [
        ("ArrowUp", "At the start, before Open person page. Place 1 of 5"),
        ("ArrowUp", "At the start, before Open person page. Place 1 of 5"),
        ("End", "At the start, after Open person page “second”. Place 5 of 5"),
        ("ArrowLeft", "Under Open person page “second”. Place 4 of 5"),
        ("Delete", "Under Open person page “second”. Place 4 of 5"),
    ]:
        page.keyboard.press(key)
        expect(heard).to_have_text(words)
        expect(mark).to_have_text("Drop here: Check connection status")
    page.keyboard.press("Escape")
    expect(mark).to_be_hidden()
    assert editor.outline() == [*SHORT, "1 Open person page"]
    assert focused_node(editor) == "Check connection status"

    page.keyboard.press("m")
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    editor.expect_outline(SHORT[0], SHORT[2], "1 Open person page", SHORT[1])
    assert focused_node(editor) == "Check connection status"
    page.keyboard.press("m")
    expect(page.locator("#move-bar")).to_be_visible()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    editor.expect_outline("1 Check connection status", SHORT[0], SHORT[2], "1 Open person page")


def test_what_a_screen_reader_is_told(ann_edits):
    editor = ann_edits([VISIT, {"actionType": "st.retrieveSSI"}])
    page = editor.page
    page.locator("#tree [tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    told = [
        line.strip().removeprefix("- ").removesuffix(":")
        for line in page.locator("#tree").aria_snapshot().splitlines()
        if "tree" in line
    ]
    assert told == [
        'tree "Actions of Founders"',
        'treeitem "Open person page st.openPersonPage Person URL in/example-ines-quintal Add More Fold" '
        "[expanded] [level=1]",
        'treeitem "Check connection status st.checkConnectionStatus More" [level=2] [selected]',
        'treeitem "Send connection request st.sendConnectionRequest Note Hello acts More" [level=2] [selected]',
        'treeitem "Retrieve SSI st.retrieveSSI More" [level=1]',
    ]
    expect(page.locator("#announcer")).to_have_text("2 selected")


def test_the_list_of_keys(ann_edits):
    editor = ann_edits(VISIT)
    editor.page.keyboard.press("?")
    expect(editor.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    editor.page.keyboard.press("Escape")
    expect(editor.page.locator("#help")).to_be_hidden()


def test_typing_into_a_field_is_no_command(ann_edits):
    editor = ann_edits(VISIT)
    editor.select("Check connection status")
    editor.field("Label").locator("input").press_sequentially("sad?/.")
    editor.expect_saved()
    editor.expect_outline(*SHORT)
    assert editor.wire()["then"][0]["label"] == "sad?/."


@pytest.mark.parametrize("item", ["Copy as cURL", "Paste JSON…"])
def test_a_dialog_out_of_the_menu_gives_the_focus_back_to_it(ann_edits, item):
    editor = ann_edits(VISIT)
    page = editor.page
    more = page.locator("summary[aria-label=More]")
    more.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name=item).focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(more).to_be_focused()
