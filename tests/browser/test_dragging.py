"""Ann drags: new actions from the palette and cards, with mouse and finger. Only what is legal is taken."""

from playwright.sync_api import Locator, expect

from tests.browser.editor_page import EditorPage
from tests.browser.hands import BOTTOM, TOP, Finger, Mouse
from tests.browser.test_building import PERSON, VISIT
from tests.browser.test_saving import OFFLINE

POST = "https://www.linkedin.com/feed/update/urn:li:activity:7000000000000000001"
TWO = [
    VISIT,
    {
        "actionType": "st.openPost",
        "postUrl": POST,
        "then": {"actionType": "st.reactToPost", "type": "like"},
    },
]
OPEN, CHECK, SEND, POSTPAGE, REACT = (
    "1 Open person page", "2 Check connection status", "2 Send connection request",
    "1 Open post", "2 React to post",
)  # fmt: skip


def mark(editor: EditorPage) -> Locator:
    return editor.page.locator(".drop-mark")


def palette(editor: EditorPage, name: str) -> Locator:
    return editor.page.locator("#palette-list").get_by_role("button", name=name, exact=True)


def test_from_the_palette_into_the_place_that_is_shown(ann_edits):
    editor = ann_edits(TWO)
    editor.select("Check connection status")
    mouse = Mouse(editor).take(palette(editor, "Retrieve skills"))
    mouse.hold(editor.card("Send connection request"), TOP)
    expect(mark(editor)).to_have_text("Drop here: Retrieve skills")
    expect(editor.node("Open person page")).to_have_attribute("data-drop", "legal")
    assert editor.page.locator("#tree [data-drop=legal]").count() == 1
    mouse.drop()
    editor.expect_outline(OPEN, CHECK, "2 Retrieve skills", SEND, POSTPAGE, REACT)
    expect(editor.node("Retrieve skills")).to_be_focused()
    assert editor.page.locator("[data-drop], [data-carried], .drag-ghost").count() == 0


def test_cards_to_other_places_and_back(ann_edits):
    editor = ann_edits(TWO)
    for name, over, height, outline in [
        ("Send connection request", "Check connection status", TOP, (OPEN, SEND, CHECK, POSTPAGE, REACT)),
        ("Check connection status", "Send connection request", BOTTOM, (OPEN, SEND, CHECK, POSTPAGE, REACT)),
        ("Check connection status", "Open post", TOP, (OPEN, SEND, "1 Check connection status", POSTPAGE, REACT)),
        ("Open post", "Open person page", TOP, (POSTPAGE, REACT, OPEN, CHECK, SEND)),
        ("React to post", "Open person page", TOP, ("1 React to post", OPEN, CHECK, SEND, POSTPAGE)),
    ]:  # fmt: skip
        Mouse(editor).take(editor.card(name)).hold(editor.card(over), height).drop()
        editor.expect_outline(*outline)
        expect(editor.node(name)).to_be_focused()
        editor.page.keyboard.press("Control+z")
        editor.expect_outline(OPEN, CHECK, SEND, POSTPAGE, REACT)


def test_an_illegal_place_says_why_and_takes_nothing(ann_edits):
    why = "Retrieve education does not fit under Open post."
    editor = ann_edits([{"actionType": "st.openPost", "postUrl": POST}, VISIT])
    page = editor.page
    editor.select("Check connection status")
    mouse = Mouse(editor).take(palette(editor, "Retrieve education"))
    mouse.hold(editor.card("Open post"))
    expect(page.locator(".drag-ghost")).to_contain_text(why)
    expect(mark(editor)).to_be_hidden()
    mouse.drop()
    expect(page.locator("#refusal")).to_contain_text("Open person page")
    assert editor.outline() == [POSTPAGE, OPEN, CHECK, SEND]


def test_an_illegal_place_says_so_without_a_connection_too(ann_edits, complaints):
    complaints.excuse(OFFLINE)
    editor = ann_edits([{"actionType": "st.openPost", "postUrl": POST}, VISIT])
    editor.select("Check connection status")
    mouse = Mouse(editor).take(palette(editor, "Retrieve education"))
    editor.page.context.set_offline(True)
    mouse.hold(editor.card("Open post")).drop()
    expect(editor.page.locator(".toast")).to_contain_text("It does not fit there.")
    assert editor.outline() == [POSTPAGE, OPEN, CHECK, SEND]


def test_letting_go_after_escape_is_no_click(ann_edits):
    editor = ann_edits(TWO)
    editor.select("Check connection status")
    mouse = Mouse(editor).take(palette(editor, "Retrieve skills"))
    mouse.hold(editor.card("Send connection request"), TOP)
    editor.page.keyboard.press("Escape")
    mouse.drop()
    assert editor.selected() == "Check connection status"
    editor.select("Send connection request")


def test_several_move_together_and_nothing_moves_into_itself(ann_edits):
    editor = ann_edits(
        [*TWO, {"actionType": "st.openPersonPage", "label": "second", "personUrl": PERSON}]
    )
    editor.card("Check connection status").locator(".node-name").click()
    editor.card("Send connection request").locator(".node-name").click(modifiers=["Shift"])
    mouse = Mouse(editor).take(editor.card("Send connection request"))
    mouse.hold(editor.card("Open person page", 1))
    expect(mark(editor)).to_have_text("Drop here: 2 actions")
    mouse.drop()
    editor.expect_outline(OPEN, POSTPAGE, REACT, OPEN, CHECK, SEND)
    Mouse(editor).take(editor.card("Open person page", 1)).hold(
        editor.card("Send connection request")
    ).drop()
    editor.expect_saved()
    assert editor.outline() == [OPEN, POSTPAGE, REACT, OPEN, CHECK, SEND]


def test_a_folded_card_opens_under_a_pointer_that_stays(ann_edits):
    editor = ann_edits(TWO)
    editor.card("Open person page").get_by_role("button", name="Fold").click()
    editor.expect_saved()
    mouse = Mouse(editor).take(editor.card("React to post"))
    mouse.hold(editor.card("Open person page"))
    expect(editor.card("Check connection status")).to_be_visible()
    editor.page.keyboard.press("Escape")
    expect(editor.card("Check connection status")).to_be_hidden()
    mouse.drop()
    assert editor.outline() == [OPEN, CHECK, SEND, POSTPAGE, REACT]


def test_a_finger_drags_by_the_icon_or_after_a_rest_and_else_scrolls(ann_edits):
    editor = ann_edits(TWO, size="phone")
    finger = Finger(editor)
    finger.take(editor.card("Send connection request").locator(".tile"))
    finger.hold(editor.card("Check connection status"), TOP)
    expect(mark(editor)).to_have_text("Drop here: Send connection request")
    finger.drop()
    editor.expect_outline(OPEN, SEND, CHECK, POSTPAGE, REACT)

    finger.take(editor.card("Check connection status").locator(".node-name"))
    expect(editor.page.locator("main")).to_have_attribute("data-placing", "drag")
    finger.hold(editor.card("Send connection request"), TOP).drop()
    editor.expect_outline(OPEN, CHECK, SEND, POSTPAGE, REACT)

    # For this finger no time passes: it cannot have rested.
    editor.page.evaluate("() => { window.setTimeout = () => 1; }")
    finger.take(editor.card("Send connection request").locator(".node-name"))
    finger.send("touchMove", (finger.point[0], finger.point[1] - 60))
    finger.drop()
    expect(editor.page.locator("main")).not_to_have_attribute("data-placing", "drag")
    assert editor.outline() == [OPEN, CHECK, SEND, POSTPAGE, REACT]
