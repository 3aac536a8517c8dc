"""Where workflows are kept: the menu of a row in the list, folders, and the page that copies or moves to a team.

GET  W/shelf              shelf     shelf.html: the folders to move it to, its tags
POST W/folder             put       folder: a public id, or "" for none -> redirect to the list
POST W/tags               tags      tag (may repeat): all of its tags, also with commas between -> redirect to the list
GET, POST W/send          send      team (slug), do=copy|move, name -> redirect to the new one's editor
POST /t/<team>/folders                folder_new      name -> redirect to the list, in it
POST /t/<team>/folders/<id>           folder_name     name
POST /t/<team>/folders/<id>/delete    folder_delete
"""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import access
from accounts import queries as accounts
from accounts.access import Access
from accounts.models import Role
from editor.lib.htmx import Request
from editor.trees.edits import Refused
from editor.workflows import queries
from editor.workflows.edits import shelving
from editor.workflows.models import Folder
from editor.workflows.opening import context, open_workflow


@require_GET
def shelf(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat, found = open_workflow(request, slug, workflow, Role.BUILDER)
    tags = list(found.tags.order_by("name").values_list("name", flat=True))
    told = context(seat, found, folders=queries.folders(seat.team), tags=tags)
    return render(request, "workflows/shelf.html", told)


@require_POST
def put(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat, found = open_workflow(request, slug, workflow, Role.BUILDER)
    wanted = request.POST.get("folder", "")
    folder = _folder(seat, wanted) if wanted else None
    shelving.put_into(found, folder)
    where = f"is in “{folder}” now" if folder else "is in no folder any more"
    messages.success(request, f"“{found.name}” {where}.")
    return _back(slug, wanted)


@require_POST
def tags(request: Request, slug: str, workflow: str) -> HttpResponse:
    _, found = open_workflow(request, slug, workflow, Role.BUILDER)
    try:
        shelving.set_tags(found, ",".join(request.POST.getlist("tag")).split(","))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return _back(slug, found.folder.public_id if found.folder else "")


def _back(slug: str, folder: str = "") -> HttpResponse:
    address = reverse("workflows:index", args=[slug])
    return redirect(f"{address}?folder={folder}" if folder else address)


# Folders


def _folder(seat: Access, public_id: str) -> Folder:
    try:
        return queries.folder(seat.team, public_id.replace("\0", ""))
    except Folder.DoesNotExist as error:
        raise Http404("There is no such folder in this team.") from error


@require_POST
def folder_new(request: Request, slug: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Role.BUILDER)
    try:
        made = shelving.create_folder(seat.team, actor=seat.user, name=request.POST.get("name", ""))
    except Refused as refusal:
        messages.error(request, refusal.message)
        return _back(slug)
    return _back(slug, made.public_id)


@require_POST
def folder_name(request: Request, slug: str, folder: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Role.BUILDER)
    found = _folder(seat, folder)
    try:
        shelving.rename_folder(found, actor=seat.user, name=request.POST.get("name", ""))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return _back(slug, folder)


@require_POST
def folder_delete(request: Request, slug: str, folder: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Role.BUILDER)
    found = _folder(seat, folder)
    shelving.delete_folder(found, actor=seat.user)
    messages.success(request, f"The folder “{found.name}” is gone. Its workflows are still here.")
    return _back(slug)


# Another team


@require_http_methods(["GET", "POST"])
def send(request: Request, slug: str, workflow: str) -> HttpResponse:
    """Copy or move a workflow to a team in which this person builds, too."""
    seat, found = open_workflow(request, slug, workflow, Role.BUILDER)
    if request.method == "GET":
        told = context(seat, found, teams=accounts.teams_to_build_in(seat.user))
        return render(request, "workflows/send.html", told)
    target = access.team(request, request.POST.get("team", ""), at_least=Role.BUILDER)
    try:
        if request.POST.get("do") == "move":
            made = shelving.move_to(found, target.team, actor=seat.user)
        else:
            name = request.POST.get("name", "").replace("\0", "")
            made = shelving.copy_to(found, target.team, actor=seat.user, name=name)
    except Refused as refusal:
        request.access = seat  # type: ignore[attr-defined]
        told = context(seat, found, teams=accounts.teams_to_build_in(seat.user), refusal=refusal)
        return render(request, "workflows/send.html", told, status=422)
    messages.success(request, f"“{made.name}” is in {target.team} now.")
    if request.POST.get("do") == "move":
        stays = f"Its runs and results stay in {seat.team}, where it lies in the archive."
        messages.info(request, stays)
    return redirect("workflows:editor", target.team.slug, made.public_id)
