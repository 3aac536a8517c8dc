"""Workflow inputs: what a person fills in before a run. Their declarations, and values for them.

    inputs = [{"name": text, "kind"?: "text"|"url"|"number"|"list"|"yesno", "required"?: yes or no,
               "default"?: a value of the kind, "help"?: text, "choices"?: [value, ...]}, ...]

An action uses an input as `{{ name }}` (`editor.trees.placeholders`). Values are typed: a text, a
whole or decimal number, a list of texts, true or false; None is an optional input left empty.
Nothing here raises, whatever it is given: what is wrong comes back as problems, all at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from editor.catalog.schemas import FORMATS
from editor.trees.codec import step, value_problems
from editor.trees.nearest import nearest
from editor.trees.nodes import MISSING
from editor.trees.problems import Problem
from editor.trees.texts import kind as kind_of
from editor.trees.texts import quote

Kind = Literal["text", "url", "number", "list", "yesno"]

KINDS: Final[Mapping[Kind, str]] = {
    "text": "a text",
    "url": "a web address",
    "number": "a number",
    "list": "a list of texts",
    "yesno": "yes or no",
}
"""Every kind, in the order a form offers them, with what it is in words."""

ON_LINKEDIN: Final = re.compile(r"([a-z]{2,3}\.)?linkedin\.com/", re.IGNORECASE)
"""The start of an address that browsers and spreadsheets show without its https://; nothing else can be meant."""

NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
MAX_INPUTS: Final = 100
MAX_TEXT: Final = 20_000
MAX_ENTRIES: Final = 1_000
MAX_CHOICES: Final = 200
MAX_HELP: Final = 500

INPUT_CODES: Final[dict[str, str]] = {
    "not-inputs": "what should declare the inputs is no list, or too long",
    "not-an-input": "a declaration is no object",
    "unknown-key": "a declaration says something that no input has",
    "wrong-name": "a name is missing, or not made of letters, digits and _",
    "doubled-name": "two inputs have one name, or names that differ only in capitals",
    "wrong-kind": "no such kind of input",
    "wrong-required": "required is neither true nor false",
    "wrong-help": "help is not a text, or too long",
    "wrong-choices": "choices are not a list of values of the kind",
    "wrong-default": "the default is no value of the kind, or none of the choices",
    "unknown-input": "a value, or a placeholder, for an input that is not declared",
    "missing-value": "a required input is empty",
    "wrong-value": "a value that is not of the input's kind",
    "wrong-choice": "a value that is none of the input's choices",
}
"""What can be wrong with declarations (`parse`) and values (`check_values`)."""


@dataclass(frozen=True, slots=True)
class Input:
    """One input. `default` and `choices` are typed values; default MISSING: none; choices (): any.

    With a default, an input that is not mentioned at all has a value, required or not.
    """

    name: str
    kind: Kind = "text"
    required: bool = True
    default: Any = MISSING
    help: str = ""
    choices: tuple[Any, ...] = ()

    @property
    def may_be_empty(self) -> bool:
        return not self.required and self.default is MISSING

    def as_json(self) -> dict[str, Any]:
        """The declaration that `parse` reads back to an equal input."""
        out: dict[str, Any] = {"name": self.name, "kind": self.kind, "required": self.required}
        if self.default is not MISSING:
            out["default"] = self.default
        if self.help:
            out["help"] = self.help
        if self.choices:
            out["choices"] = list(self.choices)
        return out


# Declarations


def parse(value: object) -> tuple[tuple[Input, ...], list[Problem]]:
    """The inputs of a declaration list, and everything wrong with it; paths lead into the list.

    An input with a problem is in the result where its name and kind are known, without what is
    wrong about it, so that its placeholders are not reported as unknown besides.
    """
    if not isinstance(value, list) or len(value) > MAX_INPUTS:
        what = f"not {kind_of(value)}" if not isinstance(value, list) else f"not {len(value)}"
        message = f"Inputs are a list of at most {MAX_INPUTS} declarations, {what}."
        return (), [_problem("", "not-inputs", message)]
    inputs: dict[str, Input] = {}
    problems: list[Problem] = []
    for index, entry in enumerate(value):
        found = _declaration(entry, f"/{index}", problems)
        if found is None:
            continue
        if found.name.casefold() in inputs:
            message = f"There are two inputs called {quote(found.name)}. Rename one of them."
            problems.append(_problem(f"/{index}/name", "doubled-name", message))
        else:
            inputs[found.name.casefold()] = found
    return tuple(inputs.values()), problems


KEYS: Final = ("name", "kind", "required", "default", "help", "choices")


def _declaration(entry: object, at: str, problems: list[Problem]) -> Input | None:
    if not isinstance(entry, dict):
        message = f"An input is declared by an object in {{ }}, not by {kind_of(entry)}."
        problems.append(_problem(at, "not-an-input", message))
        return None
    problems.extend(
        _problem(at + step(key), "unknown-key", f"An input has {', '.join(KEYS)}; no {quote(key)}.")
        for key in entry
        if key not in KEYS
    )
    name, kind = _name(entry, at, problems), _kind(entry, at, problems)
    required = _required(entry, at, problems)
    words = _help(entry, at, problems)
    if name is None or kind is None:
        return None
    choices = _choices(entry, Input(name, kind), at, problems)
    plain = Input(name, kind, required, help=words, choices=choices)
    default = _default(entry, plain, at, problems)
    return Input(name, kind, required, default, words, choices)


def _name(entry: Mapping[str, Any], at: str, problems: list[Problem]) -> str | None:
    name = entry.get("name")
    if isinstance(name, str) and NAME.fullmatch(name):
        return name
    given = f"not {quote(name)}" if isinstance(name, str) and name else f"not {kind_of(name)}"
    message = (
        "A name starts with a letter and has only letters (a to z), digits and _, "
        f"at most 64 of them; {given}."
    )
    problems.append(_problem(at + "/name", "wrong-name", message))
    return None


def _kind(entry: Mapping[str, Any], at: str, problems: list[Problem]) -> Kind | None:
    kind = entry.get("kind", "text")
    known: Kind
    for known in get_args(Kind):
        if kind == known:
            return known
    message = f"The kind of an input is one of {', '.join(KINDS)}."
    problems.append(_problem(at + "/kind", "wrong-kind", message))
    return None


def _required(entry: Mapping[str, Any], at: str, problems: list[Problem]) -> bool:
    required = entry.get("required", True)
    if isinstance(required, bool):
        return required
    message = f"required is true or false, not {kind_of(required)}."
    problems.append(_problem(at + "/required", "wrong-required", message))
    return True


def _help(entry: Mapping[str, Any], at: str, problems: list[Problem]) -> str:
    words = entry.get("help", "")
    if isinstance(words, str) and len(words) <= MAX_HELP:
        faults = list(value_problems(words, at + "/help"))
        problems.extend(faults)
        return "" if faults else words
    message = f"The help is a text of at most {MAX_HELP} characters."
    problems.append(_problem(at + "/help", "wrong-help", message))
    return ""


def _choices(
    entry: Mapping[str, Any], bare: Input, at: str, problems: list[Problem]
) -> tuple[Any, ...]:
    """The typed choices; for a list, those that its entries may be."""
    given = entry.get("choices", [])
    message = ""
    if not isinstance(given, list) or len(given) > MAX_CHOICES:
        message = f"Choices are a list of at most {MAX_CHOICES} values."
    elif given and bare.kind == "yesno":
        message = "Yes or no has no other choices. Remove them, or make it a text."
    if message:
        problems.append(_problem(at + "/choices", "wrong-choices", message))
        return ()
    read = READERS["text" if bare.kind == "list" else bare.kind]
    choices: list[Any] = []
    for index, choice in enumerate(given):
        try:
            typed = read(choice)
        except _UnfitError as unfit:
            problems.append(_problem(f"{at}/choices/{index}", "wrong-choices", str(unfit)))
            continue
        if typed is None:
            message = "An empty choice cannot be chosen. Remove it."
            problems.append(_problem(f"{at}/choices/{index}", "wrong-choices", message))
        elif typed not in choices:
            choices.append(typed)
    return tuple(choices)


def _default(entry: Mapping[str, Any], plain: Input, at: str, problems: list[Problem]) -> Any:
    if "default" not in entry:
        return MISSING
    try:
        value = _typed(plain, entry["default"])
    except _UnfitError as unfit:
        problems.append(_problem(at + "/default", "wrong-default", f"The default: {unfit}"))
        return MISSING
    return MISSING if value is None else value


def by_name(declarations: Iterable[Mapping[str, Any]]) -> dict[str, Input]:
    """The inputs of `Tree.inputs` by name; what is wrong with a declaration is left out (`parse` says it)."""
    return {declaration.name: declaration for declaration in parse(list(declarations))[0]}


# Values


def check_values(
    inputs: Iterable[Input], raw: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Problem]]:
    """Typed values by name, and what is wrong with those given; paths are "/name".

    `raw` may come from a form or a table (texts; a list as one text with an entry per line), or
    from JSON (typed). What is not mentioned takes its default; what is given and empty is empty.
    Every input without a problem is in the result, an empty optional one as None; checking the
    result again gives the same.
    """
    declared = {declaration.name: declaration for declaration in inputs}
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, declaration in declared.items():
        try:
            value = _typed(declaration, raw.get(name))
        except _UnfitError as unfit:
            problems.append(_problem(step(name), unfit.code, f"{name}: {unfit}"))
            continue
        if name not in raw and declaration.default is not MISSING:
            value = declaration.default
        if value is None and declaration.required:
            message = f"{name} is empty. It needs {KINDS[declaration.kind]}."
            problems.append(_problem(step(name), "missing-value", message))
        else:
            values[name] = value
    strangers = [name for name in raw if name not in declared]
    problems.extend(unknown_input(name, declared, step(name)) for name in strangers)
    return values, problems


def unknown_input(name: str, names: Iterable[str], path: str = "") -> Problem:
    """The problem of a name that no input has, with the name that was perhaps meant."""
    meant = nearest(name, names)
    remedy = f"Did you mean “{meant}”?" if meant else "Declare it under Inputs, or remove it."
    return _problem(path, "unknown-input", f"There is no input {quote(name)}. {remedy}")


class _UnfitError(ValueError):
    """A value that does not fit; the message says why, and what would."""

    def __init__(self, message: str, code: str = "wrong-value") -> None:
        super().__init__(message)
        self.code = code


def _typed(declaration: Input, raw: object) -> Any:
    """The typed value, None for an empty one. Raises _UnfitError."""
    value = READERS[declaration.kind](raw)
    for entry in value if isinstance(value, list) else [value]:
        if entry is not None and declaration.choices and entry not in declaration.choices:
            offered = ", ".join(quote(choice) for choice in declaration.choices[:10])
            more = " and others" if len(declaration.choices) > 10 else ""
            raise _UnfitError(
                f"{quote(entry)} cannot be chosen. Choose from {offered}{more}.", "wrong-choice"
            )
    return value


def _as_text(raw: object) -> str | None:
    """Texts, and the numbers that a table or JSON has in their place; None when there is nothing."""
    if raw is None:
        return None
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str):
        raise _UnfitError(f"A text is expected, not {kind_of(raw)}.")
    if len(raw) > MAX_TEXT:
        raise _UnfitError(f"A text has at most {MAX_TEXT:,} characters, not {len(raw):,}.")
    for problem in value_problems(raw, ""):
        raise _UnfitError(problem.message)
    return raw if raw.strip() else None


def _as_url(raw: object) -> str | None:
    text = _as_text(raw)
    if text is None:
        return None
    text, pattern = text.strip(), FORMATS["url"].pattern
    if re.search(pattern, text):
        return text
    if re.search(pattern, f"https://{text}"):
        if ON_LINKEDIN.match(text):
            return f"https://{text}"
        raise _UnfitError(
            f"A web address starts with https://. Write {quote(f'https://{text}', 200)}."
        )
    example = FORMATS["url"].example
    raise _UnfitError(f"A web address is expected, such as {example}; not {quote(text)}.")


def _as_number(raw: object) -> int | float | None:
    """A whole number where there is nothing behind the point: 2.0 is 2."""
    if isinstance(raw, bool):
        raise _UnfitError("A number is expected, not true or false.")
    if isinstance(raw, int | float):
        if not abs(raw) < 1e15:  # NaN included
            raise _UnfitError("This number is too large, or no number at all.")
        return int(raw) if raw == int(raw) else raw
    text = _as_text(raw)
    if text is None:
        return None
    if not re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?", text.strip()):
        message = f"A number is expected, such as 25 or 2.5; not {quote(text)}."
        raise _UnfitError(message)
    return _as_number(float(text) if "." in text else int(text))


def _as_list(raw: object) -> list[str] | None:
    """Of a list, or of a text with one entry per line: an entry may hold a comma (“Oslo, Norway”)."""
    entries: Sequence[object]
    if raw is None:
        return None
    if isinstance(raw, str):
        entries = raw.splitlines()
    elif isinstance(raw, list | tuple):
        entries = raw
    else:
        raise _UnfitError(f"A list is expected, with one entry per line; not {kind_of(raw)}.")
    texts = [text.strip() for text in map(_as_text, entries) if text is not None]
    if len(texts) > MAX_ENTRIES:
        raise _UnfitError(f"A list has at most {MAX_ENTRIES:,} entries, not {len(texts):,}.")
    return texts or None


YES: Final = ("yes", "true", "on", "1")
NO: Final = ("no", "false", "off", "0")


def _as_yesno(raw: object) -> bool | None:
    if isinstance(raw, bool):
        return raw
    text = (_as_text(raw) or "").strip().lower()
    if text in (*YES, *NO):
        return text in YES
    if not text:
        return None
    raise _UnfitError(f"Yes or no is expected, not {quote(text)}.")


READERS: Final[Mapping[Kind, Callable[[object], Any]]] = {
    "text": _as_text,
    "url": _as_url,
    "number": _as_number,
    "list": _as_list,
    "yesno": _as_yesno,
}
"""By kind: from what was given to a typed value, or None when that is empty. Raise _UnfitError."""


def _problem(path: str, code: str, message: str) -> Problem:
    return Problem(path, None, code, "error", message)
