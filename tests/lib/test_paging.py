"""Pages by key set, told with audit events: any list with a time and a key would do."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import AuditEvent, Team
from editor.lib.paging import BadCursor, page

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def events(db):
    """Ten events; those of a pair happened at the same moment."""
    team = Team.objects.create(slug="paged", name="Paged")
    for number in range(10):
        AuditEvent.objects.create(
            team=team,
            actor_name="Ann",
            verb="thing.done",
            subject=str(number),
            at=START + timedelta(minutes=number // 2),
        )
    return AuditEvent.objects.filter(team=team)


def walk(rows, **options):
    """The subjects of every page, following the cursors."""
    pages, cursor = [], ""
    while True:
        found = page(rows, cursor=cursor, **options)
        pages.append([row.subject for row in found.rows])
        if not (cursor := found.next):
            return pages


def test_every_row_comes_once_in_order_also_when_times_are_equal(events):
    assert walk(events, order="-at", size=3) == [
        ["9", "8", "7"],
        ["6", "5", "4"],
        ["3", "2", "1"],
        ["0"],
    ]
    assert walk(events, order="at", size=4) == [
        ["0", "1", "2", "3"],
        ["4", "5", "6", "7"],
        ["8", "9"],
    ]


def test_a_page_that_just_fits_is_the_last(events):
    assert walk(events, order="at", size=10) == [[str(number) for number in range(10)]]


def test_rows_added_meanwhile_move_nothing(events):
    first = page(events, order="-at", size=4)
    AuditEvent.objects.create(
        team=first.rows[0].team,
        actor_name="Ann",
        verb="thing.done",
        subject="new",
        at=START + timedelta(days=1),
    )

    second = page(events, order="-at", size=4, cursor=first.next)
    assert [row.subject for row in second.rows] == ["5", "4", "3", "2"]


def test_words_are_keys_too(events):
    assert walk(events, order="-subject", size=6) == [list("987654"), list("3210")]


@pytest.mark.parametrize(
    "made_up",
    [
        "x",
        "ÿ",
        "W10",
        "WzEsMl0",
        "eyJhIjoxfQ",
        "bnVsbA",
        "WyJ4IiwieCJd",
        "W251bGwsIDFd",
        "WzFlOTk5LCAxXQ",
    ],
)
def test_a_cursor_that_we_did_not_hand_out_is_named(events, made_up):
    with pytest.raises(BadCursor):
        page(events, order="-at", cursor=made_up)


def cursor(key):
    return base64.urlsafe_b64encode(f'["2026-01-01T00:00:00+00:00", {key}]'.encode()).decode()


@pytest.mark.parametrize("key", ["1e999", "null", "[]", "{}", '"one"'])
def test_a_key_of_the_wrong_kind_is_named_too(events, key):
    with pytest.raises(BadCursor):
        page(events, order="-at", cursor=cursor(key))


def test_a_key_beyond_all_rows_shows_what_is_later(events):
    later = page(events, order="at", cursor=cursor(10**30)).rows
    assert [row.subject for row in later] == list("23456789")
