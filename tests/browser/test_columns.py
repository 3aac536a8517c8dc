"""Which columns the results table has: chosen in the editor, undone and brought again, by two people at once."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.editor_page import EditorPage
from tests.browser.test_accessible import violations

PEOPLE = {
    "actionType": "st.searchPeople",
    "term": "cook",
    "then": {
        "actionType": "st.doForPeople",
        "then": {"actionType": "st.openPersonPage", "basicInfo": True},
    },
}


@pytest.fixture
def both(ann_edits, bob, browse) -> tuple[EditorPage, EditorPage]:
    """Ann's editor and Bob's, both with the Results tab of one workflow open."""
    anns = ann_edits(PEOPLE)
    bobs = EditorPage(browse(bob), anns.workflow)
    bobs.open()
    for at in (anns, bobs):
        at.page.get_by_role("tab", name="Results").click()
        expect(names(at).first).to_have_value("Name")
    return anns, bobs


def names(at: EditorPage) -> Locator:
    return at.page.locator(".column__name")


def rename(at: EditorPage, nth: int, name: str) -> None:
    names(at).nth(nth).fill(name)
    names(at).nth(nth).press("Enter")


def leave_the_field(at: EditorPage) -> None:
    """Where Ctrl+Z is about the workflow, not about what is being typed."""
    at.page.get_by_role("tab", name="Results").focus()


def test_a_column_goes_two_steps_when_its_button_is_pressed_twice_at_once(both):
    anns, bobs = both
    first, second, third = (names(anns).nth(each).input_value() for each in range(3))
    down = anns.page.get_by_role("button", name=f"Move {first} down", exact=True)
    down.evaluate("button => { button.click(); button.click(); }")
    for at in both:
        for place, name in enumerate((second, third, first)):
            expect(names(at).nth(place)).to_have_value(name)
    up = anns.page.get_by_role("button", name=f"Move {first} up", exact=True)
    up.click()
    expect(names(bobs).nth(1)).to_have_value(first)
    expect(up).to_be_focused()


def test_choose_name_and_order_then_undo_and_redo_and_the_other_sees_each(both):
    anns, bobs = both
    second = names(anns).nth(1).input_value()
    states = [["Name", second], ["Who", second], [second, "Who"]]

    rename(anns, 0, "Who")
    expect(names(bobs).nth(0)).to_have_value("Who")
    down = anns.page.get_by_role("button", name="Move Who down")
    down.click()
    expect(names(anns).nth(1)).to_have_value("Who")
    expect(down).to_be_focused()
    expect(names(bobs).nth(1)).to_have_value("Who")
    count = names(anns).count()
    anns.page.get_by_role("button", name="Do not show Who").click()
    expect(names(anns)).to_have_count(count - 1)
    expect(names(bobs)).to_have_count(count - 1)
    expect(bobs.page.locator("#announcer")).to_have_text("Ann hid column Who.")

    leave_the_field(anns)
    for first_two in reversed(states):
        anns.page.keyboard.press("Control+z")
        for at in both:
            expect(names(at).nth(0)).to_have_value(first_two[0])
            expect(names(at).nth(1)).to_have_value(first_two[1])
    expect(anns.page.get_by_role("button", name="As at first")).to_have_count(0)
    for first_two in states[1:]:
        anns.page.keyboard.press("Control+y")
        expect(names(bobs).nth(0)).to_have_value(first_two[0])
        expect(names(bobs).nth(1)).to_have_value(first_two[1])
    anns.expect_saved()
    assert violations(anns.page) == []


def test_two_names_for_one_column_are_both_shown_and_one_is_chosen(both, complaints):
    complaints.excuse("status of 409")
    complaints.excuse("ERR_INTERNET_DISCONNECTED")  # of what Bob types, when Ann's takes its time
    anns, bobs = both
    names(bobs).nth(0).click()
    bobs.page.context.set_offline(True)
    bobs.page.keyboard.type(" of Bob")
    rename(anns, 0, "Name of Ann")
    anns.expect_saved()
    bobs.page.context.set_offline(False)

    clash = bobs.page.locator("[data-conflict]")
    expect(clash).to_contain_text("Ann changed this meanwhile.")
    expect(clash.locator(".conflict__theirs")).to_have_text("Name of Ann")
    expect(names(bobs).nth(0)).to_have_value("Name of Bob")
    assert violations(bobs.page) == []
    clash.get_by_role("button", name="Keep mine").click()
    expect(names(anns).nth(0)).to_have_value("Name of Bob")
    expect(clash).to_have_count(0)


def test_what_was_chosen_without_a_connection_is_saved_when_there_is_one(both, complaints):
    complaints.excuse("ERR_INTERNET_DISCONNECTED")
    anns, _ = both
    second = names(anns).nth(1).input_value()
    anns.page.context.set_offline(True)
    anns.page.get_by_role("button", name="Do not show Name", exact=True).click()
    expect(anns.page.locator("body")).to_have_attribute("data-save-state", "failed")
    anns.page.context.set_offline(False)
    anns.expect_saved()
    for at in both:
        expect(names(at).nth(0)).to_have_value(second)
