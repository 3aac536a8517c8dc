"""What somebody typed into a form is not lost when the form does not get through."""

from playwright.sync_api import expect

from accounts.models import Connection, User
from tests.people import PASSWORD
from tests.tables.urls import a_run


def signed_out(page):
    """The session has ended meanwhile, such as by a sign-out of all other browsers."""
    page.context.clear_cookies(name="sessionid")


def sign_in_again(page, email):
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_who_was_signed_out_meanwhile_finds_what_was_typed_after_signing_in(ann, browse):
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/workflows/import")
    page.locator(".cm-content").fill('{"actionType": "st.openPersonPage"}')
    signed_out(page)
    page.get_by_role("button", name="Check").click()
    sign_in_again(page, ann.user.email)

    expect(page.locator(".toast")).to_contain_text("What you typed is here again")
    expect(page.locator(".cm-content")).to_contain_text("st.openPersonPage")
    page.reload()
    expect(page.locator(".cm-content")).not_to_contain_text("st.openPersonPage")


def test_a_form_that_goes_to_another_address_brings_back_to_its_page(ann, browse):
    sandbox = Connection.objects.get(team=ann.team)
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/team/connections/{sandbox.public_id}")
    page.get_by_label("Name").fill("Of the marketing team")
    page.get_by_label("Who may run on it").select_option("admin")
    signed_out(page)
    page.get_by_role("button", name="Rename").click()
    sign_in_again(page, ann.user.email)

    expect(page).to_have_url(f"/t/{ann.team.slug}/team/connections/{sandbox.public_id}")
    expect(page.get_by_label("Name")).to_have_value("Of the marketing team")


def test_a_page_from_before_another_sign_in_loses_nothing_either(ann, browse, complaints):
    complaints.excuse("status of 403")
    page = browse(ann)
    page.goto("/profile")
    page.get_by_label("Name").fill("Ann of Outreach")
    page.context.clear_cookies(name="csrftoken")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Load the page again").click()

    expect(page.get_by_label("Name")).to_have_value("Ann of Outreach")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_have_text("Profile saved.")
    assert User.objects.get(pk=ann.user.pk).name == "Ann of Outreach"


def test_somebody_else_in_that_tab_does_not_see_it(ann, bob, browse):
    page = browse(ann)
    page.goto("/profile")
    page.get_by_label("Name").fill("A secret of Ann's")
    signed_out(page)
    page.get_by_role("button", name="Save").click()
    sign_in_again(page, bob.user.email)

    expect(page.get_by_label("Name")).to_have_value("Bob")
    expect(page.locator(".toast")).to_have_count(0)
    assert page.evaluate("sessionStorage.length") == 0


def test_tokens_are_not_kept(ann, browse):
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/team/connections/new")
    page.get_by_label("Name").fill("Real one")
    page.get_by_label("Linked API token").fill("linked_12345678")
    page.get_by_label("Identification token").fill("id_12345678")
    signed_out(page)
    page.get_by_role("button", name="Add the connection").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    kept = page.evaluate("JSON.stringify(sessionStorage)")
    assert "Real one" in kept
    assert "12345678" not in kept


def test_what_a_script_sends_and_saves_is_not_given_back_later(ann, browse):
    run = a_run(ann)
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/runs/{run.public_id}")
    page.get_by_role("button", name="Star").click()
    expect(page.get_by_role("button", name="Starred")).to_be_visible()

    assert page.evaluate("sessionStorage.getItem('trellis:typed')") is None
