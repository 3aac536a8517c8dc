"""How long a team keeps its runs.

    GET, POST /t/<team>/team/keeping    keeping    POST `days` ("": for ever); shortening asks first, with the number

The worker removes what is older (`tidying`).
"""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts import access, audit
from accounts.models import Role, Team, User
from editor.lib.htmx import Request
from editor.lib.tx import writing
from editor.runs import batch_queries, queries
from editor.runs.models import Keeping

LONGEST = 3650
COUNTED = 10_000


class KeepingForm(forms.Form):
    days = forms.IntegerField(
        label="Days that runs are kept",
        help_text="Empty: for ever.",
        required=False,
        min_value=1,
        max_value=LONGEST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


@require_http_methods(["GET", "POST"])
def keeping(request: Request, slug: str) -> HttpResponse:
    """Everybody may see it, admins set it. What would be removed at once is confirmed with its number."""
    needed = Role.ADMIN if request.method == "POST" else Role.VIEWER
    seat = access.team(request, slug, at_least=needed)
    now = timezone.now()
    days = days_of(seat.team)
    form = KeepingForm(request.POST or None, initial={"days": days})
    doomed, batches = 0, 0
    if request.method == "POST" and form.is_valid():
        wanted: int | None = form.cleaned_data["days"]
        doomed = queries.removable(seat.team, now, wanted)[: COUNTED + 1].count()
        batches = batch_queries.removable(seat.team, now, wanted).count()
        if not (doomed or batches) or request.POST.get("confirmed") == str(wanted):
            keep(seat.team, actor=seat.user, days=wanted, now=now)
            messages.success(request, f"Runs are kept {in_words(wanted)} now.")
            return redirect("accounts:team", slug)
    context = {
        "form": form,
        "words": in_words(days),
        "wanted": form.cleaned_data["days"] if doomed or batches else None,
        "doomed": doomed,
        "counted": COUNTED,
        "batches": batches,
    }
    status = 422 if doomed or batches or form.errors else 200
    return render(request, "runs/keeping.html", context, status=status)


def keep(team: Team, *, actor: User, days: int | None, now: datetime) -> None:
    """From now on runs that ended more than `days` ago go (None: none do); the worker begins at once."""
    with writing():
        row, _ = Keeping.objects.select_for_update().get_or_create(team=team)
        before, row.days, row.next_at = row.days, days, now
        row.save(update_fields=["days", "next_at"])
        audit.record(team, actor, "team.keeping_changed", team.name, before=before, after=days)


def days_of(team: Team) -> int | None:
    return Keeping.objects.filter(team=team).values_list("days", flat=True).first()


def in_words(days: int | None) -> str:
    return "for ever" if days is None else "for one day" if days == 1 else f"for {days:,} days"
