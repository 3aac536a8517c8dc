"""Writes many runs that ended in the course of a year, with their results, as fast as the database takes them.

Real rows in all tables that a run has, written as the worker would write them: COPY on PostgreSQL, many at once on
SQLite. The team is called TEAM; its members have the password of nobody.
"""

import json
import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import _seed_results
from django.db import connection as database
from django.utils import timezone

from accounts import services as accounts
from accounts.models import Role, Team, User
from editor.lib.ids import new_id
from editor.review import traits
from editor.review.models import RunTrait, RunWords, Trait
from editor.runs.models import (
    ActionResult,
    Batch,
    BatchRow,
    ResultRow,
    Run,
    RunOutcome,
    RunPlan,
    State,
)
from editor.runs.results import outcome
from editor.runs.results.rows import FIELDS
from editor.runs.schedules import services as schedules
from editor.workflows import services as workflows
from editor.workflows.rows import tree_from_json

NOTHING = outcome.pack([])
TEAM = "review-bench"
CHUNK = 5_000
WORKFLOWS, PEOPLE, CONNECTIONS, BATCHES, SCHEDULES = 40, 12, 20, 100, 10
LABELS = [f"step {number}" for number in range(200)]
ERRORS = ["personNotFound", "alreadyPending", "connectionNotAllowed", "postNotFound", "rareError"]
ACTS = [
    "st.sendMessage", "st.sendConnectionRequest", "st.commentOnPost", "st.checkConnectionStatus",
]  # fmt: skip
FIRST = ["Ada", "Alan", "Barbara", "Carla", "Dennis", "Edsger", "Frances", "Grace", "Hedy", "Ines"]
COMMON = [
    "sales", "engineer", "founder", "director", "freight", "logistics", "lisbon", "berlin", "growth", "senior",
]  # fmt: skip
LOTS = 20_000
"""So many different last names and companies: a word that some runs hold."""


def team() -> Team | None:
    return Team.objects.filter(name=TEAM).first()


def seed(runs: int, results: int = 10) -> Team:
    """`runs` runs with `results` results each, for a team of their own."""
    dice = random.Random(4)
    made = _Made()
    began = timezone.now()
    with database.cursor() as cursor:
        if database.vendor == "postgresql":  # keys are right as they are written
            cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        else:
            cursor.execute("PRAGMA foreign_keys = off")
            cursor.execute("PRAGMA synchronous = off")
    for first in range(0, runs, CHUNK):
        _write_chunk(made, dice, range(first, min(first + CHUNK, runs)), runs, results)
        if first % (20 * CHUNK) == 0:
            print(
                f"  seeded {first:,} of {runs:,} runs ({(timezone.now() - began).seconds} s)",
                flush=True,
            )
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute("SET session_replication_role = origin; SET synchronous_commit = on")
            for table in ("runs_run", "runs_actionresult"):
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) FROM {table}"
                )
            cursor.execute("VACUUM (ANALYZE)")
        else:
            cursor.execute("PRAGMA foreign_keys = on")
    print(f"  seeded {runs:,} runs in {(timezone.now() - began).seconds} s", flush=True)
    return made.team


# --- What runs have in common ------------------------------------------------------------------


def _wire(number: int) -> Any:
    """Ten actions; workflows differ in what they do to people."""
    act = {"actionType": ACTS[number % len(ACTS)], "label": LABELS[number % 7]}
    if "send" in act["actionType"] or "comment" in act["actionType"]:
        act["text" if act["actionType"] != "st.sendConnectionRequest" else "note"] = "Hello"
    inside = [
        {"actionType": "st.retrievePersonExperience"},
        {"actionType": "st.retrievePersonSkills", "label": LABELS[number]},
        {"actionType": "st.checkConnectionStatus"},
        act
        if act["actionType"] != "st.commentOnPost"
        else {"actionType": "st.retrievePersonEducation"},
    ]
    person = "https://www.linkedin.com/in/example-person-"
    return [
        {
            "actionType": "st.openPersonPage",
            "personUrl": f"{person}{place}",
            "basicInfo": True,
            "then": inside,
        }
        for place in range(2)
    ]


class _Made:
    """The rows around the runs, made by our own services."""

    def __init__(self) -> None:
        owner = accounts.create_user_with_team(
            email=f"{new_id(8).lower()}@example.com",
            password=new_id(24),
            name="Ana",
            team_name=TEAM,
        )
        self.team = Team.objects.get(memberships__user=owner)
        self.people = [owner, *(self._person(number) for number in range(1, PEOPLE))]
        for number in range(1, CONNECTIONS):
            accounts.add_sandbox(team=self.team, actor=owner, name=f"Account {number}")
        self.connections = list(self.team.connections.order_by("pk"))
        self.workflows = [
            workflows.import_wire(
                self.team, actor=owner, name=f"Workflow {n}", source=json.dumps(_wire(n))
            )
            for n in range(WORKFLOWS)
        ]
        self.versions = [workflows.snapshot(w, actor=owner, reason="run") for w in self.workflows]
        self.plans = [outcome.pack_plan(v.tree, {}) for v in self.versions]
        self.nodes = [
            [(n["id"], n["type"], n.get("label", "")) for n in v.tree["nodes"]]
            for v in self.versions
        ]
        self.summaries = [
            json.dumps({n: {"state": "done", "done": 1} for n, _, _ in nodes})
            for nodes in self.nodes
        ]
        self.tables = [_seed_results.table(tree_from_json(v.tree)) for v in self.versions]
        self.batches = [self._batch(number) for number in range(BATCHES)]
        wanted = schedules.Wanted(self.connections[0], "0 9 * * *", "UTC", {}, "", "skip", True)
        calm = next(
            w
            for w, v in zip(self.workflows, self.versions, strict=True)
            if not any(n["type"] in ACTS[:2] for n in v.tree["nodes"])
        )
        self.schedules = [
            schedules.make(calm, owner=owner, made_key=new_id(), wanted=wanted, now=timezone.now())
            for _ in range(SCHEDULES)
        ]
        self.traits: dict[traits.Pair, int] = {}

    def _person(self, number: int) -> User:
        user = accounts.create_user(
            email=f"{new_id(8).lower()}@example.com", password=None, name=f"Person {number}"
        )
        accounts.add_member(team=self.team, actor=None, user=user, role=Role.RUNNER)
        return user

    def _batch(self, number: int) -> Batch:
        kind = number % WORKFLOWS
        return Batch.objects.create(
            team=self.team,
            workflow=self.workflows[kind],
            workflow_name=self.workflows[kind].name,
            version=self.versions[kind],
            version_number=1,
            connection=self.connections[0],
            actor=self.people[0],
            actor_name="Ana",
            state="finished",
        )


# --- Rows --------------------------------------------------------------------------------------


def _write_chunk(made: _Made, dice: random.Random, numbers: range, runs: int, per_run: int) -> None:
    now = timezone.now()
    start = 1 + (Run.objects.order_by("-pk").values_list("pk", flat=True).first() or 0)
    rows: dict[str, list[tuple[Any, ...]]] = {
        name: [] for name in ("run", "plan", "outcome", "result", "table", "trait", "words", "row")
    }
    columns = Run._meta.concrete_fields
    empty = Run(team=made.team, next_look_at=None)
    template = {field.attname: _plain(getattr(empty, field.attname), field) for field in columns}
    result_pk = 1 + (ActionResult.objects.order_by("-pk").values_list("pk", flat=True).first() or 0)
    for offset, number in enumerate(numbers):
        facts = _facts(
            made, dice, start + offset, now - timedelta(seconds=(runs - number) * 31_000_000 / runs)
        )
        rows["run"].append(tuple((template | facts.row).values()))
        rows["plan"].append((start + offset, facts.plan["definition"], facts.plan["tree"]))
        if facts.row["batch_id"]:
            of_batch = (facts.row["batch_id"], start + offset, '["a"]', "{}", "run", "", 0, 0, 0)
            rows["row"].append((*of_batch, start + offset))
        if facts.row["state"] == State.COMPLETED:
            table = _seed_results.rows_of(facts)
            rows["table"] += table
            rows["outcome"].append((start + offset, NOTHING, facts.summary, "[]", len(table)))
            actions = list(_seed_results.results_of(facts, result_pk, per_run))
            result_pk += len(actions)
            rows["result"] += actions
        else:
            actions = []
        rows["trait"] += [
            (trait, facts.row["created_at"], start + offset)
            for trait in _traits(made, facts, actions)
        ]
        rows["words"].append((start + offset, made.team.pk, facts.row["created_at"], _words(facts)))
    _write(Run, [field.column for field in columns], rows["run"])
    _write(
        BatchRow,
        [
            "batch_id",
            "number",
            "cells",
            "values",
            "state",
            "note",
            "kept",
            "acts",
            "tries",
            "run_id",
        ],
        rows["row"],
    )
    _write(RunPlan, ["run_id", "definition", "tree"], rows["plan"])
    _write(RunOutcome, ["run_id", "completion", "nodes", "unexpected", "rows"], rows["outcome"])
    _write(ResultRow, FIELDS, rows["table"])
    _write(
        ActionResult, [field.column for field in ActionResult._meta.concrete_fields], rows["result"]
    )
    _write(RunTrait, ["trait_id", "created_at", "run_id"], rows["trait"])
    if database.vendor == "postgresql":
        _write(RunWords, ["run_id", "team_id", "created_at", "words"], rows["words"])
    else:
        _write(RunWords, ["run_id", "team_id", "created_at"], [row[:3] for row in rows["words"]])
        with database.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO review_words (rowid, words) VALUES (%s, %s)",
                [(row[0], row[3]) for row in rows["words"]],
            )


def _facts(made: _Made, dice: random.Random, pk: int, at: datetime) -> SimpleNamespace:
    """One run: its row and what hangs on it."""
    choice = dice.random()
    state = State.COMPLETED if choice < 0.93 else State.FAILED if choice < 0.98 else State.CANCELLED
    kind = int(dice.paretovariate(0.7)) % WORKFLOWS
    how, batch, schedule = dice.random(), None, None
    origin = "person"
    if how < 0.15:
        origin, batch = "batch", dice.choice(made.batches)
        kind = made.workflows.index(batch.workflow)
    elif how < 0.4:
        origin, schedule = "schedule", dice.choice(made.schedules)
    elif how < 0.401:
        origin = "again"
    passed = dice.lognormvariate(4, 1.5)
    broken = state == State.COMPLETED and dice.random() < 0.08
    # Errors of one kind came only long ago, one is rare.
    error = "" if not broken else ERRORS[min(int(dice.expovariate(1)), 3)]
    error = "rareError" if broken and dice.random() < 0.001 else error
    error = (
        "oldError"
        if broken and pk % 10 < 3 and at < timezone.now() - timedelta(days=300)
        else error
    )
    starred = at if dice.random() < 0.001 else None
    person = dice.choice(made.people[:3]) if dice.random() < 0.9 else dice.choice(made.people)
    connection = made.connections[int(dice.paretovariate(0.8)) % CONNECTIONS]
    row = {
        "id": pk,
        "public_id": f"{dice.getrandbits(60):012x}"[-12:],
        "workflow_id": made.workflows[kind].pk,
        "workflow_name": made.workflows[kind].name,
        "version_id": made.versions[kind].pk,
        "version_number": 1,
        "connection_id": connection.pk,
        "origin": origin,
        "started_by_id": None if schedule else person.pk,
        "started_by_name": "Trellis" if schedule else person.name,
        "schedule_id": schedule and schedule.pk,
        "batch_id": batch and batch.pk,
        "submit_key": f"seed-{pk}",
        "state": state.value,
        "attempts": 1,
        "looks": 3,
        "remote_id": f"wf-{pk}",
        "failure_reason": "workflowTimeout" if state == State.FAILED else "",
        "created_at": _moment(at),
        "submitted_at": _moment(at),
        "accepted_at": _moment(at),
        "finished_at": _moment(at + timedelta(seconds=passed)),
        "done": 10 - broken if state == State.COMPLETED else 0,
        "failed": int(broken),
        "acted": 2 if state == State.COMPLETED and not broken and kind % 4 < 2 else 0,
        "starred_at": _moment(starred) if starred else None,
    }
    names = [
        f"{dice.choice(FIRST)} Name{dice.randrange(LOTS)} Company{dice.randrange(LOTS)}"
        for _ in range(10)
    ]
    words = dice.sample(COMMON, 6)
    if dice.random() < 0.0001:
        words.append("needle")
    nodes, summary = made.nodes[kind], made.summaries[kind]
    return SimpleNamespace(
        row=row,
        plan=made.plans[kind],
        nodes=nodes,
        table=made.tables[kind],
        error=error,
        names=names,
        words=words,
        at=at,
        passed=passed,
        summary=summary,
    )


def _traits(
    made: _Made, facts: SimpleNamespace, actions: Sequence[tuple[Any, ...]]
) -> Iterable[int]:
    like = SimpleNamespace(
        created_at=facts.at,
        finished_at=facts.at + timedelta(seconds=facts.passed),
        failed=facts.row["failed"],
        acted=facts.row["acted"],
        state=facts.row["state"],
        failure_reason=facts.row["failure_reason"],
    )
    pairs = set(traits.of_the_run(like))
    for row in actions:
        pairs.update(traits.of_an_action(row[5], row[6], row[8]))
    pairs |= traits.in_states(pairs, {like.state} & traits.RARE_ENDS)
    if new := pairs - made.traits.keys():
        Trait.objects.bulk_create(
            Trait(team=made.team, kind=kind, value=value) for kind, value in new
        )
        made.traits = {(t.kind, t.value): t.pk for t in Trait.objects.filter(team=made.team)}
    return {made.traits[pair] for pair in pairs}


def _words(facts: SimpleNamespace) -> str:
    words = {
        *facts.words,
        "workflow",
        *(word.lower() for name in facts.names for word in name.split()),
    }
    return " ".join(sorted(words))


def _moment(at: datetime) -> str:
    return at.astimezone(timezone.get_default_timezone()).strftime("%Y-%m-%d %H:%M:%S.%f")


def _plain(value: Any, field: Any) -> Any:
    value = field.get_prep_value(value)
    return (
        int(value)
        if isinstance(value, bool)
        else _moment(value)
        if isinstance(value, datetime)
        else value
    )


def _write(model: Any, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    table, names = model._meta.db_table, ", ".join(f'"{column}"' for column in columns)
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                copy.write("".join("\t".join(map(_in_copy, row)) + "\n" for row in rows))
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def _in_copy(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    return str(value).replace("\n", "\\n")  # no text of ours has a backslash
