"""What the things in results are (a person, a post, a job …) and which of their fields say what. Pure.

A thing is told by the fields that the catalogue names for its action, else by those that it has. A path leads into it
("author.name"); of several, joined by "|", the first that says something counts.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from editor.catalog import ActionType, ResultField
from editor.runs.words import spaced
from editor.workflows.shown.cards import in_words

from .cells import LONGEST, NOTHING, Cell, cell, link, read, says


@dataclass(frozen=True, slots=True)
class Shape:
    """`tells`: fields that no shape further down has all of. `line` stands below the title, `text` is long, `columns`
    are for tables, `numbers` are what such a thing is asked for."""

    name: str
    icon: str
    tells: frozenset[str]
    title: str
    link: str = ""
    line: tuple[str, ...] = ()
    badges: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    text: str = ""
    numbers: tuple[str, ...] = ()


def _shape(name: str, icon: str, tells: str, title: str, **more: Any) -> Shape:
    return Shape(name, icon, frozenset(tells.split()), title, **more)


_REACTIONS = ("reactionsCount", "commentsCount", "repostsCount")

SHAPES = (
    _shape("job", "briefcase", "jobId title", "title", link="jobUrl",
           line=("companyName", "location"), columns=("workplaceType", "salary"), text="description"),
    _shape("post", "newspaper", "activityUrn author", "author.name|reposter.name", link="url",
           line=("text|repostText",), columns=("time", *_REACTIONS[:2]), text="text", numbers=_REACTIONS),
    _shape("comment", "message-circle", "commentUrn text", "author.name|commenterName", link="commentUrl",
           line=("text",), columns=("time", "reactionsCount"), text="text",
           numbers=("reactionsCount", "repliesCount")),
    _shape("comment by this person", "message-circle", "postUrl text", "text", link="postUrl",
           columns=("time", "reactionsCount")),
    _shape("reaction by this person", "thumbs-up", "postUrl reactionType", "reactionType", link="postUrl",
           line=("postUrl",), columns=("time",)),
    _shape("reaction", "thumbs-up", "actor type", "actor.name|engagerName",
           link="actor.profileUrl|actor.companyUrl|engagerUrl", line=("actor.headline|engagerHeadline",),
           columns=("type",)),
    _shape("message", "message-square", "sender text", "text", line=("sender",), columns=("time",)),
    _shape("profile viewer", "eye", "viewerType", "name|description", link="publicUrl|searchUrl",
           line=("headline",), columns=("viewedAgo", "connectionDegree")),
    _shape("invitation", "mail", "invitationType", "name|companyName|newsletterName",
           link="publicUrl|companyUrl|newsletterUrl", line=("headline",), columns=("invitationType",),
           text="note"),
    _shape("company", "building-2", "name industry", "name", link="publicUrl|hashedUrl",
           line=("industry", "location|headquarters"), columns=("employeesCount",), text="description",
           numbers=("employeesCount", "jobsCount", "yearFounded")),
    _shape("position", "briefcase", "position duration", "position", link="companyHashedUrl",
           line=("companyName", "location"), columns=("startTime", "endTime"),
           badges=("employmentType", "locationType"), text="description"),
    _shape("school", "graduation-cap", "schoolName", "schoolName", link="schoolHashedUrl", line=("details",)),
    _shape("language", "languages", "name proficiency", "name", columns=("proficiency",)),
    _shape("person", "user", "name urn", "name", link="publicUrl|hashedUrl",
           line=("headline|position",), badges=("viewerState.connectionDegree",),
           columns=("location", "sentTime|connectedAt"), text="about", numbers=("followersCount",)),
    _shape("connection", "link", "connectionStatus", "connectionStatus", columns=("connectionStatus",)),
    _shape("social selling index", "gauge", "ssi", "", numbers=("ssi", "industryTop", "networkTop")),
    _shape("numbers", "chart-line", "searchAppearancesPreviousWeek", "", numbers=(
        "followersCount", "postViewsLast7Days", "profileViewsLast90Days", "searchAppearancesPreviousWeek")),
    _shape("new comment", "message-circle", "commentUrn commentUrl", "commentUrl", link="commentUrl"),
    _shape("new post", "newspaper", "postUrl postUrn", "postUrl", link="postUrl"),
    _shape("skill", "award", "name", "name"),
)  # fmt: skip

TONES = {"connected": "good", "pending": "warn", "incoming": "warn"}
"""Of what a connection stands at."""

_LINKED = {"companyName": "companyHashedUrl|companyUrl"}
"""Fields whose address stands in another one."""

QUIET = re.compile(r"(ur[ln]|id|images?|slides|thumbnail|code)$", re.IGNORECASE)
"""Names of fields that people seldom ask for: shown on request."""


def shape_of(action: ActionType | None, values: Sequence[Any] = ()) -> Shape | None:
    """What kind of thing an action gives, or these values are."""
    known = action.result.fields if action else ()
    names = {field.name for field in known} or {
        name for value in values if isinstance(value, dict) for name in value
    }
    return next((shape for shape in SHAPES if shape.tells <= names), None)


def label_of(path: str) -> str:
    """The title of a field: "Reactions" for `reactionsCount`."""
    return spaced(path.rpartition(".")[2].removesuffix("Count"))


def fields_of(action: ActionType | None) -> dict[str, ResultField]:
    """By path."""
    return dict(_by_path(action.result.fields, "")) if action else {}


def _by_path(fields: Sequence[ResultField], above: str) -> Iterator[tuple[str, ResultField]]:
    for one in fields:
        yield above + one.name, one
        yield from _by_path(one.fields, f"{above}{one.name}.")


def value_at(value: Any, paths: str, fields: Mapping[str, ResultField]) -> Cell:
    """The cell of the first of these paths that says something."""
    for path in paths.split("|"):
        if says(found := read(value, path)):
            return _toned(cell(found, fields.get(path)), found)
    return NOTHING


def _toned(shown: Cell, value: Any) -> Cell:
    tone = TONES.get(value, "") if isinstance(value, str) else ""
    return replace(shown, tone=tone) if tone else shown


def title_of(value: Any, action: ActionType | None = None, *, with_text: bool = True) -> Cell:
    """What people call a thing, with the address to see it at and a line on what it is (`with_text`: what it says)."""
    shape = shape_of(action, [value]) or shape_of(None, [value])
    if not isinstance(value, dict) or shape is None:
        return Cell(in_words(value) if says(value) else "", _any_link(value))
    fields = fields_of(action)
    name = value_at(value, shape.title, fields) if shape.title else NOTHING
    lines = [path for path in shape.line if with_text or path.partition("|")[0] != shape.text]
    line = [value_at(value, path, fields) for path in lines]
    href = link(value, shape.link)
    return Cell(
        shape.name.capitalize() if name.href else name.text,
        href,
        name.tone if name.text else "",
        name.title,
        line=" · ".join(
            one.text if one.href else one.title or one.text for one in line if one.text
        ),
    )


def _any_link(value: Any) -> str:
    texts = value.values() if isinstance(value, dict) else ()
    return next((t for t in texts if isinstance(t, str) and t.startswith("https://")), "")


# --- One thing in full -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fact:
    """`cells`: one below the other. `raw`: a value that only JSON can say, None when the cells do. `meaning`: what the
    catalogue says of the field."""

    name: str
    cells: Sequence[Cell] = ()
    raw: Any = None
    meaning: str = ""

    @property
    def raw_text(self) -> str:
        return json.dumps(self.raw, indent=2, ensure_ascii=False)[:LONGEST]


@dataclass(frozen=True, slots=True)
class Card:
    """One thing. `numbers` are shown big, `quiet` only on request."""

    kind: str
    icon: str
    title: Cell
    badges: Sequence[Cell] = ()
    numbers: Sequence[Fact] = ()
    text: str = ""
    facts: Sequence[Fact] = ()
    quiet: Sequence[Fact] = field(default_factory=list)


def card(value: Any, action: ActionType | None) -> Card | None:
    """A thing in full, in the catalogue's order, what it does not know last; None for what is no object."""
    if not isinstance(value, dict) or not value:
        return None
    shape = shape_of(action, [value]) or Shape("", "file-json", frozenset(), "")
    fields = fields_of(action)
    title = title_of(value, action, with_text=False) if shape.title else NOTHING
    text = read(value, shape.text) if shape.text else None
    badges = [value_at(value, path, fields) for path in shape.badges]
    numbers = [
        Fact(label_of(path), (value_at(value, path, fields),), meaning=_meaning(path, fields))
        for path in shape.numbers
        if says(read(value, path))
    ]
    told = {path.partition(".")[0] for path in _told(shape, value)}
    facts = list(_facts({k: v for k, v in value.items() if k not in told}, fields, ""))
    return Card(
        shape.name,
        shape.icon,
        title,
        [badge for badge in badges if badge.text],
        numbers,
        text if isinstance(text, str) else "",
        [fact for name, fact in facts if not _is_quiet(name, value)],
        [fact for name, fact in facts if _is_quiet(name, value)],
    )


def _meaning(path: str, fields: Mapping[str, ResultField]) -> str:
    return fields[path].meaning if path in fields else ""


def _is_quiet(name: str, value: Mapping[str, Any]) -> bool:
    return bool(QUIET.search(name)) or value.get(name) is False


def _told(shape: Shape, value: Any) -> Iterator[str]:
    """The paths that a card says elsewhere than among its facts."""
    paths = (shape.link, *shape.line, shape.text, *shape.badges, *shape.numbers)
    name = read(value, shape.title) if shape.title else None
    yield from (path for path in shape.title.split("|") if read(value, path) == name)
    for path in paths:
        found = (one for one in path.split("|") if one and says(read(value, one)))
        yield from [next(found, "")]


def _facts(
    value: Mapping[str, Any], fields: Mapping[str, ResultField], above: str
) -> Iterator[tuple[str, Fact]]:
    """(name of the field, the fact) in the catalogue's order; objects without a name of their own are opened."""
    known = [path.removeprefix(above) for path in fields if path.startswith(above)]
    for name in [n for n in known if n in value] + [n for n in value if n not in known]:
        one, spec = value[name], fields.get(above + name)
        meaning = _meaning(above + name, fields)
        if not says(one):
            continue
        if isinstance(one, dict) and spec is not None and not {"name", "currency"} & one.keys():
            yield from _facts(one, fields, f"{above}{name}.")
        elif isinstance(one, list) and all(isinstance(item, str | int | float) for item in one):
            yield (
                name,
                Fact(label_of(name), [cell(item, full=True) for item in one[:50]], meaning=meaning),
            )
        elif isinstance(one, dict | list) and spec is None:
            yield name, Fact(label_of(name), raw=one)
        else:
            shown = _toned(cell(one, spec, full=True), one)
            href = shown.href or link(value, _LINKED.get(name, ""))
            yield name, Fact(label_of(name), [replace(shown, href=href)], meaning=meaning)
