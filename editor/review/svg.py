"""Pictures of numbers. Bars only: what is written beside them is HTML, so that it stays as large as other text.

No style attributes (the Content-Security-Policy forbids them): classes and presentation attributes. A picture stretches
to whatever room there is; the sizes in here are only relative.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from django.utils.safestring import SafeString, mark_safe

HEIGHT: Final = 100
STEP: Final = 10
GAP: Final = 1.6


@dataclass(frozen=True, slots=True)
class Series:
    """`look` is a class of static/css/charts.css; `values` one for each place on the axis."""

    name: str
    look: str
    values: Sequence[int]

    @property
    def total(self) -> int:
        return sum(self.values)


def top_of(highest: float) -> int:
    """Where an axis ends that has to reach `highest`: a round number, never less than 4."""
    size = 1
    while True:
        for factor in (1, 2, 3, 4, 5, 6, 8):
            if factor * size >= max(highest, 4):
                return factor * size
        size *= 10


def bars(
    series: Sequence[Series], labels: Sequence[str], top: int, text: str, limit: int | None = None
) -> SafeString:
    """Stacked bars, one for each label, with a line at `limit`. `text` is what a screen reader says of it as a whole;
    each bar has its numbers as a tooltip."""
    width = max(len(labels), 1) * STEP
    columns = "".join(_column(series, index, label, top) for index, label in enumerate(labels))
    line = _line(limit, top, width) if limit is not None else ""
    return mark_safe(  # noqa: S308 - escaped
        f'<svg class="chart-bars" viewBox="0 0 {width} {HEIGHT}" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(text)}">{_grid(width)}{columns}{line}</svg>'
    )


def _grid(width: int) -> str:
    return "".join(
        f'<line class="chart-grid" x1="0" x2="{width}" y1="{y}" y2="{y}"/>'
        for y in (0, HEIGHT / 2, HEIGHT)
    )


def _column(series: Sequence[Series], index: int, label: str, top: int) -> str:
    parts, below = [], 0.0
    told = [f"{each.name}: {each.values[index]:,}" for each in series if each.values[index]]
    for each in series:
        tall = HEIGHT * each.values[index] / top
        if tall:
            parts.append(
                f'<rect class="{each.look}" x="{index * STEP + GAP / 2:.1f}" y="{HEIGHT - below - tall:.2f}"'
                f' width="{STEP - GAP:.1f}" height="{tall:.2f}"/>'
            )
        below += tall
    if not parts:
        return ""
    title = escape(f"{label} · {', '.join(told)}")
    catches = (
        f'<rect class="chart-catch" x="{index * STEP}" y="0" width="{STEP}" height="{HEIGHT}"/>'
    )
    return f"<g><title>{title}</title>{catches}{''.join(parts)}</g>"


def _line(limit: int, top: int, width: int) -> str:
    y = HEIGHT - HEIGHT * limit / top
    return f'<line class="chart-limit" x1="0" x2="{width}" y1="{y:.2f}" y2="{y:.2f}"/>'


def share(good: int, bad: int, text: str) -> SafeString:
    """One lying bar: how much of a whole went well."""
    all_ = good + bad or 1
    part = 100 * good / all_
    return mark_safe(  # noqa: S308 - escaped
        f'<svg class="chart-share" viewBox="0 0 100 10" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(text)}">'
        f'<rect class="chart-good" x="0" y="0" width="{part:.2f}" height="10"/>'
        f'<rect class="chart-bad" x="{part:.2f}" y="0" width="{100 - part:.2f}" height="10"/></svg>'
    )
