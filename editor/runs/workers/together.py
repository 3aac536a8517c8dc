"""Writes of one kind that come while others of it are under way go together: one transaction for all of them.

A worker has many runs in hand, and each claims, is accepted, ends. One by one these steps cost a transaction each;
under load several fall together by themselves, and the more there are the less each costs.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

from .hands import AWAY, db

T = TypeVar("T")
R = TypeVar("R")

AT_ONCE = 100
GATHER_SECONDS = 0.002
"""How long one waits for others."""


class _Line(Generic[T, R]):
    """Those who wait for one kind of write."""

    def __init__(self, write: Callable[..., Sequence[R]], *args: Any) -> None:
        self._write = write
        self._args = args
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._serving: asyncio.Task[None] | None = None

    def join(self, item: T) -> asyncio.Future[R]:
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._serving is None:
            self._serving = asyncio.create_task(self._serve_all())
        return answer

    async def _serve_all(self) -> None:
        while self._waiting:
            await asyncio.sleep(GATHER_SECONDS)
            now, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            await self._serve(now)
        self._serving = None

    async def _serve(self, now: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        """What goes wrong for several together is tried for each alone; but not when the database is away, for what
        it has taken before is then not known."""
        try:
            results = await db(self._write, [item for item, _ in now], *self._args)
        except Exception as error:
            if len(now) > 1 and not isinstance(error, AWAY):
                for each in now:
                    await self._serve([each])
                return
            for _, answer in now:
                if not answer.done():
                    answer.set_exception(error)
        else:
            for (_, answer), result in zip(now, results, strict=True):
                if not answer.done():
                    answer.set_result(result)


_lines: ContextVar[dict[Any, _Line[Any, Any]] | None] = ContextVar("lines", default=None)


async def together(write: Callable[..., Sequence[R]], item: T, *args: Any) -> R:
    """What `write([item, ...], *args)` returns for this item; it is all or nothing, and leaves objects that it was
    given as they were when it raises."""
    lines = _lines.get()
    if lines is None:
        return (await db(write, [item], *args))[0]
    key = (write, args)
    if key not in lines:
        lines[key] = _Line(write, *args)
    answer: R = await lines[key].join(item)
    return answer


@contextmanager
def gathering() -> Iterator[None]:
    """For the tasks that are made inside; without it everybody writes alone."""
    before = _lines.set({})
    try:
        yield
    finally:
        _lines.reset(before)
