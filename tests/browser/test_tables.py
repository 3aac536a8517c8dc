"""Results as a table, in the browser."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessible import violations
from tests.review.test_tables import again, all_runs_of
from tests.runs.conftest import account, connection, make_run  # noqa: F401
from tests.runs.test_outcome import finish
from tests.runs.test_rows import PEOPLE, people, person


@pytest.fixture
def workflow(make_run):  # noqa: F811
    """Four runs; the last three found four founders, one of them twice."""
    first = finish(make_run(PEOPLE), people(person("Old", headline="Founder")))
    again(first, person("Zoe", headline="Founder"), person("Max", headline="Cook"))
    again(first, person("Ada", headline="=Founder"), person("Zoe", headline="Founder of two"))
    return again(
        first, person("Eva", headline="Co-founder"), person("Rui", headline="founder")
    ).workflow


def test_the_csv_of_all_founders_found_in_the_last_three_runs_without_doubles(
    workflow, ann, browse
):
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/workflows/{workflow.public_id}#results")
    panel = page.get_by_role("tabpanel", name="Results")
    panel.locator("summary").click()
    panel.get_by_role("button", name="Show Headline of Open person page").click()
    expect(panel.get_by_label("Name of the column Headline")).to_have_count(2)
    panel.get_by_label("Name of the column Name").fill("Who")
    panel.get_by_label("Name of the column Name").press("Enter")
    up = panel.get_by_role("button", name="Move Who down")
    up.click()
    expect(panel.locator(".column__name").nth(1)).to_have_value("Who")
    expect(up).to_be_focused()
    assert violations(page) == []
    panel.get_by_role("link", name="Open the table of all runs").click()

    page.get_by_text("Newest 30 runs").first.click()
    page.get_by_role("link", name="Newest 3 runs").click()
    page.get_by_text("With doubles").first.click()
    page.get_by_role("link", name="Without doubles", exact=True).click()
    page.get_by_role("button", name="Filter by Open person page: Headline").click()
    page.get_by_label("Value").fill("founder")
    page.get_by_role("dialog").get_by_role("button", name="Filter").click()
    expect(page.get_by_role("status").filter(has_text="rows")).to_have_text(
        "4 rows of 3 runs · one row per person"
    )
    assert violations(page) == []
    page.get_by_role("link", name="Who").click()
    expect(page.get_by_role("columnheader", name="Who")).to_have_attribute("aria-sort", "ascending")

    page.get_by_text("Download", exact=True).click()
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").click()
    told = Path(started.value.path()).read_bytes().decode("utf-8-sig")
    heads, *rows = csv.reader(io.StringIO(told, newline=""))
    assert [row[heads.index("Who")] for row in rows] == ["Ada", "Eva", "Rui", "Zoe"]
    headlines = [row[heads.index("Open person page: Headline")] for row in rows]
    assert headlines == ["'=Founder", "Co-founder", "founder", "Founder of two"]


def test_on_a_phone_nothing_is_wider_than_the_page(workflow, ann, browse):
    page = browse(ann, size="phone")
    for address in (all_runs_of(workflow.runs.first()), f"/t/{ann.team.slug}/team/privacy"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_whom_a_row_is_about_stays_in_sight_however_far_its_columns_go(workflow, ann, browse):
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/runs/{workflow.runs.latest('pk').public_id}/table")
    rows = page.get_by_role("region", name="Rows")
    assert rows.evaluate("rows => (rows.scrollTo(9_999, 0), rows.scrollLeft)") > 100
    expect(page.get_by_role("cell", name="Eva", exact=True).first).to_be_in_viewport()


def test_a_column_is_dragged(workflow, ann, browse):
    page = browse(ann)
    page.goto(f"/t/{ann.team.slug}/workflows/{workflow.public_id}#results")
    names = page.locator(".column__name")
    expect(names.nth(0)).to_have_value("Name")
    page.wait_for_function(  # the last of its looks, which shifts what stands there
        "() => [...document.querySelectorAll('link[data-later]')].every(({ media, sheet }) => media === 'all' && sheet)"
    )
    grip, target = page.locator("[data-grip]").nth(2).bounding_box(), names.nth(0).bounding_box()
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(target["x"], target["y"] + 2, steps=4)
    page.mouse.up()
    expect(names.nth(0)).to_have_value("Headline")
    page.reload()
    page.wait_for_selector(".column__name")
    expect(names.nth(0)).to_have_value("Headline")
