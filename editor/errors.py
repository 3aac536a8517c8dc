"""Pages of errors that Django would draw without knowing where somebody came from."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from editor.lib.ways import way_back


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when what was sent is too much."""
    if isinstance(exception, RequestDataTooBig):
        return _page(request, "413.html", 413)
    return _page(request, "400.html", 400)


def broken(request: HttpRequest) -> HttpResponse:
    return _page(request, "500.html", 500)


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """Without the request: whatever the page of every template needs may be what is broken."""
    return HttpResponse(render_to_string(template, {"back": way_back(request)}), status=status)
