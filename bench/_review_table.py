"""The lines of `review.py` about results tables, of one run of 10,000 rows and of ten together, and their files."""

import json
import resource
import time
from collections.abc import Iterator
from typing import Any

from _review_run import _person, _run_of
from django.test import Client

from accounts.models import Team
from editor.review import columns
from editor.runs.models import Run
from editor.runs.privacy import NOTHING
from editor.workflows import services as workflows
from editor.workflows.edits.choosing import choice_of

ROWS = 10_000
RUNS = 10
FOUND = {
    "actionType": "st.searchPeople", "term": "freight", "limit": 1000,
    "then": {"actionType": "st.doForPeople", "then": {
        "actionType": "st.openPersonPage", "basicInfo": True,
        "then": [{"actionType": "st.sendConnectionRequest"}]}},
}  # fmt: skip


def lines(team: Team) -> Iterator[tuple[str, str, float]]:
    runs = runs_of(team)
    one = f"/t/{team.slug}/runs/{runs[0].public_id}/table"
    all_ = f"/t/{team.slug}/workflows/{runs[0].workflow.public_id}/table?last=10"
    every = columns.all_of(columns.of_runs(runs), choice_of(runs[0].workflow), NOTHING)
    ids = {each.head: each.id for each in every}
    name, url = ids["Search people: Name"], ids["Search people: Public URL"]
    yield f"table: of {ROWS:,} rows, the page", one, 500
    for rows, at, target in ((ROWS, one + "?", 200), (ROWS * RUNS, all_ + "&", 200)):
        yield f"table: {rows:,} rows, one page", at, 50
        yield f"table: {rows:,} rows, by name", f"{at}sort={name}", target
        yield f"table: {rows:,} rows, filter", f"{at}by={name}&op=contains&value=999", target
        yield f"table: {rows:,} rows, search", f"{at}search=quintal+777", target
        yield f"table: {rows:,} rows, one per address", f"{at}once=newest", target
        yield f"table: {rows:,} rows, one per column", f"{at}once=newest&per={url}", target


def runs_of(team: Team) -> list[Run]:
    """Ten runs of one workflow, each with half of the people of the one before."""
    found = list(team.runs.filter(workflow_name="Bench of tables").select_related("workflow"))
    if len(found) < RUNS:
        made = workflows.import_wire(
            team, actor=None, name="Bench of tables", source=json.dumps(FOUND)
        )
        found = [
            _run_of(team, f"Bench of tables, {number}", FOUND, _completion(number * ROWS // 2))
            for number in range(RUNS)
        ]
        keys = [run.pk for run in found]
        version = workflows.snapshot(made, actor=None, reason="run")
        team.runs.filter(pk__in=keys).update(
            workflow=made, version=version, workflow_name="Bench of tables"
        )
        found = list(team.runs.filter(pk__in=keys).select_related("workflow"))
    return found


def files(client: Client, team: Team) -> None:
    """Prints how fast each file of all rows comes, and how much more memory the process takes for it."""
    workflow = runs_of(team)[0].workflow
    rows = ROWS * RUNS
    for ending in ("csv", "json", "xlsx"):
        before, began, own = _most_memory(), time.perf_counter(), time.process_time()
        answer = client.get(f"/t/{team.slug}/workflows/{workflow.public_id}/table.{ending}?last=10")
        size = sum(map(len, answer.streaming_content))
        took, own = time.perf_counter() - began, time.process_time() - own
        mark = "ok  " if rows / took >= 20_000 else "SLOW"
        print(
            f"  {mark} table: {rows:,} rows as {ending}: {rows / took:,.0f} rows a second,"
            f" {rows / own:,.0f} a second of CPU; {size / 1e6:.0f} MB,"
            f" for {_most_memory() - before:.0f} MB of memory",
            flush=True,
        )


def _most_memory() -> float:
    """Of this process until now, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _completion(start: int) -> Any:
    people = [
        _person(start + number) | {"then": [_opened(start + number)]} for number in range(ROWS)
    ]
    return {"actionType": "st.searchPeople", "success": True, "data": people}


def _opened(number: int) -> dict[str, Any]:
    below = [{"actionType": "st.sendConnectionRequest", "success": True}]
    data = _person(number) | {
        "about": "A life in freight. " * 10,
        "followersCount": number,
        "then": below,
    }
    return {"actionType": "st.openPersonPage", "success": True, "data": data}
