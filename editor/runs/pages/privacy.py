"""Hiding and uncovering: message texts and addresses of e-mail in results (`privacy` says what these are).

GET, POST /t/<team>/team/privacy    settings    from which role up they are seen; admins set it
POST R/uncover                      uncover     `reason`: this person sees all of one run for an hour
"""

from datetime import timedelta
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access, audit
from accounts.models import Role, Team, User
from accounts.permissions import roles_from
from editor.lib.htmx import Request
from editor.lib.tx import writing
from editor.runs.models import Run, Uncovering
from editor.runs.opening import open_run

UNCOVERED_FOR: Final = timedelta(hours=1)
FIELDS: Final = ("messages_for", "emails_for", "uncover_for")

_FROM_UP: Final = roles_from(Role.VIEWER, Role.OWNER)


class PrivacyForm(forms.Form):
    messages_for = forms.ChoiceField(
        label="Who sees message texts",
        choices=_FROM_UP,
        help_text="Messages, their subjects, and notes of invitations.",
    )
    emails_for = forms.ChoiceField(
        label="Who sees e-mail addresses",
        choices=_FROM_UP,
        help_text="Wherever they stand: in a field of their own or in some text.",
    )
    uncover_for = forms.ChoiceField(
        label="Who may uncover a single run",
        choices=_FROM_UP,
        help_text="For an hour, with a reason. The audit log keeps who, which run and why.",
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Why you need to see it", min_length=3, max_length=300)


@require_http_methods(["GET", "POST"])
def settings(request: Request, slug: str) -> HttpResponse:
    """Everybody may see it, admins set it."""
    needed = Role.ADMIN if request.method == "POST" else Role.VIEWER
    seat = access.team(request, slug, at_least=needed)
    now = {name: getattr(seat.team, name) for name in FIELDS}
    form = PrivacyForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        hide(seat.team, actor=seat.user, **form.cleaned_data)
        messages.success(request, "Saved. It counts from now on, for old runs too.")
        return redirect("accounts:team", slug)
    shown = [
        (str(PrivacyForm.base_fields[name].label), dict(_FROM_UP)[Role(now[name])])
        for name in FIELDS
    ]
    status = 422 if form.errors else 200
    return render(request, "runs/privacy.html", {"form": form, "shown": shown}, status=status)


@require_POST
def uncover(request: Request, slug: str, run: str) -> HttpResponse:
    """See all of one run. Which role that takes is the team's setting."""
    seat = access.team(request, slug)
    seat = access.team(request, slug, at_least=Role(seat.team.uncover_for))
    found = open_run(seat, run)
    form = ReasonForm(request.POST)
    if form.is_valid():
        show(found, actor=seat.user, reason=form.cleaned_data["reason"])
        messages.success(request, "You see all of this run for an hour.")
    else:
        messages.error(request, "Nothing was uncovered: say why you need to see it.")
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/"):
        return redirect(back)
    return redirect("runs:run", slug, found.public_id)


def hide(team: Team, *, actor: User, **roles: str) -> None:
    """From now on these need a role: `messages_for`, `emails_for`, `uncover_for`."""
    with writing():
        before = {name: getattr(team, name) for name in roles}
        Team.objects.filter(pk=team.pk).update(**roles)
        for name, role in roles.items():
            setattr(team, name, role)
        audit.record(team, actor, "team.privacy_changed", team.name, before=before, after=roles)


def show(run: Run, *, actor: User, reason: str) -> None:
    """Uncover one run for one person."""
    with writing():
        until = timezone.now() + UNCOVERED_FOR
        Uncovering.objects.create(run=run, user=actor, reason=reason, until=until)
        audit.record(
            run.team, actor, "run.uncovered", run.workflow_name,
            run=run.public_id, reason=reason, until=until.isoformat(),
        )  # fmt: skip
