"""{% run_outline lines chosen %}: the outline of a run as HTML.

By hand, as the editor's is (workflows.templatetags.outline): a template is read step by step for every row, and a run
may have a thousand. Every text from outside goes through `escape`; what is not escaped is ours.
"""

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from editor.lib.ui_tags import icon
from editor.runs.results.outline import Line

register = template.Library()

_TOGGLE = (
    '<button class="node-toggle" type="button" data-fold tabindex="-1" aria-label="Fold"></button>'
)


@register.simple_tag
def run_outline(lines: Iterable[Line], chosen: str) -> SafeString:
    """Rows in document order, as nested lists."""
    return mark_safe("".join(_row(line, chosen) for line in lines))  # noqa: S308 - escaped below


def _row(line: Line, chosen: str) -> str:
    row = line.row
    is_chosen = row.id == chosen
    marks = ' aria-expanded="true"' if row.has_children else ""
    marks += (" data-trouble" if line.trouble else "") + (" data-failed" if line.failed else "")
    group = row.action.group if row.action else ""
    return (
        f'<li class="node{" node--off" if row.disabled else ""}" role="treeitem" tabindex="{0 if is_chosen else -1}"'
        f' id="node-{escape(row.id)}" data-node-id="{escape(row.id)}" data-node-state="{line.state}"'
        f' data-action-type="{escape(row.type)}" data-group="{group}" aria-level="{row.level}"'
        f' aria-selected="{"true" if is_chosen else "false"}"{marks}>{_card(line)}'
        f'<ul role="group">{"</ul></li>" * row.closes}'
    )


def _card(line: Line) -> str:
    row = line.row
    label = f' <span class="node-label">{escape(row.label)}</span>' if row.label is not None else ""
    facts = "".join(
        f'<span class="run-bad">{escape(text)}</span>' if bad else f"<span>{escape(text)}</span>"
        for text, bad in line.facts
    )
    acted = (
        '<div class="node-end"><span class="badge badge--warn" title="Other people saw this">'
        f"acted ×{line.acted:,}</span></div>"
        if line.acted
        else ""
    )
    return (
        f'<div class="node-card run-card">'
        f'<span class="state-icon" data-state="{line.state}">{icon(line.icon)}</span>'
        f'<div class="node-main"><div class="node-title">'
        f'<a class="node-name" href="?node={escape(row.id)}" tabindex="-1">{escape(row.name)}</a>{label}</div>'
        f'<div class="run-facts">{facts}</div></div>{acted}{_TOGGLE if row.has_children else ""}</div>'
    )
