"""What a team hides of its results from some roles: message texts, and addresses of e-mail.

The one place that decides. A page opens a run with the `Hides` of its reader (`opening.open_run`); from there on
`queries.results_of` gives results without what is hidden, and whatever else came back goes through `redacted`.

A message text is a field that the catalogue marks as `private: "message"`; an address is one that it marks as "email",
and whatever looks like one in any text. Of an action that the catalogue does not know, every field counts that it marks
in some action.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from accounts.access import Access
from accounts.models import Role, Team
from editor import catalog
from editor.catalog import Parameter, Private, ResultField
from editor.trees import placeholders
from editor.trees.nodes import Tree

HIDDEN: Final = {"message": "[message hidden]", "email": "[e-mail hidden]"}

_ADDRESS: Final = re.compile(r"[\w.+%-]{1,64}(?:@|%40)(?:[\w-]{1,63}\.)+[\w-]{2,63}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hides:
    """What a reader does not get to see. False when that is nothing."""

    messages: bool = False
    emails: bool = False

    def __bool__(self) -> bool:
        return self.messages or self.emails

    def __contains__(self, private: Private) -> bool:
        return self.messages if private == "message" else self.emails

    @property
    def in_words(self) -> str:
        """ "Message texts and e-mail addresses"; "" for nothing."""
        words = ["message texts"] * self.messages + ["e-mail addresses"] * self.emails
        return " and ".join(words).capitalize()


NOTHING: Final = Hides()
EVERYTHING: Final = Hides(messages=True, emails=True)


def hides_from(seat: Access) -> Hides:
    """What the team hides from this person's role."""
    team = seat.team
    return Hides(
        messages=not seat.may(Role(team.messages_for)), emails=not seat.may(Role(team.emails_for))
    )


def hides_from_somebody(team: Team) -> Hides:
    """What the team hides from any role: for what is told once to several people, or goes out by e-mail."""
    return Hides(messages=team.messages_for != Role.VIEWER, emails=team.emails_for != Role.VIEWER)


# --- Values ------------------------------------------------------------------------------------


def redacted(value: Any, hides: Hides, action_type: str = "") -> Any:
    """A JSON value that is ours to change, without what is hidden; changed in place. As deep as it comes.

    `action_type`: whose data it is; result nodes inside it say so themselves.
    """
    if not hides:
        return value
    box = [value]
    waiting: list[tuple[Any, str]] = [(box, action_type)]
    while waiting:
        holder, kind = waiting.pop()
        if isinstance(holder, dict):
            own = holder.get("actionType")
            kind = own if isinstance(own, str) else kind
            _hide_fields(holder, hides, kind)
        for key, inner in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
            if isinstance(inner, str):
                holder[key] = text(inner, hides)
            elif isinstance(inner, dict | list):
                waiting.append((inner, kind))
    return box[0]


def text(value: str, hides: Hides) -> str:
    """A text without addresses of e-mail, if these are hidden."""
    if not hides.emails or ("@" not in value and "%40" not in value):
        return value
    return _ADDRESS.sub(HIDDEN["email"], value)


def has_address(value: str) -> bool:
    return ("@" in value or "%40" in value) and _ADDRESS.search(value) is not None


def _hide_fields(holder: dict[str, Any], hides: Hides, action_type: str) -> None:
    for name, private in _names(action_type).items():
        if private in hides and holder.get(name) not in (None, "", [], {}):
            holder[name] = HIDDEN[private]
    if hides.emails and any(has_address(key) for key in holder):
        fields = [(text(key, hides), inner) for key, inner in holder.items()]
        holder.clear()
        holder.update(fields)


@cache
def _names(action_type: str) -> Mapping[str, Private]:
    """The private fields of an action's results, and its private parameters, should an answer repeat them."""
    actions = catalog.default().actions
    known = [actions[action_type]] if action_type in actions else list(actions.values())
    return {
        name: private
        for action in known
        for name, private in _marked((*action.result.fields, *action.parameters))
    }


def _marked(
    fields: Sequence[ResultField | Parameter],
) -> Iterator[tuple[str, Private]]:
    for field in fields:
        if field.private:
            yield field.name, field.private
        yield from _marked(field.fields)


# --- Inputs ------------------------------------------------------------------------------------


def inputs(values: Mapping[str, Any], tree: Tree, hides: Hides) -> dict[str, Any]:
    """What was filled in before a run, without what goes into private parameters. `tree`: as it was written."""
    if not hides:
        return dict(values)
    found = placeholders.uses(tree)
    shown = {}
    for name, value in values.items():
        kinds = {
            _names(tree.nodes[node_id].type).get(pointer.split("/")[1])
            for node_id, pointer in found.get(name, ())
        }
        hidden = next((kind for kind in kinds if kind and kind in hides), None)
        shown[name] = HIDDEN[hidden] if hidden and value else redacted(_copy(value), hides)
    return shown


def _copy(value: Any) -> Any:
    """The values of inputs are texts, numbers, yes or no, and lists of texts."""
    return list(value) if isinstance(value, list) else value
