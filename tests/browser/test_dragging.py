"""Ann drags: new actions from the palette and cards, with mouse and finger. Only what is legal is taken."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.editor_page import EditorPage
from tests.browser.test_building import PERSON, VISIT

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
TOP, MIDDLE, BOTTOM = 0.1, 0.5, 0.9  # where on a card's height


class Mouse:
    """Takes something and holds it somewhere, until it lets go."""

    def __init__(self, editor: EditorPage) -> None:
        self.page = editor.page

    def take(self, what: Locator) -> "Mouse":
        what.scroll_into_view_if_needed()
        box = what.bounding_box()
        self.page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] / 2)
        self.page.mouse.down()
        return self

    def hold(self, over: Locator, height: float = MIDDLE) -> "Mouse":
        box = over.bounding_box()
        self.page.mouse.move(box["x"] + 180, box["y"] + box["height"] * height, steps=3)
        expect(self.page.locator("main")).to_have_attribute("data-placing", "drag")
        return self

    def drop(self) -> None:
        self.page.evaluate("() => new Promise(requestAnimationFrame)")
        self.page.mouse.up()


class Finger(Mouse):
    """The same by touch, as the browser itself would report it."""

    def __init__(self, editor: EditorPage) -> None:
        super().__init__(editor)
        self.session = editor.page.context.new_cdp_session(editor.page)

    def send(self, kind: str, *points: tuple[float, float]) -> None:
        self.session.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )

    def take(self, what: Locator) -> "Finger":
        box = what.bounding_box()
        self.at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.send("touchStart", self.at)
        return self

    def hold(self, over: Locator, height: float = MIDDLE) -> "Finger":
        box = over.bounding_box()
        end = (box["x"] + 120, box["y"] + box["height"] * height)
        for part in (0.2, 0.6, 1):
            self.send(
                "touchMove", tuple(a + (b - a) * part for a, b in zip(self.at, end, strict=True))
            )
        self.at = end
        return self

    def drop(self) -> None:
        self.page.evaluate("() => new Promise(requestAnimationFrame)")
        self.send("touchEnd")


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


@pytest.mark.parametrize(
    ("name", "over", "height", "outline"),
    [
        ("Send connection request", "Check connection status", TOP, (OPEN, SEND, CHECK, POSTPAGE, REACT)),
        ("Check connection status", "Send connection request", BOTTOM, (OPEN, SEND, CHECK, POSTPAGE, REACT)),
        ("Check connection status", "Open post", TOP, (OPEN, SEND, "1 Check connection status", POSTPAGE, REACT)),
        ("Open post", "Open person page", TOP, (POSTPAGE, REACT, OPEN, CHECK, SEND)),
        ("React to post", "Open person page", TOP, ("1 React to post", OPEN, CHECK, SEND, POSTPAGE)),
    ],
)  # fmt: skip
def test_a_card_to_another_place_and_back(ann_edits, name, over, height, outline):
    editor = ann_edits(TWO)
    Mouse(editor).take(editor.card(name)).hold(editor.card(over), height).drop()
    editor.expect_outline(*outline)
    expect(editor.node(name)).to_be_focused()
    editor.page.keyboard.press("Control+z")
    editor.expect_outline(OPEN, CHECK, SEND, POSTPAGE, REACT)


def test_an_illegal_place_says_why_and_takes_nothing(ann_edits):
    editor = ann_edits([TWO[0] | {"label": "Ines"}])
    page = editor.page
    editor.select("Check connection status")
    mouse = Mouse(editor).take(palette(editor, "Retrieve skills"))
    mouse.hold(editor.card("Open person page"), TOP)
    expect(mark(editor)).to_contain_text("Retrieve skills")  # under it is the only place there
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator("main")).not_to_have_attribute("data-placing", "drag")

    why = "Retrieve education does not fit under Open post."
    editor = ann_edits([{"actionType": "st.openPost", "postUrl": POST}, VISIT])
    page = editor.page
    editor.select("Check connection status")
    mouse = Mouse(editor).take(palette(editor, "Retrieve education"))
    mouse.hold(editor.card("Open post"))
    expect(page.locator(".drag-ghost")).to_contain_text(why)
    expect(mark(editor)).to_be_hidden()
    mouse.drop()
    expect(page.locator(".toast")).to_contain_text("It fits under Open person page")
    assert editor.outline() == [POSTPAGE, OPEN, CHECK, SEND]


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

    finger.take(editor.card("Send connection request").locator(".node-name"))
    finger.hold(editor.card("Check connection status"), TOP)
    expect(editor.page.locator("main")).not_to_have_attribute("data-placing", "drag")
    finger.drop()
    editor.expect_saved()
    assert editor.outline() == [OPEN, CHECK, SEND, POSTPAGE, REACT]
