"""What a code editor says while somebody writes a workflow as JSON: the parameters of each action.

Where an action may stand is not in here; the constraint table (``constraints.table``) says that.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from .types import Catalog, Parameter


@functools.lru_cache(maxsize=64)
def parameter_table(catalog: Catalog) -> dict[str, Any]:
    """The parameters of every action as JSON, for the browser.

    Shape: ``{"actions": {type: {"any_of": [[name]], "parameters": [hint]}}}``; ``any_of``: the
    parameter sets of which one is given where the action starts a workflow. A hint is ``{name,
    kind, help, required?, forbidden?, default?, minimum?, choices?, fields?: [hint]}``, with the
    words of ``types.Parameter``; what is not said is left out, and so are deprecated parameters.
    """
    return {
        "actions": {
            action.type: {
                "any_of": [list(names) for names in action.root.any_of],
                "parameters": _hints(action.parameters),
            }
            for action in catalog.actions.values()
        }
    }


def _hints(parameters: Iterable[Parameter]) -> list[dict[str, Any]]:
    return [_hint(parameter) for parameter in parameters if not parameter.deprecated]


def _hint(parameter: Parameter) -> dict[str, Any]:
    hint: dict[str, Any] = {"name": parameter.name, "kind": parameter.kind, "help": parameter.help}
    said = {
        "required": parameter.required,
        "forbidden": parameter.forbidden,
        "default": parameter.default,
        "minimum": parameter.minimum,
        "choices": list(parameter.choices) or None,
        "fields": _hints(parameter.fields) or None,
    }
    return hint | {key: value for key, value in said.items() if value is not None}
