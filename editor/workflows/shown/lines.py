"""Where in a JSON text a JSON Pointer leads: the line that an import shows beside a problem."""

import json
import re
from collections.abc import Iterable

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')


def lines_of(text: str, pointers: Iterable[str]) -> dict[str, int]:
    """Line (from 1) of each pointer into a text that is JSON. One that leads nowhere gets the line of the last step
    that there is: a missing parameter that of its action.
    """
    wanted = {part for pointer in pointers for part in _ways(pointer)}
    found = _scan(text, wanted)
    return {pointer: max(found.get(part, 1) for part in _ways(pointer)) for pointer in pointers}


def _ways(pointer: str) -> list[str]:
    """The pointer and all above it: "/a/b", "/a", ""."""
    steps = pointer.split("/")
    return ["/".join(steps[:count]) for count in range(len(steps), 0, -1)]


def _scan(text: str, wanted: set[str]) -> dict[str, int]:
    """One pass over the tokens: the line of the name, or of the entry of a list, of every wanted pointer."""
    found: dict[str, int] = {}
    holders: list[
        tuple[str, int]
    ] = []  # pointer of each open bracket; index of the next entry, -1 in an object
    line, end, here, before_value = 1, 0, "", True

    def begin() -> str:
        """The pointer of the value that starts here."""
        if holders and holders[-1][1] >= 0:
            parent, index = holders[-1]
            holders[-1] = (parent, index + 1)
            return f"{parent}/{index}"
        return here

    for token in _TOKEN.finditer(text):
        line += text.count("\n", end, token.start())
        line, end = line, token.start()
        word = token.group()
        if word in "]}":
            holders.pop()
            before_value = False
        elif word == ",":
            before_value = holders[-1][1] >= 0
        elif word == ":":
            before_value = True
        elif not before_value:  # a name
            here = f"{holders[-1][0]}/{_escaped(json.loads(word, strict=False))}"
            if here in wanted:
                found.setdefault(here, line)
        else:
            pointer = begin()
            if pointer in wanted:
                found.setdefault(pointer, line)
            if word in "[{":
                holders.append((pointer, 0 if word == "[" else -1))
                before_value = word == "["
            else:
                before_value = False
    return found


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
