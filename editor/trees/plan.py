"""What a run can do at most, in words: for the strip in the editor and for the form that starts a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from editor.catalog import Catalog
from editor.trees import placeholders
from editor.trees.effects import Amount, effects
from editor.trees.inputs import by_name, check_values
from editor.trees.nodes import Node, Tree


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of the summary: how often something can happen at most, and what.

    `unit`: one of it, or "". `category`: the limit category that it counts in, of what is counted.
    """

    amount: Amount
    name: str
    icon: str
    unit: str = ""
    category: str = ""

    def __str__(self) -> str:
        """ "25 profile views", or how often the action."""
        if self.unit:
            return f"{self.amount} {_plural(self.unit, self.amount)}"
        return f"{self.amount}× {self.name}"


@dataclass(frozen=True, slots=True)
class Plan:
    """`acts`: what other people can see, by action. `counted`: what the Linked API counts.

    `loops`: how often each loop goes round. Whatever is not in a loop runs once.
    `endless`: names of the lists whose length nobody knows, which make an amount open; `depends_on`: placeholders of
    the inputs that limit a list and have no value yet, which do too.
    """

    acts: Sequence[Planned]
    counted: Sequence[Planned]
    actions: int
    loops: Mapping[str, Amount]
    endless: Sequence[str]
    depends_on: Sequence[str] = ()

    @property
    def act_count(self) -> Amount:
        return sum((planned.amount for planned in self.acts), Amount(0))

    def times(self, runs: int) -> Plan:
        """What so many runs can do at most."""

        def all_of(lines: Sequence[Planned]) -> list[Planned]:
            amounts = (Amount(line.amount.count * runs, line.amount.open) for line in lines)
            return [
                replace(line, amount=amount) for line, amount in zip(lines, amounts, strict=True)
            ]

        return replace(self, acts=all_of(self.acts), counted=all_of(self.counted))

    @property
    def rounds(self) -> dict[str, str]:
        """How often each loop goes round, in words."""
        return {node_id: str(amount) for node_id, amount in self.loops.items()}

    @property
    def headline(self) -> str:
        """ "up to 25 messages · 25 profile views", and what nobody can count: acts first, then what they need."""
        units = {act.unit for act in self.acts}
        counted = sorted(self.counted, key=lambda planned: planned.unit not in units)
        every = [*(act for act in self.acts if not act.unit), *counted]
        closed = " · ".join(str(planned) for planned in every if not planned.amount.open)
        parts = [f"up to {closed}" if closed else ""]
        parts += [str(planned) for planned in every if planned.amount.open]
        return " · ".join(filter(None, parts))


def plan_of(tree: Tree, catalog: Catalog) -> Plan:
    """What one run of the tree can do at most, worked out from its loops and limits."""
    found = effects(tree, catalog)
    units = {name: category.unit for name, category in catalog.limit_categories.items()}
    acts = [(catalog.actions[name], amount) for name, amount in found.acts.items()]
    endless = [tree.nodes[node_id] for node_id in found.endless]
    inputs = {node.id: _limiting_input(node) for node in endless}
    open_types = {node.type for node in endless if not inputs[node.id]}
    return Plan(
        acts=[
            Planned(amount, action.name, action.icon, units.get(action.limit_category or "", ""))
            for action, amount in acts
        ],
        counted=[
            Planned(amount, catalog.limit_categories[name].name, "gauge", units[name], name)
            for name, amount in found.categories.items()
        ],
        actions=len(found.nodes),
        loops={node_id: found.nodes[node_id] for node_id in found.loops},
        endless=[action.name for action in catalog.actions.values() if action.type in open_types],
        depends_on=list(dict.fromkeys(filter(None, inputs.values()))),
    )


def usual_plan(tree: Tree, catalog: Catalog) -> Plan:
    """The same of a workflow that is being written: with the defaults of its inputs."""
    values, _ = check_values(by_name(tree.inputs or ()).values(), {})
    return plan_of(placeholders.fill_known(tree, values) if values else tree, catalog)


def _limiting_input(node: Node) -> str:
    """The placeholder that stands where a list has its limit, or ""."""
    limit = node.params.get("limit")
    name = placeholders.whole(limit) if isinstance(limit, str) else None
    return placeholders.placeholder(name) if name else ""


def _plural(unit: str, amount: Amount) -> str:
    if amount == Amount(1):
        return unit
    return unit + ("es" if unit.endswith(("s", "x", "ch", "sh")) else "s")
