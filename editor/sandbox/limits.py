"""How much an account may do: limits by category and period, and what of them is used up.

The numbers that the real service starts with are not published; those of messages and connection
requests stand in a sample of its documentation, the others are ours. Different from there, no default
is switched on, so that trying things out never runs dry: `limits.set` switches a limit on. Counted is
what succeeded, in a window that ends now (24 hours, 7 days, 30 days).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, Q

from editor import catalog
from editor.lib.prepared import Rows
from editor.sandbox.errors import invalid_payload
from editor.sandbox.models import ExecutedAction, SandboxAccount, SandboxLimit

PERIODS: Mapping[str, timedelta] = {
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
}
_DAILY = {"stMessages": 50, "stConnectionRequests": 10}
_OTHERS_DAILY = 100
_DAYS_THAT_COUNT = {"daily": 1, "weekly": 5, "monthly": 20}
MOST = 2**31 - 1

_ENABLED = Rows(
    lambda account: SandboxLimit.objects.filter(account=account, is_enabled=True),
    account=BigIntegerField(),
)

Key = tuple[str, str]


def defaults() -> list[dict[str, Any]]:
    """The limits of an account for which none was set."""
    return [
        {
            "category": category,
            "period": period,
            "maxValue": _DAILY.get(category, _OTHERS_DAILY) * days,
            "isEnabled": False,
        }
        for category in catalog.default().limit_categories
        for period, days in _DAYS_THAT_COUNT.items()
    ]


def of(account: SandboxAccount) -> list[dict[str, Any]]:
    """The limits of an account: the defaults with what was set for it laid over them."""
    found = {(item["category"], item["period"]): item for item in defaults()}
    for row in account.limits.all():
        found[row.category, row.period] = {
            "category": row.category,
            "period": row.period,
            "maxValue": row.max_value,
            "isEnabled": row.is_enabled,
        }
    return list(found.values())


def usage(account: SandboxAccount, now: datetime) -> list[dict[str, Any]]:
    """The same with `currentUsage`."""
    used = _used(account, now)
    return [
        {**item, "currentUsage": used.get((item["category"], item["period"]), 0)}
        for item in of(account)
    ]


def left(account: SandboxAccount, at: datetime) -> dict[str, int]:
    """By category, how many more actions the enabled limits allow; a category without one is not in it."""
    enabled = _ENABLED(account=account.pk)
    if not enabled:
        return {}
    used = _used(account, at)
    found: dict[str, int] = {}
    for row in enabled:
        free = max(0, row.max_value - used.get((row.category, row.period), 0))
        found[row.category] = min(free, found.get(row.category, free))
    return found


def _used(account: SandboxAccount, at: datetime) -> dict[Key, int]:
    """What was done in the windows that end at this moment. Workflows run in the order they were sent,
    so whatever stands in the books was done before, also when two clocks disagree a little."""
    done = ExecutedAction.objects.filter(
        account=account, success=True, time__gt=at - PERIODS["monthly"]
    ).exclude(category="")
    windows = {
        period: Count("pk", filter=Q(time__gt=at - span)) for period, span in PERIODS.items()
    }
    return {
        (row["category"], period): row[period]
        for row in done.values("category").annotate(**windows)
        for period in PERIODS
    }


def read_key(item: Any) -> Key:
    """Category and period of an entry of limits.set or limits.delete. Raises ApiError."""
    if not isinstance(item, dict):
        raise invalid_payload("limits: each entry is an object with category and period.")
    category, period = item.get("category"), item.get("period")
    if not isinstance(category, str) or category not in catalog.default().limit_categories:
        known = ", ".join(catalog.default().limit_categories)
        raise invalid_payload(f"limits: category is one of {known}.")
    if not isinstance(period, str) or period not in PERIODS:
        raise invalid_payload(f"limits: period is one of {', '.join(PERIODS)}.")
    return category, period


def read_value(item: Mapping[str, Any]) -> tuple[int, bool]:
    """maxValue and isEnabled of an entry of limits.set. Raises ApiError."""
    value, enabled = item.get("maxValue"), item.get("isEnabled", True)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
        raise invalid_payload("limits: maxValue is a whole number from 0.")
    if not isinstance(enabled, bool):
        raise invalid_payload("limits: isEnabled is true or false.")
    return value, enabled
