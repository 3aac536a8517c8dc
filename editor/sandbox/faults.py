"""Everything that goes wrong on request: marks in texts, and answers that are not as they should be.

Marks are words in any text of a workflow (an address, a message, a search term, a label ...):

    trellis-error-<errorType>            the action fails with that error
    trellis-error-<errorType>-every-3    ... only the third, sixth, ... time that it runs
    trellis-fail-<reason>                the whole workflow ends as failed, for that reason
    trellis-answer-<answer>              the answer to POST /workflows is spoilt: see ANSWERS

An error mark belongs to the action that carries it when the action documents that error. If not, it is
handed to the actions below which do: so the address of a page can say that messages to this person are
refused. If nothing below documents it either, the action that carries it fails with it all the same;
that is how an error type that nobody knows yet is tried out.

A spoilt answer can also be asked for with the header `sandbox-answer`, on every call, or be dialled for
the next calls of an account (`admin/sandbox.setDials`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from editor.trees.nodes import Node

_ERROR_MARK = re.compile(r"trellis-error-([a-z]\w*)(?:-every-(\d{1,6}))?", re.IGNORECASE)
_FAIL_MARK = re.compile(r"trellis-fail-([a-z]\w*)", re.IGNORECASE)
_ANSWER_MARK = re.compile(r"trellis-answer-([a-z0-9-]+)", re.IGNORECASE)
_ANSWER = re.compile(r"([a-z]+)(\d{3})?(?:-(\d{1,6}))?(-after)?(-as-200)?", re.IGNORECASE)


# --- Marks -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """One `trellis-error-...`: the error type as written, and that only every n-th run fails.

    Nobody documents the error of a `bound` mark: it raises where it stands, all the same.
    """

    error: str
    every: int = 1
    bound: bool = False

    def names(self, error_type: str) -> bool:
        """Addresses are often written in lower case, so case does not count."""
        return self.error.lower() == error_type.lower()


def marks_of(node: Node) -> Iterator[Mark]:
    """The error marks in the label and parameters of an action."""
    for text in _texts([node.label, dict(node.params)]):
        for error, every in _ERROR_MARK.findall(text):
            yield Mark(error, max(1, int(every or 1)))


def _texts(value: object) -> Iterator[str]:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, Mapping):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


def failure_in(body: str) -> str:
    """The reason for which a whole workflow is to fail; empty when none is asked for."""
    found = _FAIL_MARK.search(body)
    return found[1] if found else ""


# --- Answers -----------------------------------------------------------------------------------

DOCUMENTED_STATUSES: Mapping[str, int] = {
    "linkedApiTokenRequired": 401,
    "invalidLinkedApiToken": 401,
    "accountIdRequired": 401,
    "accountNotFound": 401,
    "sessionNotFound": 404,
    "tooManyRequests": 429,
}
# Our choice, which no official client contradicts.
CHOSEN_STATUSES: Mapping[str, int] = {
    "identificationTokenRequired": 401,
    "invalidIdentificationToken": 401,
    "subscriptionRequired": 403,
    "plusPlanRequired": 403,
    "trialLimitReached": 403,
    "noAvailableSeats": 403,
    "dailyConnectionAttemptsExceeded": 429,
    "linkedinAccountSignedOut": 409,
    "languageNotSupported": 409,
    "outsideWorkingHours": 409,
    "workingHoursWaitExpired": 409,
    "workflowTimeout": 504,
    # Types of our own, where the documentation knows none.
    "workflowNotFound": 404,
    "notFound": 404,
    "methodNotAllowed": 405,
}
STATUSES: Mapping[str, int] = {**DOCUMENTED_STATUSES, **CHOSEN_STATUSES}
"""HTTP status per error type; every other type, `invalidWorkflow` for one, is answered with 400."""

ANSWERS: Mapping[str, tuple[str, str]] = {
    "http": ("http500", "That status (http502, http503 ...) with an HTML page; nothing is done."),
    "slow": ("slow-1500", "The same answer, 1500 milliseconds later (60 seconds at the most)."),
    "lost": ("lost", "Does what was asked, then closes the connection without an answer."),
    "dropped": ("dropped", "Closes the connection without an answer; nothing is done."),
    "garbage": ("garbage", "Does what was asked, then answers 200 with what is not JSON."),
    "half": ("half", "Does what was asked, then answers 200 with the first half of the JSON."),
    "empty": ("empty", "Does what was asked, then answers 200 with nothing at all."),
    "old": ("old", "POST /workflows answers with the workflowId only, as older servers do."),
}
"""Spoilt answers besides the error types: how to ask for each, and what it does."""

_AFTER = frozenset({"slow", "lost", "garbage", "half", "empty", "old"})


@dataclass(frozen=True, slots=True)
class Answer:
    """How a call is to be answered. `name` is a key of ANSWERS or an error type.

    `number` is the time to wait (slow, in milliseconds) or to retry after (tooManyRequests, in
    seconds). `after`: what was asked is done first. `as_200`: an error in an envelope with status 200.
    """

    name: str
    status: int
    number: int | None = None
    after: bool = False
    as_200: bool = False


def answer(text: str, error_types: Iterable[str]) -> Answer:
    """Read `http500`, `slow-1500`, `tooManyRequests-30`, `lost`, `http500-after` or
    `invalidWorkflow-as-200`. Upper and lower case are the same; a name that is neither in ANSWERS nor
    in `error_types` is an error type that nobody knows yet. Raises ValueError for anything else.
    """
    found = _ANSWER.fullmatch(text.strip("-"))
    if found is None or (found[1].lower() == "http") != bool(found[2]):
        raise ValueError(
            f"“{text}” is no answer. Say for example http500, lost or tooManyRequests-30."
        )
    name, status, number, after, as_200 = found.groups()
    names = {known.lower(): known for known in (*error_types, *ANSWERS)}
    name = names.get(name.lower(), name)
    return Answer(
        name=name,
        status=int(status or STATUSES.get(name, 400)),
        number=int(number) if number else None,
        after=bool(after) or name in _AFTER,
        as_200=bool(as_200),
    )


def answer_in(body: str) -> str | None:
    """The spoilt answer that a workflow's text asks for, to be read by `answer`."""
    found = _ANSWER_MARK.search(body)
    return found[1] if found else None
