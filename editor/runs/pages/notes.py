"""Stars and notes on runs, for whoever looks back: a star also keeps a run from being removed for its age.

POST R/star     star    on, or off with `off=yes`; redirect to R, or the part of the page for htmx
POST R/note     note    `note`: the text, "" for none; the same
"""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import access
from accounts.models import Role, User
from editor.lib.htmx import Request
from editor.runs.models import Run
from editor.runs.opening import open_run, render

LONGEST: Final = 2000


def set_star(run: Run, *, on: bool) -> None:
    """A star that is there already keeps its time."""
    if on != bool(run.starred_at):
        run.starred_at = timezone.now() if on else None
        run.save(update_fields=["starred_at"])


def set_note(run: Run, text: str, *, actor: User) -> None:
    """Write down a note in place of the one before; with who wrote it and when."""
    text = text.replace("\0", "").replace("\r\n", "\n").strip()[:LONGEST]
    if text == run.note:
        return
    run.note, run.note_at = text, timezone.now() if text else None
    run.note_by_name = str(actor)[:80] if text else ""
    run.save(update_fields=["note", "note_by_name", "note_at"])


@require_POST
def star(request: Request, slug: str, run: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Role.RUNNER)
    found = open_run(seat, run)
    set_star(found, on=not request.POST.get("off"))
    return _shown(request, found)


@require_POST
def note(request: Request, slug: str, run: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Role.RUNNER)
    found = open_run(seat, run)
    set_note(found, request.POST.get("note", ""), actor=seat.user)
    return _shown(request, found)


def _shown(request: Request, run: Run) -> HttpResponse:
    if not request.htmx:
        return redirect("runs:run", run.team.slug, run.public_id)
    return render(request, "runs/marks.html", {"team": run.team, "run": run, "may_run": True})
