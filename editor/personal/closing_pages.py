"""Pages: delete a team, bring it back, take along what people made in it. Owners only."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import access
from accounts.permissions import Can
from accounts.services import Refused
from editor.lib.htmx import Request
from editor.personal import closing


class NameForm(forms.Form):
    name = forms.CharField(
        label="The team's name",
        max_length=80,
        help_text="Typed as it is written above, so that it is not the wrong team.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_http_methods(["GET", "POST"])
def delete(request: Request, slug: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Can.CLOSE)
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            closing.close(seat.team, actor=seat.user, name=form.cleaned_data["name"])
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            return redirect("accounts:team", slug)
    context = {
        "form": form,
        "goes": closing.what_goes(seat.team),
        "people": seat.team.memberships.count(),
        "days": closing.GRACE.days,
        "until": timezone.now() + closing.GRACE,
    }
    status = 422 if form.errors else 200
    return render(request, "personal/delete_team.html", context, status=status)


@require_POST
def bring_back(request: Request, slug: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Can.CLOSE)
    try:
        closing.bring_back(seat.team, actor=seat.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{seat.team} stays. Schedules go on with their next time.")
    return redirect("accounts:team", slug)


@never_cache
@require_GET
def data(request: Request, slug: str) -> JsonResponse:
    seat = access.team(request, slug, at_least=Can.CLOSE)
    answer = JsonResponse(closing.data(seat.team), json_dumps_params={"indent": 2})
    name = f"trellis-{slug}-{timezone.now():%Y-%m-%d}.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
