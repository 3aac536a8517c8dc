"""Pages of errors that Django would draw without knowing where somebody came from."""

from collections.abc import Callable

from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string

from editor.lib.ways import way_back


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, also for a host that we do not go by; or 413 when what was sent is too much."""
    if isinstance(exception, RequestDataTooBig):
        return _page(request, "413.html", 413)
    if isinstance(exception, DisallowedHost):
        return _page(request, "400_host.html", 400)
    return _page(request, "400.html", 400)


def broken(request: HttpRequest) -> HttpResponse:
    return _page(request, "500.html", 500)


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """Without the request: whatever the page of every template needs may be what is broken."""
    return HttpResponse(render_to_string(template, {"back": way_back(request)}), status=status)


class OnlyForForms:
    """An address that only takes a form, opened by hand or reloaded: Django's answer to that is an empty page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Programs, those that call the sandbox among them, do not ask for HTML.
        wants_page = "text/html" in request.headers.get("Accept", "")
        if not (wants_page and isinstance(response, HttpResponseNotAllowed)) or response.content:
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page
