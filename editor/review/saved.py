"""Lists of runs that somebody keeps under a name, for themselves or for the team."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import access, audit
from accounts.access import Access
from accounts.models import Role
from editor.lib.htmx import Request
from editor.lib.tx import writing
from editor.review.listing import selection_of
from editor.review.models import SavedFilter

MOST_OF_ONE: Final = 50
LONGEST_NAME: Final = 60


@require_POST
def save(request: Request, slug: str) -> HttpResponse:
    """Keep a list; one of the same name that is one's own is replaced."""
    seat = access.team(request, slug)
    shared = bool(request.POST.get("shared"))
    if shared:
        access.team(request, slug, at_least=Role.RUNNER)
    chosen = selection_of(seat, QueryDict(request.POST.get("query", "")))
    name = " ".join(request.POST.get("name", "").replace("\0", "").split())[:LONGEST_NAME]
    own = SavedFilter.objects.filter(team=seat.team, owner=seat.user)
    if not name or not chosen:
        messages.error(request, "Give the list a name, and choose at least one filter.")
    elif own.count() >= MOST_OF_ONE:
        messages.error(request, f"You keep {MOST_OF_ONE} lists already. Remove one first.")
    else:
        with writing():
            own.filter(name=name).delete()
            own.create(
                team=seat.team, owner=seat.user, name=name, query=chosen.query, shared=shared
            )
            if shared:
                audit.record(seat.team, seat.user, "list.shared", name)
        messages.success(request, f"“{name}” is kept{' for the team' if shared else ''}.")
    return redirect(f"{reverse('review:runs', args=[slug])}?{chosen.query}")


@require_POST
def remove(request: Request, slug: str, saved: str) -> HttpResponse:
    """By whoever keeps it; a shared one by an administrator too."""
    seat = access.team(request, slug)
    found = SavedFilter.objects.filter(team=seat.team, public_id=saved).first()
    if found is None or not (found.shared or found.owner_id == seat.user.pk):
        raise Http404("There is no such list.")
    if not may_remove(seat, found):
        access.team(request, slug, at_least=Role.ADMIN)
    with writing():
        found.delete()
        if found.shared:
            audit.record(seat.team, seat.user, "list.removed", found.name)
    messages.success(request, f"“{found.name}” is removed.")
    return redirect("review:runs", slug)


def may_remove(seat: Access, saved: SavedFilter) -> bool:
    return saved.owner_id == seat.user.pk or (saved.shared and seat.may_manage)
