"""Calls of the sandbox's API go past what is for pages: sessions, messages, compression, a policy for browsers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve

MOUNTED = "/sandbox"
PAGES = frozenset({"page", "connect"})


class Calls:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(f"{MOUNTED}/"):
            call = resolve(request.path_info.removeprefix(MOUNTED), "editor.sandbox.urls")
            if call.url_name not in PAGES:
                answer: HttpResponseBase = call.func(request, **call.kwargs)
                return answer
        return self.get_response(request)
