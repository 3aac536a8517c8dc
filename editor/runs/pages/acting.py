"""Who may run acts.

GET, POST /t/<team>/team/acts    settings    from which role up; admins set it
"""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import access
from accounts.models import Role
from accounts.permissions import Can
from editor.lib.htmx import Request
from editor.runs import acting


class ActsForm(forms.Form):
    acts_for = forms.ChoiceField(
        label="Who may run what other people see",
        choices=acting.CHOICES,
        help_text="Invitations, messages, comments and so on, on real accounts. Runs that only read, and all runs on "
        "the sandbox, stay open to runners.",
    )


@require_http_methods(["GET", "POST"])
def settings(request: Request, slug: str) -> HttpResponse:
    """Everybody may see it, admins set it."""
    seat = access.team(request, slug, at_least=Can.SETTLE if request.method == "POST" else Can.SEE)
    form = ActsForm(request.POST or None, initial={"acts_for": seat.team.acts_for})
    if request.method == "POST" and form.is_valid():
        acting.settle(seat.team, actor=seat.user, acts_for=form.cleaned_data["acts_for"])
        messages.success(request, "Saved. It counts from now on, for batches and schedules too.")
        return redirect("accounts:team", slug)
    words = dict(acting.CHOICES)[Role(seat.team.acts_for)]
    context = {"form": form, "words": words}
    return render(request, "runs/acts.html", context, status=422 if form.errors else 200)
