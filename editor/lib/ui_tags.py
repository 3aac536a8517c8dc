"""Template tags that every page has without loading them (settings: TEMPLATES builtins)."""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zlib import crc32

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from editor.lib import agents, ways
from editor.lib.modules import imports_of

register = template.Library()

SYMBOL = re.compile(r'<symbol id="([^"]+)" viewBox="0 0 24 24">(.*)</symbol>')
HUES = 8  # as many as static/css/ui.css has for .avatar


@register.simple_tag
@lru_cache(1024, typed=True)  # the editor has some 200; typed: safe text is not the same as text
def icon(name: str, label: str = "", extra: str = "") -> SafeString:
    """The icon `name` of static/icons.svg, drawn in place; `extra`: more classes.

    In place, because a browser that is led to the file by `<use>` makes a document of it in every page first.
    Without `label` it is decoration, hidden from screen readers; with one it is read out as that.
    """
    told = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else mark_safe('aria-hidden="true"')
    )
    css = f"icon {extra}".strip()
    drawing = mark_safe(_drawings().get(name, ""))  # noqa: S308 - a file of ours
    return format_html('<svg class="{}" viewBox="0 0 24 24" {}>{}</svg>', css, told, drawing)


@cache
def _drawings() -> dict[str, str]:
    """What is inside each symbol of static/icons.svg, by its id."""
    path = finders.find("icons.svg")
    if not isinstance(path, str):
        raise LookupError("There is no static file icons.svg: run `make icons`.")
    return dict(SYMBOL.findall(Path(path).read_text(encoding="utf-8")))


@register.simple_tag(takes_context=True)
def way_back(context: template.Context) -> str:
    """Our own page that led to this one, or ""; a page without a request says it as `back`."""
    request = context.get("request")
    return ways.way_back(request) if request else str(context.get("back", ""))


@register.filter
def initials(name: Any) -> str:
    """The first letters of the first and last word: "Ann Lee" -> "AL"; "ann@example.com" -> "A"."""
    words = str(name).split("@")[0].replace(".", " ").split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def browser(user_agent: Any) -> str:
    """ "Firefox on Windows" """
    return agents.in_words(str(user_agent))


@register.filter
def hue(name: Any) -> int:
    """A number 0..7 that is always the same for the same name: the colour of its avatar."""
    return crc32(str(name).encode()) % HUES


@register.filter
def times(html: str, count: int) -> SafeString:
    """A piece of the template's own HTML, `count` times over: {{ "</li>"|times:row.closes }}."""
    return mark_safe(html * count)  # noqa: S308 - a literal of the template, nothing from outside


@register.simple_tag
@cache
def modulepreload(*names: str) -> SafeString:
    """Links that fetch everything these ES modules import, and themselves, at once (editor.lib.modules)."""
    wanted = dict.fromkeys(each for name in names for each in (name, *imports_of(name)))
    return format_html_join(
        "\n  ", '<link rel="modulepreload" href="{}">', ((static(each),) for each in wanted)
    )
