"""Working hours: when an account's workflows may run. Pure functions of a dial and a moment.

    {"from": "08:30", "to": "17:30", "timeZone": "Europe/Lisbon", "days": [0, 1, 2, 3, 4],
     "offHours": "park", "waitHours": 72}

`days` are week days, Monday is 0 (default: all seven). `offHours` says what happens to a workflow that
is sent outside: "park" (default: accepted, waits) or "refuse". A parked workflow that would wait longer
than `waitHours` ends with workingHoursWaitExpired. `from` equal to `to` never opens.
"""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Hours = Mapping[str, Any]

_KEYS = frozenset({"from", "to", "timeZone", "days", "offHours", "waitHours"})
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def fault_of(hours: object) -> str:
    """Why this is no working-hours dial; empty when it is one (None: always open)."""
    if hours is None:
        return ""
    if not isinstance(hours, Mapping) or set(hours) - _KEYS:
        return f"give null or an object with {', '.join(sorted(_KEYS))}"
    if not all(isinstance(hours.get(k), str) and _TIME.fullmatch(hours[k]) for k in ("from", "to")):
        return "from and to are times such as 08:30"
    if hours["from"] > hours["to"]:
        return "from must come before to"
    try:
        ZoneInfo(hours.get("timeZone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        return "timeZone is a name such as Europe/Lisbon"
    days = hours.get("days", [0])
    if not isinstance(days, list) or not days or any(day not in range(7) for day in days):
        return "days is a list of numbers from 0 (Monday) to 6"
    if hours.get("offHours", "park") not in ("park", "refuse"):
        return "offHours is park or refuse"
    wait = hours.get("waitHours", 72)
    if isinstance(wait, bool) or not isinstance(wait, int | float) or not 0 <= wait <= 10_000:
        return "waitHours is a number of hours"
    return ""


def is_open(hours: Hours | None, at: datetime) -> bool:
    """Whether workflows may run at this moment."""
    return next_opening(hours, at) == at


def next_opening(hours: Hours | None, at: datetime) -> datetime | None:
    """The first moment from `at` on in which workflows may run; None when there is none."""
    if hours is None:
        return at
    zone = ZoneInfo(hours.get("timeZone", "UTC"))
    opens, closes = time.fromisoformat(hours["from"]), time.fromisoformat(hours["to"])
    if opens == closes:
        return None
    local = at.astimezone(zone)
    for ahead in range(8):
        day = local.date() + timedelta(days=ahead)
        if day.weekday() not in hours.get("days", range(7)):
            continue
        if at < datetime.combine(day, closes, zone):
            return max(at, datetime.combine(day, opens, zone).astimezone(at.tzinfo))
    return None


def refuses(hours: Hours | None) -> bool:
    """Whether a workflow that is sent outside the hours is refused instead of parked."""
    return hours is not None and hours.get("offHours") == "refuse"


def longest_wait(hours: Hours) -> timedelta:
    return timedelta(hours=hours.get("waitHours", 72))


def words(hours: Hours, at: datetime) -> str:
    """What a parked workflow says about its waiting."""
    opening = next_opening(hours, at)
    if opening is None:
        return "Parked: the working hours never open."
    zone = hours.get("timeZone", "UTC")
    local = opening.astimezone(ZoneInfo(zone))
    return f"Parked until the working hours reopen: {local:%a %d %b, %H:%M} ({zone})."
