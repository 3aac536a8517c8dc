"""What is done to many runs at once: which of the selected it can be done to, and the doing.

Whoever confirms, confirms a list of runs that the page has named and counted; nothing that came to match meanwhile is
touched. Each run goes the way that a single one goes (`runs.services`), so nothing is allowed here that is not there.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.db.models import Q, QuerySet, Sum

from accounts import audit
from accounts.models import Role, Team, User
from editor import catalog
from editor.lib.tx import writing
from editor.runs import ledger, sending, services
from editor.runs.models import FINAL, MOVING, Run
from editor.runs.pages.confirming import Confirmation, confirmation
from editor.runs.results import outcome
from editor.runs.workers import tidying
from editor.trees.plan import Planned

RESULTS_AT_MOST: Final = 200_000
"""Results that are deleted at once; a single run may have more."""


@dataclass(frozen=True, slots=True)
class Verb:
    """`takes`: the runs it can be done to; `others` says why not to the rest. `at_most` runs at once."""

    name: str
    least: Role
    at_most: int
    takes: Q
    others: str


VERBS: Final = {
    "cancel": Verb(
        "Cancel", Role.RUNNER, 500, Q(state__in=MOVING, cancel_asked_at=None),
        "have ended, are being cancelled already, or wait for a decision",
    ),
    "again": Verb("Run again", Role.RUNNER, 100, Q(state__in=FINAL), "have not ended"),
    "delete": Verb(
        "Delete", Role.BUILDER, 1000, Q(state__in=FINAL, starred_at=None),
        "have not ended, or have a star, which keeps them",
    ),
}  # fmt: skip


def split(verb: Verb, picked: QuerySet[Run]) -> tuple[list[Run], int]:
    """Of the selected runs those that it is done to, newest first, and how many others there are."""
    keys = list(picked.values_list("pk", flat=True))
    runs = Run.objects.filter(verb.takes, pk__in=keys).select_related("connection", "team")
    taken = list(runs.order_by("-created_at", "-pk"))
    return taken, len(keys) - len(taken)


def cancel(runs: Sequence[Run], *, actor: User) -> int:
    """Returns how many are cancelled now, or will be as soon as the service has been told."""
    return sum(_did(lambda run=run: services.cancel(run, actor=actor)) for run in runs)  # type: ignore[misc]


def _did(act: Callable[[], object]) -> bool:
    try:
        act()
    except services.Refused:
        return False
    return True


def results_of(runs: Sequence[Run]) -> int:
    """How many results hang on them, about."""
    sums = Run.objects.filter(pk__in=[run.pk for run in runs]).aggregate(
        n=Sum("done") + Sum("failed")
    )
    return sums["n"] or 0


def delete(team: Team, runs: Sequence[Run], *, actor: User) -> int:
    """With all that hangs on them; the ledger stays. Returns how many went. Raises services.Refused for too much."""
    if len(runs) > 1 and results_of(runs) > RESULTS_AT_MOST:
        raise services.Refused(
            f"These runs have more than {RESULTS_AT_MOST:,} results together. Delete fewer at once."
        )
    gone = tidying.remove(runs)
    with writing():
        ids = [run.public_id for run in runs[:20]]
        audit.record(team, actor, "runs.deleted", f"{gone} runs", runs=gone, first=ids)
    return gone


# --- Run again ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Again:
    """Running each of these once more as it was, on the account it ran on: what is to be confirmed of all together.

    `asks`: what each run would be asked for alone. `broken`: those that do not go by the rules of today.
    """

    asks: Sequence[tuple[Run, Confirmation]]
    broken: Sequence[Run]
    doubled: int

    @classmethod
    def of(cls, runs: Sequence[Run]) -> "Again":
        asks, broken = [], []
        targets: Counter[tuple[str, str]] = Counter()
        planned = Run.objects.filter(pk__in=[run.pk for run in runs])
        for run in planned.select_related("connection", "plan", "team").order_by("pk"):
            tree = outcome.tree_of(run.plan)
            if sending.errors_of(tree):
                broken.append(run)
                continue
            asks.append((run, confirmation(tree, run.connection, run.public_id, {})))
            known = ledger.known_targets(tree, catalog.default())
            targets.update({(node.type, ledger.key_of(target)) for node, target in known})
        return cls(asks, broken, sum(1 for count in targets.values() if count > 1))

    @cached_property
    def acts(self) -> list[Planned]:
        """Everything that other people would see, by action."""
        found: dict[str, Planned] = {}
        for _, ask in self.asks:
            for act in ask.plan.acts:
                before = found.get(act.name)
                amount = before.amount + act.amount if before else act.amount
                found[act.name] = Planned(amount, act.name, act.icon, act.unit)
        return list(found.values())

    @property
    def repeating(self) -> list[tuple[Run, Confirmation]]:
        return [(run, ask) for run, ask in self.asks if ask.repeats]

    @property
    def repeat_count(self) -> int:
        return sum(ask.repeats.count for _, ask in self.repeating)

    @cached_property
    def mark(self) -> str:
        """What is confirmed: these runs, their acts with their numbers."""
        return _digest([ask.mark for _, ask in self.asks])

    @cached_property
    def repeats_mark(self) -> str:
        """Who goes on knowingly knows of exactly these targets."""
        return _digest([ask.repeats.mark for _, ask in self.repeating] + [str(self.doubled)])

    def faults(self, confirmed: str, knowingly: str) -> dict[str, str]:
        """What keeps it from going on, by field."""
        found = {}
        if self.acts and confirmed != self.mark:
            found["confirmed"] = (
                "Other people will see this. Look at the numbers, and tick the box when you mean it."
            )
        if (self.repeating or self.doubled) and knowingly != self.repeats_mark:
            found["knowingly"] = (
                "Take them out of the selection, or tick the box to go on knowingly."
            )
        return found

    def start(self, *, actor: User, submit_key: str) -> list[Run]:
        """Queue them, the earliest first. Each has a key of its own, so a form that is sent twice makes no run twice.

        What cannot run is left out.
        """
        made = []
        for run, _ in self.asks:
            try:
                made.append(
                    services.run_as_it_was(
                        run, connection=run.connection, actor=actor,
                        submit_key=f"{submit_key}:{run.public_id}",
                    )
                )  # fmt: skip
            except services.Refused:
                continue
        return made


def _digest(marks: Sequence[str]) -> str:
    return hashlib.sha256(repr(marks).encode("utf-8", "replace")).hexdigest()[:24]
