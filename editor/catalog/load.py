"""Read the catalogue's data files and check them.

The data stand in ``data/*.json``: one file per group of actions, ``errors.json`` and ``meta.json``.
A server can lay an override file over them: a JSON object ``{"actions": [...], "errors": [...]}``
whose entries replace those of the same type, or add to them; an entry may be partial (``{"type":
"st.openPost", "children": [...]}``). The whole is checked at start like the built-in one.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from .schemas import FORMATS, parameter_schema
from .types import (
    ActionError,
    ActionType,
    Catalog,
    CatalogError,
    ErrorType,
    Group,
    LimitCategory,
    Parameter,
    ParameterKind,
    Private,
    Result,
    ResultField,
    RootRule,
    Rule,
)

DATA = Path(__file__).parent / "data"


_overrides: list[Path] = []


def configure(override: Path | None) -> Catalog:
    """Choose the override file for ``default()`` and load at once: a bad file stops the start.

    Raises CatalogError.
    """
    _overrides[:] = [override] if override else []
    default.cache_clear()
    return default()


@functools.cache
def default() -> Catalog:
    """The catalogue of this process, read once: the built-in data and the configured override."""
    return load(*_overrides)


def load(override: Path | None = None) -> Catalog:
    """Read, build and check the catalogue.

    Raises CatalogError, naming every fault found, when the data or the override are wrong.
    """
    meta = _read(DATA / "meta.json")
    actions = [raw for group in meta["groups"] for raw in _read(DATA / f"{group['id']}.json")]
    errors = _read(DATA / "errors.json")
    if override is not None:
        extra = _read(override)
        if not isinstance(extra, dict) or set(extra) - {"actions", "errors"}:
            raise CatalogError(
                f"{override}: expected an object with the keys “actions” and “errors” only."
            )
        actions = _overlay(actions, extra.get("actions", []), override)
        errors = _overlay(errors, extra.get("errors", []), override)
    catalog = Catalog(
        actions={raw["type"]: _build(_action, raw) for raw in actions},
        groups={raw["id"]: Group(**raw) for raw in meta["groups"]},
        error_types={raw["type"]: _build(lambda entry: ErrorType(**entry), raw) for raw in errors},
        limit_categories={raw["id"]: LimitCategory(**raw) for raw in meta["limit_categories"]},
    )
    if faults := list(_faults(catalog)):
        raise CatalogError(
            "The catalogue contradicts itself:\n" + "\n".join(f"- {fault}" for fault in faults)
        )
    return catalog


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogError(f"{path}: cannot be read as JSON: {error}") from error


def _overlay(entries: list[dict[str, Any]], extra: Any, source: Path) -> list[dict[str, Any]]:
    """Lay partial or whole entries of ``extra`` over ``entries`` by their type;

    new ones go to the end.
    """
    if not isinstance(extra, list) or not all(
        isinstance(e, dict) and isinstance(e.get("type"), str) for e in extra
    ):
        raise CatalogError(
            f"{source}: “actions” and “errors” are lists of objects, each with a “type”."
        )
    merged = {entry["type"]: entry for entry in entries}
    for entry in extra:
        merged[entry["type"]] = merged.get(entry["type"], {}) | entry
    return list(merged.values())


def _build(make: Any, raw: dict[str, Any]) -> Any:
    """``make(raw)``, with a missing, misspelt or mistyped key reported by the entry's name."""
    try:
        return make(raw)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CatalogError(f"{raw.get('type', '?')}: {type(error).__name__}: {error}") from error


def _action(raw: Mapping[str, Any]) -> ActionType:
    entry = dict(raw)
    root = entry.pop("root")
    disputed = entry.pop("disputed", {})
    return ActionType(
        root=RootRule(root["start"], tuple(tuple(names) for names in root.get("any_of", ()))),
        parents=tuple(entry.pop("parents")),
        children=tuple(entry.pop("children")),
        disputed_parents=tuple(disputed.get("parents", ())),
        disputed_children=tuple(disputed.get("children", ())),
        parameters=tuple(_parameter(p) for p in entry.pop("parameters")),
        rules=tuple(Rule(**rule) for rule in entry.pop("rules", ())),
        result=_result(entry.pop("result")),
        errors=tuple(ActionError(**error) for error in entry.pop("errors", ())),
        notes=tuple(entry.pop("notes", ())),
        sources=tuple(entry.pop("sources", ())),
        **entry,
    )


def _parameter(raw: Mapping[str, Any]) -> Parameter:
    entry = dict(raw)
    if entry["kind"] not in get_args(ParameterKind):
        raise ValueError(f"parameter {entry['name']}: unknown kind {entry['kind']!r}")
    if entry.get("format") not in (None, *FORMATS):
        raise ValueError(f"parameter {entry['name']}: unknown format {entry['format']!r}")
    if entry.get("private") not in (None, *get_args(Private)):
        raise ValueError(f"parameter {entry['name']}: unknown privacy {entry['private']!r}")
    fields = tuple(_parameter(field) for field in entry.pop("fields", ()))
    choices = tuple(entry.pop("choices", ()))
    parameter = Parameter(schema={}, choices=choices, fields=fields, **entry)
    return Parameter(schema=parameter_schema(parameter), choices=choices, fields=fields, **entry)


def _result(raw: Mapping[str, Any]) -> Result:
    return Result(
        shape=raw["shape"],
        fields=tuple(_field(field) for field in raw.get("fields", ())),
        holds_children=raw.get("holds_children", False),
        example=raw.get("example"),
    )


def _field(raw: Mapping[str, Any]) -> ResultField:
    entry = dict(raw)
    if entry.get("private") not in (None, *get_args(Private)):
        raise ValueError(f"field {entry['name']}: unknown privacy {entry['private']!r}")
    fields = tuple(_field(field) for field in entry.pop("fields", ()))
    return ResultField(choices=tuple(entry.pop("choices", ())), fields=fields, **entry)


def _faults(catalog: Catalog) -> Iterable[str]:
    """Everything in which the catalogue contradicts itself, one sentence each."""
    for action in catalog.actions.values():
        yield from _pair_faults(catalog, action)
        if action.group not in catalog.groups:
            yield f"{action.type}: unknown group {action.group}"
        if action.limit_category not in (None, *catalog.limit_categories):
            yield f"{action.type}: unknown limit category {action.limit_category}"
        for error in action.errors:
            if error.type not in catalog.error_types:
                yield f"{action.type}: error {error.type} is not described in errors.json"
        for name in (name for names in action.root.any_of for name in names):
            if action.parameter(name) is None:
                yield f"{action.type}: root condition names {name}, which is no parameter"
        if (action.root.start == "conditional") != bool(action.root.any_of):
            yield f"{action.type}: only a conditional root names parameter sets, and it must"
        for parameter in action.parameters:
            yield from _parameter_faults(action.type, parameter)
        for rule in action.rules:
            yield from _rule_faults(action.type, rule)


def _pair_faults(catalog: Catalog, action: ActionType) -> Iterable[str]:
    """Each parent/child statement stands on both sides, of the same kind (disputed or not)."""
    sides = [
        ("children", "parents", action.children),
        ("parents", "children", action.parents),
        ("disputed_children", "disputed_parents", action.disputed_children),
        ("disputed_parents", "disputed_children", action.disputed_parents),
    ]
    for here, there, names in sides:
        for name in names:
            other = catalog.actions.get(name)
            if other is None:
                yield f"{action.type}: {here} names {name}, which is no action"
            elif action.type not in getattr(other, there):
                yield f"{action.type}: {here} names {name}, whose {there} do not name {action.type}"


def _parameter_faults(owner: str, parameter: Parameter) -> Iterable[str]:
    place = f"{owner}.{parameter.name}"
    if (parameter.kind in ("choice", "choices")) != bool(parameter.choices):
        yield f"{place}: choices belong to the kinds choice and choices, and only to those"
    if parameter.kind.startswith("object") != bool(parameter.fields):
        yield f"{place}: fields belong to object kinds, and only to those"
    for field in parameter.fields:
        yield from _parameter_faults(place, field)


def _rule_faults(owner: str, rule: Rule) -> Iterable[str]:
    """Parameter schemas are built by us and so valid; a rule's schema is data, and is checked."""
    if (rule.schema is None) == (rule.check is None):
        yield f"{owner}: rule {rule.code} has either a schema or a check"
    if rule.check not in (None, "mentions"):
        yield f"{owner}: rule {rule.code} names an unknown check {rule.check!r}"
    if rule.schema is not None and (fault := _schema_fault(json.dumps(rule.schema))):
        yield f"{owner}: the schema of rule {rule.code} is not valid: {fault}"


@functools.cache
def _schema_fault(schema: str) -> str | None:
    """What the meta-schema has against a schema; kept, because several actions share a rule."""
    try:
        Draft202012Validator.check_schema(json.loads(schema))
    except SchemaError as error:
        return error.message
    return None
