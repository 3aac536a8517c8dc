"""Builds any workflow in the editor from its wire form: with the mouse, with keys alone, or with a finger.

A builder adds one action after the other in document order and fills in its settings, only by what its means can do.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.editor_page import EditorPage
from tests.browser.hands import MIDDLE, TOP, Finger, Mouse

RESERVED = ("actionType", "label", "then")


@dataclass
class Wanted:
    """One action of the recipe; `index` counts in document order."""

    index: int
    wire: dict[str, Any]
    parent: "Wanted | None" = None
    children: "list[Wanted]" = field(default_factory=list)

    @property
    def type(self) -> str:
        return self.wire["actionType"]

    @property
    def label(self) -> str | None:
        return self.wire.get("label")

    def settings(self) -> Iterator[tuple[str, Any]]:
        """(JSON Pointer below the parameters, value); objects field by field."""
        yield from _flat("", {k: v for k, v in self.wire.items() if k not in RESERVED})


def _flat(pointer: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{pointer}/{key}", inner)
    else:
        yield pointer, value


def wanted(wire: Any) -> list[Wanted]:
    """The actions of a wire form in document order."""
    found: list[Wanted] = []

    def walk(action: dict[str, Any], parent: Wanted | None) -> None:
        one = Wanted(len(found), action, parent)
        found.append(one)
        if parent:
            parent.children.append(one)
        for child in _listed(action.get("then", [])):
            walk(child, one)

    for action in _listed(wire):
        walk(action, None)
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class Builder:
    """What all three share."""

    def __init__(self, editor: EditorPage) -> None:
        self.editor, self.page = editor, editor.page

    def build(self, wire: Any) -> None:
        for action in wanted(wire):
            self.add(action)
            expect(self.page.locator("#tree [role=treeitem]")).to_have_count(action.index + 1)
            self.settle(action)
        self.editor.expect_saved()

    def settle(self, action: Wanted) -> None:
        """Fill in the form of an action that was just added."""
        settings = list(action.settings())
        if action.label is None and not settings:
            return
        self.open_form(action)
        for pointer, value in settings:
            self.fill(self.page.locator(f'#inspector-form [data-field="{pointer}"]'), value)
        if action.label is not None:
            self.fill(self.page.locator("#inspector-form [data-verb=label]"), action.label)
        self.close_form(action)

    def node(self, action: Wanted) -> Locator:
        return self.page.locator("#tree [role=treeitem]").nth(action.index)

    def card(self, action: Wanted) -> Locator:
        return self.node(action).locator("> .node-card")

    def wait_for_form(self, action: Wanted) -> None:
        """The form that is shown belongs to the action."""
        node = self.node(action)
        expect(node).to_have_attribute("aria-selected", "true")
        expect(self.page.locator("[data-inspected]")).to_have_attribute(
            "data-inspected", node.get_attribute("data-node-id") or ""
        )

    def fill(self, field: Locator, value: Any) -> None:
        match field.get_attribute("data-kind"):
            case "boolean":
                self.choose_radio(field, "true" if value else "false")
            case "choices":
                for one in value:
                    self.tick(field.locator(f'input[value="{one}"]'))
            case "choice":
                self.choose_option(field.locator("select"), value)
            case "texts":
                for one in value:
                    self.write(field.locator(".list-field > input[type=text]"), one)
            case _:
                self.write(field.locator("[data-value]"), str(value))
        self.editor.expect_saved()

    def add(self, action: Wanted) -> None: ...
    def open_form(self, action: Wanted) -> None: ...
    def close_form(self, action: Wanted) -> None: ...
    def write(self, control: Locator, text: str) -> None: ...
    def choose_radio(self, field: Locator, value: str) -> None: ...
    def tick(self, box: Locator) -> None: ...
    def choose_option(self, select: Locator, value: str) -> None: ...


class Pointing(Builder):
    """What mouse and finger do alike; `press` is a click or a tap."""

    def press(self, what: Locator) -> None: ...

    def write(self, control: Locator, text: str) -> None:
        self.press(control)
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press(
            "Enter" if control.evaluate("e => e.matches('.list-field > *')") else "Tab"
        )

    def choose_radio(self, field: Locator, value: str) -> None:
        radio = self.page.locator(f'input[value="{value}"]')
        self.press_until_checked(field.locator("label", has=radio), field.locator(radio))

    def tick(self, box: Locator) -> None:
        self.press_until_checked(box.locator("xpath=.."), box)

    def press_until_checked(self, label: Locator, control: Locator) -> None:
        """What was written before is saved meanwhile, and what was said of it goes: the label may move away under the
        pointer. Whoever sees that nothing happened presses again."""
        self.press(label)
        if not control.is_checked():
            self.press(label)
        expect(control).to_be_checked()

    def choose_option(self, select: Locator, value: str) -> None:
        select.select_option(value)  # the system draws the list; no script can point into it


class ByMouse(Pointing):
    """Drags every action out of the palette."""

    def press(self, what: Locator) -> None:
        what.click()

    def add(self, action: Wanted) -> None:
        if action.index == 0:
            self.drag(action, self.page.locator("#canvas"))
        elif action.parent is None:
            self.page.locator("#canvas").click(position={"x": 4, "y": 4})  # nothing is selected
            self.drag(action, self.page.locator("#tree > [role=treeitem] > .node-card").last, 1.4)
        else:
            if action.parent.index != action.index - 1:
                self.card(action.parent).locator(".node-name").click()
            self.drag(action, self.card(action.parent))

    def drag(self, action: Wanted, onto: Locator, down: float = MIDDLE) -> None:
        Mouse(self.editor).take(self.choice(action)).hold(onto, down).drop()

    def choice(self, action: Wanted) -> Locator:
        return self.page.locator(f'#palette-list [data-choice="{action.type}"]')

    def open_form(self, action: Wanted) -> None:
        self.wait_for_form(action)


class ByKeys(Builder):
    """Never touches the mouse."""

    def add(self, action: Wanted) -> None:
        keys = self.page.keyboard
        if action.index == 0:
            keys.press("/")
        elif action.parent and action is action.parent.children[0]:
            keys.press("a")
        else:
            before = self.sibling_before(action)
            for _ in range(action.index - 1 - before.index):
                keys.press("ArrowUp")
            keys.press("s")
        keys.insert_text(action.type)
        keys.press("Enter")
        if action.index == 0:
            expect(self.page.locator("#tree [role=treeitem]")).to_have_count(1)
            self.tab_to(self.page.locator("#tree [role=treeitem]"))

    def sibling_before(self, action: Wanted) -> Wanted:
        siblings = action.parent.children if action.parent else self.roots
        return siblings[siblings.index(action) - 1]

    def build(self, wire: Any) -> None:
        self.roots = [action for action in wanted(wire) if action.parent is None]
        super().build(wire)

    def tab_to(self, what: Locator) -> None:
        for _ in range(120):
            if what.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"No way to {what} by Tab.")

    def open_form(self, action: Wanted) -> None:
        self.wait_for_form(action)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#inspector-form :focus")).to_have_count(1)

    def close_form(self, action: Wanted) -> None:
        self.page.keyboard.press("Escape")
        expect(self.node(action)).to_be_focused()

    def write(self, control: Locator, text: str) -> None:
        self.tab_to(control)
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press(
            "Enter" if control.evaluate("e => e.tagName === 'INPUT'") else "Tab"
        )

    def choose_radio(self, field: Locator, value: str) -> None:
        self.tab_to(field.locator("input:checked"))
        values = [each.get_attribute("value") for each in field.locator("input").all()]
        for _ in range(values.index(value)):
            self.page.keyboard.press("ArrowRight")

    def tick(self, box: Locator) -> None:
        self.tab_to(box)
        self.page.keyboard.press("Space")

    def choose_option(self, select: Locator, value: str) -> None:
        self.tab_to(select)
        values = [each.get_attribute("value") for each in select.locator("option").all()]
        for _ in range(values.index(value)):
            self.page.keyboard.press("ArrowDown")


class ByTouch(Pointing):
    """Taps the "+" of cards; adds the last of some siblings in front and drags it to its place with a finger."""

    def press(self, what: Locator) -> None:
        what.tap()

    def add(self, action: Wanted) -> None:
        if action.index == 0:
            self.page.locator("#editor-empty [data-do=add-root]").tap()
        elif action.parent is None:
            self.page.locator("#add-root").tap()
        else:
            self.card(action.parent).locator("[data-do=add]").tap()
        self.page.locator(f'#choice-menu [data-choice="{action.type}"]').tap()

    def open_form(self, action: Wanted) -> None:
        expect(self.node(action)).to_have_attribute("aria-selected", "true")
        self.card(action).locator(".node-name").tap()
        expect(self.page.locator("#inspector")).to_be_in_viewport()
        self.wait_for_form(action)

    def close_form(self, action: Wanted) -> None:
        self.page.locator("#inspector").get_by_role("button", name="Close", exact=True).tap()
        expect(self.page.locator("#inspector")).not_to_be_in_viewport()

    def build(self, wire: Any) -> None:
        """And drag one action in front of its sibling and back again."""
        super().build(wire)
        moved = next(
            (one for one in wanted(wire) if one.parent and len(one.parent.children) > 1), None
        )
        if moved is None:
            return
        finger, second = Finger(self.editor), moved.parent.children[1]
        name = self.card(second).locator(".node-name").inner_text()
        finger.take(self.card(second).locator(".tile")).hold(self.card(moved), TOP).drop()
        expect(self.card(moved).locator(".node-name")).to_have_text(name)
        finger.take(self.card(moved).locator(".tile")).hold(self.card(second), 0.9).drop()
        expect(self.card(second).locator(".node-name")).to_have_text(name)
        self.editor.expect_saved()
