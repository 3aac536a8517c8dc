"""Pages: erase a LinkedIn person (admins); take one's own data along; erase one's own account."""

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts import access
from accounts.permissions import Can
from accounts.services import Refused
from editor.lib.htmx import Request
from editor.personal import account, erasing


class PersonForm(forms.Form):
    address = forms.CharField(
        label="Address of the person",
        max_length=300,
        help_text="As LinkedIn shows it, such as https://www.linkedin.com/in/ada.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
    )

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        try:
            erasing.person_key(address)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return address


@require_http_methods(["GET", "POST"])
def erase_person(request: Request, slug: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Can.ERASE)
    form = PersonForm(request.POST or None)
    done = None
    if request.method == "POST" and form.is_valid():
        done = erasing.erase(seat.team, form.cleaned_data["address"], actor=seat.user)
        form = PersonForm()
    context = {"form": form, "done": done}
    return render(request, "personal/erase.html", context, status=422 if form.errors else 200)


@never_cache
@require_GET
@reauthentication_required  # type: ignore[untyped-decorator]
def own_data(request: Request) -> JsonResponse:
    answer = JsonResponse(account.export(request.user), json_dumps_params={"indent": 2})
    name = f"trellis-account-{timezone.now():%Y-%m-%d}.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_http_methods(["GET", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def erase_account(request: Request) -> HttpResponse:
    why = ""
    if request.method == "POST":
        user = request.user
        try:
            account.erase(user)
        except Refused as refusal:
            why = str(refusal)
        else:
            logout(request)
            messages.success(request, "Your account is erased.")
            return redirect("account_login")
    status = 422 if why else 200
    return render(request, "personal/erase_account.html", {"why": why}, status=status)
