"""The shortest legal chain between two actions: what to insert between them."""

from __future__ import annotations

import functools

from editor.catalog import Catalog, constraints
from editor.catalog.constraints import Verdict


@functools.lru_cache(maxsize=8192)
def bridge(catalog: Catalog, parent_type: str | None, action_type: str) -> tuple[str, ...] | None:
    """The types to put between `parent_type` (None: the root) and `action_type`, outermost first.

    () when it may stand there directly; None when there is no way. Of several shortest chains it is
    the one whose types come first in the catalogue. Roots that need parameters count; a disputed
    pair is used only when there is no way without one.
    """
    for disputed in (False, True):
        if (found := _search(catalog, parent_type, action_type, disputed)) is not None:
            return found
    return None


def _search(
    catalog: Catalog, start: str | None, goal: str, disputed: bool
) -> tuple[str, ...] | None:
    """Breadth first. Chains of one length come in catalogue order, so the first hit is the one."""
    chains: list[tuple[str, ...]] = [()]
    seen: set[str] = set()
    while chains:
        longer: list[tuple[str, ...]] = []
        for chain in chains:
            below = _below(catalog, chain[-1] if chain else start, disputed)
            if goal in below:
                return chain
            for child in below:
                if child not in seen:
                    seen.add(child)
                    longer.append((*chain, child))
        chains = longer
    return None


def _below(catalog: Catalog, parent_type: str | None, disputed: bool) -> list[str]:
    """What may stand below, in the order of the catalogue."""
    if parent_type is None:
        return list(constraints.allowed_roots(catalog))
    allowed = set(constraints.allowed_children(catalog, parent_type))
    return [
        name
        for name in catalog.actions
        if name in allowed
        and (
            disputed or constraints.may_be_child(catalog, parent_type, name) is not Verdict.DISPUTED
        )
    ]
