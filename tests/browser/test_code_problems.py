"""What is wrong with Bob's JSON is shown where it is wrong, and can be mended there."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.code_page import SEARCH, TEXT, in_the_editor, put_cursor, send, textarea_value

TOO_BIG = {
    "path": "/limit",
    "severity": "error",
    "message": "limit is at most 1,000.",
    "fix": {"kind": "set-param", "title": "Set it to 1000", "path": ["limit"], "value": 1000},
}
DISPUTED = {"path": "/then/0/then/0", "severity": "warning", "message": "The sources disagree."}


def marks(page: Page, kind: str) -> list[str]:
    page.wait_for_selector(f".cm-lintRange-{kind}")
    return page.locator(f".cm-lintRange-{kind}").all_text_contents()


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
    send(page, "code:goto", {"path": "/then/0/then/0/basicInfo"})
    expect(page.locator(".cm-foldPlaceholder")).to_have_count(0)
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.type("X")
    assert '"actionType": "st.openPersonPage",\n          X\n' in textarea_value(page)


def test_by_keyboard_f8_goes_from_problem_to_problem_and_reads_each_out(show):
    page = show(TEXT, problems=[TOO_BIG, DISPUTED])
    marks(page, "error")
    put_cursor(page, "{")
    page.keyboard.press("F8")
    expect(page.locator(".cm-activeLine")).to_contain_text("limit")
    expect(page.locator(".code-editor [role=status]")).to_contain_text("limit is at most 1,000.")
    page.keyboard.press("F8")
    expect(page.locator(".cm-activeLine")).to_contain_text("openPersonPage")
    expect(page.locator(".code-editor [role=status]")).to_have_text("The sources disagree.")


def test_by_touch_the_count_leads_to_a_problem_and_its_repair(show):
    page = show(TEXT, problems=[TOO_BIG])
    page.get_by_role("button", name="1 error").click()
    page.get_by_role("button", name="Set it to 1000", exact=True).click()
    assert textarea_value(page) == TEXT.replace("2000", "1000")
    expect(page.locator(".code-editor [role=status]")).to_be_empty()


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


def test_whatever_is_cut_or_doubled_a_mistake_is_found_just_when_it_is_no_json(show):
    """Every text with one character missing or twice, and every beginning: no script error either."""
    text = '[{"a": [1, -2.5e3, "x\\u00e9"], "then": {"actionType": "st.x"}}, null, true]'
    places = range(len(text))
    texts = {text[:at] for at in places if text[:at].strip()}
    texts |= {text[:at] + text[at + 1 :] for at in places}
    texts |= {text[:at] + text[at] + text[at:] for at in places}
    found = in_the_editor(
        show(""),
        """({ mistakes, complete, state }, texts) => texts.filter((text) => {
            const made = state(text);
            for (let at = 0; at <= text.length; at += 1) complete.slotAt(made, at);
            let right = true;
            try { JSON.parse(text); } catch { right = false; }
            return right !== (mistakes.mistakeIn(made) === null);
        })""",
        sorted(texts),
    )
    assert found == []


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
