"""What is wrong with the parameters of one action, in words for people.

The catalogue's compiled JSON Schema finds the errors; one table translates each of its keywords.
Besides come the faults that a schema cannot say or place: parameters forbidden here, rules of
severity warning, limits that hold only with children, unknown names.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from jsonschema import Draft202012Validator

from editor.catalog import ActionType, Catalog, Parameter, Placement, Rule, schemas
from editor.trees.nearest import nearest
from editor.trees.problems import Fix
from editor.trees.texts import quote
from editor.trees.words import Fault, Path, title, translate


def faults(
    catalog: Catalog,
    action_type: str,
    params: Mapping[str, Any],
    placement: Placement,
    *,
    source: str = "the action above",
    has_children: bool = False,
) -> Sequence[Fault]:
    """Everything wrong with the parameters of an action of a known type, in the order of `params`.

    What is missing comes first. `source` says where a forbidden parameter's value comes from.
    """
    text = json.dumps(params)
    find = _faults_kept if len(text) <= KEPT_LENGTH else _faults
    return find(catalog, action_type, placement, source, has_children, text)


KEPT_LENGTH: Final = 1000
"""Longer parameters are not kept, or the store could grow beyond some 20 MB."""


def _faults(
    catalog: Catalog,
    action_type: str,
    placement: Placement,
    source: str,
    has_children: bool,
    text: str,
) -> tuple[Fault, ...]:
    """Of values only, so that it can be kept: equal parameters in an equal place."""
    action, params = catalog.actions[action_type], json.loads(text)
    found = [
        *_schema_faults(catalog, action, params, placement),
        *_forbidden(action, params, placement, source),
        *_too_big_with_children(action, params, has_children),
        *_warning_rules(catalog, action, params),
        *_checks(action, params),
        *_unknown(action.parameters, params, (), action, placement),
    ]
    order = {name: number for number, name in enumerate(params)}
    found.sort(key=lambda fault: order.get(str(fault.path[0]), -1) if fault.path else -1)
    return tuple(found)


_faults_kept = functools.lru_cache(maxsize=16_384)(_faults)
forget = _faults_kept.cache_clear


def _schema_faults(
    catalog: Catalog, action: ActionType, params: Mapping[str, Any], placement: Placement
) -> Iterator[Fault]:
    rules = [rule for rule in action.rules if rule.schema is not None and rule.severity == "error"]
    reported: set[tuple[Path, str]] = set()
    for error in schemas.validator(catalog, action.type, placement).iter_errors(params):
        where = list(error.absolute_schema_path)
        if where[0] == "allOf":
            # The rules in their order; then the root's parameter sets, for which `validate` speaks.
            broken = rules[where[1] : where[1] + 1]
            found = [_broken(rule, tuple(error.absolute_path)) for rule in broken]
        elif error.schema is False:
            continue  # jsonschema does not say which parameter; _forbidden does
        else:
            found = list(translate(error, action, placement))
        for fault in found:
            # One of each: jsonschema reports a rule once per part of it, `required` once per name.
            if (fault.path, fault.code) not in reported:
                reported.add((fault.path, fault.code))
                yield fault


def _broken(rule: Rule, path: Path = ()) -> Fault:
    return Fault(path, rule.code, rule.message, rule.severity)


def _forbidden(
    action: ActionType, params: Mapping[str, Any], placement: Placement, source: str
) -> Iterator[Fault]:
    for parameter in action.parameters:
        if parameter.name in params and not parameter.allowed_at(placement):
            inferred = parameter.forbidden_confidence == "inferred"
            yield Fault(
                (parameter.name,),
                "forbidden",
                f"{parameter.title} {'should' if inferred else 'must'} not be given here: "
                f"it comes from {source}. Remove {parameter.name}.",
                "warning" if inferred else "error",
                Fix("remove-param", f"Remove {parameter.name}", (parameter.name,)),
            )


def _too_big_with_children(
    action: ActionType, params: Mapping[str, Any], has_children: bool
) -> Iterator[Fault]:
    for parameter in action.parameters if has_children else ():
        most, value = parameter.maximum_with_children, params.get(parameter.name)
        if most is None or isinstance(value, bool) or not isinstance(value, int):
            continue
        if most < value <= (parameter.maximum or value):
            yield Fault(
                (parameter.name,),
                "too-big",
                f"{parameter.title} is at most {most:,} when actions stand below, not {value:,}.",
                fix=Fix("set-param", f"Use {most:,}", (parameter.name,), most),
            )


def _warning_rules(
    catalog: Catalog, action: ActionType, params: Mapping[str, Any]
) -> Iterator[Fault]:
    for rule, validator in _warning_validators(catalog, action.type):
        error = next(validator.iter_errors(params), None)
        if error is not None:
            yield _broken(rule, tuple(error.absolute_path))


@functools.lru_cache(maxsize=1024)
def _warning_validators(
    catalog: Catalog, action_type: str
) -> tuple[tuple[Rule, Draft202012Validator], ...]:
    rules = catalog.actions[action_type].rules
    return tuple(
        (rule, Draft202012Validator(dict(rule.schema)))
        for rule in rules
        if rule.schema is not None and rule.severity == "warning"
    )


def _checks(action: ActionType, params: Mapping[str, Any]) -> Iterator[Fault]:
    for rule in action.rules:
        if rule.check is not None and (path := CHECKS[rule.check](params)) is not None:
            yield _broken(rule, path)


def _unbound_mention(params: Mapping[str, Any]) -> Path | None:
    """Where a `@[key]` has no entry in mentions, or None."""
    text, mentions = params.get("text"), params.get("mentions")
    if not isinstance(text, str):
        return None
    entries = mentions if isinstance(mentions, list) else []
    bound = {str(entry.get("key")) for entry in entries if isinstance(entry, dict)}
    return None if bound.issuperset(re.findall(r"@\[([^\[\]]+)\]", text)) else ("text",)


CHECKS: Final = {"mentions": _unbound_mention}
"""By `Rule.check`: a function of the parameters that gives the path of the fault, or None."""


def _unknown(
    known: Sequence[Parameter],
    given: Mapping[str, Any],
    path: Path,
    action: ActionType,
    placement: Placement,
) -> Iterator[Fault]:
    """Names that the catalogue does not have, in the parameters and in the objects among them."""
    by_name = {parameter.name: parameter for parameter in known}
    for name, value in given.items():
        if name not in by_name:
            free = [p.name for p in known if p.name not in given and p.allowed_at(placement)]
            yield _unknown_name(name, nearest(name, free), path, action)
            continue
        entries = value if isinstance(value, list) else [value]
        for index, entry in enumerate(entries):
            if isinstance(entry, dict) and by_name[name].fields:
                below: Path = (*path, name, index) if isinstance(value, list) else (*path, name)
                yield from _unknown(by_name[name].fields, entry, below, action, placement)


def _unknown_name(name: str, meant: str | None, path: Path, action: ActionType) -> Fault:
    owner = title(action, path) if path else action.name
    remedy = f"Did you mean “{meant}”?" if meant else "Remove it, unless you know it is right."
    return Fault(
        (*path, name),
        "unknown-parameter",
        f"{owner} has no {'field' if path else 'parameter'} {quote(name)}; "
        f"it is kept and sent as it is. {remedy}",
        "warning",
        Fix("rename-param", f"Rename to {meant}", (*path, name), meant)
        if meant
        else Fix("remove-param", "Remove it", (*path, name)),
    )
