"""Bob writes a workflow as JSON: a code editor in the place of a textarea."""

import pytest
from playwright.sync_api import expect

from tests.browser.code_page import (
    TEXT,
    axe_violations,
    offered,
    put_cursor,
    send,
    textarea_value,
)


def test_without_scripts_the_textarea_stays_and_nothing_is_loaded(show, site):
    page = show(TEXT, script=False, wait=False)
    expect(page.locator("#definition")).to_be_visible()
    page.fill("#definition", "[]")
    page.click("#send")
    page.wait_for_url("**/sent")
    assert site.sent == ["[]"]
    assert not [path for path in site.asked if "codemirror" in path]


def test_the_editor_is_loaded_only_when_its_textarea_is_seen(show, site):
    page = show(TEXT, attributes="hidden", wait=False)
    assert not [path for path in site.asked if "codemirror" in path]
    page.evaluate("document.getElementById('definition').hidden = false")
    page.wait_for_selector(".cm-editor")
    assert [path for path in site.asked if "codemirror" in path]


def test_what_is_typed_stands_in_the_textarea_and_is_sent(show, site):
    page = show("[]")
    page.evaluate(
        """() => {
            window.heard = [];
            for (const type of ["input", "code:change"]) {
                document.addEventListener(type, ({ target }) => window.heard.push([type, target.id, target.value]));
            }
        }"""
    )
    put_cursor(page, "[")
    page.keyboard.type("1")
    assert textarea_value(page) == "[1]"
    assert page.evaluate("window.heard") == [
        ["input", "definition", "[1]"],
        ["code:change", "definition", "[1]"],
    ]
    page.click("#send")
    page.wait_for_url("**/sent")
    assert site.sent == ["[1]"]


def test_ctrl_enter_sends_the_form(show, site):
    page = show("[]")
    put_cursor(page, "[")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/sent")
    assert site.sent == ["[]"]


def test_an_empty_required_field_says_so(show, site):
    page = show("", attributes="required")
    page.click("#send")
    expect(page.locator(".cm-content")).to_be_focused()
    expect(page.locator(".code-editor")).to_contain_text("Please fill out this field.")
    assert site.sent == []


def test_resetting_the_form_brings_the_first_text_back(show):
    page = show("[]")
    put_cursor(page, "[")
    page.keyboard.type("1")
    page.evaluate("document.forms[0].reset()")
    expect(page.locator(".cm-content")).to_have_text("[]")


def test_the_page_shows_another_text_and_the_cursor_stays(show):
    page = show(TEXT)
    put_cursor(page, '"cold')
    other = TEXT.replace("2000", "20")
    page.evaluate(
        """() => {
            window.changes = 0;
            document.addEventListener("code:change", () => { window.changes += 1; });
        }"""
    )
    send(page, "code:text", {"text": other})
    assert textarea_value(page) == other
    assert page.evaluate("window.changes") == 0
    page.keyboard.type("er")
    assert textarea_value(page) == other.replace("cold", "colder")
    page.keyboard.press("Control+z")
    assert textarea_value(page) == other


def test_an_editor_that_left_the_page_is_let_go_and_one_that_came_is_found(show):
    page = show("[1]")
    page.evaluate(
        """() => {
            const field = document.getElementById("definition").parentElement;
            field.outerHTML = '<div class="field"><label for="other">Other</label>'
                + '<textarea id="other" data-code="json">[2]</textarea></div>';
        }"""
    )
    expect(page.locator(".cm-editor")).to_have_count(1)
    expect(page.locator(".cm-content")).to_have_text("[2]")


def test_the_text_typed_before_the_editor_came_is_kept_with_the_cursor(show):
    page = show("[]", attributes="hidden", wait=False)
    page.evaluate(
        """() => {
            const textarea = document.getElementById("definition");
            textarea.hidden = false;
            textarea.focus();
            textarea.value = "[12]";
            textarea.setSelectionRange(2, 2);
        }"""
    )
    page.wait_for_selector(".cm-focused")
    page.keyboard.type("0")
    assert textarea_value(page) == "[102]"


# --- Reaching and leaving it ------------------------------------------------------------------------


def test_the_label_names_the_editor_and_leads_to_it(show):
    page = show(TEXT)
    page.get_by_text("Workflow as JSON").click()
    expect(page.get_by_role("textbox", name="Workflow as JSON")).to_be_focused()
    expect(page.get_by_role("textbox", name="Workflow as JSON")).to_have_accessible_description(
        "Esc, then Tab leaves the editor. Ctrl Space shows what fits here."
    )


def test_tab_indents_and_after_escape_leaves(show):
    page = show("[]")
    page.focus("#before")
    page.keyboard.press("Tab")
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.press("Tab")
    assert textarea_value(page) == "  []"
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.locator("#send")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#before")).to_be_focused()


def test_keys_typed_in_the_editor_are_no_shortcuts_of_the_page(show):
    page = show("[]", attributes="readonly")
    page.evaluate(
        """() => {
            window.keys = [];
            document.addEventListener("keydown", ({ key }) => window.keys.push(key));
        }"""
    )
    page.locator(".cm-content").focus()
    for key in ("a", "?", "Delete", "Escape"):
        page.keyboard.press(key)
    assert page.evaluate("window.keys") == ["Escape"]


def test_a_read_only_text_is_not_changed_but_read_searched_and_left_by_tab(show):
    page = show(TEXT, attributes="readonly")
    content = page.get_by_role("textbox", name="Workflow as JSON")
    expect(content).to_have_attribute("aria-readonly", "true")
    content.focus()
    page.keyboard.type("x")
    assert textarea_value(page) == TEXT
    page.keyboard.press("Control+f")
    page.keyboard.type("basicInfo")
    expect(page.locator(".cm-searchMatch")).to_have_text("basicInfo")
    page.keyboard.press("Escape")
    content.focus()
    page.keyboard.press("Tab")
    expect(page.locator("#send")).to_be_focused()


def test_readonly_is_followed_when_it_changes(show):
    page = show("[]", attributes="readonly")
    page.evaluate("document.getElementById('definition').readOnly = false")
    expect(page.locator(".cm-content")).to_have_attribute("contenteditable", "true")
    put_cursor(page, "[")
    page.keyboard.type("1")
    assert textarea_value(page) == "[1]"


def test_a_disabled_editor_cannot_be_reached(show):
    page = show("[]", attributes="disabled")
    page.focus("#before")
    page.keyboard.press("Tab")
    expect(page.locator("#send")).to_be_focused()


def test_dark_and_light_have_their_own_colours(show):
    def colours(theme: str) -> tuple[str, str]:
        page = show(TEXT, theme=theme)
        text = page.locator(".tok-string").first
        return (
            text.evaluate("(element) => getComputedStyle(element).color"),
            page.locator(".code-editor").evaluate("(el) => getComputedStyle(el).backgroundColor"),
        )

    light, dark = colours("light"), colours("dark")
    assert light == ("rgb(39, 103, 73)", "rgb(255, 255, 255)")
    assert dark == ("rgb(105, 197, 150)", "rgb(26, 28, 31)")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_any_of_its_states(show, theme):
    problem = {"path": "/limit", "severity": "error", "message": "limit is at most 1,000."}
    page = show(TEXT, problems=[problem], theme=theme)
    page.locator(".cm-lint-marker").hover()
    expect(page.locator(".cm-tooltip-lint")).to_be_visible()
    assert axe_violations(page) == []
    put_cursor(page, '"st.open')
    page.keyboard.press("Control+Space")
    offered(page)
    assert axe_violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Control+f")
    expect(page.locator(".cm-search")).to_be_visible()
    assert axe_violations(page) == []
    assert axe_violations(show(TEXT, attributes="readonly", theme=theme)) == []
