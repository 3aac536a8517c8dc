"""Schedules: what people do with them, and reading them. What a worker does with them is `firing`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Connection, Team, User
from editor import catalog
from editor.lib.paging import Page, page
from editor.lib.tx import writing
from editor.runs import ledger, recurrence, services
from editor.runs.models import Firing, Run, Schedule
from editor.runs.models.schedules import Repeats
from editor.runs.notices import services as notices
from editor.trees import placeholders
from editor.trees.plan import Plan
from editor.workflows import queries as workflows
from editor.workflows.models import Workflow

from . import repeating

PAGE = 50
_TOKENS = ("connection__linked_api_token", "connection__identification_token")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for; everything was checked (`recurrence.checked`, `sending.values_of`)."""

    connection: Connection
    cron: str
    zone: str
    inputs: Mapping[str, Any]
    acts: str
    catch_up: str
    skip_when_busy: bool
    repeats: str = Repeats.PEOPLE


def acts_in_words(plan: Plan) -> str:
    """ "up to 25 connection requests", "up to 3 messages and 3 reactions"; "" when nobody sees anything."""
    acts = [str(act) for act in plan.acts]
    if not acts:
        return ""
    listed = recurrence.listed(acts)
    return listed if plan.act_count.open else f"up to {listed}"


# --- Reading -----------------------------------------------------------------------------------


def list_page(team: Team, *, cursor: str = "") -> Page[Schedule]:
    """The team's schedules with what the list shows of them, newest first, in one query. Raises paging.BadCursor."""
    found = team.schedules.select_related("workflow", "connection", "owner", "last_run")
    return page(found.defer(*_TOKENS), order="-created_at", cursor=cursor, size=PAGE)


def schedule(team: Team, public_id: str) -> Schedule:
    """One schedule of this team. Raises Schedule.DoesNotExist, for another team's too."""
    found = team.schedules.select_related("team", "workflow", "connection", "owner", "last_run")
    return found.defer(*_TOKENS).get(public_id=public_id)


def history(schedule: Schedule, *, cursor: str = "", size: int = PAGE) -> Page[Firing]:
    """What came of its planned instants, newest first, in one query. Raises paging.BadCursor."""
    found = schedule.firings.select_related("run__connection", "run__schedule__workflow")
    return page(
        found.defer(*(f"run__{name}" for name in _TOKENS)),
        order="-planned_at",
        cursor=cursor,
        size=size,
    )


# --- Writing -----------------------------------------------------------------------------------


def make(
    workflow: Workflow, *, owner: User, made_key: str, wanted: Wanted, now: datetime
) -> Schedule:
    """A new schedule; the same key gives the same one. Raises services.Refused."""
    if len(made_key) > services.KEY_MAX or not (made_key.isascii() and made_key.isalnum()):
        raise services.Refused("The form was incomplete. Reload the page and try again.")
    services.must_be_in_use(workflow)
    made = Schedule(team=workflow.team, workflow=workflow, made_key=made_key)
    _lay(made, owner, wanted)
    _plan(made, now)
    with writing():
        if before := workflow.team.schedules.filter(made_key=made_key).first():
            return before
        try:
            with transaction.atomic():
                made.save()
        except IntegrityError:
            # The same key came twice at the same moment: the other one has made it.
            return workflow.team.schedules.get(made_key=made_key)
        _record(made, owner, "schedule.made")
    return made


def change(schedule: Schedule, *, owner: User, wanted: Wanted, now: datetime) -> None:
    """Everything anew, in the name of `owner` from here on. It stays paused when it is; failures are forgotten."""
    _lay(schedule, owner, wanted)
    with writing():
        # Somebody may have paused it since it was read.
        held = Schedule.objects.select_for_update().filter(pk=schedule.pk).first()
        if held is None:
            raise services.Refused("The schedule was deleted meanwhile.")
        schedule.paused = held.paused
        _plan(schedule, now)
        schedule.save(update_fields=_LAID)
        _record(schedule, owner, "schedule.changed")


def pause(schedule: Schedule, *, actor: User) -> None:
    with writing():
        changed = Schedule.objects.filter(pk=schedule.pk, paused=False).update(
            paused=True, next_at=None, look_at=None
        )
        if changed:
            _record(schedule, actor, "schedule.paused")


def resume(schedule: Schedule, *, actor: User, now: datetime) -> None:
    """Go on with the next planned instant from now; what was missed meanwhile was meant to be."""
    following = recurrence.next_after(schedule.cron, schedule.zone, now)
    with writing():
        changed = Schedule.objects.filter(pk=schedule.pk, paused=True).update(
            paused=False, next_at=following, look_at=following, failures=0
        )
        if changed:
            notices.schedule_goes_on(schedule, now)
            _record(schedule, actor, "schedule.resumed")


def delete(schedule: Schedule, *, actor: User) -> None:
    """Its runs stay."""
    with writing():
        _record(schedule, actor, "schedule.deleted")
        schedule.delete()


def start(schedule: Schedule, *, actor: User | None, submit_key: str) -> tuple[Run, str]:
    """Start what it starts, in the name of `actor`, if it still does what was confirmed; the run, and a note when it
    does less because of the ledger.

    Raises services.Refused; of these repeating.NothingNew when the ledger knows all of it.
    """
    workflow = schedule.workflow
    services.must_be_in_use(workflow)
    if schedule.connection is None:
        raise services.Refused(
            "Its LinkedIn connection is gone. Open the schedule and choose another."
        )
    acts = acts_in_words(services.plan_with(workflow, schedule.inputs))
    if acts != schedule.acts:
        raise services.Refused(
            f"The workflow was changed: others would now see {acts or 'nothing'} of each run, and "
            f"{schedule.acts or 'nothing'} was confirmed. Open the schedule and confirm it again."
        )
    tree = workflows.tree_of(workflow)
    meant = placeholders.fill_known(tree, schedule.inputs)
    rest, note = repeating.settled(meant, schedule.connection, schedule.repeats, schedule.zone)
    off = {node.id for node in rest.nodes.values() if node.disabled}
    run = services.start_run(
        workflow, connection=schedule.connection, actor=actor, submit_key=submit_key,
        inputs=schedule.inputs, revision=workflow.revision, schedule=schedule, without=off if note else (),
    )  # fmt: skip
    return run, note


def names_somebody(schedule: Schedule) -> bool:
    """Whether its runs act on somebody whom the workflow names, which is to happen once."""
    tree = placeholders.fill_known(workflows.tree_of(schedule.workflow), schedule.inputs)
    named = ledger.known_targets(tree, catalog.default())
    return schedule.repeats != Repeats.GO and next(named, None) is not None


def _lay(schedule: Schedule, owner: User, wanted: Wanted) -> None:
    if wanted.connection is not None:
        tree = workflows.tree_of(schedule.workflow)
        services.must_may_act(wanted.connection, owner, tree)
    schedule.owner = owner
    schedule.connection = wanted.connection
    schedule.cron, schedule.zone = wanted.cron, wanted.zone
    schedule.inputs, schedule.acts = dict(wanted.inputs), wanted.acts
    schedule.catch_up, schedule.skip_when_busy = wanted.catch_up, wanted.skip_when_busy
    schedule.repeats = wanted.repeats
    schedule.failures = 0


def _plan(schedule: Schedule, now: datetime) -> None:
    """When it comes round next: never while it is paused."""
    following = recurrence.next_after(schedule.cron, schedule.zone, now)
    schedule.next_at = schedule.look_at = None if schedule.paused else following


_LAID = (
    "owner", "connection", "cron", "zone", "inputs", "acts", "catch_up", "skip_when_busy", "repeats",
    "failures", "next_at", "look_at",
)  # fmt: skip
"""What `_lay` and `_plan` set: how it went last is the worker's."""


def _record(schedule: Schedule, actor: User, verb: str) -> None:
    audit.record(
        schedule.team, actor, verb, schedule.workflow.name,
        schedule=schedule.public_id, times=str(schedule)[:200],
    )  # fmt: skip
