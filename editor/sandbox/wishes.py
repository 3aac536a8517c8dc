"""Search criteria on invented lists: honoured where something fits, dropped where nothing would."""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

Entity = Mapping[str, Any]
Facets = Mapping[str, Callable[[Entity], object]]


def fitting(
    candidates: Iterable[Entity], criteria: Mapping[str, Any], facets: Facets, count: int
) -> list[Entity]:
    """The first `count` candidates that fit `criteria["filter"]`.

    `facets` says where the value for a filter field stands in an entity; a text fits when it is found
    in the value, a list when one of its texts is. Fields without a facet are not looked at. A wish
    that nobody fulfils is dropped: an empty list would show nothing.
    """
    wanted = {
        name: texts
        for name, value in _filter(criteria).items()
        if name in facets and (texts := _texts(value))
    }
    if not wanted:
        return list(islice(candidates, count))
    left = list(candidates)
    for name, texts in wanted.items():
        facet = facets[name]
        fit = [entity for entity in left if _has(facet(entity), texts)]
        left = fit or left
    return left[:count]


def key(criteria: Mapping[str, Any]) -> str:
    """What makes two searches the same search."""
    names = ("term", "location", "filter", "preferences", "customSearchUrl", "since")
    return repr([(name, criteria[name]) for name in names if criteria.get(name)])


def _filter(criteria: Mapping[str, Any]) -> Mapping[str, Any]:
    """Filter, preferences and top-level place as one table."""
    found: dict[str, Any] = {}
    for name in ("filter", "preferences"):
        if isinstance(criteria.get(name), Mapping):
            found |= criteria[name]
    if criteria.get("location"):
        found["location"] = criteria["location"]
    return found


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(text).lower() for text in values if text not in (None, "", False)]


def _has(value: object, texts: list[str]) -> bool:
    found = str(value).lower()
    return any(text in found for text in texts)
