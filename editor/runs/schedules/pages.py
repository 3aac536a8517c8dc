"""Pages of schedules.

    GET  /t/<team>/schedules    schedules        schedules.html: the team's schedules; `?cursor=`
    GET, POST W/schedule        schedule_new     W: a workflow's address. The form of a new one; POST makes it
    POST W/schedule/preview     schedule_preview schedule.html#preview: when it comes round and what each run can do at
                                                 most, with the form as it stands now; changes nothing
    GET, POST S                 schedule         S: /t/<team>/schedules/<id>. The same form of one that is there
    GET  S/history              schedule_history schedule_history.html: what came of each planned instant; `?cursor=`
    POST S/<verb>               schedule_act     pause, resume, delete, run; redirects

The fields of the form: `often` and what belongs to it (recurrence.Times), `zone`, `connection`, `input.NAME`,
`catch_up`, `skip_when_busy`, `repeats`, and `confirmed`: acts are confirmed with their numbers and their times
(`ScheduleForm.mark`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import access
from accounts.access import Access
from accounts.forms import zones
from accounts.models import Connection, Kind, Role, User
from editor import catalog
from editor.lib.htmx import Request
from editor.lib.ids import new_id
from editor.lib.paging import BadCursor
from editor.runs import acting, ledger, recurrence, sending, services
from editor.runs.models import Schedule
from editor.runs.models.schedules import CatchUp, Repeats
from editor.runs.opening import render, workflow_of
from editor.runs.pages.confirming import Confirmation
from editor.runs.pages.starting import (
    NO_ACCOUNT,
    Filled,
    as_query,
    by_input,
    connection_of,
    input_fields,
    read_form,
)
from editor.runs.recurrence import BadTimes, Times
from editor.runs.words import standing
from editor.trees.plan import Plan
from editor.workflows.models import Workflow

from . import services as schedules

OFTEN = {
    "daily": "Every day",
    "workdays": "Every working day",
    "weekly": "Every week",
    "monthly": "Every month",
    "hours": "Every few hours",
    "cron": "By a cron text",
}


_OFTEN_ENOUGH = 24
"""Times a day; the choices of the form go no further, a cron text does."""


@dataclass(slots=True)
class ScheduleForm:
    """The form as somebody filled it in. `cron` is "" when the times are not right; `faults` say what is wrong."""

    filled: Filled
    ask: Confirmation
    times: Times
    zone: str
    connection: Connection | None = None
    catch_up: str = CatchUp.SKIP
    skip_when_busy: bool = True
    repeats: str = Repeats.PEOPLE
    cron: str = ""
    faults: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            self.cron = self.times.written()
        except BadTimes as error:
            self.faults[error.field] = str(error)
        if self.zone not in zones():
            self.faults["zone"] = "There is no such time zone. Pick one, such as Europe/Lisbon."

    @property
    def words(self) -> str:
        return recurrence.in_words(self.cron) if self.cron else ""

    @property
    def words_inside(self) -> str:
        """The same inside a sentence."""
        return self.words[:1].lower() + self.words[1:]

    @property
    def next_few(self) -> list[str]:
        if not self.cron or "zone" in self.faults:
            return []
        return recurrence.next_few_in_words(self.cron, self.zone, timezone.now())

    @property
    def when_faults(self) -> list[str]:
        """What is wrong with the times, for the preview."""
        return [
            self.faults[name]
            for name in ("often", "at", "weekdays", "day", "hours", "cron", "zone")
            if name in self.faults
        ]

    @property
    def acts(self) -> str:
        return schedules.acts_in_words(self.ask.plan)

    @property
    def times_a_day(self) -> int:
        """How often it runs on a day when it comes round."""
        return recurrence.times_a_day(self.cron) if self.cron else 0

    @property
    def plan_of_a_day(self) -> Plan:
        return self.ask.plan.times(self.times_a_day)

    @property
    def acts_a_day(self) -> str:
        return schedules.acts_in_words(self.plan_of_a_day)

    @property
    def same_each_time(self) -> list[str]:
        """Whom the workflow names: each run is about them again, the others are found anew."""
        named = ledger.known_targets(self.filled.tree_with_values, catalog.default())
        return list(dict.fromkeys(target for _, target in named))

    @property
    def is_a_mistake(self) -> bool:
        """Nobody means to do the same to the same people more often than once an hour."""
        again = self.repeats == Repeats.GO and self.same_each_time
        return bool(again) and self.times_a_day > _OFTEN_ENOUGH

    @property
    def mark(self) -> str:
        """What is confirmed: the workflow as it is, how often each act can happen at most, where, when, and whether
        to the same people again."""
        account = self.connection.public_id if self.connection else ""
        return f"{self.ask.mark}; {account} {self.cron} {self.zone} {self.repeats}"

    def barred(self, owner: User) -> str:
        """Why it may not run in this person's name on the account that is chosen; "" when it may."""
        tree = self.filled.tree_with_values
        return acting.barred(self.connection, owner, tree) if self.connection else ""

    @property
    def is_confirmed(self) -> bool:
        return not self.acts or self.ask.confirmed == self.mark

    def wanted(self, connection: Connection) -> schedules.Wanted:
        return schedules.Wanted(
            connection=connection, cron=self.cron, zone=self.zone, inputs=self.filled.values,
            acts=self.acts, catch_up=self.catch_up, skip_when_busy=self.skip_when_busy, repeats=self.repeats,
        )  # fmt: skip


# --- Views -------------------------------------------------------------------------------------


@require_GET
def index(request: Request, slug: str) -> HttpResponse:
    seat = access.team(request, slug)
    try:
        page = schedules.list_page(seat.team, cursor=request.GET.get("cursor", ""))
    except BadCursor as error:
        raise Http404("There is no such page of this list.") from error
    rows = [
        (each, standing(each.last_run, seat.team) if each.last_run else None) for each in page.rows
    ]
    context = {"team": seat.team, "page": page, "rows": rows, "key": new_id(24)}
    return render(request, "runs/schedules.html", context)


@require_GET
def history(request: Request, slug: str, schedule: str) -> HttpResponse:
    seat = access.team(request, slug)
    found = _schedule(seat, schedule)
    try:
        page = schedules.history(found, cursor=request.GET.get("cursor", ""))
    except BadCursor as error:
        raise Http404("There is no such page of this list.") from error
    rows = [(each, standing(each.run, seat.team) if each.run else None) for each in page.rows]
    context = {"team": seat.team, "schedule": found, "page": page, "rows": rows}
    return render(request, "runs/schedule_history.html", context)


@require_http_methods(["GET", "POST"])
def new(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Role.RUNNER)
    found = workflow_of(seat, workflow)
    if request.method == "GET":
        filled = read_form(found, request.GET)
        first = seat.connections.first()
        ask = filled.ask(None, QueryDict())
        form = ScheduleForm(filled, ask, Times(), seat.user.time_zone, connection=first)
        return _page(request, seat, form)
    return _save(request, seat, found, None)


@require_http_methods(["GET", "POST"])
def edit(request: Request, slug: str, schedule: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Role.RUNNER)
    found = _schedule(seat, schedule)
    if request.method == "GET":
        return _page(request, seat, _stored(found), schedule=found)
    return _save(request, seat, found.workflow, found)


@require_POST
def preview(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Role.RUNNER)
    form = _read(seat, workflow_of(seat, workflow), request.POST)
    context = {"form": form, "plan": form.ask.plan, "faults": {}, "barred": form.barred(seat.user)}
    return render(request, "runs/schedule.html#preview", context)


@require_POST
def act(request: Request, slug: str, schedule: str, verb: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Role.RUNNER)
    found = _schedule(seat, schedule)
    if verb == "run":
        return _run_now(request, seat, found)
    if verb == "pause":
        schedules.pause(found, actor=seat.user)
    elif verb == "resume":
        schedules.resume(found, actor=seat.user, now=timezone.now())
    elif verb == "delete":
        schedules.delete(found, actor=seat.user)
        return redirect("runs:schedules", slug)
    else:
        raise Http404("There is no such thing to do with a schedule.")
    return _to(found)


def _run_now(request: Request, seat: Access, schedule: Schedule) -> HttpResponse:
    key = request.POST.get("submit_key", "")
    key = f"{key}-{schedule.public_id}" if key.isalnum() else ""
    try:
        run, note = schedules.start(schedule, actor=seat.user, submit_key=key)
    except services.Refused as refusal:
        messages.error(request, str(refusal))
        return _to(schedule)
    if note:
        messages.info(request, note)
    return redirect("runs:run", seat.team.slug, run.public_id)


def _to(schedule: Schedule) -> HttpResponseRedirect:
    """The list, at this schedule."""
    page = reverse("runs:schedules", args=[schedule.team.slug])
    return HttpResponseRedirect(f"{page}#schedule-{schedule.public_id}")


# --- The form ----------------------------------------------------------------------------------


def _save(
    request: Request, seat: Access, workflow: Workflow, schedule: Schedule | None
) -> HttpResponse:
    form = _read(seat, workflow, request.POST)
    connection = form.connection
    _find_faults(form, seat.user)
    if form.faults or connection is None:
        return _page(request, seat, form, schedule=schedule, status=422)
    now, wanted = timezone.now(), form.wanted(connection)
    try:
        if schedule:
            schedules.change(schedule, owner=seat.user, wanted=wanted, now=now)
        else:
            key = request.POST.get("submit_key", "")
            schedule = schedules.make(
                workflow, owner=seat.user, made_key=key, wanted=wanted, now=now
            )
    except services.Refused as refusal:
        form.faults["all"] = str(refusal)
        return _page(request, seat, form, schedule=schedule, status=422)
    messages.success(request, f"“{workflow.name}” runs: {schedule}.")
    return _to(schedule)


def _read(seat: Access, workflow: Workflow, post: QueryDict) -> ScheduleForm:
    times = Times(
        often=post.get("often", ""), at=post.get("at", "").strip(), hours=post.get("hours", ""),
        weekdays=tuple(post.getlist("weekdays")), day=post.get("day", ""), cron=post.get("cron", ""),
    )  # fmt: skip
    catch_up, again = post.get("catch_up", ""), post.get("repeats", "")
    filled = read_form(workflow, post)
    return ScheduleForm(
        filled,
        filled.ask(None, post),
        times,
        post.get("zone", "").strip(),
        connection=connection_of(seat, post.get("connection", "").replace("\0", "")),
        catch_up=catch_up if catch_up in CatchUp.values else CatchUp.SKIP,
        skip_when_busy="skip_when_busy" in post,
        repeats=again if again in Repeats.values else Repeats.PEOPLE,
    )


def _stored(schedule: Schedule) -> ScheduleForm:
    filled = read_form(schedule.workflow, as_query(schedule.inputs))
    return ScheduleForm(
        filled,
        filled.ask(None, QueryDict()),
        recurrence.times_of(schedule.cron),
        schedule.zone,
        connection=schedule.connection,
        catch_up=schedule.catch_up,
        skip_when_busy=schedule.skip_when_busy,
        repeats=schedule.repeats,
    )


def _find_faults(form: ScheduleForm, owner: User) -> None:
    """Everything that keeps it from being stored, each at its field."""
    form.faults |= form.filled.faults
    if form.connection is None:
        form.faults["connection"] = NO_ACCOUNT
    if errors := sending.errors_of(form.filled.tree):
        form.faults["all"] = str(services.CannotRun(errors))
    elif not form.filled.faults:
        _, problems = sending.values_of(form.filled.tree, form.filled.raw)
        form.faults |= by_input(problems)
    if form.is_a_mistake:
        form.faults["cron"] = (
            f"The same would go to the same people {form.times_a_day:,} times a day. Run it once an hour at most, or "
            "choose below what becomes of those who got it before."
        )
    if not form.faults and (barred := form.barred(owner)):
        form.faults["all"] = barred
    if not form.is_confirmed and not form.faults:
        form.faults["confirmed"] = (
            "This is not what you confirmed. Look at the times and numbers again, and tick the box when you mean it."
            if form.ask.confirmed
            else "Other people will see this, each time. Tick the box when you mean it."
        )


def _page(
    request: Request,
    seat: Access,
    form: ScheduleForm,
    *,
    schedule: Schedule | None = None,
    status: int = 200,
) -> HttpResponse:
    connections = list(seat.connections)
    context: Mapping[str, Any] = {
        "team": seat.team,
        "workflow": form.filled.workflow,
        "may_build": seat.may_build,
        "schedule": schedule,
        "form": form,
        "faults": form.faults,
        "plan": form.ask.plan,
        "barred": form.barred(seat.user),
        "fields": input_fields(
            form.filled.tree, form.filled.raw, form.faults if request.method == "POST" else {}
        ),
        "connections": connections,
        "chosen": form.connection,
        "sandbox": Kind.SANDBOX,
        "zones": zones(),
        "often": OFTEN,
        "weekdays": list(enumerate(recurrence.WEEKDAYS, 1)),
        "days": [
            (day, "last" if day == recurrence.LAST_DAY else recurrence.ordinal(int(day)))
            for day in recurrence.DAYS
        ],
        "hours": recurrence.HOURS,
        "catch_ups": CatchUp.choices,
        "repeats": Repeats.choices,
        "submit_key": request.POST.get("submit_key") or new_id(24),
    }
    return render(request, "runs/schedule.html", dict(context), status=status)


def _schedule(seat: Access, public_id: str) -> Schedule:
    try:
        return schedules.schedule(seat.team, public_id.replace("\0", ""))
    except Schedule.DoesNotExist as error:
        raise Http404("There is no such schedule in this team.") from error
