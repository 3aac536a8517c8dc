"""What may stand where: the only place that answers it.

The palette, the drop targets in the browser (through ``table``), paste, import, validation and
submitting all ask here. A pair that some sources allow and others forbid is DISPUTED: allowed, and
shown as a warning.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .types import Catalog


class Verdict(enum.IntEnum):
    """False in a condition only when forbidden."""

    FORBIDDEN = 0
    DISPUTED = 1
    ALLOWED = 2


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an action may not stand in a place.

    ``repairs`` are ways out, in words; ``parents`` are the types that may hold the action, in
    display order.
    """

    code: str
    message: str
    repairs: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()


def may_be_root(
    catalog: Catalog, action_type: str, params: Mapping[str, Any] | None = None
) -> Verdict:
    """Whether an action of ``action_type`` may start a workflow.

    With ``params`` a conditional root is allowed only when one of its parameter sets is given;
    without (``None``) the question is whether it could be: the palette asks that. An unknown type
    is forbidden.
    """
    action = catalog.actions.get(action_type)
    if action is None or action.root.start == "forbidden":
        return Verdict.FORBIDDEN
    if action.root.start == "conditional" and params is not None:
        given = any(all(name in params for name in names) for names in action.root.any_of)
        return Verdict.ALLOWED if given else Verdict.FORBIDDEN
    return Verdict.ALLOWED


def may_be_child(catalog: Catalog, parent_type: str, action_type: str) -> Verdict:
    """Whether an action of ``action_type`` may stand directly below one of ``parent_type``.

    Unknown types: forbidden.
    """
    parent = catalog.actions.get(parent_type)
    if parent is None:
        return Verdict.FORBIDDEN
    if action_type in parent.children:
        return Verdict.ALLOWED
    return Verdict.DISPUTED if action_type in parent.disputed_children else Verdict.FORBIDDEN


@functools.lru_cache(maxsize=1024)
def allowed_children(catalog: Catalog, parent_type: str) -> tuple[str, ...]:
    """The types that may stand below ``parent_type``, in display order, disputed ones last."""
    parent = catalog.actions.get(parent_type)
    if parent is None:
        return ()
    return _in_order(catalog, parent.children) + _in_order(catalog, parent.disputed_children)


@functools.lru_cache(maxsize=64)
def allowed_roots(catalog: Catalog) -> tuple[str, ...]:
    """The types that may start a workflow, conditional ones included, in display order."""
    return tuple(
        name for name, action in catalog.actions.items() if action.root.start != "forbidden"
    )


def explain(catalog: Catalog, parent_type: str | None, action_type: str) -> Refusal | None:
    """Why ``action_type`` may not stand below ``parent_type`` (``None``:

    at the root); None when it may.
    """
    action = catalog.actions.get(action_type)
    if action is None:
        return Refusal(
            "unknown-action",
            f"There is no action “{action_type}”.",
            ("Choose an action from the list.",),
        )
    if parent_type is None:
        if may_be_root(catalog, action_type):
            return None
        return Refusal(
            "not-a-root", f"{action.name} cannot start a workflow.", *_homes(catalog, action_type)
        )
    parent = catalog.actions.get(parent_type)
    if parent is None:
        return Refusal(
            "unknown-parent",
            f"There is no action “{parent_type}”.",
            ("Change the type of the parent.",),
        )
    if may_be_child(catalog, parent_type, action_type):
        return None
    if not (parent.children or parent.disputed_children):
        return Refusal(
            "no-children",
            f"{parent.name} takes no actions below it.",
            *_homes(catalog, action_type),
        )
    return Refusal(
        "wrong-parent",
        f"{action.name} cannot stand under {parent.name}.",
        *_homes(catalog, action_type),
    )


def _homes(catalog: Catalog, action_type: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Where ``action_type`` may stand instead: sentences, and the types of the parents."""
    action = catalog.actions[action_type]
    parents = _in_order(catalog, action.parents)
    repairs = []
    if parents:
        names = list(dict.fromkeys(catalog.actions[parent].name for parent in parents))
        repairs.append(f"Put it under {' or '.join(names)}.")
    if action.root.start != "forbidden":
        needs = " or ".join(" and ".join(names) for names in action.root.any_of)
        repairs.append(f"Let it start the workflow{f', with {needs}' if needs else ''}.")
    return tuple(repairs), parents


def _in_order(catalog: Catalog, types: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in catalog.actions if name in types)


@functools.lru_cache(maxsize=64)
def table(catalog: Catalog) -> dict[str, Any]:
    """The constraint table as JSON, for the browser.

    Shape: ``{"groups": [{id, name, icon}], "actions": {type: {name, summary, group, icon, ns, acts,
    root: 0|1|2, children: [type], disputed: [type]}}}``; root 0 never, 1 with certain parameters, 2
    always.
    """
    start = {"forbidden": 0, "conditional": 1, "allowed": 2}
    return {
        "groups": [{"id": g.id, "name": g.name, "icon": g.icon} for g in catalog.groups.values()],
        "actions": {
            action.type: {
                "name": action.name,
                "summary": action.summary,
                "group": action.group,
                "icon": action.icon,
                "ns": action.namespace,
                "acts": action.acts,
                "root": start[action.root.start],
                "children": list(allowed_children(catalog, action.type)),
                "disputed": list(action.disputed_children),
            }
            for action in catalog.actions.values()
        },
    }
