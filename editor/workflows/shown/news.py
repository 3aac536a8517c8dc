"""What others did to a workflow, in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from editor.workflows.models import Change


@dataclass(frozen=True, slots=True)
class News:
    """Who changed the tree last, other than the reader (None: the reader, elsewhere), and what was done, in words."""

    who: User | None
    message: str


def news(changes: Sequence[Change]) -> News | None:
    """About changes of others, newest first; None when there are none."""
    if not changes:
        return None
    last = changes[0]
    who = str(last.actor) if last.actor else "Somebody"
    more = len(changes) - 1
    others = f", and {more} more change{'s' if more > 1 else ''}" if more else ""
    return News(last.actor, f"{who} {_past(last)}{others}.")


def _past(change: Change) -> str:
    """What was done, to go on from a name: "added Send message"."""
    if change.kind != Change.Kind.EDIT:
        verb = "undid" if change.kind == Change.Kind.UNDO else "redid"
        return f"{verb}: {change.label}"
    for present, past in _PAST.items():
        if change.label.startswith(f"{present} "):
            return past + change.label[len(present) :]
    return f"did: {change.label}"


_PAST = {
    "Add": "added", "Bring back": "brought back", "Change": "changed", "Delete": "deleted",
    "Duplicate": "duplicated", "Hide": "hid", "Label": "labelled", "Lay aside": "laid aside", "Make": "made",
    "Move": "moved", "Note on": "wrote a note on", "Paste": "pasted", "Put back": "put back", "Remove": "removed",
    "Rename": "renamed", "Replace": "replaced", "Reset": "reset", "Restore": "restored", "Show": "showed",
    "Skip": "skipped", "Take in again": "took in again", "Wrap": "wrapped",
}  # fmt: skip
