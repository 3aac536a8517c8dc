"""Rows of results tables: stored when a run ends, made later for runs from before, fit for both databases."""

import pytest

from editor import catalog
from editor.runs.models import ResultRow, RunOutcome
from editor.runs.results import outcome, row_filling, rows
from editor.trees import table
from tests.runs.conftest import INVITE_ALL
from tests.runs.test_outcome import STRANGE, finish

PEOPLE = {"actionType": "st.searchPeople", "term": "cook", "then": {
    "actionType": "st.doForPeople", "then": {"actionType": "st.openPersonPage", "basicInfo": True},
}}  # fmt: skip


def person(name: str, **page):
    opened = {"actionType": "st.openPersonPage", "success": True, "data": page}
    return {"name": name, "publicUrl": f"https://www.LinkedIn.com/in/{name}/?x=1", "then": opened}


def people(*found):
    return {"actionType": "st.searchPeople", "success": True, "data": list(found)}


def cell(row: ResultRow, end: str):
    tree = outcome.tree_as_written(row.run.plan)
    keys = [c.key for c in table.columns(tree, catalog.default()) if c.key.endswith(end)]
    return row.cells.get(rows.short(keys[0]))


def test_a_run_stores_a_row_per_person(make_run):
    run = finish(make_run(PEOPLE), people(person("Inês", headline="Chef"), person("Rui")))
    first, second = run.rows.order_by("ordinal")
    assert (cell(first, "searchPeople.name"), cell(first, "Page.headline")) == ("Inês", "Chef")
    assert (first.identity, first.path) == ("/in/inês", "0")
    assert "ines\n" in first.words
    assert cell(second, "Page.headline") is None
    assert run.outcome.rows == 2


def test_from_the_sandbox_too(make_run, worker):
    run = worker.advance(worker.advance(make_run(INVITE_ALL)))
    assert run.rows.count() == run.outcome.rows == 3


def test_what_can_be_hidden_is_searched_by_itself(make_run):
    found = people(person("Ines", headline="Write to ines@quintal.example"))
    row = finish(make_run(PEOPLE), found).rows.get()
    assert "quintal" not in row.words.replace("/in/ines", "")
    assert "ines@quintal.example" in row.private


def test_a_message_is_about_whom_it_was_written_to_and_its_text_can_be_hidden(make_run):
    message = {
        "actionType": "st.sendMessage",
        "personUrl": "https://www.linkedin.com/in/example-ada/",
        "text": "Hello, you",
    }
    row = finish(make_run(message), {"actionType": "st.sendMessage", "success": True}).rows.get()
    assert (row.identity, cell(row, "<text")) == ("/in/example-ada", "Hello, you")
    assert (cell(row, "Message?"), row.private) == ("done", "hello, you")
    assert "hello" not in row.words


@pytest.mark.parametrize(
    "value",
    [*STRANGE.values(), 10**400, {"a\x00": "\ud800"}, "x" * 100_000],
    ids=repr,
)
def test_whatever_comes_back_is_stored(make_run, value):
    row = finish(make_run(PEOPLE), people(person("Ines", headline=value))).rows.get()
    stored = ResultRow.objects.get(pk=row.pk)
    assert len(str(cell(stored, "Page.headline"))) <= rows.MOST_IN_CELL + len(rows.CUT)


def test_runs_from_before_get_their_rows_when_somebody_looks(make_run):
    run = finish(make_run(PEOPLE), people(person("Ines"), person("Rui")))
    before = list(
        run.rows.order_by("ordinal").values(
            "ordinal", "cells", "identity", "words", "path", "node_id"
        )
    )
    run.rows.all().delete()
    RunOutcome.objects.update(rows=None)
    assert row_filling.fill([run]) == 0
    assert row_filling.fill([run]) == 0
    assert list(run.rows.order_by("ordinal").values(*before[0])) == before
