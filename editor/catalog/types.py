"""The values of the catalogue: what an action type is, as frozen data.

Nothing here decides anything: ``constraints`` says what may stand where, ``schemas`` what a
parameter may be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Placement = Literal["root", "child"]
Confidence = Literal["documented", "sdk", "inferred"]
Severity = Literal["error", "warning"]
Private = Literal["message", "email"]
"""What a team can hide from some of its roles: words meant for one person, addresses of e-mail."""
ParameterKind = Literal[
    "text", "long-text", "url", "date-time", "integer", "boolean", "choice",
    "texts", "choices", "object", "objects", "objects-or-texts",
]  # fmt: skip


class CatalogError(Exception):
    """The catalogue's data is wrong; the message names the file, the place and the remedy."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an action, or one field of an object parameter.

    ``required``: "always", "root" (only when the action starts a workflow) or None.
    ``forbidden``: "child" when it must be absent below a parent. Where only an inference says so,
    ``forbidden_confidence`` is "inferred" and breaking it is a warning, not an error.
    ``maximum_with_children`` is a second, lower maximum that holds when the action has children.
    ``schema`` is the JSON Schema (Draft 2020-12) of the value.
    """

    name: str
    kind: ParameterKind
    title: str
    help: str
    schema: Mapping[str, Any]
    required: Literal["always", "root"] | None = None
    forbidden: Literal["child"] | None = None
    forbidden_confidence: Confidence = "documented"
    default: Any = None
    choices: tuple[str, ...] = ()
    format: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    maximum_with_children: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    max_items: int | None = None
    deprecated: bool = False
    confidence: Confidence = "documented"
    private: Private | None = None
    fields: tuple[Parameter, ...] = ()

    def allowed_at(self, placement: Placement) -> bool:
        """Whether the parameter has a meaning in this place."""
        return not (placement == "child" and self.forbidden == "child")

    def required_at(self, placement: Placement) -> bool:
        return self.required == "always" or (self.required == "root" and placement == "root")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule over several parameters: a JSON Schema that all of them together satisfy, or a named
    check.

    ``check`` names a rule that a schema cannot say; today only "mentions": every ``@[key]`` in
    ``text`` has an entry in ``mentions``.
    """

    code: str
    message: str
    severity: Severity = "error"
    schema: Mapping[str, Any] | None = None
    check: Literal["mentions"] | None = None


@dataclass(frozen=True, slots=True)
class ResultField:
    """One field of a result. ``kind``: text, texts, integer, number, boolean, choice or object."""

    name: str
    kind: Literal["text", "texts", "integer", "number", "boolean", "choice", "object"]
    meaning: str
    nullable: bool = False
    choices: tuple[str, ...] = ()
    format: str | None = None
    confidence: Confidence = "documented"
    private: Private | None = None
    fields: tuple[ResultField, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What a successful action returns.

    ``shape``: "object", "array" (of objects), "none" (no ``data`` at all) or "loop" (no node of its
    own: what ran stands in ``then`` of each item of the parent's array). ``holds_children``:
    results of children may stand in ``data.then`` (object) or in ``then`` of each item (array).
    """

    shape: Literal["object", "array", "none", "loop"]
    fields: tuple[ResultField, ...] = ()
    holds_children: bool = False
    example: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ActionError:
    """An error that this action can answer with;

    ``ErrorType`` of the same ``type`` says what to do.
    """

    type: str
    meaning: str
    confidence: Confidence = "documented"


@dataclass(frozen=True, slots=True)
class RootRule:
    """May the action start a workflow:

    always, never, or when one of ``any_of``'s parameter sets is given.
    """

    start: Literal["allowed", "conditional", "forbidden"]
    any_of: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class ActionType:
    """One action type of the Linked API, with everything known of it.

    ``effect`` "write" changes something on LinkedIn; ``acts`` is true when other people can see it.
    ``disputed_children`` and ``disputed_parents`` are allowed by some sources and forbidden by
    others.
    """

    type: str
    name: str
    summary: str
    group: str
    kind: Literal["open", "retrieve", "search", "act", "sync", "check", "loop"]
    icon: str
    effect: Literal["read", "write"]
    acts: bool
    changes_account: bool
    limit_category: str | None
    confidence: Confidence
    root: RootRule
    parents: tuple[str, ...]
    children: tuple[str, ...]
    disputed_parents: tuple[str, ...]
    disputed_children: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    rules: tuple[Rule, ...]
    result: Result
    errors: tuple[ActionError, ...]
    notes: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def is_loop(self) -> bool:
        return self.result.shape == "loop"

    @property
    def namespace(self) -> str:
        """The part before the dot: “st” (standard) or “nv” (Sales Navigator)."""
        return self.type.partition(".")[0]

    def parameter(self, name: str) -> Parameter | None:
        return next((p for p in self.parameters if p.name == name), None)


@dataclass(frozen=True, slots=True)
class ErrorType:
    """An error in plain words. ``level``: "action", "request" (the whole call) or "client" (made by
    a client).

    ``retry``: "later" (the same again may work after a pause), "human" (after somebody did
    something), "never".
    """

    type: str
    level: Literal["action", "request", "client"]
    title: str
    meaning: str
    remedy: str
    retry: Literal["later", "human", "never"]


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    name: str
    icon: str


@dataclass(frozen=True, slots=True)
class LimitCategory:
    """A kind of action that the Linked API counts per account;

    ``unit`` is the singular of what is counted.
    """

    id: str
    name: str
    unit: str


@dataclass(frozen=True, eq=False)
class Catalog:
    """Every action type, in display order, with groups, error types and limit categories by id.

    Compared and hashed by identity, so that functions over a catalogue can be cached.
    """

    actions: Mapping[str, ActionType]
    groups: Mapping[str, Group]
    error_types: Mapping[str, ErrorType]
    limit_categories: Mapping[str, LimitCategory]
