"""On a phone: one column, the "+" menu and the inspector come up from below, fingers find what they need."""

import pytest
from playwright.sync_api import expect

from editor.runs.batches import reading
from editor.runs.batches import services as batching
from editor.workflows import services as workflows
from tests.browser.test_building import PERSON, VISIT
from tests.runs.conftest import workflow_of

LEAST_TARGET = 24  # CSS pixels, WCAG 2.2 target size


def sideways(page) -> int:
    """By how many pixels the page is wider than the window; its inner width would grow along with the page."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def test_building_on_a_phone(ann_edits):
    editor = ann_edits(size="phone")
    page = editor.page
    page.locator("#empty-choices").get_by_role("button", name="Open person page").tap()
    editor.expect_outline("1 Open person page")
    expect(page.locator(".palette")).to_be_hidden()
    editor.card("Open person page").locator("[data-do=add]").tap()
    page.locator("#choice-menu").get_by_role("button", name="Check connection status").tap()
    editor.expect_outline("1 Open person page", "2 Check connection status")

    expect(page.locator("#inspector")).not_to_be_in_viewport()
    editor.card("Open person page").locator(".node-name").tap()
    expect(page.locator("#inspector")).to_be_in_viewport()
    editor.field("Person URL").locator("input").fill(PERSON)
    editor.expect_saved()
    page.locator("#inspector").get_by_role("button", name="Close").tap()
    expect(page.locator("#inspector")).not_to_be_in_viewport()
    assert editor.wire()["personUrl"] == PERSON


def test_nothing_sticks_out_and_targets_are_big_enough(ann_edits):
    editor = ann_edits([VISIT], size="phone")
    page = editor.page
    assert sideways(page) <= 0
    small = page.evaluate(
        """least => [...document.querySelectorAll("main button, main a, header summary, header button")]
            .filter(one => one.checkVisibility())
            .map(one => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.width < least || box.height < least))
            .map(([html]) => html)""",
        LEAST_TARGET,
    )
    assert small == []


def test_the_menu_of_the_app_unfolds(ann, browse):
    page = browse(ann, size="phone")
    page.goto(f"/t/{ann.team.slug}/workflows")
    assert sideways(page) <= 0
    expect(page.get_by_role("link", name="Runs")).to_be_hidden()
    page.get_by_role("button", name="Menu").tap()
    page.get_by_role("link", name="Actions").tap()
    expect(page.get_by_role("heading", name="Actions", level=1)).to_be_visible()
    assert sideways(page) <= 0


def test_several_actions_are_selected_by_tapping(ann_edits):
    editor = ann_edits([VISIT], size="phone")
    page = editor.page
    before = editor.outline()
    names = [line.split(" ", 1)[1] for line in before if line.startswith("2 ")]
    assert len(names) > 1
    editor.card(names[0]).locator("[data-do=menu]").tap()
    page.get_by_role("menuitem", name="Select several").tap()
    bar = page.get_by_role("group", name="Select several")
    expect(bar).to_contain_text("1 selected")
    editor.card(names[1]).locator(".node-name").tap()
    expect(bar).to_contain_text("2 selected")
    expect(page.locator("#inspector")).not_to_be_in_viewport()  # it would hide what is to be tapped

    bar.get_by_role("button", name="What to do").tap()
    page.locator("#several").get_by_role("button", name="Delete").tap()
    editor.expect_outline(*[line for line in before if line.split(" ", 1)[1] not in names[:2]])

    editor.card("Open person page").locator("[data-do=menu]").tap()
    page.get_by_role("menuitem", name="Select several").tap()
    editor.card("Open person page").locator(".node-name").tap()  # nothing is selected any more
    expect(bar).to_be_hidden()


@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize("view", ["outline", "map"])
def test_the_place_that_is_chosen_is_seen_above_the_bar(ann_edits, size, view):
    below = [{"actionType": "st.retrievePersonSkills"}] * 20
    editor = ann_edits([{**VISIT, "then": below}], size=size)
    page = editor.page
    page.locator(f"[data-do=view-{view}]").click()
    editor.menu("Retrieve skills", "Move")
    bar = page.get_by_role("group", name="Move", exact=True)
    for _ in range(12):
        bar.get_by_role("button", name="Place below").click()
    mark, cover = page.locator(".drop-mark > span").bounding_box(), bar.bounding_box()
    assert mark["y"] + mark["height"] <= cover["y"]


@pytest.mark.parametrize(
    "path", ["templates", "team", "team/delete", "team/erase", "team/audit", "team/webhooks", "team/invite"]
)  # fmt: skip
def test_pages_of_the_team_fit(ann, browse, path):
    page = browse(ann, size="phone")
    page.goto(f"/t/{ann.team.slug}/{path}")
    assert sideways(page) <= 0


def test_the_tab_of_the_page_is_in_view(ann, browse):
    page = browse(ann, size="phone")
    page.goto(f"/t/{ann.team.slug}/team/audit")
    expect(page.get_by_role("link", name="Audit log")).to_be_in_viewport(ratio=0.9)


@pytest.mark.parametrize("where", ["workflows", "runs", "runs?workflow={id}", "team"])
def test_the_buttons_of_a_head_fill_their_lines(ann, browse, where):
    """No button stands alone beside a gap: the lines reach from edge to edge, or the buttons stay by the heading."""
    workflow = workflow_of(ann.team, [VISIT], "Leads")
    page = browse(ann, size="phone")
    page.goto(f"/t/{ann.team.slug}/{where.format(id=workflow.public_id)}")
    assert sideways(page) <= 0
    lines = page.locator(".page-head").evaluate(
        """head => {
            const box = one => one.getBoundingClientRect(), lines = new Map();
            for (const one of head.querySelectorAll(".button")) {
                const line = lines.get(Math.round(box(one).top)) ?? {from: Infinity, to: 0};
                lines.set(Math.round(box(one).top), {
                    from: Math.min(line.from, box(one).left), to: Math.max(line.to, box(one).right),
                });
            }
            const below = [...lines].filter(([top]) => top > box(head.querySelector("h1")).bottom);
            return below.map(([, {from, to}]) => [from - box(head).left, box(head).right - to]);
        }"""
    )
    assert all(abs(gap) < 1 for line in lines for gap in line)


def test_what_goes_with_a_long_heading_stays_beside_it(ann, browse):
    """A button or a link that stands alone on its line looks lost."""
    name = "Read the pages of the leads from the fair"
    workflow = workflow_of(ann.team, [{**VISIT, "personUrl": "{{ person }}"}], name)
    workflows.declare_input(workflow, "person", "url", actor=ann.user)
    lines = reading.read_text("https://www.linkedin.com/in/ada")
    account = ann.team.connections.get()
    draft = batching.create(workflow, connection=account, actor=ann.user, lines=lines)
    page = browse(ann, size="phone")
    here = f"/t/{ann.team.slug}"

    def level(one, other):
        a, b = one.bounding_box(), other.bounding_box()
        return a["y"] < b["y"] + b["height"] and b["y"] < a["y"] + a["height"]

    page.goto(f"{here}/batches/{draft.public_id}")
    assert level(page.get_by_role("heading", level=1), page.get_by_role("button", name="Discard"))
    page.goto(f"{here}/workflows/{workflow.public_id}/run")
    many = page.get_by_role("link", name="Run for many rows…")
    assert level(page.get_by_role("heading", name="What it needs from you"), many)
    page.goto("/profile")
    download = page.get_by_role("link", name="Download")
    assert level(page.get_by_text("All that Trellis keeps about you"), download)
    page.goto(f"{here}/runs")
    expect(page.get_by_role("link", name="Being prepared")).to_be_visible()
    assert sideways(page) <= 0


@pytest.mark.parametrize("size", ["desktop", "laptop", "phone"])
def test_all_tabs_of_the_inspector_are_in_sight_beside_the_count_of_problems(ann_edits, size):
    editor = ann_edits([{"actionType": "st.sendMessage"}] * 12, size=size)
    editor.card("Send message").locator(".node-name").click()
    tabs = editor.page.locator("#inspector [role=tablist]")
    expect(tabs).to_contain_text("24")
    assert tabs.evaluate("tabs => tabs.scrollWidth - tabs.clientWidth") <= 0
