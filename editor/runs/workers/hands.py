"""Database work of a worker: in the thread of its loop, so that no two threads wait for each other at every step.

What is big goes `aside`; outside of a worker everything does. docs/decisions/0026 says why, and what it takes.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError, close_old_connections, connections
from django.db.backends.signals import connection_created

P = ParamSpec("P")
T = TypeVar("T")

AWAY = (OperationalError, InterfaceError)
"""What the database says when it is not there, or not now."""

LOCKED_SECONDS: Final = 3
"""How long a worker waits for a row that somebody has locked; then the database is not there now."""

STALL_SECONDS: Final = 0.2
"""What takes longer holds up the loop, and is not to count for answers that came meanwhile."""

_at_hand: ContextVar[bool] = ContextVar("at_hand", default=False)


class Loop(asyncio.SelectorEventLoop):
    """Its clock stands still while the database holds it up: an answer that has long arrived is read before the time
    for it is over. Otherwise a start would count as uncertain for nothing."""

    stood = 0.0

    def time(self) -> float:
        return super().time() - self.stood


async def db(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `function` returns; it may use the database, for a moment."""
    if _at_hand.get():
        return _here(function, *args, **kwargs)
    return await aside(function, *args, **kwargs)


async def aside(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The same, for longer: in the thread that has the duties too."""
    if _at_hand.get():
        return await sync_to_async(_fresh)(function, *args, **kwargs)
    return await sync_to_async(function)(*args, **kwargs)


@contextmanager
def at_hand() -> Iterator[None]:
    """For the tasks that are made inside; in a coroutine."""
    connection_created.connect(_impatient)
    before = _at_hand.set(True)
    try:
        yield
    finally:
        _at_hand.reset(before)
        _here(connections.close_all)
        connection_created.disconnect(_impatient)


def _impatient(connection: Any, **_: Any) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{LOCKED_SECONDS}s"])


def _here(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    loop = asyncio.get_running_loop()
    began = time.monotonic()
    # Django would refuse, and give every task a connection of its own.
    asyncio._set_running_loop(None)
    try:
        return _fresh(function, *args, **kwargs)
    finally:
        asyncio._set_running_loop(loop)
        took = time.monotonic() - began
        if took > STALL_SECONDS and isinstance(loop, Loop):
            loop.stood += took


def _fresh(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """With a connection that is not known to be broken or too old."""
    close_old_connections()
    return function(*args, **kwargs)
