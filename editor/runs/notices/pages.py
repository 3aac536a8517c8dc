"""Notices of the person who reads, of all their teams.

GET  /notices           notices         notices.html; `?cursor=`
POST /notices/read      notices_read    all of them are read; redirects
POST /notices/mail      notices_mail    `mail`: whether they come by e-mail too; redirects
"""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_GET, require_POST

from editor.lib.htmx import Request
from editor.lib.paging import BadCursor
from editor.runs.opening import render

from . import services as notices


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
    context = {"page": page, "by_mail": notices.by_mail(request.user)}
    return render(request, "runs/notices.html", context)


@require_POST
def read(request: Request) -> HttpResponse:
    notices.read_all(request.user, timezone.now())
    return redirect("runs:notices")


@require_POST
def mail(request: Request) -> HttpResponse:
    wanted = "mail" in request.POST
    notices.wish_mail(request.user, wanted)
    said = f"Notices go to {request.user.email} too." if wanted else "No more e-mail of notices."
    messages.success(request, said)
    return redirect("runs:notices")
