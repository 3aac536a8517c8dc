"""{% cover template.facts %}: a small picture of a template's outline, in the colours of its actions' groups."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

WIDTH, TOP, STEP, INDENT = 240, 16, 15, 16


@register.simple_tag
def cover(facts: Mapping[str, Any]) -> SafeString:
    """Decoration: the card says in words what it is. No inline styles; the colours come from `data-group`."""
    lines = list(facts.get("cover", []))
    scale = 0.62 if len(lines) < 3 else 0.8 if len(lines) < 5 else 1  # few lines are drawn larger
    width, height = round(WIDTH * scale), round((2 * TOP + STEP * 8) * scale)
    top = (height - STEP * len(lines)) // 2
    bars, above = [], dict[int, int]()
    for number, (depth, group, letters) in enumerate(lines):
        x, y = 22 + min(depth, 7) * INDENT, top + number * STEP
        length = min(width - x - 34, 10 + letters * 4)
        bars.append((_line(above, depth, x, y), group, x, y, x + 14, y + 2, length))
        above[depth] = y
    drawn = format_html_join("", _BAR, bars)
    return format_html(
        '<svg class="cover" data-group="{}" viewBox="0 0 {} {}" aria-hidden="true"'
        ' preserveAspectRatio="xMidYMid meet">{}</svg>',
        lines[0][1] if lines else "", width, height, drawn,
    )  # fmt: skip


_BAR = (
    '{}<g data-group="{}"><rect class="cover__tile" x="{}" y="{}" width="10" height="10" rx="3"/>'
    '<rect class="cover__bar" x="{}" y="{}" width="{}" height="6" rx="3"/></g>'
)


def _line(above: Mapping[int, int], depth: int, x: int, y: int) -> SafeString:
    """From the parent's tile down to this one."""
    start = above.get(depth - 1)
    if start is None:
        return SafeString("")
    return format_html(
        '<path class="cover__line" d="M{} {}V{}H{}"/>', x - INDENT + 5, start + 10, y + 5, x
    )
