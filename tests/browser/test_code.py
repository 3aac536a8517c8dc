"""Bob writes workflows as JSON: the code editor in a browser, under the app's Content-Security-Policy."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from editor import catalog
from editor.catalog.constraints import allowed_children, allowed_roots
from tests.browser import code_page

CATALOG = catalog.default()

SEARCH = {
    "actionType": "st.searchPeople",
    "term": "cold chain",
    "limit": 2000,
    "then": [
        {
            "actionType": "st.doForPeople",
            "then": [{"actionType": "st.openPersonPage", "basicInfo": True}],
        }
    ],
}
TEXT = json.dumps(SEARCH, indent=2)
TOO_BIG = {
    "path": "/limit",
    "severity": "error",
    "message": "limit is at most 1,000.",
    "fix": {"kind": "set-param", "title": "Set it to 1000", "path": ["limit"], "value": 1000},
}
DISPUTED = {"path": "/then/0/then/0", "severity": "warning", "message": "The sources disagree."}

Show = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[code_page.CodePages, str]]:
    with code_page.serving() as served:
        yield served


@pytest.fixture
def show(chromium: Browser, site: tuple[code_page.CodePages, str]) -> Iterator[Show]:
    """`show(text, ...)` opens the page and waits for the editor. Whatever the browser complains of fails the test."""
    pages, address = site
    complaints: list[str] = []
    context = chromium.new_context(viewport={"width": 1000, "height": 800})
    context.add_init_script(
        "addEventListener('securitypolicyviolation', (event) =>"
        " console.error('CSP: ' + event.violatedDirective + ' ' + event.sourceFile))"
    )

    def open_page(text: str, *, wait: bool = True, **options: Any) -> Page:
        pages.html = code_page.page(text, **options)
        pages.asked.clear()
        pages.sent.clear()
        page = context.new_page()
        page.set_default_timeout(5000)
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        if wait:
            page.wait_for_selector(".cm-editor")
        return page

    yield open_page
    context.close()
    assert complaints == []


def textarea_value(page: Page) -> str:
    return page.locator("#definition").input_value()


def put_cursor(page: Page, after: str) -> None:
    """Place the cursor behind the first occurrence of a text, by the component's own events."""
    page.evaluate(
        """async (after) => {
            const { EditorView } = await import("/static/vendor/codemirror-6.43.15/codemirror.js");
            const view = EditorView.findFromDOM(document.querySelector(".cm-editor"));
            view.dispatch({ selection: { anchor: view.state.doc.toString().indexOf(after) + after.length } });
            view.focus();
        }""",
        after,
    )


def offered(page: Page) -> list[str]:
    """The labels of the completions on show."""
    page.wait_for_selector(".cm-tooltip-autocomplete:not(.cm-tooltip-autocomplete-disabled) li")
    return page.locator(".cm-tooltip-autocomplete .cm-completionLabel").all_text_contents()


# --- A textarea, and an editor in its place --------------------------------------------------------


def test_without_scripts_the_textarea_stays_and_nothing_is_loaded(show, site):
    page = show(TEXT, script=False, wait=False)
    expect(page.locator("#definition")).to_be_visible()
    page.fill("#definition", "[]")
    page.click("#send")
    page.wait_for_url("**/sent")
    assert site[0].sent == ["[]"]
    assert not [path for path in site[0].asked if "codemirror" in path]


def test_the_editor_is_loaded_only_when_its_textarea_is_seen(show, site):
    page = show(TEXT, attributes="hidden", wait=False)
    assert not [path for path in site[0].asked if "codemirror" in path]
    page.evaluate("document.getElementById('definition').hidden = false")
    page.wait_for_selector(".cm-editor")
    assert [path for path in site[0].asked if "codemirror" in path]


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
    assert site[0].sent == ["[1]"]


def test_ctrl_enter_sends_the_form(show, site):
    page = show("[]")
    put_cursor(page, "[")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/sent")
    assert site[0].sent == ["[]"]


def test_an_empty_required_field_says_so(show, site):
    page = show("", attributes="required")
    page.click("#send")
    expect(page.locator(".cm-content")).to_be_focused()
    expect(page.locator(".code-editor")).to_contain_text("Please fill out this field.")
    assert site[0].sent == []


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
        """(text) => {
            window.changes = 0;
            document.addEventListener("code:change", () => { window.changes += 1; });
            document.getElementById("definition").dispatchEvent(
                new CustomEvent("code:text", { bubbles: true, detail: { text } }));
        }""",
        other,
    )
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


# --- Problems at their lines -------------------------------------------------------------------------


def marks(page: Page, kind: str) -> list[str]:
    page.wait_for_selector(f".cm-lintRange-{kind}")
    return page.locator(f".cm-lintRange-{kind}").all_text_contents()


def tell(page: Page, problems: list[dict[str, Any]]) -> None:
    page.evaluate(
        """(problems) => document.getElementById("definition").dispatchEvent(
            new CustomEvent("code:problems", { bubbles: true, detail: { problems } }))""",
        problems,
    )


def marked_lines(page: Page) -> list[str]:
    """The numbers of the lines that have a sign in the gutter."""
    return page.evaluate(
        """() => {
            const numbers = [...document.querySelectorAll(".cm-lineNumbers .cm-gutterElement")];
            return [...document.querySelectorAll(".cm-lint-marker")].map((marker) => {
                const { top } = marker.closest(".cm-gutterElement").getBoundingClientRect();
                return numbers.find((number) => Math.abs(number.getBoundingClientRect().top - top) < 2).textContent;
            });
        }"""
    )


def test_problems_of_the_page_are_marked_at_their_places(show):
    page = show(TEXT, problems=[TOO_BIG, DISPUTED])
    assert "".join(marks(page, "error")) == '"limit": 2000'
    assert "".join(marks(page, "warning")) == '"actionType": "st.openPersonPage"'
    assert marked_lines(page) == ["4", "10"]
    expect(page.locator(".code-editor__count")).to_have_text("1 error, 1 warning")
    page.locator(".cm-lint-marker-error").hover()
    expect(page.locator(".cm-tooltip-lint")).to_contain_text("limit is at most 1,000.")


def test_new_problems_swapped_into_the_page_replace_the_old(show):
    page = show(TEXT, problems=[TOO_BIG])
    marks(page, "error")
    page.evaluate(
        """(problems) => {
            const script = document.createElement("script");
            script.type = "application/json";
            script.id = "problems";
            script.textContent = JSON.stringify(problems);
            document.getElementById("problems").replaceWith(script);
        }""",
        [DISPUTED],
    )
    assert "".join(marks(page, "warning")) == '"actionType": "st.openPersonPage"'
    expect(page.locator(".cm-lintRange-error")).to_have_count(0)


def test_a_mark_moves_with_the_text(show):
    page = show(TEXT, problems=[TOO_BIG])
    marks(page, "error")
    put_cursor(page, "{")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert "".join(marks(page, "error")) == '"limit": 2000'
    expect(page.locator(".cm-lint-marker")).to_have_count(1)
    assert marked_lines(page) == ["6"]


def test_a_mistake_against_json_is_marked_while_typing_and_goes_when_it_is_mended(show):
    page = show('{"limit": 5}')
    put_cursor(page, "5")
    page.keyboard.type(",")
    assert marks(page, "error") == [","]
    page.keyboard.press("Backspace")
    expect(page.locator(".cm-lintRange-error")).to_have_count(0)


def test_what_the_server_could_not_read_is_marked_at_its_line_until_the_text_changes(show):
    said = {"path": "", "severity": "error", "message": "Not JSON.", "line": 2, "column": 3}
    page = show('{\n  "a": 1,\n}', problems=[said])
    assert marks(page, "error") == ['"']
    put_cursor(page, "1")
    page.keyboard.press("Delete")
    expect(page.locator(".cm-lintRange-error")).to_have_count(0)


def test_going_to_a_pointer_selects_it_even_when_folded(show):
    page = show(TEXT)
    put_cursor(page, '"then": [')
    page.keyboard.press("Control+Shift+BracketLeft")
    expect(page.locator(".cm-foldPlaceholder")).to_be_visible()
    page.evaluate(
        """() => document.getElementById("definition").dispatchEvent(
            new CustomEvent("code:goto", { bubbles: true, detail: { path: "/then/0/then/0/basicInfo" } }))"""
    )
    expect(page.locator(".cm-foldPlaceholder")).to_have_count(0)
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.type("X")
    assert '"actionType": "st.openPersonPage",\n          X\n' in textarea_value(page)


def test_f8_goes_from_problem_to_problem(show):
    page = show(TEXT, problems=[TOO_BIG, DISPUTED])
    marks(page, "error")
    put_cursor(page, "{")
    page.keyboard.press("F8")
    expect(page.locator(".cm-activeLine")).to_contain_text("limit")
    page.keyboard.press("F8")
    expect(page.locator(".cm-activeLine")).to_contain_text("openPersonPage")


def test_a_repair_is_made_in_the_text_and_can_be_taken_back(show):
    page = show(TEXT, problems=[TOO_BIG])
    page.locator(".cm-lint-marker-error").hover()
    page.get_by_role("button", name="Set it to 1000").click()
    assert textarea_value(page) == TEXT.replace("2000", "1000")
    expect(page.locator(".cm-lintRange-error")).to_have_count(0)
    put_cursor(page, "{")
    page.keyboard.press("Control+z")
    assert textarea_value(page) == TEXT


def test_the_page_may_make_the_repair_itself(show):
    page = show(TEXT, problems=[TOO_BIG])
    page.evaluate(
        """() => document.addEventListener("code:fix", (event) => {
            event.preventDefault();
            window.chosen = event.detail.problem.fix.kind;
        })"""
    )
    page.locator(".cm-lint-marker-error").hover()
    page.get_by_role("button", name="Set it to 1000").click()
    assert page.evaluate("window.chosen") == "set-param"
    assert textarea_value(page) == TEXT


REPAIRS = [
    ({"kind": "remove-param", "path": ["limit"]}, "/limit", lambda root: root.pop("limit")),
    (
        {"kind": "rename-param", "path": ["term"], "value": "words"},
        "/term",
        lambda root: root.update(words=root.pop("term")),
    ),
    (
        {"kind": "change-type", "types": ["nv.searchPeople"]},
        "",
        lambda root: root.update(actionType="nv.searchPeople"),
    ),
    ({"kind": "set-label", "value": "mine"}, "", lambda root: root.update(label="mine")),
    (
        {"kind": "insert", "types": ["st.doForPeople", "st.openPersonPage"]},
        "",
        lambda root: root["then"].append(
            {"actionType": "st.doForPeople", "then": {"actionType": "st.openPersonPage"}}
        ),
    ),
    (
        {"kind": "insert", "types": ["st.retrievePersonSkills"]},
        "/then/0/then/0",
        lambda root: root["then"][0]["then"][0].update(
            then={"actionType": "st.retrievePersonSkills"}
        ),
    ),
    (
        {"kind": "wrap", "types": ["st.openPersonPage", "nv.openPersonPage"]},
        "/then/0/then/0",
        lambda root: root["then"][0].update(
            then=[
                {
                    "actionType": "st.openPersonPage",
                    "then": {
                        "actionType": "nv.openPersonPage",
                        "then": root["then"][0]["then"][0],
                    },
                }
            ]
        ),
    ),
    (
        {"kind": "remove-param", "path": ["basicInfo"]},
        "/then/0/then/0/basicInfo",
        lambda root: root["then"][0]["then"][0].pop("basicInfo"),
    ),
]


@pytest.mark.parametrize(("repair", "path", "change"), REPAIRS)
def test_every_kind_of_repair_changes_just_what_it_is_about(show, repair, path, change):
    problem = {"path": path, "severity": "error", "message": "Wrong.", "fix": {"title": "Mend it"}}
    problem["fix"] |= repair
    page = show(TEXT, problems=[problem])
    page.locator(".cm-lint-marker-error").hover()
    page.get_by_role("button", name="Mend it").click()
    expected = json.loads(TEXT)
    change(expected)
    assert json.loads(textarea_value(page)) == expected


MISTAKES = [
    ('{"a": 1,}', 1, "Remove this comma: nothing follows it."),
    ('{\n  "a": 1\n  "b": 2\n}', 3, "A comma is missing before this."),
    ('{\n  "a": \n}', 2, "A value is missing after this colon."),
    ('{\n  "a"\n}', 2, "A colon and a value are missing after this name."),
    ("{\n  'a': 1}", 2, 'Texts and names stand in straight double quotes: "…".'),
    ('{"a": 1 // one\n}', 1, "JSON has no comments. Remove this."),
    ('{"a": "x\n}', 1, "This text has no closing quote on its line."),
    ('{"a": "\\x"}', 1, "JSON does not know this \\ sequence. Write \\\\ for a backslash."),
    ('{"a": "\t"}', 1, "A tab inside a text is written \\t."),
    ('{"a": "say "hi" now"}', 1, "The text ends at this quote."),
    ('{"a": "\\u12"}', 1, "JSON does not know this \\ sequence."),
    ('{"a" "b"}', 1, "A colon and a value are missing after this name."),
    ('["x" "y"]', 1, "A comma is missing before this."),
    ('{"a":\n  True}', 2, "“True” is no value in JSON."),
    ('{"a": [1, 2}', 1, "] is missing before this }."),
    ('{"a": 1', 1, "The text ends too early: } is missing."),
    ('{"a": 1}}', 1, "Remove this }: nothing is open any more."),
    ('{"a": 1}\n{"b": 2}', 2, "There can be only one value."),
    ("{1: 2}", 1, "A name in double quotes is expected here"),
    ("nonsense", 1, "“nonsense” is no value in JSON."),
]


def in_the_editor(page: Page, script: str, argument: Any) -> Any:
    """What `script` answers: `({syntax, mistakes, state}, argument) => …`; state(text) is an editor's state."""
    return page.evaluate(
        f"""async (argument) => {{
            const cm = await import("/static/vendor/codemirror-6.43.15/codemirror.js");
            const syntax = await import("/static/js/code/syntax.js");
            const mistakes = await import("/static/js/code/mistakes.js");
            const state = (doc) => cm.EditorState.create({{ doc, extensions: [cm.json()] }});
            return ({script})({{ syntax, mistakes, state }}, argument);
        }}""",
        argument,
    )


def test_mistakes_are_told_in_words_and_at_their_lines(show):
    found = in_the_editor(
        show(""),
        """({ mistakes, state }, texts) => texts.map((text) => {
            const { doc } = state(text);
            const { from, to, message } = mistakes.mistakeIn(state(text));
            return [doc.lineAt(from).number, to > from && to <= doc.length, message];
        })""",
        [text for text, _, _ in MISTAKES],
    )
    for (text, line, words), (found_line, marked, message) in zip(MISTAKES, found, strict=True):
        assert message.startswith(words), text
        assert (found_line, marked) == (line, True), text


def test_json_without_a_mistake_is_left_alone(show):
    texts = ["", "  ", "[]", "1e5", TEXT, '{"a": "\\u00e9\\n\\"", "b": [null, true, -0.5]}']
    for text in texts[2:]:
        json.loads(text)
    found = in_the_editor(
        show(""),
        "({ mistakes, state }, texts) => texts.map((text) => mistakes.mistakeIn(state(text)))",
        texts,
    )
    assert found == [None] * len(texts)


def test_pointers_lead_to_values_by_the_syntax_tree(show):
    text = json.dumps({**SEARCH, "a/b": {"c~d": 1}, "twice": 1}, indent=2)
    text = text.replace('"twice": 1', '"twice": 1, "twice": 2')
    expected = {
        "": text,
        "/then/0/then/0/basicInfo": "true",
        "/a~1b/c~0d": "1",
        "/twice": "2",  # the last of several counts
        "/then/1": None,
        "/term/0": None,
        "/nothing": None,
    }
    found = in_the_editor(
        show(""),
        """({ syntax, state }, [text, pointers]) => pointers.map((pointer) => {
            const range = syntax.pointerRange(state(text), pointer);
            return range && text.slice(range.from, range.to);
        })""",
        [text, list(expected)],
    )
    assert dict(zip(expected, found, strict=True)) == expected


# --- Completions: only what is legal ------------------------------------------------------------------


def test_at_the_root_just_the_actions_that_may_start_a_workflow_are_offered(show):
    page = show('{"actionType": ""}')
    put_cursor(page, '"actionType": "')
    page.keyboard.press("Control+Space")
    assert sorted(offered(page)) == sorted(allowed_roots(CATALOG))


@pytest.mark.parametrize(
    ("parent", "then"),
    [
        ("st.openPersonPage", '[{"actionType": "HERE"}]'),
        ("st.doForPeople", '{"actionType": "HERE"}'),
        (
            "st.retrieveConnections",
            '[{"actionType": "st.doForPeople"}, {"actionType": "HERE", "label": "x"}]',
        ),
    ],
)
def test_below_an_action_just_its_legal_children_are_offered(show, parent, then):
    text = f'{{"actionType": "{parent}", "then": {then}}}'
    page = show(text.replace("HERE", ""))
    put_cursor(page, text.partition("HERE")[0])
    page.keyboard.press("Control+Space")
    assert sorted(offered(page)) == sorted(allowed_children(CATALOG, parent))


def test_an_action_that_takes_nothing_below_it_is_offered_nothing(show):
    page = show('{"actionType": "st.reactToPost", "then": [{"actionType": ""}], "type": ""}')
    put_cursor(page, '[{"actionType": "')
    page.keyboard.press("Control+Space")
    put_cursor(page, '"type": "')
    page.keyboard.press("Control+Space")
    page.wait_for_selector(
        ".cm-tooltip-autocomplete li"
    )  # the second place has something, the first had not
    assert offered(page) == list(CATALOG.actions["st.reactToPost"].parameter("type").choices)


def test_types_are_found_by_their_plain_name_and_written_by_enter(show):
    page = show('[{"actionType": ""}]')
    put_cursor(page, '"actionType": "')
    page.keyboard.type("search peo")
    assert offered(page) == ["st.searchPeople", "nv.searchPeople"]
    page.keyboard.press("Enter")
    assert textarea_value(page) == '[{"actionType": "st.searchPeople"}]'


def test_the_parameters_of_an_action_are_offered_where_they_are_allowed(show):
    root = show('{"actionType": "st.openPersonPage", ""}')
    put_cursor(root, 'Page", "')
    root.keyboard.press("Control+Space")
    at_root = offered(root)
    below = show(
        '{"actionType": "st.doForPeople", "then": {"actionType": "st.openPersonPage", ""}}'
    )
    put_cursor(below, 'Page", "')
    below.keyboard.press("Control+Space")
    as_child = offered(below)
    action = CATALOG.actions["st.openPersonPage"]
    assert set(at_root) == {p.name for p in action.parameters} | {"label", "then"}
    assert set(at_root) - set(as_child) == {
        p.name for p in action.parameters if p.forbidden == "child"
    }
    assert at_root[0] == "personUrl"  # required here, so first


def test_what_is_there_already_is_not_offered_again(show):
    page = show('{"actionType": "st.searchPeople", "term": "x", "limit": 5, ""}')
    put_cursor(page, '5, "')
    page.keyboard.press("Control+Space")
    assert not {"actionType", "term", "limit"} & set(offered(page))


def test_fields_of_a_nested_group_are_offered_inside_it(show):
    page = show('{"actionType": "st.searchPeople", "filter": {""}}')
    put_cursor(page, '"filter": {"')
    page.keyboard.press("Control+Space")
    fields = CATALOG.actions["st.searchPeople"].parameter("filter").fields
    assert offered(page) == [field.name for field in fields]


def test_choices_are_offered_as_values_and_in_lists_only_those_not_chosen_yet(show):
    page = show('{"actionType": "st.searchPeople", "filter": {"connectionDegrees": ["first", ""]}}')
    degrees = CATALOG.actions["st.searchPeople"].parameter("filter").fields[-1].choices
    put_cursor(page, '"first", "')
    page.keyboard.press("Control+Space")
    assert offered(page) == [degree for degree in degrees if degree != "first"]


def test_a_parameter_is_written_with_its_value_and_the_commas_around_it(show):
    page = show('{\n  "actionType": "st.searchPeople"\n  \n  "limit": 5\n}')
    put_cursor(page, 'People"\n  ')
    page.keyboard.type('"ter')
    assert offered(page)[0] == "term"
    page.keyboard.press("Enter")
    page.keyboard.type("cold")
    assert json.loads(textarea_value(page)) == {
        "actionType": "st.searchPeople",
        "term": "cold",
        "limit": 5,
    }


def test_a_whole_action_is_written_with_what_it_cannot_do_without(show):
    page = show("")
    put_cursor(page, "")
    page.keyboard.press("Control+Space")
    offered(page)
    page.keyboard.type("comment")
    expect(page.locator(".cm-tooltip-autocomplete li").first).to_contain_text("st.commentOnPost")
    page.keyboard.press("Enter")
    written = json.loads(textarea_value(page))
    assert written == {"actionType": "st.commentOnPost", "postUrl": "", "text": ""}


def test_a_workflow_is_built_by_completions_alone(show):
    page = show("")
    put_cursor(page, "")
    page.keyboard.press("Control+Space")
    choose(page, "st.searchPeople")
    put_cursor(page, '"st.searchPeople"')
    page.keyboard.type(' "th')
    choose(page, "then")
    choose(page, "st.doForPeople")  # offered at once, in the new action
    assert json.loads(textarea_value(page)) == {
        "actionType": "st.searchPeople",
        "then": [{"actionType": "st.doForPeople"}],
    }


def choose(page: Page, label: str) -> None:
    assert label in offered(page)
    page.locator(".cm-tooltip-autocomplete li").filter(
        has=page.get_by_text(label, exact=True)
    ).click()
