"""Ann and Bob in one workflow at the same time: each sees what the other does, and nobody loses anything."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

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
