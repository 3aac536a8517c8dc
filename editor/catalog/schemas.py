"""Parameters as JSON Schema (Draft 2020-12), one schema per action type and placement.

Root and child differ: ``personUrl`` is required where the action starts a workflow and forbidden
below a parent. The schemas are built from the parameter table, so they are valid by construction (a
test checks each against the meta-schema); the validators are compiled on first use.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

from .types import ActionType, Catalog, Parameter, Placement

_LINKEDIN = r"^https?://([a-z]{2,3}\.)?linkedin\.com/"


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of text:

    the pattern it matches, its name in a sentence, and an example that does match.
    """

    pattern: str
    words: str
    example: str


# Patterns are as wide as the sources allow: public and id-based addresses, country hosts, Sales
# Navigator addresses (the official SDK's examples pass them), with or without a query.
FORMATS: Mapping[str, Format] = {
    "person-url": Format(
        _LINKEDIN + r"(in|sales/people|sales/lead)/[^/\s]+",
        "the LinkedIn address of a person",
        "https://www.linkedin.com/in/ines-quintal",
    ),
    "company-url": Format(
        _LINKEDIN + r"(company|school|showcase|sales/company)/[^/\s]+",
        "the LinkedIn address of a company page",
        "https://www.linkedin.com/company/brisa-cargo",
    ),
    "post-url": Format(
        _LINKEDIN + r"(feed/update|posts|pulse|groups)/\S+",
        "the LinkedIn address of a post",
        "https://www.linkedin.com/feed/update/urn:li:activity:7000000000000000001",
    ),
    "post-urn": Format(
        r"^urn:li:[A-Za-z]+:\S+$",
        "the URN of a post",
        "urn:li:activity:7000000000000000001",
    ),
    "comment-url": Format(
        _LINKEDIN + r"\S+",
        "the LinkedIn address of a comment",
        "https://www.linkedin.com/feed/update/urn:li:activity:7000000000000000001"
        "?commentUrn=urn%3Ali%3Acomment%3A(activity%3A7000000000000000001%2C7000000000000000002)",
    ),
    "job-url": Format(
        _LINKEDIN + r"jobs/\S+",
        "the LinkedIn address of a job ad",
        "https://www.linkedin.com/jobs/view/4000000001",
    ),
    "newsletter-url": Format(
        _LINKEDIN + r"newsletters/\S+",
        "the LinkedIn address of a newsletter",
        "https://www.linkedin.com/newsletters/cold-chain-weekly-7000000000000000003",
    ),
    "search-url": Format(
        _LINKEDIN + r"(search|jobs|sales/search)\S*",
        "the address of a search in LinkedIn, copied from the browser",
        "https://www.linkedin.com/search/results/people/?keywords=cold%20chain",
    ),
    # Up to the first dot there is none: with only one way to match, a text made to be slow is not.
    "url": Format(
        r"^https?://[^\s/.]+\.\S+$", "a web address", "https://files.example.com/offer.pdf"
    ),
    "email": Format(r"^[^@\s]+@[^@\s.]+\.[^@\s]+$", "an e-mail address", "oda@nordlys.example"),
    "date-time": Format(
        r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
        r"([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$",
        "a date, or a date with a time",
        "2026-11-16T08:30:00Z",
    ),
}


def parameter_schema(parameter: Parameter) -> dict[str, Any]:
    """The JSON Schema of one parameter's value."""
    match parameter.kind:
        case "text" | "long-text" | "url" | "date-time":
            return _text(parameter)
        case "integer":
            return _integer(parameter)
        case "boolean":
            return {"type": "boolean"}
        case "choice":
            return {"enum": list(parameter.choices)}
        case "object":
            return _object(parameter)
        case "texts":
            return _list(parameter, _TEXT)
        case "choices":
            return _list(parameter, {"enum": list(parameter.choices)})
        case "objects":
            return _list(parameter, _object(parameter))
        case "objects-or-texts":
            return _list(parameter, {"anyOf": [_TEXT, _object(parameter)]})


_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}


def _text(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if parameter.min_length is not None:
        schema["minLength"] = parameter.min_length
    elif parameter.required:
        schema["minLength"] = 1
    if parameter.max_length is not None:
        schema["maxLength"] = parameter.max_length
    if parameter.format is not None:
        schema |= {"pattern": FORMATS[parameter.format].pattern, "format": parameter.format}
    return schema


def _integer(parameter: Parameter) -> dict[str, Any]:
    limits = {"minimum": parameter.minimum, "maximum": parameter.maximum}
    return {"type": "integer"} | {key: value for key, value in limits.items() if value is not None}


def _list(parameter: Parameter, items: dict[str, Any]) -> dict[str, Any]:
    limit = {} if parameter.max_items is None else {"maxItems": parameter.max_items}
    return {"type": "array", "items": items} | limit


def _object(parameter: Parameter) -> dict[str, Any]:
    """Unknown fields pass:

    the Linked API grows, and what we do not know is kept (validation warns of it).
    """
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {field.name: dict(field.schema) for field in parameter.fields},
    }
    if required := [field.name for field in parameter.fields if field.required == "always"]:
        schema["required"] = required
    return schema


def action_schema(action: ActionType, placement: Placement) -> dict[str, Any]:
    """The JSON Schema of an action's parameters in a place.

    Holds what is an error: types, limits, required and forbidden parameters, the root's parameter
    sets and the rules whose severity is error. Warnings are not in it (``ActionType.rules`` and
    ``forbidden_confidence`` have them).
    """
    properties: dict[str, Any] = {}
    for parameter in action.parameters:
        forbidden = (
            not parameter.allowed_at(placement) and parameter.forbidden_confidence != "inferred"
        )
        properties[parameter.name] = False if forbidden else dict(parameter.schema)
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    if required := [p.name for p in action.parameters if p.required_at(placement)]:
        schema["required"] = required
    rules = [
        dict(rule.schema)
        for rule in action.rules
        if rule.schema is not None and rule.severity == "error"
    ]
    if placement == "root" and len(action.root.any_of) > 1:
        rules.append({"anyOf": [{"required": list(names)} for names in action.root.any_of]})
    if rules:
        schema["allOf"] = rules
    return schema


@functools.lru_cache(maxsize=1024)
def schema(catalog: Catalog, action_type: str, placement: Placement) -> dict[str, Any]:
    """The JSON Schema of the parameters of action_type in a place.

    Raises KeyError for an unknown type.
    """
    return action_schema(catalog.actions[action_type], placement)


@functools.lru_cache(maxsize=1024)
def validator(catalog: Catalog, action_type: str, placement: Placement) -> Draft202012Validator:
    """The compiled validator of ``schema(catalog, action_type, placement)``, kept for reuse."""
    return Draft202012Validator(schema(catalog, action_type, placement))
