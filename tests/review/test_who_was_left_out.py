"""Which people did not get the invitation last week, and why? A table of a workflow's runs says it."""

import io
import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from editor.runs.models import Run
from tests.review.test_tables import again_with, all_runs_of, file, ids, lines, names, table_of
from tests.runs.test_outcome import finish
from tests.runs.test_privacy import hide
from tests.runs.test_rows import people, person

INVITE = "st.sendConnectionRequest"
ASKED = {"actionType": "st.searchPeople", "term": "cook", "then": {
    "actionType": "st.doForPeople", "then": {
        "actionType": "st.openPersonPage", "basicInfo": True, "then": {"actionType": INVITE}},
}}  # fmt: skip


def invited(name, error=""):
    failed = {"success": False, "error": {"type": error, "message": "No."}}
    then = {"actionType": INVITE, **(failed if error else {"success": True})}
    return person(name, then=then)


def not_found(name):
    error = {"type": "personNotFound", "message": "There is nobody."}
    return person(name) | {
        "then": {"actionType": "st.openPersonPage", "success": False, "error": error}
    }


@pytest.fixture
def run(make_run):
    found = [
        invited("Ada"), invited("Bea", "alreadyPending"), not_found("Cai"), invited("Dov", "brandNew"),
    ]  # fmt: skip
    return finish(make_run(ASKED), people(*found))


@pytest.fixture
def fits(run, ann):
    """fits(op, value): who is left in the table of the run, by how the invitation went."""

    def fits(op, value="", someone=ann):
        state = ids(ann, table_of(run))["Send connection request: State"]
        answer = someone.get(table_of(run), {"by": state, "op": op, "value": value})
        html = answer.content.decode()
        return [] if "No row fits" in html else names(answer), html

    return fits


def test_whoever_was_not_invited_is_listed_with_the_reason(fits):
    left_out, html = fits("not", "done")
    assert left_out == ["Bea", "Cai", "Dov"]
    for reason in ("Already pending", "Person not found", "Brand new"):
        assert f">{reason}<" in html
    assert "Send connection request: State is not done" in html
    shown = re.findall(r'aria-label="Filter by ([^"]+)"', html)
    assert shown[1:3] == ["Open person page: State", "Send connection request: State"], (
        "the reasons stand beside who it was"
    )


@pytest.mark.parametrize(
    ("op", "value", "left"),
    [
        ("is", "Already pending", ["Bea"]),
        ("is", "alreadyPending", ["Bea"]),
        ("is", "already", []),
        ("contains", "PENDING", ["Bea"]),
        ("is", "Brand new", ["Dov"]),
        ("contains", "brand n", ["Dov"]),
        ("is", "Done", ["Ada"]),
        ("not", "already pending", ["Ada", "Cai", "Dov"]),
    ],
)
def test_a_reason_is_found_by_the_words_that_the_table_shows(fits, op, value, left):
    assert fits(op, value)[0] == left


def test_a_file_for_people_says_the_reason_in_the_words_of_the_page_and_json_its_type(run, ann):
    state = "Send connection request: State"
    book = load_workbook(io.BytesIO(file(ann, table_of(run), "xlsx")))
    sheet = [list(row) for row in book.active.iter_rows(values_only=True)]
    for heads, *found in (lines(file(ann, table_of(run))), sheet):
        at = heads.index(state)
        assert [row[at] or "" for row in found] == ["done", "Already pending", "", "Brand new"]
    found = json.loads(file(ann, table_of(run), "json"))
    assert [row.get(state) for row in found] == ["done", "alreadyPending", None, "brandNew"]


def test_the_words_are_offered_while_typing(run, ann):
    html = ann.get(table_of(run)).content.decode()
    assert 'data-list="sheet-states"' in html
    for words in ("done", "Already pending", "Person not found"):
        assert f'<option value="{words}">' in html


def test_is_not_is_for_every_column_and_tells_nobody_a_hidden_address(run, ann, vic):
    other = again_with(run, people(invited("Eli"), person("Fay", headline="fay@quintal.example")))
    headline = ids(ann, table_of(other))["Open person page: Headline"]
    asked = {"by": headline, "op": "not", "value": "fay@quintal.example"}
    assert names(ann.get(table_of(other), asked)) == ["Eli"]
    hide(ann.team)
    for value in ("fay@quintal.example", "fey@quintal.example"):
        assert names(vic.get(table_of(other), asked | {"value": value})) == ["Eli"]


def test_the_last_days_are_one_press_away(run, ann):
    old = again_with(run, people(invited("Old")))
    Run.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=9))
    html = ann.get(all_runs_of(run)).content.decode()
    week, month = (re.search(rf'href="([^"]+)">Last {days} days', html)[1] for days in (7, 30))
    assert "Old" not in names(ann.get(all_runs_of(run) + week))
    assert "Old" in names(ann.get(all_runs_of(run) + month))
    page = ann.get(all_runs_of(run) + week).content.decode()
    assert page.count("Last 7 days") == 2, "on the button and in its menu"
    assert 'aria-current="true">Last 7 days' in page
