"""Before a run: who has got already what it is about to do, by the ledger."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from accounts.models import Connection
from editor import catalog
from editor.runs import ledger
from editor.runs.ledger import Before
from editor.trees.nodes import Node, Tree

SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Again:
    """One target that got this act already; `same_words`: with what is now meant to be sent."""

    target: str
    before: Before
    same_words: bool

    @property
    def short(self) -> str:
        return short(self.target)


@dataclass(frozen=True, slots=True)
class Repeated:
    """One kind of act, with those of its targets that got it already, `out_of` so many."""

    name: str
    icon: str
    action_type: str
    again: Sequence[Again]
    out_of: int

    @property
    def in_words(self) -> str:
        """ "2 of 3 already got it", "this one may have got it already"."""
        sure = sum(each.before.sure for each in self.again)
        who = "this one" if self.out_of == 1 else f"{len(self.again):,} of {self.out_of:,}"
        if not sure:
            return f"{who} may have got it already"
        return f"{who} already got it{'' if sure == len(self.again) else ', or may have'}"

    @property
    def shown(self) -> Sequence[Again]:
        return self.again[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.again) - SHOWN)


@dataclass(frozen=True)
class Repeats:
    """Everything that would happen to somebody a second time; false when nothing would."""

    kinds: Sequence[Repeated] = ()

    def __bool__(self) -> bool:
        return bool(self.kinds)

    @cached_property
    def count(self) -> int:
        return sum(len(kind.again) for kind in self.kinds)

    @cached_property
    def in_words(self) -> str:
        """What somebody agrees to: "2 get it once more", "1 may get it twice"."""
        if any(each.before.sure for kind in self.kinds for each in kind.again):
            return f"{self.count:,} get{'s' if self.count == 1 else ''} it once more"
        return f"{self.count:,} may get it twice"

    @cached_property
    def mark(self) -> str:
        """What somebody agrees to who goes on knowingly: these acts to these targets, no others."""
        pairs = [
            (kind.action_type, ledger.key_of(each.target))
            for kind in self.kinds
            for each in kind.again
        ]
        return hashlib.sha256(repr(sorted(pairs)).encode("utf-8", "replace")).hexdigest()[:24]


def short(target: str) -> str:
    """An address without what all of them begin with."""
    return target.removeprefix("https://").removeprefix("www.")


def repeats(tree: Tree, connection: Connection | None) -> Repeats:
    """What a run of `tree` on this account would repeat: a question to the ledger for each kind of act.

    Only targets that stand in the tree count; whom a loop will meet nobody knows yet.
    """
    if connection is None:
        return Repeats()
    planned: dict[str, dict[str, Node]] = {}
    for node, target in ledger.known_targets(tree, catalog.default()):
        planned.setdefault(node.type, {})[target] = node
    kinds = [_kind(connection, name, targets) for name, targets in planned.items()]
    return Repeats([kind for kind in kinds if kind.again])


def _kind(connection: Connection, action_type: str, targets: Mapping[str, Node]) -> Repeated:
    action = catalog.default().actions[action_type]
    already = ledger.already(connection, action_type, targets)
    again = [
        Again(target, already[target], _same_words(node, already[target]))
        for target, node in targets.items()
        if target in already
    ]
    return Repeated(action.name, action.icon, action_type, again, len(targets))


def _same_words(node: Node, before: Before) -> bool:
    words = ledger.hash_of(node.params)
    return bool(words) and words == before.text_hash
