"""Writing: what people do with batches. The worker's share is `feeding`.

Until it is started, a batch is a draft: its rows are read anew whenever something changes that they depend on.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.utils import timezone

from accounts import audit
from accounts.models import Connection, User
from editor import catalog
from editor.lib.tx import writing
from editor.runs import ledger, sending, transitions
from editor.runs.models import Batch, BatchRow, BatchState, RowState, Run, State
from editor.runs.notices import services as notices
from editor.runs.services import (
    CannotRun,
    Refused,
    must_be_in_use,
    must_be_usable,
    must_may_act,
    what_runs,
)
from editor.trees.inputs import by_name
from editor.trees.nodes import Tree
from editor.workflows.models import Workflow
from editor.workflows.rows import tree_from_json
from editor.workflows.services import snapshot

from . import mapping, queries
from .reading import Line

PER_DAY_AT_MOST: Final = 1_000
BY_HAND: Final = "Skipped by hand."
_PIECE: Final = 500
_MOVED_ON: Final = "The batch has moved on meanwhile. Look at it as it is now."


def tree_of(batch: Batch) -> Tree:
    """The workflow as this batch runs it. Raises Refused when it was deleted."""
    if batch.version is None or batch.workflow is None:
        raise Refused("The workflow of this batch was deleted.")
    return tree_from_json(batch.version.tree)


def create(
    workflow: Workflow, *, connection: Connection, actor: User, lines: Sequence[Line]
) -> Batch:
    """A draft from the rows of a table. Raises CannotRun when the workflow has errors, or Refused."""
    must_be_in_use(workflow)
    version = snapshot(workflow, actor=actor, reason="run")
    tree = tree_from_json(version.tree)
    if errors := sending.errors_of(tree):
        raise CannotRun(errors)
    if not tree.inputs:
        raise Refused("The workflow has no inputs, so every row would do the same.")
    if connection.team_id != workflow.team_id:
        raise Refused("This connection belongs to another team.")
    must_be_usable(connection, actor)
    columns = list(lines[0].cells) if mapping.names_in(lines, tree) else []
    rest = lines[1:] if columns else lines
    if not rest:
        raise Refused("The table has only the names of its columns. Paste its rows too.")
    batch = Batch(
        **what_runs(workflow, version, connection),
        actor=actor,
        actor_name=str(actor)[:80],
        columns=columns,
        mapping=mapping.guess(columns, rest[0].cells, tree),
        time_zone=actor.time_zone,
    )
    rows = [BatchRow(batch=batch, number=line.number, cells=list(line.cells)) for line in rest]
    _read_anew(batch, rows)
    _examine(batch, tree, rows)
    with writing():
        batch.save()
        BatchRow.objects.bulk_create(rows, batch_size=_PIECE)
    return batch


# --- The draft ---------------------------------------------------------------------------------


def choose(batch: Batch, sources: Mapping[str, Mapping[str, object]]) -> None:
    """Which column, or which one value, each input gets. What was mended by hand is read from the table again."""
    with writing():
        tree = _draft(batch)
        names = by_name(tree.inputs or ())
        batch.mapping = {name: dict(sources[name]) for name in names if name in sources}
        batch.save(update_fields=["mapping"])
        rows = list(batch.rows.order_by("number"))
        _read_anew(batch, rows)
        _store(batch, tree, rows)


def name_columns(batch: Batch, has_names: bool) -> None:
    """Whether the first row of the table names the columns or is one like the others."""
    with writing():
        tree = _draft(batch)
        rows = list(batch.rows.order_by("number"))
        if has_names and not batch.columns and len(rows) > 1:
            batch.columns = rows.pop(0).cells
        elif not has_names and batch.columns:
            number = rows[0].number - 1 if rows else 1
            rows.insert(0, BatchRow(batch=batch, number=number, cells=batch.columns))
            batch.columns = []
        batch.save(update_fields=["columns"])
        _read_anew(batch, rows)
        _store(batch, tree, rows)


def mend(batch: Batch, number: int, values: Mapping[str, str]) -> None:
    """Other values for one row."""
    with writing():
        tree = _draft(batch)
        rows = list(batch.rows.order_by("number"))
        for row in rows:
            if row.number == number:
                names = by_name(tree.inputs or ())
                row.values |= {name: text for name, text in values.items() if name in names}
                row.values = dict(sorted(row.values.items()))
                row.state, row.note = RowState.WAITING, ""
        _store(batch, tree, rows)


def skip(batch: Batch, number: int | None = None) -> None:
    """Leave a row out; None: all bad ones."""
    with writing():
        _draft(batch)
        rows = batch.rows.filter(number=number) if number else batch.rows.filter(state=RowState.BAD)
        rows.update(state=RowState.SKIPPED, note=BY_HAND, kept=False)
        _look_again(batch)


def keep(batch: Batch, number: int) -> None:
    """Run a row although it was skipped; when it repeats something, knowingly."""
    with writing():
        _draft(batch)
        found = batch.rows.filter(number=number, state=RowState.SKIPPED)
        found.exclude(note=BY_HAND).update(state=RowState.WAITING, note="", kept=True)
        found.update(state=RowState.WAITING, note="")
        _look_again(batch)


def _look_again(batch: Batch) -> None:
    _store(batch, tree_of(batch), list(batch.rows.order_by("number")))


def _draft(batch: Batch) -> Tree:
    """Its tree, with its row locked. Raises Refused when it has been started."""
    held = Batch.objects.select_for_update().get(pk=batch.pk)
    if not held.is_draft:
        raise Refused(_MOVED_ON)
    return tree_of(batch)


def _store(batch: Batch, tree: Tree, rows: list[BatchRow]) -> None:
    """Write all rows as they now come out, inside the caller's transaction."""
    _examine(batch, tree, rows)
    Batch.objects.filter(pk=batch.pk).update(endless=batch.endless)
    batch.rows.all().delete()
    for row in rows:
        row.pk = None
    BatchRow.objects.bulk_create(rows, batch_size=_PIECE)


def _read_anew(batch: Batch, rows: Iterable[BatchRow]) -> None:
    """Forget what people did to these rows: back to what their cells say."""
    for row in rows:
        row.values = mapping.values_of(batch.mapping, row.cells)
        row.state, row.note, row.kept = RowState.WAITING, "", False


def _examine(batch: Batch, tree: Tree, rows: list[BatchRow]) -> None:
    """Check all rows against the inputs, the ledger and each other."""
    checked = list(mapping.check_all(tree, [row.values for row in rows], len(rows)))
    already = queries.already_got(batch.connection, [found.targets for found in checked])
    elsewhere = queries.in_other_batches(batch, [row.values for row in rows])
    batch.endless = any(found.endless for found in checked)
    seen = _Seen()
    for index, (row, found) in enumerate(zip(rows, checked, strict=True)):
        row.acts = found.acts
        if row.state == RowState.SKIPPED and row.note == BY_HAND:
            continue
        row.state, row.note = RowState.BAD, " ".join(found.faults)
        if not row.note:
            row.note = seen.repeats(row, found) or already.get(index, "")
            if not row.note and queries.known(row.values) in elsewhere:
                row.note = "Another batch of this workflow, which is not over, has the same row."
            row.state = RowState.SKIPPED if row.note and not row.kept else RowState.WAITING


class _Seen:
    """The rows before this one, by their values and by whom they reach."""

    def __init__(self) -> None:
        self.numbers: dict[object, int] = {}

    def repeats(self, row: BatchRow, found: mapping.Checked) -> str:
        """What it repeats, in words, or ""."""
        same = self.numbers.setdefault(tuple(sorted(row.values.items())), row.number)
        if same != row.number:
            return f"The same as row {same}."
        for action_type, target in dict.fromkeys(found.targets):
            key = (action_type, ledger.key_of(target))
            earlier = self.numbers.setdefault(key, row.number)
            if earlier != row.number:
                name = catalog.default().actions[action_type].name
                return f"{name} for the same as in row {earlier}: {target}."
        return ""


# --- Under way ---------------------------------------------------------------------------------


def mark(batch: Batch, counts: queries.Counts) -> str:
    """What is confirmed: how many rows, and how much other people can see of them at most."""
    return f"{counts.waiting}:{counts.acts}{'+' if batch.endless else ''}"


def start(
    batch: Batch, *, actor: User, confirmed: str, per_day: int | None, working_days: bool
) -> None:
    """Let the worker begin. Raises Refused while rows are bad, none waits, or something else was confirmed."""
    if per_day is not None and not 0 < per_day <= PER_DAY_AT_MOST:
        raise Refused(f"A day takes from 1 to {PER_DAY_AT_MOST:,} rows.")
    must_be_usable(batch.connection, actor)
    _must_may_act(batch, actor)
    now = timezone.now()
    with writing():
        _draft(batch)
        batch.refresh_from_db(fields=["endless", "workflow"])
        if batch.workflow is not None:
            must_be_in_use(batch.workflow)
        counts = queries.counts(batch)
        if counts.bad:
            raise Refused(f"{counts.bad} rows are bad. Mend or skip them first.")
        if not counts.waiting:
            raise Refused("There is no row to run.")
        if counts.acts and confirmed != mark(batch, counts):
            raise Refused("Other people will see this. Tick the box when you mean it.")
        Batch.objects.filter(pk=batch.pk).update(
            state=BatchState.RUNNING, started_at=now, next_at=now, actor=actor,
            actor_name=str(actor)[:80], per_day=per_day, working_days=working_days,
            time_zone=actor.time_zone,
        )  # fmt: skip
        _record(batch, actor, "batch.started")


def _must_may_act(batch: Batch, actor: User) -> None:
    if batch.version is not None:
        must_may_act(batch.connection, actor, tree_from_json(batch.version.tree))


def pause(batch: Batch, *, actor: User) -> None:
    """Begin no more rows. Runs in line that have certainly not been sent are taken back; what was sent goes on."""
    with writing():
        _move(batch, [BatchState.RUNNING], BatchState.PAUSED)
        take_back(batch, BatchState.PAUSED)
        _record(batch, actor, "batch.paused")


def resume(batch: Batch, *, actor: User) -> None:
    """Go on, in the name of whoever says so."""
    must_be_usable(batch.connection, actor)
    _must_may_act(batch, actor)
    with writing():
        _move(batch, [BatchState.PAUSED], BatchState.RUNNING)
        Batch.objects.filter(pk=batch.pk).update(
            next_at=timezone.now(), actor=actor, actor_name=str(actor)[:80], held=""
        )
        notices.batch_goes_on(batch, timezone.now())
        _record(batch, actor, "batch.resumed")


def stop(batch: Batch, *, actor: User) -> None:
    """The same as pause, for good."""
    with writing():
        _move(batch, [BatchState.RUNNING, BatchState.PAUSED], BatchState.STOPPED)
        Batch.objects.filter(pk=batch.pk).update(finished_at=timezone.now())
        take_back(batch, BatchState.STOPPED)
        notices.batch_goes_on(batch, timezone.now())
        _record(batch, actor, "batch.stopped")


def discard(batch: Batch) -> None:
    """Delete a draft."""
    with writing():
        if not Batch.objects.select_for_update().filter(pk=batch.pk, state=BatchState.DRAFT):
            raise Refused(_MOVED_ON)
        batch.delete()


def _move(batch: Batch, states: Iterable[BatchState], to: BatchState) -> None:
    if Batch.objects.filter(pk=batch.pk, state__in=states).update(state=to) != 1:
        raise Refused(_MOVED_ON)


def take_back(batch: Batch, to: BatchState) -> None:
    """Rows whose run certainly did not start wait again. One that is being sent at this moment goes on if the service
    takes it, and not if it does not (`transitions`)."""
    for run in Run.objects.filter(batch_row__batch=batch, state=State.QUEUED):
        transitions.take_back(run, transitions.TAKEN_BACK[to], timezone.now())


def _record(batch: Batch, actor: User, verb: str) -> None:
    audit.record(batch.team, actor, verb, batch.workflow_name, batch=batch.public_id)
