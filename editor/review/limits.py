"""What is used up of the limits of accounts: asked from the service when somebody looks, and remembered for a while."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache

from accounts.models import Connection, Team
from editor import catalog
from editor.linkedapi import Client, LinkedApiError, Usage, wait_for

ASKED_AT_MOST: Final = 8
"""Connections of a team that are asked for; the others are named."""

REMEMBERED: Final = 300
SECONDS: Final = 8.0

_PERIODS: Final = {"daily": "a day", "weekly": "a week", "monthly": "a month"}


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of one connection, in words."""

    category: str
    name: str
    period: str
    used: int
    most: int

    @property
    def words(self) -> str:
        return f"{self.most:,} {_PERIODS.get(self.period, self.period)}"

    @property
    def look(self) -> str:
        """ "bad" when it is used up, "warn" when nearly."""
        return "bad" if self.used >= self.most else "warn" if self.used >= 0.8 * self.most else ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The limits of one connection that are on; `trouble` says why they are not known."""

    connection: Connection
    limits: Sequence[Limit] = ()
    trouble: str = ""

    def daily(self, category: str) -> int | None:
        return next(
            (
                each.most
                for each in self.limits
                if (each.category, each.period) == (category, "daily")
            ),
            None,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One limit, and how much a run would add to what is used up at most."""

    limit: Limit
    adds: int = 0

    @property
    def left(self) -> int:
        return max(0, self.limit.most - self.limit.used)

    @property
    def is_over(self) -> bool:
        return self.adds > self.left

    @property
    def look(self) -> str:
        return "bad" if self.is_over else self.limit.look


def lines(standing: Standing, adds: Mapping[str, int]) -> list[Line]:
    """The limits of the categories in which a run counts, with what it adds; all of them when none is named."""
    return [
        Line(limit, adds.get(limit.category, 0))
        for limit in standing.limits
        if not adds or limit.category in adds
    ]


def of(team: Team) -> list[Standing]:
    """The connections of the team, each with its limits."""
    return standings(list(team.connections.order_by("name", "pk")[:ASKED_AT_MOST]))


def standings(connections: Sequence[Connection]) -> list[Standing]:
    """Connections with their limits; asks the service for what is not remembered."""
    known = {each.pk: cache.get(_key(each)) for each in connections}
    missing = [each for each in connections if known[each.pk] is None]
    if missing:
        for each, found in zip(
            missing, wait_for(lambda client: _ask(client, missing)), strict=True
        ):
            known[each.pk] = found
            cache.set(_key(each), found, REMEMBERED if isinstance(found, tuple) else 30)
    return [_standing(each, known[each.pk]) for each in connections]


def _key(connection: Connection) -> str:
    return f"limits-{connection.pk}"


async def _ask(client: Client, connections: Sequence[Connection]) -> list[tuple[Usage, ...] | str]:
    return await asyncio.gather(*(_ask_for(client, each) for each in connections))


async def _ask_for(client: Client, connection: Connection) -> tuple[Usage, ...] | str:
    try:
        async with asyncio.timeout(SECONDS):
            return await client.usage(connection.credentials())
    except TimeoutError:
        return "The service did not answer in time."
    except LinkedApiError as error:
        return error.message


def _standing(connection: Connection, found: tuple[Usage, ...] | str | None) -> Standing:
    if not isinstance(found, tuple):
        return Standing(connection, trouble=found or "")
    names = catalog.default().limit_categories
    limits = [
        Limit(each.category, names[each.category].name, each.period, each.used, each.most)
        for each in found
        if each.category in names
    ]
    return Standing(connection, limits)
