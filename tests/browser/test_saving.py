"""Nothing is lost and nothing is done twice, whatever the network does; and the page says so truthfully."""

from playwright.sync_api import Route, expect

from tests.browser.test_building import VISIT

OFFLINE = "ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_CONNECTION"
BUILT = ("1 Open person page", "2 Check connection status", "2 Send connection request")


def test_an_edit_without_a_connection_waits_and_goes_out_later(ann_edits, complaints):
    complaints.excuse(OFFLINE)
    editor = ann_edits(VISIT)
    page = editor.page
    editor.select("Check connection status")
    page.context.set_offline(True)
    editor.field("Label").locator("input").fill("first")
    expect(page.locator("body")).to_have_attribute("data-save-state", "failed")
    expect(page.locator("#save-state")).to_contain_text("Not saved. No connection.")
    expect(editor.field("Label").locator("input")).to_have_value("first")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.context.set_offline(False)  # which is told to the page, so it need not wait
    editor.expect_saved()
    assert editor.wire()["then"][0]["label"] == "first"


def test_an_edit_whose_answer_was_lost_is_not_done_twice(ann_edits, complaints):
    complaints.excuse(OFFLINE)
    editor = ann_edits(VISIT)
    page = editor.page
    lost: list[int] = []

    def deliver_and_lose_the_answer(route: Route) -> None:
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/edit/duplicate", deliver_and_lose_the_answer, times=1)
    editor.menu("Check connection status", "Duplicate")
    editor.expect_outline(*BUILT[:2], *BUILT[1:])
    assert lost == [200]
    expect(page.locator(".toast")).to_contain_text("The connection broke while saving")
    editor.reload()
    editor.expect_outline(*BUILT[:2], *BUILT[1:])


def test_an_edit_that_never_arrived_is_sent_again(ann_edits, complaints):
    complaints.excuse(OFFLINE)
    editor = ann_edits(VISIT)
    editor.page.route("**/edit/duplicate", lambda route: route.abort(), times=1)
    editor.menu("Check connection status", "Duplicate")
    editor.expect_outline(*BUILT[:2], *BUILT[1:])
    editor.reload()
    editor.expect_outline(*BUILT[:2], *BUILT[1:])


def test_a_server_in_trouble_is_asked_again(ann_edits, complaints):
    complaints.excuse("status of 503")
    editor = ann_edits(VISIT)
    editor.page.route("**/edit/remove", lambda route: route.fulfill(status=503), times=1)
    editor.menu("Check connection status", "Delete")
    editor.expect_outline(BUILT[0], BUILT[2])
    assert [action["actionType"] for action in editor.wire()["then"]] == [
        "st.sendConnectionRequest"
    ]


def test_edits_in_quick_succession_all_arrive_in_their_order(ann_edits):
    editor = ann_edits({"actionType": "st.openPersonPage"})
    page = editor.page
    page.evaluate(
        """() => { for (const type of ["st.retrievePersonSkills", "st.retrievePersonPosts", "st.sendMessage"]) {
            document.querySelector("#tree .node-card").click();
            document.querySelector(`#palette-list [data-choice="${type}"]`).click();
        } }"""
    )
    editor.expect_outline(
        "1 Open person page", "2 Retrieve skills", "2 Retrieve person's posts", "2 Send message"
    )


def test_two_people_in_one_workflow_both_see_what_is_there(ann_edits, bob, browse):
    editor = ann_edits(VISIT)
    other = type(editor)(browse(bob), editor.workflow)
    other.open()
    other.menu("Send connection request", "Delete")
    other.expect_outline(*BUILT[:2])
    editor.menu("Check connection status", "Duplicate")
    editor.expect_outline(BUILT[0], BUILT[1], BUILT[1])
