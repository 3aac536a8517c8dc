"""Which of the results that stand side by side belongs to which of the sibling nodes."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Any

Key = tuple[str, str]
"""Type and label of a node or of a result."""

NO_LABEL = ""

# Above this many pairs, results that do not stand where they should are matched without regard to
# their order. Siblings are few; only an answer that is not ours gets there.
_ALIGN_AT_MOST = 2_500


def match(wanted: Sequence[Key], found: Sequence[Key | None]) -> dict[int, int]:
    """Index in `found` -> index in `wanted`, each used once.

    Results mostly stand in the order of the nodes, so the best alignment in that order wins, equal
    labels before missing ones; what is left over is matched by type and label wherever it stands. A
    result whose label is another node's, or nobody's, is not matched by its type alone: a wrong
    place would be a lie.
    """
    shorter = min(len(wanted), len(found))
    head = 0
    while head < shorter and wanted[head] == found[head]:
        head += 1
    tail = 0
    while tail < shorter - head and wanted[-1 - tail] == found[-1 - tail]:
        tail += 1
    matches = {index: index for index in range(head)}
    matches |= {len(found) - 1 - i: len(wanted) - 1 - i for i in range(tail)}
    rows, columns = range(head, len(found) - tail), range(head, len(wanted) - tail)
    if len(rows) * len(columns) <= _ALIGN_AT_MOST:
        matches |= _align(wanted, found, rows, columns)
    return _match_anywhere(wanted, found, rows, columns, matches)


def _likeness(wanted: Key, found: Key | None) -> int:
    """2: type and label agree; 1: the type does, the label did not come back; 0: not the same."""
    if found is None or found[0] != wanted[0]:
        return 0
    return 2 if found[1] == wanted[1] else int(found[1] == NO_LABEL)


def _align(
    wanted: Sequence[Key], found: Sequence[Key | None], rows: range, columns: range
) -> dict[int, int]:
    """The pairs of the best alignment that keeps the order of both."""
    best: dict[tuple[int, int], int] = defaultdict(int)  # from these two on
    for row in reversed(rows):
        for column in reversed(columns):
            like = _likeness(wanted[column], found[row])
            pair = like + best[row + 1, column + 1] if like else 0
            best[row, column] = max(pair, best[row + 1, column], best[row, column + 1])
    matches: dict[int, int] = {}
    row, column = rows.start, columns.start
    while row < rows.stop and column < columns.stop:
        like = _likeness(wanted[column], found[row])
        if like and best[row, column] == like + best[row + 1, column + 1]:
            matches[row] = column
            row, column = row + 1, column + 1
        elif best[row, column] == best[row + 1, column]:
            row += 1
        else:
            column += 1
    return matches


def _match_anywhere(
    wanted: Sequence[Key],
    found: Sequence[Key | None],
    rows: range,
    columns: range,
    matches: dict[int, int],
) -> dict[int, int]:
    """`matches`, and for what they leave over the first free sibling of the same key, then type."""
    taken = set(matches.values())
    for with_label in (True, False):
        free: dict[Any, deque[int]] = defaultdict(deque)
        for column in columns:
            if column not in taken:
                free[wanted[column] if with_label else wanted[column][0]].append(column)
        for row in rows:
            key = found[row]
            if row in matches or key is None or (not with_label and key[1] != NO_LABEL):
                continue
            if candidates := free.get(key if with_label else key[0]):
                matches[row] = candidates.popleft()
                taken.add(matches[row])
    return matches
