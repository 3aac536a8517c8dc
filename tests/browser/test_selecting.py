"""Ann selects several actions, by mouse and by keys, and does one thing to all of them."""

from playwright.sync_api import expect

from tests.browser.test_building import PERSON

PEOPLE = [
    {
        "actionType": "st.openPersonPage",
        "personUrl": PERSON,
        "then": [
            {"actionType": "st.checkConnectionStatus"},
            {"actionType": "st.sendConnectionRequest"},
            {"actionType": "st.retrievePersonSkills"},
        ],
    },
    {"actionType": "st.openPersonPage", "label": "second", "personUrl": PERSON},
]
OPEN, CHECK, SEND, SKILLS = (
    "1 Open person page", "2 Check connection status", "2 Send connection request", "2 Retrieve skills",
)  # fmt: skip


def chosen(editor) -> list[str]:
    """The names of the selected actions."""
    return editor.page.eval_on_selector_all(
        "#tree [aria-selected=true]",
        "nodes => nodes.map(node => node.querySelector('.node-name').textContent)",
    )


def test_a_range_and_single_ones_by_mouse(ann_edits, complaints):
    complaints.excuse(r"404.*/inspector/")  # of a copy: on its way while the copy is taken back
    editor = ann_edits(PEOPLE)
    expect(editor.page.locator("#tree")).to_have_attribute("aria-multiselectable", "true")
    editor.card("Check connection status").locator(".node-name").click()
    editor.card("Retrieve skills").locator(".node-name").click(modifiers=["Shift"])
    assert chosen(editor) == [
        "Check connection status",
        "Send connection request",
        "Retrieve skills",
    ]
    expect(editor.page.get_by_role("heading", name="3 actions selected")).to_be_visible()
    editor.card("Send connection request").locator(".node-name").click(modifiers=["ControlOrMeta"])
    assert chosen(editor) == ["Check connection status", "Retrieve skills"]

    editor.page.locator("#several").get_by_role("button", name="Duplicate").click()
    editor.expect_outline(OPEN, CHECK, SEND, SKILLS, CHECK, SKILLS, OPEN)
    editor.page.keyboard.press("Control+z")
    editor.expect_outline(OPEN, CHECK, SEND, SKILLS, OPEN)


def test_deleting_many_says_how_many_go_and_which_of_them_were_not_selected(ann_edits):
    skills = [{"actionType": "st.retrievePersonSkills"}] * 4
    editor = ann_edits([{**PEOPLE[0], "then": skills}, {**PEOPLE[1], "then": skills}])
    page = editor.page
    dialog = page.locator("#confirm")
    editor.select("Open person page")
    editor.card("Open person page", 1).locator(".node-name").click(modifiers=["ControlOrMeta"])
    page.keyboard.press("Delete")
    expect(dialog).to_contain_text("Delete 10 actions?")
    expect(dialog).to_contain_text("8 actions below what is selected go too.")
    dialog.get_by_role("button", name="Cancel").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    expect(dialog).to_contain_text("Delete 10 actions?")
    expect(dialog).not_to_contain_text("go too")
    dialog.get_by_role("button", name="Delete 10 actions").click()
    editor.expect_outline()
    expect(page.locator(".toast")).to_contain_text("Deleted 10 actions.")


def test_ranges_and_acts_on_them_by_keyboard(ann_edits):
    editor = ann_edits(PEOPLE)
    page = editor.page
    page.locator("#tree [tabindex='0']").focus()
    for key in ("ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowUp"):
        page.keyboard.press(key)
    assert chosen(editor) == ["Check connection status", "Send connection request"]

    page.keyboard.press("x")
    expect(editor.page.locator("#tree .node--off")).to_have_count(2)
    editor.expect_saved()
    assert editor.wire()[0]["then"] == [{"actionType": "st.retrievePersonSkills"}]
    page.keyboard.press("x")
    expect(editor.page.locator("#tree .node--off")).to_have_count(0)
    page.keyboard.press("Alt+ArrowDown")
    editor.expect_outline(OPEN, SKILLS, CHECK, SEND, OPEN)
    assert chosen(editor) == ["Check connection status", "Send connection request"]
    page.keyboard.press("Delete")
    editor.expect_outline(OPEN, SKILLS, OPEN)
    expect(page.locator("#tree [role=treeitem]:focus")).to_have_count(1)
    page.keyboard.press("Control+z")
    editor.expect_outline(OPEN, SKILLS, CHECK, SEND, OPEN)

    page.keyboard.press("Control+a")
    assert len(chosen(editor)) == 5
    page.keyboard.press("Escape")
    assert len(chosen(editor)) == 1
