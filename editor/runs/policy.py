"""How long to wait, and what an error means for a run. Pure: times in seconds, no clock, no rows."""

import random
from typing import Final

from editor.linkedapi import AnswerTooLarge, LinkedApiError, Look, Refused

LOOK_DELAYS: Final = (0.5, 1.0, 2.0, 3.0)
LOOK_EVERY: Final = 5.0
"""The interval of the official SDKs. Quicker at first: a sandbox or a single action answers soon."""

PARKED_LOOK_EVERY: Final = 300.0
"""Outside working hours nothing happens for long, and looking more often does not help."""

LONGEST_LOOK_PAUSE: Final = 300.0
LONGEST_START_PAUSE: Final = 300.0

STARTS_AT_MOST: Final = 100
"""Starts that did not leave before a run gives up: with the pauses below, some eight hours."""

LOOK_FOR_DAYS: Final = 7
"""How long a run is looked at. Parked over a long weekend it still ends; nothing is polled for ever."""

EVIDENCE_DELAYS: Final = (5.0, 15.0, 30.0, 60.0, 300.0, 900.0, 3600.0)

# Nothing is wrong with the workflow: it goes on, and once a person has put the account or the plan
# right, looks succeed again.
_A_PERSON_CAN_MEND: Final = frozenset({
    "linkedApiTokenRequired",
    "invalidLinkedApiToken",
    "identificationTokenRequired",
    "invalidIdentificationToken",
    "subscriptionRequired",
    "plusPlanRequired",
    "trialLimitReached",
    "linkedinAccountSignedOut",
    "outsideWorkingHours",
})  # fmt: skip
_LATER: Final = frozenset({"tooManyRequests"})


def start_may_wait(error: Refused) -> bool:
    """Whether a refused start belongs back into the queue: the service only asks for patience."""
    return error.type in _LATER


def look_may_wait(error: LinkedApiError) -> bool:
    """Whether a failed look leaves the run as it is. Looks can be repeated; only what stays the same
    ends the run: a refusal that nobody can mend (an unknown workflow, say), an answer too large."""
    if isinstance(error, Refused):
        return error.type in _LATER | _A_PERSON_CAN_MEND
    return not isinstance(error, AnswerTooLarge)


def start_pause(attempts: int, error: LinkedApiError) -> float:
    """The pause after the `attempts`-th start that did not count: 1, 2, 4, ... s, or as long as the
    service asked for."""
    return _backed_off(attempts, LONGEST_START_PAUSE, error.retry_after)


def failed_look_pause(failed_looks: int, error: LinkedApiError) -> float:
    """The pause after the `failed_looks`-th failed look in a row."""
    return _backed_off(failed_looks, LONGEST_LOOK_PAUSE, error.retry_after)


def look_pause(looks: int, look: Look) -> float:
    """The pause after the `looks`-th look that found the workflow unfinished."""
    if look.pending_reason == "outsideWorkingHours":
        return _spread(PARKED_LOOK_EVERY)
    return _spread(LOOK_DELAYS[looks - 1] if looks <= len(LOOK_DELAYS) else LOOK_EVERY)


def evidence_pause(times: int) -> float | None:
    """The pause after the `times`-th look at the statistics; None: they will not say more."""
    return EVIDENCE_DELAYS[times - 1] if times <= len(EVIDENCE_DELAYS) else None


def _backed_off(times: int, longest: float, retry_after: float | None) -> float:
    pause = min(2.0 ** min(times - 1, 20), longest)
    return _spread(pause) if retry_after is None else max(retry_after, 0.1)


def _spread(seconds: float) -> float:
    """A tenth more or less, so that runs do not march in step."""
    return seconds * random.uniform(0.9, 1.1)  # noqa: S311 - nothing secret about it
