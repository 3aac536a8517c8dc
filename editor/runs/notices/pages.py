"""Notices of the person who reads, of all their teams.

GET  /notices               notices         notices.html; `?cursor=`
POST /notices/read          notices_read    all of them are read; redirects
GET, POST /profile/notices  notice_choices  how each kind comes; POST: `set`, such as `run_failed.by_mail.on`, and
                            `quiet`: 204 instead of a redirect
"""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from editor.lib.htmx import Request
from editor.lib.paging import BadCursor
from editor.runs.models import NoticeKind
from editor.runs.opening import render

from . import services as notices
from .choices import choose, table, way_of


def bell(request: HttpRequest) -> dict[str, object]:
    """`unread` for the header of every page: asked only when it is shown, in one query."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread": 0}
    return {"unread": SimpleLazyObject(lambda: notices.unread(user))}


@require_GET
def index(request: Request) -> HttpResponse:
    try:
        page = notices.list_page(request.user, cursor=request.GET.get("cursor", ""))
    except BadCursor as error:
        raise Http404("There is no such page of this list.") from error
    told = [(notice, way_of(notice.kind).icon) for notice in page.rows]
    return render(request, "runs/notices.html", {"page": page, "told": told})


@require_POST
def read(request: Request) -> HttpResponse:
    notices.read_all(request.user, timezone.now())
    return redirect("runs:notices")


@require_http_methods(["GET", "POST"])
def choices(request: Request) -> HttpResponse:
    if request.method == "GET":
        context = {"table": table(request.user), "goes_out": settings.SENDS_MAIL}
        return render(request, "runs/notice_choices.html", context)
    try:
        kind, way, on = request.POST.get("set", "").split(".")
        choose(request.user, NoticeKind(kind), way, on == "on")
    except ValueError as error:
        raise BadRequest("There is no such switch.") from error
    if "quiet" in request.POST:
        return HttpResponse(status=204)
    return redirect("runs:notice_choices")
