"""What happens to every request because of who sends it."""

import time
import zoneinfo
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone

from editor.lib.ways import way_back

SEEN_EVERY = 300  # seconds
SHOWS = ("GET", "HEAD")

# Rooms that know their callers by other means than a session. Single views that need no sign-in
# say so themselves with Django's @login_not_required; everything else asks for it.
OPEN_ROOMS = frozenset({"sandbox"})


class LoginRequired(LoginRequiredMiddleware):
    """Sign-in is asked for by default, so that a new view cannot forget it."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        if match and OPEN_ROOMS.intersection(match.app_names):
            return None
        if any("\0" in value for value in kwargs.values() if isinstance(value, str)):
            raise Http404("No address has such a letter in it.")  # PostgreSQL does not even take it
        return super().process_view(request, view, args, kwargs)

    def handle_no_permission(  # type: ignore[override] # Django itself returns any response
        self, request: HttpRequest, view: Callable[..., Any]
    ) -> HttpResponseBase:
        """To the sign-in page, and from there back to the page that somebody saw: what only takes a form, and a
        part of a page that htmx asked for, are none. Such a part sends the whole page."""
        part = request.headers.get("HX-Request") == "true"
        page = request.get_full_path()
        if part or request.method not in SHOWS:
            page = way_back(request) or "/"
        redirect = redirect_to_login(page, resolve_url(self.get_login_url(view)))
        if part:
            return HttpResponse(headers={"HX-Redirect": redirect.headers["Location"]})
        return redirect


class LastSeen:
    """The list of one's sessions says when each was used last; to know it to five minutes is enough."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        now = int(time.time())
        # A request that did without its session is not made to load it. The mark is there since sign-in.
        if not request.session.accessed:
            return response
        if now - request.session.get("seen", now) > SEEN_EVERY and request.user.is_authenticated:
            request.session["seen"] = now
            UserSession.objects.create_from_request(request)
        return response


class ReadersTimeZone:
    """Times on pages stand in the reader's zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Costs no query of its own: nearly every page reads the user, and callers without a session have none.
        user = request.user
        zone = user.time_zone if user.is_authenticated else "UTC"
        with timezone.override(zoneinfo.ZoneInfo(zone)):
            return self.get_response(request)
