"""The ledger of acts: what went out to whom, so that nobody gets the same message twice by mistake.

An act is entered in the transaction that stores a run's results, when the service said that it was done. Of a run that
was cancelled or failed at the service no results come: what it may have done to those whom the workflow names is
entered as not sure. Whom a loop met by then nobody knows.
"""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote

from django.utils.crypto import salted_hmac

from accounts.models import Connection
from editor.catalog import ActionType, Catalog
from editor.lib import bulk
from editor.trees.effects import effects
from editor.trees.nodes import Node, Tree
from editor.trees.placeholders import names_in
from editor.trees.results import Occurrence, Path, Results

from .models import Act, ActTarget, Run
from .texts import fit

# Parameters that are an act's words.
_WORDS: Final = ("text", "subject", "note", "skillName", "type")

# Parameters that say who or what an action is about.
_ADDRESSES: Final = (
    "personUrl",
    "companyUrl",
    "postUrl",
    "postUrn",
    "commentUrl",
    "newsletterUrl",
    "threadId",
)

# Names of one and the same person, post ... in what actions return.
_NAMES: Final = (
    "publicUrl",
    "hashedUrl",
    "url",
    "commentUrl",
    "postUrl",
    "commenterUrl",
    "engagerUrl",
    "urn",
    "activityUrn",
)
_LINKEDIN: Final = re.compile(r"(?:https?://)?(?:[a-z]+\.)?linkedin\.com/", re.IGNORECASE)
_PIECE: Final = 500
_COLUMNS: Final = (
    "team", "connection", "run", "node_id", "ordinal", "action_type", "target", "text_hash", "by_name", "done_at",
    "sure",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """One act of a run: `names` are those of its target, the one that the workflow used first."""

    node_id: str
    ordinal: int
    action_type: str
    names: tuple[str, ...]
    text_hash: str


@dataclass(frozen=True, slots=True)
class Before:
    """What a target already got: the last time. `same_text`: with the very words now meant to be sent;
    `run`: its public id, "" when it was deleted; `text_hash`: `hash_of` what it said; `sure`: False when it never
    surely got it, but may have."""

    at: datetime
    by: str
    connection: str
    run: str
    same_text: bool
    text_hash: str = ""
    sure: bool = True


# --- Writing -----------------------------------------------------------------------------------


def acts_of(tree: Tree, found: Results, catalog: Catalog) -> list[Done]:
    """Every act that was done, with all that the results tell of its target."""
    return list(_acts(tree, found, catalog))


def perhaps_of(tree: Tree, catalog: Catalog, ran: Sequence[Mapping[str, Any]] | None) -> list[Done]:
    """The acts on those whom a tree names that may have been done by a run of it whose results never come.

    `ran`: what the statistics tell of its kinds of action, each with `type` and `success`; None when they tell nothing.
    Actions run in their order, so of each kind it is the first ones, as many as ran and the one that was under way;
    unless some may have been passed over, because what they hang on failed.
    """
    known = list(known_targets(tree, catalog))
    if ran is not None and all(each["success"] for each in ran):
        times, seen = Counter(each["type"] for each in ran), Counter[str]()
        first = []
        for node, target in known:
            if seen[node.type] <= times[node.type]:
                first.append((node, target))
            seen[node.type] += 1
        known = first
    return [Done(node.id, 0, node.type, (target,), hash_of(node.params)) for node, target in known]


def enter(ended: Iterable[tuple[Run, Iterable[Done]]], now: datetime, *, sure: bool = True) -> None:
    """Write the acts of runs into the ledger, inside the caller's transaction."""
    done = [(run, act, fit(act.action_type, 200)) for run, acts in ended for act in acts]
    rows = (
        (
            run.team_id,
            run.connection_id,
            run.pk,
            act.node_id,
            act.ordinal,
            action_type,
            fit(act.names[0], 300) if act.names else "",
            act.text_hash,
            run.started_by_name,
            now,
            sure,
        )
        for run, act, action_type in done
    )
    keys = bulk.insert_for_keys(Act, _COLUMNS, rows)
    targets = (
        (pk, run.team_id, action_type, key)
        for pk, (run, act, action_type) in zip(keys, done, strict=True)
        for key in dict.fromkeys(map(key_of, act.names))
    )
    bulk.insert(ActTarget, ("act", "team", "action_type", "key"), targets)


def _acts(tree: Tree, found: Results, catalog: Catalog) -> Iterator[Done]:
    above = _Above(tree, found)
    for node in tree.nodes.values():
        action = catalog.actions.get(node.type)
        if action is None or not action.acts or node.id not in found.nodes:
            continue
        addressed = _addressed(node, action)
        words = hash_of(node.params)
        for ordinal, occurrence in enumerate(found.nodes[node.id].occurrences):
            if occurrence.success:
                names = addressed or above.names(node, occurrence.path)
                yield Done(node.id, ordinal, node.type, tuple(dict.fromkeys(names)), words)


def _addressed(node: Node, action: ActionType) -> list[str]:
    """The target that an act names itself."""
    own = {name for group in action.root.any_of for name in group}
    return _texts(node.params, [name for name in _ADDRESSES if name in own])


class _Above:
    """What the actions above an act tell of its target."""

    def __init__(self, tree: Tree, found: Results) -> None:
        self.tree, self.found = tree, found
        self.by_path: dict[str, dict[Path, Occurrence]] = {}

    def names(self, node: Node, path: Path) -> list[str]:
        """Of the nearest action that says who or what it is about: by its address, or by what it found."""
        parent = self.tree.get(node.parent)
        while parent is not None:
            names = _texts(parent.params, _ADDRESSES)
            occurrence = self._occurrence(parent.id, path)
            names += _texts(_about(occurrence, path), _NAMES) if occurrence else []
            if names:
                return names
            parent = self.tree.get(parent.parent)
        return []

    def _occurrence(self, node_id: str, path: Path) -> Occurrence | None:
        """The time that a node ran on the way to `path`."""
        if node_id not in self.by_path:
            result = self.found.nodes.get(node_id)
            occurrences = result.occurrences if result else ()
            self.by_path[node_id] = {each.path: each for each in occurrences}
        ran = self.by_path[node_id]
        for depth in range(len(path), -1, -1):
            if path[:depth] in ran:
                return ran[path[:depth]]
        return None


def _about(occurrence: Occurrence, path: Path) -> Mapping[str, Any]:
    """What an action returned; of a list the item that the path goes through."""
    data, depth = occurrence.data, len(occurrence.path)
    if isinstance(data, list) and depth < len(path) and path[depth] < len(data):
        data = data[path[depth]]
    return data if isinstance(data, Mapping) else {}


def _texts(values: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    found = (values.get(name) for name in names)
    return [text for text in found if isinstance(text, str) and text.strip()]


# --- Reading -----------------------------------------------------------------------------------


def known_targets(tree: Tree, catalog: Catalog) -> Iterator[tuple[Node, str]]:
    """Before a run: its acts whose target stands in the tree, each with that address.

    Not those on whomever a loop meets, nor where an input has no value yet.
    """
    stack = [(root, "") for root in reversed(tree.active_children(None))]
    while stack:
        node, about = stack.pop()
        action = catalog.actions.get(node.type)
        if action is not None and action.acts:
            target = next(iter(_addressed(node, action)), about)
            if target and not names_in(target):
                yield node, target
        here = about_whom(node) or about
        below = "" if action is not None and action.is_loop else here
        stack.extend((child, below) for child in reversed(tree.active_children(node.id)))


def met_kinds(tree: Tree, catalog: Catalog) -> list[str]:
    """The kinds of act that go to whomever a loop meets: before a run nobody knows who that is."""
    known = {node.id for node, _ in known_targets(tree, catalog)}
    running = map(tree.nodes.__getitem__, effects(tree, catalog).nodes)
    acts = (node for node in running if node.id not in known and _acts_here(node, catalog))
    return list(dict.fromkeys(node.type for node in acts if _in_a_loop(tree, node, catalog)))


def _acts_here(node: Node, catalog: Catalog) -> bool:
    action = catalog.actions.get(node.type)
    return action is not None and action.acts


def _in_a_loop(tree: Tree, node: Node, catalog: Catalog) -> bool:
    above = tree.get(node.parent)
    while above is not None:
        action = catalog.actions.get(above.type)
        if action is not None and action.is_loop:
            return True
        above = tree.get(above.parent)
    return False


def about_whom(node: Node) -> str:
    """The address of whoever or whatever an action says it is about; "" when it says none."""
    return next(iter(_texts(node.params, _ADDRESSES)), "")


def already(
    connection: Connection,
    action_type: str,
    targets: Iterable[str],
    params: Mapping[str, Any] | None = None,
) -> dict[str, Before]:
    """Which of these targets already got this act from the team, by any of its accounts of this kind
    (what happened in the sandbox reached nobody). `params`: those of the act that is now meant."""
    words = hash_of(params) if params else ""
    wanted: dict[str, list[str]] = {}
    for target in targets:
        key = key_of(target)
        wanted.setdefault(key, []).append(target)
        wanted.setdefault(hidden(connection.team_id, key), []).append(target)
    found: dict[str, Before] = {}
    keys = iter(wanted)
    while piece := list(islice(keys, 2 * _PIECE)):  # each as it is, and hidden
        theirs = ActTarget.objects.filter(
            team=connection.team_id,
            action_type=action_type,
            key__in=piece,
            act__connection__kind=connection.kind,
        )
        # What is sure comes last, and so counts, before all that may have been.
        rows = theirs.order_by("act__sure", "act__done_at", "act").values_list(
            "key", "act__done_at", "act__by_name", "act__connection__name",
            "act__run__public_id", "act__text_hash", "act__sure",
        )  # fmt: skip
        for key, at, by, account, run, text_hash, sure in rows:
            same = bool(words) and text_hash == words
            before = Before(at, by, account, run or "", same, text_hash, sure)
            found |= dict.fromkeys(wanted[key], before)
    return found


@lru_cache(maxsize=512)
def key_of(name: str) -> str:
    """The same for every way to write one address: host, case, query and escapes do not count."""
    text = unicodedata.normalize("NFC", unquote(name.strip()))
    address = _LINKEDIN.match(text)
    if address:
        path = re.split(r"[?#,]", text[address.end() :], maxsplit=1)[0]
        text = "/" + path.strip("/")
    return fit(text.casefold(), 300)


def hidden(team_id: int, key: str) -> str:
    """What stands in the ledger for the key of somebody who was erased: who has the address can ask whether an act
    was done to them, and nobody can read the address out of it. It takes SECRET_KEY, so a new one ends that."""
    return "erased:" + salted_hmac("ledger", f"{team_id} {key}", algorithm="sha256").hexdigest()


def hash_of(params: Mapping[str, Any]) -> str:
    """Tells apart what an act says; "" when it says nothing."""
    words = {name: params[name] for name in _WORDS if params.get(name)}
    if not words:
        return ""
    return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()
