"""Invented values that never change: the same question always falls the same way."""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice
from math import gcd
from typing import TypeVar

T = TypeVar("T")


def roll(sides: int, *about: object) -> int:
    """A number from 0 to `sides` - 1 that depends on `about` and on nothing else."""
    text = "\x1f".join(map(str, about)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") % sides


def pick(choices: Sequence[T], *about: object) -> T:
    """One of `choices`."""
    return choices[roll(len(choices), *about)]


def some(choices: Sequence[T], count: int, *about: object) -> list[T]:
    """`count` different ones of `choices` (all of them when there are fewer), in an order of their own."""
    return list(islice(shuffled(choices, *about), count))


def shuffled(choices: Sequence[T], *about: object) -> Iterator[T]:
    """All of `choices`, each once, starting anywhere; lazily, so that a few of many cost little."""
    size = len(choices)
    start, step = roll(size, "start", *about), roll(size, "step", *about) | 1
    while gcd(size, step) > 1:
        step += 2
    return (choices[(start + index * step) % size] for index in range(size))
