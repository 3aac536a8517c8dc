"""What a run of a schedule would do to people once more: asked of the ledger each time that it comes round.

Only those count whom the workflow names. Whom a loop will meet nobody knows before it runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from accounts.models import Connection
from editor import catalog
from editor.runs import ledger, services
from editor.runs.ledger import Before
from editor.runs.models.schedules import Repeats
from editor.trees.nodes import Tree


class NothingNew(services.Refused):
    """No run, because of what the ledger knows; the message says so."""


@dataclass(frozen=True, slots=True)
class Known:
    """The acts of a tree on those whom it names, by node id: each target, and those who got it before."""

    targets: Mapping[str, str]
    before: Mapping[str, Before]

    def in_words(self, zone: str) -> str:
        """ "2 of its 3 acts went to the same target before, last on 12 October". No names and no
        addresses: notes outlive the erasing of a person."""
        last = max(each.at for each in self.before.values()).astimezone(ZoneInfo(zone))
        when, count, total = f"{last.day} {last:%B}", len(self.before), len(self.targets)
        sure = all(each.sure for each in self.before.values())
        went = "went" if sure else "went, or may have gone,"
        if total == 1:
            return f"Its act {went} to the same target before, on {when}"
        if count == total:
            return f"Its acts {went} to the same targets before, last on {when}"
        return f"{count} of its {total} acts {went} to the same target before, last on {when}"


def known(tree: Tree, connection: Connection) -> Known:
    """What the ledger knows of a tree with its values filled in: a question for each kind of act."""
    named = list(ledger.known_targets(tree, catalog.default()))
    by_type: dict[str, dict[str, str]] = {}
    for node, target in named:
        by_type.setdefault(node.type, {})[node.id] = target
    before: dict[str, Before] = {}
    for action_type, targets in by_type.items():
        found = ledger.already(connection, action_type, targets.values())
        before |= {node: found[target] for node, target in targets.items() if target in found}
    return Known({node.id: target for node, target in named}, before)


def settled(tree: Tree, connection: Connection, repeats: str, zone: str) -> tuple[Tree, str]:
    """What a run may do of a tree, and a note when that is not all of it. Raises NothingNew when it is nothing."""
    if repeats == Repeats.GO:
        return tree, ""
    found = known(tree, connection)
    if not found.before:
        return tree, ""
    words = found.in_words(zone)
    if repeats == Repeats.RUN:
        raise NothingNew(f"{words}, so this run was left out.")
    rest = without(tree, {node: found.targets[node] for node in found.before})
    if not rest.active_children(None):
        raise NothingNew(f"{words}, and nothing else is left to do.")
    return rest, f"{words}: left out of this run."


def without(tree: Tree, targets: Mapping[str, str]) -> Tree:
    """The tree with these actions switched off, and what was about the same person and for nothing else: nobody's page
    is opened for a message that is not sent."""
    off = set(targets)
    for node_id, target in targets.items():
        parent = tree.get(tree.nodes[node_id].parent)
        while parent and ledger.key_of(ledger.about_whom(parent)) == ledger.key_of(target):
            if any(child.id not in off for child in tree.active_children(parent.id)):
                break
            off.add(parent.id)
            parent = tree.get(parent.parent)
    nodes = (
        replace(node, disabled=True) if node.id in off else node for node in tree.nodes.values()
    )
    return Tree(nodes, tree.array, tree.inputs)
