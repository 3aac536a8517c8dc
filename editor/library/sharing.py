"""Templates leave and come in as files, and are shown by link.

GET  T/file              file          the template's latest version as one JSON file
GET, POST L/import       import_file   text or file, visibility: what is wrong with it, or the new template
GET, POST T/links        links         the links of a template; POST makes one, which is shown once
POST T/links/<link>/revoke   revoke
POST L/by-link           by_link       allow=1 or 0: whether the team's templates may be shown by link
GET  shared/<token>      shared        a look at the template, for anybody who is signed in; 404 without any reason
"""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import access
from accounts.access import Access
from accounts.models import Role
from editor import catalog
from editor.lib.htmx import Request
from editor.library import files, links, pages, queries, services
from editor.library.files import BadFile, Content
from editor.library.models import Template, Visibility
from editor.library.publishing import changeable

ABOUT = ("title", "summary", "category", "readme")


# Files


@require_GET
def file(request: Request, slug: str, template: str) -> HttpResponse:
    seat = access.team(request, slug)
    found = pages.template_of(seat, template)
    version = pages.version_of(found)
    content = Content(
        {name: getattr(found, name) for name in ABOUT},
        queries.tree_of(version), queries.slots_of(version), version.examples, version.table,
    )  # fmt: skip
    answer = HttpResponse(files.write(content), content_type="application/json")
    name = f"{slugify(found.title) or 'template'}.trellis.json"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


@require_http_methods(["GET", "POST"])
def import_file(request: Request, slug: str) -> HttpResponse:
    """Take in a file from anywhere. Nothing is stored unless all of it is right."""
    seat = access.team(request, slug, at_least=Role.BUILDER)
    if request.method == "GET":
        return _import_page(request, seat, "")
    upload = request.FILES.get("file")
    source = upload.read(files.MAX_BYTES + 1) if upload else request.POST.get("text", "")
    shown = source.decode("utf-8-sig", "replace") if isinstance(source, bytes) else source
    visibility = request.POST.get("visibility", "")
    if visibility not in Visibility.values:
        visibility = Visibility.TEAM
    try:
        content = files.read(source, catalog.default())
        made = services.take_in(seat.team, content, actor=seat.user, visibility=visibility)
    except (BadFile, services.Refused) as error:
        return _import_page(request, seat, shown, list(error.faults))
    messages.success(request, f"“{made.title}” is in the gallery.")
    return redirect("library:template", slug, made.public_id)


def _import_page(
    request: Request, seat: Access, text: str, faults: list[str] | None = None
) -> HttpResponse:
    context = {
        "team": seat.team, "text": text.replace("\0", ""), "faults": faults or [],
        "visibilities": Visibility.choices, "visibility": request.POST.get("visibility", "team"),
    }  # fmt: skip
    return render(request, "library/import.html", context, status=422 if faults else 200)


# Links


@require_http_methods(["GET", "POST"])
def link_list(request: Request, slug: str, template: str) -> HttpResponse:
    seat, found = changeable(request, slug, template)
    if request.method == "GET":
        return _links_page(request, seat, found)
    try:
        token = links.make(found, actor=seat.user)
    except links.Refused as refusal:
        return _links_page(request, seat, found, refusal=str(refusal))
    return _links_page(
        request, seat, found, new=settings.PUBLIC_URL + reverse("library:shared", args=[token])
    )


def _links_page(
    request: Request, seat: Access, template: Template, new: str = "", refusal: str = ""
) -> HttpResponse:
    context = {
        "team": seat.team, "template": template, "new": new, "refusal": refusal,
        "allowed": links.allowed(seat.team), "may_manage": seat.may_manage,
        "links": template.links.select_related("created_by").order_by("-pk"),
    }  # fmt: skip
    answer = render(request, "library/links.html", context, status=422 if refusal else 200)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def revoke(request: Request, slug: str, template: str, link: str) -> HttpResponse:
    seat, found = changeable(request, slug, template)
    links.revoke(found, link, actor=seat.user)
    messages.success(request, "The link leads nowhere any more.")
    return redirect("library:links", slug, template)


@require_POST
def by_link(request: Request, slug: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Role.ADMIN)
    on = request.POST.get("allow") == "1"
    links.allow(seat.team, actor=seat.user, by_link=on)
    words = "may be shown by link now" if on else "are not shown by link any more"
    messages.success(request, f"Templates of {seat.team} {words}.")
    back = request.POST.get("template", "")
    if back.isalnum():
        return redirect("library:links", slug, back)
    return redirect("library:index", slug)


@require_GET
def shared(request: Request, token: str) -> HttpResponse:
    """The preview alone: no role is asked for, and nothing can be done from here."""
    found = links.template_of(token)
    if found is None:
        raise Http404("This link does not lead anywhere.")
    context = pages.preview(found, pages.version_of(found))
    answer = render(request, "library/shared.html", context)
    answer["Cache-Control"] = "no-store"
    return answer
