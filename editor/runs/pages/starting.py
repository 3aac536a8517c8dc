"""The form that starts a run.

    GET, POST W/run         start   W: a workflow's address. Asks for the inputs (`input.NAME`; in the address of the
                                    GET they fill the form in), says what it can do at most; POST queues it
    POST W/run/plan         plan    start.html#plan: what it can do at most with what is typed now; changes nothing

Acts are confirmed with their numbers (`confirming`): when what the page showed is not what would happen now, because
another limit was typed or somebody changed the workflow, the form comes back with the new numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access
from accounts.access import Access
from accounts.models import Connection, Kind, Role, User
from editor.lib.htmx import Request
from editor.lib.ids import new_id
from editor.runs import services
from editor.runs.models import Run
from editor.runs.opening import render, workflow_of
from editor.trees import placeholders
from editor.trees.inputs import Input, by_name, check_values
from editor.trees.nodes import MISSING, Tree
from editor.trees.problems import Problem
from editor.workflows import queries as workflows
from editor.workflows.models import Workflow

from .confirming import Confirmation, confirmation
from .inputs_seen import known_inputs

PREFIX = "input."
LONGEST_QUERY = 2_000
NO_SANDBOX = "There is no sandbox that you may use. An admin can add one to the team’s connections."
NO_ACCOUNT = "Choose the account that it runs on."


@dataclass(frozen=True, slots=True)
class InputField:
    """One input in the form: what was typed (`text`, or `entries` of a list with choices), and what is wrong."""

    declared: Input
    text: str
    entries: tuple[str, ...]
    error: str = ""

    @property
    def name(self) -> str:
        return PREFIX + self.declared.name

    @property
    def id(self) -> str:
        return f"input-{self.declared.name}"

    @property
    def choices(self) -> list[tuple[str, bool]]:
        """The choices as texts, each with whether it is chosen."""
        texts = map(placeholders.as_text, self.declared.choices)
        return [(text, text == self.text or text in self.entries) for text in texts]


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as somebody filled it in. `values` are the good ones, typed; `raw` all, as they came."""

    workflow: Workflow
    tree: Tree
    raw: Mapping[str, Any]
    values: Mapping[str, Any]
    faults: Mapping[str, str]

    def ask(
        self, connection: Connection | None, form: QueryDict, actor: User | None = None
    ) -> Confirmation:
        """What `actor` is to confirm of a run on this account with these values."""
        what = str(self.workflow.revision)
        runs = self.workflow.runs.all()
        return confirmation(self.tree_with_values, connection, what, form, actor, runs)

    @property
    def tree_with_values(self) -> Tree:
        return placeholders.fill_known(self.tree, self.values)


@require_http_methods(["GET", "POST"])
def start(request: Request, slug: str, workflow: str) -> HttpResponse:
    """Ask what a run needs and what is to be confirmed; then queue it."""
    seat = access.team(request, slug, at_least=Role.RUNNER)
    found = workflow_of(seat, workflow)
    if request.method == "GET":
        return _page(request, seat, read_form(found, request.GET), new_id(24))
    filled, dry = read_form(found, request.POST), "dry" in request.POST
    made = begin(
        seat, request.POST, ask=lambda connection: filled.ask(connection, request.POST, seat.user),
        start=lambda connection, key: services.start_run(
            found, connection=connection, actor=seat.user, submit_key=key, inputs=filled.raw,
            revision=found.revision, dry=dry,
        ),
        faults=filled.faults, dry=dry,
    )  # fmt: skip
    if isinstance(made, Run):
        return redirect("runs:run", slug, made.public_id)
    return _page(request, seat, filled, request.POST.get("submit_key") or new_id(24), made)


@require_POST
def plan(request: Request, slug: str, workflow: str) -> HttpResponse:
    """What it can do at most, with the inputs as they stand in the form now."""
    seat = access.team(request, slug, at_least=Role.RUNNER)
    filled = read_form(workflow_of(seat, workflow), request.POST)
    connection = connection_of(seat, request.POST.get("connection", ""))
    ask = filled.ask(connection, request.POST, seat.user)
    return render(request, "runs/confirm.html", {"team": seat.team, "ask": ask})


def begin(
    seat: Access,
    form: QueryDict,
    *,
    ask: Callable[[Connection | None], Confirmation],
    start: Callable[[Connection, str], Run],
    faults: Mapping[str, str] | None = None,
    dry: bool = False,
) -> Run | dict[str, str]:
    """The run that a filled-in form asks for, made once for its key; or what keeps it from starting, by field.

    `faults`: what is wrong with the form before anything is to be confirmed. `dry`: it goes to the sandbox, whatever
    account is chosen, and as nobody is reached, nothing is to be confirmed. `start` gets the account and the key, and
    raises what `services.start_run` raises.
    """
    key = form.get("submit_key", "")
    if made := services.run_of(seat.team, key):
        return made
    found = dict(faults or {})
    connection = _sandbox(seat) if dry else connection_of(seat, form.get("connection", ""))
    if connection is None:
        found |= {"all": NO_SANDBOX} if dry else {"connection": NO_ACCOUNT}
    if not faults and not dry:
        found |= ask(connection).faults
    if connection is None or found:
        return found
    try:
        return start(connection, key)
    except services.CannotRun as refusal:
        return by_input(refusal.problems) or {"all": str(refusal)}
    except services.Refused as refusal:
        return {"all": str(refusal)}


def again_page(
    request: Request,
    seat: Access,
    run: Run,
    name: str,
    *,
    ask: Callable[[Connection | None], Confirmation],
    faults: Mapping[str, str] | None,
    more: Mapping[str, Any],
) -> HttpResponse:
    """The form that does a run again, or a part of it. `name` is that of its template, and of its address."""
    connections = list(seat.connections)
    before = request.POST.get("connection", "") or run.connection.public_id
    chosen = chosen_of(connections, before)
    context = {
        "team": seat.team,
        "run": run,
        "ask": ask(chosen),
        "connections": connections,
        "chosen": chosen,
        "sandbox": Kind.SANDBOX,
        "submit_key": request.POST.get("submit_key", "") or new_id(24),
        "plan_url": reverse(f"runs:{name}_plan", args=[seat.team.slug, run.public_id]),
        "current": again(run),
        "faults": faults or {},
        **more,
    }
    return render(request, f"runs/{name}.html", context, status=422 if faults else 200)


def again(run: Run) -> str:
    """The query that fills the form in as it was for a run; "" when that is too long for an address. What is hidden
    from the run's reader is to be filled in anew."""
    query = as_query(known_inputs(run))
    text = f"?{query.urlencode()}" if query else ""
    return text if len(text) <= LONGEST_QUERY else ""


def as_query(values: Mapping[str, Any]) -> QueryDict:
    """Values of inputs as `read_form` takes them from an address."""
    query = QueryDict(mutable=True)
    for name, value in values.items():
        if isinstance(value, bool):
            value = "true" if value else "false"
        entries = value if isinstance(value, list) else ["" if value is None else str(value)]
        query.setlist(PREFIX + name, entries)
    return query


def read_form(workflow: Workflow, form: QueryDict) -> Filled:
    """The form of a workflow's inputs as it came, also out of an address; what neither mentions has its default."""
    tree = workflows.tree_of(workflow)
    given, values, faults = read_inputs(tree, form)
    return Filled(workflow, tree, given, values, faults)


def read_inputs(
    tree: Tree, form: QueryDict
) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
    """What was filled in for the inputs of a tree: as it came, the good values, typed, and the faults by field."""
    declared = by_name(tree.inputs or ())
    is_form = "submit_key" in form
    given = {
        name: _typed(each, form.getlist(PREFIX + name))
        for name, each in declared.items()
        if is_form or PREFIX + name in form
    }
    values, problems = check_values(declared.values(), given)
    return given, values, by_input(problems)


def _typed(declared: Input, texts: Sequence[str]) -> Any:
    """What was typed into the field of an input, as `check_values` reads it."""
    if declared.kind == "list":
        return list(texts) if declared.choices else "\n".join(texts)
    return texts[-1].replace("\r\n", "\n") if texts else ""


def by_input(problems: Sequence[Problem]) -> dict[str, str]:
    """{"input.NAME": words}: of each input the first problem; those of no input are left out."""
    faults: dict[str, str] = {}
    for problem in problems:
        if problem.node_id is None and problem.path:
            name = problem.path.removeprefix("/")
            faults.setdefault(PREFIX + name, problem.message.removeprefix(f"{name}: "))
    return faults


def _page(
    request: Request,
    seat: Access,
    filled: Filled,
    submit_key: str,
    faults: Mapping[str, str] | None = None,
) -> HttpResponse:
    connections = list(seat.connections)
    chosen = chosen_of(connections, request.POST.get("connection", ""))
    faults = faults or {}
    context = {
        "team": seat.team,
        "workflow": filled.workflow,
        "may_build": seat.may_build,
        "ask": filled.ask(chosen, request.POST, seat.user),
        "fields": input_fields(filled.tree, filled.raw, faults),
        "connections": connections,
        "chosen": chosen,
        "sandbox": Kind.SANDBOX,
        "can_be_dry": any(each.kind == Kind.SANDBOX for each in connections),
        "plan_url": reverse("runs:plan", args=[seat.team.slug, filled.workflow.public_id]),
        "submit_key": submit_key,
        "faults": faults,
    }
    return render(request, "runs/start.html", context, status=422 if faults else 200)


def input_fields(tree: Tree, raw: Mapping[str, Any], faults: Mapping[str, str]) -> list[InputField]:
    return [
        InputField(
            declared, *_shown(declared, raw.get(name, declared.default)),
            faults.get(PREFIX + name, ""),
        )
        for name, declared in by_name(tree.inputs or ()).items()
    ]  # fmt: skip


def _shown(declared: Input, value: Any) -> tuple[str, tuple[str, ...]]:
    """A value, typed or a default, as text and as entries of a list."""
    if value is MISSING or value is None:
        return "", ()
    if isinstance(value, list):
        return "\n".join(value), tuple(value)
    if declared.kind == "yesno" and isinstance(value, bool):
        return ("true" if value else "false"), ()
    return str(value), ()


def connection_of(seat: Access, public_id: str) -> Connection | None:
    return seat.connections.filter(public_id=public_id.replace("\0", "")).first()


def _sandbox(seat: Access) -> Connection | None:
    """Where dry runs go: the oldest that works, else the oldest."""
    found = seat.connections.filter(kind=Kind.SANDBOX).order_by("pk")
    return found.filter(probe_at=None).first() or found.first()


def chosen_of(connections: Sequence[Connection], public_id: str) -> Connection | None:
    """The account that the form shows as chosen: the first when nobody has chosen yet."""
    if not public_id:
        return connections[0] if connections else None
    return next((each for each in connections if each.public_id == public_id), None)
