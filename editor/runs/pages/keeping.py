"""How long a team keeps its runs, and how many.

    GET, POST /t/<team>/team/keeping    keeping    POST `days` ("": for ever) and `most` ("": all); what would remove
                                                   something asks first, with the number

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
from editor.runs import queries
from editor.runs.batches import queries as batch_queries
from editor.runs.models import Keeping

LONGEST = 3650
MOST = 10_000_000
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
    most = forms.IntegerField(
        label="Runs that are kept at most",
        help_text="The newest ones. Empty: all. Starred runs and those that have not ended stay.",
        required=False,
        min_value=1,
        max_value=MOST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


@require_http_methods(["GET", "POST"])
def keeping(request: Request, slug: str) -> HttpResponse:
    """Everybody may see it, admins set it. What would be removed at once is confirmed with its number."""
    needed = Role.ADMIN if request.method == "POST" else Role.VIEWER
    seat = access.team(request, slug, at_least=needed)
    now = timezone.now()
    now_kept = kept(seat.team)
    form = KeepingForm(request.POST or None, initial=now_kept)
    wanted, doomed, batches = "", 0, 0
    if request.method == "POST" and form.is_valid():
        days, most = form.cleaned_data["days"], form.cleaned_data["most"]
        wanted = in_words(days, most)
        doomed = queries.removable(seat.team, now, days, most)[: COUNTED + 1].count()
        batches = batch_queries.removable(seat.team, now, days).count()
        if not (doomed or batches) or request.POST.get("confirmed") == wanted:
            keep(seat.team, actor=seat.user, days=days, most=most, now=now)
            messages.success(request, f"Runs are kept {wanted} now.")
            return redirect("accounts:team", slug)
    context = {
        "form": form,
        "words": in_words(**now_kept),
        "wanted": wanted if doomed or batches else "",
        "doomed": doomed,
        "counted": COUNTED,
        "batches": batches,
    }
    status = 422 if doomed or batches or form.errors else 200
    return render(request, "runs/keeping.html", context, status=status)


def keep(
    team: Team, *, actor: User, days: int | None, most: int | None = None, now: datetime
) -> None:
    """From now on runs that ended more than `days` ago go (None: none do), and all but the newest `most` (None: all
    stay); the worker begins at once."""
    with writing():
        row, _ = Keeping.objects.select_for_update().get_or_create(team=team)
        before = in_words(row.days, row.most)
        row.days, row.most, row.next_at = days, most, now
        row.save(update_fields=["days", "most", "next_at"])
        after = in_words(days, most)
        audit.record(team, actor, "team.keeping_changed", team.name, before=before, after=after)


def kept(team: Team) -> dict[str, int | None]:
    """`days` and `most` of the team; None for no end."""
    row = Keeping.objects.filter(team=team).first() or Keeping()
    return {"days": row.days, "most": row.most}


def in_words(days: int | None, most: int | None) -> str:
    """ "for 30 days, at most 5,000 runs"."""
    long = "for ever" if days is None else "for one day" if days == 1 else f"for {days:,} days"
    return long if most is None else f"{long}, at most {most:,} run{'' if most == 1 else 's'}"
