"""Rows of a results table as HTML. By a function, not by a template: a page has a thousand cells."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from editor.review.cells import Cell, cell, seen
from editor.review.columns import Shown
from editor.runs.models import ResultRow, Run
from editor.runs.privacy import Hides


def row(
    found: ResultRow,
    shown: Sequence[Shown],
    hides: Hides,
    runs: Mapping[int, tuple[Run, str]],
    slug: str,
) -> SafeString:
    """One row; with `runs`, by key, and how each is called, the first cell leads to its run."""
    cells = [cell(seen(found.cells, column, hides), column) for column in shown]
    first = _run(*runs[found.run_id], found, slug) if runs else ""
    return mark_safe(f"<tr>{first}{''.join(map(_td, cells))}</tr>")  # noqa: S308 (all parts are escaped)


def _run(run: Run, called: str, found: ResultRow, slug: str) -> str:
    address = reverse("runs:run", args=[slug, run.public_id])
    title = f"{run.workflow_name} · by {run.started_by_name} · on {run.connection.name}"
    return (
        f'<th scope="row"><a href="{escape(address)}?node={escape(found.node_id)}" title="{escape(title)}">'
        f"{called}</a></th>"
    )


def _td(each: Cell) -> str:
    if not each.text:
        return "<td></td>"
    title = f' title="{escape(each.title)}"' if each.title else ""
    marks = (' class="num"' if each.number else "") + (
        f' data-tone="{each.tone}"' if each.tone else ""
    )
    return f"<td{marks}{title}>{_inside(each)}</td>"


def _inside(each: Cell) -> str:
    text = escape(each.text)
    if each.href:
        return f'<a href="{escape(each.href)}" rel="noopener noreferrer" target="_blank">{text}</a>'
    if each.at:
        at = timezone.localtime(each.at)
        whole = formatted(at, "j M Y, H:i")
        return f'<time datetime="{at.isoformat()}" title="{whole}">{whole}</time>'
    return f"<div>{text}</div>"
