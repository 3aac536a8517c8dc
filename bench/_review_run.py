"""The lines of `review.py` about one run, of 10,000 items and of 1,000 actions: (name, address, target in ms)."""

import json
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from accounts.models import Team
from editor import catalog
from editor.lib.ids import new_id
from editor.runs import queries, services
from editor.runs.models import Run, State
from editor.runs.results import outcome
from editor.runs.workers import storing
from editor.trees import codec
from editor.workflows import services as workflows
from editor.workflows.grow import grow

ITEMS = 10_000
NODES = 1_000
INVITE = {
    "actionType": "st.searchPeople", "term": "freight", "limit": 1000,
    "then": {"actionType": "st.doForPeople", "then": {
        "actionType": "st.openPersonPage", "basicInfo": True, "then": [
            {"actionType": "st.retrievePersonExperience"}, {"actionType": "st.sendConnectionRequest"}]}},
}  # fmt: skip


def lines(team: Team) -> Iterator[tuple[str, str, float]]:
    big = _run_of(team, f"Bench of {ITEMS:,} items", INVITE, _completion())
    wide = _run_of(
        team, f"Bench of {NODES:,} actions", codec.to_wire(grow(NODES, catalog.default())), []
    )
    nodes = {node.type: node.id for node in outcome.tree_of(big.plan).nodes.values()}
    for run, name in ((big, f"{ITEMS:,} items"), (wide, f"{NODES:,} actions")):
        yield f"run: of {name}, the page", f"/t/{team.slug}/runs/{run.public_id}", 500
    at = f"/t/{team.slug}/runs/{big.public_id}/nodes"
    loop, opened = nodes["st.doForPeople"], nodes["st.openPersonPage"]
    yield "run: first items", f"{at}/{loop}", 50
    yield "run: last items", f"{at}/{loop}?cursor=0.{ITEMS - 20}", 50
    yield "run: last of what an action gave", f"{at}/{opened}?cursor={ITEMS - 300}", 50
    yield "run: errors", f"{at}/{opened}?tab=errors", 50
    yield "run: one item", f"{at}/{loop}?item={ITEMS - 1}", 50
    yield "run: JSON of a list", f"{at}/{nodes['st.searchPeople']}?tab=json", 50


def _run_of(team: Team, name: str, wire: Any, completion: Any) -> Run:
    """The run of that name, made as every run is stored when it is not there."""
    if found := team.runs.filter(workflow_name=name).select_related("plan").first():
        return found
    workflow = workflows.import_wire(team, actor=None, name=name, source=json.dumps(wire))
    started = services.start_run(
        workflow, connection=team.connections.first(), actor=None, submit_key=new_id()
    )
    Run.objects.filter(pk=started.pk).update(state=State.SUBMITTING, submitted_at=timezone.now())
    run = queries.for_worker(started.pk)
    tree = outcome.tree_of(run.plan)
    storing.store(
        [(run, outcome.prepare(run.pk, tree, completion, catalog.default()))], timezone.now()
    )
    assert run.results.exists() or not completion, name
    return run


def _completion() -> Any:
    return {
        "actionType": "st.searchPeople",
        "success": True,
        "data": [_person(number) | {"then": [_opened(number)]} for number in range(ITEMS)],
    }


def _person(number: int) -> dict[str, Any]:
    return {
        "name": f"Ines Quintal {number}",
        "urn": f"urn:li:member:{number}",
        "publicUrl": f"https://www.linkedin.com/in/example-ines-{number}",
        "headline": "Founder at Brisa Cargo, moving freight by sea and rail",
        "location": "Lisbon, Portugal",
    }


def _opened(number: int) -> dict[str, Any]:
    if number % 50 == 7:
        error = {"type": "personNotFound", "message": "There is nobody."}
        return {"actionType": "st.openPersonPage", "success": False, "error": error}
    job = {"position": "Founder", "companyName": "Brisa Cargo", "duration": 14}
    below = [
        {"actionType": "st.retrievePersonExperience", "success": True, "data": [job] * 3},
        {"actionType": "st.sendConnectionRequest", "success": True},
    ]
    return {
        "actionType": "st.openPersonPage",
        "success": True,
        "data": _person(number) | {"about": "A life in freight. " * 20, "then": below},
    }
