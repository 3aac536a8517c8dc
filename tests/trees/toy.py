"""A catalogue of seven actions, small enough to see whole: the tree code is tested with it.

search (root) ─ loop ─ open (root with url) ─┬ read
list (root) ┄ loop   (disputed)              ├ write (root with url or thread) ─ close
                                             └ open  (below itself)
"""

from collections.abc import Iterable, Mapping
from typing import Any

from editor.catalog import ActionType, Catalog, Parameter, Result, RootRule, Rule
from editor.catalog.schemas import parameter_schema


def parameter(name: str, kind: str = "text", **facts: Any) -> Parameter:
    bare = Parameter(name=name, kind=kind, title=name.capitalize(), help="", schema={}, **facts)
    return Parameter(
        name=name,
        kind=kind,
        title=bare.title,
        help="",
        schema=parameter_schema(bare),
        **facts,
    )


def action(
    type: str,  # noqa: A002
    *,
    root: Any = "forbidden",
    children: Iterable[str] = (),
    disputed: Iterable[str] = (),
    parameters: Iterable[Parameter] = (),
    rules: Iterable[Rule] = (),
    loop: bool = False,
) -> ActionType:
    """`root`: "allowed", "forbidden", or the parameter sets of a conditional root."""
    rule = RootRule(root) if isinstance(root, str) else RootRule("conditional", tuple(root))
    return ActionType(
        type=type,
        name=type.partition(".")[2].capitalize(),
        summary="",
        group="toys",
        kind="loop" if loop else "act",
        icon="",
        effect="read",
        acts=False,
        changes_account=False,
        limit_category=None,
        confidence="documented",
        root=rule,
        parents=(),
        children=tuple(children),
        disputed_parents=(),
        disputed_children=tuple(disputed),
        parameters=tuple(parameters),
        rules=tuple(rules),
        result=Result("loop" if loop else "object"),
        errors=(),
        notes=(),
        sources=(),
    )


def catalogue(actions: Iterable[ActionType]) -> Catalog:
    """A catalogue of these actions, with the parents worked out from the children."""
    known = {one.type: one for one in actions}
    for name in known:
        parents = tuple(one.type for one in known.values() if name in one.children)
        disputed = tuple(one.type for one in known.values() if name in one.disputed_children)
        known[name] = _with(known[name], parents=parents, disputed_parents=disputed)
    return Catalog(actions=known, groups={}, error_types={}, limit_categories={})


def _with(one: ActionType, **facts: Any) -> ActionType:
    fields: Mapping[str, Any] = {name: getattr(one, name) for name in one.__slots__}
    return ActionType(**{**fields, **facts})


URL = parameter("url", "url", required="root", forbidden="child", format="url")

TOYS = catalogue(
    [
        action(
            "toy.search",
            root="allowed",
            children=["toy.loop"],
            parameters=[
                parameter("limit", "integer", minimum=1, maximum=10, maximum_with_children=5),
                parameter("filter", "object", fields=(parameter("places", "texts"),)),
            ],
        ),
        action("toy.loop", children=["toy.open"], loop=True),
        action(
            "toy.open",
            root=[("url",)],
            children=["toy.read", "toy.write", "toy.open"],
            parameters=[URL, parameter("card", "boolean")],
        ),
        action("toy.read"),
        action(
            "toy.write",
            root=[("url",), ("thread",)],
            children=["toy.close"],
            parameters=[
                parameter("text", "long-text", required="always", max_length=20),
                parameter("url", "url", forbidden="child", format="url"),
                parameter("thread", forbidden="child", forbidden_confidence="inferred"),
            ],
            rules=[
                Rule(
                    "one-target",
                    "Give url or thread. Remove one.",
                    "warning",
                    {"not": {"required": ["url", "thread"]}},
                )
            ],
        ),
        action("toy.close"),
        action("toy.list", root="allowed", disputed=["toy.loop"]),
    ]
)
