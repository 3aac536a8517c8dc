"""Results as tables for people. Pure: plain values in, cells out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from editor.catalog import ActionType, ResultField
from editor.runs.words import spaced
from editor.workflows.cards import in_words

MOST_COLUMNS = 5
_TITLES = (
    "name", "title", "author", "actor", "commenterName", "engagerName", "schoolName", "position",
    "companyName", "newsletterName", "text", "headline", "viewerType", "description",
)  # fmt: skip
_LINKS = (
    "publicUrl", "url", "postUrl", "jobUrl", "commentUrl", "hashedUrl", "commenterUrl",
    "engagerUrl", "schoolHashedUrl", "companyUrl", "newsletterUrl", "searchUrl",
)  # fmt: skip
_NOT_FOR_TABLES = re.compile(
    r"(ur[ln]s?|id|image|images|slides|thumbnail|links|^website)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Cell:
    """`tone`: "good", "bad", "muted" or ""; `title` is shown on hover."""

    text: str
    href: str = ""
    tone: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = field(default_factory=list)


def columns_of(
    action: ActionType | None, values: Sequence[Any], most: int = MOST_COLUMNS
) -> list[str]:
    """Fields worth a column: known to the catalogue, readable, and given by some value here.

    The first is the one that names the thing. Of an action that is not known: the first fields.
    """
    given = {
        name for value in values if isinstance(value, dict) for name in value if _says(value[name])
    }
    fields: Sequence[ResultField] = action.result.fields if action else ()
    known = [f.name for f in fields if _fit_for_table(f)] or sorted(given)
    shown = [name for name in known if name in given]
    title = next((name for name in _TITLES if name in shown), None)
    return ([title] if title else []) + [name for name in shown if name != title][
        : most - bool(title)
    ]


def _fit_for_table(field: ResultField) -> bool:
    if _NOT_FOR_TABLES.search(field.name):
        return field.name == "url"
    return field.kind != "object" or any(inner.name == "name" for inner in field.fields)


def _says(value: Any) -> bool:
    return value is not None and value != "" and value != [] and value != {}


def cells(value: Any, columns: Sequence[str], *, linked: bool = True) -> list[Cell]:
    """One row; the first cell links to the thing's own address when it has one."""
    fields = value if isinstance(value, dict) else {}
    row = [_cell(fields.get(name)) for name in columns]
    if linked and row and (href := link_of(fields)):
        row[0] = Cell(row[0].text or in_words(href), href, title=row[0].title)
    return row


def _cell(value: Any) -> Cell:
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        value = value["name"]
    if not _says(value):
        return Cell("", tone="muted")
    text = in_words(value)
    return Cell(text, title=value[:1000] if isinstance(value, str) and text != value else "")


def link_of(fields: Mapping[str, Any]) -> str:
    """The first address of a thing that a browser may open."""
    found = (fields.get(name) for name in _LINKS)
    return next((url for url in found if isinstance(url, str) and url.startswith("https://")), "")


def name_of(value: Any) -> str:
    """What people call an item of a list: a person's name, a job's title, the start of a post."""
    if not isinstance(value, dict):
        return in_words(value)
    for name in _TITLES:
        if text := _cell(value.get(name)).text:
            return text
    return in_words(link_of(value)) if link_of(value) else ""


def heads(columns: Sequence[str]) -> list[str]:
    return [spaced(name) for name in columns]


def facts(value: Any, action: ActionType | None) -> list[tuple[str, Cell]]:
    """One object in full: (name, value) in the catalogue's order, what it does not know last."""
    if not isinstance(value, dict):
        return []
    known = [field.name for field in action.result.fields] if action else []
    names = [n for n in known if n in value] + [n for n in value if n not in known]
    return [(spaced(name), _fact(value[name])) for name in names if _says(value[name])]


def _fact(value: Any) -> Cell:
    if isinstance(value, str):
        href = value if value.startswith("https://") else ""
        return Cell(in_words(value) if href else value[:4000], href)
    return Cell(in_words(value), title="")
