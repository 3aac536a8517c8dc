"""When a schedule comes round: cron texts, what they mean in words, and the instants they name. Pure.

A cron text has the five fields of Debian's cron (minute, hour, day of month, month, day of week), read in a time
zone. A fixed time that the spring gap leaves out happens right after the gap; one that the autumn hour brings twice
happens once. `cronsim` knows the rules; here are the simple choices of the form, which write a cron text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS: Final = (1, 2, 3, 4, 6, 8, 12)
"""The steps that divide a day evenly; others would come round at odd times about midnight."""

LAST_DAY: Final = "L"
DAYS: Final = (*(str(day) for day in range(1, 29)), LAST_DAY)
"""Days that every month has."""

CRON_MAX: Final = 100
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


class BadTimes(ValueError):
    """What was chosen or typed names no times. `field` says where: "at", "weekdays", "day", "hours" or "cron"."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Times:
    """What is chosen in the form. `weekdays` are cron's numbers: "1" is Monday, "7" Sunday.

    `often`: "daily", "workdays", "weekly", "monthly", "hours", or "cron" for a text of one's own.
    """

    often: str = "workdays"
    at: str = "09:00"
    weekdays: tuple[str, ...] = ("1",)
    day: str = "1"
    hours: str = "4"
    cron: str = ""

    def written(self) -> str:
        """The cron text. Raises BadTimes."""
        if self.often == "cron":
            return checked(self.cron)
        if self.often == "hours":
            if self.hours not in map(str, HOURS):
                raise BadTimes("hours", "Choose how many hours lie between two runs.")
            return "0 * * * *" if self.hours == "1" else f"0 */{self.hours} * * *"
        days = self._days()
        time = _TIME.fullmatch(self.at)
        if time is None:
            raise BadTimes("at", "That is no time of day. Write it like 09:00.")
        return f"{int(time[2])} {int(time[1])} {days}"

    def _days(self) -> str:
        """The last three fields of the cron text."""
        if self.often == "daily":
            return "* * *"
        if self.often == "workdays":
            return "* * 1-5"
        if self.often == "weekly":
            numbers = [number for number in map(str, range(1, 8)) if number in self.weekdays]
            if not numbers:
                raise BadTimes("weekdays", "Choose a day of the week, or several.")
            return f"* * {','.join(numbers)}"
        if self.often == "monthly":
            if self.day not in DAYS:
                raise BadTimes("day", "Choose a day that every month has.")
            return f"{self.day} * *"
        raise BadTimes("often", "Choose how often it comes round.")


def checked(cron: str) -> str:
    """A cron text as it is stored. Raises BadTimes when it is none, or names no time at all."""
    text = " ".join(cron.split())
    if len(text) > CRON_MAX or not text.isascii():
        raise BadTimes("cron", f"Write five fields, {CRON_MAX} characters at most: 0 9 * * 1-5")
    if len(text.split()) != 5:
        raise BadTimes(
            "cron",
            "Write five fields: minute, hour, day of month, month, day of week. 0 9 * * 1-5 is 9:00 from "
            "Monday to Friday.",
        )
    try:
        first = next(CronSim(text, datetime(2000, 1, 1, tzinfo=UTC)), None)
    except CronSimError as error:
        field = str(error).removeprefix("Bad ").replace("-", " ")
        message = f"Cron does not understand the {field} in this text."
        raise BadTimes("cron", message) from error
    if first is None:
        raise BadTimes("cron", "This names a day that never comes.")
    return text


def following(cron: str, zone: str, after: datetime) -> Iterator[datetime]:
    """The instants (UTC) of a checked cron text later than `after`, each once."""
    last = after.astimezone(UTC)
    # cronsim counts wall time without the second autumn hour, and moves what the spring gap leaves out:
    # what it names next may be an instant that was named before, or lies before `after`.
    for instant in CronSim(cron, after.astimezone(ZoneInfo(zone))):
        if (moment := instant.astimezone(UTC)) > last:
            last = moment
            yield moment


def next_after(cron: str, zone: str, after: datetime) -> datetime | None:
    """The first of them."""
    return next(following(cron, zone, after), None)


def times_a_day(cron: str) -> int:
    """How often a checked cron text comes round on each day that it names."""
    parts = CronSim(cron, datetime(2000, 1, 1, tzinfo=UTC))
    return len(parts.minutes) * len(parts.hours)


def next_few(cron: str, zone: str, after: datetime, count: int = 5) -> Sequence[datetime]:
    """The first few as times of the zone."""
    own = ZoneInfo(zone)
    return [moment.astimezone(own) for moment in islice(following(cron, zone, after), count)]


# --- In words ----------------------------------------------------------------------------------


def times_of(cron: str) -> Times:
    """The choices of the form that write this text; a text of one's own when none does."""
    minute, hour, day, month, weekday = cron.split()
    own = Times(often="cron", cron=cron)
    if month != "*":
        return own
    if (hour == "*" or hour.startswith("*/")) and (minute, day, weekday) == ("0", "*", "*"):
        guess = Times(often="hours", hours=hour.removeprefix("*/").replace("*", "1"), cron=cron)
    elif minute.isdigit() and hour.isdigit():
        guess = _at_a_time(f"{int(hour):02}:{int(minute):02}", day, weekday, cron)
    else:
        return own
    try:
        return guess if guess.written() == cron else own
    except BadTimes:
        return own


def _at_a_time(at: str, day: str, weekday: str, cron: str) -> Times:
    if day != "*":
        return Times(often="monthly", at=at, day=day, cron=cron)
    if weekday in ("*", "1-5"):
        return Times(often="daily" if weekday == "*" else "workdays", at=at, cron=cron)
    return Times(often="weekly", at=at, weekdays=tuple(weekday.split(",")), cron=cron)


def in_words(cron: str) -> str:
    """ "Every working day at 09:00"; for a text of one's own, what cronsim says of it."""
    times = times_of(cron)
    if times.often == "cron":
        return CronSim(cron, datetime(2000, 1, 1, tzinfo=UTC)).explain()
    if times.often == "hours":
        return "Every hour" if times.hours == "1" else f"Every {times.hours} hours"
    return f"Every {_which_days(times)} at {times.at}"


def next_few_in_words(cron: str, zone: str, after: datetime) -> list[str]:
    """ "Mon 30 November 2026, 09:00", each in the zone. The first after a change of the clocks says so: it may stand
    there twice, or at a time that nobody chose."""
    told, before = [], after.astimezone(ZoneInfo(zone))
    for at in next_few(cron, zone, after):
        told.append(f"{at:%a} {at.day} {at:%B %Y, %H:%M}{_clocks_changed(before, at)}")
        before = at
    return told


def _clocks_changed(before: datetime, at: datetime) -> str:
    was, now = before.utcoffset(), at.utcoffset()
    if was is None or now is None or was == now:
        return ""
    return f", the clocks went {'forward' if now > was else 'back'}"


def _which_days(times: Times) -> str:
    if times.often == "weekly":
        return f"week on {listed([WEEKDAYS[int(number) - 1] for number in times.weekdays])}"
    if times.often == "monthly":
        day = "last day" if times.day == LAST_DAY else ordinal(int(times.day))
        return f"month on the {day}"
    return "working day" if times.often == "workdays" else "day"


def listed(names: Sequence[str]) -> str:
    """ "Monday", "Monday and Thursday", "Monday, Tuesday and Friday"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def ordinal(number: int) -> str:
    """ "1st", "12th", "23rd"."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 < number % 100 < 14 else ending}"
