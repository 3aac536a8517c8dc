"""Ann makes of a field what a run asks for, and runs it with her own words; by mouse, by keyboard, on a phone."""

from playwright.sync_api import expect

from editor.lib.ids import new_id
from editor.runs.models import Run
from editor.trees import codec
from editor.workflows import services
from tests.browser.editor_page import EditorPage
from tests.browser.test_accessible import violations
from tests.browser.test_phone import sideways

SEARCH = {"actionType": "st.searchPeople", "term": "harbour", "limit": 5}
ASKED = (
    {"name": "term", "default": "harbour", "help": "Words to look for."},
    {"name": "most", "kind": "number"},
)
INVITE = {
    "actionType": "st.searchPeople",
    "term": "{{ term }}",
    "limit": "{{ most }}",
    "then": {
        "actionType": "st.doForPeople",
        "then": {"actionType": "st.openPersonPage", "basicInfo": True,
                 "then": {"actionType": "st.sendConnectionRequest"}},
    },
}  # fmt: skip


def inputs_tab(editor: EditorPage):
    editor.page.get_by_role("tab", name="Inputs").click()
    return editor.page.get_by_role("tabpanel", name="Inputs")


def editor_of(page, owner, wire, inputs) -> EditorPage:
    tree = codec.from_wire(wire, new_id).declaring(inputs)
    made = services.import_tree(owner.team, actor=owner.user, name="Invite", tree=tree)
    editor = EditorPage(page, made)
    editor.open()
    return editor


def test_ann_makes_the_search_words_an_input_and_runs_with_her_own(ann_edits, complaints):
    complaints.excuse("422")
    editor = ann_edits(SEARCH)
    page = editor.page
    editor.select("Search people")
    editor.field("Search words").get_by_role("button", name="Use an input").click()
    page.get_by_role("menuitem", name="New input from this field").click()
    expect(editor.field("Search words").locator("input")).to_have_value("{{ term }}")
    editor.field("Limit").get_by_role("button", name="Use an input").click()
    page.get_by_role("menuitem", name="New input from this field").click()
    expect(editor.field("Limit")).to_have_count(0)  # an input stands in place of the control
    expect(page.get_by_role("group", name="Limit")).to_contain_text("{{ limit }}")
    expect(editor.card("Search people").locator(".chip--var")).to_have_count(2)
    editor.expect_saved()

    page.locator("[data-run]").click()
    expect(page.get_by_label("term", exact=True)).to_have_value("harbour")
    page.get_by_label("term", exact=True).fill("cold chain {{ as typed }}")
    page.get_by_label("limit", exact=True).fill("two")
    page.get_by_role("button", name="Run now").click()
    expect(page.locator("#input-limit")).to_contain_text("A number is expected")
    expect(page.get_by_label("term", exact=True)).to_have_value("cold chain {{ as typed }}")
    page.get_by_label("limit", exact=True).fill("2")
    page.get_by_role("button", name="Run now").click()
    expect(page.locator(".run-values")).to_contain_text("cold chain {{ as typed }}")
    assert Run.objects.get().inputs == {"term": "cold chain {{ as typed }}", "limit": 2}


def test_inputs_are_declared_renamed_and_removed_on_their_tab(ann_edits, complaints):
    complaints.excuse("422")
    editor = ann_edits({**SEARCH, "term": "{{ words }}"})
    panel = inputs_tab(editor)
    page = editor.page
    adding = panel.get_by_role("form", name="Add an input")
    adding.get_by_label("Name").fill("two words")
    adding.get_by_label("Name").press("Enter")
    expect(adding.locator(".error")).to_contain_text("starts with a letter")
    expect(adding.get_by_label("Name")).to_have_value("two words")
    adding.get_by_label("Name").fill("words")
    adding.get_by_role("button", name="Add input").click()

    item = panel.locator("[data-input=words]")
    expect(item.get_by_label("Name")).to_be_focused()  # it opens, to be described
    expect(item.locator("summary")).to_contain_text("used in 1 action")
    item.get_by_label("Help").fill("What to look for")
    item.get_by_label("Name").fill("term")
    item.get_by_label("Name").press("Enter")
    expect(panel.locator("[data-input=term] summary")).to_contain_text("{{ term }}")
    expect(editor.card("Search people").locator(".chip--var")).to_have_text(
        "Search words {{ term }}"
    )
    editor.expect_saved()

    item = panel.locator("[data-input=term]")
    item.get_by_label("Kind").select_option("number")
    expect(item.locator("[data-field$=default]")).to_have_attribute("data-kind", "integer")
    item.get_by_label("Default").fill("many")
    item.get_by_label("Default").press("Enter")
    expect(item.locator(".error").last).to_contain_text("Not saved")
    expect(page.locator("#save-state")).to_contain_text("One value is not saved")
    page.get_by_role("tab", name="Problems").click()
    page.locator("#save-state").click()
    expect(item.get_by_label("Default")).to_have_value("many")  # kept, and found again
    item.get_by_label("Default").fill("25")
    editor.expect_saved()

    item.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_role("button", name="Remove input").click()
    expect(panel.locator(".input-item")).to_have_count(0)
    expect(editor.card("Search people").locator("[data-problem=error]")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo").first.click()
    expect(panel.locator("[data-input=term]")).to_be_visible()


def test_the_order_of_inputs_is_changed_with_one_key_pressed_again(ann, browse):
    inputs = tuple({"name": name} for name in ("term", "town", "most"))
    editor = editor_of(browse(ann), ann, SEARCH, inputs)
    panel = inputs_tab(editor)
    names = panel.locator("summary .chip--var")
    panel.locator("[data-input=most] summary").click()
    panel.get_by_role("button", name="Ask for most earlier").press("Enter")
    expect(names).to_have_text(["{{ term }}", "{{ most }}", "{{ town }}"])
    expect(panel.get_by_role("button", name="Ask for most earlier")).to_be_focused()
    editor.page.keyboard.press("Enter")
    expect(names).to_have_text(["{{ most }}", "{{ term }}", "{{ town }}"])
    expect(panel.get_by_role("button", name="Ask for most later")).to_be_focused()
    expect(panel.locator("details[open]")).to_have_attribute("data-input", "most")
    expect(panel.locator("details[open]")).to_have_count(1)


def test_an_input_goes_two_steps_when_its_button_is_pressed_twice_at_once(ann, browse):
    inputs = tuple({"name": name} for name in ("term", "town", "most"))
    editor = editor_of(browse(ann), ann, SEARCH, inputs)
    panel = inputs_tab(editor)
    panel.locator("[data-input=most] summary").click()
    earlier = panel.get_by_role("button", name="Ask for most earlier")
    earlier.evaluate("button => { for (let times = 0; times < 3; times += 1) button.click(); }")
    names = panel.locator("summary .chip--var")
    expect(names).to_have_text(["{{ most }}", "{{ term }}", "{{ town }}"])
    panel.get_by_role("button", name="Ask for most later").click()
    expect(names).to_have_text(["{{ term }}", "{{ most }}", "{{ town }}"])
    editor.expect_saved()


def test_names_come_up_behind_two_braces_and_the_keyboard_takes_them(ann, browse):
    wire = {"actionType": "st.searchPeople", "term": "old"}
    editor = editor_of(browse(ann), ann, wire, (*ASKED, {"name": "town"}))
    page = editor.page
    editor.select("Search people")
    words = editor.field("Search words").locator("input")
    words.click()
    page.keyboard.press("End")
    page.keyboard.type(" {{ to")
    expect(page.locator("#input-names [role=option]")).to_have_text(["town"])
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(words).to_have_value("old {{ town }}")
    expect(words).to_be_focused()
    editor.expect_saved()
    limit = editor.field("Limit").locator("input")
    limit.fill("{{")
    page.keyboard.press("End")
    expect(page.locator("#input-names [role=option]")).to_have_text(
        ["most", "New input from this field"]
    )
    page.keyboard.press("Escape")
    expect(page.locator("#input-names")).to_be_hidden()
    page.keyboard.type(" m")
    expect(page.get_by_role("option", name="most", exact=True)).to_be_visible()
    page.keyboard.press("Tab")
    held = page.get_by_role("group", name="Limit")
    expect(held).to_contain_text("{{ most }}")
    expect(held.get_by_role("button", name="Remove the input most")).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(editor.field("Limit").locator("input")).to_be_focused()
    editor.expect_saved()
    assert editor.wire() == {"actionType": "st.searchPeople", "term": "old {{ town }}"}


def test_what_is_confirmed_follows_what_is_typed(ann, browse):
    editor = editor_of(browse(ann), ann, INVITE, ASKED)
    page = editor.page
    page.goto(f"{editor.url}/run")
    expect(page.locator("#run-plan")).to_contain_text("It depends on {{ most }}")
    page.get_by_label("most", exact=True).fill("3")
    expect(page.locator("#run-plan")).to_contain_text("3×")
    page.get_by_label("Yes, up to 3 acts").check()
    page.get_by_label("most", exact=True).fill("4")
    box = page.get_by_label("Yes, up to 4 acts")
    expect(box).not_to_be_checked()
    assert violations(page) == []
    box.check()
    page.get_by_role("button", name="Run now").click()
    expect(page.locator(".run-values")).to_contain_text("most 4")


def test_inputs_on_a_phone(ann, browse):
    editor = editor_of(browse(ann, size="phone"), ann, INVITE, ASKED)
    page = editor.page
    editor.card("Search people").locator(".node-name").tap()
    page.get_by_role("tab", name="Inputs").tap()
    page.locator("[data-input=term] summary").tap()
    expect(page.locator("[data-input=term]").get_by_label("Default")).to_have_value("harbour")
    assert sideways(page) <= 0
    assert violations(page) == []
    page.goto(f"{editor.url}/run")
    page.get_by_label("most", exact=True).fill("1")
    assert sideways(page) <= 0
    page.get_by_label("Yes, up to 1 act").check()
    page.get_by_role("button", name="Run now").tap()
    expect(page.locator(".run-values")).to_contain_text("harbour")
