"""{% matrix_rows lines columns %}: the body of the matrix.

By hand, because a template takes too long for thousands of cells. Every text from outside goes through `escape`.
"""

from collections.abc import Iterable, Sequence
from html import escape

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe

from editor.review.matrix import Cell, Line
from editor.runs.models import Run

register = template.Library()

DEEPEST = 12
"""Deeper nodes stand no further to the right."""


@register.simple_tag
def matrix_rows(lines: Iterable[Line], runs: Sequence[Run], slug: str) -> SafeString:
    """`runs`: as the cells of each line, oldest first."""
    columns = [
        (
            escape(reverse("runs:run", args=[slug, run.public_id])),
            date_format(timezone.localtime(run.created_at), "j M, H:i"),
            " mx-new" if before is not None and before.version_number != run.version_number else "",
        )
        for before, run in zip([None, *runs], runs, strict=False)
    ]
    return mark_safe("".join(_row(line, columns) for line in lines))  # noqa: S308 - escaped below


def _row(line: Line, columns: Sequence[tuple[str, str, str]]) -> str:
    label = f' <span class="node-label">{escape(line.label)}</span>' if line.label else ""
    mark = ' <span class="badge badge--bad mx-fails">fails</span>' if line.fails_itself else ""
    gone = ' <span class="badge">gone</span>' if line.gone else ""
    icon = escape(line.action.icon) if line.action else "circle-help"
    group = escape(line.action.group) if line.action else ""
    cells = "".join(
        _cell(cell, line.node.id, *column) for cell, column in zip(line.cells, columns, strict=True)
    )
    return (
        f'<tr data-node-id="{escape(line.node.id)}"><th scope="row" data-level="{min(line.level, DEEPEST)}">'
        f'<span class="mx-name"><span class="tile tile--small" data-group="{group}" data-icon="{icon}"></span>'
        f"<span>{escape(line.name)}{label}{mark}{gone}</span></span></th>{cells}</tr>"
    )


def _cell(cell: Cell | None, node: str, address: str, at: str, new: str) -> str:
    if cell is None:
        return f'<td class="mx{new}"></td>'
    words = f"{cell.words}{', the first' if cell.first else ''}, {at}"
    first = " mx-first" if cell.first else ""
    return (
        f'<td class="mx{new}"><a class="mx-{cell.state}{first}" href="{address}?node={escape(node)}"'
        f' aria-label="{escape(words)}"></a></td>'
    )
