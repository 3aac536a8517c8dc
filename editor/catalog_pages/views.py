"""Two pages over the catalogue, and what the code editor needs of it. They show no team's data; whoever
is signed in may read them."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from editor import catalog
from editor.catalog import ActionType, Catalog, Group, Parameter, ResultField
from editor.catalog.constraints import allowed_children
from editor.catalog.hints import parameter_table
from editor.catalog.schemas import FORMATS

CONFIDENCE = {
    "documented": "Documented",
    "sdk": "Known from the official SDK",
    "inferred": "Inferred from neighbouring actions",
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every action by group, with a search that filters in the browser."""
    known = catalog.default()
    groups: list[tuple[Group, list[dict[str, Any]]]] = [
        (group, [_row(a) for a in known.actions.values() if a.group == group.id])
        for group in known.groups.values()
    ]
    return render(request, "catalog/index.html", {"groups": groups, "count": len(known.actions)})


@require_safe
def action(request: HttpRequest, action_type: str) -> HttpResponse:
    """One action: where it may stand, parameters, results, errors."""
    known = catalog.default()
    found = known.actions.get(action_type)
    if found is None:
        raise Http404(f"There is no action “{action_type}”.")
    disputed_parents = set(found.disputed_parents)
    parents = [known.actions[name] for name in (*found.parents, *found.disputed_parents)]
    children = [known.actions[name] for name in allowed_children(known, found.type)]
    context = {
        "action": found,
        "group": known.groups[found.group],
        "category": known.limit_categories.get(found.limit_category or ""),
        "confidence": CONFIDENCE[found.confidence],
        "parents": [(parent, parent.type in disputed_parents) for parent in parents],
        "children": [(child, child.type in found.disputed_children) for child in children],
        "parameters": list(_parameter_rows(found.parameters)),
        "fields": list(_field_rows(found.result.fields)),
        "errors": [(error, known.error_types[error.type]) for error in found.errors],
        "example": json.dumps(found.result.example, indent=2, ensure_ascii=False),
        "smallest": json.dumps(_example_request(known, found), indent=2, ensure_ascii=False),
    }
    return render(request, "catalog/action.html", context)


@functools.lru_cache(maxsize=4)
def _hints_json(known: Catalog) -> tuple[bytes, str]:
    """The body and its ETag: the catalogue of a process does not change."""
    body = json.dumps(parameter_table(known), ensure_ascii=False, separators=(",", ":")).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:16]}"'


@require_safe
@cache_control(private=True, max_age=600)
@condition(etag_func=lambda request: _hints_json(catalog.default())[1])
def hints(request: HttpRequest) -> HttpResponse:
    """The parameters of every action, for a code editor in the browser (`editor.catalog.hints`)."""
    return HttpResponse(_hints_json(catalog.default())[0], content_type="application/json")


def _row(found: ActionType) -> dict[str, Any]:
    names = " ".join(parameter.name for parameter in found.parameters)
    text = f"{found.name} {found.type} {found.summary} {found.kind} {names}"
    return {"action": found, "text": text}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table of nested things; `depth` counts from 0."""

    item: Any
    depth: int
    kind: str
    limits: str = ""


def _parameter_rows(parameters: Iterable[Parameter], depth: int = 0) -> Iterator[Row]:
    for parameter in parameters:
        yield Row(parameter, depth, _words(parameter), _limits(parameter))
        yield from _parameter_rows(parameter.fields, depth + 1)


def _field_rows(fields: Iterable[ResultField], depth: int = 0) -> Iterator[Row]:
    for field in fields:
        kind = {"texts": "list of texts", "choice": "one of"}.get(field.kind, field.kind)
        yield Row(field, depth, kind)
        yield from _field_rows(field.fields, depth + 1)


def _words(parameter: Parameter) -> str:
    """The kind of value in a person's words."""
    if parameter.format:
        return FORMATS[parameter.format].words.removeprefix("the ")
    return {
        "long-text": "text",
        "integer": "whole number",
        "boolean": "yes or no",
        "choice": "one of",
        "choices": "any of",
        "texts": "list of texts",
        "object": "group of fields",
        "objects": "list of groups",
        "objects-or-texts": "list of names or groups",
    }.get(parameter.kind, parameter.kind)


def _limits(parameter: Parameter) -> str:
    """“1 to 1000, 10 if left out”: what the value may be, in one line."""
    parts = []
    if parameter.minimum is not None and parameter.maximum is not None:
        parts.append(f"{parameter.minimum:,} to {parameter.maximum:,}")
    elif parameter.maximum is not None:
        parts.append(f"at most {parameter.maximum:,}")
    if parameter.maximum_with_children is not None:
        parts.append(f"at most {parameter.maximum_with_children:,} with actions below it")
    if parameter.max_length is not None:
        parts.append(f"at most {parameter.max_length:,} characters")
    if parameter.max_items is not None:
        parts.append(f"at most {parameter.max_items} entries")
    if parameter.default is not None:
        shown = {True: "yes", False: "no"}.get(parameter.default, parameter.default)
        parts.append(f"{shown} if left out")
    return "; ".join(parts)


def _example_request(known: Catalog, found: ActionType) -> dict[str, Any]:
    """The smallest workflow that runs this action: itself, below the parents it needs."""
    chain = [found]
    while chain[0].root.start == "forbidden":
        chain.insert(0, known.actions[chain[0].parents[0]])
    request: dict[str, Any] = {}
    for position, link in reversed(list(enumerate(chain))):
        below = {"then": request} if request else {}
        request = {
            "actionType": link.type,
            **_example_parameters(link, root=position == 0),
            **below,
        }
    return request


def _example_parameters(found: ActionType, *, root: bool) -> dict[str, Any]:
    placement = "root" if root else "child"
    needed = {p.name for p in found.parameters if p.required_at(placement)}
    if root and found.root.any_of:
        needed |= set(found.root.any_of[0])
    if found.kind == "search":
        needed.add("term")
    return {p.name: _example_value(p) for p in found.parameters if p.name in needed}


def _example_value(parameter: Parameter) -> Any:
    if parameter.choices:
        return parameter.choices[0]
    if parameter.format:
        return FORMATS[parameter.format].example
    return {"integer": 5, "boolean": True}.get(parameter.kind, "cold chain logistics")
