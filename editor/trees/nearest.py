"""The name that somebody meant: for suggestions."""

from __future__ import annotations

import functools
from collections.abc import Iterable

LEAST = 0.5


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The most similar of `names`, or None when none is alike. Of equals the first.

    By the share of common pairs of neighbouring letters (Dice), without regard to case. Cheap, as a
    hostile text may hold 20,000 wrong names.
    """
    wanted = _pairs(name[:100])
    best, best_score = None, LEAST
    for candidate in names:
        pairs = _pairs(candidate[:100])
        score = 2 * len(wanted & pairs) / (len(wanted) + len(pairs))
        if score > best_score:
            best, best_score = candidate, score
    return best


@functools.lru_cache(maxsize=4096)
def _pairs(name: str) -> frozenset[str]:
    """Neighbouring letters, with the ends marked, so that no name is without pairs."""
    padded = f"^{name.casefold()}$"
    return frozenset(padded[i : i + 2] for i in range(len(padded) - 1))
