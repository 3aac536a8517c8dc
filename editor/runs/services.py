"""Writing: what people do with runs. Moves that the service causes are in `advance`.

Who may act is the view's business (accounts.access); what must never happen is refused here.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from django.db import IntegrityError
from django.utils import timezone

from accounts import audit
from accounts import queries as accounts
from accounts.models import Connection, Kind, Team, User
from editor import catalog
from editor.lib.tx import writing
from editor.trees import placeholders
from editor.trees.nodes import Tree
from editor.trees.plan import Plan, plan_of
from editor.trees.problems import Problem
from editor.workflows import queries as workflows
from editor.workflows.models import Version, Workflow
from editor.workflows.rows import tree_from_json
from editor.workflows.services import note_run, snapshot

from . import acting, sending, transitions
from .models import Batch, Origin, Run, RunPlan, Schedule, State
from .moves import move
from .notices import services as notices
from .nudging import nudge
from .results import outcome

KEY_MAX = 64
NO_INPUTS: Final[Mapping[str, Any]] = {}
_REMOTE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,199}", re.ASCII)


class Refused(Exception):
    """An act that is not possible now; the message says why, for people."""


class CannotRun(Refused):
    """The workflow has errors; `problems` lists them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = len(problems)
        found = "a problem" if count == 1 else f"{count} problems"
        super().__init__(f"The workflow has {found}. Mend what the editor shows, then run it.")
        self.problems = problems


class WrongInputs(CannotRun):
    """Values are missing or wrong, or make of the workflow what cannot run. A problem's path is "/name"."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.args = (" ".join(problem.message for problem in problems[:3]),)


def start_run(
    workflow: Workflow,
    *,
    connection: Connection,
    actor: User | None,
    submit_key: str,
    inputs: Mapping[str, Any] = NO_INPUTS,
    revision: int | None = None,
    schedule: Schedule | None = None,
    dry: bool = False,
    without: Collection[str] = (),
) -> Run:
    """Queue a run of the workflow as it is now; `schedule` says that it came round by itself, `dry` that it is there
    to see what would come back. `without`: node ids that this run leaves out, each with all below it.

    `submit_key` is made by the form: the same key gives the same run, however often it is posted. `inputs`: values
    by name, as typed or as JSON; those left out have their defaults. `revision`: the one that was confirmed.
    Raises CannotRun when the tree has errors or nothing to do, WrongInputs when values do not do, Refused when it
    was changed, when workflow and connection are not of one team, the key is no key, or a dry run would be a real one.
    """
    if dry and connection.kind != Kind.SANDBOX:
        raise Refused("A dry run goes to the sandbox only.")

    def make() -> Run:
        checked, values = _checked(workflow, inputs, revision)
        return _create_run(checked, connection, actor, submit_key, values, schedule, dry, without)

    return once(workflow.team, connection, actor, submit_key, make)


def run_as_it_was(run: Run, *, connection: Connection, actor: User, submit_key: str) -> Run:
    """Queue what ran once more: the same definition with the same values, whatever became of the workflow.

    Raises Refused when it does not go by the rules of today, and like `start_run` for a wrong connection or key.
    """

    def make() -> Run:
        if errors := sending.errors_of(outcome.tree_of(run.plan)):
            raise Refused(f"What ran then cannot run any more: {errors[0].message}")
        return _copy_run(run, connection, actor, submit_key)

    return once(run.team, connection, actor, submit_key, make)


def once(
    team: Team, connection: Connection, actor: User | None, submit_key: str, make: Callable[[], Run]
) -> Run:
    """The one run of this key: the one that is there already, or the one that `make` makes."""
    if not (0 < len(submit_key) <= KEY_MAX and submit_key.isascii() and submit_key.isprintable()):
        raise Refused("The form was incomplete. Reload the page and try again.")
    if connection.team_id != team.pk:
        raise Refused("This connection belongs to another team.")
    if run := run_of(team, submit_key):
        return run
    must_be_usable(connection, actor)
    try:
        return make()
    except IntegrityError:
        # The same key came twice at the same moment: the other one has made the run.
        if run := run_of(team, submit_key):
            return run
        raise


def must_be_usable(connection: Connection, actor: User | None) -> None:
    """Raises Refused when this person may not start runs on that account; Trellis itself (None) may."""
    if actor is not None and not accounts.may_use(actor, connection):
        if connection.team.closes_at:
            raise Refused("This team is about to be deleted: nothing runs in it any more.")
        raise Refused(
            f"You may not run on “{connection.name}”. Choose another account, or ask an admin."
        )


def must_be_in_use(workflow: Workflow) -> None:
    """Raises Refused for one that lies in the archive: nothing begins there, by hand or by itself. What ran is run
    again as it was all the same, for that needs no workflow."""
    if workflow.archived_at:
        raise Refused("The workflow is in the archive. Take it back from there first.")


def must_may_act(connection: Connection, actor: User | None, sent: Tree) -> None:
    """Raises Refused when real people would see what it does and the team wants a larger role for that. Every run
    that is made goes through here."""
    if barred := acting.barred(connection, actor, sent):
        raise Refused(barred)


def _checked(
    workflow: Workflow, inputs: Mapping[str, Any], revision: int | None
) -> tuple[Workflow, dict[str, Any]]:
    """The workflow as it is now, with values that can be sent. Raises CannotRun, or Refused for another revision."""
    workflow = Workflow.objects.select_related("team").get(pk=workflow.pk)
    must_be_in_use(workflow)
    if revision not in (None, workflow.revision):
        raise Refused(_CHANGED)
    tree = workflows.tree_of(workflow)
    if errors := sending.errors_of(tree):
        raise CannotRun(errors)
    values, problems = sending.values_of(tree, inputs)
    if problems:
        raise WrongInputs(problems)
    return workflow, values


def plan_with(workflow: Workflow, values: Mapping[str, Any]) -> Plan:
    """What a run of the workflow as it is now can do at most with these values."""
    tree = placeholders.fill_known(workflows.tree_of(workflow), values)
    return plan_of(tree, catalog.default())


_CHANGED = "The workflow was changed at this moment. Look at it and run it again."


def _create_run(
    workflow: Workflow,
    connection: Connection,
    actor: User | None,
    submit_key: str,
    values: dict[str, Any],
    schedule: Schedule | None,
    dry: bool,
    without: Collection[str],
) -> Run:
    with writing():
        version = snapshot(workflow, actor=actor, reason="run")
        if version.revision != workflow.revision:
            raise Refused(_CHANGED)
        run = add_run(
            workflow,
            version,
            connection=connection,
            actor=actor,
            submit_key=submit_key,
            values=values,
            schedule=schedule,
            dry=dry,
            without=without,
        )
        audit.record(
            workflow.team, actor, "run.started", workflow.name,
            run=run.public_id, connection=connection.name, version=version.number,
        )  # fmt: skip
    return run


def what_runs(workflow: Workflow, version: Version, connection: Connection) -> dict[str, Any]:
    """The fields that runs and batches of a version have in common."""
    return {
        "team": workflow.team,
        "workflow": workflow,
        "workflow_name": workflow.name,
        "version": version,
        "version_number": version.number,
        "connection": connection,
    }


def add_run(
    workflow: Workflow,
    version: Version,
    *,
    connection: Connection,
    actor: User | None,
    submit_key: str,
    values: Mapping[str, Any],
    schedule: Schedule | None = None,
    batch: Batch | None = None,
    dry: bool = False,
    without: Collection[str] = (),
) -> Run:
    """Queue a run of a version, with values that have been checked, inside the caller's transaction.

    Raises Refused when the actor may not run such acts.
    """
    must_may_act(connection, actor, tree_from_json(version.tree))
    run = Run.objects.create(
        **what_runs(workflow, version, connection),
        started_by=actor,
        started_by_name=str(actor)[:80] if actor else "Trellis",
        submit_key=submit_key,
        origin=_origin(batch, schedule, dry),
        schedule=schedule,
        batch=batch,
        inputs=values,
        part=bool(without),
    )
    tree = outcome.switched_off(version.tree, without) if without else version.tree
    RunPlan.objects.create(run=run, **outcome.pack_plan(tree, values))
    note_run(workflow.pk, run_id=run.public_id, state=run.state, at=run.created_at)
    nudge(connection.pk)
    return run


def _origin(batch: Batch | None, schedule: Schedule | None, dry: bool) -> Origin:
    if batch or schedule:
        return Origin.BATCH if batch else Origin.SCHEDULE
    return Origin.DRY if dry else Origin.PERSON


def _copy_run(run: Run, connection: Connection, actor: User, submit_key: str) -> Run:
    must_may_act(connection, actor, outcome.tree_of(run.plan))
    with writing():
        copy = Run.objects.create(
            team=run.team,
            workflow=run.workflow,
            workflow_name=run.workflow_name,
            version=run.version,
            version_number=run.version_number,
            connection=connection,
            origin=Origin.AGAIN,
            started_by=actor,
            started_by_name=str(actor)[:80],
            submit_key=submit_key,
            inputs=run.inputs,
            part=run.part,
        )
        RunPlan.objects.create(run=copy, definition=run.plan.definition, tree=run.plan.tree)
        if run.workflow_id is not None:
            note_run(run.workflow_id, run_id=copy.public_id, state=copy.state, at=copy.created_at)
        nudge(connection.pk)
        audit.record(
            run.team, actor, "run.started", run.workflow_name, run=copy.public_id,
            connection=connection.name, version=run.version_number, again=run.public_id,
        )  # fmt: skip
    return copy


def run_of(team: Team, submit_key: str) -> Run | None:
    """The run that was made with this key."""
    return team.runs.filter(submit_key=submit_key).first()


def cancel(run: Run, *, actor: User) -> None:
    """End a run. A queued one ends at once; for one that was sent the worker tells the service.

    Raises Refused when it has ended already, or is uncertain (then `give_up` is the way).
    """
    now = timezone.now()
    with writing():
        if run.state == State.QUEUED and transitions.cancel(run, now):
            _record(run, actor, "run.cancelled")
            return
        sent = Run.objects.filter(pk=run.pk, cancel_asked_at=None)
        asked = sent.filter(state=State.WAITING).update(cancel_asked_at=now, next_look_at=now)
        if asked:
            nudge(run.connection_id)
        asked = asked or sent.filter(state__in=[State.SUBMITTING, State.QUEUED]).update(
            cancel_asked_at=now
        )
        if asked:
            _record(run, actor, "run.cancelled")
            return
    run.refresh_from_db()
    if run.cancel_asked_at is None:
        raise Refused("There is nothing to cancel any more: look at the run as it is now.")


# --- Uncertain: a person decides ---------------------------------------------------------------


def mark_arrived(run: Run, *, actor: User, remote_id: str) -> None:
    """It arrived: watch the workflow of this id. Raises Refused for a wrong id, another run's id, or a wrong state."""
    remote_id = remote_id.strip()
    if not _REMOTE_ID.fullmatch(remote_id):
        raise Refused("That is not a workflow ID. It looks like wf-5b0d2c1e-7f0a-4a53-9d0e-….")
    if Run.objects.filter(remote_id=remote_id).exclude(pk=run.pk).exists():
        raise Refused("That workflow belongs to another run already. Look for the ID of this one.")
    now = timezone.now()
    _decide(
        run, actor, "run.marked_arrived", State.WAITING,
        remote_id=remote_id, accepted_at=now, next_look_at=now, cancel_asked_at=None,
        **transitions.NOTHING_PENDING,
    )  # fmt: skip


def keep_watching(run: Run, *, actor: User) -> None:
    """Look at the statistics again, as often as after a fresh loss."""
    _decide(run, actor, "run.watched", State.UNCERTAIN, evidence={}, next_look_at=timezone.now())


def send_again(run: Run, *, actor: User) -> None:
    """Send it once more, knowing that it may then run twice."""
    _decide(
        run, actor, "run.sent_again", State.QUEUED,
        next_look_at=timezone.now(), cancel_asked_at=None, evidence={}, doubted=True,
        **transitions.NOTHING_PENDING,
    )  # fmt: skip


def give_up(run: Run, *, actor: User) -> None:
    """Leave it: whether it ran stays unknown."""
    with writing():
        _must_be_uncertain(run)
        message = f"Nobody knows whether it arrived; {actor} stopped watching for it."
        now = timezone.now()
        if not transitions.cancel(run, now, message):
            raise Refused(_DECIDED)
        notices.run_settled(run, now)
        _record(run, actor, "run.given_up")


_DECIDED = "Somebody has decided already: look at the run as it is now."


def _decide(run: Run, actor: User, verb: str, to: State, **changes: Any) -> None:
    with writing():
        _must_be_uncertain(run)
        if not move(run, to=to, tell=True, **changes):
            raise Refused(_DECIDED)
        if to != State.UNCERTAIN:
            notices.run_settled(run, timezone.now())
        _record(run, actor, verb)


def _must_be_uncertain(run: Run) -> None:
    if run.state != State.UNCERTAIN:
        raise Refused(_DECIDED)


def _record(run: Run, actor: User, verb: str) -> None:
    audit.record(run.team, actor, verb, run.workflow_name, run=run.public_id)
