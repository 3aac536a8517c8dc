"""Taking one person out of JSON values. Pure.

A person is known by keys (`ledger.key_of` of each address). An object that itself holds such an address is
about the person: all values in it go, down to the last, and its shape stays. Elsewhere only the address goes.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from editor.runs.ledger import key_of

ERASED: Final = "[erased]"

# Fields that hold the name of whom an object is about.
_NAMES: Final = ("name", "fullName")

# Fields that hold another address of the same person.
_ALSO: Final = ("publicUrl", "hashedUrl", "personPublicUrl", "personHashedUrl", "urn")


class Person:
    """Everything that an erasure looks for: the keys of somebody's addresses. `names` are not taken out of anything:
    others have them too."""

    def __init__(self, keys: Iterable[str], names: Iterable[str] = ()) -> None:
        self.keys = frozenset(keys)
        self.names = frozenset(names)
        plain = [key.removeprefix("/") for key in sorted(self.keys)]
        ends = "|".join(map(re.escape, dict.fromkeys([*plain, *map(quote, plain)])))
        # An address inside a text, with what belongs to it; "ada" is not "ada-b".
        self._inside = re.compile(
            rf"(?:https?:(?:\\?/){{2}})?(?:[a-z]+\.)?(?:linkedin\.com)?/?(?:{ends})(?![\w%-])(?:[/?#][^\s\"'<>]*)?",
            re.IGNORECASE,
        )

    def is_named(self, text: str) -> bool:
        key = key_of(text)
        return key in self.keys or any(key.startswith(f"{mine}/") for mine in self.keys)

    def without(self, value: Any) -> Any:
        """The value without the person; the very same object when there is nothing of theirs in it."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list):
            return _same_if_equal(value, [self.without(each) for each in value])
        if isinstance(value, Mapping):
            if self._is_about(value):
                return _emptied(value)
            return _same_if_equal(value, {name: self.without(each) for name, each in value.items()})
        return value

    def others(self, value: Any) -> set[str]:
        """Keys of more addresses of the person, from the objects that are about them."""
        if isinstance(value, list):
            return set().union(*map(self.others, value))
        if not isinstance(value, Mapping):
            return set()
        found = set().union(*map(self.others, value.values()))
        if self._is_about(value):
            found |= {key_of(value[name]) for name in _ALSO if _is_text(value.get(name))}
        return found - self.keys

    def called(self, value: Any) -> set[str]:
        """Names of the person, of two words and more, from the objects that are about them."""
        if isinstance(value, list):
            return set().union(*map(self.called, value))
        if not isinstance(value, Mapping):
            return set()
        found = set().union(*map(self.called, value.values()))
        if self._is_about(value):
            names = (value.get(name) for name in _NAMES)
            found |= {name for name in names if isinstance(name, str) and len(name.split()) > 1}
        return found

    def _is_about(self, value: Mapping[str, Any]) -> bool:
        return any(isinstance(each, str) and self.is_named(each) for each in value.values())

    def _text(self, text: str) -> str:
        if self.is_named(text):
            return ERASED
        return self._inside.sub(ERASED, text) if self._inside.search(text) else text


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _same_if_equal(before: Any, after: Any) -> Any:
    return before if before == after else after


def _emptied(value: Any) -> Any:
    """The shape without what filled it."""
    if isinstance(value, Mapping):
        return {name: _emptied(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_emptied(each) for each in value]
    return ERASED if isinstance(value, str) else None
