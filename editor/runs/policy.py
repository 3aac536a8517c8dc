"""How long to wait, and what an error means for a run. Pure: times in seconds, no clock, no rows.

What an error means for a connection, and so for all its runs, is `accounts.health`.
"""

import random
from datetime import timedelta
from enum import Enum
from typing import Final

from accounts.health import NEEDS_A_PERSON
from editor.linkedapi import AnswerTooLarge, LinkedApiError, Look, NotSent, Refused

LOOK_DELAYS: Final = (0.5, 1.0, 2.0, 3.0)
LOOK_EVERY: Final = 5.0
"""The interval of the official SDKs. Quicker at first: a sandbox or a single action answers soon."""

STEADY_LOOKS: Final = 60
"""After so many looks, some five minutes, they become rarer: what takes long needs not be known to the second,
and thousands that wait cost a worker little."""

LOOK_EVERY_AT_LAST: Final = 60.0

LOOK_EVERY_WITH_WEBHOOKS: Final = 60.0
HEARD_WITHIN: Final = timedelta(hours=1)
"""As long as webhooks come in they say when to look; looking stays, in case one is lost."""

PARKED_LOOK_EVERY: Final = 300.0
"""Outside working hours nothing happens for long, and looking more often does not help."""

LONGEST_LOOK_PAUSE: Final = 300.0
LONGEST_START_PAUSE: Final = 300.0

STARTS_AT_MOST: Final = 100
"""Starts in a row that did not count before a run gives up: with the pauses below, some eight hours."""

LOOK_FOR_DAYS: Final = 7
"""How long a run is looked at. Parked over a long weekend it still ends; nothing is polled for ever."""

EVIDENCE_DELAYS: Final = (5.0, 15.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
EVIDENCE_FAILURES_AT_MOST: Final = 100
EVIDENCE_KEPT: Final = 200
"""Of a run's actions, the first so many that the statistics tell."""

_CLOSED: Final = "outsideWorkingHours"
_LATER: Final = frozenset({"tooManyRequests", _CLOSED})


class AfterStart(Enum):
    """What becomes of a run whose start did not count."""

    LATER = "back into the queue, for another try after a pause"
    MENDED = "back into the queue, which waits until a person has mended the connection"
    NEVER = "failed: it would be refused again"


def after_start(error: NotSent | Refused) -> AfterStart:
    """Nothing was started; what now? Only a refusal of this very workflow ends the run."""
    if error.type in NEEDS_A_PERSON:
        return AfterStart.MENDED
    if isinstance(error, NotSent) or error.type in _LATER:
        return AfterStart.LATER
    return AfterStart.NEVER


def start_gives_up(tries: int, error: LinkedApiError) -> bool:
    """Whether the `tries`-th start in a row that did not count was the last. Working hours open again."""
    return tries >= STARTS_AT_MOST and error.type != _CLOSED


def look_may_wait(error: LinkedApiError) -> bool:
    """Whether a failed look leaves the run as it is. Looks can be repeated; only what stays the same
    ends the run: a refusal that nobody can mend (an unknown workflow, say), an answer too large."""
    if isinstance(error, Refused):
        return error.type in _LATER | NEEDS_A_PERSON
    return not isinstance(error, AnswerTooLarge)


def start_pause(tries: int, error: LinkedApiError) -> float:
    """The pause after the `tries`-th start in a row that did not count: 1, 2, 4, ... s, or as long as
    the service asked for."""
    if error.type == _CLOSED and error.retry_after is None:
        return _spread(PARKED_LOOK_EVERY)
    return _backed_off(tries, LONGEST_START_PAUSE, error.retry_after)


def failed_look_pause(failed_looks: int, error: LinkedApiError) -> float:
    """The pause after the `failed_looks`-th failed look in a row."""
    return _backed_off(failed_looks, LONGEST_LOOK_PAUSE, error.retry_after)


def look_pause(looks: int, look: Look, hears: bool = False) -> float:
    """The pause after the `looks`-th look that found the workflow unfinished; `hears`: webhooks came in
    lately, and one will come when it is done."""
    if look.pending_reason == _CLOSED:
        return _spread(PARKED_LOOK_EVERY)
    if looks <= len(LOOK_DELAYS):
        return _spread(LOOK_DELAYS[looks - 1])
    if hears:
        return _spread(LOOK_EVERY_WITH_WEBHOOKS)
    return _spread(min(LOOK_EVERY * max(1.0, looks / STEADY_LOOKS), LOOK_EVERY_AT_LAST))


def evidence_pause(times: int) -> float | None:
    """The pause after the `times`-th look at the statistics; None: they will not say more."""
    return EVIDENCE_DELAYS[times - 1] if times <= len(EVIDENCE_DELAYS) else None


def failed_evidence_pause(failures: int, error: LinkedApiError) -> float | None:
    """The pause after the `failures`-th time that the statistics were not to be had; None: leave it."""
    return failed_look_pause(failures, error) if failures <= EVIDENCE_FAILURES_AT_MOST else None


def _backed_off(times: int, longest: float, retry_after: float | None) -> float:
    """Twice as long each time, up to `longest`; never sooner than the service asks for."""
    if retry_after is None:
        return _spread(min(2.0 ** min(times - 1, 20), longest))
    return max(retry_after, 0.1) + random.uniform(0, min(retry_after / 10, 5.0))  # noqa: S311 - as below


def _spread(seconds: float) -> float:
    """A tenth more or less, so that runs do not march in step."""
    return seconds * random.uniform(0.9, 1.1)  # noqa: S311 - nothing secret about it
