"""What a row of a results table is about: as few rows as the columns in use need.

Stored are the rows of the innermost items, with the values of all above. Where a table uses columns of people only, the
first row of each person stands for all rows of that person (`trees.table_levels`): one row per person.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Q

from editor import catalog
from editor.review.columns import Shown
from editor.runs.results import shapes
from editor.runs.results.rows import best_identity, short
from editor.trees import table_levels
from editor.trees.table_levels import Level


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of levels that are not used: the first of each item at `depth` stands for the item, unless that has rows of
    a level below which is used (`besides`)."""

    depth: int
    besides: frozenset[str]
    levels: Sequence[str]

    @property
    def key(self) -> str:
        """In `ResultRow.leads`: the last row of the item, if this is its first."""
        return f"d{self.depth}"

    @property
    def where(self) -> Q:
        found = Q(level__in=self.levels, leads__has_key=self.key)
        for each in sorted(self.besides):
            found &= ~Q(leads__has_key=f"{self.key}/{each}")
        return found


@dataclass(frozen=True, slots=True)
class Units:
    """`words`: "person", "post or skill"; `keys`: columns of the addresses that tell such items apart."""

    groups: Sequence[Group] = ()
    words: str = "item"
    keys: Sequence[str] = ()
    used: Collection[str] = field(default_factory=frozenset)

    def __bool__(self) -> bool:
        """Whether there are fewer rows than stored ones."""
        return bool(self.groups)

    @property
    def whole(self) -> Q:
        """The rows that stand for themselves."""
        return ~Q(level__in=[level for group in self.groups for level in group.levels])

    @property
    def where(self) -> Q:
        found = self.whole
        for group in self.groups:
            found |= group.where
        return found if self.groups else Q()


EVERY: Final = Units()


def of(levels: Sequence[Level], every: Sequence[Shown], names: Iterable[str]) -> Units:
    """For a table that uses columns (of `every`) of the levels with these names."""
    used = table_levels.used(levels, names)
    by_way = {level.way for level in levels if level.name in used}
    groups: dict[tuple[int, frozenset[str]], list[str]] = defaultdict(list)
    for level in levels:
        if level.name in used:
            continue
        depth = max(at for at, name in enumerate(level.way) if name in used)
        above = level.way[: depth + 1]
        besides = frozenset(short(way[-1]) for way in by_way if way[:-1] == above)
        groups[depth, besides].append(short(level.name))
    inner = [level for level in levels if level.way in by_way and not _has_below(level, by_way)]
    return Units(
        [Group(*key, tuple(names)) for key, names in groups.items()],
        in_words(inner), _keys(inner, every), used,
    )  # fmt: skip


def _has_below(level: Level, ways: Iterable[tuple[str, ...]]) -> bool:
    return any(way[:-1] == level.way for way in ways)


def _keys(inner: Sequence[Level], every: Sequence[Shown]) -> list[str]:
    found = []
    for level in inner:
        columns = [each.column for each in every if each.column.level == level.name]
        if best := best_identity(columns):
            found.append(short(best.key))
    return found


# --- Words and choices -------------------------------------------------------------------------


def noun(level: Level) -> str:
    """ "person", "post"; "action" where nothing comes back but how it went; "" where a level has no things."""
    action = catalog.default().actions.get(level.type)
    if action is None:
        return ""
    shape = shapes.shape_of(action)
    if shape:
        return shape.name
    return "action" if action.result.shape == "none" else "item"


def in_words(levels: Iterable[Level]) -> str:
    nouns = list(dict.fromkeys(filter(None, map(noun, levels))))
    if len(nouns) > 3:
        return "item"
    return (
        " or ".join([", ".join(nouns[:-1]), nouns[-1]])
        if len(nouns) > 1
        else (nouns or ["item"])[0]
    )


def choices(
    levels: Sequence[Level], every: Sequence[Shown], shown: Sequence[Shown]
) -> list[tuple[str, set[str], list[str]]]:
    """(words, used levels, columns) of what a row may be: the roots' items, those of one list, or all of them.

    The columns are those shown of the levels that are used, and of other levels those that are of use.
    """
    tops = [level for level in levels if level.depth == 0]
    asked = [tops, *([level] for level in levels if level.depth)]
    if len(asked) > 2:
        asked.append(list(levels))
    there = {each.column.level for each in shown}
    now = {each.id for each in shown}
    found: dict[str, tuple[str, set[str], list[str]]] = {}
    for some in asked:
        used = table_levels.used(levels, [level.name for level in some])
        ids = [
            each.id
            for each in every
            if each.column.level in used | {""}
            and (each.id in now or (each.column.level not in there and each.column.useful))
        ]
        inner = {each.column.level for each in every if each.id in ids}
        words = (
            "One row per innermost item"
            if some == list(levels)
            else f"One row per {in_words(some)}"
        )
        if ids and inner & {level.name for level in some}:
            while words in found and found[words][1] != used:
                words += f" ({catalog.default().actions[some[0].type].name})"
            found[words] = (words, used, ids)
    return list(found.values())
