"""What can be wrong with a workflow, as data: a place, a code, words for people, a repair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from editor.trees.nodes import MISSING, Missing

Severity = Literal["error", "warning"]

FixKind = Literal[
    "remove-param",  # path
    "set-param",  # path, value
    "rename-param",  # path, value: the new name of the last step
    "change-type",  # types: (the new type,)
    "wrap",  # types: put these between the action and what is above it
    "insert",  # types: put these below the action, one inside the other
    "set-label",  # value
    "remove-label",
    "declare-input",  # value: the declaration (editor.trees.inputs)
]


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair as data. `title` is what a button says; `fixes.edit` makes the edit of it.

    `path` leads into the node's params: ("filter", "locations", 0).
    """

    kind: FixKind
    title: str
    path: tuple[str | int, ...] = ()
    value: Any = MISSING
    types: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """{kind, title} and those of path, value and types that there are."""
        out: dict[str, Any] = {"kind": self.kind, "title": self.title}
        if self.path:
            out["path"] = list(self.path)
        if not isinstance(self.value, Missing):
            out["value"] = self.value
        if self.types:
            out["types"] = list(self.types)
        return out


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    `path` is a JSON Pointer (RFC 6901) into the wire form. `node_id` is None where there is no node
    yet, as in text that cannot be read. `at`: (line, column), from 1, in text that is not JSON.
    """

    path: str
    node_id: str | None
    code: str
    severity: Severity
    message: str
    fix: Fix | None = None
    at: tuple[int, int] | None = None

    def as_json(self) -> dict[str, Any]:
        """{path, node, code, severity, message}, and fix, line, column where there are."""
        out: dict[str, Any] = {
            "path": self.path,
            "node": self.node_id,
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
        }
        if self.fix:
            out["fix"] = self.fix.as_json()
        if self.at:
            out["line"], out["column"] = self.at
        return out


READING_CODES: Final[dict[str, str]] = {
    "too-large": "the text is longer than 5 MB",
    "wrong-encoding": "the bytes are not UTF-8",
    "empty-text": "there is no text",
    "not-json": "the text is not JSON; `at` says where",
    "too-deep": "actions, or values, are nested deeper than the limit",
    "too-many-actions": "there are more than 20,000 actions",
    "not-a-workflow": "neither an action nor a list of actions",
    "not-an-action": "an object was expected here",
    "missing-action-type": "an action does not say what it is",
    "wrong-action-type": "actionType is not a text, or too long to be a type",
    "wrong-then": "then is neither an action nor a list of actions",
    "repeated-key": "a key stands twice in one object, so one of its values would be lost",
    "wrong-number": "NaN, Infinity, or a number too large to keep",
    "wrong-text": "half a character pair (lone surrogate) or a NUL: cannot be stored",
    "wrong-value": "a value that JSON does not know",
    "more-problems": "there are more problems than are listed",
}
"""Problems that keep a text from becoming a tree (`codec.DecodeError`)."""

CHECKING_CODES: Final[dict[str, str]] = {
    "empty-workflow": "there is no action",
    "unknown-action": "no such action type",
    "not-a-root": "the action can never start a workflow",
    "root-needs": "the action starts a workflow only with certain parameters",
    "wrong-parent": "the action cannot stand under its parent",
    "no-children": "its parent takes no actions below it",
    "disputed-place": "the sources disagree whether it may stand here (warning)",
    "empty-loop": "a loop has nothing to repeat (warning)",
    "label-not-text": "label is not a text",
    "missing": "a required parameter or field is not there",
    "forbidden": "a parameter that must not be given in this place (warning where inferred)",
    "unknown-parameter": "the action has no such parameter or field (warning)",
    "wrong-type": "a value of the wrong type",
    "wrong-choice": "a value that is not one of the choices",
    "too-small": "a number below the least value",
    "too-big": "a number above the largest value",
    "too-short": "a text or a list that is too short",
    "too-long": "a text or a list that is too long",
    "wrong-format": "a text that is not an address, date or URN as it should be",
    "invalid-value": "a value that the schema refuses for a reason not named above",
}
"""Problems that `validate` finds in a tree. Besides, each `catalog.Rule` has a code of its own."""
