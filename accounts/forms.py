"""Forms of sign-up, profile, team and connections."""

import zoneinfo
from functools import cache
from typing import Any

from django import forms
from django.core.validators import MinLengthValidator, RegexValidator
from django.http import HttpRequest

from accounts import services
from accounts.models import Role, Theme, User


def text(label: str, max_length: int, *, help_text: str = "", autocomplete: str = "off") -> Any:
    """A required line of text."""
    return forms.CharField(
        label=label,
        max_length=max_length,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
    )


def token(label: str, help_text: str) -> Any:
    """A secret that goes in and never comes out again: the page never shows what was typed."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        validators=[
            MinLengthValidator(8, "This is too short for a token."),
            # It travels in an HTTP header.
            RegexValidator(r"^[!-~]+$", "A token has no spaces and only plain letters and signs."),
        ],
    )


class SignupForm(forms.Form):
    """What sign-up asks beside e-mail and password; django-allauth puts them into one form."""

    name = text("Your name", 80, autocomplete="name")
    team_name = text(
        "Your team",
        80,
        help_text="A company or a project. You can rename it later.",
        autocomplete="organization",
    )
    field_order = ["name", "team_name", "email", "password1"]

    def signup(self, request: HttpRequest, user: User) -> None:
        services.complete_signup(
            user=user, name=self.cleaned_data["name"], team_name=self.cleaned_data["team_name"]
        )


@cache
def zones() -> tuple[str, ...]:
    """Every time zone that this machine knows, such as "Europe/Lisbon"."""
    return tuple(sorted(zoneinfo.available_timezones()))


class ProfileForm(forms.Form):
    name = text("Name", 80, autocomplete="name")
    # A select of 600 zones takes long to draw and to search; the page lists them beside the field.
    time_zone = forms.CharField(
        label="Time zone",
        help_text="Times on pages are shown in this zone. Type a city to find yours.",
        max_length=64,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )
    theme = forms.ChoiceField(label="Theme", choices=Theme.choices)

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone not in zones():
            raise forms.ValidationError(
                "There is no such zone. Pick one of the list, such as Europe/Lisbon."
            )
        return zone


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(choices=Theme.choices)


class TeamForm(forms.Form):
    name = text("Team name", 80, autocomplete="organization")


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)


class ConnectionNameForm(forms.Form):
    name = text("Name", 60, help_text="Whose account it is, so that nobody picks the wrong one.")


class TokensForm(forms.Form):
    linked_api_token = token("Linked API token", "The main token of your Linked API account.")
    identification_token = token(
        "Identification token", "The token of the one LinkedIn account this connection acts for."
    )


class NewConnectionForm(ConnectionNameForm, TokensForm):
    field_order = ["name", "linked_api_token", "identification_token"]
