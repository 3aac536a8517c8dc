"""The JSON view: the tree as a text that follows it, and a text that becomes the tree."""

import json

import pytest
from playwright.sync_api import Page, expect

from editor.trees.places import Place
from editor.workflows import queries, services
from tests.browser.editor_page import EditorPage
from tests.browser.test_accessible import violations
from tests.browser.test_saving import OFFLINE

PERSON_URL = "https://www.linkedin.com/in/ada"
VISIT = {
    "actionType": "st.openPersonPage",
    "personUrl": PERSON_URL,
    "then": [{"actionType": "st.checkConnectionStatus"}],
}
FOUNDERS = {
    "actionType": "st.searchPeople",
    "term": "founder",
    "limit": 25,
    "then": [
        {"actionType": "st.doForPeople", "then": [{"actionType": "st.openPersonPage"}]},
    ],
}


def show_json(editor: EditorPage) -> None:
    editor.page.locator("[data-do=view-json]").click()
    expect(editor.page.locator("#code .cm-content")).to_contain_text("actionType")


def text(page: Page) -> str:
    return page.locator("#code-text").input_value()


def write(page: Page, old: str, new: str) -> None:
    """Type over the first occurrence of a text."""
    page.locator("#code .cm-content").evaluate(
        """async (content, old) => {
            const files = performance.getEntriesByType("resource");
            const { name } = files.find(({ name }) => name.includes("codemirror.js"));
            const { EditorView } = await import(name);
            const view = EditorView.findFromDOM(content.closest(".cm-editor"));
            const anchor = view.state.doc.toString().indexOf(old);
            view.dispatch({ selection: { anchor, head: anchor + old.length } });
            view.focus();
        }""",
        old,
    )
    page.keyboard.insert_text(new)


def expect_text(page: Page, part: str) -> None:
    page.wait_for_function(
        "part => document.getElementById('code-text').value.includes(part)", arg=part
    )


def test_what_is_written_becomes_the_tree_by_one_edit(ann_edits):
    editor = ann_edits(VISIT)
    page = editor.page
    editor.select("Check connection status")
    show_json(editor)
    assert json.loads(text(page)) == editor.wire() == VISIT

    write(page, "st.checkConnectionStatus", "st.sendConnectionRequest")
    expect(page.locator("#save-state")).to_contain_text("JSON not applied")
    assert editor.save_state() != "saved"
    page.keyboard.press("Control+Enter")
    editor.expect_outline("1 Open person page", "2 Send connection request")
    assert editor.wire()["then"] == [{"actionType": "st.sendConnectionRequest"}]
    expect(page.get_by_role("button", name="Undo")).to_have_attribute(
        "title", "Undo: Edit the JSON"
    )

    page.get_by_role("button", name="Undo").click()
    expect_text(page, "st.checkConnectionStatus")
    editor.expect_saved()


def test_it_follows_the_tree_and_the_selection(ann_edits):
    editor = ann_edits(VISIT)
    page = editor.page
    show_json(editor)
    page.locator(".cm-line", has_text="st.checkConnectionStatus").click()
    expect(page.locator("[data-part=head] h2")).to_have_text("Check connection status")
    editor.field("Label").locator("input").fill("known?")
    expect_text(page, '"label": "known?"')
    editor.expect_saved()


def test_what_is_no_workflow_is_marked_and_nothing_is_lost(ann_edits, complaints):
    complaints.excuse("422")
    editor = ann_edits(VISIT)
    page = editor.page
    show_json(editor)
    write(page, '"then"', "then")
    typed = text(page)
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#code-why")).to_contain_text("no workflow yet")
    expect(page.locator("#code .cm-lint-marker-error")).to_be_visible()

    page.locator("#palette-list [data-choice='st.retrieveSSI']").click()
    expect(page.locator("#code-notice")).to_contain_text("has changed since you began to type")
    page.locator("[data-do=view-outline]").click()
    expect(page.get_by_text("What you typed into the JSON is not applied.")).to_be_visible()
    page.locator("[data-do=view-json]").click()
    assert text(page) == typed
    page.get_by_role("button", name="Discard").click()
    page.locator("#confirm-yes").click()
    editor.expect_saved()
    assert json.loads(text(page)) == editor.wire() == [VISIT, {"actionType": "st.retrieveSSI"}]


def test_problems_stand_at_their_lines_and_can_be_mended(ann_edits):
    editor = ann_edits({**VISIT, "personURL": "x"})
    page = editor.page
    show_json(editor)
    page.locator(".code-editor__count").click()
    mend = page.locator(".code-editor__here button")
    expect(mend).to_be_visible()
    mend.click()
    expect(page.locator(".code-editor__count")).to_be_hidden()
    editor.expect_saved()
    assert "personURL" not in editor.wire()


def test_two_tabs_nobodys_text_is_lost(ann_edits, complaints):
    complaints.excuse("422")
    editor = ann_edits(VISIT)
    page = editor.page
    other = EditorPage(page.context.new_page(), editor.workflow)
    other.open()
    show_json(editor)
    write(page, PERSON_URL, PERSON_URL + "-lovelace")
    other.add_under("Open person page", "Retrieve skills")
    other.expect_outline("1 Open person page", "2 Check connection status", "2 Retrieve skills")

    page.keyboard.press("Control+Enter")
    editor.expect_outline("1 Open person page", "2 Check connection status", "2 Retrieve skills")
    assert editor.wire()["personUrl"] == PERSON_URL + "-lovelace"

    other.reload()
    write(page, "-lovelace", "-mine")
    other.select("Open person page")
    other.field("Person URL").locator("input").fill(PERSON_URL + "-theirs")
    other.expect_saved()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#code-notice")).to_contain_text("/personUrl")
    assert "-mine" in text(page)
    page.get_by_role("button", name="Show theirs").click()
    expect(page.locator("#theirs-text")).to_contain_text("-theirs")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Apply, mine counts").click()
    editor.expect_saved()
    assert editor.wire()["personUrl"] == PERSON_URL + "-mine"


def test_without_a_connection_it_is_said_that_theirs_cannot_be_shown_and_nothing_typed_goes(
    ann_edits, bob, complaints
):
    complaints.excuse(OFFLINE)
    editor = ann_edits(VISIT)
    page = editor.page
    show_json(editor)
    write(page, PERSON_URL, PERSON_URL + "-mine")
    [root] = queries.tree_of(editor.workflow).roots
    services.set_params(editor.workflow, root.id, {"personUrl": "x"}, actor=bob.user)
    complaints.excuse("422")
    page.get_by_role("button", name="Apply").last.click()
    expect(page.locator("#code-notice")).to_contain_text("/personUrl")
    page.context.set_offline(True)

    page.get_by_role("button", name="Show theirs").click()
    expect(page.locator(".toast")).to_contain_text("could not be fetched")
    page.get_by_role("button", name="Drop mine, take theirs").click()
    page.get_by_role("button", name="Drop mine", exact=True).click()
    expect(page.locator(".toast")).to_have_count(2)
    assert "-mine" in text(page)
    expect(page.locator("#save-state")).to_contain_text("JSON not applied")

    page.context.set_offline(False)
    page.get_by_role("button", name="Show theirs").click()
    expect(page.locator("#theirs-text")).to_contain_text('"x"')


def test_those_who_may_only_look_read_and_copy(ann, vic, browse):
    made = EditorPage.of_new_workflow(browse(ann), ann, VISIT)
    editor = EditorPage(browse(vic), made.workflow)
    editor.open()
    show_json(editor)
    expect(editor.page.locator("#code .cm-content")).to_have_attribute("aria-readonly", "true")
    expect(editor.page.get_by_role("button", name="Apply")).to_have_count(0)
    assert json.loads(text(editor.page)) == VISIT


def test_code_to_copy_holds_no_token(ann_edits):
    editor = ann_edits(VISIT)
    page = editor.page
    page.locator(".editor-bar summary").click()
    page.get_by_role("button", name="Copy as cURL").click()
    snippet = page.locator("#snippet")
    expect(snippet).to_contain_text("linked-api-token: $LINKED_API_TOKEN")
    expect(snippet).to_contain_text("https://api.linkedapi.io/workflows")
    page.get_by_text("Python", exact=True).click()
    page.get_by_text("Sandbox here").click()
    expect(snippet).to_contain_text('os.environ["LINKED_API_TOKEN"]')
    expect(snippet).to_contain_text("/sandbox")
    assert violations(page) == []


def test_what_a_run_can_do_is_told_while_building(ann_edits):
    editor = ann_edits(FOUNDERS)
    page = editor.page
    words = page.locator("#effects summary")
    expect(words).to_contain_text("up to 25 profile views · 1 search")
    editor.add_under("Open person page", "Send message")
    expect(words).to_contain_text("up to 25 messages · 25 profile views")
    expect(words).to_contain_text("Send message: up to 25 times")
    editor.select("Search people")
    editor.field("Limit").locator("input").fill("10")
    expect(words).to_contain_text("up to 10 messages")
    words.click()
    expect(page.locator("#effects")).to_contain_text("Other people see this")


@pytest.mark.parametrize(("size", "theme"), [("desktop", "dark"), ("phone", "light")])
def test_the_view_is_accessible(ann_edits, size, theme):
    editor = ann_edits(VISIT, size=size, theme=theme)
    show_json(editor)
    write(editor.page, PERSON_URL, PERSON_URL + "-lovelace")
    expect(editor.page.locator("#code-unapplied")).to_be_visible()
    assert violations(editor.page) == []


def test_what_was_typed_and_not_applied_outlives_a_reload(ann_edits):
    editor = ann_edits(VISIT)
    page = editor.page
    page.on("dialog", lambda dialog: dialog.accept())  # leaving warns all the same
    show_json(editor)
    write(page, PERSON_URL, PERSON_URL + "-mine")
    typed = text(page)

    editor.reload()
    expect(page.locator("#save-state")).to_contain_text("JSON not applied")
    page.get_by_role("button", name="Show it").click()
    expect_text(page, "-mine")
    assert text(page) == typed
    expect(page.locator("#code-notice")).to_be_hidden()
    page.get_by_role("button", name="Apply").click()
    editor.expect_saved()
    assert editor.wire()["personUrl"] == PERSON_URL + "-mine"

    editor.reload()
    editor.expect_saved()
    show_json(editor)
    write(page, "-mine", "-other")
    editor.reload()
    page.locator("[data-do=view-json]").click()
    expect_text(page, "-other")
    page.get_by_role("button", name="Discard").click()
    page.locator("#confirm-yes").click()
    expect_text(page, "-mine")
    editor.reload()
    editor.expect_saved()
    expect(page.locator(".toast")).to_have_count(0)


def test_what_others_did_until_the_reload_stays_when_it_is_applied(ann_edits, complaints, bob):
    complaints.excuse("422")
    editor = ann_edits(VISIT)
    page = editor.page
    page.on("dialog", lambda dialog: dialog.accept())
    show_json(editor)
    write(page, PERSON_URL, PERSON_URL + "-mine")
    page.goto("/actions")
    [root] = queries.tree_of(editor.workflow).roots
    services.add_action(
        editor.workflow, "st.retrievePersonSkills", Place(root.id, 1), actor=bob.user
    )

    editor.open()
    page.get_by_role("button", name="Show it").click()
    expect(page.locator("#code-notice")).to_contain_text("has changed since you began to type")
    expect_text(page, "-mine")
    page.get_by_role("button", name="Show theirs").click()
    expect(page.locator("#theirs-text")).to_contain_text("st.retrievePersonSkills")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Apply").last.click()
    editor.expect_saved()
    stored = editor.wire()
    assert stored["personUrl"] == PERSON_URL + "-mine"
    assert [each["actionType"] for each in stored["then"]] == [
        "st.checkConnectionStatus", "st.retrievePersonSkills",
    ]  # fmt: skip


def test_what_was_typed_is_nobody_elses_and_of_no_other_workflow(ann_edits, ann, bob):
    editor = ann_edits(VISIT)
    page = editor.page
    page.on("dialog", lambda dialog: dialog.accept())
    show_json(editor)
    write(page, PERSON_URL, PERSON_URL + "-mine")
    page.goto("/actions")

    EditorPage.of_new_workflow(page, ann, VISIT).expect_saved()
    session = bob.cookies["sessionid"].value
    page.context.add_cookies(
        [{"name": "sessionid", "value": session, "url": page.url.partition("/t/")[0]}]
    )
    editor.open()
    editor.expect_saved()
    show_json(editor)
    assert "-mine" not in text(page)
