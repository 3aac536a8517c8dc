"""Find in the tree, and go from problem to problem."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.editor_page import EditorPage
from tests.browser.test_accessible import violations

SEARCH: dict[str, Any] = {
    "actionType": "st.searchPeople",
    "limit": 3,
    "then": [
        {
            "actionType": "st.doForPeople",
            "then": [
                {
                    "actionType": "st.openPersonPage",
                    "then": [
                        {"actionType": "st.sendMessage", "text": "Good morning from the harbour"},
                        {"actionType": "st.retrievePersonSkills"},
                        {"actionType": "st.sendMessage", "text": "Good night"},
                    ],
                }
            ],
        }
    ],
}


def expect_count(editor: EditorPage, words: str) -> None:
    expect(editor.page.locator(".find__count")).to_have_text(words)


def test_words_in_folded_actions_are_found_and_walked_through(ann_edits):
    editor = ann_edits(SEARCH)
    page = editor.page
    editor.select("Search people")
    page.keyboard.press("[")
    expect(editor.card("Send message")).to_be_hidden()

    page.keyboard.press("f")
    page.keyboard.type("good")
    expect_count(editor, "1 of 2")
    expect(editor.node("Send message")).to_have_attribute("aria-selected", "true")
    expect(editor.card("Send message")).to_be_in_viewport()
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect_count(editor, "2 of 2")
    page.keyboard.press("F3")
    expect_count(editor, "1 of 2")
    page.keyboard.press("Shift+Enter")
    expect_count(editor, "2 of 2")
    expect(page.locator("#find")).to_contain_text("Text: Good night")

    page.keyboard.press("Escape")
    expect(page.locator("#find")).to_be_hidden()
    expect(editor.node("Send message", 1)).to_be_focused()
    expect(page.locator(".node--found")).to_have_count(0)


def test_matches_follow_the_tree(ann_edits):
    editor = ann_edits(SEARCH)
    page = editor.page
    page.get_by_role("button", name="Find in this workflow").click()
    page.keyboard.type("nothing like it")
    expect_count(editor, "Nothing found")
    page.get_by_role("searchbox", name="Find in this workflow").fill("send message")
    expect_count(editor, "1 of 2")
    editor.add_under("Open person page", "Send message")
    expect_count(editor, "1 of 3")


def test_from_problem_to_problem(ann_edits):
    wire = [
        {"actionType": "st.openPersonPage"},
        SEARCH,
        {"actionType": "st.sendMessage", "personUrl": "https://www.linkedin.com/in/x"},
    ]
    editor = ann_edits(wire)
    page = editor.page
    for key, there in [
        ("F8", "Open person page"),
        ("F8", "Send message"),
        ("F8", "Open person page"),
        ("Shift+F8", "Send message"),
    ]:
        page.keyboard.press(key)
        expect(page.locator("#tree [aria-selected=true] > .node-card .node-name")).to_have_text(
            there
        )
    expect(editor.field("Text").locator("textarea")).to_be_focused()
