"""The three views of a workflow, and the map: zoom, fit, pan, the small picture."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from editor import catalog
from editor.workflows import services
from editor.workflows.grow import grow
from tests.browser.editor_page import EditorPage
from tests.browser.test_accessible import violations

CHAIN: dict[str, Any] = {
    "actionType": "st.openPersonPage",
    "personUrl": "https://www.linkedin.com/in/example",
    "then": [
        {"actionType": "st.retrievePersonExperience"},
        {"actionType": "st.sendMessage", "text": "Hello"},
    ],
}


def view(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).click()
    expect(page.get_by_role("radio", name=name)).to_be_checked()
    if (
        name == "Map"
    ):  # its script comes after what the first moment needs, and makes the room around the tree
        expect(page.locator(".canvas__inner")).to_have_attribute("style", re.compile("scale"))


def box(what: Locator) -> Any:
    """Where it is on the screen: x, y, width, height."""
    found = what.bounding_box()
    assert found
    return found


def zoom(page: Page) -> int:
    return int(page.locator("#zoom-level").inner_text().split()[0])


def grown(ann: Any, page: Page, size: int) -> EditorPage:
    tree = grow(size, catalog.default())
    made = services.import_tree(ann.team, actor=ann.user, name=f"{size} actions", tree=tree)
    editor = EditorPage(page, made)
    editor.open()
    return editor


def test_who_is_faster_than_the_map_loses_no_key(ann_edits):
    editor = ann_edits(CHAIN)
    page = editor.page
    held: list[Route] = []
    page.route("**/editor/map*", lambda route: held.append(route))
    with page.expect_request("**/editor/map*"):
        editor.reload()
    page.keyboard.press("2")
    page.keyboard.press("+")
    expect(page.locator("main")).to_have_attribute("data-view", "map")
    for route in held:
        route.continue_()
    expect(page.locator("#zoom-level")).to_have_text("125 %")


def test_the_views_show_one_tree_and_keep_what_is_selected(ann_edits):
    editor = ann_edits(CHAIN)
    page = editor.page
    editor.select("Send message")
    page.keyboard.press("2")

    parent, child = box(editor.card("Open person page")), box(editor.card("Retrieve experience"))
    assert child["x"] > parent["x"] + parent["width"]
    assert child["y"] == parent["y"]
    assert editor.selected() == "Send message"
    assert violations(page) == []

    view(page, "JSON")
    expect(page.locator("#canvas")).to_be_hidden()
    page.keyboard.press("Delete")  # there is nothing to be seen that could be deleted
    editor.expect_saved()

    view(page, "Outline")
    expect(editor.node("Send message")).to_have_attribute("aria-selected", "true")
    assert len(editor.outline()) == 3


def test_a_page_opens_in_the_view_that_was_used_last(ann_edits):
    editor = ann_edits(CHAIN)
    view(editor.page, "Map")
    editor.reload()
    expect(editor.page.get_by_role("radio", name="Map")).to_be_checked()
    assert box(editor.card("Send message"))["x"] > box(editor.card("Open person page"))["x"] + 200


def test_arrows_in_the_map_go_where_they_point(ann_edits):
    editor = ann_edits(CHAIN)
    page = editor.page
    view(page, "Map")
    editor.select("Open person page")
    for key, there in [
        ("ArrowRight", "Retrieve experience"),
        ("ArrowDown", "Send message"),
        ("ArrowLeft", "Open person page"),
    ]:
        page.keyboard.press(key)
        assert editor.selected() == there
    expect(editor.node("Open person page")).to_have_attribute("aria-expanded", "true")


def test_what_can_be_done_in_the_outline_can_be_done_in_the_map(ann_edits):
    editor = ann_edits(CHAIN)
    view(editor.page, "Map")
    editor.page.keyboard.press("-")
    editor.add_under("Open person page", "Retrieve skills")
    editor.expect_outline(
        "1 Open person page", "2 Retrieve experience", "2 Send message", "2 Retrieve skills"
    )
    assert box(editor.card("Retrieve skills"))["y"] > box(editor.card("Send message"))["y"]


def test_chips_on_a_card_of_the_map_are_whole_or_not_there(ann_edits):
    search = {
        "actionType": "st.searchPeople",
        "term": "founder",
        "limit": 10,
        "filter": {"locations": ["Lisbon"]},
    }
    editor = ann_edits(search)
    view(editor.page, "Map")
    chips = editor.card("Search people").locator(".chips")
    cut = chips.evaluate(
        """chips => [...chips.children]
            .filter(chip => chip.getBoundingClientRect().top < chips.getBoundingClientRect().bottom)
            .filter(chip => chip.scrollWidth > chip.clientWidth + 1)
            .map(chip => chip.innerText)"""
    )
    assert cut == []
    expect(chips.get_by_text("Search words")).to_be_visible()


def test_zoom_keeps_the_place_under_the_pointer(ann, browse):
    editor = grown(ann, browse(ann), 60)
    page = editor.page
    view(page, "Map")
    card = page.locator(".node-card").nth(1)
    before = box(card)
    page.mouse.move(before["x"] + 10, before["y"] + 10)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -120)
    page.keyboard.up("Control")
    page.wait_for_function(
        "() => !document.getElementById('zoom-level').textContent.startsWith('100')"
    )

    after = box(card)
    assert zoom(page) > 110
    assert abs(after["x"] + 10 * after["width"] / before["width"] - before["x"] - 10) < 2
    assert abs(after["y"] + 10 * after["width"] / before["width"] - before["y"] - 10) < 2


def test_everything_fits_then_real_size_again(ann, browse):
    editor = grown(ann, browse(ann), 60)
    page = editor.page
    view(page, "Map")
    level = page.locator("#zoom-level")
    page.get_by_role("button", name="Show everything").click()
    expect(level).not_to_have_text("100 %")
    canvas = box(page.locator("#canvas"))
    tree = box(page.locator("#tree"))
    for at, size in (("x", "width"), ("y", "height")):
        assert canvas[at] < tree[at]
        assert tree[at] + tree[size] < canvas[at] + canvas[size]

    page.keyboard.press("0")
    expect(level).to_have_text("100 %")
    page.keyboard.press("Shift+Digit1")
    expect(level).not_to_have_text("100 %")
    assert zoom(page) < 100


def test_the_map_is_moved_by_its_ground_and_by_the_small_picture(ann, browse):
    editor = grown(ann, browse(ann), 60)
    page = editor.page
    view(page, "Map")
    page.keyboard.press("0")
    first = page.locator(".node-card").first
    start = box(first)
    x, y = start["x"] + 40, start["y"] + start["height"] + 60  # below the first card is nothing
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 50, steps=4)
    page.mouse.up()
    moved = box(first)
    assert (round(moved["x"] - start["x"]), round(moved["y"] - start["y"])) == (60, 50)

    picture = box(page.locator("#minimap"))
    page.mouse.click(picture["x"] + 8, picture["y"] + picture["height"] - 8)
    expect(first).not_to_be_in_viewport()


def test_the_map_on_a_phone(ann_edits):
    editor = ann_edits(CHAIN, size="phone")
    view(editor.page, "Map")
    expect(editor.page.locator("#minimap")).to_be_hidden()
    expect(editor.page.get_by_role("button", name="Zoom in")).to_be_visible()
    assert violations(editor.page) == []
