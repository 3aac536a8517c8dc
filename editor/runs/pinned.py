"""Runs of what no version is: it is handed over as it is, and only the run keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts import audit
from accounts.models import Connection, Team, User
from editor.lib.tx import writing
from editor.workflows.rows import tree_from_json
from editor.workflows.services import note_run

from . import sending, services
from .models import Origin, Run, RunPlan
from .nudging import nudge
from .results import outcome


@dataclass(frozen=True, slots=True)
class Definition:
    """What is to run: a tree as JSON (`workflows.rows`), what people call it, and which version of that it is.
    `repeats`: the run that it does a part of again; the new one belongs to the same workflow."""

    name: str
    number: int
    tree: Any
    repeats: Run | None = None


def start(
    team: Team,
    definition: Definition,
    *,
    connection: Connection,
    actor: User,
    submit_key: str,
    inputs: Mapping[str, Any],
) -> tuple[Run, bool]:
    """Queue a run of a definition, once per key; whether it is a new one.

    `inputs`: values by name, as typed or as JSON. Raises what `services.start_run` raises.
    """
    made: list[Run] = []

    def make() -> Run:
        tree = tree_from_json(definition.tree)
        if errors := sending.errors_of(tree):
            raise services.CannotRun(errors)
        values, problems = sending.values_of(tree, inputs)
        if problems:
            raise services.WrongInputs(problems)
        services.must_may_act(connection, actor, tree)
        made.append(_create(team, definition, connection, actor, submit_key, values))
        return made[0]

    run = services.once(team, connection, actor, submit_key, make)
    return run, run in made


def _create(
    team: Team, definition: Definition, connection: Connection, actor: User, submit_key: str,
    values: Mapping[str, Any],
) -> Run:  # fmt: skip
    before = definition.repeats
    with writing():
        run = Run.objects.create(
            team=team, workflow=before.workflow if before else None, workflow_name=definition.name,
            version=before.version if before else None, version_number=definition.number, part=before is not None,
            origin=Origin.AGAIN if before else Origin.PERSON, connection=connection, started_by=actor,
            started_by_name=str(actor)[:80], submit_key=submit_key, inputs=values,
        )  # fmt: skip
        RunPlan.objects.create(run=run, **outcome.pack_plan(definition.tree, values))
        if run.workflow_id is not None:
            note_run(run.workflow_id, run_id=run.public_id, state=run.state, at=run.created_at)
        nudge(connection.pk)
        audit.record(
            team, actor, "run.started", definition.name, run=run.public_id,
            connection=connection.name, version=definition.number,
            **({"again": before.public_id} if before else {}),
        )  # fmt: skip
    return run
