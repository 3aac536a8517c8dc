"""What is used up of the limits of accounts: asked from the service when somebody looks, and remembered for a while."""

import asyncio
from collections.abc import Sequence
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


def of(team: Team) -> list[Standing]:
    """The connections of the team, each with its limits; asks the service for what is not remembered."""
    connections = list(team.connections.order_by("name", "pk")[:ASKED_AT_MOST])
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
