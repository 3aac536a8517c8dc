"""What this process has done since it began, for `/metrics`: a worker tells it with every beat.

starts  accepted, not-sent, refused, unknown          looks   one of the service's states, no-answer
refusals    by error type, those that the catalogue knows
"""

from collections import Counter
from typing import Final

from editor import catalog

_counts: Final[Counter[str]] = Counter()


def count(what: str, how: str) -> None:
    _counts[f"{what} {how}"] += 1


def refused(error_type: str) -> None:
    """Types come from outside: one that nobody knows must not make a series of its own."""
    count("refusals", error_type if error_type in catalog.default().error_types else "other")


def counts() -> dict[str, int]:
    """{"starts accepted": 12, ...}"""
    return dict(_counts)
