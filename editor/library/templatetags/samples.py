"""{{ cell|moment }}: what stands in a cell of a template's sample."""

import re

from django import template
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import is_naive, localtime

register = template.Library()

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


@register.filter
def moment(text: str) -> str:
    """A moment as people write it, in the reader's zone ("3 May 2026, 14:20"); any other text as it is."""
    if not STAMP.match(text):
        return text
    try:
        at = parse_datetime(text)
    except ValueError:
        return text
    if at is None or is_naive(at):
        return text
    return date_format(localtime(at), "j M Y, H:i")
