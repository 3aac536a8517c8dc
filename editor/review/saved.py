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
    name, shared = _asked(request, slug)
    chosen = selection_of(seat, QueryDict(request.POST.get("query", "")))
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
def change(request: Request, slug: str, saved: str) -> HttpResponse:
    """Another name, and whether the team has it; by whoever may remove it."""
    seat = access.team(request, slug)
    found = _to_change(request, seat, saved)
    name, shared = _asked(request, slug)
    before = found.name, found.shared
    taken = SavedFilter.objects.filter(team=seat.team, owner=found.owner_id, name=name)
    if not name:
        messages.error(request, "Give the list a name.")
    elif taken.exclude(pk=found.pk).exists():
        messages.error(request, f"There is a list “{name}” already.")
    elif (name, shared) != before:
        with writing():
            SavedFilter.objects.filter(pk=found.pk).update(name=name, shared=shared)
            if shared or found.shared:
                _tell(seat, before, name, shared)
        messages.success(request, f"“{name}” is kept{' for the team' if shared else ''}.")
    return redirect(f"{reverse('review:runs', args=[slug])}?{found.query}")


def _tell(seat: Access, before: tuple[str, bool], name: str, shared: bool) -> None:
    old, was_shared = before
    if shared != was_shared:
        audit.record(seat.team, seat.user, "list.shared" if shared else "list.removed", name)
    if name != old:
        audit.record(seat.team, seat.user, "list.renamed", name, before=old)


@require_POST
def remove(request: Request, slug: str, saved: str) -> HttpResponse:
    """By whoever keeps it; a shared one by an administrator too."""
    seat = access.team(request, slug)
    found = _to_change(request, seat, saved)
    with writing():
        found.delete()
        if found.shared:
            audit.record(seat.team, seat.user, "list.removed", found.name)
    messages.success(request, f"“{found.name}” is removed.")
    return redirect("review:runs", slug)


def _asked(request: Request, slug: str) -> tuple[str, bool]:
    """The name, and whether it is for the team, which not everybody may say."""
    name = " ".join(request.POST.get("name", "").replace("\0", "").split())[:LONGEST_NAME]
    shared = bool(request.POST.get("shared"))
    if shared:
        access.team(request, slug, at_least=Role.RUNNER)
    return name, shared


def _to_change(request: Request, seat: Access, public_id: str) -> SavedFilter:
    """One's own list, or one of the team's for an administrator. Http404 for what others keep for themselves."""
    found = SavedFilter.objects.filter(team=seat.team, public_id=public_id).first()
    if found is None or not (found.shared or found.owner_id == seat.user.pk):
        raise Http404("There is no such list.")
    if found.owner_id != seat.user.pk:
        access.team(request, seat.team.slug, at_least=Role.ADMIN)
    return found
