"""Forms of sign-up, profile, team and connections."""

from django import forms
from django.http import HttpRequest

from accounts.models import User


class SignupForm(forms.Form):
    """What sign-up asks beside e-mail and password; django-allauth puts them into one form."""

    name = forms.CharField(
        label="Your name",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    team_name = forms.CharField(
        label="Your team",
        max_length=80,
        help_text="A company or a project. You can rename it later.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    field_order = ["name", "team_name", "email", "password1"]

    def signup(self, request: HttpRequest, user: User) -> None:
        from accounts import services

        user.name = self.cleaned_data["name"]
        user.save()
        services.create_team(name=self.cleaned_data["team_name"], owner=user)
