"""Database work of asynchronous code, in threads.

By default Django's one thread for such work does it all. On PostgreSQL a worker has several (`several`): while one
waits for a commit the others go on. SQLite takes one writer at a time, and a queue in one thread is the cheapest.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from functools import partial
from threading import Barrier
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import (
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    connections,
)

P = ParamSpec("P")
T = TypeVar("T")

HANDS = 4
AWAY = (OperationalError, InterfaceError)
"""What the database says when it is not there, or not now."""

_hands: ContextVar[ThreadPoolExecutor | None] = ContextVar("hands", default=None)


async def db(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `function` returns; it may use the database."""
    hands = _hands.get()
    if hands is None:
        return await sync_to_async(function)(*args, **kwargs)
    call = partial(copy_context().run, _fresh, function, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(hands, call)


@contextmanager
def several() -> Iterator[None]:
    """Several threads, each with its connection, for the tasks that are made inside; not on SQLite."""
    if connection.vendor == "sqlite":
        yield
        return
    with ThreadPoolExecutor(HANDS, "hands") as hands:
        before = _hands.set(hands)
        try:
            yield
        finally:
            _hands.reset(before)
            together = Barrier(HANDS)
            for _ in range(HANDS):
                hands.submit(_close, together)


def _fresh(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """With a connection that is not known to be broken or too old."""
    close_old_connections()
    return function(*args, **kwargs)


def _close(together: Barrier) -> None:
    """Done by each thread once: none goes on before all have begun."""
    connections.close_all()
    together.wait(timeout=10)
