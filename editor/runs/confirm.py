"""Before a run: what it can do at most, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from editor.catalog import Catalog
from editor.trees.effects import Amount, effects
from editor.trees.nodes import Tree


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of the summary: how often something can happen at most, and what."""

    amount: Amount
    name: str
    icon: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """`acts`: what other people can see, by action. `counted`: what the Linked API counts."""

    acts: Sequence[Planned]
    counted: Sequence[Planned]
    actions: int

    @property
    def act_count(self) -> Amount:
        return sum((planned.amount for planned in self.acts), Amount(0))


def plan_of(tree: Tree, catalog: Catalog) -> Plan:
    """What one run of the tree can do at most, worked out from its loops and limits."""
    found = effects(tree, catalog)
    return Plan(
        acts=[
            Planned(amount, catalog.actions[name].name, catalog.actions[name].icon)
            for name, amount in found.acts.items()
        ],
        counted=[
            Planned(
                amount,
                catalog.limit_categories[name].name,
                "gauge",
                catalog.limit_categories[name].unit,
            )
            for name, amount in found.categories.items()
        ],
        actions=len(found.nodes),
    )
