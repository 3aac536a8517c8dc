"""Days and spans of days of the reader, whose time zone is the active one."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format

SPANS: Final = {
    "today": "today",
    "yesterday": "yesterday",
    "7d": "in the last 7 days",
    "30d": "in the last 30 days",
    "week": "this week",
    "last-week": "last week",
    "month": "this month",
    "last-month": "last month",
}


def span(name: str) -> tuple[datetime, datetime | None] | None:
    """From when, and until when if it is over, of one of SPANS; None when it is none of them."""
    if name not in SPANS:
        return None
    first, last = _DAYS[name](timezone.localdate())
    return begins(first), ends(last) if last else None


def _last_week(today: date) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday() + 7)
    return monday, monday + timedelta(days=6)


def _last_month(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


_DAYS: Final[dict[str, Callable[[date], tuple[date, date | None]]]] = {
    "today": lambda today: (today, None),
    "yesterday": lambda today: (today - timedelta(days=1), today - timedelta(days=1)),
    "7d": lambda today: (today - timedelta(days=6), None),
    "30d": lambda today: (today - timedelta(days=29), None),
    "week": lambda today: (today - timedelta(days=today.weekday()), None),
    "last-week": _last_week,
    "month": lambda today: (today.replace(day=1), None),
    "last-month": _last_month,
}


def day(text: str) -> date | None:
    """ "2026-10-12"; None when it is no day of a year that a calendar of ours knows."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2999 else None


def begins(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def ends(day: date) -> datetime:
    return begins(day + timedelta(days=1))


def local(at: datetime) -> date:
    return timezone.localtime(at).date()


def in_words(day: date) -> str:
    return date_format(day, "j M Y")
