"""When schedules come round, in words and as instants, on the nights when clocks change too."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from editor.runs import recurrence
from editor.runs.recurrence import BadTimes, Times


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def instants(cron: str, zone: str, after: str, count: int = 3) -> list[str]:
    """The next few in UTC, such as "03-29 01:00"."""
    found = recurrence.next_few(cron, zone, utc(after), count)
    return [f"{at.astimezone(UTC):%m-%d %H:%M}" for at in found]


@pytest.mark.parametrize(
    ("times", "cron", "words"),
    [
        (Times("daily", at="00:05"), "5 0 * * *", "Every day at 00:05"),
        (Times("workdays"), "0 9 * * 1-5", "Every working day at 09:00"),
        (Times("weekly", weekdays=("7", "1")), "0 9 * * 1,7", "Every week on Monday and Sunday at 09:00"),
        (Times("monthly", day="23"), "0 9 23 * *", "Every month on the 23rd at 09:00"),
        (Times("monthly", day="L"), "0 9 L * *", "Every month on the last day at 09:00"),
        (Times("hours", hours="1"), "0 * * * *", "Every hour"),
        (Times("hours", hours="6"), "0 */6 * * *", "Every 6 hours"),
        (Times("cron", cron=" 0  9,17 * * * "), "0 9,17 * * *", "At 09:00 and 17:00 every day"),
    ],
)  # fmt: skip
def test_what_is_chosen_is_written_as_cron_and_read_back(times, cron, words):
    assert times.written() == cron
    assert recurrence.in_words(cron) == words
    assert recurrence.times_of(cron).often == times.often
    assert recurrence.times_of(cron).written() == cron


@pytest.mark.parametrize(
    "cron", ["09 9 * * *", "0 9 * * 0", "0 9 * * 7,1", "0 9 31 * *", "0 9 * 5 *"]
)
def test_a_text_that_no_choice_writes_stays_a_text(cron):
    assert recurrence.times_of(cron) == Times("cron", cron=cron)
    assert recurrence.in_words(cron)


@pytest.mark.parametrize(
    ("times", "field"),
    [
        (Times("daily", at="24:00"), "at"),
        (Times("daily", at="9"), "at"),
        (Times("weekly", weekdays=()), "weekdays"),
        (Times("weekly", weekdays=("8",)), "weekdays"),
        (Times("monthly", day="31"), "day"),
        (Times("hours", hours="5"), "hours"),
        (Times("never"), "often"),
        (Times("cron", cron=""), "cron"),
        (Times("cron", cron="0 9 * *"), "cron"),
        (Times("cron", cron="0 0 9 * * 1"), "cron"),
        (Times("cron", cron="0 25 * * *"), "cron"),
        (Times("cron", cron="0 9 30 2 *"), "cron"),
        (Times("cron", cron="0 9 29 2 mon#9"), "cron"),
        (Times("cron", cron="\0 9 * * *"), "cron"),
        (Times("cron", cron="٠ 9 * * *"), "cron"),
        (Times("cron", cron="0 9 * * 1" + ",1" * 100), "cron"),
    ],
)
def test_what_names_no_times_is_refused_at_its_field(times, field):
    with pytest.raises(BadTimes) as caught:
        times.written()
    assert caught.value.field == field


def test_a_time_of_day_follows_the_clocks_of_its_zone():
    assert instants("0 9 * * *", "Europe/Lisbon", "2027-03-26T12:00", 3) == [
        "03-27 09:00", "03-28 08:00", "03-29 08:00",
    ]  # fmt: skip


def test_a_time_that_the_spring_gap_leaves_out_comes_right_after_it():
    # Berlin, 28 March 2027: 02:00 becomes 03:00, at 01:00 UTC.
    assert instants("30 2 * * *", "Europe/Berlin", "2027-03-27T00:00") == [
        "03-27 01:30", "03-28 01:00", "03-29 00:30",
    ]  # fmt: skip
    assert instants("0,30 2 * * *", "Europe/Berlin", "2027-03-28T00:00", 2) == [
        "03-28 01:00", "03-29 00:00",
    ]  # fmt: skip


def test_a_time_that_the_autumn_night_brings_twice_comes_once():
    # Berlin, 31 October 2027: 03:00 becomes 02:00, at 01:00 UTC.
    once = ["10-31 00:30", "11-01 01:30"]
    assert instants("30 2 * * *", "Europe/Berlin", "2027-10-31T00:00", 2) == once
    for after in ("2027-10-31T00:30", "2027-10-31T01:15", "2027-10-31T01:45"):
        assert instants("30 2 * * *", "Europe/Berlin", after, 1) == ["11-01 01:30"], after


def test_every_hour_means_every_hour_that_passes_on_both_nights():
    assert instants("0 * * * *", "Europe/Berlin", "2027-10-30T23:30", 4) == [
        "10-31 00:00", "10-31 01:00", "10-31 02:00", "10-31 03:00",
    ]  # fmt: skip
    assert instants("0 * * * *", "Europe/Berlin", "2027-03-28T00:30", 2) == [
        "03-28 01:00", "03-28 02:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]
)
@pytest.mark.parametrize("cron", ["*/15 * * * *", "30 2 * * *", "0,30 1-3 * * *", "0 */2 * * *"])
def test_whatever_the_time_the_next_is_later_and_the_same_as_looked_at_before(zone, cron):
    every = recurrence.next_few(cron, zone, utc("2027-01-01T00:00"), 1500)
    moments = [at.astimezone(UTC) for at in every]
    assert moments == sorted(set(moments))
    for one, following in pairwise(moments):
        assert recurrence.next_after(cron, zone, one) == following


@pytest.mark.parametrize(
    ("cron", "zone", "after", "told"),
    [
        ("30 2 * * *", "Europe/Berlin", "2027-03-26T12:00", [
            "Sat 27 March 2027, 02:30",
            "Sun 28 March 2027, 03:00, the clocks went forward",
            "Mon 29 March 2027, 02:30",
        ]),
        ("0 * * * *", "Europe/Berlin", "2026-10-24T23:00", [
            "Sun 25 October 2026, 02:00",
            "Sun 25 October 2026, 02:00, the clocks went back",
            "Sun 25 October 2026, 03:00",
        ]),
        ("0 9 * * *", "America/New_York", "2026-10-31T12:00", [
            "Sat 31 October 2026, 09:00",
            "Sun 1 November 2026, 09:00, the clocks went back",
            "Mon 2 November 2026, 09:00",
        ]),
    ],
)  # fmt: skip
def test_a_time_that_looks_odd_says_that_the_clocks_changed(cron, zone, after, told):
    assert recurrence.next_few_in_words(cron, zone, utc(after))[:3] == told
