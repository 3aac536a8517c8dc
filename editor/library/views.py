"""The gallery and the page of a template.

Addresses (names in the URL namespace `library`; L is `/t/<team>/templates`, T is `L/<id>`, W a workflow's address):

    GET  L                    index       gallery.html; `#cards` for htmx; `?search=&category=&whose=&order=&cursor=`
    GET  T                    template    template.html; `?version=N`: an older one
    POST T/star               star        on=1 or on=0 -> redirect to T
    GET, POST W/publish, T/details, T/withdraw   `publishing`
    GET, POST T/use, T/use/plan, T/copy          `using`
    GET, POST W/origin…                          `updating`
    GET  T/file, L/import, T/link, shared/<token>      `sharing`

A template that the reader does not see is a 404, as everywhere.
"""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts import access
from accounts.models import Role
from editor.lib.htmx import Request
from editor.lib.paging import BadCursor
from editor.library import pages, queries, services
from editor.library.models import Category

WHOSE = {"": "All", "team": "My team", "starred": "Starred", "starters": "Starters"}
ORDERS = {"popular": "Most used", "stars": "Most starred", "new": "Newest"}


@require_GET
def index(request: Request, slug: str) -> HttpResponse:
    """What this person sees, as cards."""
    seat = access.team(request, slug)
    asked = {
        name: request.GET.get(name, "").replace("\0", "").strip()
        for name in ("search", "category", "whose", "order")
    }
    asked["order"] = asked["order"] or "popular"
    if (
        asked["category"] not in ("", *Category.values)
        or asked["whose"] not in WHOSE
        or asked["order"] not in ORDERS
    ):
        raise Http404("There is no such part of the gallery.")
    try:
        page = queries.gallery(seat, cursor=request.GET.get("cursor", ""), **asked)
    except BadCursor as error:
        raise Http404("There is no such page of this list.") from error
    context: dict[str, Any] = {
        "team": seat.team, "page": page, "asked": asked, "categories": Category.choices,
        "whose": WHOSE.items(), "orders": ORDERS.items(), "may_build": seat.may_build,
    }  # fmt: skip
    return render(request, "library/gallery.html" + ("#cards" if request.htmx else ""), context)


@require_GET
def template(request: Request, slug: str, template: str) -> HttpResponse:
    """What it does, what it needs, what it brings; and how it went for others."""
    seat = access.team(request, slug)
    found = pages.template_of(seat, template)
    number = request.GET.get("version", "")
    version = pages.version_of(found, number)
    context = pages.preview(found, version) | {
        "team": seat.team, "versions": queries.versions(found), "outcome": queries.outcome(found),
        "starred": queries.is_starred(found, seat), "may_run": seat.may_run,
        "may_build": seat.may_build, "may_change": pages.may_change(seat, found),
    }  # fmt: skip
    return render(request, "library/template.html", context)


@require_POST
def star(request: Request, slug: str, template: str) -> HttpResponse:
    seat = access.team(request, slug)
    found = pages.template_of(seat, template)
    services.set_star(found, user=seat.user, on=request.POST.get("on") == "1")
    return redirect("library:template", slug, found.public_id)


@require_GET
def some(request: Request, slug: str) -> HttpResponse:
    """A few starters, for a page that has nothing yet."""
    seat = access.team(request, slug, at_least=Role.VIEWER)
    context = {"team": seat.team, "templates": queries.starters(3)}
    return render(request, "library/some.html", context)
