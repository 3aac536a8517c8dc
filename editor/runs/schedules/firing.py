"""Starting what schedules plan: called by every worker, again and again.

Whoever moves `look_at` of a due schedule on has it for LEASE; then the run is started under a key made of the planned
instant, and `next_at` moves on. A worker that dies in between leaves the instant where it is: the next one
starts it, or finds the run that the key already has. So no instant is started twice, and none is lost.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import DatabaseError, InterfaceError

from accounts import audit
from accounts.models import Role
from editor.lib.tx import writing
from editor.runs import recurrence, services
from editor.runs.models import FINAL, Run, Schedule
from editor.runs.models.schedules import CatchUp, Outcome
from editor.runs.notices import services as notices

from . import repeating
from . import services as schedules

log = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=1)
LATE: Final = timedelta(minutes=5)
"""What starts within this time after its planned instant is not late: workers restart, machines are busy."""

FAILURES_AT_MOST: Final = 5
AT_ONCE: Final = 20
FIRINGS_KEPT: Final = 500
COUNTED: Final = 99


def fire_due(now: datetime) -> int:
    """Deal with the schedules whose time has come; how many this call had."""
    due = Schedule.objects.filter(look_at__lte=now, team__closes_at=None).select_related(
        "team", "workflow", "connection", "owner"
    )
    return sum(fire(schedule, now) for schedule in due.order_by("look_at")[:AT_ONCE])


def fire(schedule: Schedule, now: datetime) -> bool:
    """Deal with the planned instant of one. Whether this call had it: another worker may have been first."""
    planned = schedule.next_at
    mine = Schedule.objects.filter(pk=schedule.pk, look_at=schedule.look_at, next_at=planned)
    if planned is None or not mine.update(look_at=now + LEASE):
        return False
    try:
        facts = _deal_with(schedule, planned, now)
    except (DatabaseError, InterfaceError):
        raise  # the claim runs out, and the instant comes round again
    except Exception:
        log.exception("Schedule %s could not be started", schedule.public_id)
        facts = _failed(schedule, "Trellis could not start it; its log says why.")
    _settle(schedule, planned, now, facts)
    return True


def key_of(schedule: Schedule, planned: datetime) -> str:
    """The run of one planned instant has this key, and no other run has."""
    return f"schedule-{schedule.public_id}-{planned:%Y%m%dT%H%M%S}"


def _deal_with(schedule: Schedule, planned: datetime, now: datetime) -> Mapping[str, Any]:
    """Start the run, or say why not: the fields of the schedule that say how it went."""
    key = key_of(schedule, planned)
    runs = Run.objects.filter(schedule=schedule)
    if run := runs.filter(submit_key=key).first():
        return _started(run, "")
    late = now - planned > LATE
    if late and schedule.catch_up == CatchUp.SKIP:
        return {"outcome": Outcome.MISSED, "note": _missed(schedule, planned, now)}
    if (before := runs.exclude(state__in=FINAL).first()) and (note := _in_the_way(schedule)):
        return {"outcome": Outcome.BUSY, "note": note, "last_run": before}
    if note := _owner_may_not(schedule):
        return _failed(schedule, note)
    try:
        run, note = schedules.start(schedule, actor=schedule.owner, submit_key=key)
    except repeating.NothingNew as why:
        return {"outcome": Outcome.REPEATS, "note": str(why), "failures": 0}
    except services.Refused as refusal:
        return _failed(schedule, str(refusal))
    told = f"Planned for {_time(schedule, planned)}, started late." if late else ""
    return _started(run, f"{told} {note}".strip())


def _in_the_way(schedule: Schedule) -> str:
    """Why none starts while a run of it is not over; "" when one may."""
    if schedule.skip_when_busy:
        return "The run before was not over yet, so this one was left out."
    if schedules.names_somebody(schedule):
        return "The run before was not over yet, so nobody knows whom it has reached: this one was left out."
    return ""


def _missed(schedule: Schedule, planned: datetime, now: datetime) -> str:
    """Also how many came after it before now; they have no firing of their own."""
    coming = recurrence.following(schedule.cron, schedule.zone, planned)
    more = sum(1 for _ in islice(takewhile(lambda at: at <= now, coming), COUNTED + 1))
    left_out = "this one was left out"
    if more:
        count = more if more <= COUNTED else f"more than {COUNTED}"
        left_out = f"this one and {count} after it were left out"
    return f"Trellis was not running at {_time(schedule, planned)}, so {left_out}."


def _started(run: Run, note: str) -> Mapping[str, Any]:
    return {"outcome": Outcome.STARTED, "note": note, "failures": 0, "last_run": run}


def _failed(schedule: Schedule, note: str) -> Mapping[str, Any]:
    failures = schedule.failures + 1
    facts = {"outcome": Outcome.FAILED, "note": note[:500], "failures": failures}
    if failures < FAILURES_AT_MOST:
        return facts
    note = f"Paused after {failures} failures in a row. {note}"
    return facts | {"note": note[:500], "paused": True}


def _owner_may_not(schedule: Schedule) -> str:
    """Why runs cannot be started in the owner's name any more; "" when they can."""
    seat = schedule.team.memberships.filter(user=schedule.owner_id).first()
    if seat and Role(seat.role).covers(Role.RUNNER):
        return ""
    who = str(schedule.owner) if schedule.owner else "Whoever made it"
    return f"{who} may not run workflows of this team any more. Open the schedule and save it in your name."


def _settle(schedule: Schedule, planned: datetime, now: datetime, facts: Mapping[str, Any]) -> None:
    """Note how it went and plan the next, unless somebody has changed or paused the schedule meanwhile."""
    following = None
    if not facts.get("paused"):
        following = recurrence.next_after(schedule.cron, schedule.zone, max(now, planned))
    with writing():
        if Schedule.objects.select_for_update().filter(pk=schedule.pk).first() is None:
            return  # it was deleted meanwhile
        _note(schedule, planned, now, facts)
        ours = Schedule.objects.filter(pk=schedule.pk, next_at=planned, look_at=now + LEASE)
        changed = ours.update(next_at=following, look_at=following, outcome_at=planned, **facts)
        if changed and facts.get("paused"):
            audit.record(
                schedule.team, None, "schedule.paused", schedule.workflow.name,
                schedule=schedule.public_id, note=facts["note"],
            )  # fmt: skip
            notices.schedule_paused(schedule, facts["note"], now)


def _note(schedule: Schedule, planned: datetime, now: datetime, facts: Mapping[str, Any]) -> None:
    """Into the history, which keeps the newest of each schedule (and no more than the team keeps: `tidying`)."""
    run = facts.get("last_run")
    said = {"at": now, "outcome": facts["outcome"], "note": facts["note"], "run": run}
    schedule.firings.update_or_create(planned_at=planned, defaults=said)
    newest = schedule.firings.order_by("-planned_at").values_list("planned_at", flat=True)
    if last := newest[FIRINGS_KEPT - 1 : FIRINGS_KEPT].first():
        schedule.firings.filter(planned_at__lt=last).delete()


def _time(schedule: Schedule, planned: datetime) -> str:
    """ "09:00 on 25 November", in the schedule's zone."""
    own = planned.astimezone(ZoneInfo(schedule.zone))
    return f"{own:%H:%M} on {own.day} {own:%B}"
