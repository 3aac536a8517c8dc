"""States and errors of runs in plain words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import Team
from editor import catalog
from editor.trees.placeholders import as_text
from editor.trees.table import CAPITALS
from editor.workflows.shown.cards import in_words

from . import privacy
from .models import Run, State, duration


@dataclass(frozen=True, slots=True)
class Explained:
    """An error for people: what it is, what it means, what to do, and what the service said."""

    type: str
    title: str
    meaning: str
    remedy: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a run stands. `state` is the word of `data-state` in CSS, `detail` one sentence or "";
    `brief`: a few words on what it waits for, for lists."""

    state: str
    word: str
    detail: str = ""
    brief: str = ""


_OUR_OWN = {
    "startUnknown": (
        "Answer lost",
        "The start was sent and the answer never came, so nobody knows whether it arrived.",
        "Look at the evidence below, then decide.",
    ),
    "workflowNotFound": (
        "Not known to the service",
        "The service does not know this workflow (any more).",
        "Look at what the account did, then run again what is missing.",
    ),
}


def explain(error_type: str, said: str = "") -> Explained:
    """An error type of the service or of ours, known or not."""
    if error_type in _OUR_OWN:
        return Explained(error_type, *_OUR_OWN[error_type], said=said)
    known = catalog.default().error_types.get(error_type)
    if known:
        return Explained(error_type, known.title, known.meaning, known.remedy, said)
    meaning = "The service named an error that this version does not know."
    return Explained(error_type, spaced(error_type) or "Unknown error", meaning, "", said)


def spaced(name: str) -> str:
    """ "companyName" -> "Company name"."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z])(?=[0-9])", " ", name).lower().split()
    text = " ".join(CAPITALS.get(word, word) for word in words)
    return text[:1].upper() + text[1:]


def standing(run: Run, team: Team | None = None) -> Standing:
    """The headline of a run; lists show the word and the brief reason. `team`: whose it is, where it may be in line."""
    match State(run.state):
        case State.QUEUED:
            return _CLOSING if team and team.closes_at else _queued(run)
        case State.SUBMITTING:
            return Standing("submitting", "Sending", "The workflow is on its way to the service.")
        case State.WAITING:
            return _waiting(run)
        case State.UNCERTAIN:
            return Standing("uncertain", "Not sure it started")
        case State.COMPLETED:
            return _COMPLETED[run.came_to]
        case State.FAILED:
            return Standing("failed", "Failed")
        case State.CANCELLED:
            return Standing("cancelled", "Cancelled", privacy.text(run.failure_message, run.hides))


_COMPLETED = {
    "completed": Standing("completed", "Done"),
    "partly": Standing("partly", "Done with errors"),
    "fruitless": Standing("failed", "Done, all failed"),
}


_CLOSING = Standing(
    "queued",
    "On hold",
    "Nothing was sent: the team is about to be deleted. If an owner brings it back, this starts by itself.",
    "The team is about to be deleted",
)


def _queued(run: Run) -> Standing:
    if run.connection.paused:
        trouble = explain(run.connection.error_type)
        detail = "Nothing was sent. It starts by itself once the account works again."
        return Standing("queued", "On hold", detail, trouble.title)
    if run.pending_reason:
        error = explain(run.pending_reason, run.pending_message)
        title = f"{error.title[:1].lower()}{error.title[1:]}"
        detail = f"Not started yet: {title}. Trying again by itself."
        return Standing("queued", "Queued", detail, error.title)
    return Standing("queued", "Queued", "It starts as soon as the account is free.")


def times(run: Run) -> str:
    """ "waited 12 s, ran 11 min 8 s": how long until the service had it, and how long there; "" when that is not known
    or tells nothing. The service gives no times of single actions."""
    if not (run.accepted_at and run.finished_at):
        return ""
    waited = (run.accepted_at - run.created_at).total_seconds()
    ran = (run.finished_at - run.accepted_at).total_seconds()
    return f"waited {duration(waited)}, ran {duration(ran)}" if waited >= 1 and ran >= 0 else ""


_PENDING = {
    "queued": (
        "In line",
        "The account is busy with earlier work; this comes next in its line.",
        "Behind other work of the account",
    ),
    "outsideWorkingHours": (
        "Parked",
        "Outside the account's working hours. It goes on by itself.",
        "Outside working hours",
    ),
}


def _waiting(run: Run) -> Standing:
    if run.cancel_asked_at:
        return Standing("waiting", "Cancelling", "The service is being told to stop.")
    if run.failed_looks:
        error = explain(run.pending_reason, run.pending_message)
        detail = f"Cannot look at it now: {error.meaning} {error.remedy}"
        return Standing("waiting", "Running", detail, error.title)
    said = privacy.text(run.pending_message, run.hides)
    if run.pending_reason in _PENDING:
        word, detail, brief = _PENDING[run.pending_reason]
        return Standing("waiting", word, said or detail, said or brief)
    if run.pending_reason:
        reason = spaced(run.pending_reason)
        return Standing("waiting", "Waiting", said or f"{reason}.", reason)
    return Standing("running", "Running", said)


def inputs_in_words(values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(name, value on one short line, value in full) of what was filled in before a run."""
    return [
        (name, "left empty", "left empty")
        if value is None
        else (
            name,
            in_words(value),
            "\n".join(value) if isinstance(value, list) else as_text(value),
        )
        for name, value in values.items()
    ]
