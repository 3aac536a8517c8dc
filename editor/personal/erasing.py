"""Take one LinkedIn person out of everything that the runs of a team have kept.

In batches, each a transaction of its own: nothing waits long for it, and broken off it is begun again. What
was done stays countable (that an act happened, that a row was run), without saying to whom.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from accounts import audit
from accounts.models import Team, User
from accounts.services import Refused
from editor.lib.tx import writing
from editor.outgoing.models import Delivery
from editor.personal import finding
from editor.personal.blanking import ERASED, Person
from editor.review.models import RunWords
from editor.runs import ledger
from editor.runs.models import (
    FINAL,
    Act,
    ActionResult,
    ActTarget,
    BatchRow,
    Ended,
    ResultRow,
    RowState,
    Run,
)
from editor.runs.results import outcome

BATCH: Final = 200
_PEOPLE: Final = re.compile(r"^/(in|sales/lead|sales/people)/[^/]+$")
_LONGEST: Final = 300


@dataclass(slots=True)
class Erased:
    """How much was found, by what it is; `busy`: runs that are under way and could not be touched; `places`: what
    people wrote and still speaks of the person."""

    counts: dict[str, int] = field(default_factory=dict)
    runs: set[int] = field(default_factory=set)
    busy: int = 0
    places: list[finding.Place] = field(default_factory=list)

    def add(self, what: str, amount: int) -> None:
        if amount:
            self.counts[what] = self.counts.get(what, 0) + amount

    @property
    def in_words(self) -> str:
        return ", ".join(f"{what}: {amount:,}" for what, amount in self.counts.items())


def person_key(address: str) -> str:
    """The key of a person's address. Raises Refused for anything else."""
    key = ledger.key_of(address[:_LONGEST])
    if not _PEOPLE.match(key):
        raise Refused(
            "This is no address of a person. It looks like https://www.linkedin.com/in/ada."
        )
    return key


def erase(team: Team, address: str, *, actor: User | None) -> Erased:
    """Erase the person of that address, and of every other address that the results tell for them.

    Raises Refused for what is no address of a person.
    """
    person = _known(team, Person([person_key(address)]))
    done = Erased()
    finals = Run.objects.filter(team=team, state__in=FINAL)
    done.busy = sum(_holds(run, person) for run in _walk(_under_way(team)))
    for erase_some in (_results, _outcomes, _plans):
        erase_some(finals, person, done)
    _rows(team, person, done)
    _tables(team, person, done)
    _acts(team, person, done)
    _deliveries(team, person, done)
    _search(done)
    done.places = finding.places(team, person)
    with writing():
        # The log must not keep what it tells of: no address, only that and how much.
        audit.record(team, actor, "person.erased", "a LinkedIn person", **done.counts)
    return done


# --- Finding -----------------------------------------------------------------------------------


def _walk(rows: QuerySet[Any]) -> Iterator[Any]:
    """Every row, a batch per query, in the order of keys; what happens to them meanwhile does not matter."""
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield from found
        last = found[-1].pk


def _under_way(team: Team) -> QuerySet[Run]:
    return Run.objects.filter(team=team).exclude(state__in=FINAL).select_related("plan")


def _holds(run: Run, person: Person) -> bool:
    held = [run.inputs, outcome.unpack(run.plan.definition)]
    return bool(person.without(held) != held)


def _mentioning(
    rows: QuerySet[Any], column: str, person: Person, also: Q | None = None
) -> QuerySet[Any]:
    """Rows whose text has the last part of one of the person's addresses: more than meant, never fewer."""
    any_of = also or Q()
    for key in person.keys:
        name = key.rsplit("/", 1)[-1]
        any_of |= Q(as_text__icontains=name)
        if not name.isascii():
            # Some JSON has letters beyond ASCII as escapes, which no search finds: look at all of those.
            any_of |= Q(as_text__contains="\\u")
        any_of |= Q(as_text__contains="%")  # an address may be written with escapes of its own
    found: QuerySet[Any] = rows.alias(as_text=Cast(column, TextField())).filter(any_of)
    return found


def _known(team: Team, person: Person) -> Person:
    """The person with all their addresses (the public one, the hashed one, the URN) and the names they go by."""
    keys, names = set(person.keys), set[str]()
    acts = ActTarget.objects.filter(team=team, key__in=keys).values("act")
    keys |= set(
        ActTarget.objects.filter(act__in=acts, act__action_type__in=_ABOUT_PEOPLE)
        .values_list("key", flat=True)
    )  # fmt: skip
    person = Person(keys)
    for result in _walk(_mentioning(ActionResult.objects.filter(run__team=team), "data", person)):
        keys |= person.others(result.data)
        names |= person.called(result.data)
    return Person(keys, names)


_ABOUT_PEOPLE: Final = (
    "st.sendMessage", "st.sendConnectionRequest", "st.withdrawConnectionRequest", "st.removeConnection",
    "nv.sendMessage",
)  # fmt: skip


# --- Erasing -----------------------------------------------------------------------------------


def _change(row: Model, changes: dict[str, Any]) -> bool:
    with writing():
        return type(row)._base_manager.filter(pk=row.pk).update(**changes) == 1


def _results(runs: QuerySet[Run], person: Person, done: Erased) -> None:
    mine = ActionResult.objects.filter(run__in=runs)
    for result in _walk(_mentioning(mine, "data", person)):
        data = person.without(result.data)
        message = person.without(result.error_message)
        if data is not result.data or message is not result.error_message:
            _change(result, {"data": data, "error_message": message})
            done.runs.add(result.run_id)
            done.add("results", 1)


def _outcomes(runs: QuerySet[Run], person: Person, done: Erased) -> None:
    for run in _walk(runs.filter(outcome__isnull=False).select_related("outcome")):
        completion = outcome.unpack(run.outcome.completion)
        rest = person.without(completion)
        strange = person.without(run.outcome.unexpected)
        if rest is not completion or strange is not run.outcome.unexpected:
            _change(run.outcome, {"completion": outcome.pack(rest), "unexpected": strange})
            done.runs.add(run.pk)
            done.add("completions", 1)


def _plans(runs: QuerySet[Run], person: Person, done: Erased) -> None:
    """What was sent and filled in. Here an action that names the person keeps its shape: only the address goes."""
    for run in _walk(runs.select_related("plan")):
        texts = _in_texts(person)
        inputs, evidence = texts(run.inputs), texts(run.evidence)
        said = {
            name: texts(getattr(run, name))
            for name in ("failure_message", "pending_message", "note")
        }
        if [inputs, evidence, *said.values()] != [
            run.inputs, run.evidence, run.failure_message, run.pending_message, run.note,
        ]:  # fmt: skip
            _change(run, {"inputs": inputs, "evidence": evidence, **said})
            done.runs.add(run.pk)
            done.add("runs", 1)
        sent, tree = (outcome.unpack(part) for part in (run.plan.definition, run.plan.tree))
        if texts([sent, tree]) != [sent, tree]:
            packed = {"definition": outcome.pack(texts(sent)), "tree": outcome.pack(texts(tree))}
            _change(run.plan, packed)
            done.runs.add(run.pk)
            done.add("definitions", 1)


def _in_texts(person: Person) -> Callable[[Any], Any]:
    """The same value with the addresses gone, and nothing else."""

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return person.without(value)
        if isinstance(value, list):
            return [clean(each) for each in value]
        if isinstance(value, dict):
            return {name: clean(each) for name, each in value.items()}
        return value

    return clean


def _rows(team: Team, person: Person, done: Erased) -> None:
    mine = ResultRow.objects.filter(run__team=team)
    for row in _walk(_mentioning(mine, "cells", person, Q(identity__in=person.keys))):
        about = row.identity in person.keys or person.without(dict(row.cells)) != row.cells
        if about:
            _change(row, {"cells": {}, "keys": {}, "identity": "", "words": "", "private": ""})
            done.runs.add(row.run_id)
            done.add("table rows", 1)


def _tables(team: Team, person: Person, done: Erased) -> None:
    """Rows of tables that people brought. One that waited does not run any more."""
    clean = _in_texts(person)
    mine = BatchRow.objects.filter(batch__team=team)
    for row in _walk(_mentioning(mine, "cells", person)):
        cells, values = clean(row.cells), clean(row.values)
        if [cells, values] == [row.cells, row.values]:
            continue
        changes: dict[str, Any] = {"cells": cells, "values": values, "note": clean(row.note)}
        if row.state in (RowState.WAITING, RowState.BAD):
            changes |= {"state": RowState.SKIPPED, "note": "This person was erased."}
        _change(row, changes)
        done.add("rows of batches", 1)


def _acts(team: Team, person: Person, done: Erased) -> None:
    """The ledger goes on counting the act, and knows whoever is meant again, but cannot say who it was."""
    mine = ActTarget.objects.filter(team=team, key__in=person.keys)
    acts = set(mine.values_list("act", flat=True))
    with writing():
        for target in ActTarget.objects.filter(act__in=acts).exclude(key__startswith="erased:"):
            target.key = ledger.hidden(team.pk, target.key)
            target.save(update_fields=["key"])
        Act.objects.filter(pk__in=acts).update(target=ERASED, text_hash="")
    done.add("acts", len(acts))


def _deliveries(team: Team, person: Person, done: Erased) -> None:
    for delivery in _walk(
        _mentioning(Delivery.objects.filter(endpoint__team=team), "body", person)
    ):
        body, answer = person.without(delivery.body), person.without(delivery.answer)
        if (body, answer) != (delivery.body, delivery.answer):
            _change(delivery, {"body": body, "answer": answer})
            done.add("webhooks sent", 1)


def _search(done: Erased) -> None:
    """The search forgets the words of those runs at once; the worker reads anew what is left of them."""
    keys = sorted(done.runs)
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        with writing():
            RunWords.objects.filter(run__in=some).delete()
            Ended.objects.bulk_create([Ended(run_id=key) for key in some], ignore_conflicts=True)
