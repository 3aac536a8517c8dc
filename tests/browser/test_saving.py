"""Nothing is lost and nothing is done twice, whatever the network does; and the page says so truthfully."""

import contextlib

from playwright.sync_api import Error, Route, expect

from editor.workflows import queries, services
from tests.browser.test_building import VISIT

OFFLINE = "ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_CONNECTION"
BUILT = ("1 Open person page", "2 Check connection status", "2 Send connection request")


def label_without_a_connection(ann_edits, complaints):
    """The editor, in which a label waits for a connection."""
    complaints.excuse(OFFLINE)
    editor = ann_edits(VISIT)
    page = editor.page
    editor.select("Check connection status")
    page.context.set_offline(True)
    editor.field("Label").locator("input").fill("first")
    expect(page.locator("body")).to_have_attribute("data-save-state", "failed")
    return editor


def test_an_edit_without_a_connection_waits_and_goes_out_later(ann_edits, complaints):
    editor = label_without_a_connection(ann_edits, complaints)
    page = editor.page
    expect(page.locator("#save-state")).to_contain_text("Offline: 1 change waits")
    expect(editor.field("Label").locator("input")).to_have_value("first")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.context.set_offline(False)  # which is told to the page, so it need not wait
    editor.expect_saved()
    assert editor.wire()["then"][0]["label"] == "first"


def test_without_a_connection_no_action_shows_the_settings_of_another(ann_edits, complaints):
    editor = label_without_a_connection(ann_edits, complaints)
    page = editor.page
    editor.card("Send connection request").locator(".node-name").click()
    expect(page.locator("#inspector")).to_contain_text("come when what waits is saved")
    expect(editor.field("Label")).to_have_count(0)
    page.get_by_role("tab", name="History").click()
    expect(page.locator("#panel-history")).to_contain_text("There is no connection")
    page.context.set_offline(False)
    editor.expect_saved()
    expect(page.locator("#panel-history")).not_to_contain_text("There is no connection")
    page.get_by_role("tab", name="Settings").click()
    expect(editor.field("Label").locator("input")).to_have_value("")
    assert editor.wire()["then"][0]["label"] == "first"


def test_the_inputs_say_why_they_do_not_come_and_come_with_the_connection(ann_edits, complaints):
    complaints.excuse(OFFLINE)
    editor = ann_edits(VISIT)
    page = editor.page
    panel = page.locator("#panel-inputs")
    page.wait_for_function("() => import('/static/js/editor/later.js').then(() => true)")
    page.context.set_offline(True)
    page.get_by_role("tab", name="Inputs").click()
    expect(panel).to_contain_text("There is no connection. The inputs come when it is back.")
    page.context.set_offline(False)
    expect(panel).to_contain_text("Nothing is asked when this runs")
    expect(panel.get_by_role("button", name="Add input")).to_be_visible()


def test_the_inputs_say_that_they_come_when_what_waits_is_saved(ann_edits, complaints):
    editor = label_without_a_connection(ann_edits, complaints)
    page = editor.page
    panel = page.locator("#panel-inputs")
    page.get_by_role("tab", name="Inputs").click()
    expect(panel).to_contain_text("The inputs come when what waits is saved.")
    page.context.set_offline(False)
    editor.expect_saved()
    expect(panel.get_by_role("button", name="Add input")).to_be_visible()


def test_the_json_comes_with_the_connection_too(ann_edits, complaints):
    complaints.excuse(OFFLINE)
    editor = ann_edits(VISIT)
    page = editor.page
    page.wait_for_function("() => import('/static/js/editor/later.js').then(() => true)")
    view = page.get_by_role("region", name="JSON")
    page.context.set_offline(True)
    page.locator("[data-do=view-json]").click()
    expect(view).to_contain_text("There is no connection. The JSON follows when it is back.")
    expect(view.get_by_label("Workflow as JSON").first).not_to_be_editable()
    page.context.set_offline(False)
    expect(view.locator(".cm-content")).to_contain_text("st.checkConnectionStatus")
    expect(view).to_contain_text("What is sent to Linked API. Change it, then apply.")
    expect(view.locator(".cm-content")).to_be_editable()


def test_the_json_says_that_it_waits_for_what_is_not_saved(ann_edits, complaints):
    editor = label_without_a_connection(ann_edits, complaints)
    page = editor.page
    view = page.get_by_role("region", name="JSON")
    page.locator("[data-do=view-json]").click()
    expect(view).to_contain_text("The JSON follows when what waits is saved.")
    page.context.set_offline(False)
    expect(view.locator(".cm-content")).to_contain_text('"label": "first"')


def test_what_the_page_fetches_last_comes_with_the_connection(ann_edits, complaints):
    complaints.excuse(OFFLINE)
    editor = ann_edits(VISIT)
    page = editor.page
    page.route("**/editor/later*", lambda route: route.abort("internetdisconnected"))
    with page.expect_event("requestfailed", lambda request: "/later" in request.url):
        editor.reload()
    page.context.set_offline(True)
    page.unroute("**/editor/later*")
    with page.expect_response(lambda answer: "/editor/later" in answer.url and answer.ok):
        page.context.set_offline(False)
    page.wait_for_function(
        "async () => { await import('/static/js/editor/later.js'); return true; }"
    )


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
    editor.reload()
    editor.expect_outline(*BUILT[:2], *BUILT[1:])


def test_edits_without_a_connection_outlive_a_reload(ann_edits, complaints):
    complaints.excuse(OFFLINE)
    editor = ann_edits(VISIT)
    page = editor.page
    editor.select("Check connection status")
    page.context.set_offline(True)
    editor.field("Label").locator("input").fill("first")
    editor.field("Team note").locator("textarea").fill("Ask Bob")
    editor.field("Team note").locator("textarea").blur()
    editor.menu("Send connection request", "Delete")
    expect(editor.card("Send connection request").locator(".node-waiting")).to_have_text("Waits")
    expect(page.locator("#save-state")).to_contain_text("Offline: 3 changes wait")

    with contextlib.suppress(Error):
        page.reload()
    page.context.set_offline(False)
    editor.open()

    expect(page.locator(".toast")).to_have_text("3 changes from before were saved.")
    editor.expect_outline(*BUILT[:2])
    assert editor.wire()["then"] == [{"actionType": "st.checkConnectionStatus", "label": "first"}]
    editor.reload()
    expect(page.locator(".toast")).to_have_count(0)


def test_what_is_refused_after_a_reload_is_shown_with_its_text(ann_edits, complaints, bob):
    complaints.excuse(OFFLINE)
    complaints.excuse("status of 4")
    editor = ann_edits(VISIT)
    page = editor.page
    editor.select("Check connection status")
    page.route("**/edit/**", lambda route: route.abort())
    editor.field("Team note").locator("textarea").fill("Ask Bob")
    expect(page.locator("#save-state")).to_contain_text("Offline: 1 change waits")
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto("/actions")
    node = queries.tree_of(editor.workflow).roots[0].id
    below = queries.tree_of(editor.workflow).children(node)[0].id
    services.remove(editor.workflow, [below], actor=bob.user)
    page.unroute("**/edit/**")

    editor.open()

    dialog = page.get_by_role("dialog", name="Not saved")
    expect(dialog).to_contain_text("This action is no longer there.")
    expect(dialog.get_by_role("textbox")).to_have_value("Ask Bob")
    editor.reload()
    expect(dialog.get_by_role("textbox")).to_have_value("Ask Bob")
    dialog.get_by_role("button", name="Close").last.click()
    editor.reload()
    expect(dialog).to_be_hidden()


def test_who_signs_in_again_elsewhere_loses_nothing(ann_edits, ann, complaints):
    complaints.excuse("status of 403")
    editor = ann_edits(VISIT)
    page = editor.page
    page.context.clear_cookies()
    editor.menu("Send connection request", "Delete")
    expect(page.locator("#save-state")).to_contain_text("You are signed out: 1 change waits")
    ann.force_login(ann.user)
    cookies = [{"name": "sessionid", "value": ann.cookies["sessionid"].value, "url": page.url}]
    page.context.add_cookies(cookies)
    page.get_by_role("button", name="Try again").click()
    editor.expect_outline(*BUILT[:2])


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


def test_a_press_counts_although_what_is_pressed_is_drawn_anew_meanwhile(ann_edits):
    """The press leaves a field, which saves it, and a quick server answers before the button is let go."""
    editor = ann_edits(VISIT)
    page = editor.page
    editor.select("Open person page")
    # However slow the machine is: no pause in typing saves anything here, and no press lasts too long.
    page.evaluate(
        """() => {
            const { setTimeout } = window;
            window.setTimeout = (act, wait) => setTimeout(act, wait >= 500 ? 1e6 : wait);
        }"""
    )
    editor.field("Label").locator("input").fill("Inês")
    box = editor.card("Open person page").locator("[data-do=add]").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    with page.expect_response("**/edit/label"):
        page.mouse.down()
    page.mouse.up()
    expect(page.locator("#choice-menu")).to_be_visible()
    editor.expect_saved()
    assert editor.wire() == {**VISIT, "label": "Inês"}
