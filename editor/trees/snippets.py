"""The workflow as code that starts it: cURL, the Python SDK, the Node SDK.

Written for `linkedapi` 1.4 on PyPI and `@linkedapi/node` 1 and 2 on npm (the first answers `execute`
with the id of the workflow, the second with an object that has it). Tokens come from environment
variables: no snippet ever holds one.

A text in JSON is the same text in Python and JavaScript. Characters that cannot be seen are escaped,
so that the code does what it looks like.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from editor.trees import codec, placeholders
from editor.trees.nodes import Tree

API_URL: Final = "https://api.linkedapi.io"

Language = Literal["curl", "python", "node"]

MAX_PYTHON_NESTING: Final = 90
"""Python's own parser gives up at 200 brackets; what is nested deeper is read from JSON text."""


def snippet(
    language: Language,
    tree: Tree,
    values: Mapping[str, Any] | None = None,
    base_url: str = API_URL,
) -> str:
    """Code that sends `codec.to_wire` of the tree with the values of its inputs in place.

    Without values (None) placeholders stay, and a comment says which. Raises placeholders.NoValue
    when values are given but not all.
    """
    wire, notes = _wire(tree, values)
    written = WRITERS[language](wire, base_url.rstrip("/"))
    mark = "//" if language == "node" else "#"
    lines = [f"{mark} {note}\n" for note in (*notes, *written.notes)]
    return "".join([*lines, "\n" if lines else "", written.code])


def _wire(tree: Tree, values: Mapping[str, Any] | None) -> tuple[Any, list[str]]:
    if values is None:
        sent = Tree((tree.nodes[node_id] for node_id in codec.pointers(tree)), tree.array)
        if names := placeholders.uses(sent):
            shown = ", ".join(placeholders.placeholder(name) for name in names)
            return codec.to_wire(tree), [f"Put values in place of {shown} before you run this."]
    return codec.to_wire(placeholders.substitute(tree, values or {})), []


@dataclass(frozen=True, slots=True)
class _Written:
    code: str
    notes: tuple[str, ...] = ()


CURL: Final = """\
curl --fail-with-body --request POST URL \\
  --header "linked-api-token: $LINKED_API_TOKEN" \\
  --header "identification-token: $IDENTIFICATION_TOKEN" \\
  --header "Content-Type: application/json" \\
  --data-binary @- <<'JSON'
WORKFLOW
JSON
"""
# In a quoted here-document nothing is special to the shell, history expansion included; and no line
# of JSON is its end.


def _curl(wire: Any, base_url: str) -> _Written:
    url = "'" + f"{base_url}/workflows".replace("'", "'\\''") + "'"
    return _Written(_filled(CURL, {"URL": url, "WORKFLOW": _literal(wire, 2)}))


PYTHON: Final = """\
import os

from linkedapi import LinkedApi, LinkedApiConfig

linkedapi = LinkedApi(
    LinkedApiConfig(
        linked_api_token=os.environ["LINKED_API_TOKEN"],
        identification_token=os.environ["IDENTIFICATION_TOKEN"],BASE
    )
)

workflow = WORKFLOW

started = linkedapi.custom_workflow.execute(workflow)
result = linkedapi.custom_workflow.result(started.workflow_id)
print(result.data)
"""
PYTHON_WORDS: Final = {"true": "True", "false": "False", "null": "None"}


def _python(wire: Any, base_url: str) -> _Written:
    head, workflow = "", _literal(wire, 4, PYTHON_WORDS)
    nesting, has_null = _measure(wire)
    if nesting > MAX_PYTHON_NESTING:
        head, workflow = "import json\n", f"json.loads({_literal(json.dumps(wire), 4)})"
    other = base_url != API_URL
    base = f"\n        base_url={_literal(base_url, 4, PYTHON_WORDS)}," if other else ""
    notes = ("The SDK does not send what is None.",) if has_null else ()
    return _Written(head + _filled(PYTHON, {"BASE": base, "WORKFLOW": workflow}), notes)


NODE: Final = """\
import { LinkedApi } from "@linkedapi/node";

const linkedapi = new LinkedApi({
  linkedApiToken: process.env.LINKED_API_TOKEN,
  identificationToken: process.env.IDENTIFICATION_TOKEN,BASE
});

const workflow = WORKFLOW;

const started = await linkedapi.customWorkflow.execute(workflow);
const result = await linkedapi.customWorkflow.result(started.workflowId ?? started);
console.log(JSON.stringify(result.data, null, 2));
"""


def _node(wire: Any, base_url: str) -> _Written:
    base = f"\n  baseUrl: {_literal(base_url, 2)}," if base_url != API_URL else ""
    # In an object literal this one name would set the prototype; in brackets it is a name.
    workflow = _literal(wire, 2).replace('"__proto__":', '["__proto__"]:')
    code = _filled(NODE, {"BASE": base, "WORKFLOW": workflow})
    return _Written(code, ("Save this as an ES module (.mjs).",))


WRITERS: Final[Mapping[Language, Callable[[Any, str], _Written]]] = {
    "curl": _curl,
    "python": _python,
    "node": _node,
}


def _filled(template: str, parts: Mapping[str, str]) -> str:
    """The template with its words in capitals replaced: in one go, so that parts are not searched."""
    return re.sub(rf"\b({'|'.join(parts)})\b", lambda match: parts[match[0]], template)


TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|true|false|null')


def _literal(value: Any, indent: int, words: Mapping[str, str] | None = None) -> str:
    """A JSON value as a literal over several lines: JavaScript, or Python with its `words`."""

    def written(match: re.Match[str]) -> str:
        text = match[0]
        if not text.startswith('"'):
            return words.get(text, text) if words else text
        if text.isprintable():
            return text
        return "".join(char if char.isprintable() else escaped(char) for char in text)

    def escaped(char: str) -> str:
        if words and ord(char) > 0xFFFF:
            return f"\\U{ord(char):08x}"
        return json.dumps(char)[1:-1]

    return TOKEN.sub(written, json.dumps(value, ensure_ascii=False, indent=indent))


def _measure(value: Any) -> tuple[int, bool]:
    """How deep a JSON value is nested, and whether null stands in it anywhere."""
    level, depth, has_null = [value], -1, False
    while level:
        depth += 1
        has_null = has_null or any(item is None for item in level)
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
    return depth, has_null
