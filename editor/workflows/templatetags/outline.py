"""{% rows rows may_edit blocks %}: the outline as HTML.

By hand, because a template takes most of the time of opening a large workflow: it is read step by step for every row.
So every text from outside goes through `escape` here; what is not escaped is ours (numbers, the catalogue's words).
A row is one `<li>` that always holds one `<ul>`; see `cards.Row`.
"""

from collections.abc import Iterable, Mapping
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from editor.catalog import ActionType
from editor.workflows.shown.cards import Row

register = template.Library()


@register.simple_tag
def rows(
    rows: Iterable[Row], may_edit: bool, blocks: Mapping[str, float] | None = None
) -> SafeString:
    """Rows in document order, as nested lists; those of people who may edit have buttons. `blocks`: of cards.blocks."""
    tall = blocks or {}
    html = "".join(_row(row, bool(may_edit), tall.get(row.id)) for row in rows)
    return mark_safe(html)  # noqa: S308 - escaped below


def _row(row: Row, may_edit: bool, tall: float | None) -> str:
    off = " node--off" if row.disabled else ""
    block = f' data-block="{tall}"' if tall else ""
    expanded = ""
    if row.has_children:
        expanded = f' aria-expanded="{"false" if row.collapsed else "true"}"'
    return (
        f'<li class="node{off}" role="treeitem" tabindex="-1" data-node-id="{escape(row.id)}"'
        f' data-action-type="{escape(row.type)}" aria-level="{row.level}" aria-selected="false"{block}{expanded}>'
        f'{_card(row, may_edit)}<ul role="group">{"</ul></li>" * row.closes}'
    )


def _card(row: Row, may_edit: bool) -> str:
    label = f' <span class="node-label">{escape(row.label)}</span>' if row.label is not None else ""
    toggle = _TOGGLE if row.has_children else ""
    return (
        f'<div class="node-card">{_head(row.action, row.type)}{label}</div>{_chips(row)}</div>'
        f'<div class="node-end">{_marks(row)}{_buttons(row.action) if may_edit else ""}</div>{toggle}</div>'
    )


_TOGGLE = '<button class="node-toggle" data-do="toggle" tabindex="-1" aria-label="Fold"></button>'
_ADD = '<button class="node-button" data-do="add" tabindex="-1" aria-label="Add"></button>'
_MORE = '<button class="node-button" data-do="menu" tabindex="-1" aria-label="More"></button>'


def _head(action: ActionType | None, type_: str) -> str:
    """The beginning of a card, up to the label."""
    name = action.name if action else type_ or "Unknown action"
    group, icon = (action.group, action.icon) if action else ("", "circle-help")
    return (
        f'<span class="tile" data-group="{group}" data-icon="{icon}"></span>'
        f'<div class="node-main"><div class="node-title"><span class="node-name">{escape(name)}</span>'
        f" <code>{escape(type_)}</code>"
    )


def _chips(row: Row) -> str:
    if not row.chips:
        return ""
    chips = "".join(
        f'<span class="chip{" chip--var" if chip.uses_inputs else ""}">'
        f"{escape(chip.title)} <b>{escape(chip.value)}</b></span>"
        for chip in row.chips
    )
    more = f'<span class="chip">+{row.more}</span>' if row.more else ""
    return f'<div class="chips">{chips}{more}</div>'


def _marks(row: Row) -> str:
    """Note, switched off, seen by others, problems."""
    marks = ""
    if note := escape(row.note):
        marks += (
            f'<span class="node-note" role="img" aria-label="Note: {note}" title="{note}"></span>'
        )
    if row.disabled:
        marks += '<span class="badge">off</span>'
    if row.action and row.action.acts:
        marks += '<span class="badge badge--warn">acts</span>'
    return marks + _badge(row) if row.problems else marks


def _badge(row: Row) -> str:
    count = len(row.problems)
    kind, word = ("bad", "problem") if row.severity == "error" else ("warn", "warning")
    return (
        f'<span class="badge badge--{kind}" data-problem="{row.severity}" title="{escape(row.problems[0].message)}">'
        f'{count}<span class="node-word"> {word}{"" if count == 1 else "s"}</span></span>'
    )


def _buttons(action: ActionType | None) -> str:
    holds = action is not None and bool(action.children or action.disputed_children)
    return _ADD + _MORE if holds else _MORE
