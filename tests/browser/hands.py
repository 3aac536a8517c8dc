"""Three ways to build a workflow in the editor: by mouse with dragging, by keys alone, by touch."""

from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.editor_page import EditorPage

Point = tuple[float, float]
TOP, MIDDLE, BOTTOM = 0.1, 0.5, 0.9  # where on the height of a card


def next_frame(editor: EditorPage) -> None:
    """What a move of the pointer does is done in the next frame."""
    editor.page.evaluate("() => new Promise(done => requestAnimationFrame(() => done()))")


def at(box: Any, across: float, down: float) -> Point:
    """A point of a box, in parts of its size."""
    return box["x"] + box["width"] * across, box["y"] + box["height"] * down


class Mouse:
    """Takes something and holds it somewhere, until it lets go."""

    def __init__(self, editor: EditorPage) -> None:
        self.editor, self.page = editor, editor.page

    def take(self, what: Locator) -> "Mouse":
        what.scroll_into_view_if_needed()
        self.page.mouse.move(*at(what.bounding_box(), 0.4, MIDDLE))
        self.page.mouse.down()
        return self

    def hold(self, over: Locator, down: float = MIDDLE) -> "Mouse":
        self.page.mouse.move(*at(over.bounding_box(), 0.3, down), steps=3)
        expect(self.page.locator("main")).to_have_attribute("data-placing", "drag")
        next_frame(self.editor)
        return self

    def drop(self) -> None:
        self.page.mouse.up()


class Finger:
    """The same on a touch screen, as the browser itself would report it."""

    def __init__(self, editor: EditorPage) -> None:
        self.editor = editor
        self.session = editor.page.context.new_cdp_session(editor.page)
        self.point: Point = (0, 0)

    def send(self, kind: str, *points: Point) -> None:
        touches = [{"x": x, "y": y} for x, y in points]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def take(self, what: Locator) -> "Finger":
        what.scroll_into_view_if_needed()
        self.point = at(what.bounding_box(), 0.5, MIDDLE)
        self.send("touchStart", self.point)
        return self

    def hold(self, over: Locator, down: float = MIDDLE) -> "Finger":
        (x, y), (to_x, to_y) = self.point, at(over.bounding_box(), 0.5, down)
        for part in (0.3, 0.7, 1):
            self.send("touchMove", (x + (to_x - x) * part, y + (to_y - y) * part))
        self.point = (to_x, to_y)
        next_frame(self.editor)
        return self

    def drop(self) -> None:
        self.send("touchEnd")
