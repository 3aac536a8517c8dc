"""Pages of webhooks that go out; all of them for admins. E is `/t/<team>/team/webhooks/<id>`.

GET  /t/<team>/team/webhooks   index       list.html
GET, POST .../webhooks/new     new         form.html; POST makes one and shows its secret once: secret.html
GET  E                         endpoint    endpoint.html with its log; `?state=`, `?cursor=`
GET  E/log                     log         endpoint.html#log, while something is on its way
GET, POST E/change             change      form.html
POST E/rotate                  rotate      a new secret: secret.html
POST E/switch                  switch      `on`: "1" or ""
POST E/test                    test        send a test event
POST E/replay                  replay_lost what was given up, all of it
POST E/delete                  delete
GET  E/sent/<delivery>         delivery    delivery.html: what was sent, and the answer
POST E/sent/<delivery>/replay  replay
POST E/sent/<delivery>/try     try_now     what waits for its next try does not wait any longer
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import access
from accounts.access import Access
from accounts.permissions import Can
from editor.lib.htmx import Request
from editor.lib.ids import new_id
from editor.lib.paging import BadCursor
from editor.outgoing import queries, services
from editor.outgoing.forms import EndpointForm
from editor.outgoing.models import Delivery, Endpoint, State

TOO_MANY = f"A team has {services.MOST} webhooks at most. Delete one that nobody needs."


@require_GET
def index(request: HttpRequest, slug: str) -> HttpResponse:
    seat = _admin(request, slug)
    endpoints = queries.endpoints(seat.team, timezone.now())
    context = {"endpoints": endpoints, "full": len(endpoints) >= services.MOST}
    return render(request, "outgoing/list.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: Request, slug: str) -> HttpResponse:
    seat = _admin(request, slug)
    form = EndpointForm(request.POST or None)
    key = request.POST.get("made_key", "")[:64] or new_id(24)
    if request.method == "POST" and form.is_valid():
        try:
            made, is_new = services.create(
                seat.team, actor=seat.user, wanted=form.wanted(), made_key=key
            )
        except services.TooMany:
            form.add_error(None, TOO_MANY)
        else:
            if is_new:
                return _show_secret(request, made, made.secret)
            messages.info(request, "It is there already. Its secret was shown when it was made.")
            return redirect("outgoing:endpoint", slug, made.public_id)
    context = {"form": form, "made_key": key}
    return render(request, "outgoing/form.html", context, status=_status(form))


@require_GET
def endpoint(request: HttpRequest, slug: str, endpoint: str) -> HttpResponse:
    found = _endpoint(_admin(request, slug), endpoint)
    return render(request, "outgoing/endpoint.html", _log(request, found))


@require_GET
def log(request: HttpRequest, slug: str, endpoint: str) -> HttpResponse:
    found = _endpoint(_admin(request, slug), endpoint)
    return render(request, "outgoing/endpoint.html#log", _log(request, found))


def _log(request: HttpRequest, endpoint: Endpoint) -> dict[str, Any]:
    """`polls`: whether the page asks again by itself: something is on its way. What is due after `soon` waits."""
    state = request.GET.get("state", "")
    if state and state not in State.values:
        raise Http404("There is no such state of a delivery.")
    cursor = request.GET.get("cursor", "")
    try:
        page = queries.log(endpoint, state=state, cursor=cursor)
    except BadCursor as error:
        raise Http404("There is no such page of this list.") from error
    soon = services.waits_until_after(timezone.now())
    on_way = any(each.due_at and each.due_at <= soon for each in page.rows)
    return {
        "endpoint": endpoint,
        "page": page,
        "state": state,
        "states": State,
        "polls": on_way and not cursor,
        "soon": soon,
    }


@require_http_methods(["GET", "POST"])
def change(request: Request, slug: str, endpoint: str) -> HttpResponse:
    seat = _admin(request, slug)
    found = _endpoint(seat, endpoint)
    now = {"url": found.url, "description": found.description, "events": found.events}
    form = EndpointForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        services.change(found, actor=seat.user, wanted=form.wanted())
        messages.success(request, "Saved.")
        return redirect("outgoing:endpoint", slug, found.public_id)
    context = {"form": form, "endpoint": found}
    return render(request, "outgoing/form.html", context, status=_status(form))


@never_cache
@require_POST
def rotate(request: HttpRequest, slug: str, endpoint: str) -> HttpResponse:
    seat = _admin(request, slug)
    found = _endpoint(seat, endpoint)
    return _show_secret(request, found, services.rotate(found, actor=seat.user), rotated=True)


@require_POST
def switch(request: HttpRequest, slug: str, endpoint: str) -> HttpResponse:
    seat = _admin(request, slug)
    found = _endpoint(seat, endpoint)
    on = request.POST.get("on") == "1"
    services.switch(found, actor=seat.user, on=on)
    messages.success(request, "It is on." if on else "It is off. Nothing more is sent.")
    return redirect("outgoing:endpoint", slug, found.public_id)


@require_POST
def test(request: HttpRequest, slug: str, endpoint: str) -> HttpResponse:
    found = _endpoint(_admin(request, slug), endpoint)
    services.send_test(found, timezone.now())
    return redirect("outgoing:endpoint", slug, found.public_id)


@require_POST
def replay_lost(request: HttpRequest, slug: str, endpoint: str) -> HttpResponse:
    seat = _admin(request, slug)
    found = _endpoint(seat, endpoint)
    count = services.replay_lost(found, actor=seat.user, now=timezone.now())
    said = f"{count:,} event{'s' * (count != 1)} once more." if count else "Nothing was lost."
    messages.success(request, said)
    return redirect("outgoing:endpoint", slug, found.public_id)


@require_POST
def delete(request: HttpRequest, slug: str, endpoint: str) -> HttpResponse:
    seat = _admin(request, slug)
    found = _endpoint(seat, endpoint)
    services.delete(found, actor=seat.user)
    messages.success(request, f"“{found}” is deleted.")
    return redirect("outgoing:index", slug)


@require_GET
def delivery(request: HttpRequest, slug: str, endpoint: str, delivery: str) -> HttpResponse:
    found = _endpoint(_admin(request, slug), endpoint)
    soon = services.waits_until_after(timezone.now())
    context = {"endpoint": found, "delivery": _delivery(found, delivery), "soon": soon}
    return render(request, "outgoing/delivery.html", context)


@require_POST
def replay(request: HttpRequest, slug: str, endpoint: str, delivery: str) -> HttpResponse:
    seat = _admin(request, slug)
    found = _endpoint(seat, endpoint)
    services.replay(_delivery(found, delivery), actor=seat.user, now=timezone.now())
    messages.success(request, "It goes out once more.")
    return redirect("outgoing:endpoint", slug, found.public_id)


@require_POST
def try_now(request: HttpRequest, slug: str, endpoint: str, delivery: str) -> HttpResponse:
    found = _endpoint(_admin(request, slug), endpoint)
    if services.try_now(_delivery(found, delivery), timezone.now()):
        messages.success(request, "It goes out now.")
    else:
        messages.info(request, "It does not wait any more: the log says how it went.")
    return redirect("outgoing:endpoint", slug, found.public_id)


# --- Shared ------------------------------------------------------------------------------------


def _admin(request: HttpRequest, slug: str) -> Access:
    return access.team(request, slug, at_least=Can.TELL)


def _endpoint(seat: Access, public_id: str) -> Endpoint:
    try:
        return queries.endpoint(seat.team, public_id)
    except Endpoint.DoesNotExist as error:
        raise Http404("There is no such webhook in this team.") from error


def _delivery(endpoint: Endpoint, public_id: str) -> Delivery:
    try:
        return queries.delivery(endpoint, public_id)
    except Delivery.DoesNotExist as error:
        raise Http404("There is no such delivery; the log goes back 30 days.") from error


def _show_secret(
    request: HttpRequest, endpoint: Endpoint, secret: str, *, rotated: bool = False
) -> HttpResponse:
    context = {"endpoint": endpoint, "secret": secret, "rotated": rotated}
    return render(request, "outgoing/secret.html", context)


def _status(form: EndpointForm) -> int:
    return 422 if form.errors else 200
