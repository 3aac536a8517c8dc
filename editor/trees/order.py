"""Orders of siblings: what moved between two of them, how two become one, which positions say it.

Everything here is about lists of ids without doubles; actions are not looked at.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise

from editor.trees.nodes import GAP


def longest_rising(numbers: Sequence[int]) -> list[int]:
    """Indexes of a longest rising subsequence, in O(n log n): what stayed, when the rest moved."""
    ends: list[int] = []  # of the best run of each length: the index of its last number
    tops: list[int] = []  # and that number
    before: list[int] = []
    for index, number in enumerate(numbers):
        length = bisect_left(tops, number)
        before.append(ends[length - 1] if length else -1)
        ends[length : length + 1] = [index]
        tops[length : length + 1] = [number]
    found: list[int] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        found.append(index)
        index = before[index]
    return found[::-1]


def moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """The fewest ids that must change place to come from one order to the other.

    Ids that only one of them has do not count.
    """
    rank = {item: number for number, item in enumerate(before)}
    common = [item for item in after if item in rank]
    stayed = longest_rising([rank[item] for item in common])
    return set(common) - {common[index] for index in stayed}


def stayed(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """The ids that certainly did not move. Of two that changed places either may be the moved one: neither is here."""
    rank = {item: number for number, item in enumerate(before)}
    common = [item for item in after if item in rank]
    numbers = [rank[item] for item in common]
    up_to = _lengths(numbers)
    onwards = _lengths([-number for number in reversed(numbers)])[::-1]
    most = max(up_to, default=0)
    on_longest = [at for at, (a, b) in enumerate(zip(up_to, onwards, strict=True)) if a + b > most]
    choices = Counter(up_to[at] for at in on_longest)
    return {common[at] for at in on_longest if choices[up_to[at]] == 1}


def _lengths(numbers: Sequence[int]) -> list[int]:
    """How long the longest rising run is that ends with each."""
    tops: list[int] = []
    found: list[int] = []
    for number in numbers:
        length = bisect_left(tops, number)
        tops[length : length + 1] = [number]
        found.append(length + 1)
    return found


def weave(
    mine: Sequence[str],
    theirs: Sequence[str],
    loose_mine: Collection[str],
    loose_theirs: Collection[str],
) -> list[str]:
    """One order out of two. Each loose id comes after the same firm id as in its own list.

    Firm ids are those that both lists have and that neither calls loose; both must have them in the
    same order. An id that is not firm comes from `theirs` when that calls it loose, else from
    `mine`. Where both put something into one gap, the list with the smaller first id goes first:
    that says nothing, but it is the same whichever list is called mine.
    """
    firm = set(mine).intersection(theirs).difference(loose_mine, loose_theirs)
    gaps_mine = _gaps([item for item in mine if item not in loose_theirs], firm)
    gaps_theirs = _gaps([item for item in theirs if item in firm or item in loose_theirs], firm)
    woven: list[str] = []
    for anchor in [None, *(item for item in mine if item in firm)]:
        woven.extend([] if anchor is None else [anchor])
        for run in sorted([gaps_mine[anchor], gaps_theirs[anchor]]):
            woven.extend(run)
    return woven


def both(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> tuple[list[str], list[str]]:
    """One order with each side's moves and newcomers, and what both moved apart: that stays as in `mine`."""
    moved_mine, moved_theirs = moved(base, mine), moved(base, theirs)
    rank = {item: index for index, item in enumerate(mine)}
    alike = [i for i in theirs if i in rank and (i in moved_mine) == (i in moved_theirs)]
    agreed = {alike[index] for index in longest_rising([rank[item] for item in alike])}
    disputed = [item for item in alike if item not in agreed]
    loose_mine = (moved_mine | set(mine).difference(theirs) | set(disputed)) - agreed
    loose_theirs = (moved_theirs | set(theirs).difference(mine)) - agreed - set(disputed)
    return weave(mine, theirs, loose_mine, loose_theirs), disputed


def _gaps(items: Sequence[str], firm: Collection[str]) -> dict[str | None, list[str]]:
    """What follows each firm id up to the next one; under None what comes first."""
    gaps: dict[str | None, list[str]] = {None: []}
    anchor: str | None = None
    for item in items:
        if item in firm:
            anchor = item
            gaps[anchor] = []
        else:
            gaps[anchor].append(item)
    return gaps


def insert_gone(before: Sequence[str], after: Sequence[str], gone: Collection[str]) -> list[str]:
    """`after` with the ids of `before` that are gone, each behind the one it used to follow."""
    follows: dict[str | None, list[str]] = {}
    anchor: str | None = None
    present = set(after)
    for item in before:
        if item in gone:
            follows.setdefault(anchor, []).append(item)
        elif item in present:
            anchor = item
    merged = list(follows.get(None, ()))
    for item in after:
        merged.append(item)
        merged.extend(follows.get(item, ()))
    return merged


def positions(wanted: Sequence[int | None]) -> list[int]:
    """Rising positions, keeping as many of the wanted ones as can be (None: any).

    Numbered anew only where no room is left between those kept.
    """
    given = [index for index, position in enumerate(wanted) if position is not None]
    kept = longest_rising([position for position in wanted if position is not None])
    found: dict[int, int] = {}
    for index in (given[number] for number in kept):
        found[index] = wanted[index]  # type: ignore[assignment]  # given has no None
    if not found:
        return [(index + 1) * GAP for index in range(len(wanted))]
    first, last = min(found), max(found)
    for index in range(first - 1, -1, -1):
        found[index] = found[index + 1] - GAP
    for index in range(last + 1, len(wanted)):
        found[index] = found[index - 1] + GAP
    for left, right in list(pairwise(sorted(found))):
        room, count = found[right] - found[left], right - left
        if room < count:
            return [(index + 1) * GAP for index in range(len(wanted))]
        for index in range(left + 1, right):
            found[index] = found[left] + room * (index - left) // count
    return [found[index] for index in range(len(wanted))]
