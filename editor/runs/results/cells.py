"""One value of a result in words for people. Pure: plain values in, cells out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from editor.catalog import ResultField
from editor.runs.words import spaced
from editor.workflows.shown.cards import in_words

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Cell:
    """`tone`: "good", "warn", "bad", "muted" or ""; `title` is shown on hover, `line` below the text. `at`: a moment,
    shown as a time. `opens`: the path of the item that it leads to, None when it leads to none."""

    text: str
    href: str = ""
    tone: str = ""
    title: str = ""
    line: str = ""
    at: datetime | None = None
    opens: str | None = None


NOTHING = Cell("", tone="muted")


def says(value: Any) -> bool:
    return value is not None and value != "" and value != [] and value != {}


def read(value: Any, paths: str) -> Any:
    """What stands at the first of these paths ("author.name|name") that says something; None when none does."""
    for path in paths.split("|"):
        found = value
        for name in path.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        if says(found):
            return found
    return None


def cell(value: Any, field: ResultField | None = None, *, full: bool = False) -> Cell:
    """A value on one short line, or `full`: with the whole of its text. The catalogue's field says what it is."""
    if not says(value):
        return NOTHING
    if isinstance(value, dict):
        return _object(value)
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    if isinstance(value, int | float):
        is_year = field is not None and "year" in field.name.lower()
        return Cell(str(value) if is_year else f"{value:,}")
    if not isinstance(value, str):
        return Cell(in_words(value))
    if field and field.format == "date-time" and (at := moment(value)):
        return Cell(value, at=at)
    if value.startswith("https://"):
        return Cell(in_words(value), value, title=value)
    text = spaced(value) if field and field.kind == "choice" and value.isalpha() else value
    if full:
        return Cell(text[:LONGEST])
    short = in_words(text)
    return Cell(short, title=text[:1000] if short != text else "")


def moment(text: str) -> datetime | None:
    """A time with its zone, as the service writes it."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _object(value: Mapping[str, Any]) -> Cell:
    """Somebody with a name, a range of pay, or whatever it is on one line."""
    if isinstance(name := value.get("name"), str) and name:
        return replace(cell(name), href=link(value, "profileUrl|publicUrl|companyUrl|url"))
    if "currency" in value:
        amounts = [value.get(end) for end in ("minAmount", "maxAmount")]
        numbers = dict.fromkeys(f"{a:,}" for a in amounts if isinstance(a, int | float))
        words = [str(value["currency"] or "").upper(), " – ".join(numbers), value.get("period")]
        return Cell(" ".join(str(word) for word in words if word))
    return Cell(in_words(value))


def link(value: Any, paths: str) -> str:
    """The first address at these paths that a browser may open."""
    found = (read(value, path) for path in paths.split("|") if path)
    return next((url for url in found if isinstance(url, str) and url.startswith("https://")), "")


def item_name(path: str) -> str:
    """What an item is called that has no name: its number, counted from 1, in each of the lists that lead to it."""
    return f"Item {'.'.join(str(int(step) + 1) for step in path.split('.'))}"
