"""Ann and Bob in one workflow at the same time: each sees what the other does, and nobody loses anything."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from editor.workflows import services
from editor.workflows.models import Workflow
from tests.browser.editor_page import EditorPage
from tests.browser.test_building import VISIT

BUILT = ("1 Open person page", "2 Check connection status", "2 Send connection request")

Both = tuple[EditorPage, EditorPage]


@pytest.fixture
def both(ann_edits, bob, browse) -> Callable[..., Both]:
    """both(wire): Ann's editor and Bob's, with the same workflow."""

    def open_both(wire=VISIT) -> Both:
        anns = ann_edits(wire)
        bobs = EditorPage(browse(bob), anns.workflow)
        bobs.open()
        return anns, bobs

    return open_both


def hear_nothing(editor: EditorPage) -> None:
    """Nobody tells this page from now on what others do; a question that was out already has no answer any more."""
    with editor.page.expect_event("requestfailed", lambda request: "/changes" in request.url):
        editor.page.route("**/changes?*", lambda route: route.abort())
        editor.page.evaluate("dispatchEvent(new Event('focus'))")  # asks anew


def test_what_bob_does_appears_at_anns_without_disturbing_her(both):
    anns, bobs = both()
    anns.select("Send connection request")
    note = anns.field("Team note").locator("textarea")
    note.click()
    anns.page.keyboard.type("Ask ")

    bobs.menu("Check connection status", "Delete")

    expect(anns.node("Check connection status")).to_have_count(0)
    anns.page.keyboard.type("Bob")
    expect(note).to_have_value("Ask Bob")
    assert anns.selected() == "Send connection request"
    anns.expect_saved()
    bobs.add_under("Open person page", "Retrieve skills")
    expect(anns.card("Retrieve skills")).to_have_attribute("data-by", "B")
    expect(anns.page.locator("#announcer")).to_have_text("Bob added Retrieve skills.")
    anns.expect_outline(BUILT[0], BUILT[2], "2 Retrieve skills")
    expect(note).to_have_value("Ask Bob")


def test_each_sees_who_is_here_and_where(both):
    anns, bobs = both()
    bobs.select("Check connection status")
    people = anns.page.get_by_role("list", name="Also here")
    expect(people.get_by_role("listitem")).to_have_text("BBob")
    mark = anns.card("Check connection status").locator(".person-mark")
    expect(mark).to_contain_text("Bob is here")
    bobs.select("Send connection request")
    expect(anns.card("Send connection request").locator(".person-mark")).to_be_visible()
    expect(mark).to_have_count(0)
    anns.page.goto("/t/outreach/workflows")
    expect(anns.page.get_by_text("Ann, Bob are here now")).to_be_attached()


def test_undo_takes_back_mine_and_says_when_somebody_built_on_it(both, complaints):
    complaints.excuse("status of 422")
    anns, bobs = both()
    anns.add_under("Open person page", "Retrieve skills")
    anns.expect_outline(*BUILT, "2 Retrieve skills")
    bobs.expect_outline(*BUILT, "2 Retrieve skills")
    bobs.menu("Check connection status", "Delete")
    bobs.select("Retrieve skills")
    bobs.field("Label").locator("input").fill("his")
    bobs.expect_saved()
    expect(anns.card("Retrieve skills")).to_contain_text("his")

    anns.page.get_by_role("button", name="Undo").first.click()

    expect(anns.page.locator(".toast")).to_contain_text("Bob changed Retrieve skills since")
    anns.expect_outline(BUILT[0], BUILT[2], "2 Retrieve skills")
    bobs.page.get_by_role("button", name="Undo").first.click()
    expect(anns.card("Retrieve skills")).not_to_contain_text("his")
    anns.page.get_by_role("button", name="Undo").first.click()
    anns.expect_outline(BUILT[0], BUILT[2])


def test_a_workflow_that_was_deleted_says_so_and_keeps_what_was_typed(both, complaints):
    complaints.excuse("status of 404")
    anns, bobs = both()
    anns.select("Check connection status")
    anns.field("Team note").locator("textarea").press_sequentially("Ask Bob")
    anns.expect_saved()
    anns.workflow.delete()
    expect(anns.page.locator(".editor-gone")).to_contain_text("This workflow was deleted")
    expect(anns.field("Team note").locator("textarea")).to_have_value("Ask Bob")
    bobs.page.close()


MESSAGE = {
    "actionType": "st.openPersonPage",
    "personUrl": "https://www.linkedin.com/in/ada",
    "then": [
        {"actionType": "st.checkConnectionStatus"},
        {"actionType": "st.sendMessage", "text": "Hello Ada"},
    ],
}


@pytest.fixture
def clash(both, complaints, bob) -> Callable[..., Both]:
    """Bob changed a message while Ann was writing at it and had not heard of it; both have it before them."""

    def make(hers: str, his: str) -> Both:
        complaints.excuse("status of 409")
        complaints.excuse("ERR_FAILED")
        anns, bobs = both(MESSAGE)
        for editor in (anns, bobs):
            editor.select("Send message")
        hear_nothing(anns)
        node = anns.node("Send message").get_attribute("data-node-id")
        services.save_field(anns.workflow, node, "/text", [his], actor=bob.user)
        anns.field("Text").locator("textarea").fill(hers)
        expect(anns.page.get_by_role("group", name="Two versions")).to_contain_text(his)
        anns.page.unroute("**/changes?*")
        return anns, bobs

    return make


def test_two_in_one_field_see_both_versions_and_choose(clash):
    anns, bobs = clash("Hello Ada!", "Hello Ada, from Bob")
    versions = anns.page.get_by_role("group", name="Two versions")
    expect(versions).to_contain_text("Bob changed this meanwhile. Yours is not saved.")
    expect(anns.page.locator("body")).to_have_attribute("data-save-state", "failed")

    anns.select("Check connection status")
    anns.select("Send message")
    expect(anns.field("Text").locator("textarea")).to_have_value("Hello Ada!")
    versions.get_by_role("button", name="Keep mine").click()

    anns.expect_saved()
    expect(versions).to_have_count(0)
    assert anns.wire()["then"][1]["text"] == "Hello Ada!"
    expect(bobs.field("Text").locator("textarea")).to_have_value("Hello Ada!")


def test_theirs_can_be_taken_instead(clash):
    anns, _ = clash("from Ann", "from Bob")
    anns.page.get_by_role("button", name="Take theirs").click()
    expect(anns.field("Text").locator("textarea")).to_have_value("from Bob")
    anns.expect_saved()
    assert anns.wire()["then"][1]["text"] == "from Bob"


# --- Inputs -----------------------------------------------------------------------------------------


@pytest.fixture
def both_at_inputs(both, complaints) -> Both:
    """Both look at the Inputs tab, where a term and a town are declared; Ann does not hear of Bob at first."""
    complaints.excuse("status of 409")
    complaints.excuse("status of 404")
    complaints.excuse("ERR_FAILED")
    anns, bobs = both(MESSAGE)
    for name in ("term", "town"):
        services.declare_input(anns.workflow, name, "text", actor=None)
    for editor in (anns, bobs):
        editor.reload()
        editor.page.get_by_role("tab", name="Inputs").click()
    hear_nothing(anns)
    return anns, bobs


def help_of(editor: EditorPage, name: str) -> Locator:
    """The field “Help” of an input, which is opened for it."""
    item = editor.page.locator(f"[data-input={name}]")
    if item.get_attribute("open") is None:
        item.locator("summary").click()
    return item.get_by_label("Help")


def test_two_at_one_input_see_both_versions_and_choose(both_at_inputs):
    anns, bobs = both_at_inputs
    help_of(bobs, "term").fill("Words to look for")
    bobs.expect_saved()

    field = help_of(anns, "term")
    anns.page.set_viewport_size({"width": 1280, "height": 480})
    field.fill("What you sell")

    versions = anns.page.get_by_role("group", name="Two versions")
    expect(versions).to_contain_text("Bob changed this meanwhile. Yours is not saved.")
    expect(versions.get_by_role("button", name="Take theirs")).to_be_in_viewport()
    expect(versions).to_contain_text("Words to look for")
    expect(help_of(anns, "term")).to_have_value("What you sell")
    versions.get_by_role("button", name="Take theirs").click()
    expect(help_of(anns, "term")).to_have_value("Words to look for")
    anns.expect_saved()
    help_of(anns, "term").fill("Both")
    anns.expect_saved()
    anns.page.unroute("**/changes?*")
    expect(help_of(bobs, "term")).to_have_value("Both")


def test_what_is_typed_of_an_input_follows_it_to_the_name_that_somebody_else_gave_it(
    both_at_inputs,
):
    anns, bobs = both_at_inputs
    help_of(anns, "term").press_sequentially("What you ")
    anns.expect_saved()
    bobs.page.locator("[data-input=term] summary").click()
    bobs.page.locator("[data-input=term]").get_by_label("Name").fill("query")
    bobs.expect_saved()

    anns.page.unroute("**/changes?*")
    help_of(anns, "term").press_sequentially("sell")
    expect(anns.page.locator("[data-input=query] summary")).to_contain_text("{{ query }}")
    expect(help_of(anns, "query")).to_have_value("What you sell")
    anns.page.keyboard.type(" here")

    anns.expect_saved()
    expect(help_of(bobs, "query")).to_have_value("What you sell here")


def test_what_was_typed_of_an_input_that_is_gone_is_handed_back(both_at_inputs):
    anns, bobs = both_at_inputs
    help_of(anns, "term").press_sequentially("What you ")
    anns.expect_saved()
    bobs.page.locator("[data-input=term] summary").click()
    bobs.page.locator("[data-input=term]").get_by_role("button", name="Remove").click()
    bobs.expect_saved()

    help_of(anns, "term").press_sequentially("sell")

    left = anns.page.get_by_role("dialog")
    expect(left.get_by_label("Help of the input term")).to_have_value("What you sell")
    expect(left).to_contain_text("The input “term” is no longer there.")
    assert [each["name"] for each in Workflow.objects.get().inputs] == ["town"]
    assert "help" not in Workflow.objects.get().inputs[0]
