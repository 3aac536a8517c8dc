"""What somebody confirms before a run: its acts with their numbers, and acts that go to somebody a second time.

A box that is ticked says which numbers it was ticked for (`mark`), so that nothing else happens than was confirmed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Connection, User
from editor import catalog
from editor.runs import acting
from editor.runs.models import Run, State
from editor.trees.nodes import Tree
from editor.trees.plan import Plan, plan_of

from .met import Met, met_before
from .repeats import Repeats, repeats


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the page says and asks. `confirmed` and `knowingly` are the boxes as they came back; `account`: the public
    id of the connection, "" when none is chosen; `barred`: why this person may not run it there at all; `met`: whom its
    loops may meet again; `doubt`: an earlier run of which nobody knows whether it did the same."""

    plan: Plan
    repeats: Repeats
    what: str
    confirmed: str = ""
    knowingly: str = ""
    account: str = ""
    barred: str = ""
    met: Met | None = None
    doubt: Run | None = None

    @property
    def mark(self) -> str:
        """What is confirmed: what runs, and how often each act can happen at most."""
        acts = ";".join(f"{act.amount} {act.name}" for act in self.plan.acts)
        return f"{self.what}: {acts}"

    @property
    def is_confirmed(self) -> bool:
        return not self.plan.acts or self.confirmed == self.mark

    @property
    def is_known(self) -> bool:
        """Whether somebody has agreed to what happens again."""
        return not self.repeats or self.knowingly == self.repeats.mark

    @property
    def faults(self) -> dict[str, str]:
        """What keeps it from going on, by field."""
        if self.barred:
            return {"all": self.barred}
        found = {}
        if not self.is_confirmed:
            found["confirmed"] = (
                "This is not what you confirmed. Look at the numbers again, and tick the box when you mean it."
                if self.confirmed
                else "Other people will see this. Tick the box when you mean it."
            )
        if not self.is_known:
            found["knowingly"] = (
                "They got this before. Take them out, or tick the box to go on knowingly."
            )
        return found


def confirmation(
    tree: Tree,
    connection: Connection | None,
    what: str,
    form: Mapping[str, str],
    actor: User | None = None,
    runs: QuerySet[Run] | None = None,
) -> Confirmation:
    """What `actor` is to confirm of a run of `tree`, with its values filled in, on this account. `what` names what
    runs, and changes when it does; `runs`: those of it that were before. What is ticked for invented people does not
    count for real ones."""
    kind = connection.kind if connection else ""
    plan = plan_of(tree, catalog.default())
    return Confirmation(
        plan,
        repeats(tree, connection),
        f"{what} {kind}",
        form.get("confirmed", ""),
        form.get("knowingly", ""),
        connection.public_id if connection else "",
        acting.barred(connection, actor, tree) if connection else "",
        met_before(tree, connection, runs),
        _in_doubt(plan, connection, runs),
    )


def _in_doubt(plan: Plan, connection: Connection | None, runs: QuerySet[Run] | None) -> Run | None:
    """The last of them of which nobody knows whether the service has it; the ledger has nothing of such a one."""
    if not plan.acts or connection is None or runs is None:
        return None
    same = runs.filter(state=State.UNCERTAIN, connection__kind=connection.kind)
    return same.order_by("-pk").first()
